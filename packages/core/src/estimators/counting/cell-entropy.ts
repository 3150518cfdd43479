/**
 * E_cell H(Ŷ | cell) by counting, a cell being one joint bin of the inputs: batches of cells (kernels/typescript/cell-sampler.ts) made
 * into an estimate.
 *
 * Control variate: Σ_j H(ŷ_j | cell), its mean from many more cells. The standard error comes from the means of `BATCHES` batches,
 * each with its own pool of deviations.
 */
import { hypot, log2, square } from "../../information/elementary.ts";
import { Stream, streamKey } from "../../information/random.ts";
import { MAX_DRAWS } from "../../information/small-counts.ts";
import { createCellSampler } from "../../kernels/cell-sampler.ts";
import { deviationWeights, LANES } from "../../kernels/deviations.ts";
import type { UnitLayer } from "../../kernels/layer.ts";
import type { CellSampler, CellSamplerSpec, CellStreams, CellSums } from "../../kernels/typescript/cell-sampler.ts";
import type { Task } from "../../settings/pool.ts";
import { yieldToEventLoop } from "../../settings/yield-to-event-loop.ts";
import type { EngineOptions } from "../engine.ts";
import type { OutputLaw } from "../exact/marginals.ts";
import { controlTable } from "./cell-control.ts";

export const BATCHES = 32;

/** Σ (A − mean)² in bits² that the expected slope of the control variate counts for beside what was seen. */
const SLOPE_PRIOR = 4;

/** Cells that are found for each that is sampled: of the others the control variate alone is looked up. */
export const LOOKED_UP = LANES;

/** Draws between two looks at the signal, and the fewest that are worth the workers. */
const STRETCH = 1 << 17;
/** Batches that a worker takes at a time. */
const GROUP = 4;

// Second stream numbers: output-entropy.ts has 0.
const CELLS = 1;
const PROBE = 2;
// Third: what a batch draws.
const [POOL, CENTRES, PICKS] = [0, 1, 2];

/** Deviations in a batch's pool: some thousand, fewer where each costs much. */
export function poolSize(inputs: number, outputs: number): number {
  return Math.max(256, Math.min(1024, 2 ** Math.floor(log2(4e6 / (inputs * outputs)))));
}

interface CellsJob {
  readonly spec: CellSamplerSpec;
  readonly seed: number;
}

/** The batches `from` … `to` − 1 of a round. */
interface CellsShard {
  readonly round: number;
  readonly from: number;
  readonly to: number;
  readonly cells: number;
  readonly draws: number;
}

export const sampleCells: Task<CellsJob, CellsShard, CellSums[]> = {
  name: "cells",
  async run({ spec, seed }, shard) {
    const sampler = await createCellSampler(spec);
    try {
      return sampleBatches(sampler, seed, shard);
    } finally {
      sampler.free();
    }
  },
};

function sampleBatches(sampler: CellSampler, seed: number, { round, from, to, cells, draws }: CellsShard): CellSums[] {
  const sums: CellSums[] = [];
  for (let batch = from; batch < to; batch++) {
    sums.push(sampler.sample(streamsOf(seed, CELLS, batch, round), cells, draws, true));
  }
  return sums;
}

/** All of a round is its own: with one pool for all rounds the error would stop falling as 1/√N. */
function streamsOf(seed: number, purpose: number, batch: number, round: number): CellStreams {
  return {
    pool: streamKey(seed, Stream.noise, purpose, POOL, batch, round),
    cells: streamKey(seed, Stream.noise, purpose, CENTRES, batch, round),
    picks: streamKey(seed, Stream.noise, purpose, PICKS, batch, round),
  };
}

export interface CellEntropyEstimate {
  readonly bits: number;
  readonly standardError: number;
  readonly cells: number;
  /** Mean number of distinct states among a cell's draws. */
  readonly states: number;
  readonly drawsPerCell: number;
  readonly draws: number;
  /** Tails that were cut short. */
  readonly cut: number;
}

export class CellEntropy {
  readonly #job: CellsJob;
  readonly #sampler: CellSampler;
  /** What each batch has found, round after round. */
  readonly #batches: CellSums[][] = Array.from({ length: BATCHES }, () => []);
  #round = 0;
  #drawsPerCell = 32;

  /**
   * `laws`: of each output within a cell; `parts[i]`: into how many bins input i is divided, 1 for an input that the cell leaves free;
   * `inRange`: nothing falls outside the output range; otherwise cells are drawn as the samples inside the range find them.
   * To be freed in the end.
   */
  static async of(
    layer: UnitLayer,
    laws: readonly OutputLaw[],
    parts: Float64Array,
    seed: number,
    inRange: boolean,
  ): Promise<CellEntropy> {
    const spec = { ...layer, parts, control: [], inRange, poolSize: poolSize(layer.inputs, layer.outputs) };
    const { reach } = deviationWeights(spec);
    const control = laws.map((law, j) => controlTable(law, layer.cuts, reach[j]!));
    const job = { spec: { ...spec, control }, seed };
    return new CellEntropy(job, await createCellSampler(job.spec));
  }

  private constructor(job: CellsJob, sampler: CellSampler) {
    this.#job = job;
    this.#sampler = sampler;
  }

  /** Mean number of distinct states among 32 draws of a cell, from a few cells: near 32 where counting is hopeless. */
  probe(): number {
    const { states, cells } = this.#sampler.sample(streamsOf(this.#job.seed, PROBE, 0, 0), 64, 32, false);
    return states / cells;
  }

  /** Samples this many more cells in every batch. */
  async sample(
    cellsPerBatch: number,
    { pool, signal }: Pick<EngineOptions, "pool" | "signal">,
    progress: (fraction: number) => void,
  ): Promise<void> {
    const draws = this.#drawsPerCell;
    const step = Math.max(1, Math.ceil(STRETCH / (BATCHES * draws)));
    const rounds: Omit<CellsShard, "from" | "to">[] = [];
    for (let done = 0; done < cellsPerBatch; done += step) {
      rounds.push({ round: this.#round++, cells: Math.min(step, cellsPerBatch - done), draws });
    }
    if (pool === undefined || pool.workers < 2 || rounds.length < 2) {
      for (const [index, round] of rounds.entries()) {
        this.#keep(sampleBatches(this.#sampler, this.#job.seed, { ...round, from: 0, to: BATCHES }), 0);
        if (index + 1 === rounds.length) break;
        progress((index + 1) / rounds.length);
        await yieldToEventLoop();
        signal?.throwIfAborted();
      }
      return;
    }
    const shards: CellsShard[] = [];
    for (const round of rounds) {
      for (let from = 0; from < BATCHES; from += GROUP) shards.push({ ...round, from, to: from + GROUP });
    }
    const found = await pool.run(sampleCells, this.#job, shards, { signal, onProgress: progress });
    for (const [index, sums] of found.entries()) this.#keep(sums, shards[index]!.from);
  }

  #keep(sums: readonly CellSums[], from: number): void {
    for (const [index, found] of sums.entries()) this.#batches[from + index]!.push(found);
  }

  /** After a pilot: twice the mean number of states is the cheapest number of draws per cell, to a power of two. */
  tune(): void {
    const { states } = this.estimate();
    this.#drawsPerCell = Math.min(MAX_DRAWS, Math.max(8, 2 ** Math.round(log2(2 * states))));
  }

  estimate(): CellEntropyEstimate {
    const batches = this.#batches.map(added);
    const all = added(batches);
    const { cells, controlCells } = all;
    const [h, a, control] = [all.sumH / cells, all.sumA / cells, all.sumControl / controlCells];
    // Of one active output the control variate is the entropy itself, of several it is at least that: the slope is 1 where next to nothing
    // was seen, and neither above 1 nor below 0.
    const spreadA = Math.max(0, all.sumAA - cells * square(a)) + SLOPE_PRIOR;
    const slope = Math.max(0, Math.min(1, (all.sumHA - cells * h * a + SLOPE_PRIOR) / spreadA));
    const controlVariance = Math.max(0, all.sumControlSquare / controlCells - square(control)) / controlCells;
    const value = h - slope * (a - control);
    let spread = 0;
    for (const batch of batches) {
      const mean = batch.sumH / batch.cells - slope * (batch.sumA / batch.cells - control);
      spread += square(mean - value);
    }
    return {
      bits: value,
      // Cells so rare that none was looked up may be there, with a bit or so each.
      standardError: hypot(
        Math.sqrt(spread / (BATCHES * (BATCHES - 1)) + square(slope) * controlVariance),
        1 / controlCells,
      ),
      cells,
      states: all.states / cells,
      drawsPerCell: this.#drawsPerCell,
      draws: all.draws,
      cut: all.cut,
    };
  }

  free(): void {
    this.#sampler.free();
  }
}

function added(parts: readonly CellSums[]): CellSums {
  const sum = (name: keyof CellSums) => parts.reduce((total, part) => total + part[name], 0);
  return {
    cells: sum("cells"),
    states: sum("states"),
    draws: sum("draws"),
    cut: sum("cut"),
    sumH: sum("sumH"),
    sumA: sum("sumA"),
    sumAA: sum("sumAA"),
    sumHA: sum("sumHA"),
    controlCells: sum("controlCells"),
    sumControl: sum("sumControl"),
    sumControlSquare: sum("sumControlSquare"),
  };
}
