/**
 * H(Ŷ) of a dense mechanism by counting: noise on all inputs, joint states of the output bins. Control variate:
 * Σ_j −log2 p_j(ŷ_j), whose mean Σ_j H(ŷ_j) the exact engine knows.
 */
import { log2 } from "../../information/elementary.ts";
import { Stream, type StreamKey, streamKey } from "../../information/random.ts";
import type { StateList } from "../../information/state-table.ts";
import { blocksOf } from "../../kernels/blocks.ts";
import { createOutputCounter } from "../../kernels/output-counter.ts";
import type { OutputCounter, OutputCounterSpec } from "../../kernels/typescript/output-counter.ts";
import type { Task } from "../../settings/pool.ts";
import { yieldToEventLoop } from "../../settings/yield-to-event-loop.ts";
import type { EngineOptions } from "../engine.ts";
import { STATE_BYTES } from "./memory.ts";
import { type EntropyEstimate, entropyOfStates } from "./output-counts.ts";

/** Samples are drawn in multiples of this. */
const UNIT = 1024;
/** Multiplications between two looks at the signal, and the fewest that are worth a worker. */
const STRETCH = 2e7;
/** Second stream number; cell-entropy.ts has others. */
const OUTPUTS = 0;

interface OutputsJob {
  readonly spec: OutputCounterSpec;
  readonly key: StreamKey;
}

/** Samples numbered `from` … `to` − 1, multiples of `UNIT`. */
interface OutputsShard {
  readonly from: number;
  readonly to: number;
}

interface OutputsResult {
  readonly list: StateList;
  readonly inside: number;
}

export const countOutputStates: Task<OutputsJob, OutputsShard, OutputsResult> = {
  name: "output states",
  async run({ spec, key }, { from, to }) {
    const counter = await createOutputCounter(spec);
    try {
      drawSamples(counter, key, from, to);
      const { low, high, counts, values } = counter.list();
      const list = { low: low.slice(), high: high.slice(), counts: counts.slice(), values: values.slice() };
      return { list, inside: counter.inside };
    } finally {
      counter.free();
    }
  },
};

function drawSamples(counter: OutputCounter, key: StreamKey, from: number, to: number): void {
  for (const { block, first, rows } of blocksOf(from, to)) counter.draw(key, block, first, rows);
}

export class OutputEntropy {
  readonly #job: OutputsJob;
  readonly #counter: OutputCounter;
  readonly #meanSurprisal: number | undefined;
  readonly #dimension: number;
  readonly #mostStates: number;
  /** Samples between two looks at the signal. */
  readonly #stretch: number;
  #drawn = 0;
  /** Whether more samples could bring more states than there is memory for. */
  isFull = false;

  /**
   * `marginals`: exact P(bin) of every output, `[outputs, bins]`; `inRange`: nothing is left out for falling outside the
   * output range. To be freed in the end.
   */
  static async of(
    spec: Omit<OutputCounterSpec, "surprisal">,
    seed: number,
    marginals: Float64Array,
    inRange: boolean,
  ): Promise<OutputEntropy> {
    const surprisal = marginals.map((p) => (p > 0 ? -log2(p) : 0));
    const job = { spec: { ...spec, surprisal }, key: streamKey(seed, Stream.noise, OUTPUTS) };
    return new OutputEntropy(job, await createOutputCounter(job.spec), marginals, inRange);
  }

  private constructor(job: OutputsJob, counter: OutputCounter, marginals: Float64Array, inRange: boolean) {
    const { spec } = job;
    this.#job = job;
    this.#counter = counter;
    // The mean over the samples inside is not known exactly where some fall outside.
    this.#meanSurprisal = inRange ? marginals.reduce((sum, p) => (p > 0 ? sum - p * log2(p) : sum), 0) : undefined;
    this.#dimension = Math.min(spec.inputs, spec.outputs);
    this.#mostStates = spec.cuts.count ** spec.outputs;
    this.#stretch = UNIT * Math.max(1, Math.round(STRETCH / (spec.inputs * (spec.outputs + 4)) / UNIT));
  }

  /** Share of the samples with an output outside its range. */
  get outside(): number {
    return 1 - this.#counter.inside / this.#drawn;
  }

  /** Of the outputs as a function of the inputs: the fewer of the two. */
  get dimension(): number {
    return this.#dimension;
  }

  get drawn(): number {
    return this.#drawn;
  }

  /**
   * Draws until there are `target` samples, or a few more, or their states could need more than the memory allowed: which is asked before
   * each stretch, so that the same samples are counted by any number of workers.
   */
  async draw(
    target: number,
    { pool, signal, memory }: Pick<EngineOptions, "pool" | "signal" | "memory">,
    progress: (drawn: number) => void,
  ) {
    const end = UNIT * Math.ceil(target / UNIT);
    // Small enough beside the memory that a table is not taken for full while it is not.
    const stretch = Math.min(this.#stretch, UNIT * Math.max(1, Math.floor(memory / (8 * STATE_BYTES * UNIT))));
    while (this.#drawn < end) {
      const shards: OutputsShard[] = [];
      for (let at = this.#drawn; at < end && shards.length < Math.max(1, pool?.workers ?? 0); ) {
        const to = Math.min(end, at + stretch);
        shards.push({ from: at, to });
        at = to;
      }
      if (!this.#hasRoom(shards[0]!, memory)) return;
      // Alone, the table that there is goes on growing; shards bring their own, to be merged.
      if (pool === undefined || shards.length === 1) {
        const { from, to } = shards[0]!;
        drawSamples(this.#counter, this.#job.key, from, to);
        this.#drawn = to;
      } else {
        const found = await pool.run(countOutputStates, this.#job, shards, { signal });
        for (const [index, { list, inside }] of found.entries()) {
          // The rest is thrown away: without workers it would not have been drawn.
          if (!this.#hasRoom(shards[index]!, memory)) return;
          this.#counter.merge(list, inside);
          this.#drawn = shards[index]!.to;
        }
      }
      if (this.#drawn < end) {
        progress(this.#drawn);
        await yieldToEventLoop();
        signal?.throwIfAborted();
      }
    }
  }

  /** Whether a stretch of samples would fit if each of them found a state of its own. */
  #hasRoom({ from, to }: OutputsShard, memory: number): boolean {
    const states = Math.min(this.#mostStates, this.#counter.list().counts.length + to - from);
    this.isFull = STATE_BYTES * states > memory;
    return !this.isFull;
  }

  estimate(): EntropyEstimate {
    return entropyOfStates(this.#counter.list(), this.#meanSurprisal, this.#dimension);
  }

  free(): void {
    this.#counter.free();
  }
}
