/** Mutual information of a joint probability table. */

/**
 * I(A; B) in bits of a table of non-negative weights `[rows, columns]`, row-major, which is renormalised to sum to 1.
 * 0 for a table whose weights are all 0. Rounding below 0 is returned as 0, since the true value cannot be negative.
 */
export function mutualInformation(table: Float64Array, rows: number, columns: number): number {
  let joint = 0;
  let ofRows = 0;
  let total = 0;
  const columnSums = new Float64Array(columns);
  for (let a = 0; a < rows; a++) {
    let rowSum = 0;
    for (let b = 0, at = a * columns; b < columns; b++, at++) {
      const p = table[at]!;
      if (p > 0) {
        joint += p * Math.log(p);
        rowSum += p;
        columnSums[b]! += p;
      }
    }
    if (rowSum > 0) ofRows += rowSum * Math.log(rowSum);
    total += rowSum;
  }
  if (!(total > 0)) return 0;
  let ofColumns = 0;
  for (const p of columnSums) if (p > 0) ofColumns += p * Math.log(p);
  const bits = ((joint - ofRows - ofColumns) / total + Math.log(total)) / Math.LN2;
  return bits > 0 ? bits : 0;
}
