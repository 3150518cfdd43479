/** Degeneracy: sensitivity that overlaps, and so does not arrive as EI. */
import { type Estimate, requireEstimate } from "../information/estimate.ts";
import { isOfEdges } from "./edge-crossings.ts";
import { difference } from "./sum.ts";

/**
 * Degeneracy, `sensitivity − EI`, in bits: how much the effects of different inputs overlap (Mattsson, Michaud & Hoel). It is negative at
 * coarse bins, where an edge's whole effect can fall inside one bin; a warning says so then.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const ei = await effectiveInformation(layer, { bins: 8 });
 * const { bits } = degeneracy(await sensitivity(layer, { bins: 8 }), ei);
 * console.log(bits.toFixed(3)); // 4.376
 * ```
 * @throws InvalidInputError for what is no estimate.
 */
export function degeneracy(sensitivity: Estimate, effectiveInformation: Estimate): Estimate {
  for (const each of [sensitivity, effectiveInformation]) requireEstimate(each, "degeneracy()");
  const negative = sensitivity.bits - effectiveInformation.bits < -2 * effectiveInformation.standardError - 1e-9;
  return difference(sensitivity, effectiveInformation, [
    ...sensitivity.warnings.filter(isOfEdges),
    ...(negative ? ["degeneracy is below 0: at these bins single connections transmit less than the whole layer"] : []),
  ]);
}
