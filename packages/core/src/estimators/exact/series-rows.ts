/**
 * Rows F(t_b − c_a) of joint tables from a Fourier series, which the addition theorem splits,
 *
 *     F(t − c) = [t/T + 1/2 + Σ_q χ_q sin ω_q t cos ω_q c] − [c/T + Σ_q χ_q cos ω_q t sin ω_q c] = E(t, c) − O(t, c),
 *
 * with χ_q = φ(ω_q)/(πq), into products of a matrix of thresholds, the same for all inputs, and a matrix of centres: no tables are
 * interpolated. Centres come in pairs ±c, and F(t + c) = E + O. Where the input is narrow against the rest, cos ω_q c and sin ω_q c are
 * polynomials of c of a low degree, and the sums over q are taken once per threshold rather than once per cell.
 */

import type { JointRows, Room, RowTable } from "../../kernels/joint-rows.ts";
import type { UniformSeries } from "./fourier-series.ts";
import { harmonics } from "./harmonics.ts";

/** Rows of E and O that are made at a time: they stay in the nearest cache. */
const BLOCK = 16;

/** Larger matrices, and rows that would take more multiplications than a table, are tabulated and looked up instead. */
const MAX_MATRIX = 1 << 21;
const TABLE_COST = 1500;
const LOOKUP_COST = 50;

/** Most terms of the polynomials E and O; what is left out is below `REMAINDER`. */
const MAX_DEGREES = 16;
const REMAINDER = 1e-17;

/** A sine and a cosine cost about as much as this many multiplications and additions. */
const SINE_COST = 10;

/** Adds the rows of a sum given its characteristic function; undefined where the matrices would be too large. */
export function seriesRows(
  kernel: JointRows,
  table: RowTable,
  series: UniformSeries,
  thresholds: Float64Array,
  parts: number,
): ((characteristic: Float64Array, width: number, halfWidth: number) => void) | undefined {
  const { stride } = table;
  const { period, length } = series;
  // One more than the series: the part that is linear in t and c.
  const terms = length + 1;
  const cost = terms * ((parts + 1) >> 1) * 2 * (stride + SINE_COST);
  if (cost > TABLE_COST * terms + LOOKUP_COST * parts * stride || terms * stride > MAX_MATRIX) return undefined;
  const halfRows = (parts + 1) >> 1;
  const rows = (halfRows + 3) & ~3;
  const mostDegrees = Math.min(
    MAX_DEGREES,
    Math.floor((terms * rows * (stride + SINE_COST)) / ((terms + rows) * stride)),
  );

  const matrix = (count: number, width: number): Room => kernel.room(count * width);
  const sines = matrix(terms, stride);
  const cosines = matrix(terms, stride);
  const [evenWeights, oddWeights] = [matrix(BLOCK, terms), matrix(BLOCK, terms)];
  const [evenParts, oddParts] = [matrix(MAX_DEGREES, stride), matrix(MAX_DEGREES, stride)];
  const [even, odd, centres] = [matrix(BLOCK, stride), matrix(BLOCK, stride), kernel.room(BLOCK)];
  const powers = Array.from({ length: Math.ceil(rows / BLOCK) }, () => ({
    even: matrix(BLOCK, MAX_DEGREES),
    odd: matrix(BLOCK, MAX_DEGREES),
  }));

  for (let s = 0; s < thresholds.length; s++) {
    const turns = thresholds[s]! / period;
    sines.values[s] = turns + 0.5;
    cosines.values[s] = 1;
    harmonics(turns, length, cosines.values, sines.values, stride + s, stride);
  }
  // Centres as parts of the furthest; the first is 0 where the number of rows is odd.
  const relative = (a: number) => (2 * a + 1 - (parts & 1)) / (parts - 1);
  for (let a = 0; a < halfRows; a++) {
    const { even, odd } = powers[Math.floor(a / BLOCK)]!;
    const u = relative(a);
    for (let d = 0, power = 1, at = (a % BLOCK) * MAX_DEGREES; d < MAX_DEGREES; d++, power *= u * u) {
      even.values[at + d] = power;
      odd.values[at + d] = power * u;
    }
  }

  const chi = new Float64Array(terms);
  const angles = new Float64Array(terms);
  const weights = new Float64Array(terms);
  /** Fills the weights of the polynomials in c/furthest; returns their number, 0 where it would take too many. */
  const polynomials = (furthest: number): number => {
    const [evens, odds] = [evenWeights.values, oddWeights.values];
    weights.set(chi);
    evens.set(chi);
    evens[0] = 1;
    for (let d = 0; d < mostDegrees; d++) {
      let size = 0;
      const at = d * terms;
      const [ofOdd, ofEven] = [1 / (2 * d + 1), -1 / (2 * d + 2)];
      // Row d of the odd weights, then row d + 1 of the even ones.
      for (let q = 1; q < terms; q++) {
        const angle = angles[q]!;
        const odd = weights[q]! * angle * ofOdd;
        const even = odd * angle * ofEven;
        odds[at + q] = odd;
        weights[q] = even;
        size += Math.abs(even);
        if (d + 1 < MAX_DEGREES) evens[at + terms + q] = even;
      }
      odds[at] = d === 0 ? furthest / period : 0;
      if (d + 1 < MAX_DEGREES) evens[at + terms] = 0;
      // Once 2d + 3 is twice the largest angle, each term left out is at most half the one before.
      if (size < REMAINDER && 2 * d + 3 > 2 * angles[terms - 1]!) return d + 1;
    }
    return 0;
  };

  return (characteristic, width, halfWidth) => {
    const furthest = (width * (parts - 1)) / parts;
    for (let q = 1; q < terms; q++) {
      chi[q] = characteristic[q - 1]! / (Math.PI * q);
      angles[q] = (2 * Math.PI * q * furthest) / period;
    }
    const degrees = polynomials(furthest);
    if (degrees > 0) {
      kernel.product(evenWeights, terms, degrees, terms, sines, stride, evenParts);
      kernel.product(oddWeights, terms, degrees, terms, cosines, stride, oddParts);
    }
    for (let a = 0; a < halfRows; a += BLOCK) {
      const count = Math.min(BLOCK, halfRows - a);
      for (let r = 0; r < count; r++) centres.values[r] = furthest * relative(a + r);
      if (degrees > 0) {
        const { even: evenPowers, odd: oddPowers } = powers[a / BLOCK]!;
        kernel.product(evenPowers, MAX_DEGREES, count, degrees, evenParts, stride, even);
        kernel.product(oddPowers, MAX_DEGREES, count, degrees, oddParts, stride, odd);
      } else {
        const [evens, odds] = [evenWeights.values, oddWeights.values];
        for (let r = 0, at = 0; r < count; r++, at += terms) {
          const u = relative(a + r);
          evens[at] = 1;
          odds[at] = (furthest * u) / period;
          harmonics((furthest * u) / period, length, evens, odds, at + 1, 1);
          for (let q = 1; q < terms; q++) {
            evens[at + q]! *= chi[q]!;
            odds[at + q]! *= chi[q]!;
          }
        }
        kernel.product(evenWeights, terms, count, terms, sines, stride, even);
        kernel.product(oddWeights, terms, count, terms, cosines, stride, odd);
      }
      kernel.addRows(even, odd, centres, count, true, halfWidth, table);
    }
  };
}
