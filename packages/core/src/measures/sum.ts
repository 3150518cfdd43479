/** From a matrix of pairs to their sum, and from two estimates to their difference. */
import { hypot } from "../information/elementary.ts";
import {
  type Estimate,
  type EstimateMatrix,
  estimate,
  evidenceOfSum,
  jointFreedom,
  opposite,
  placeOfSum,
} from "../information/estimate.ts";

/** Sum of all pairs; the errors of independent pairs add in quadrature. */
export function sumOfPairs(matrix: EstimateMatrix): Estimate {
  return estimate({
    bits: matrix.bits.reduce((sum, bits) => sum + bits, 0),
    standardError: Math.sqrt(matrix.standardError.reduce((sum, error) => sum + error * error, 0)),
    samples: matrix.samples,
    method: matrix.method,
    outside: matrix.outside.reduce((sum, share) => sum + share, 0) / matrix.outside.length,
    warnings: matrix.warnings,
  });
}

/**
 * `a − b` of independent estimates. Where either is known by more than its standard error, so is the difference: its bracket, the errors
 * of the bracket's ends and its proved bounds follow by the rules of `placeOfSum()`. It keeps the evidence of both.
 */
export function difference(a: Estimate, b: Estimate, warnings: readonly string[]): Estimate {
  const evidence = evidenceOfSum([a, b]);
  return estimate({
    bits: a.bits - b.bits,
    standardError: hypot(a.standardError, b.standardError),
    degreesOfFreedom: jointFreedom([a, b]),
    ...((a.standardError > 0 || b.standardError > 0) && placeOfSum([a, opposite(b)])),
    samples: a.samples + b.samples,
    method: "derived",
    ...(evidence && { evidence }),
    outside: Math.max(a.outside, b.outside),
    ...(a.occupied !== undefined && { occupied: a.occupied }),
    warnings,
  });
}
