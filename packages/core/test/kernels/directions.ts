/** Directions for tests of walks on polytopes. */
import type { Directions } from "../../src/kernels/polytope-walk.ts";

/** Directions from what each changes: coordinates and their changes; the rows' changes follow from the weights `[rows, inputs]`. */
export function directionsOf(
  changes: readonly (readonly (readonly [number, number])[])[],
  weights: number[][],
): Directions {
  const [start, middle, index, value]: number[][] = [[0], [], [], []];
  for (const change of changes) {
    for (const [i, v] of change) {
      index!.push(i);
      value!.push(v);
    }
    middle!.push(index!.length);
    weights.forEach((row, j) => {
      index!.push(j);
      value!.push(change.reduce((sum, [i, v]) => sum + row[i]! * v, 0));
    });
    start!.push(index!.length);
  }
  return {
    start: Int32Array.from(start!),
    middle: Int32Array.from(middle!),
    index: Int32Array.from(index!),
    value: Float64Array.from(value!),
  };
}
