/** Who answers for I(x̂_i; ŷ_j) of every pair: the exact engine where the layer is dense, the plug-in otherwise or when asked for, loaded when it is needed. */

import { check } from "../checks/check.ts";
import type { Estimate, EstimateMatrix } from "../information/estimate.ts";
import { type DenseMechanism, isDense, type Mechanism } from "../model/mechanism.ts";
import type { NoiseSpec } from "../settings/noise-spec.ts";
import type { Intervention, SamplingOptions } from "./engine.ts";
import { exactEngine } from "./exact/exact-engine.ts";

/** How the information between one input and one output is found. */
export type PairwiseMethod = "auto" | "exact" | "plug-in";

export interface PairwiseOptions extends Omit<SamplingOptions, "method"> {
  readonly method: PairwiseMethod;
  readonly noise?: NoiseSpec;
  readonly threshold?: number;
  readonly extrapolate?: boolean;
}

/** Every pair, `[inputs, outputs]`. */
export async function pairwise(
  mechanism: Mechanism,
  intervention: Intervention,
  options: PairwiseOptions,
): Promise<EstimateMatrix> {
  if (options.offset === "averaged") return averaged(mechanism, intervention, options);
  if (exactly(mechanism, options)) return exactEngine.pairwise(mechanism, intervention, options);
  const { plugInPairwise } = await import("./plug-in/plug-in.ts");
  return plugInPairwise(mechanism, intervention, plugInOptions(options), await sourceOf(mechanism, options));
}

/** The sum over all pairs, or undefined where it is the sum of the exact matrix. */
export async function pairwiseSum(
  mechanism: Mechanism,
  intervention: Intervention,
  options: PairwiseOptions,
): Promise<Estimate | undefined> {
  if (options.offset === "averaged" || exactly(mechanism, options)) return undefined;
  const source = await sourceOf(mechanism, options);
  const { threshold } = options;
  if (options.extrapolate === true) {
    const { extrapolateParts } = await import("./counting/extrapolate.ts");
    return extrapolateParts(mechanism, intervention, options, source);
  }
  if (threshold !== undefined) {
    const { doublingParts } = await import("./counting/doubling.ts");
    return doublingParts(mechanism, intervention, { ...options, threshold }, source);
  }
  const { plugInParts } = await import("./plug-in/plug-in.ts");
  return plugInParts(mechanism, intervention, plugInOptions(options), source);
}

/** @throws InvalidInputError for anything but a dense layer under uniform noise. */
async function averaged(
  mechanism: Mechanism,
  intervention: Intervention,
  options: PairwiseOptions,
): Promise<EstimateMatrix> {
  requireAveragable(mechanism, options);
  const { averagedPairs } = await import("./exact/averaged.ts");
  return averagedPairs(mechanism, intervention, options);
}

/** @throws InvalidInputError where bins cannot be averaged over where they begin. */
export function requireAveragable(
  mechanism: Mechanism,
  { method, noise }: { readonly method: string; readonly noise?: NoiseSpec | undefined },
): asserts mechanism is DenseMechanism {
  const uniform = noise === undefined || noise.kind === "uniform";
  check(isDense(mechanism) && uniform && method !== "plug-in", () => ({
    who: mechanism.name,
    expected: 'one dense layer with uniform noise, for offset "averaged"',
    got: !isDense(mechanism)
      ? `${mechanism.name}, known only by its values`
      : `method "${method}"${uniform ? "" : ", other noise"}`,
  }));
}

function exactly(mechanism: Mechanism, { method, noise }: PairwiseOptions): boolean {
  if (method === "exact") return true;
  return method === "auto" && isDense(mechanism) && (noise === undefined || noise.kind === "uniform");
}

async function sourceOf(mechanism: Mechanism, { noise, seed }: PairwiseOptions) {
  const { noiseSource } = await import("./noise.ts");
  return noiseSource(mechanism, noise, seed);
}

function plugInOptions(options: PairwiseOptions) {
  return { ...options, method: "plug-in" as const, correct: options.method === "auto" };
}
