/** I(x̂_i; ŷ_j) of one output with every input in turn, that input alone noisy. */

import { InformationSum } from "../../information/joint-table-information.ts";
import { OUTSIDE, type PreactivationBins } from "../../model/preactivation-bins.ts";
import type { AffineMap } from "./marginals.ts";
import { outsideOfConstant } from "./outside.ts";
import { lowerBound } from "./search.ts";

/**
 * Given its bin, z is uniform, so shares are overlaps of intervals of x. Calls back with the bits of each input that reaches output j;
 * returns the mean share of the output outside.
 */
export function oneInput(
  { inputs, inputRanges, dense }: AffineMap,
  j: number,
  rest: Float64Array,
  parts: number,
  cuts: PreactivationBins,
  found: (i: number, bits: number) => void,
): number {
  let atRest = dense.bias[j]!;
  for (let k = 0; k < inputs; k++) atRest += dense.weights[j * inputs + k]! * rest[k]!;
  const sum = new InformationSum(cuts.count);
  let outside = 0;
  for (let i = 0; i < inputs; i++) {
    const weight = dense.weights[j * inputs + i]!;
    const [low, high] = inputRanges[i]!;
    const width = (high - low) / parts;
    const bias = atRest - weight * rest[i]!;
    if (weight * (high - low) === 0) {
      outside += outsideOfConstant(cuts, bias);
      continue;
    }
    sum.clear();
    const startOf = (a: number) => (a === parts ? high : low + width * a);
    const share = (bin: number, rows: number, part: number): void => {
      if (bin === OUTSIDE) outside += (rows * part) / parts;
      else if (part === 1) sum.addRows(bin, rows);
      else sum.add(bin, part);
    };
    // Ascending x runs through the segments of z upwards or downwards, from the one that holds the lowest x.
    const rises = weight > 0;
    const reached = lowerBound(cuts.thresholds, weight * low + bias);
    const last = rises ? cuts.thresholds.length : 0;
    let a = 0;
    let x = low;
    for (let s = reached; a < parts; s += rises ? 1 : -1) {
      const bin = cuts.bins[s]!;
      const edge = s === last ? Infinity : (cuts.thresholds[rises ? s : s - 1]! - bias) / weight;
      while (a < parts) {
        if (x === startOf(a)) {
          // Rows that lie wholly in the segment, at once; the division may miss by one.
          let whole = Math.min(parts, Math.max(a, Math.floor((edge - low) / width)));
          while (whole > a && startOf(whole) > edge) whole--;
          while (whole < parts && startOf(whole + 1) <= edge) whole++;
          if (whole > a) share(bin, whole - a, 1);
          a = whole;
          x = startOf(a);
          if (a === parts || edge <= x) break;
        }
        const end = Math.min(edge, startOf(a + 1));
        if (end > x) {
          share(bin, 1, (end - x) / width);
          x = end;
        }
        if (edge < startOf(a + 1)) break;
        sum.endRow();
        a++;
        if (edge <= x) break;
      }
    }
    found(i, sum.bits());
  }
  return outside / inputs;
}
