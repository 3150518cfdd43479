/** Sensitivity: how well each connection transmits while every other input is held at 0. */

import { numbersOf } from "../checks/schema/lists.ts";
import { parse } from "../checks/schema/parse.ts";
import { finite } from "../checks/schema/scalars.ts";
import type { Intervention } from "../estimators/engine.ts";
import { withOccupied } from "../estimators/occupied.ts";
import { pairwise, pairwiseSum } from "../estimators/pairwise.ts";
import type { Estimate, EstimateMatrix } from "../information/estimate.ts";
import { type Mechanism, requireMechanism } from "../model/mechanism.ts";
import { crossingWarnings } from "./edge-crossings.ts";
import { type PairOptions, pairOptions } from "./measure-options.ts";
import { sumOfPairs } from "./sum.ts";

/** What `sensitivity()` and `sensitivityMatrix()` take. */
export interface SensitivityOptions extends Omit<PairOptions, "noise"> {
  /**
   * Where the other inputs rest: at 0 (the default, the reference implementation's rule), in the middle of their ranges, or at
   * a value given for all or for each.
   */
  readonly rest?: number | "middle" | ArrayLike<number>;
}

/**
 * `I(x̂_i; ŷ_j)` under do(x_i = H^max) with every other input held at `rest`, `[inputs, outputs]`, in bits, each 0 … log2(bins)
 * (Mattsson, Michaud & Hoel, "Examining the causal structures of deep neural networks using information theory"). Exact for dense
 * layers; sampled for other mechanisms.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 0], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const { bits } = await sensitivityMatrix(layer, { bins: 8 });
 * console.log([...bits].map((term) => term.toFixed(3)).join(" ")); // 1.968 1.968 0.000 1.968
 * ```
 * @throws InvalidInputError for options out of range; the signal's reason when cancelled.
 */
export async function sensitivityMatrix(mechanism: Mechanism, options: SensitivityOptions): Promise<EstimateMatrix> {
  const who = "sensitivityMatrix()";
  const { intervention, warnings } = oneInput(mechanism, options, who);
  const checked = pairOptions(options, who);
  const matrix = await pairwise(mechanism, intervention, checked);
  const crossings = crossingWarnings(mechanism, intervention, checked);
  return { ...matrix, warnings: [...matrix.warnings, ...warnings, ...crossings] };
}

/**
 * `Σ_ij I(x̂_i; ŷ_j)` in bits, one input noisy at a time: the sum of `sensitivityMatrix()`. Between 0 and inputs · outputs · log2(bins).
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const { bits } = await sensitivity(layer, { bins: 8, rest: "middle" });
 * console.log(bits.toFixed(3)); // 7.872
 * ```
 * @throws InvalidInputError for options out of range; the signal's reason when cancelled.
 */
export async function sensitivity(mechanism: Mechanism, options: SensitivityOptions): Promise<Estimate> {
  const who = "sensitivity()";
  const { intervention, warnings } = oneInput(mechanism, options, who);
  const checked = pairOptions(options, who);
  const sum =
    (await pairwiseSum(mechanism, intervention, checked)) ??
    sumOfPairs(await pairwise(mechanism, intervention, checked));
  const crossings = crossingWarnings(mechanism, intervention, checked);
  return withOccupied({ ...sum, warnings: [...sum.warnings, ...warnings, ...crossings] }, mechanism, checked);
}

function oneInput(
  mechanism: Mechanism,
  options: SensitivityOptions,
  who: string,
): { intervention: Intervention; warnings: string[] } {
  requireMechanism(mechanism, who);
  const rest = restingValues(mechanism, options.rest ?? 0, who);
  const intervention = { noise: "one input", rest } as const;
  const away = mechanism.inputRanges.findIndex(([low, high], i) => rest[i]! < low || rest[i]! > high);
  if (away < 0 || mechanism.inputs === 1) return { intervention, warnings: [] };
  const [low, high] = mechanism.inputRanges[away]!;
  return {
    intervention,
    warnings: [`other inputs are held at ${rest[away]}, which is outside the input range (${low}, ${high})`],
  };
}

/** Where the other inputs rest, one for each input. */
export function restingValues(
  { inputs, inputRanges }: Mechanism,
  rest: number | "middle" | ArrayLike<number>,
  who: string,
): Float64Array {
  if (rest === "middle") return Float64Array.from(inputRanges, ([low, high]) => low + (high - low) / 2);
  if (typeof rest === "number") return new Float64Array(inputs).fill(parse(finite, rest, `${who}: rest`));
  const words = `a finite number, "middle", or ${inputs} finite numbers, one per input`;
  return Float64Array.from(parse(numbersOf(inputs, words), rest, `${who}: rest`));
}
