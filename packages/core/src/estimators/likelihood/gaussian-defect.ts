/**
 * How far the law of W x, x uniform on the cube, is from a Gaussian one: its negentropy in bits, to the leading order of its Edgeworth
 * expansion, (κ₄² / 48 ln 2) Σ_ab (Σ_q Q_qa Q_qb)⁴ with κ₄ = −6/5 the excess kurtosis of a uniform law and Q an orthonormal basis of
 * W's rows (Comon, "Independent component analysis, a new concept?", Signal Processing 36, 1994). It is a good measure where there are
 * many more inputs than rows, and too small where there are not.
 */
import { square } from "../../information/elementary.ts";

/** Inputs a that the sum is taken over; it is scaled up where there are more. */
const MOST = 256;

/** `weights`: `[rows, inputs]`; `factor`: L with L Lᵀ = W Wᵀ, undefined where rows depend on each other: then nothing is known. */
export function gaussianDefect(
  weights: Float64Array,
  rows: number,
  inputs: number,
  factor: Float64Array | undefined,
): number {
  if (factor === undefined) return Infinity;
  // Q = L⁻¹ W.
  const basis = weights.slice();
  for (let a = 0; a < rows; a++) {
    const row = basis.subarray(a * inputs, (a + 1) * inputs);
    for (let k = 0; k < a; k++) {
      const times = factor[a * rows + k]!;
      for (let i = 0; i < inputs; i++) row[i]! -= times * basis[k * inputs + i]!;
    }
    for (let i = 0; i < inputs; i++) row[i]! /= factor[a * rows + a]!;
  }
  const step = Math.ceil(inputs / MOST);
  const column = new Float64Array(inputs);
  let [sum, taken] = [0, 0];
  for (let a = 0; a < inputs; a += step, taken++) {
    column.fill(0);
    for (let q = 0; q < rows; q++) {
      const times = basis[q * inputs + a]!;
      for (let b = 0; b < inputs; b++) column[b]! += times * basis[q * inputs + b]!;
    }
    for (let b = 0; b < inputs; b++) sum += square(square(column[b]!));
  }
  return ((1.44 / 48) * sum * (inputs / taken)) / Math.LN2;
}
