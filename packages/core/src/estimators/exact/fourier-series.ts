/**
 * The Fourier series of sums of uniforms S = Σ_k s_k U_k:
 *
 *     F(t) = t/T + 1/2 + Σ_{q ≥ 1} φ(ω_q) · sin(ω_q t) / (πq),     ω_q = 2πq/T,  φ(ω) = Π_k sinc(ω s_k).
 *
 * **Period.** The series is that of the density wrapped to a period T, and on |t| ≤ T/2 misses F by at most P(|S| > T/2), as the constant 0
 * or 1 does beyond. T/2 = Σ s, the whole support, makes that nothing. A uniform is sub-Gaussian, E e^{λsU} ≤ e^{λ²s²/6}, so that
 * P(|S| > t) ≤ 2 e^{−t²/(2σ²)} with σ² = Σ s²/3, the variance: beyond 9σ lie less than 6e-18. T/2 is the smaller of the two; for many
 * terms the second is several times shorter, and the series with it.
 *
 * **Length.** |sinc x| ≤ g(x), the smaller of max(e^{−x²/6}, 0.2173) and 1/x, which falls with x: the sinc's lobes beyond π reach 0.2172. The
 * series is cut after q where (ln 2/π) Σ_{i ≥ 0} Π_k g(2^i ω_q s_k), no less than all that follows, passes below `TRUNCATION`: of the
 * terms from 2^i q to 2^{i+1} q, each has at most the product at the first, and Σ 1/r is at most ln 2.
 */
import { exp, log as ln } from "../../information/elementary.ts";
import { harmonics } from "./harmonics.ts";

const TRUNCATION = 1e-15;

/** Beyond this many terms piecewise polynomials are faster. */
const MAX_TERMS = 4096;

/** Deviations that the period holds on each side. */
const DEVIATIONS = 9;

const LOBE = 0.2173;
const LOG_LOBE = ln(LOBE);

/** ln g(x). */
function logBound(x: number): number {
  if (x * LOBE >= 1) return -ln(x);
  const square = (-x * x) / 6;
  return square > LOG_LOBE ? square : LOG_LOBE;
}

/** At least Σ_{r > q} |φ(ω_r)| / (πr), the scale of the half-widths being ω_q. */
function tailBound(halfWidths: Float64Array, omega: number): number {
  let tail = 0;
  for (let scale = omega, doubling = 0; doubling < 64; scale *= 2, doubling++) {
    let log = 0;
    for (let k = 0; k < halfWidths.length && log > -80; k++) log += logBound(scale * halfWidths[k]!);
    const bound = exp(log);
    tail += bound * (Math.LN2 / Math.PI);
    if (tail > TRUNCATION || bound < TRUNCATION * 1e-6) break;
  }
  return tail;
}

export class UniformSeries {
  /** Σ s. */
  readonly support: number;
  /** T. */
  readonly period: number;
  /** Terms of the series. */
  readonly length: number;
  readonly #halfWidths: Float64Array;
  readonly #cosines: Float64Array;

  private constructor(halfWidths: Float64Array, support: number, period: number, length: number) {
    this.#halfWidths = halfWidths;
    this.support = support;
    this.period = period;
    this.length = length;
    this.#cosines = new Float64Array(length);
  }

  /**
   * For half-widths > 0, with terms enough for the whole sum, or when `shrunk` for every sum in which one term is narrower; undefined
   * where they would be too many.
   */
  static of(halfWidths: Float64Array, shrunk: boolean): UniformSeries | undefined {
    let support = 0;
    let squares = 0;
    for (const s of halfWidths) {
      support += s;
      squares += s * s;
    }
    const period = 2 * Math.min(support, DEVIATIONS * Math.sqrt(squares / 3));
    // Without its widest term the product falls off slowest.
    let slowest = halfWidths;
    if (shrunk) {
      const widest = halfWidths.indexOf(halfWidths.reduce((a, b) => Math.max(a, b)));
      slowest = halfWidths.filter((_, k) => k !== widest);
    }
    const base = (2 * Math.PI) / period;
    let high = 4;
    while (tailBound(slowest, base * high) > TRUNCATION) {
      high *= 2;
      if (high > MAX_TERMS) return undefined;
    }
    let low = high / 2;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (tailBound(slowest, base * middle) > TRUNCATION) low = middle;
      else high = middle;
    }
    return new UniformSeries(halfWidths, support, period, high);
  }

  /** φ(ω_q) of the whole sum for q = 1 …, `[length]`. */
  whole(): Float64Array {
    const product = new Float64Array(this.length).fill(1);
    const factors = new Float64Array(this.length);
    for (const s of this.#halfWidths) {
      this.#factors(s, factors, 0);
      for (let q = 0; q < this.length; q++) product[q]! *= factors[q]!;
    }
    return product;
  }

  /**
   * For each k in turn: φ(ω_q), `[length]`, of the sum in which term k has 1/`parts` of its width and the others are whole.
   * Leave-one-out products come from prefix and suffix products: a sinc has zeros, so nothing is divided by one.
   */
  eachShrunk(parts: number, visit: (k: number, characteristic: Float64Array) => void): void {
    const { length } = this;
    const widths = this.#halfWidths;
    const n = widths.length;
    const factors = new Float64Array(n * length);
    for (let k = 0; k < n; k++) this.#factors(widths[k]!, factors, k * length);
    const after = new Float64Array(n * length).fill(1);
    for (let at = (n - 1) * length - 1; at >= 0; at--) after[at] = after[at + length]! * factors[at + length]!;
    const before = new Float64Array(length).fill(1);
    const characteristic = new Float64Array(length);
    for (let k = 0; k < n; k++) {
      this.#factors(widths[k]! / parts, characteristic, 0);
      for (let q = 0; q < length; q++) {
        characteristic[q]! *= before[q]! * after[k * length + q]!;
        before[q]! *= factors[k * length + q]!;
      }
      visit(k, characteristic);
    }
  }

  /** sinc(ω_q s) for q = 1 …, written to `out` from `at`. */
  #factors(s: number, out: Float64Array, at: number): void {
    const turns = s / this.period;
    harmonics(turns, this.length, this.#cosines, out, at, 1);
    for (let q = 1; q <= this.length; q++) out[at + q - 1]! /= 2 * Math.PI * (q * turns);
  }
}
