/**
 * The distribution of a sum of uniforms as piecewise polynomials, built one term at a time.
 *
 * Adding a uniform of half-width s replaces F(t) by its mean over [t − s, t + s]. That mean is taken by Gauss–Legendre
 * quadrature between the breakpoints of F: a convex combination, so nothing cancels whatever the ratio of the widths. This is
 * the path for few terms and for widths so unequal that the Fourier series converges slowly. Pieces are fitted by
 * Chebyshev interpolation of fixed degree, joined where one polynomial serves several and split where one does not serve;
 * each accepted piece is within `TOLERANCE` of what it was fitted to.
 */
import { cos } from "../../information/elementary.ts";
import type { Cdf } from "./cdf.ts";

const DEGREE = 9;
const NODES = DEGREE + 1;
const TOLERANCE = 2e-15;

// Chebyshev points of the first kind on [−1, 1], ascending, and the matrix from values to coefficients.
const nodes = Float64Array.from({ length: NODES }, (_, k) => -cos((Math.PI * (k + 0.5)) / NODES));
const toCoefficients = Float64Array.from({ length: NODES * NODES }, (_, at) => {
  const [q, k] = [Math.floor(at / NODES), at % NODES];
  return ((q === 0 ? 1 : 2) / NODES) * cos((q * Math.PI * (NODES - k - 0.5)) / NODES);
});

// Gauss–Legendre with 5 points integrates polynomials of degree 9 exactly.
const GAUSS_X = [-0.906179845938664, -0.5384693101056831, 0, 0.5384693101056831, 0.906179845938664];
const GAUSS_W = [
  0.23692688505618908, 0.47862867049936647, 0.5688888888888889, 0.47862867049936647, 0.23692688505618908,
];

export class PiecewiseCdf implements Cdf {
  readonly halfWidth: number;
  /** Ascending; one more than pieces. */
  readonly #breaks: Float64Array;
  /** Chebyshev coefficients per piece. */
  readonly #coefficients: Float64Array;
  /** Integral of F over each piece. */
  readonly #integrals: Float64Array;

  private constructor(halfWidth: number, breaks: Float64Array, coefficients: Float64Array) {
    this.halfWidth = halfWidth;
    this.#breaks = breaks;
    this.#coefficients = coefficients;
    this.#integrals = new Float64Array(breaks.length - 1);
    for (let p = 0; p < breaks.length - 1; p++) {
      // ∫ T_q over [−1, 1] is 2 / (1 − q²) for even q, 0 for odd.
      let sum = 0;
      for (let q = 0; q <= DEGREE; q += 2) sum += (coefficients[p * NODES + q]! * 2) / (1 - q * q);
      this.#integrals[p] = (sum * (breaks[p + 1]! - breaks[p]!)) / 2;
    }
  }

  /**
   * Half-widths > 0, at least one. Adding s moves the result by at most s/8 over the largest, at a kink: what is too small to move it by an
   * ulp is left out, and no t ± s rounds to t.
   */
  static of(halfWidths: readonly number[]): PiecewiseCdf {
    const sorted = [...halfWidths].sort((a, b) => b - a);
    const largest = sorted[0]!;
    const coefficients = new Float64Array(NODES);
    coefficients[0] = 0.5;
    coefficients[1] = 0.5;
    let cdf = new PiecewiseCdf(largest, Float64Array.of(-largest, largest), coefficients);
    for (const halfWidth of sorted.slice(1)) {
      if (halfWidth > largest * 5e-16) cdf = cdf.#smoothed(halfWidth);
    }
    return cdf;
  }

  at(t: number): number {
    if (t <= -this.halfWidth) return 0;
    if (t >= this.halfWidth) return 1;
    return this.#piece(this.#locate(t), t);
  }

  #locate(t: number): number {
    let low = 0;
    let high = this.#breaks.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#breaks[middle]! <= t) low = middle;
      else high = middle;
    }
    return low;
  }

  #piece(p: number, t: number): number {
    const low = this.#breaks[p]!;
    const high = this.#breaks[p + 1]!;
    return clenshaw(this.#coefficients, p * NODES, (t - low - (high - t)) / (high - low));
  }

  /** ∫ F over [from, to], both inside piece p. */
  #partial(p: number, from: number, to: number): number {
    const half = (to - from) / 2;
    const middle = from + half;
    let sum = 0;
    for (let g = 0; g < 5; g++) sum += GAUSS_W[g]! * this.#piece(p, middle + half * GAUSS_X[g]!);
    return sum * half;
  }

  /** Mean of F over [t − s, t + s]. */
  mean(t: number, s: number): number {
    const from = t - s;
    const to = t + s;
    // So narrow that t ± s rounds to t.
    if (!(from < to)) return this.at(t);
    const breaks = this.#breaks;
    const last = breaks.length - 1;
    // F is 0 below the support and 1 above it.
    let sum = to > breaks[last]! ? to - Math.max(from, breaks[last]!) : 0;
    const start = Math.max(from, breaks[0]!);
    const end = Math.min(to, breaks[last]!);
    if (start < end) {
      let p = this.#locate(start);
      if (breaks[p + 1]! >= end) sum += this.#partial(p, start, end);
      else {
        sum += this.#partial(p, start, breaks[p + 1]!);
        for (p++; p < last && breaks[p + 1]! <= end; p++) sum += this.#integrals[p]!;
        if (p < last && breaks[p]! < end) sum += this.#partial(p, breaks[p]!, end);
      }
    }
    return sum / (to - from);
  }

  #smoothed(s: number): PiecewiseCdf {
    const halfWidth = this.halfWidth + s;
    const breaks = shiftedBreaks(this.#breaks, s, halfWidth);
    const outBreaks: number[] = [breaks[0]!];
    const outCoefficients: number[] = [];
    const values = new Float64Array(NODES);
    const coefficients = new Float64Array(NODES);

    const fits = (low: number, high: number): boolean => {
      const half = (high - low) / 2;
      for (let k = 0; k < NODES; k++) values[k] = this.mean(low + half + half * nodes[k]!, s);
      for (let q = 0; q < NODES; q++) {
        let sum = 0;
        for (let k = 0; k < NODES; k++) sum += toCoefficients[q * NODES + k]! * values[k]!;
        coefficients[q] = sum;
      }
      return Math.abs(coefficients[DEGREE]!) + Math.abs(coefficients[DEGREE - 1]!) <= TOLERANCE;
    };
    /** Interpolation at the nodes cannot see a kink between two of them: look inside every piece that is to be joined. */
    const joins = (from: number, to: number): boolean => {
      const [low, high] = [breaks[from]!, breaks[to]!];
      if (!fits(low, high)) return false;
      for (let p = from; p < to; p++) {
        for (const part of [0.25, 0.5, 0.75]) {
          const t = breaks[p]! + part * (breaks[p + 1]! - breaks[p]!);
          if (
            Math.abs(clenshaw(coefficients, 0, (t - low - (high - t)) / (high - low)) - this.mean(t, s)) > TOLERANCE
          ) {
            return false;
          }
        }
      }
      return true;
    };
    const accept = (high: number): void => {
      outBreaks.push(high);
      outCoefficients.push(...coefficients);
    };
    const cover = (from: number, to: number): void => {
      const [low, high] = [breaks[from]!, breaks[to]!];
      if (to - from === 1) coverPiece(low, high, 0);
      else if (to - from <= 4 && joins(from, to)) accept(high);
      else {
        const middle = (from + to) >> 1;
        cover(from, middle);
        cover(middle, to);
      }
    };
    // One piece of the new function is a polynomial, of a degree above DEGREE at most after earlier fits: halving ends soon.
    const coverPiece = (low: number, high: number, depth: number): void => {
      if (fits(low, high) || depth === 6) {
        accept(high);
        return;
      }
      const middle = low + (high - low) / 2;
      coverPiece(low, middle, depth + 1);
      coverPiece(middle, high, depth + 1);
    };
    cover(0, breaks.length - 1);
    return new PiecewiseCdf(halfWidth, Float64Array.from(outBreaks), Float64Array.from(outCoefficients));
  }
}

/** Σ_q c_q T_q(u) from the coefficients at `offset`. */
function clenshaw(c: Float64Array, offset: number, u: number): number {
  let b1 = 0;
  let b2 = 0;
  for (let q = DEGREE; q >= 1; q--) {
    const b = 2 * u * b1 - b2 + c[offset + q]!;
    b2 = b1;
    b1 = b;
  }
  return u * b1 - b2 + c[offset]!;
}

/** Sorted `breaks ± s`, nearest doubles joined; the ends are ±halfWidth. */
function shiftedBreaks(breaks: Float64Array, s: number, halfWidth: number): Float64Array {
  const all = new Float64Array(2 * breaks.length);
  for (let p = 0; p < breaks.length; p++) {
    all[2 * p] = breaks[p]! - s;
    all[2 * p + 1] = breaks[p]! + s;
  }
  all.sort();
  const apart = halfWidth * 1e-15;
  const kept: number[] = [-halfWidth];
  for (const at of all) if (at - kept.at(-1)! > apart && halfWidth - at > apart) kept.push(at);
  kept.push(halfWidth);
  return Float64Array.from(kept);
}
