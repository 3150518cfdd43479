/** Options that the measures take, checked. */

import { InvalidInputError } from "../checks/errors.ts";
import { requireOptions, shownValue } from "../checks/options-check.ts";
import type { JointOptions } from "../estimators/counting/sampling-engine.ts";
import { type EngineOptions, engineOptions, type MeasureOptions, type SamplingOptions } from "../estimators/engine.ts";
import type { PairwiseMethod, PairwiseOptions } from "../estimators/pairwise.ts";
import type { JointMethod, Settings, Work } from "../work/settings.ts";
import { measureOptions } from "./option-names.ts";

/** What all measures that can be sampled take. */
interface Sampled extends MeasureOptions, Pick<Settings, "seed" | "tolerance" | "samples" | "noise" | "threshold"> {}

export interface EffectiveInformationOptions
  extends Sampled,
    Pick<Settings, "method" | "force">,
    Pick<Work, "onPartial"> {}

export interface PairOptions extends Sampled {
  /**
   * `"auto"` (the default): exact for a dense layer; else plug-in less its first-order bias. `"exact"`: refuses anything but a dense
   * layer. `"plug-in"`: the published estimator, as it is.
   */
  readonly method?: PairwiseMethod;
  /** Plug-in sums only: the limit of A/s^α + C through the values at up to 2,000,000 samples. */
  readonly extrapolate?: boolean;
}

export const DEFAULT_TOLERANCE = 0.01;
const DEFAULT_SAMPLES = 4_000_000;

const jointMethods: readonly JointMethod[] = ["auto", "conditional", "likelihood", "plug-in"];
const pairwiseMethods: readonly PairwiseMethod[] = ["auto", "exact", "plug-in"];

/** @throws InvalidInputError for a seed, tolerance, number of samples, method or threshold that is none, or options that exclude each other. */
export function samplingOptions(options: EffectiveInformationOptions, who: string): SamplingOptions & JointOptions {
  const method = oneOf(jointMethods, options.method ?? "auto", who);
  const needsUniform = method === "conditional" || method === "likelihood";
  if (needsUniform && options.noise !== undefined && options.noise.kind !== "uniform") {
    throw new InvalidInputError({ who, expected: `uniform noise with method "${method}"`, got: options.noise.kind });
  }
  const { force, onPartial } = options;
  return { ...sampled(options, method, who), method, force, onPartial };
}

/** @throws InvalidInputError as `samplingOptions`. */
export function pairOptions(options: PairOptions, who: string): PairwiseOptions {
  const method = oneOf(pairwiseMethods, options.method ?? "auto", who);
  if (method === "exact" && options.noise !== undefined && options.noise.kind !== "uniform") {
    throw new InvalidInputError({ who, expected: 'uniform noise with method "exact"', got: options.noise.kind });
  }
  const extrapolate = options.extrapolate ?? false;
  if (extrapolate && (method !== "plug-in" || options.threshold !== undefined || options.samples !== undefined)) {
    throw new InvalidInputError({
      who,
      expected: 'extrapolate with method "plug-in", and neither threshold nor samples',
      got: `method ${JSON.stringify(method)}`,
      remedy: "Extrapolation draws 2,000,000 samples of its own.",
    });
  }
  return { ...sampled(options, method, who), method, extrapolate };
}

function sampled(options: Sampled, method: string, who: string) {
  requireOptions<object>(options, measureOptions, who);
  const base: EngineOptions = engineOptions(options, who);
  const { seed = 0, samples = DEFAULT_SAMPLES, threshold, noise } = options;
  const tolerance = options.tolerance ?? (options.samples === undefined ? DEFAULT_TOLERANCE : 0);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new InvalidInputError({ who, expected: "seed, a whole number from 0 to 2^53 − 1", got: shownValue(seed) });
  }
  const spends = tolerance === 0 && options.samples !== undefined;
  if (typeof tolerance !== "number" || !(tolerance > 0 || spends) || tolerance === Infinity) {
    throw new InvalidInputError({
      who,
      expected: "tolerance, a number of bits above 0",
      got: shownValue(tolerance),
      remedy: "To spend a fixed effort instead, give samples and no tolerance.",
    });
  }
  if (!Number.isSafeInteger(samples) || samples < 1) {
    throw new InvalidInputError({ who, expected: "samples, a whole number of at least 1", got: shownValue(samples) });
  }
  if (threshold !== undefined && (method !== "plug-in" || !(threshold > 0) || options.tolerance !== undefined)) {
    throw new InvalidInputError({
      who,
      expected: 'threshold, a number above 0, with method "plug-in" and no tolerance',
      got: `${shownValue(threshold)} with method ${JSON.stringify(method)}`,
    });
  }
  return { ...base, seed, tolerance, samples, threshold, noise };
}

function oneOf<T extends string>(known: readonly T[], given: T, who: string): T {
  if (known.includes(given)) return given;
  const names = known.map((name) => JSON.stringify(name)).join(", ");
  throw new InvalidInputError({ who, expected: `method: one of ${names}`, got: JSON.stringify(given) });
}
