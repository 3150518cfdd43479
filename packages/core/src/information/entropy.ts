/** Entropy from counts: how often each state was seen says more than the frequencies alone. */

import { digamma } from "./digamma.ts";
import { exp, log, log1p } from "./elementary.ts";

/** How many states were seen once, twice, …: `seen[c]` states have the count `c`, for the counts that occur. */
export type CountSpectrum = ReadonlyMap<number, number>;

/**
 * The estimate of Chao, Wang & Jost, "Entropy and the species accumulation curve" (Methods in Ecology and Evolution 4,
 * 2013), in bits: Zhang's series Σ (c/N)(ψ(N) − ψ(c)) for what was seen, and for the unseen rest an extrapolation from the
 * numbers of states seen once and twice. Its remaining bias is negative and of the size of (states seen once)/N.
 */
export function chaoWangJost(spectrum: CountSpectrum, total: number): number {
  let once = 0;
  let twice = 0;
  let nats = 0;
  const top = digamma(total);
  for (const [count, states] of spectrum) {
    nats += ((states * count) / total) * (top - digamma(count));
    if (count === 1) once = states;
    if (count === 2) twice = states;
  }
  return (nats + unseenTail(once, twice, total)) / Math.LN2;
}

/** (f₁/N)(1 − A)^{1−N} (−ln A − Σ_{r<N} (1 − A)^r / r) = (f₁/N) Σ_{k≥0} (1 − A)^{k+1} / (N + k), in nats. */
export function unseenTail(once: number, twice: number, total: number): number {
  if (once === 0 || total < 2) return 0;
  const a = twice > 0 ? (2 * twice) / ((total - 1) * once + 2 * twice) : 2 / ((total - 1) * (once - 1) + 2);
  if (a >= 1) return 0;
  const q = 1 - a;
  const fall = -log1p(-a);
  // Euler–Maclaurin after the first terms, which makes its error far less than an ulp of the entropy.
  let sum = 0;
  const first = 128;
  for (let k = 0; k < first; k++) sum += exp(-fall * (k + 1)) / (total + k);
  const at = total + first;
  const value = exp(-fall * (first + 1)) / at;
  const slope = -value * (fall + 1 / at);
  const integral = q * exp(-fall * first) * scaledExponentialIntegral(fall * at);
  return (once / total) * (sum + integral + value / 2 - slope / 12);
}

/** e^x E₁(x) for x > 0. */
export function scaledExponentialIntegral(x: number): number {
  if (x < 1) {
    let sum = -0.5772156649015329 - log(x);
    let term = -1;
    for (let k = 1; k < 30; k++) {
      term *= -x / k;
      sum += term / k;
    }
    return exp(x) * sum;
  }
  // Continued fraction (DLMF 6.9.1), from the tail.
  let fraction = 0;
  for (let k = 60; k >= 1; k--) fraction = k / (1 + k / (x + fraction));
  return 1 / (x + fraction);
}
