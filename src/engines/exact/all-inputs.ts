/**
 * I(x̂_i; ŷ_j) of one output with every input, all inputs noisy.
 *
 * Given x_i in bin a, the pre-activation is a known centre c_a plus a sum of uniforms, the same for all a, so that the joint table is
 * P(z < t_b | a) = F(t_b − c_a) at the thresholds t_b, differenced. Its Fourier series splits by the addition theorem,
 *
 *     F(t − c) = [t/T + 1/2 + Σ_q χ_q sin ω_q t cos ω_q c] − [c/T + Σ_q χ_q cos ω_q t sin ω_q c] = E(t, c) − O(t, c),
 *
 * with χ_q = φ(ω_q)/(πq), into products of a matrix of thresholds, the same for all inputs, and a matrix of centres: no tables are
 * interpolated. Centres come in pairs ±c, and F(t + c) = E + O. Where the input is narrow against the rest, cos ω_q c and sin ω_q c are
 * polynomials of c of a low degree, and the sums over q are taken once per threshold rather than once per cell.
 */

import { cos, log, sin } from "../../information/elementary.ts";
import { type JointRows, logTable, type Room, type RowTable } from "../../kernels/joint-rows.ts";
import { OUTSIDE, type PreactivationBins } from "../../network/preactivation-bins.ts";
import type { Cdf } from "./cdf.ts";
import { FourierCdf } from "./fourier.ts";
import { UniformSeries } from "./fourier-series.ts";
import type { AffineMap } from "./marginals.ts";
import { outsideOfConstant } from "./outside.ts";
import { PiecewiseCdf } from "./piecewise.ts";
import { lowerBound } from "./search.ts";
import { FEW } from "./uniform-sum.ts";

/** Rows of E and O that are made at a time: they stay in the nearest cache. */
const BLOCK = 16;

/** Longer series, and larger matrices, are tabulated and looked up instead. */
const MAX_TERMS = 256;
const MAX_MATRIX = 1 << 21;

/** Most terms of the polynomials E and O; what is left out is below `REMAINDER`. */
const MAX_DEGREES = 16;
const REMAINDER = 1e-17;

/** A sine and a cosine cost about as much as this many multiplications and additions. */
const SINE_COST = 24;

/** Calls back with the bits of each input that reaches output j; returns the share of the output outside. */
export function allInputs(
  { inputs, inputRanges, dense }: AffineMap,
  j: number,
  parts: number,
  cuts: PreactivationBins,
  kernel: JointRows,
  found: (i: number, bits: number) => void,
): number {
  const contributing: number[] = [];
  const halfWidths: number[] = [];
  let middle = dense.bias[j]!;
  for (let i = 0; i < inputs; i++) {
    const weight = dense.weights[j * inputs + i]!;
    const [low, high] = inputRanges[i]!;
    const span = weight * (high - low);
    if (span === 0) continue;
    contributing.push(i);
    halfWidths.push(Math.abs(span) / 2);
    middle += weight * low + span / 2;
  }
  if (contributing.length === 0) return outsideOfConstant(cuts, dense.bias[j]!);

  const widths = Float64Array.from(halfWidths);
  const series = widths.length > FEW ? UniformSeries.of(widths, true) : undefined;
  const support = series?.support ?? halfWidths.reduce((sum, s) => sum + s, 0);
  const half = Math.min(support, (series?.period ?? Infinity) / 2);
  const widest = halfWidths.reduce((a, b) => Math.max(a, b));
  const reached = reachedCuts(cuts, middle, Math.min(support, half + widest));

  kernel.clear();
  const table = makeTable(kernel, reached);
  const addTable = series === undefined ? undefined : seriesRows(kernel, table, series, reached.inside, parts);
  const addLookups = addTable === undefined ? lookupRows(kernel, table, parts) : undefined;
  let outside = 0;
  const finish = (k: number) => {
    const [a, b] = [table.sums.values[2]!, table.sums.values[3]!];
    outside = (a + b) / parts;
    found(contributing[k]!, bitsOf(table));
    table.sums.values.fill(0);
    table.columns.values.fill(0);
  };
  const halfWidthOf = (k: number) => Math.min(half, support - widths[k]! + widths[k]! / parts);
  if (series === undefined) {
    for (let k = 0; k < widths.length; k++) {
      const cdf = PiecewiseCdf.of(halfWidths.map((s, other) => (other === k ? s / parts : s)));
      addLookups!(cdf, widths[k]!);
      finish(k);
    }
    return outside;
  }
  series.eachShrunk(parts, (k, characteristic) => {
    const halfWidth = halfWidthOf(k);
    if (addTable !== undefined) addTable(characteristic, widths[k]!, halfWidth);
    else addLookups!(new FourierCdf(halfWidth, series.period, characteristic), widths[k]!);
    finish(k);
  });
  return outside;
}

interface ReachedCuts {
  /** Thresholds less the middle that can lie within some row's support. */
  readonly inside: Float64Array;
  /** Bins of the segments between them; one more. */
  readonly bins: Int32Array;
}

function reachedCuts({ thresholds, bins }: PreactivationBins, middle: number, reach: number): ReachedCuts {
  const relative = thresholds.map((threshold) => threshold - middle);
  const first = lowerBound(relative, -reach);
  const last = Math.max(first, lowerBound(relative, reach));
  return { inside: relative.subarray(first, last), bins: bins.subarray(first, last + 1) };
}

function makeTable(kernel: JointRows, { inside, bins }: ReachedCuts): RowTable {
  const stride = (bins.length + 3) & ~3;
  // Columns are numbered by the first segment of their bin.
  const columnOf = Float64Array.from(bins, (bin) => Math.max(0, bins.indexOf(bin)));
  const shares = columnOf.some((column, s) => column !== s && bins[s] !== OUTSIDE);
  const rooms = () => kernel.room(stride);
  const table: RowTable = {
    stride,
    thresholds: rooms(),
    keep: rooms(),
    columnOf: shares ? rooms() : undefined,
    row: kernel.room(2 * stride),
    columns: rooms(),
    sums: kernel.room(6),
    logs: kernel.room(logTable.length),
  };
  table.thresholds.values.fill(Infinity).set(inside);
  table.keep.values.set(bins.map((bin) => (bin === OUTSIDE ? 0 : 1)));
  table.logs.values.set(logTable);
  table.columnOf?.values.set(columnOf);
  return table;
}

/** Mutual information of what the table was given; rounding below 0 is 0, since the true value cannot be negative. */
function bitsOf({ columns, sums }: RowTable): number {
  const [even, odd, , , ofRows, total] = sums.values as unknown as [number, number, number, number, number, number];
  if (!(total > 0)) return 0;
  let ofColumns = 0;
  for (const p of columns.values) if (p > 0) ofColumns += p * log(p);
  return Math.max(0, ((even + odd - ofRows - ofColumns) / total + log(total)) / Math.LN2);
}

/** Adds the rows of a sum whose distribution is looked up. */
function lookupRows(kernel: JointRows, table: RowTable, parts: number): (cdf: Cdf, width: number) => void {
  const { stride } = table;
  const [even, odd, centres] = [kernel.room(4 * stride), kernel.room(4 * stride), kernel.room(4)];
  return (cdf, width) => {
    const thresholds = table.thresholds.values;
    const row = even.values;
    for (let a = 0; a < parts; a++) {
      const centre = (width * (2 * a + 1 - parts)) / parts;
      centres.values[0] = centre;
      for (let s = 0; s < stride; s++) row[s] = cdf.at(thresholds[s]! - centre);
      kernel.addRows(even, odd, centres, 1, false, cdf.halfWidth, table);
    }
  };
}

/** Adds the rows of a sum given its characteristic function; undefined where the matrices would be too large. */
function seriesRows(
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
  if (length > MAX_TERMS || terms * stride > MAX_MATRIX) return undefined;
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
    for (let q = 1; q < terms; q++) {
      const angle = 2 * Math.PI * (q * turns);
      sines.values[q * stride + s] = sin(angle);
      cosines.values[q * stride + s] = cos(angle);
    }
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
      // Row d of the odd weights, then row d + 1 of the even ones.
      for (let q = 1; q < terms; q++) {
        weights[q]! *= angles[q]! / (2 * d + 1);
        odds[at + q] = weights[q]!;
        weights[q]! *= -angles[q]! / (2 * d + 2);
        size += Math.abs(weights[q]!);
        if (d + 1 < MAX_DEGREES) evens[at + terms + q] = weights[q]!;
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
          for (let q = 1; q < terms; q++) {
            evens[at + q] = chi[q]! * cos(angles[q]! * u);
            odds[at + q] = chi[q]! * sin(angles[q]! * u);
          }
        }
        kernel.product(evenWeights, terms, count, terms, sines, stride, even);
        kernel.product(oddWeights, terms, count, terms, cosines, stride, odd);
      }
      kernel.addRows(even, odd, centres, count, true, halfWidth, table);
    }
  };
}
