/** Directions in which particles walk on a polytope, and how a walk reads them. */

/**
 * Directions as lists: direction d changes the coordinates `index[k]`, k = start[d] … middle[d] − 1, and the rows of W x with k = middle[d]
 * … start[d + 1] − 1, each by `value[k]` times the step.
 */
export interface Directions {
  /** `[directions + 1]`. */
  readonly start: Int32Array;
  /** `[directions]`. */
  readonly middle: Int32Array;
  readonly index: Int32Array;
  readonly value: Float64Array;
}

/** Runs of a direction: coordinates that grow with the step, those that fall, rows that grow, rows that fall. */
export const RUNS = 4;

/**
 * Directions sorted by sign, each half in the order it came, so that a walk knows which of two bounds is the nearer without comparing.
 * Entries of value 0 are left out: they neither move nor bind.
 */
export interface SortedDirections {
  /** First entry of each run, `[RUNS · directions + 1]`. */
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly value: Float64Array;
  /** 1 / value. */
  readonly inverse: Float64Array;
  /** Σ value² over the coordinates, `[directions]`. */
  readonly square: Float64Array;
  /** No coordinate, and no row, from these on is changed. */
  readonly inputs: number;
  readonly rows: number;
}

export function sortDirections({ start, middle, index, value }: Directions): SortedDirections {
  const count = middle.length;
  const runs = new Int32Array(RUNS * count + 1);
  const square = new Float64Array(count);
  const sorted = {
    index: new Int32Array(index.length),
    value: new Float64Array(index.length),
    inverse: new Float64Array(index.length),
  };
  const ends = [0, 0];
  let first = 0;
  for (let d = 0; d < count; d++) {
    for (let half = 0; half < 2; half++) {
      const [from, to] = half === 0 ? [start[d]!, middle[d]!] : [middle[d]!, start[d + 1]!];
      let falling = first;
      for (let k = from; k < to; k++) falling += value[k]! > 0 ? 1 : 0;
      let [up, down, end] = [first, falling, ends[half]!];
      for (let k = from; k < to; k++) {
        const v = value[k]!;
        if (v === 0) continue;
        const at = v > 0 ? up++ : down++;
        const i = index[k]!;
        if (i >= end) end = i + 1;
        sorted.index[at] = i;
        sorted.value[at] = v;
        sorted.inverse[at] = 1 / v;
      }
      if (half === 0) for (let k = first; k < down; k++) square[d]! += sorted.value[k]! * sorted.value[k]!;
      ends[half] = end;
      runs[RUNS * d + 2 * half + 1] = falling;
      runs[RUNS * d + 2 * half + 2] = down;
      first = down;
    }
  }
  return { ...sorted, start: runs, square, inputs: ends[0]!, rows: ends[1]! };
}
