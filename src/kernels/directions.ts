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
}

export function sortDirections({ start, middle, index, value }: Directions): SortedDirections {
  const count = middle.length;
  const sorted = {
    start: new Int32Array(RUNS * count + 1),
    index: new Int32Array(index.length),
    value: new Float64Array(index.length),
    inverse: new Float64Array(index.length),
    square: new Float64Array(count),
  };
  let to = 0;
  for (let d = 0; d < count; d++) {
    for (let run = 0; run < RUNS; run++) {
      const [from, end] = run < 2 ? [start[d]!, middle[d]!] : [middle[d]!, start[d + 1]!];
      const sign = run % 2 === 0 ? 1 : -1;
      for (let k = from; k < end; k++) {
        const v = value[k]!;
        if (!(sign * v > 0)) continue;
        sorted.index[to] = index[k]!;
        sorted.value[to] = v;
        sorted.inverse[to] = 1 / v;
        if (run < 2) sorted.square[d]! += v * v;
        to++;
      }
      sorted.start[RUNS * d + run + 1] = to;
    }
  }
  return sorted;
}
