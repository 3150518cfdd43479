/**
 * One batch of E_cell H(Ŷ | cell) by counting, a cell being one joint bin of the inputs.
 *
 * A dense layer's deviation from the cell's centre, V = W h (U − ½), has the same law in every cell: a batch draws a pool of
 * deviations once and uses it for all its cells. Only the outputs with a threshold within the cell's reach enter the state. Few
 * draws per cell suffice, since the entropy estimate has no bias at any number of draws: Zhang's series, and with the
 * probability that a random draw is a singleton, fresh draws until its state comes again (Montgomery-Smith & Schürmann's
 * waiting time as the tail). Beside each cell that is sampled stand some whose control variate alone is looked up.
 */
import { OUTSIDE } from "../../information/bins.ts";
import { digamma } from "../../information/digamma.ts";
import { Random, type StreamKey } from "../../information/random.ts";
import { MAX_DRAWS, SmallCounts } from "../../information/small-counts.ts";
import { deviationWeights, LANES } from "../deviations.ts";
import type { UnitLayer } from "../layer.ts";
import { Segments } from "./segments.ts";

/** Fresh draws after which a tail is cut and counted as cut. */
const MAX_TAIL = 200_000;

/** A function of one output's pre-activation at a cell's centre, in equal steps; 0 outside the table. */
export interface ControlTable {
  readonly low: number;
  /** Steps per unit. */
  readonly scale: number;
  readonly values: Float64Array;
}

export interface CellSamplerSpec extends UnitLayer {
  /** Bins of each input, 1 for an input that the cell leaves free. */
  readonly parts: Float64Array;
  /** Per output; their sum is the control variate. */
  readonly control: readonly ControlTable[];
  /** Whether no output can lie outside its bins; otherwise cells are those of random samples inside. */
  readonly inRange: boolean;
  /** Deviations in the pool. */
  readonly poolSize: number;
}

/** Streams of one batch: its pool, its cells (and fresh draws), its choices. */
export interface CellStreams {
  readonly pool: StreamKey;
  readonly cells: StreamKey;
  readonly picks: StreamKey;
}

/** Sums over the cells of one batch; H is the estimate of a cell's entropy in bits, A its control variate. */
export interface CellSums {
  readonly cells: number;
  /** Distinct states among the draws. */
  readonly states: number;
  readonly draws: number;
  /** Tails that were cut short. */
  readonly cut: number;
  readonly sumH: number;
  readonly sumA: number;
  readonly sumAA: number;
  readonly sumHA: number;
  readonly controlCells: number;
  readonly sumControl: number;
  readonly sumControlSquare: number;
}

export interface CellSampler {
  /** `cells` cells with `draws` (at most `MAX_DRAWS`) draws each. */
  sample(streams: CellStreams, cells: number, draws: number, withTail: boolean): CellSums;
  /** Nothing of it may be used afterwards. */
  free(): void;
}

export class PlainCellSampler implements CellSampler {
  readonly #spec: CellSamplerSpec;
  readonly #segments: Segments;
  readonly #cellWeights: Float64Array;
  readonly #reach: Float64Array;
  /** `[poolSize, outputs]`. */
  readonly #pool: Float64Array;
  readonly #noise: Float64Array;
  /** Inputs of the cells, `[inputs, LANES]`, and their centres, `[outputs, LANES]`. */
  readonly #cells: Float64Array;
  readonly #centres: Float64Array;
  readonly #deviation: Float64Array;
  readonly #control = new Float64Array(LANES);
  readonly #active: number[] = [];
  readonly #least: number[] = [];
  readonly #radix: number[] = [];
  #exactKeys = true;
  readonly #seen = new SmallCounts();
  readonly #keys = new Int32Array(MAX_DRAWS);
  #stream: Random;
  #picks: Random;
  #sums: { -readonly [Name in keyof CellSums]: CellSums[Name] };

  constructor(spec: CellSamplerSpec) {
    const { inputs, outputs, poolSize } = spec;
    this.#spec = spec;
    this.#segments = new Segments(spec.cuts);
    const { cellWeights, reach } = deviationWeights(spec);
    this.#cellWeights = cellWeights;
    this.#reach = reach;
    this.#pool = new Float64Array(poolSize * outputs);
    this.#noise = new Float64Array(inputs * LANES);
    this.#cells = new Float64Array(inputs * LANES);
    this.#centres = new Float64Array(outputs * LANES);
    this.#deviation = new Float64Array(outputs);
    this.#stream = new Random(0);
    this.#picks = this.#stream;
    this.#sums = noSums();
  }

  sample({ pool, cells: key, picks }: CellStreams, cells: number, draws: number, withTail: boolean): CellSums {
    this.#fillPool(pool);
    this.#stream = new Random(key, 0);
    this.#picks = new Random(picks, 0);
    this.#sums = noSums();
    const sums = this.#sums;
    for (let cell = 0; cell < cells; cell++) {
      this.#drawCells();
      const control = this.#lookUp();
      const entropy = this.#cellEntropy(draws, withTail);
      sums.cells++;
      sums.sumH += entropy;
      sums.sumA += control;
      sums.sumAA += control * control;
      sums.sumHA += entropy * control;
    }
    return sums;
  }

  #fillPool(key: StreamKey): void {
    const { outputs, poolSize } = this.#spec;
    this.#stream = new Random(key, 0);
    for (let first = 0; first < poolSize; first += LANES) {
      this.#stream.fill(this.#noise, -0.5, 0.5);
      for (let lane = 0; lane < LANES; lane++) {
        for (let j = 0; j < outputs; j++) this.#pool[(first + lane) * outputs + j] = this.#deviationOf(j, lane);
      }
    }
  }

  #deviationOf(j: number, lane: number): number {
    const { inputs } = this.#spec;
    let v = 0;
    for (let i = 0; i < inputs; i++) v += this.#cellWeights[j * inputs + i]! * this.#noise[i * LANES + lane]!;
    return v;
  }

  /** Centres of random cells: uniform, or, where some outputs can fall outside, the cells of random samples inside. */
  #drawCells(): void {
    const { inputs, outputs, weights, base, parts, inRange } = this.#spec;
    for (let filled = 0; filled < LANES; ) {
      this.#stream.fill(this.#noise, 0, 1);
      for (let lane = 0; lane < LANES && filled < LANES; lane++) {
        if (!inRange && !this.#isInside(lane)) {
          this.#sums.draws++;
          continue;
        }
        for (let i = 0; i < inputs; i++) {
          this.#cells[i * LANES + filled] = (Math.floor(this.#noise[i * LANES + lane]! * parts[i]!) + 0.5) / parts[i]!;
        }
        filled++;
      }
    }
    for (let j = 0; j < outputs; j++) {
      for (let lane = 0; lane < LANES; lane++) {
        let z = base[j]!;
        for (let i = 0; i < inputs; i++) z += weights[j * inputs + i]! * this.#cells[i * LANES + lane]!;
        this.#centres[j * LANES + lane] = z;
      }
    }
  }

  #isInside(lane: number): boolean {
    const { inputs, outputs, weights, base } = this.#spec;
    for (let j = 0; j < outputs; j++) {
      let z = base[j]!;
      for (let i = 0; i < inputs; i++) z += weights[j * inputs + i]! * this.#noise[i * LANES + lane]!;
      if (this.#segments.bin(z) === OUTSIDE) return false;
    }
    return true;
  }

  /** The control variates of all lanes, into the sums; returns that of the first, whose cell is sampled. */
  #lookUp(): number {
    const { outputs, control } = this.#spec;
    const all = this.#control;
    all.fill(0);
    for (let j = 0; j < outputs; j++) {
      const { low, scale, values } = control[j]!;
      for (let lane = 0; lane < LANES; lane++) {
        const at = (this.#centres[j * LANES + lane]! - low) * scale;
        if (!(at >= 0 && at < values.length - 1)) continue;
        const step = Math.floor(at);
        const value = values[step]! + (at - step) * (values[step + 1]! - values[step]!);
        all[lane]! += value;
      }
    }
    for (let lane = 0; lane < LANES; lane++) {
      this.#sums.controlCells++;
      this.#sums.sumControl += all[lane]!;
      this.#sums.sumControlSquare += all[lane]! * all[lane]!;
    }
    return all[0]!;
  }

  /** Finds the outputs that a draw from the first lane's cell can move, and how their bins make one whole number. */
  #activate(): void {
    const { outputs, cuts } = this.#spec;
    this.#active.length = 0;
    let states = 1;
    for (let j = 0; j < outputs; j++) {
      const z = this.#centres[j * LANES]!;
      const from = this.#segments.segment(z - this.#reach[j]!);
      const to = this.#segments.segment(z + this.#reach[j]!);
      if (from === to) continue;
      let least = cuts.count;
      let most = OUTSIDE;
      for (let s = from; s <= to; s++) {
        const bin = cuts.bins[s]!;
        if (bin !== OUTSIDE && bin < least) least = bin;
        if (bin > most) most = bin;
      }
      this.#least[this.#active.length] = least;
      this.#radix[this.#active.length] = most - least + 1;
      this.#active.push(j);
      states *= most - least + 1;
    }
    this.#exactKeys = states <= 2 ** 31;
  }

  /** An estimate of H(ŷ | cell) in bits, without bias unless `withTail` is false, from `wanted` draws and, now and then, a tail. */
  #cellEntropy(wanted: number, withTail: boolean): number {
    const { outputs, poolSize } = this.#spec;
    this.#activate();
    if (this.#active.length === 0) {
      this.#sums.states++;
      return 0;
    }
    const seen = this.#seen;
    seen.clear();
    let drawn = 0;
    const take = (key: number): void => {
      this.#sums.draws++;
      if (key === OUTSIDE) return;
      seen.add(key);
      this.#keys[drawn++] = key;
    };
    const start = Math.floor(this.#picks.uniform() * poolSize);
    for (let tries = 0; drawn < wanted && tries < poolSize; tries++) {
      const row = (start + tries) % poolSize;
      take(this.#key(this.#pool, row * outputs));
    }
    while (drawn < wanted) {
      this.#stream.fill(this.#noise, -0.5, 0.5);
      for (let lane = 0; lane < LANES && drawn < wanted; lane++) take(this.#freshKey(lane));
    }
    this.#sums.states += seen.distinct;
    let nats = digamma(wanted) - seen.sum / wanted;
    const watched = this.#keys[Math.floor(this.#picks.uniform() * wanted)]!;
    if (withTail && seen.count(watched) === 1) nats += this.#tail(watched, wanted);
    return nats / Math.LN2;
  }

  /** ψ(T − 1) − ψ(J): T counts the draws, the J that were made included, until the watched state comes again. */
  #tail(watched: number, made: number): number {
    let extra = 0;
    for (;;) {
      this.#stream.fill(this.#noise, -0.5, 0.5);
      for (let lane = 0; lane < LANES; lane++) {
        const key = this.#freshKey(lane);
        this.#sums.draws++;
        if (key === OUTSIDE) continue;
        extra++;
        if (key !== watched && extra < MAX_TAIL) continue;
        if (key !== watched) this.#sums.cut++;
        return digamma(made + extra - 1) - digamma(made);
      }
    }
  }

  /** The state of the active outputs as one word; hashed where they have more states than a word holds. */
  #key(deviations: Float64Array, offset: number): number {
    let key = 0;
    for (const [k, j] of this.#active.entries()) {
      const bin = this.#segments.bin(this.#centres[j * LANES]! + deviations[offset + j]!);
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
  #freshKey(lane: number): number {
    for (const j of this.#active) this.#deviation[j] = this.#deviationOf(j, lane);
    return this.#key(this.#deviation, 0);
  }

  free(): void {}
}

function noSums() {
  const counts = { cells: 0, states: 0, draws: 0, cut: 0, controlCells: 0 };
  const sums = { sumH: 0, sumA: 0, sumAA: 0, sumHA: 0, sumControl: 0, sumControlSquare: 0 };
  return { ...counts, ...sums };
}
