/** φ_feedforward: what only the whole layer carries. */
import { type Estimate, requireEstimate } from "../information/estimate.ts";
import { difference } from "./sum.ts";

/**
 * Integrated information φ_feedforward, `EI − EI_parts`, in bits: what only the whole layer carries. It can be negative (Mattsson, Michaud
 * & Hoel).
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const ei = await effectiveInformation(layer, { bins: 8 });
 * const { bits } = integration(ei, await eiParts(layer, { bins: 8 }));
 * console.log(bits.toFixed(3)); // 1.871
 * ```
 * @throws InvalidInputError for what is no estimate.
 */
export function integration(effectiveInformation: Estimate, eiParts: Estimate): Estimate {
  for (const each of [effectiveInformation, eiParts]) requireEstimate(each, "integration()");
  return difference(effectiveInformation, eiParts, []);
}
