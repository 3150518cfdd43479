/** L of a symmetric matrix A = L Lᵀ, `[size, size]`, lower triangle; undefined where a row depends on those before it but for rounding. */
export function cholesky(matrix: Float64Array, size: number): Float64Array | undefined {
  const lower = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = matrix[a * size + b]!;
      for (let k = 0; k < b; k++) sum -= lower[a * size + k]! * lower[b * size + k]!;
      if (a > b) lower[a * size + b] = sum / lower[b * size + b]!;
      else if (sum > 1e-10 * matrix[a * size + a]!) lower[a * size + a] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return lower;
}
