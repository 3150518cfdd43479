/** One batch of cells: its pool of deviations, its noise, and the sums that cell-entropy.ts turns into an estimate. */

import { OUTSIDE } from "../../information/bins.ts";
import { digamma } from "../../information/digamma.ts";
import type { Random } from "../../information/random.ts";
import type { OutputLaw } from "../exact/marginals.ts";
import type { Sampler } from "./sampler.ts";
import { MAX_DRAWS, SmallCounts } from "./small-counts.ts";

/** Fresh draws after which a tail is cut and counted as cut. */
const MAX_TAIL = 200_000;
/** Cells for the control variate's mean per cell that is sampled. */
const CONTROL_CELLS = 10;

/** Deviations in a batch's pool: some thousand, fewer where each costs much. */
export function poolSize(inputs: number, outputs: number): number {
  return Math.max(256, Math.min(1024, 2 ** Math.floor(Math.log2(4e6 / (inputs * outputs)))));
}

export class CellBatch {
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
  readonly #parts: Float64Array;
  /** Weights on U(−½, ½) deviations within a cell, `[outputs, inputs]`. */
  readonly #cellWeights: Float64Array;
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

  constructor(sampler: Sampler, laws: readonly OutputLaw[], parts: Float64Array, random: Random, inRange: boolean) {
    const { inputs, outputs, weights } = sampler;
    this.#sampler = sampler;
    this.#laws = laws;
    this.#parts = parts;
    this.#cellWeights = weights.map((weight, at) => weight / parts[at % inputs]!);
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
      for (let i = 0; i < inputs; i++) this.#reach[j]! += Math.abs(this.#cellWeights[w++]!) / 2;
    }
    this.#poolSize = poolSize(inputs, outputs);
    this.#pool = new Float64Array(this.#poolSize * outputs);
    for (let p = 0; p < this.#poolSize; p++) {
      random.fill(this.#x, -0.5, 0.5);
      for (let j = 0, w = 0; j < outputs; j++) {
        let v = 0;
        for (let i = 0; i < inputs; i++) v += this.#cellWeights[w++]! * this.#x[i]!;
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
    for (let i = 0; i < inputs; i++) this.#x[i] = (Math.floor(this.#x[i]! * parts[i]!) + 0.5) / parts[i]!;
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
      const { cdf, scale } = this.#laws[j]!;
      let below = 0;
      for (let s = from; s <= to; s++) {
        const upTo = s < to ? cdf!.at((cuts.thresholds[s]! - z) * scale) : 1;
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
    const { inputs } = this.#sampler;
    this.#random.fill(this.#x, -0.5, 0.5);
    for (let k = 0; k < active; k++) {
      const j = this.#active[k]!;
      let v = 0;
      for (let i = 0, w = j * inputs; i < inputs; i++) v += this.#cellWeights[w++]! * this.#x[i]!;
      this.#deviation[j] = v;
    }
    return this.#key(active, this.#deviation, 0);
  }
}
