/** Draws samples into the histograms of all pairs: in compiled shards where a dense layer gets uniform noise, else by evaluation. */
import type { Cuts } from "../../information/bins.ts";
import type { StreamKey } from "../../information/random.ts";
import { blocksOf, NOISE_BLOCK } from "../../kernels/blocks.ts";
import type { UnitLayer } from "../../kernels/layer.ts";
import { createPairCounter } from "../../kernels/pair-counter.ts";
import { type DenseMechanism, isDense, type Mechanism } from "../../model/mechanism.ts";
import { here, type Task } from "../../settings/pool.ts";
import { yieldToEventLoop } from "../../settings/yield-to-event-loop.ts";
import { type EngineOptions, type Intervention, outputCuts } from "../engine.ts";
import type { NoiseSource } from "../noise.ts";
import { BinnedSamples, binsOfEach, overBlocks } from "../plug-in/binned-samples.ts";
import { PairCounts, shardsAtOnce } from "./pair-counts.ts";
import { unitLayer } from "./unit-layer.ts";

/** Histogram entries that one shard counts: a tenth of a second, or so, between two looks at the signal; more where workers do it. */
const SHARD = 1e8;
const WORKERS_SHARD = 6e8;

interface PairsJob {
  readonly layer: UnitLayer;
  readonly inputBins: number;
  readonly beyond: Cuts | undefined;
  readonly key: StreamKey;
}

/** Samples numbered `from` … `to` − 1. */
interface PairsShard {
  readonly from: number;
  readonly to: number;
}

interface PairsResult {
  /** `[inputs, outputs, input bins, output bins]`. */
  readonly tables: Int32Array;
  /** Samples outside the output range, `[outputs]`. */
  readonly outside: Int32Array;
}

export const countPairs: Task<PairsJob, PairsShard, PairsResult> = {
  name: "pair histograms",
  run({ layer, inputBins, beyond, key }, { from, to }) {
    const { inputs, outputs, cuts } = layer;
    const counter = createPairCounter({ ...layer, inputBins, beyond });
    try {
      for (const { block, first, rows } of blocksOf(from, to)) counter.draw(key, block, first, rows);
      const size = inputBins * cuts.count;
      const tables = new Int32Array(inputs * outputs * size);
      for (let i = 0, pair = 0; i < inputs; i++) {
        for (let j = 0; j < outputs; j++, pair++) {
          counter.addTo(tables.subarray(pair * size, (pair + 1) * size), i, j);
        }
      }
      return { tables, outside: Int32Array.from({ length: outputs }, (_, j) => counter.outside(j)) };
    } finally {
      counter.free();
    }
  },
};

/** Counts of pairs for the samples numbered `from` … `to` − 1, a shard that merges with others; `into` continues an earlier one. */
export async function drawPairs(
  mechanism: Mechanism,
  intervention: Intervention,
  options: EngineOptions,
  source: NoiseSource,
  range: readonly [from: number, to: number],
  into = new PairCounts(mechanism.name, mechanism.inputs, mechanism.outputs, options.bins, options.memory),
  progress?: (done: number) => void,
): Promise<PairCounts> {
  const key = source.uniform;
  if (isDense(mechanism) && key !== undefined && intervention.noise === "all inputs") {
    await inShards(mechanism, options, key, range, into, progress);
  } else await byEvaluation(mechanism, intervention, options, source, range, into, progress);
  return into;
}

async function inShards(
  mechanism: DenseMechanism,
  options: EngineOptions,
  key: StreamKey,
  [from, to]: readonly [from: number, to: number],
  into: PairCounts,
  progress?: (done: number) => void,
): Promise<void> {
  const pool = options.pool ?? here;
  const { inputs, outputs } = mechanism;
  const cells = inputs * outputs * options.bins.input * options.bins.output;
  // Each shard makes and merges all tables, which must not cost more than a small part of it.
  const shard = pool.workers > 1 ? WORKERS_SHARD : SHARD;
  const samples = Math.max(shard, 20 * cells) / (inputs * outputs);
  const step = NOISE_BLOCK * Math.ceil(samples / NOISE_BLOCK);
  const shards: PairsShard[] = [];
  for (let at = from; at < to; ) {
    const end = Math.min(to, step * (Math.floor(at / step) + 1));
    shards.push({ from: at, to: end });
    at = end;
  }
  const clamps = options.outside === "clamp";
  const job = {
    layer: unitLayer(mechanism, outputCuts(mechanism, options)),
    inputBins: options.bins.input,
    beyond: clamps ? outputCuts(mechanism, { ...options, outside: "drop" }) : undefined,
    key,
  };
  // A few at a time, for each brings all its tables.
  const atOnce = shardsAtOnce(pool, cells, options.memory);
  for (let first = 0; first < shards.length; first += atOnce) {
    const group = shards.slice(first, first + atOnce);
    const found = await pool.run(countPairs, job, group, { signal: options.signal });
    for (const [index, { tables, outside }] of found.entries()) {
      into.add(tables, outside, group[index]!.to - group[index]!.from);
    }
    progress?.(group.at(-1)!.to);
    if (first + atOnce < shards.length) await yieldToEventLoop();
  }
}

async function byEvaluation(
  mechanism: Mechanism,
  intervention: Intervention,
  options: EngineOptions,
  source: NoiseSource,
  [from, to]: readonly [from: number, to: number],
  into: PairCounts,
  progress?: (done: number) => void,
): Promise<void> {
  const samples = new BinnedSamples(mechanism, binsOfEach(mechanism, options), options, source, intervention);
  const visit = async (block: number, first: number, rows: number) => {
    samples.draw(block, rows);
    if (intervention.noise === "all inputs") {
      await samples.respond(rows);
      into.setOutputs(samples.y, samples.beyond, first, rows);
    }
    for (let i = 0; i < mechanism.inputs; i++) {
      if (intervention.noise === "one input") {
        await samples.respondTo(i, intervention.rest, rows);
        into.setOutputs(samples.y, samples.beyond, first, rows);
      }
      into.addInput(i, samples.x, first, rows);
    }
    into.drawn += rows - first;
  };
  try {
    await overBlocks(from, to, samples.stretch, options.signal, visit, progress);
  } finally {
    samples.free();
  }
}
