/** Symmetric positive systems, however badly scaled, by Cholesky's factors. */

/** A pivot so small beside its row's own scale is rounding. */
const NOTHING = 1e-15;

/** x of matrix x = right, for any right side; O(size²). */
export type Solver = (right: Float64Array) => Float64Array;

/**
 * Factors a `matrix`, `[size, size]`, row-major, of which the lower half is read. Rows are scaled to a diagonal of 1 first. Where a row
 * depends on those before it to within rounding, its x is 0, as interior-point methods want it; undefined where a diagonal entry is not
 * above 0. O(size³ / 6).
 */
export function positiveSolver(matrix: Float64Array, size: number): Solver | undefined {
  const scale = Float64Array.from({ length: size }, (_, row) => 1 / Math.sqrt(matrix[row * size + row]!));
  if (!scale.every((value) => value > 0 && value < Infinity)) return undefined;
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]! * scale[row]! * scale[column]!;
      for (let k = 0; k < column; k++) sum -= factor[row * size + k]! * factor[column * size + k]!;
      if (column < row) factor[row * size + column] = sum / factor[column * size + column]!;
      else factor[row * size + row] = sum > NOTHING ? Math.sqrt(sum) : Infinity;
    }
  }
  return (right) => {
    const x = right.map((value, row) => value * scale[row]!);
    for (let row = 0; row < size; row++) {
      for (let k = 0; k < row; k++) x[row]! -= factor[row * size + k]! * x[k]!;
      x[row]! /= factor[row * size + row]!;
    }
    for (let row = size - 1; row >= 0; row--) {
      if (factor[row * size + row] === Infinity) continue;
      for (let k = row + 1; k < size; k++) x[row]! -= factor[k * size + row]! * x[k]!;
      x[row]! /= factor[row * size + row]!;
    }
    return x.map((value, row) => value * scale[row]!);
  };
}
