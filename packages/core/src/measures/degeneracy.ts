/** Degeneracy: sensitivity that overlaps, and so does not arrive as EI. */
import type { Estimate } from "../information/estimate.ts";
import { isOfEdges } from "./edge-crossings.ts";
import { difference } from "./sum.ts";

/**
 * `sensitivity − EI` in bits (Mattsson, Michaud & Hoel). Negative at coarse bins, where an edge's whole effect can fall inside one
 * bin: correct, and said in a warning.
 */
export function degeneracy(sensitivity: Estimate, effectiveInformation: Estimate): Estimate {
  const negative = sensitivity.bits - effectiveInformation.bits < -2 * effectiveInformation.standardError - 1e-9;
  return difference(sensitivity, effectiveInformation, [
    ...sensitivity.warnings.filter(isOfEdges),
    ...(negative
      ? ["degeneracy is below 0: at these bins single connections show less than the whole layer transmits"]
      : []),
  ]);
}
