/** The one interface between causal measures, which ask, and engines, which answer. */

import { type BinCounts, binCounts, binEdges, type OutsidePolicy } from "../information/bins.ts";
import type { Estimate, EstimateMatrix } from "../information/estimate.ts";
import type { DenseMechanism, Mechanism } from "../model/mechanism.ts";
import { type PreactivationBins, preactivationBins } from "../model/preactivation-bins.ts";
import type { Pool } from "../settings/pool.ts";
import { DEFAULT_MEMORY, type JointMethod, type Offset, type Settings, type Work } from "../settings/settings.ts";

/**
 * What noise goes in: every input uniform and independent on its range, or one input at a time with every other held at its `rest`
 * value, `[inputs]`.
 */
export type Intervention =
  | { readonly noise: "all inputs" }
  | { readonly noise: "one input"; readonly rest: Float64Array };

export const ALL_INPUTS: Intervention = { noise: "all inputs" };

export interface EngineOptions {
  readonly bins: BinCounts;
  readonly outside: OutsidePolicy;
  readonly signal?: AbortSignal;
  /** Called with the fraction done, 0 … 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Who does the work: `here` where it is left out. */
  readonly pool?: Pool;
  /** Bytes that a measurement may hold beyond what the mechanism takes. */
  readonly memory: number;
  /** Where the output bins begin: at the low end of the range, or averaged over all places. */
  readonly offset?: Offset;
  /** Of one place: the part of a bin by which the inner edges are shifted, 0 … 1. Dense layers only. */
  readonly shift?: number;
}

export interface SamplingOptions extends EngineOptions {
  readonly seed: number;
  /** Stop when the standard error, in bits, is below this. */
  readonly tolerance: number;
  /** Stop when this many samples have been drawn. */
  readonly samples: number;
  readonly method: JointMethod;
  /** Begin also what will take very long. */
  readonly force?: boolean;
  /** Called with the value so far whenever there is a better one: what is left where a measurement is cancelled. */
  readonly onPartial?: (partial: Estimate) => void;
  /** Only a first look is taken, and what the rest would need is told; the value means nothing. */
  readonly look?: FirstLook;
}

/** Told, on the way through a first look, what a whole measurement will need: how its cost is found before it is begun. */
export interface FirstLook {
  /** Samples of each part of the look, at the most. */
  readonly samples: number;
  /** Samples are drawn from now on; whatever came before is done once. */
  readonly begin: () => void;
  /** No more of them are drawn for now. */
  readonly end: () => void;
  /** Those that were drawn since this was called last are `taken` of the `needed` ones of the whole measurement. */
  readonly needs: (taken: number, needed: number) => void;
  /** The rest is found from probabilities, which takes `work` nanoseconds of the machine of reference and was not begun. */
  readonly byLikelihood: (work: number) => void;
}

/** Answers I(x̂_i; ŷ_j) for every pair of a mechanism. */
export interface PairwiseEngine {
  pairwise(mechanism: Mechanism, intervention: Intervention, options: EngineOptions): Promise<EstimateMatrix>;
}

/** Output bins as cuts of the pre-activation. */
export function outputCuts(
  mechanism: DenseMechanism,
  options: Pick<EngineOptions, "bins" | "outside" | "shift">,
): PreactivationBins {
  const edges = binEdges(options.bins.output, mechanism.outputRange, options.shift);
  return preactivationBins(mechanism.dense.activation, edges, options.outside);
}

/** Options that every public measure takes. */
export interface MeasureOptions
  extends Pick<Settings, "bins" | "outside" | "offset" | "memory">,
    Pick<Work, "signal" | "onProgress" | "pool"> {}

/** What is left of checked options for the engines. */
export function engineOptions({
  bins,
  outside = "drop",
  offset = "fixed",
  memory = DEFAULT_MEMORY,
  signal,
  onProgress,
  pool,
}: MeasureOptions): EngineOptions {
  return { bins: binCounts(bins), outside, offset, signal, onProgress, pool, memory };
}
