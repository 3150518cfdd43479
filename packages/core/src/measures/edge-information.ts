/** EI_parts: what each input alone tells about each output alone, while all other inputs are noise. */
import { ALL_INPUTS } from "../estimators/engine.ts";
import { withOccupied } from "../estimators/occupied.ts";
import { pairwise, pairwiseSum } from "../estimators/pairwise.ts";
import type { Estimate, EstimateMatrix } from "../information/estimate.ts";
import { type Mechanism, requireMechanism } from "../model/mechanism.ts";
import { type PairOptions, pairOptions } from "./measure-options.ts";
import { sumOfPairs } from "./sum.ts";

/**
 * The terms `I(x̂_i; ŷ_j)` of EI_parts under do(L1 = H^max), `[inputs, outputs]`, in bits, each 0 … log2(bins)
 * (Mattsson, Michaud & Hoel, "Examining the causal structures of deep neural networks using information theory"). Exact for dense
 * layers, to 1e-9 bit per pair; sampled for other mechanisms.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 0], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const { bits } = await eiPartsMatrix(layer, { bins: 8 });
 * console.log([...bits].map((term) => term.toFixed(3)).join(" ")); // 1.968 0.406 0.000 0.406
 * ```
 * @throws InvalidInputError for options out of range; the signal's reason when cancelled.
 */
export async function eiPartsMatrix(mechanism: Mechanism, options: PairOptions): Promise<EstimateMatrix> {
  requireMechanism(mechanism, "eiPartsMatrix()");
  return pairwise(mechanism, ALL_INPUTS, pairOptions(options, "eiPartsMatrix()"));
}

/**
 * `EI_parts = Σ_ij I(x̂_i; ŷ_j)` in bits, under do(L1 = H^max): the sum of `eiPartsMatrix()`. Between 0 and inputs · outputs · log2(bins).
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const { bits, method } = await eiParts(layer, { bins: 8 });
 * console.log(bits.toFixed(3), method); // 1.625 exact
 * ```
 * @throws InvalidInputError for options out of range; the signal's reason when cancelled.
 */
export async function eiParts(mechanism: Mechanism, options: PairOptions): Promise<Estimate> {
  requireMechanism(mechanism, "eiParts()");
  const checked = pairOptions(options, "eiParts()");
  const sum =
    (await pairwiseSum(mechanism, ALL_INPUTS, checked)) ?? sumOfPairs(await pairwise(mechanism, ALL_INPUTS, checked));
  return withOccupied(sum, mechanism, checked);
}
