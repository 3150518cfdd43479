/** ψ at positive whole numbers: ψ(n) = −γ + Σ_{k<n} 1/k. */
import { log } from "./elementary.ts";

const EULER_GAMMA = 0.5772156649015329;
const TABLE = 4096;

const table = new Float64Array(TABLE);
for (let n = 1, harmonic = 0; n < TABLE; harmonic += 1 / n, n++) table[n] = harmonic - EULER_GAMMA;

/** Digamma of a whole number n ≥ 1, to within 2 ulps. */
export function digamma(n: number): number {
  if (n < TABLE) return table[n]!;
  const r = 1 / (n * n);
  return log(n) - 0.5 / n - r * (1 / 12 - r * (1 / 120 - r / 252));
}
