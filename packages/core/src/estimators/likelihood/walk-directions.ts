/**
 * Directions along which particles move on {x in a cube, lower ≤ W x ≤ upper}: single inputs; the dual directions, each of which changes one
 * independent row of W x; and where there are more inputs than independent rows, directions that change none.
 */
import type { Directions } from "../../kernels/polytope-walk.ts";

/** Entries smaller than this share of a direction's largest are rounding. */
const ROUNDING = 1e-13;
/** Inputs of a block, for each independent row: with fewer, particles are slow where bins are fine. */
const BLOCK = 6;

export interface RowSpace {
  /** Independent rows, in some order. */
  readonly pivots: Int32Array;
  /** W⁺ of the independent rows, `[pivots, inputs]`: row k changes pivot k by 1, the other pivots not at all. */
  readonly dual: Float64Array;
}

/** `factor`: Cholesky factor of the pivots' W Wᵀ, `[pivots, stride]`; `weights`: `[rows, inputs]`. */
export function rowSpace(
  weights: Float64Array,
  inputs: number,
  pivots: Int32Array,
  factor: Float64Array,
  stride: number,
): RowSpace {
  const rank = pivots.length;
  const dual = new Float64Array(rank * inputs);
  // L⁻¹ W, whose rows are orthonormal, then L⁻ᵀ of that.
  for (let s = 0; s < rank; s++) {
    const row = dual.subarray(s * inputs, (s + 1) * inputs);
    row.set(weights.subarray(pivots[s]! * inputs, (pivots[s]! + 1) * inputs));
    for (let k = 0; k < s; k++) subtract(row, dual, k * inputs, factor[s * stride + k]!);
    scale(row, 1 / factor[s * stride + s]!);
  }
  for (let s = rank - 1; s >= 0; s--) {
    const row = dual.subarray(s * inputs, (s + 1) * inputs);
    for (let k = s + 1; k < rank; k++) subtract(row, dual, k * inputs, factor[k * stride + s]!);
    scale(row, 1 / factor[s * stride + s]!);
  }
  return { pivots, dual };
}

function subtract(row: Float64Array, from: Float64Array, at: number, times: number): void {
  if (times === 0) return;
  for (let i = 0; i < row.length; i++) row[i]! -= times * from[at + i]!;
}

function scale(row: Float64Array, by: number): void {
  for (let i = 0; i < row.length; i++) row[i]! *= by;
}

/** All directions for W, `[rows, inputs]`, whose independent rows are the pivots. */
export function directionsOf(
  weights: Float64Array,
  inputs: number,
  rows: number,
  { pivots, dual }: RowSpace,
): Directions {
  const rank = pivots.length;
  const lists = new DirectionLists();
  for (let i = 0; i < inputs; i++) {
    lists.push(i, 1);
    lists.turn();
    for (let j = 0; j < rows; j++) if (weights[j * inputs + i] !== 0) lists.push(j, weights[j * inputs + i]!);
    lists.end();
  }
  const isPivot = new Uint8Array(rows);
  for (const j of pivots) isPivot[j] = 1;
  for (let s = 0; s < rank; s++) {
    const row = dual.subarray(s * inputs, (s + 1) * inputs);
    lists.pushAll(row);
    lists.turn();
    lists.push(pivots[s]!, 1);
    for (let j = 0; j < rows; j++) {
      if (isPivot[j] === 1) continue;
      let change = 0;
      for (let i = 0; i < inputs; i++) change += weights[j * inputs + i]! * row[i]!;
      if (change !== 0) lists.push(j, change);
    }
    lists.end();
  }
  addUnseen(lists, weights, inputs, pivots);
  return lists.finish();
}

/**
 * Directions that change no row: the projections of single inputs onto the null space of W, taken in blocks of neighbouring inputs, which
 * costs less than over all of them.
 */
function addUnseen(lists: DirectionLists, weights: Float64Array, inputs: number, pivots: Int32Array): void {
  const rank = pivots.length;
  if (rank === 0 || rank === inputs) return;
  const blocks = Math.max(1, Math.floor(inputs / (BLOCK * rank)));
  for (let block = 0; block < blocks; block++) {
    const from = Math.floor((inputs * block) / blocks);
    const width = Math.floor((inputs * (block + 1)) / blocks) - from;
    const basis = new Float64Array(rank * width);
    let found = 0;
    for (const j of pivots) {
      const row = basis.subarray(found * width, (found + 1) * width);
      row.set(weights.subarray(j * inputs + from, j * inputs + from + width));
      const norm = Math.sqrt(dot(row, row));
      // Twice, for rounding.
      for (let k = 0; k < 2 * found; k++) {
        const other = basis.subarray((k % found) * width, ((k % found) + 1) * width);
        subtract(row, other, 0, dot(row, other));
      }
      const left = Math.sqrt(dot(row, row));
      if (!(left > 1e-9 * norm)) row.fill(0);
      else {
        scale(row, 1 / left);
        found++;
      }
    }
    const column = new Float64Array(width);
    for (let i = 0; i < width && found < width; i++) {
      column.fill(0);
      column[i] = 1;
      for (let k = 0; k < found; k++) subtract(column, basis, k * width, basis[k * width + i]!);
      // An input that the rows determine has nothing left of it.
      if (column[i]! < 1e-9) continue;
      lists.pushAll(column, from);
      lists.turn();
      lists.end();
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

class DirectionLists {
  readonly #start = [0];
  readonly #middle: number[] = [];
  readonly #index: number[] = [];
  readonly #value: number[] = [];

  push(index: number, value: number): void {
    this.#index.push(index);
    this.#value.push(value);
  }

  pushAll(values: Float64Array, from = 0): void {
    let most = 0;
    for (const value of values) most = Math.max(most, Math.abs(value));
    for (let i = 0; i < values.length; i++) if (Math.abs(values[i]!) > ROUNDING * most) this.push(from + i, values[i]!);
  }

  /** From the coordinates to the rows. */
  turn(): void {
    this.#middle.push(this.#index.length);
  }

  end(): void {
    this.#start.push(this.#index.length);
  }

  finish(): Directions {
    return {
      start: Int32Array.from(this.#start),
      middle: Int32Array.from(this.#middle),
      index: Int32Array.from(this.#index),
      value: Float64Array.from(this.#value),
    };
  }
}
