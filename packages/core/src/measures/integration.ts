/** φ_feedforward: what only the whole layer carries. */
import type { Estimate } from "../information/estimate.ts";
import { difference } from "./sum.ts";

/** `EI − EI_parts` in bits; can be negative (Mattsson, Michaud & Hoel). */
export function integration(effectiveInformation: Estimate, eiParts: Estimate): Estimate {
  return difference(effectiveInformation, eiParts, []);
}
