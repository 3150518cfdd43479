/**
 * The exact engine: I(x̂_i; ŷ_j) of every pair of a dense mechanism, without sampling.
 *
 * Under noise on all inputs, given x_i in bin a, the pre-activation is a known centre plus a sum of independent uniforms; under
 * noise on one input it is uniform. Either way the joint table of (x̂_i, ŷ_j) is a set of differences of one distribution
 * function at the pulled-back bin edges.
 */

import { InvalidInputError } from "../../errors.ts";
import type { EstimateMatrix } from "../../information/estimate.ts";
import { InformationSum } from "../../information/mutual-information.ts";
import { type DenseMechanism, isDense, type Mechanism } from "../../network/mechanism.ts";
import { OUTSIDE, type PreactivationBins } from "../../network/preactivation-bins.ts";
import { breathe } from "../breathe.ts";
import { type EngineOptions, type Intervention, outputCuts, type PairwiseEngine } from "../engine.ts";
import type { Cdf } from "./cdf.ts";
import { binProbabilities, type OutputLaw, outputLaws } from "./marginals.ts";
import { shrunkSumCdfs } from "./uniform-sum.ts";

/** Cells of joint tables between two looks at the signal. */
const BREATH = 4e6;

export const exactEngine: PairwiseEngine = { pairwise };

async function pairwise(
  mechanism: Mechanism,
  intervention: Intervention,
  options: EngineOptions,
): Promise<EstimateMatrix> {
  if (!isDense(mechanism)) {
    throw new InvalidInputError({
      who: mechanism.name,
      expected: "one dense layer, for exact values",
      got: "a mechanism known only by its values",
    });
  }
  const { inputs, outputs } = mechanism;
  const cuts = outputCuts(mechanism, options);
  const bits = new Float64Array(inputs * outputs);
  const outside = new Float64Array(outputs);
  const clamps = options.outside === "clamp";
  const beyond = outputCuts(mechanism, { ...options, outside: "drop" });
  const laws = clamps && intervention.noise === "all inputs" ? outputLaws(mechanism) : undefined;
  const sum = new InformationSum(cuts.count);
  const measureOutput = intervention.noise === "all inputs" ? allInputs : oneInput(intervention.rest);
  let sinceBreath = 0;
  for (let j = 0; j < outputs; j++) {
    options.signal?.throwIfAborted();
    outside[j] = measureOutput(mechanism, j, options.bins.input, cuts, sum, (i, value) => {
      bits[i * outputs + j] = value;
    });
    // Clamped values have bins like the others: what lies outside shows where they are dropped.
    if (clamps)
      outside[j] = laws ? outsideOfLaw(laws[j]!, beyond) : measureOutput(mechanism, j, 1, beyond, sum, () => {});
    options.onProgress?.((j + 1) / outputs);
    sinceBreath += inputs * options.bins.input * cuts.count;
    if (sinceBreath > BREATH) {
      sinceBreath = 0;
      await breathe();
    }
  }
  return {
    shape: [inputs, outputs],
    bits,
    standardError: new Float64Array(inputs * outputs),
    outside,
    samples: 0,
    method: "exact",
    warnings: outsideWarnings(outside, options),
  };
}

/** Sentences about outputs that leave the output range. */
export function outsideWarnings(outside: Float64Array, options: Pick<EngineOptions, "outside">): string[] {
  const all = outside.reduce((count, share) => count + (share === 1 ? 1 : 0), 0);
  const some = outside.reduce((count, share) => count + (share > 0 && share < 1 ? 1 : 0), 0);
  const fate = options.outside === "drop" ? "left out, and the rest renormalised" : "counted in the end bins";
  const warnings: string[] = [];
  if (all > 0) warnings.push(`${all} of ${outside.length} outputs lie wholly outside the output range: ${fate}`);
  if (some > 0) {
    const most = outside.reduce((max, share) => (share < 1 && share > max ? share : max), 0);
    warnings.push(
      `${some} of ${outside.length} outputs lie partly outside the output range (at most ${percent(most)}): ${fate}`,
    );
  }
  return warnings;
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)} %`;
}

/** One output with every input; calls back with each value, returns the share of the output outside. */
type MeasureOutput = (
  mechanism: DenseMechanism,
  j: number,
  inputBins: number,
  cuts: PreactivationBins,
  sum: InformationSum,
  found: (i: number, bits: number) => void,
) => number;

/** do(L1 = H^max): every input noisy. */
const allInputs: MeasureOutput = (mechanism, j, inputBins, cuts, sum, found) => {
  const { inputs, inputRanges, dense } = mechanism;
  const row = dense.weights.subarray(j * inputs, (j + 1) * inputs);
  const contributing: number[] = [];
  const span = (i: number) => row[i]! * (inputRanges[i]![1] - inputRanges[i]![0]);
  for (let i = 0; i < inputs; i++) if (span(i) !== 0) contributing.push(i);
  let shift = dense.bias[j]!;
  for (const i of contributing) shift += row[i]! * inputRanges[i]![0] + span(i) / 2;
  const relative = cuts.thresholds.map((threshold) => threshold - shift);
  if (contributing.length === 0) return outsideOfConstant(cuts, dense.bias[j]!);

  const shrunk = shrunkSumCdfs(
    contributing.map((i) => Math.abs(span(i)) / 2),
    inputBins,
  );
  let outside = 0;
  for (const [k, i] of contributing.entries()) {
    const step = span(i) / inputBins;
    const cdf = shrunk(k);
    sum.clear();
    outside = 0;
    for (let a = 0; a < inputBins; a++) {
      const centre = step * (a + 0.5 - inputBins / 2);
      outside += addRow(cdf, centre, relative, cuts.bins, sum);
    }
    outside /= inputBins;
    found(i, sum.bits());
  }
  return tidyShare(outside);
};

/** Adds the row of P(bin) given the centre; returns the share outside. */
function addRow(cdf: Cdf, centre: number, cuts: Float64Array, bins: Int32Array, sum: InformationSum): number {
  // Segments that end below the support have no share.
  const start = centre - cdf.halfWidth;
  let first = 0;
  for (let end = cuts.length; first < end; ) {
    const middle = (first + end) >> 1;
    if (cuts[middle]! <= start) first = middle + 1;
    else end = middle;
  }
  let below = 0;
  let outside = 0;
  for (let s = first; s < bins.length && below < 1; s++) {
    const upTo = s < cuts.length ? cdf.at(cuts[s]! - centre) : 1;
    if (bins[s] === OUTSIDE) outside += Math.max(0, upTo - below);
    else sum.add(bins[s]!, upTo - below);
    below = upTo;
  }
  sum.endRow();
  return outside;
}

/** do(x_i = H^max), every other input at rest: given its bin, z is uniform, so shares are overlaps of intervals of x. */
const oneInput =
  (rest: Float64Array): MeasureOutput =>
  (mechanism, j, inputBins, cuts, sum, found) => {
    const { inputs, inputRanges, dense } = mechanism;
    let atRest = dense.bias[j]!;
    for (let k = 0; k < inputs; k++) atRest += dense.weights[j * inputs + k]! * rest[k]!;
    const segments = cuts.bins.length;
    let outside = 0;
    for (let i = 0; i < inputs; i++) {
      const weight = dense.weights[j * inputs + i]!;
      const [low, high] = inputRanges[i]!;
      const width = (high - low) / inputBins;
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
        for (; a < inputBins; a++) {
          const binEnd = a + 1 === inputBins ? high : low + width * (a + 1);
          const end = Math.min(edge, binEnd);
          if (end > x) {
            if (cuts.bins[s] === OUTSIDE) outside += (end - x) / (high - low);
            else sum.add(cuts.bins[s]!, (end - x) / width);
            x = end;
          }
          if (edge <= binEnd) break;
          sum.endRow();
        }
        if (s === last || a >= inputBins) break;
      }
      found(i, sum.bits());
    }
    return tidyShare(outside / inputs);
  };

function outsideOfLaw(law: OutputLaw, cuts: PreactivationBins): number {
  return tidyShare(binProbabilities([law], cuts, new Float64Array(cuts.count))[0]!);
}

function outsideOfConstant(cuts: PreactivationBins, z: number): number {
  let s = 0;
  while (s < cuts.thresholds.length && z >= cuts.thresholds[s]!) s++;
  return cuts.bins[s] === OUTSIDE ? 1 : 0;
}

/** Sums of many shares miss 0 and 1 by rounding. */
function tidyShare(share: number): number {
  return share < 1e-14 ? 0 : share > 1 - 1e-14 ? 1 : share;
}
