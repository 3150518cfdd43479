/** Options that the sampled measures take, checked. */
import {
  type EngineOptions,
  engineOptions,
  type JointMethod,
  type MeasureOptions,
  type SamplingOptions,
} from "../engines/engine.ts";
import { InvalidInputError } from "../errors.ts";

export interface EffectiveInformationOptions extends MeasureOptions {
  /** Whole, 0 … 2^53 − 1; the same seed gives the same bytes. Default 0. */
  readonly seed?: number;
  /** Stop when the standard error is below this, in bits. Default 0.01, or none where `samples` is given. */
  readonly tolerance?: number;
  /** Stop after about this many samples. Default 4,000,000. */
  readonly samples?: number;
  /** Default `"auto"`: exact where there is one input and one output, conditional otherwise. */
  readonly method?: JointMethod;
}

const DEFAULT_TOLERANCE = 0.01;
const DEFAULT_SAMPLES = 4_000_000;

/** @throws InvalidInputError for a seed, tolerance, number of samples or method that is none. */
export function samplingOptions(options: EffectiveInformationOptions, who: string): SamplingOptions {
  const base: EngineOptions = engineOptions(options, who);
  const { seed = 0, samples = DEFAULT_SAMPLES, method = "auto" } = options;
  const tolerance = options.tolerance ?? (options.samples === undefined ? DEFAULT_TOLERANCE : 0);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new InvalidInputError({ who, expected: "seed, a whole number from 0 to 2^53 − 1", got: `${seed}` });
  }
  if (
    typeof tolerance !== "number" ||
    !(tolerance > 0 || (tolerance === 0 && options.samples !== undefined)) ||
    tolerance === Infinity
  ) {
    throw new InvalidInputError({
      who,
      expected: "tolerance, a number of bits above 0",
      got: `${tolerance}`,
      remedy: "To spend a fixed effort instead, give samples and no tolerance.",
    });
  }
  if (!Number.isSafeInteger(samples) || samples < 1) {
    throw new InvalidInputError({ who, expected: "samples, a whole number of at least 1", got: `${samples}` });
  }
  if (method !== "auto" && method !== "conditional") {
    throw new InvalidInputError({ who, expected: 'method: "auto" or "conditional"', got: JSON.stringify(method) });
  }
  return { ...base, seed, tolerance, samples, method };
}
