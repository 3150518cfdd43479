/** Draws of the noise with their output states, and the rectangles whose probabilities tell what the states say. */
import { Random, Stream } from "../../information/random.ts";
import { OUTSIDE } from "../../model/preactivation-bins.ts";
import type { Intervals } from "./greedy-order.ts";
import { type RectangleLayer, segmentOf } from "./rectangle-layer.ts";

/** Second stream numbers: output-entropy.ts has 0, cell-entropy.ts 1 and 2. */
const DRAWS = 3;
const CENTRES = 4;

export interface Draw {
  /** In the cube [−½, ½]^n, and the same within its cell. */
  readonly x: Float64Array;
  readonly within: Float64Array;
  /** W x, and W times the centre of the cell, `[rows]`. */
  readonly z: Float64Array;
  readonly centre: Float64Array;
  /** `[rows]`. */
  readonly segments: Int32Array;
  /** Draws that fell outside the output range before this one. */
  readonly rejected: number;
}

/** Rejections after which a draw is given up. */
const MOST_REJECTED = 1_000_000;

/** The draw with this number, inside the output range; undefined where none is found. */
export function drawOf(layer: RectangleLayer, seed: number, index: number): Draw | undefined {
  const { inputs, rows, parts } = layer;
  const random = new Random(seed, Stream.noise, DRAWS, index);
  const x = new Float64Array(inputs);
  const segments = new Int32Array(rows);
  for (let rejected = 0; rejected <= MOST_REJECTED; rejected++) {
    random.fill(x, -0.5, 0.5);
    const z = product(layer, x);
    let isInside = true;
    for (let j = 0; j < rows; j++) {
      segments[j] = segmentOf(layer, j, z[j]!);
      isInside &&= stateOf(layer, j, segments[j]!) !== OUTSIDE;
    }
    if (!isInside) continue;
    const { within, centre } = cellOf(x, parts);
    return { x, within, z, centre: product(layer, centre), segments, rejected };
  }
  return undefined;
}

/** W times the centre of a random cell. */
export function randomCentre(layer: RectangleLayer, seed: number, index: number): Float64Array {
  const x = new Float64Array(layer.inputs);
  new Random(seed, Stream.noise, CENTRES, index).fill(x, -0.5, 0.5);
  return product(layer, cellOf(x, layer.parts).centre);
}

function cellOf(x: Float64Array, parts: Float64Array): { within: Float64Array; centre: Float64Array } {
  const within = new Float64Array(x.length);
  const centre = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const at = (x[i]! + 0.5) * parts[i]!;
    const cell = Math.min(parts[i]! - 1, Math.floor(at));
    within[i] = at - cell - 0.5;
    centre[i] = (cell + 0.5) / parts[i]! - 0.5;
  }
  return { within, centre };
}

function product({ inputs, rows, weights }: RectangleLayer, x: Float64Array): Float64Array {
  const z = new Float64Array(rows);
  for (let j = 0; j < rows; j++) {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += weights[j * inputs + i]! * x[i]!;
    z[j] = sum;
  }
  return z;
}

function stateOf({ firstThreshold, state }: RectangleLayer, j: number, segment: number): number {
  return state[firstThreshold[j]! + j + segment]!;
}

/** Which rows confine the inputs, and to which intervals: relative to the cube's centre or the cell's. */
export interface Confined {
  readonly rows: Int32Array;
  readonly intervals: Intervals;
}

/** What is asked of a draw's rows: to be in the same state, or anywhere inside the output range. */
export type Asked = "same state" | "inside";

/** The intervals of z of every state, and those inside the output range: neighbouring segments of one kind are one interval. */
export class StateIntervals {
  readonly #layer: RectangleLayer;
  readonly #lower: Float64Array;
  readonly #upper: Float64Array;
  /** First interval, and the one after the last, of each segment's state; after all segments, of each row's inside. */
  readonly #from: Int32Array;
  readonly #to: Int32Array;

  constructor(layer: RectangleLayer) {
    const { rows, firstThreshold, threshold, state } = layer;
    this.#layer = layer;
    const lower: number[] = [];
    const upper: number[] = [];
    this.#from = new Int32Array(state.length + rows);
    this.#to = new Int32Array(state.length + rows);
    for (let j = 0; j < rows; j++) {
      const first = firstThreshold[j]!;
      const count = firstThreshold[j + 1]! - first;
      const segmentsOf = new Map<number, number[]>();
      const inside: number[] = [];
      for (let s = 0; s <= count; s++) {
        const name = state[first + j + s]!;
        if (name !== OUTSIDE) inside.push(s);
        const others = segmentsOf.get(name);
        if (others === undefined) segmentsOf.set(name, [s]);
        else others.push(s);
      }
      const put = (segments: readonly number[], places: readonly number[]) => {
        const from = lower.length;
        for (const [k, s] of segments.entries()) {
          const high = s === count ? Infinity : threshold[first + s]!;
          if (k > 0 && segments[k - 1] === s - 1) upper[upper.length - 1] = high;
          else {
            lower.push(s === 0 ? -Infinity : threshold[first + s - 1]!);
            upper.push(high);
          }
        }
        for (const place of places) {
          this.#from[place] = from;
          this.#to[place] = lower.length;
        }
      };
      for (const segments of segmentsOf.values()) {
        put(
          segments,
          segments.map((s) => first + j + s),
        );
      }
      put(inside, [state.length + j]);
    }
    this.#lower = Float64Array.from(lower);
    this.#upper = Float64Array.from(upper);
  }

  /**
   * Where the rows may be for the asked to hold, within `reach` of `centre`; rows that cannot be elsewhere are left out. `centre`: 0 where it is
   * undefined.
   */
  confined({ segments }: Pick<Draw, "segments">, asked: Asked, reach: Float64Array, centre?: Float64Array): Confined {
    const { rows, firstThreshold, state } = this.#layer;
    const kept: number[] = [];
    const start = [0];
    const lower: number[] = [];
    const upper: number[] = [];
    for (let j = 0; j < rows; j++) {
      const middle = centre?.[j] ?? 0;
      const place = asked === "inside" ? state.length + j : firstThreshold[j]! + j + segments[j]!;
      const before = lower.length;
      let isFree = false;
      for (let r = this.#from[place]!; r < this.#to[place]!; r++) {
        const low = this.#lower[r]! - middle;
        const high = this.#upper[r]! - middle;
        if (high <= -reach[j]! || low >= reach[j]!) continue;
        isFree ||= low <= -reach[j]! && high >= reach[j]!;
        lower.push(low);
        upper.push(high);
      }
      if (isFree) {
        lower.length = before;
        upper.length = before;
        continue;
      }
      kept.push(j);
      start.push(lower.length);
    }
    return {
      rows: Int32Array.from(kept),
      intervals: { start: Int32Array.from(start), lower: Float64Array.from(lower), upper: Float64Array.from(upper) },
    };
  }
}

/** Rows and columns of a matrix over all rows. */
export function submatrix(matrix: Float64Array, size: number, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length * rows.length);
  for (const [a, from] of rows.entries()) {
    for (const [b, to] of rows.entries()) out[a * rows.length + b] = matrix[from * size + to]!;
  }
  return out;
}
