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
import { digamma } from "../../information/digamma.ts";
import { Random, Stream } from "../../information/random.ts";
import { OUTSIDE } from "../../network/activation.ts";
import type { OutputLaw } from "../exact/marginals.ts";
import type { Sampler } from "./sampler.ts";

export const BATCHES = 16;

/** Fresh draws after which a tail is cut and counted as cut. */
const MAX_TAIL = 200_000;
const MAX_DRAWS = 64;
// Second stream numbers: output-entropy.ts has 0.
const CELLS = 1;
const PROBE = 2;
/** Cells for the control variate's mean per cell that is sampled. */
const CONTROL_CELLS = 10;

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
  readonly #sampler: Sampler;
  readonly #laws: readonly OutputLaw[];
  readonly #seed: number;
  readonly #inputBins: number;
  readonly #inRange: boolean;
  readonly #batches: Batch[];
  #drawsPerCell = 32;

  /** `inRange`: nothing falls outside the output range; otherwise cells are drawn as the samples inside the range find them. */
  constructor(sampler: Sampler, laws: readonly OutputLaw[], inputBins: number, seed: number, inRange: boolean) {
    this.#sampler = sampler;
    this.#laws = laws;
    this.#seed = seed;
    this.#inputBins = inputBins;
    this.#inRange = inRange;
    this.#batches = Array.from({ length: BATCHES }, (_, r) => this.#batch(CELLS, r));
  }

  #batch(...stream: number[]): Batch {
    const random = new Random(this.#seed, Stream.noise, ...stream);
    return new Batch(this.#sampler, this.#laws, this.#inputBins, random, this.#inRange);
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
      states: states / cells,
      drawsPerCell: this.#drawsPerCell,
      draws,
      cut,
    };
  }
}

/** One batch of cells with its own pool of deviations and its own noise. */
class Batch {
  cells = 0;
  states = 0;
  draws = 0;
  cut = 0;
  sumH = 0;
  sumA = 0;
  sumAA = 0;
  sumHA = 0;
  controlCells = 0;
  sumControl = 0;
  sumControlSquare = 0;

  readonly #sampler: Sampler;
  readonly #laws: readonly OutputLaw[];
  readonly #random: Random;
  readonly #parts: number;
  readonly #inRange: boolean;
  readonly #poolSize: number;
  /** Deviations from a cell's centre, `[poolSize, outputs]`. */
  readonly #pool: Float64Array;
  /** How far an output deviates from a cell's centre at most. */
  readonly #reach: Float64Array;
  readonly #x: Float64Array;
  readonly #centres: Float64Array;
  readonly #active: Int32Array;
  readonly #least: Int32Array;
  readonly #radix: Int32Array;
  readonly #deviation: Float64Array;
  /** Sum over the control cells of H(ŷ_j | cell). */
  readonly #perOutput: Float64Array;
  #exactKeys = true;
  readonly #seen = new SmallCounts();
  readonly #keys = new Int32Array(MAX_DRAWS);

  constructor(sampler: Sampler, laws: readonly OutputLaw[], parts: number, random: Random, inRange: boolean) {
    const { inputs, outputs, weights } = sampler;
    this.#sampler = sampler;
    this.#laws = laws;
    this.#parts = parts;
    this.#random = random;
    this.#inRange = inRange;
    this.#x = new Float64Array(inputs);
    this.#centres = new Float64Array(outputs);
    this.#active = new Int32Array(outputs);
    this.#least = new Int32Array(outputs);
    this.#radix = new Int32Array(outputs);
    this.#deviation = new Float64Array(outputs);
    this.#perOutput = new Float64Array(outputs);
    this.#reach = new Float64Array(outputs);
    for (let j = 0, w = 0; j < outputs; j++) {
      for (let i = 0; i < inputs; i++) this.#reach[j]! += Math.abs(weights[w++]!) / parts / 2;
    }
    // A pool of some thousand deviations, fewer where each costs much.
    this.#poolSize = Math.max(256, Math.min(2048, 2 ** Math.floor(Math.log2(4e6 / (inputs * outputs)))));
    this.#pool = new Float64Array(this.#poolSize * outputs);
    for (let p = 0; p < this.#poolSize; p++) {
      random.fill(this.#x, -0.5 / parts, 0.5 / parts);
      for (let j = 0, w = 0; j < outputs; j++) {
        let v = 0;
        for (let i = 0; i < inputs; i++) v += weights[w++]! * this.#x[i]!;
        this.#pool[p * outputs + j] = v;
      }
    }
  }

  /** Mean H(ŷ_j | cell) of each output, in bits. */
  get perOutput(): Float64Array {
    return this.#perOutput.map((sum) => sum / this.controlCells);
  }

  sample(cells: number, drawsPerCell: number, withTail = true): void {
    for (let k = 0; k < cells; k++) {
      this.#drawCell();
      const control = this.#controlVariate();
      const entropy = this.#cellEntropy(drawsPerCell, withTail);
      this.cells++;
      this.sumH += entropy;
      this.sumA += control;
      this.sumAA += control * control;
      this.sumHA += entropy * control;
      this.#countControl(control);
      for (let extra = 1; extra < CONTROL_CELLS; extra++) {
        this.#drawCell();
        this.#countControl(this.#controlVariate());
      }
    }
  }

  #countControl(control: number): void {
    this.controlCells++;
    this.sumControl += control;
    this.sumControlSquare += control * control;
  }

  /** Centres of a random cell: uniform, or, where some outputs fall outside, the cell of a random sample inside. */
  #drawCell(): void {
    const { inputs, outputs, weights, base } = this.#sampler;
    const parts = this.#parts;
    for (;;) {
      this.#random.fill(this.#x, 0, 1);
      if (this.#inRange || this.#isInside(this.#x)) break;
      this.draws++;
    }
    for (let i = 0; i < inputs; i++) this.#x[i] = (Math.floor(this.#x[i]! * parts) + 0.5) / parts;
    for (let j = 0, w = 0; j < outputs; j++) {
      let z = base[j]!;
      for (let i = 0; i < inputs; i++) z += weights[w++]! * this.#x[i]!;
      this.#centres[j] = z;
    }
  }

  #isInside(x: Float64Array): boolean {
    const { inputs, outputs, weights, base, cuts } = this.#sampler;
    for (let j = 0, w = 0; j < outputs; j++) {
      let z = base[j]!;
      for (let i = 0; i < inputs; i++) z += weights[w++]! * x[i]!;
      if (cuts.bins[this.#sampler.segment(z)] === OUTSIDE) return false;
    }
    return true;
  }

  /** Σ_j H(ŷ_j | cell) in bits. */
  #controlVariate(): number {
    const { outputs, cuts } = this.#sampler;
    let bits = 0;
    for (let j = 0; j < outputs; j++) {
      const before = bits;
      const z = this.#centres[j]!;
      const from = this.#sampler.segment(z - this.#reach[j]!);
      const to = this.#sampler.segment(z + this.#reach[j]!);
      if (from === to) continue;
      const { cdf } = this.#laws[j]!;
      let below = 0;
      for (let s = from; s <= to; s++) {
        const upTo = s < to ? cdf!.at((cuts.thresholds[s]! - z) * this.#parts) : 1;
        const p = upTo - below;
        if (p > 0) bits -= p * Math.log2(p);
        below = upTo;
      }
      this.#perOutput[j]! += bits - before;
    }
    return bits;
  }

  /** Finds the outputs that a draw from the cell can move, and how their bins make one whole number. */
  #activate(): number {
    const { outputs, cuts } = this.#sampler;
    let active = 0;
    let states = 1;
    for (let j = 0; j < outputs; j++) {
      const z = this.#centres[j]!;
      const from = this.#sampler.segment(z - this.#reach[j]!);
      const to = this.#sampler.segment(z + this.#reach[j]!);
      if (from === to) continue;
      let least = cuts.count;
      let most = OUTSIDE;
      for (let s = from; s <= to; s++) {
        const bin = cuts.bins[s]!;
        if (bin !== OUTSIDE && bin < least) least = bin;
        if (bin > most) most = bin;
      }
      this.#active[active] = j;
      this.#least[active] = least;
      this.#radix[active] = most - least + 1;
      states *= most - least + 1;
      active++;
    }
    this.#exactKeys = states <= 2 ** 31;
    return active;
  }

  /** An estimate of H(ŷ | cell) in bits, without bias unless `withTail` is false, from `wanted` draws and, now and then, a tail. */
  #cellEntropy(wanted: number, withTail: boolean): number {
    const { outputs } = this.#sampler;
    const active = this.#activate();
    if (active === 0) {
      this.states++;
      return 0;
    }
    const seen = this.#seen;
    seen.clear();
    let p = this.#random.below(this.#poolSize);
    let drawn = 0;
    for (let tries = 0; drawn < wanted; tries++) {
      const key = tries < this.#poolSize ? this.#key(active, this.#pool, p * outputs) : this.#freshKey(active);
      if (++p === this.#poolSize) p = 0;
      this.draws++;
      if (key === OUTSIDE) continue;
      seen.add(key);
      this.#keys[drawn++] = key;
    }
    this.states += seen.distinct;
    let nats = digamma(wanted) - seen.sum / wanted;
    const watched = this.#keys[this.#random.below(wanted)]!;
    if (withTail && seen.count(watched) === 1) nats += this.#tail(active, watched, wanted);
    return nats / Math.LN2;
  }

  /** ψ(T − 1) − ψ(J): T counts the draws, the J that were made included, until the watched state comes again. */
  #tail(active: number, watched: number, made: number): number {
    let extra = 0;
    for (;;) {
      const key = this.#freshKey(active);
      this.draws++;
      if (key === OUTSIDE) continue;
      extra++;
      if (key === watched) break;
      if (extra === MAX_TAIL) {
        this.cut++;
        break;
      }
    }
    return digamma(made + extra - 1) - digamma(made);
  }

  /** The state of the active outputs as one word; hashed where they have more states than a word holds. */
  #key(active: number, deviations: Float64Array, offset: number): number {
    const { cuts } = this.#sampler;
    let key = 0;
    for (let k = 0; k < active; k++) {
      const j = this.#active[k]!;
      const bin = cuts.bins[this.#sampler.segment(this.#centres[j]! + deviations[offset + j]!)]!;
      if (bin === OUTSIDE) return OUTSIDE;
      if (this.#exactKeys) key = key * this.#radix[k]! + bin - this.#least[k]!;
      else {
        key = Math.imul(key ^ bin, 0x9e3779b1);
        key ^= key >>> 15;
      }
    }
    return key & 0x7fffffff;
  }

  /** The state of a deviation that is not from the pool. */
  #freshKey(active: number): number {
    const { inputs, weights } = this.#sampler;
    this.#random.fill(this.#x, -0.5 / this.#parts, 0.5 / this.#parts);
    for (let k = 0; k < active; k++) {
      const j = this.#active[k]!;
      let v = 0;
      for (let i = 0, w = j * inputs; i < inputs; i++) v += weights[w++]! * this.#x[i]!;
      this.#deviation[j] = v;
    }
    return this.#key(active, this.#deviation, 0);
  }
}

/** Counts of at most `MAX_DRAWS` keys, and Σ c ψ(c) as it grows. */
class SmallCounts {
  distinct = 0;
  /** Σ c ψ(c) over the keys. */
  sum = 0;
  readonly #keys = new Int32Array(4 * MAX_DRAWS);
  readonly #counts = new Int32Array(4 * MAX_DRAWS);
  readonly #stamps = new Int32Array(4 * MAX_DRAWS);
  #stamp = 0;

  clear(): void {
    this.#stamp++;
    this.distinct = 0;
    this.sum = 0;
  }

  add(key: number): void {
    const slot = this.#find(key);
    if (this.#stamps[slot] !== this.#stamp) {
      this.#stamps[slot] = this.#stamp;
      this.#keys[slot] = key;
      this.#counts[slot] = 1;
      this.distinct++;
      this.sum += digamma(1);
      return;
    }
    const count = this.#counts[slot]!;
    this.#counts[slot] = count + 1;
    this.sum += (count + 1) * digamma(count + 1) - count * digamma(count);
  }

  count(key: number): number {
    const slot = this.#find(key);
    return this.#stamps[slot] === this.#stamp ? this.#counts[slot]! : 0;
  }

  #find(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = (Math.imul(key, 0x9e3779b1) >>> 20) & mask;
    while (this.#stamps[slot] === this.#stamp && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }
}
