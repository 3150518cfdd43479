/** Rows times a matrix of weights: what dense layers and convolutions are made of. */

/**
 * `y = x Wᵀ + b`: `[rows, n]` → `[rows, m]`. Each sum begins with the bias and runs over the inputs in order, whatever the number of
 * rows, so that a batch gives the bits of its rows one by one.
 *
 * @param x At least `rows · n` values.
 * @param weights `[m, n]`, or where `transposed` `[n, m]`.
 */
export function matrixProduct(
  x: Float64Array,
  rows: number,
  n: number,
  weights: Float32Array | Float64Array,
  m: number,
  bias?: ArrayLike<number>,
  transposed = false,
): Float64Array {
  const y = new Float64Array(rows * m);
  const [outputStep, inputStep] = transposed ? [1, m] : [n, 1];
  const one = (row: number, j: number): void => {
    let sum = bias === undefined ? 0 : bias[j]!;
    for (let i = 0, w = j * outputStep; i < n; i++, w += inputStep) sum += weights[w]! * x[row * n + i]!;
    y[row * m + j] = sum;
  };
  const [tiledRows, tiledOutputs] = [rows - (rows % 4), m - (m % 2)];
  // Four rows and two outputs at a time: eight sums that do not wait for each other, from six values read.
  for (let j = 0; j < tiledOutputs; j += 2) {
    const first = bias === undefined ? 0 : bias[j]!;
    const second = bias === undefined ? 0 : bias[j + 1]!;
    for (let row = 0; row < tiledRows; row += 4) {
      const a = row * n;
      const b = a + n;
      const c = b + n;
      const d = c + n;
      let [ap, bp, cp, dp] = [first, first, first, first];
      let [aq, bq, cq, dq] = [second, second, second, second];
      for (let i = 0, w = j * outputStep; i < n; i++, w += inputStep) {
        const p = weights[w]!;
        const q = weights[w + outputStep]!;
        const xa = x[a + i]!;
        const xb = x[b + i]!;
        const xc = x[c + i]!;
        const xd = x[d + i]!;
        ap += p * xa;
        bp += p * xb;
        cp += p * xc;
        dp += p * xd;
        aq += q * xa;
        bq += q * xb;
        cq += q * xc;
        dq += q * xd;
      }
      let to = row * m + j;
      y[to] = ap;
      y[to + 1] = aq;
      to += m;
      y[to] = bp;
      y[to + 1] = bq;
      to += m;
      y[to] = cp;
      y[to + 1] = cq;
      to += m;
      y[to] = dp;
      y[to + 1] = dq;
    }
    for (let row = tiledRows; row < rows; row++) {
      one(row, j);
      one(row, j + 1);
    }
  }
  for (let j = tiledOutputs; j < m; j++) for (let row = 0; row < rows; row++) one(row, j);
  return y;
}
