/**
 * E_cell H(Ŷ | cell) by counting, a cell being one joint bin of the inputs.
 *
 * A dense layer's deviation from the cell's centre, V = W h (U − ½), has the same law in every cell: a batch draws a pool of
 * deviations once and uses it for all its cells. Only the outputs with a threshold within the cell's reach enter the state. Few
 * draws per cell suffice, since the entropy estimate has no bias at any number of draws: Zhang's series, and with the
 * probability that a random draw is a singleton, fresh draws until its state comes again (Montgomery-Smith & Schürmann's
 * waiting time as the tail).
 *
 * Control variate: Σ_j H(ŷ_j | cell), exact, its mean from many more cells. The standard error comes from the means of
 * `BATCHES` batches, each with its own pool.
 */
import { Random, Stream } from "../../information/random.ts";
import type { OutputLaw } from "../exact/marginals.ts";
import { CellBatch } from "./cell-batch.ts";
import type { Sampler } from "./sampler.ts";
import { MAX_DRAWS } from "./small-counts.ts";

export const BATCHES = 32;

// Second stream numbers: output-entropy.ts has 0.
const CELLS = 1;
const PROBE = 2;

export interface CellEntropyEstimate {
  readonly bits: number;
  readonly standardError: number;
  readonly cells: number;
  /** E_cell Σ_j H(ŷ_j | cell), which E_cell H(Ŷ | cell) cannot pass, and its standard error. */
  readonly sumOfOutputs: number;
  readonly sumOfOutputsError: number;
  /** Mean number of distinct states among a cell's draws. */
  readonly states: number;
  readonly drawsPerCell: number;
  readonly draws: number;
  /** Tails that were cut short. */
  readonly cut: number;
}

export class CellEntropy {
  readonly #sampler: Sampler;
  readonly #laws: readonly OutputLaw[];
  readonly #seed: number;
  readonly #parts: Float64Array;
  readonly #inRange: boolean;
  readonly #batches: CellBatch[];
  #drawsPerCell = 32;

  /**
   * `laws`: of each output within a cell; `parts[i]`: into how many bins input i is divided, 1 for an input that the cell leaves free;
   * `inRange`: nothing falls outside the output range; otherwise cells are drawn as the samples inside the range find them.
   */
  constructor(sampler: Sampler, laws: readonly OutputLaw[], parts: Float64Array, seed: number, inRange: boolean) {
    this.#sampler = sampler;
    this.#laws = laws;
    this.#seed = seed;
    this.#parts = parts;
    this.#inRange = inRange;
    this.#batches = Array.from({ length: BATCHES }, (_, r) => this.#batch(CELLS, r));
  }

  #batch(...stream: number[]): CellBatch {
    const random = new Random(this.#seed, Stream.noise, ...stream);
    return new CellBatch(this.#sampler, this.#laws, this.#parts, random, this.#inRange);
  }

  /** Mean number of distinct states among 32 draws of a cell, from a few cells: near 32 where counting is hopeless. */
  probe(): { states: number; control: number; perOutput: Float64Array } {
    const probe = this.#batch(PROBE);
    probe.sample(64, 32, false);
    return {
      states: probe.states / probe.cells,
      control: probe.sumControl / probe.controlCells,
      perOutput: probe.perOutput,
    };
  }

  get draws(): number {
    return this.#batches.reduce((sum, batch) => sum + batch.draws, 0);
  }

  /** Samples this many more cells in every batch. */
  sample(cellsPerBatch: number): void {
    for (const batch of this.#batches) batch.sample(cellsPerBatch, this.#drawsPerCell);
  }

  /** After a pilot: twice the mean number of states is the cheapest number of draws per cell, to a power of two. */
  tune(): void {
    const { states } = this.estimate();
    this.#drawsPerCell = Math.min(MAX_DRAWS, Math.max(8, 2 ** Math.round(Math.log2(2 * states))));
  }

  estimate(): CellEntropyEstimate {
    let cells = 0;
    let controlCells = 0;
    let states = 0;
    let draws = 0;
    let cut = 0;
    let [h, a, aa, ha, control, controlSquare] = [0, 0, 0, 0, 0, 0];
    for (const batch of this.#batches) {
      cells += batch.cells;
      states += batch.states;
      draws += batch.draws;
      cut += batch.cut;
      h += batch.sumH;
      a += batch.sumA;
      aa += batch.sumAA;
      ha += batch.sumHA;
      controlCells += batch.controlCells;
      control += batch.sumControl;
      controlSquare += batch.sumControlSquare;
    }
    const varianceA = aa / cells - (a / cells) ** 2;
    const slope = varianceA > 1e-12 ? (ha / cells - (h / cells) * (a / cells)) / varianceA : 0;
    const controlMean = control / controlCells;
    const controlVariance = Math.max(0, controlSquare / controlCells - controlMean ** 2) / controlCells;
    const value = h / cells - slope * (a / cells - controlMean);
    let spread = 0;
    for (const batch of this.#batches) {
      const mean = batch.sumH / batch.cells - slope * (batch.sumA / batch.cells - controlMean);
      spread += (mean - value) ** 2;
    }
    return {
      bits: value,
      standardError: Math.sqrt(spread / (BATCHES * (BATCHES - 1)) + slope ** 2 * controlVariance),
      cells,
      sumOfOutputs: controlMean,
      sumOfOutputsError: Math.sqrt(controlVariance),
      states: states / cells,
      drawsPerCell: this.#drawsPerCell,
      draws,
      cut,
    };
  }
}
