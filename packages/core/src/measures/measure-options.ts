/** Options that the measures take, checked. */
import * as v from "valibot";
import { check } from "../checks/check.ts";
import { callback } from "../checks/schema/instance-of.ts";
import { listOf } from "../checks/schema/lists.ts";
import { parse } from "../checks/schema/parse.ts";
import { options, type RuleProblem, rule } from "../checks/schema/records.ts";
import { flag, oneOf, range } from "../checks/schema/scalars.ts";
import { type EngineOptions, engineOptions, type MeasureOptions, type SamplingOptions } from "../estimators/engine.ts";
import type { JointOptions } from "../estimators/joint.ts";
import type { PairwiseMethod, PairwiseOptions } from "../estimators/pairwise.ts";
import { type Settings, settings, type Work, work } from "../settings/settings.ts";
import { MEASURES } from "./measure-names.ts";

/** What all measures that can be sampled take. */
export interface SampledOptions
  extends MeasureOptions,
    Pick<Settings, "seed" | "tolerance" | "samples" | "noise" | "threshold"> {}

/** What `effectiveInformation()` takes. */
export interface EffectiveInformationOptions
  extends SampledOptions,
    Pick<Settings, "method" | "force">,
    Pick<Work, "onPartial"> {}

/** What measures of single connections take: `eiParts()`, `sensitivity()` and their matrices. */
export interface PairOptions extends SampledOptions {
  /**
   * `"auto"` (the default): exact for a dense layer; else plug-in less its first-order bias. `"exact"`: refuses anything but a dense
   * layer. `"plug-in"`: the published estimator, as it is.
   */
  readonly method?: PairwiseMethod;
  /** Plug-in sums only: the limit of A/s^α + C through the values at up to 2,000,000 samples. */
  readonly extrapolate?: boolean;
}

/** The standard error, in bits, at which sampling stops where no `tolerance` is given. */
export const DEFAULT_TOLERANCE = 0.01;
const DEFAULT_SAMPLES = 4_000_000;

/** Options of all measures: one of them may be of no use to another, but none is unknown to all. */
export const measureOptions = {
  ...settings,
  ...work,
  measures: v.optional(listOf(oneOf(MEASURES))),
  measure: v.optional(oneOf([...MEASURES, "all"])),
  onMeasured: v.optional(callback),
  inputRange: v.optional(v.nullish(range)),
  extrapolate: v.optional(flag, false),
};

type Given = Omit<SampledOptions, "bins"> & { readonly method?: string | undefined };

function samplingProblem({ method = "auto", tolerance, samples, threshold }: Given): RuleProblem | undefined {
  if (tolerance === 0 && samples === undefined) {
    return {
      at: "tolerance",
      expected: "a number of bits above 0",
      got: "0",
      remedy: "For a fixed number of samples, set `samples` and no `tolerance`.",
    };
  }
  if (threshold !== undefined && (method !== "plug-in" || tolerance !== undefined)) {
    const got = method === "plug-in" ? "both" : `${threshold} with method ${JSON.stringify(method)}`;
    return { at: "threshold", expected: 'a threshold with method "plug-in" and no tolerance', got };
  }
  return undefined;
}

function needsUniform(method: string, { noise }: Given): RuleProblem | undefined {
  if (noise === undefined || noise.kind === "uniform") return undefined;
  return { at: "noise", expected: `uniform noise with method "${method}"`, got: noise.kind };
}

/** Rules between the settings of whole layers. */
export function jointProblem(options: Given): RuleProblem | undefined {
  const { method = "auto" } = options;
  const uniform = method === "conditional" || method === "likelihood";
  return (uniform ? needsUniform(method, options) : undefined) ?? samplingProblem(options);
}

const jointSchema = v.pipe(
  options(measureOptions),
  rule((given) => jointProblem(given)),
);

const pairSchema = v.pipe(
  options({
    ...measureOptions,
    method: v.optional(oneOf(["auto", "exact", "plug-in"]), "auto"),
  }),
  rule((given) => {
    const { method, extrapolate, threshold, samples } = given;
    if (extrapolate && (method !== "plug-in" || threshold !== undefined || samples !== undefined)) {
      return {
        at: "extrapolate",
        expected: 'extrapolation with method "plug-in", and neither threshold nor samples',
        got: `method ${JSON.stringify(method)}`,
        remedy: "Extrapolation draws 2,000,000 samples of its own.",
      };
    }
    return (method === "exact" ? needsUniform(method, given) : undefined) ?? samplingProblem(given);
  }),
);

/** @throws InvalidInputError for unknown names, values out of range, and options that exclude each other. */
export function samplingOptions(given: EffectiveInformationOptions, who: string): SamplingOptions & JointOptions {
  const options = parse(jointSchema, given, who);
  const { method, force, onPartial } = options;
  return { ...sampled(options), method, force, onPartial };
}

/** @throws InvalidInputError as `samplingOptions`. */
export function pairOptions(given: PairOptions, who: string): PairwiseOptions {
  const options = parse(pairSchema, given, who);
  const { method, extrapolate } = options;
  return { ...sampled(options), method, extrapolate };
}

/** @throws InvalidInputError for unknown names, and bins and a policy that are none. */
export function exactOptions(given: MeasureOptions, who: string): EngineOptions {
  return engineOptions(parse(jointSchema, given, who));
}

/** @throws InvalidInputError for noise that has no exact law, and for bins that begin everywhere. */
export function requireExact({ noise, offset }: Pick<Settings, "noise" | "offset">, who: string): void {
  check(noise === undefined || noise.kind === "uniform", () => ({
    who: `${who}: noise`,
    expected: "uniform noise, for an exact law",
    got: noise!.kind,
  }));
  check(offset !== "averaged", () => ({
    who: `${who}: offset`,
    expected: "bins that begin where the range does",
    got: '"averaged"',
  }));
}

function sampled(options: SampledOptions) {
  const { seed = 0, samples = DEFAULT_SAMPLES, threshold, noise } = options;
  const tolerance = options.tolerance ?? (options.samples === undefined ? DEFAULT_TOLERANCE : 0);
  return { ...engineOptions(options), seed, tolerance, samples, threshold, noise };
}
