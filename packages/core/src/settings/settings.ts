/**
 * Settings and Work: everything that changes a number, and everything that must not. Settings are plain data, which can be kept beside a
 * result and sent to a worker; both are passed on whole.
 */
import * as v from "valibot";
import { callback, instance, signal } from "../checks/schema/instance-of.ts";
import { numbers } from "../checks/schema/lists.ts";
import { described } from "../checks/schema/records.ts";
import { bins, finite, flag, number, oneOf, positiveInteger, seed, unboundedAbove } from "../checks/schema/scalars.ts";
import type { BinsSpec, OutsidePolicy } from "../information/bins.ts";
import type { Estimate } from "../information/estimate.ts";
import { type NoiseSpec, noiseSchema } from "./noise-spec.ts";
import type { Pool } from "./pool.ts";

/** Where the output bins begin. */
export type Offset = "fixed" | "averaged";

/** How I(X̂; Ŷ) of whole layers is found: the engine's choice, or one that is asked for by name. */
export type JointMethod = "auto" | "conditional" | "likelihood" | "plug-in";

/** What changes a measured value of a mechanism. Plain data. */
export interface Settings {
  /** A number of bins for both sides, or one for each: whole, 2 … 65,536. */
  readonly bins: BinsSpec;
  /** What becomes of outputs outside the output range. Default `"drop"`, the reference implementation's rule. */
  readonly outside?: OutsidePolicy | undefined;
  /**
   * Where the output bins begin: `"fixed"` (the default), at the low end of the output range, as in the reference implementation;
   * `"averaged"`, the mean over all places, which no edge that happens to lie at 0 can raise. Dense layers under uniform noise only.
   */
  readonly offset?: Offset | undefined;
  /**
   * `"auto"` (the default): exact where nothing needs sampling; else H(Ŷ) − E H(Ŷ | cell), each of the two by counting output states
   * where they repeat and from their probabilities where they do not. `"conditional"`: both by counting. `"likelihood"`: both from
   * probabilities (dense layers). `"plug-in"`: the published estimator, biased where states do not repeat.
   */
  readonly method?: JointMethod | undefined;
  /** Where sensitivity holds the other inputs: a value, `"middle"` of their ranges, or one value for each. Default 0. */
  readonly rest?: number | "middle" | ArrayLike<number> | undefined;
  /** Whole, 0 … 2^53 − 1; the same seed gives the same bytes. Default 0. */
  readonly seed?: number | undefined;
  /** Stop sampling when the standard error is below this, in bits. Default 0.01, or none where `samples` is given. */
  readonly tolerance?: number | undefined;
  /**
   * Maximum number of samples. Default 4,000,000. Where fewer than 20,480 do not suffice to count states, `"auto"` draws as many as that, for
   * to measure otherwise takes longer.
   */
  readonly samples?: number | undefined;
  /**
   * Plug-in only: double the samples until the value changes by less, the reference implementation's rule: bits for EI, twice the
   * relative change for sums of pairs.
   */
  readonly threshold?: number | undefined;
  /**
   * What goes in: do(L1 = H^max), uniform noise, unless other noise is given. Gaussian noise and samples of inputs are measured by the
   * plug-in.
   */
  readonly noise?: NoiseSpec | undefined;
  /**
   * Bytes that the measurement of a layer may hold beyond what the mechanism takes: what needs more is refused before it is begun, and
   * sampling that would go beyond stops with a warning, at the same number of samples with any number of workers. Workers hold copies of
   * their own beside it. Default 1e9.
   */
  readonly memory?: number | undefined;
  /** Run anyway what may take hours, and is left out otherwise. */
  readonly force?: boolean | undefined;
}

/** What must not change a number: who does it, who watches it, who may end it. */
export interface Work {
  /** Workers, made by `createPool()` of `@causalscope/core/workers`. Values do not depend on them. Default: none. */
  readonly pool?: Pool | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the fraction done, 0 … 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /**
   * Called with the value so far whenever there is a better one (by the likelihood method only): what is left where the measurement is
   * cancelled.
   */
  readonly onPartial?: ((partial: Estimate) => void) | undefined;
}

/**
 * The memory limit, in bytes, where none is given: 1 GB. It is fixed, so that a value does not depend on what a
 * machine has free.
 */
export const DEFAULT_MEMORY = 1e9;

/** The least memory limit, in bytes: what the smallest measurement needs. */
export const LEAST_MEMORY = 1e7;

/** What each setting may be, what it is, and its default: checks, forms and tables come from here. */
export const settings = {
  bins: described(bins, "Bins per unit: one number for both sides, or { input, output }."),
  outside: v.optional(
    described(
      oneOf(["drop", "clamp"]),
      "How outputs outside the output range are treated: dropped, or counted in the outermost bins.",
    ),
    "drop",
  ),
  offset: v.optional(
    described(
      oneOf(["fixed", "averaged"]),
      "Where the output bins start: at the low end of the output range, or averaged over all offsets (dense layers only).",
    ),
    "fixed",
  ),
  method: v.optional(
    described(
      oneOf(["auto", "conditional", "likelihood", "plug-in"]),
      "How the information of whole layers is estimated: by the best method for the layer, or by a named one.",
    ),
    "auto",
  ),
  rest: v.optional(
    described(
      v.union(
        [finite, v.literal("middle"), numbers()],
        'a finite number, "middle", or finite numbers, one for each input',
      ),
      'Value at which sensitivity holds the other inputs: a number, the "middle" of their ranges, or one number per input.',
    ),
    0,
  ),
  seed: v.optional(described(seed, "Seed of the noise; the same seed gives the same bytes."), 0),
  tolerance: v.optional(
    described(
      number(0, Infinity, "a number of bits above 0"),
      "Standard error at which sampling stops. Default 0.01, or none if `samples` is set.",
      "bits",
    ),
  ),
  samples: v.optional(described(positiveInteger, "Maximum number of samples. Default 4,000,000.")),
  threshold: v.optional(
    described(
      unboundedAbove(0),
      "Plug-in only: double the samples until the value changes by less than this, in bits for EI, as twice the relative change for sums of pairs.",
      "bits",
    ),
  ),
  noise: v.optional(described(noiseSchema, "Noise on the inputs. Default: uniform.")),
  memory: v.optional(
    described(
      unboundedAbove(LEAST_MEMORY, "a number of bytes of at least 10 million"),
      "Memory limit for measuring a layer, in addition to the layer itself.",
      "bytes",
    ),
    DEFAULT_MEMORY,
  ),
  force: v.optional(described(flag, "Also measure what may take hours, and is otherwise left out.")),
} as const satisfies { readonly [name in keyof Settings]-?: v.GenericSchema<unknown, Settings[name]> };

const hasRun = (value: unknown) => typeof (value as Pool | null)?.run === "function";

/** What each part of Work may be. */
export const work = {
  pool: v.optional(instance<Pool>(hasRun, "a pool from createPool()")),
  signal: v.optional(signal),
  onProgress: v.optional(callback),
  onPartial: v.optional(callback),
} as const satisfies { readonly [name in keyof Work]-?: v.GenericSchema<unknown, Work[name]> };

/** The settings among the options of a measure: what a worker is sent. */
export function settingsOf<Options extends Partial<Settings>>(
  options: Options,
): Pick<Options, keyof Settings & keyof Options> {
  const own = Object.entries(options).filter(([name]) => Object.hasOwn(settings, name));
  return Object.fromEntries(own) as Pick<Options, keyof Settings & keyof Options>;
}
