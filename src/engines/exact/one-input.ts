/** I(x̂_i; ŷ_j) of one output with every input in turn, that input alone noisy. */
import { InformationSum } from "../../information/mutual-information.ts";
import { log } from "../../kernels/typescript/math.ts";
import { OUTSIDE, type PreactivationBins } from "../../network/preactivation-bins.ts";
import type { AffineMap } from "./marginals.ts";
import { outsideOfConstant } from "./outside.ts";

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
  const segments = cuts.bins.length;
  const sum = new InformationSum(cuts.count, log);
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
    // Ascending x runs through the segments of z upwards or downwards.
    const [first, last, step] = weight > 0 ? [0, segments - 1, 1] : [segments - 1, 0, -1];
    let a = 0;
    let x = low;
    for (let s = first; ; s += step) {
      const edge = s === last ? Infinity : (cuts.thresholds[weight > 0 ? s : s - 1]! - bias) / weight;
      for (; a < parts; a++) {
        const binEnd = a + 1 === parts ? high : low + width * (a + 1);
        const end = Math.min(edge, binEnd);
        if (end > x) {
          if (cuts.bins[s] === OUTSIDE) outside += (end - x) / (high - low);
          else sum.add(cuts.bins[s]!, (end - x) / width);
          x = end;
        }
        if (edge <= binEnd) break;
        sum.endRow();
      }
      if (s === last || a >= parts) break;
    }
    found(i, sum.bits());
  }
  return outside / inputs;
}
