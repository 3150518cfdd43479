/** Γ and its relatives at positive numbers, by recurrence to where their asymptotic series are good to the last bits. */
import { exp, log } from "./elementary.ts";

/** From here on, eight terms of the series leave an error below 1e-15. */
const LARGE = 12;

/** ln Γ(x) for x > 0, to about 1e-14 of its size. */
export function lnGamma(x: number): number {
  let product = 1;
  let at = x;
  // Few factors: their product stays far from overflow.
  while (at < LARGE) product *= at++;
  const r = 1 / (at * at);
  const series =
    1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360360 - r / 156)))));
  return (at - 0.5) * log(at) - at + 0.9189385332046728 + series / at - log(product);
}

/** ψ(x) for x > 0. */
export function digammaAt(x: number): number {
  let below = 0;
  let at = x;
  for (; at < LARGE; at++) below += 1 / at;
  const r = 1 / (at * at);
  const series = 1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132 - r * (691 / 32760 - r / 12)))));
  return log(at) - 0.5 / at - r * series - below;
}

/** ψ′(x) for x > 0. */
export function trigammaAt(x: number): number {
  let below = 0;
  let at = x;
  for (; at < LARGE; at++) below += 1 / (at * at);
  const r = 1 / (at * at);
  const series = 1 / 6 - r * (1 / 30 - r * (1 / 42 - r * (1 / 30 - r * (5 / 66 - r * (691 / 2730 - (r * 7) / 6)))));
  return below + 1 / at + r / 2 + (r / at) * series;
}

/** P(χ² > x) with so many degrees of freedom: the regularised upper incomplete gamma function Q(k/2, x/2), to about 1e-12. */
export function chiSquareTail(x: number, degrees: number): number {
  if (!(x > 0)) return 1;
  const [a, half] = [degrees / 2, x / 2];
  const scale = exp(a * log(half) - half - lnGamma(a));
  if (half < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= half / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - scale * sum);
  }
  // Legendre's continued fraction, by Lentz's method.
  let b = half + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 10_000; n++) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    const change = c * d;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return scale * fraction;
}
