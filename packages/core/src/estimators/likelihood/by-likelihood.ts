/** EI as an Estimate where at least one of its entropies comes from probabilities of output states. */
import { hypot } from "../../information/elementary.ts";
import { type Estimate, type Evidence, estimate, jointFreedom, unknownWithin } from "../../information/estimate.ts";
import type { DenseMechanism } from "../../model/mechanism.ts";
import type { PreactivationBins } from "../../model/preactivation-bins.ts";
import type { SamplingOptions } from "../engine.ts";
import { type LikelihoodEstimate, likelihood } from "./likelihood.ts";
import { likelihoodWork } from "./likelihood-cost.ts";
import { rectangleLayer } from "./rectangle-layer.ts";

export interface LikelihoodRequest {
  readonly mechanism: DenseMechanism;
  readonly parts: Float64Array;
  readonly options: SamplingOptions;
  readonly cuts: PreactivationBins;
  readonly warnings: readonly string[];
  /** Proved bounds on EI, in bits. */
  readonly bounds: readonly [lower: number, upper: number];
  /** Share of the samples with an output outside its range. */
  readonly outside: number;
}

/** The entropy that was counted. */
export interface Counted {
  readonly bits: number;
  readonly standardError: number;
  readonly degreesOfFreedom?: number;
  readonly draws: number;
}

/** What one of the two entropies takes of the work for both. */
const ONE_SIDE = 0.7;

/** `counted`: the entropy whose route is `"count"`, undefined where there is none. */
export async function byLikelihood(
  request: LikelihoodRequest,
  routes: Evidence["routes"],
  counted: Counted | undefined,
): Promise<Estimate> {
  const { mechanism, parts, cuts, options } = request;
  const { layer, sumOfOutputs } = rectangleLayer(mechanism, cuts, parts);
  const wanted = counted === undefined ? "both" : routes.output === "count" ? "cell" : "output";
  if (options.look !== undefined) {
    const { inputs, outputs } = mechanism;
    const { tolerance, samples } = options;
    const work = likelihoodWork(inputs, outputs, { bits: sumOfOutputs, tolerance, samples });
    options.look.byLikelihood(wanted === "both" ? work : ONE_SIDE * work);
    return unknownWithin(request.bounds, { samples: 0, method: "likelihood", outside: request.outside, warnings: [] });
  }
  const finish = (found: LikelihoodEstimate) => assemble(request, routes, counted, found);
  const found = await likelihood(layer, sumOfOutputs, wanted, options, (partial) =>
    options.onPartial?.(finish(partial)),
  );
  options.onProgress?.(1);
  return finish(found);
}

function assemble(
  { bounds, outside, options, warnings }: LikelihoodRequest,
  routes: Evidence["routes"],
  counted: Counted | undefined,
  found: LikelihoodEstimate,
): Estimate {
  // EI is H(Ŷ) − E H(Ŷ | cell): what was counted stands on one side or the other.
  const sign = routes.output === "count" ? -1 : 1;
  const shift = counted === undefined ? 0 : -sign * counted.bits;
  const error = counted?.standardError ?? 0;
  const end = (of: 0 | 1): End => ({
    bits: sign * found.bracket[of] + shift,
    error: hypot(found.bracketError[of], error),
  });
  const [least, most] = bounds;
  // Ends that lie closer than their errors can come out crossed.
  const [lower, upper] = [end(0), end(1)].sort((a, b) => a.bits - b.bits) as [End, End];
  // Where what is proved is narrower, that is the end.
  const first = lower.bits < least ? { bits: least, error: 0 } : lower;
  const last = upper.bits > most ? { bits: most, error: 0 } : upper;
  const bits = sign * found.bits + shift;
  const standardError = Math.min(hypot(found.standardError, error), errorFrom(bits, bounds, first, last));
  const said = [...warnings];
  if (options.tolerance > 0 && standardError > options.tolerance) {
    said.push(
      `the tolerance of ${options.tolerance} bit was not reached within the work equivalent to ${options.samples.toLocaleString("en")} samples`,
    );
  }
  if (found.isScarce)
    said.push("samples with every output inside the output range are too rare for more than a rough value");
  if (found.guarded > 0) {
    const states =
      found.guarded === 1
        ? "the probability of 1 output state was"
        : `the probabilities of ${found.guarded} output states were`;
    said.push(`${states} estimated as 0, and replaced with that of another distribution`);
  }
  return estimate({
    bits,
    standardError,
    degreesOfFreedom: jointFreedom([found, ...(counted === undefined ? [] : [counted])]),
    // An estimated end beyond the proved one on the other side is there by its error.
    bracket: [Math.min(first.bits, most), Math.max(last.bits, least)],
    bracketError: [first.error, last.error],
    bounds,
    samples: found.draws + (counted?.draws ?? 0),
    method: "likelihood",
    evidence: {
      routes,
      effectiveSamples: found.effectiveSamples,
      guarded: found.guarded,
      basis: basisOf(found),
    },
    outside,
    warnings: said,
  });
}

/**
 * Of a value that sampling put outside its bounds, and that is moved to the nearest one: how far the bracket lets the true value be from there.
 * ∞ for a value inside.
 */
function errorFrom(bits: number, [least, most]: readonly [number, number], first: End, last: End): number {
  if (bits >= least && bits <= most) return Infinity;
  const [low, high] = [Math.max(least, first.bits), Math.min(most, last.bits)];
  const spread = hypot((high - low) / Math.sqrt(12), hypot(first.error, last.error) / 2);
  return hypot((low + high) / 2 - (bits < least ? least : most), spread);
}

interface End {
  readonly bits: number;
  readonly error: number;
}

function basisOf({ assumed }: LikelihoodEstimate): string {
  const value =
    assumed === undefined
      ? "estimated: the value, the middle of the bracket; assumed: only that the middle is off by less than a twentieth of the bracket's width, which its error includes"
      : `estimated: the value, from a Gaussian copula with the exact marginals and correlations; assumed: that this distribution is off by no more than ${assumed.toPrecision(2)} bit, the leading term of its expansion, which its error includes`;
  return `proved: the bounds, and that each end of the bracket is on its side in expectation; ${value}`;
}
