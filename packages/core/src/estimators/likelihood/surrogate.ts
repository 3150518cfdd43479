/**
 * The surrogate law q of output states: a Gaussian copula with the rows' exact marginals and the exact correlations of W x. It is a law,
 * so −E log2 q(ŷ) ≥ H(Ŷ) (Gibbs' inequality). Mixed with independent rows, so that no state has next to no probability.
 */
import { exp, log, log1p, log2 } from "../../information/elementary.ts";
import { Stream, streamKey } from "../../information/random.ts";
import { OUTSIDE } from "../../model/preactivation-bins.ts";
import type { Task } from "../../settings/pool.ts";
import { cholesky } from "./cholesky.ts";
import { type Confined, type Draw, drawOf, randomCentre, StateIntervals, submatrix } from "./draws.ts";
import { GaussianRectangle } from "./gaussian-rectangle.ts";
import { cellScore, cellShare, type RectangleLayer } from "./rectangle-layer.ts";

/** Weight of the independent rows in the mixture. */
const INDEPENDENT = 0.01;
/** What is wanted: EI, or one of its two entropies. */
export type Wanted = "both" | "output" | "cell";

/** Second stream number. */
const SURROGATE = 5;

export interface SurrogateJob {
  readonly layer: RectangleLayer;
  readonly seed: number;
  readonly particles: number;
  /** What is added to the correlations' diagonal, on the cube and in a cell: 0 for independent rows. */
  readonly jitter: number;
  readonly cellJitter: number;
  readonly wanted: Wanted;
}

/** Draws numbered `from` … `to` − 1. */
export interface DrawsShard {
  readonly from: number;
  readonly to: number;
}

/** What is known of each draw, in bits. */
export interface SurrogateRecord {
  /** −log2 q(ŷ) and −log2 q(ŷ | cell); with outputs left out, both given that none is (for the first, but for a constant). */
  readonly output: number;
  readonly cell: number;
  /** Σ_j −log2 p_j(ŷ_j), on the cube and in the cell, and Σ_j H(ŷ_j | cell). */
  readonly marginal: number;
  readonly cellMarginal: number;
  readonly cellEntropy: number;
  /** 12 |Q x|² − rank of x in the cube and in its cell, Q an orthonormal basis of the rows: mean 0. 0 where rows depend on each other. */
  readonly spread: number;
  readonly cellSpread: number;
  readonly rejected: number;
  /** Times that the simulator found nothing. */
  readonly guarded: number;
}

/** Fewer records than asked for where draws inside the output range are too rare. */
export const surrogateRecords: Task<SurrogateJob, DrawsShard, SurrogateRecord[]> = {
  name: "surrogate",
  run(job, { from, to }) {
    const surrogate = new Surrogate(job);
    try {
      const records: SurrogateRecord[] = [];
      for (let index = from; index < to; index++) {
        const draw = drawOf(job.layer, job.seed, index);
        if (draw === undefined) break;
        records.push(surrogate.record(draw, index));
      }
      return records;
    } finally {
      surrogate.free();
    }
  },
};

/** Sums of Σ_j H(ŷ_j | cell) and of its square over random cells. */
export const cellControls: Task<SurrogateJob, DrawsShard, { sum: number; squares: number }> = {
  name: "cell controls",
  run({ layer, seed }, { from, to }) {
    let [sum, squares] = [0, 0];
    for (let index = from; index < to; index++) {
      const bits = cellEntropyOf(layer, randomCentre(layer, seed, index));
      sum += bits;
      squares += bits * bits;
    }
    return { sum, squares };
  },
};

class Surrogate {
  readonly #job: SurrogateJob;
  readonly #states: StateIntervals;
  readonly #gaussian: GaussianRectangle;
  readonly #correlation: Float64Array;
  readonly #cellCorrelation: Float64Array;
  readonly #factor: Float64Array | undefined;
  readonly #cellFactor: Float64Array | undefined;

  constructor(job: SurrogateJob) {
    const { layer, particles, jitter, cellJitter } = job;
    this.#job = job;
    this.#states = new StateIntervals(layer);
    this.#gaussian = new GaussianRectangle(layer.rows, particles, Math.max(1, layer.state.length));
    this.#correlation = correlationOf(layer.gram, layer.rows, jitter);
    this.#cellCorrelation = correlationOf(layer.cellGram, layer.rows, cellJitter);
    this.#factor = cholesky(layer.gram, layer.rows);
    this.#cellFactor = cholesky(layer.cellGram, layer.rows);
  }

  record(draw: Draw, index: number): SurrogateRecord {
    const { layer, wanted } = this.#job;
    const { rows, reach, cellReach, firstThreshold, surprisal } = layer;
    const { centre, segments } = draw;
    let [marginal, guarded] = [0, 0];
    for (let j = 0; j < rows; j++) marginal += surprisal[firstThreshold[j]! + j + segments[j]!]!;
    const probability = (which: number, scored: Confined, correlation: Float64Array) => {
      const found = this.#gaussianLog(scored, correlation, index, which);
      if (found === -Infinity) guarded++;
      return found;
    };
    let output = 0;
    if (wanted !== "cell") {
      const whole = onCube(layer, this.#states.confined(draw, "same state", reach));
      output = mixed(probability(0, whole, this.#correlation), -marginal * Math.LN2);
    }
    const inCell = this.#states.confined(draw, "same state", cellReach, centre);
    const cellMarginal = independent(layer, inCell);
    let cell = 0;
    if (wanted !== "output") cell = mixed(probability(1, onCell(layer, inCell), this.#cellCorrelation), cellMarginal);
    if (wanted !== "output" && !layer.inRange) {
      const inside = this.#states.confined(draw, "inside", cellReach, centre);
      cell -= mixed(probability(2, onCell(layer, inside), this.#cellCorrelation), independent(layer, inside));
    }
    return {
      output: -output / Math.LN2,
      cell: -cell / Math.LN2,
      marginal,
      cellMarginal: -cellMarginal / Math.LN2,
      cellEntropy: controlsCells(layer) ? cellEntropyOf(layer, centre) : 0,
      spread: spreadOf(this.#factor, draw.z),
      cellSpread: spreadOf(
        this.#cellFactor,
        draw.z.map((z, j) => z - centre[j]!),
      ),
      rejected: draw.rejected,
      guarded,
    };
  }

  #gaussianLog({ rows, intervals }: Confined, correlation: Float64Array, index: number, which: number): number {
    if (rows.length === 0) return 0;
    const { layer, seed } = this.#job;
    this.#gaussian.prepare(submatrix(correlation, layer.rows, rows), rows.length, intervals);
    return this.#gaussian.run(streamKey(seed, Stream.noise, SURROGATE, index, which), 0);
  }

  free(): void {
    this.#gaussian.free();
  }
}

/** 12 |Q x|² − rank, from z = W x. */
function spreadOf(factor: Float64Array | undefined, z: Float64Array): number {
  if (factor === undefined) return 0;
  const rows = z.length;
  const whitened = new Float64Array(rows);
  let sum = 0;
  for (let a = 0; a < rows; a++) {
    let value = z[a]!;
    for (let k = 0; k < a; k++) value -= factor[a * rows + k]! * whitened[k]!;
    whitened[a] = value / factor[a * rows + a]!;
    sum += whitened[a]! * whitened[a]!;
  }
  return 12 * sum - rows;
}

/** ln of the mixture's probability from that of the copula and that of independent rows. */
export function mixed(gaussian: number, independentRows: number): number {
  return logSum(log1p(-INDEPENDENT) + gaussian, log(INDEPENDENT) + independentRows);
}

/** ln(e^a + e^b). */
export function logSum(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === -Infinity ? most : most + log1p(exp(-Math.abs(a - b)));
}

function correlationOf(gram: Float64Array, rows: number, jitter: number): Float64Array {
  return gram.map((value, at) => {
    const [a, b] = [Math.floor(at / rows), at % rows];
    return a === b ? 1 : ((1 - jitter) * value) / Math.sqrt(gram[a * rows + a]! * gram[b * rows + b]!);
  });
}

/** Intervals as normal scores. */
function onCube(layer: RectangleLayer, { rows, intervals }: Confined): Confined {
  const { firstThreshold, threshold, score } = layer;
  const scoreOf = (j: number, t: number) => {
    if (Math.abs(t) === Infinity) return t;
    let [low, high] = [firstThreshold[j]!, firstThreshold[j + 1]!];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (threshold[middle]! < t) low = middle + 1;
      else high = middle;
    }
    return score[low]!;
  };
  return scored(rows, intervals, scoreOf);
}

function onCell(layer: RectangleLayer, { rows, intervals }: Confined): Confined {
  return scored(rows, intervals, (j, t) => (Math.abs(t) === Infinity ? t : cellScore(layer, j, t)));
}

function scored(
  rows: Int32Array,
  { start, lower, upper }: Confined["intervals"],
  scoreOf: (j: number, t: number) => number,
): Confined {
  const map = (values: Float64Array) => {
    const out = new Float64Array(values.length);
    for (const [k, j] of rows.entries())
      for (let r = start[k]!; r < start[k + 1]!; r++) out[r] = scoreOf(j, values[r]!);
    return out;
  };
  return { rows, intervals: { start, lower: map(lower), upper: map(upper) } };
}

/** ln of the product of the rows' probabilities within a cell. */
export function independent(layer: RectangleLayer, { rows, intervals }: Confined): number {
  const { start, lower, upper } = intervals;
  let sum = 0;
  for (const [k, j] of rows.entries()) {
    let share = 0;
    for (let r = start[k]!; r < start[k + 1]!; r++) share += cellShare(layer, j, lower[r]!, upper[r]!);
    sum += log(share);
  }
  return sum;
}

/** Thresholds that a cell may cross for its outputs' entropies to be worth adding up. */
const MOST_CROSSED = 3000;

/** Whether Σ_j H(ŷ_j | cell) is a control variate: not where cells cross so many thresholds that it would take most of the time. */
export function controlsCells({ rows, firstThreshold, reach, cellReach, inRange }: RectangleLayer): boolean {
  let crossed = 0;
  for (let j = 0; j < rows; j++) {
    crossed += (firstThreshold[j + 1]! - firstThreshold[j]!) * (cellReach[j]! / reach[j]!);
  }
  return inRange && crossed <= MOST_CROSSED;
}

/** Σ_j H(ŷ_j | cell) in bits, of a cell by W times its centre. */
function cellEntropyOf(layer: RectangleLayer, centre: Float64Array): number {
  const { rows, firstThreshold, threshold, state, cellReach } = layer;
  let bits = 0;
  const shares = new Map<number, number>();
  for (let j = 0; j < rows; j++) {
    const first = firstThreshold[j]!;
    const count = firstThreshold[j + 1]! - first;
    const reach = cellReach[j]!;
    const middle = centre[j]!;
    let s = 0;
    while (s < count && threshold[first + s]! <= middle - reach) s++;
    if (s === count || threshold[first + s]! >= middle + reach) continue;
    shares.clear();
    for (; s <= count; s++) {
      const low = s === 0 ? -Infinity : threshold[first + s - 1]! - middle;
      if (low >= reach) break;
      const high = s === count ? Infinity : threshold[first + s]! - middle;
      const name = state[first + j + s]!;
      shares.set(name, (shares.get(name) ?? 0) + cellShare(layer, j, low, high));
    }
    for (const [name, share] of shares) if (share > 0 && name !== OUTSIDE) bits -= share * log2(share);
  }
  return bits;
}
