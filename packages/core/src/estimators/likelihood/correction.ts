/**
 * What the surrogate misses: for some of the draws, the probability of their output state and that of their state within the cell, each from
 * two sides (uniform-rectangle.ts).
 */
import { log, log1p } from "../../information/elementary.ts";
import { Stream, streamKey } from "../../information/random.ts";
import type { Task } from "../../settings/pool.ts";
import { type Confined, drawOf, StateIntervals, submatrix } from "./draws.ts";
import type { RectangleLayer } from "./rectangle-layer.ts";
import { type DrawsShard, independent, logSum, type Wanted } from "./surrogate.ts";
import { UniformRectangle } from "./uniform-rectangle.ts";
import { commonFrame, type Frame } from "./walk-frame.ts";

/** Second stream number. */
const CORRECTION = 6;
/** Weight of the independent rows beside the estimate, where that could be 0. */
const GUARD = 1e-3;

export interface CorrectionJob {
  readonly layer: RectangleLayer;
  readonly seed: number;
  readonly particles: number;
  readonly wanted: Wanted;
}

/** In bits; each `…High` is too high in expectation, each `…Low` too low. */
export interface CorrectionRecord {
  /** −log2 p(ŷ). */
  readonly outputHigh: number;
  readonly outputLow: number;
  /** −log2 p(ŷ | cell), given that no output is left out. */
  readonly cellHigh: number;
  readonly cellLow: number;
  /** Times that no particle arrived. */
  readonly guarded: number;
  /** What it took, in nanoseconds of one core, about. */
  readonly work: number;
}

export const correctionRecords: Task<CorrectionJob, DrawsShard, CorrectionRecord[]> = {
  name: "correction",
  run(job, { from, to }) {
    const correction = new Correction(job);
    const records: CorrectionRecord[] = [];
    for (let index = from; index < to; index++) records.push(correction.record(index));
    return records;
  },
};

interface Sides {
  /** ln p, too low in expectation, and too high. */
  readonly low: number;
  readonly high: number;
  readonly isGuarded: boolean;
  readonly work: number;
}

const CERTAIN: Sides = { low: 0, high: 0, isGuarded: false, work: 0 };

class Correction {
  readonly #job: CorrectionJob;
  readonly #states: StateIntervals;
  /** W, and W over the bins of the inputs. */
  readonly #cellWeights: Float64Array;
  readonly #frames: { readonly cube: Frame | undefined; readonly cell: Frame | undefined };

  constructor(job: CorrectionJob) {
    const { layer } = job;
    const { inputs, rows, weights, parts, gram, cellGram } = layer;
    this.#job = job;
    this.#states = new StateIntervals(layer);
    this.#cellWeights = weights.map((weight, at) => weight / parts[at % inputs]!);
    this.#frames = {
      cube: commonFrame({ inputs, rows, weights, gram }),
      cell: commonFrame({ inputs, rows, weights: this.#cellWeights, gram: cellGram }),
    };
  }

  record(index: number): CorrectionRecord {
    const { layer, seed, wanted } = this.#job;
    const { rows, reach, cellReach, firstThreshold, surprisal, weights, gram, cellGram } = layer;
    const draw = drawOf(layer, seed, index)!;
    let marginal = 0;
    for (let j = 0; j < rows; j++) marginal -= surprisal[firstThreshold[j]! + j + draw.segments[j]!]! * Math.LN2;
    const { cube, cell: cellFrame } = this.#frames;
    const whole =
      wanted === "cell"
        ? CERTAIN
        : this.#sides(
            this.#states.confined(draw, "same state", reach),
            weights,
            gram,
            draw.x,
            cube,
            index,
            0,
            marginal,
          );
    const inCell = (asked: "same state" | "inside", which: number) => {
      const where = this.#states.confined(draw, asked, cellReach, draw.centre);
      return this.#sides(
        where,
        this.#cellWeights,
        cellGram,
        draw.within,
        cellFrame,
        index,
        which,
        independent(layer, where),
      );
    };
    const state = wanted === "output" ? CERTAIN : inCell("same state", 1);
    const inside = layer.inRange || wanted === "output" ? CERTAIN : inCell("inside", 2);
    const all = [whole, state, inside];
    return {
      outputHigh: -whole.low / Math.LN2,
      outputLow: -whole.high / Math.LN2,
      cellHigh: (inside.high - state.low) / Math.LN2,
      cellLow: (inside.low - state.high) / Math.LN2,
      guarded: all.reduce((count, { isGuarded }) => count + (isGuarded ? 1 : 0), 0),
      work: all.reduce((sum, { work }) => sum + work, 0),
    };
  }

  /** `x`: where in the rectangle the draw is; `marginal`: ln of the probability if rows were independent. */
  #sides(
    { rows, intervals }: Confined,
    weights: Float64Array,
    gram: Float64Array,
    x: Float64Array,
    frame: Frame | undefined,
    index: number,
    which: number,
    marginal: number,
  ): Sides {
    if (rows.length === 0) return CERTAIN;
    const { layer, seed, particles } = this.#job;
    const { inputs } = layer;
    const isAll = rows.length === layer.rows;
    const chosen = isAll ? weights : new Float64Array(rows.length * inputs);
    if (!isAll)
      for (const [k, j] of rows.entries()) chosen.set(weights.subarray(j * inputs, (j + 1) * inputs), k * inputs);
    const estimator = new UniformRectangle(
      {
        inputs,
        rows: rows.length,
        weights: chosen,
        gram: isAll ? gram : submatrix(gram, layer.rows, rows),
        intervals,
      },
      particles,
      streamKey(seed, Stream.noise, CORRECTION, index, which),
      isAll ? frame : undefined,
    );
    try {
      const forward = estimator.forward();
      const low = logSum(log1p(-GUARD) + forward, log(GUARD) + marginal);
      return { low, high: estimator.reverse(x), isGuarded: forward === -Infinity, work: estimator.work };
    } finally {
      estimator.free();
    }
  }
}
