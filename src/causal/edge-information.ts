/** EI_parts: what each input alone tells about each output alone, while all other inputs are noise. */
import { ALL_INPUTS, engineOptions, type MeasureOptions } from "../engines/engine.ts";
import { exactEngine } from "../engines/exact/exact-engine.ts";
import type { Estimate, EstimateMatrix } from "../information/estimate.ts";
import type { Mechanism } from "../network/mechanism.ts";
import { sumOfPairs } from "./sum.ts";

/**
 * The terms `I(x̂_i; ŷ_j)` of EI_parts under do(L1 = H^max), `[inputs, outputs]`, in bits, each 0 … log2(bins); exact
 * (Mattsson, Michaud & Hoel, "Examining the causal structures of deep neural networks using information theory").
 *
 * @throws InvalidInputError for options out of range; the signal's reason when cancelled.
 */
export async function eiPartsMatrix(mechanism: Mechanism, options: MeasureOptions): Promise<EstimateMatrix> {
  return exactEngine.pairwise(mechanism, ALL_INPUTS, engineOptions(options, "eiPartsMatrix()"));
}

/** `EI_parts = Σ_ij I(x̂_i; ŷ_j)` in bits: the sum of `eiPartsMatrix`, with its options and errors. */
export async function eiParts(mechanism: Mechanism, options: MeasureOptions): Promise<Estimate> {
  return sumOfPairs(await exactEngine.pairwise(mechanism, ALL_INPUTS, engineOptions(options, "eiParts()")));
}
