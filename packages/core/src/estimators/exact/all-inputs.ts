/**
 * I(x̂_i; ŷ_j) of one output with every input, all inputs noisy.
 *
 * Given x_i in bin a, the pre-activation is a known centre c_a plus a sum of uniforms, the same for all a, so that the joint table is
 * P(z < t_b | a) = F(t_b − c_a) at the thresholds t_b, differenced. Only thresholds that some row can reach are looked at.
 */
import { log } from "../../information/elementary.ts";
import { type JointRows, logTable, type RowTable } from "../../kernels/joint-rows.ts";
import { OUTSIDE, type PreactivationBins } from "../../model/preactivation-bins.ts";
import type { Cdf } from "./cdf.ts";
import { FourierCdf } from "./fourier.ts";
import { UniformSeries } from "./fourier-series.ts";
import type { AffineMap } from "./marginals.ts";
import { outsideOfConstant } from "./outside.ts";
import { PiecewiseCdf } from "./piecewise.ts";
import { lowerBound } from "./search.ts";
import { seriesRows } from "./series-rows.ts";
import { FEW } from "./uniform-sum.ts";

/** Values of one distribution above which it is tabulated first. */
const FEW_LOOKUPS = 600;

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
  let outside = 0;
  const finish = (k: number) => {
    const [a, b] = [table.sums.values[2]!, table.sums.values[3]!];
    outside = (a + b) / parts;
    found(contributing[k]!, bitsOf(kernel, table));
    table.sums.values.fill(0);
  };
  if (series === undefined) {
    const addRows = lookupRows(kernel, table, parts);
    for (let k = 0; k < widths.length; k++) {
      addRows(shrunkPieces(halfWidths, k, parts, parts * reached.bins.length), widths[k]!);
      finish(k);
    }
    return outside;
  }
  const addRows = seriesRows(kernel, table, series, reached.inside, parts);
  const lookUp = addRows === undefined ? lookupRows(kernel, table, parts) : undefined;
  series.eachShrunk(parts, (k, characteristic) => {
    const width = widths[k]!;
    const halfWidth = Math.min(half, support - width + width / parts);
    addRows?.(characteristic, width, halfWidth);
    lookUp?.(new FourierCdf(halfWidth, series.period, characteristic), width);
    finish(k);
  });
  return outside;
}

/** The sum in which term k has 1/`parts` of its width, to be looked up so many times. */
function shrunkPieces(halfWidths: readonly number[], k: number, parts: number, lookups: number): Cdf {
  const narrow = halfWidths[k]! / parts;
  const others = halfWidths.filter((_, other) => other !== k);
  if (others.length === 0 || lookups > FEW_LOOKUPS) return PiecewiseCdf.of([...others, narrow]);
  // A mean of the others' distribution costs more than a look at the sum's, but the sum need not be made.
  const rest = PiecewiseCdf.of(others);
  const halfWidth = rest.halfWidth + narrow;
  return { halfWidth, at: (t) => (t <= -halfWidth ? 0 : t >= halfWidth ? 1 : rest.mean(t, narrow)) };
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
  const columns = new Map<number, number>();
  const columnOf = Float64Array.from(bins, (bin, s) => {
    if (!columns.has(bin)) columns.set(bin, s);
    return columns.get(bin)!;
  });
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
function bitsOf(kernel: JointRows, table: RowTable): number {
  const ofColumns = kernel.endTable(table);
  const sums = table.sums.values;
  const total = sums[5]!;
  if (!(total > 0)) return 0;
  return Math.max(0, ((sums[0]! + sums[1]! - sums[4]! - ofColumns) / total + log(total)) / Math.LN2);
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
