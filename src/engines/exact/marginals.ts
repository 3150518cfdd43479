/** Exact distributions of single outputs: P(ŷ_j) under noise on all inputs, and P(ŷ_j | cell of the inputs). */
import { OUTSIDE, type PreactivationBins } from "../../network/activation.ts";
import type { Mechanism } from "../../network/mechanism.ts";
import type { Cdf } from "./cdf.ts";
import { uniformSumCdf } from "./uniform-sum.ts";

export interface OutputLaw {
  /** Law of z_j − centre under noise on all inputs; undefined where no input reaches the output. */
  readonly cdf: Cdf | undefined;
  /** z_j at the middle of the input box. */
  readonly centre: number;
}

/** The law of each output's pre-activation. */
export function outputLaws(mechanism: Mechanism): OutputLaw[] {
  const { inputs, outputs, dense } = mechanism;
  const [low, high] = mechanism.inputRange;
  return Array.from({ length: outputs }, (_, j) => {
    const row = dense.weights.subarray(j * inputs, (j + 1) * inputs);
    let centre = dense.bias[j]!;
    for (const weight of row) centre += weight * (low + (high - low) / 2);
    const halfWidths = [...row].filter((weight) => weight !== 0).map((weight) => (Math.abs(weight) * (high - low)) / 2);
    return { cdf: halfWidths.length === 0 ? undefined : uniformSumCdf(halfWidths), centre };
  });
}

/**
 * P(bin) of every output, `[outputs, bins]`, and each output's probability outside the range. The laws are shrunk to 1/`parts` of
 * their width around `centres`: parts = 1 and the box's middle for the whole box, the input bins and a cell's middle for a cell.
 */
export function binProbabilities(
  laws: readonly OutputLaw[],
  cuts: PreactivationBins,
  out: Float64Array,
  centres: ArrayLike<number> = laws.map(({ centre }) => centre),
  parts = 1,
): Float64Array {
  const outside = new Float64Array(laws.length);
  out.fill(0);
  for (const [j, { cdf }] of laws.entries()) {
    let below = 0;
    for (let s = 0; s < cuts.bins.length; s++) {
      const relative = s < cuts.thresholds.length ? cuts.thresholds[s]! - centres[j]! : Number.POSITIVE_INFINITY;
      const upTo = cdf === undefined ? (relative > 0 ? 1 : 0) : cdf.at(relative * parts);
      if (upTo > below) {
        if (cuts.bins[s] === OUTSIDE) outside[j]! += upTo - below;
        else out[j * cuts.count + cuts.bins[s]!]! += upTo - below;
      }
      below = upTo;
    }
  }
  return outside;
}
