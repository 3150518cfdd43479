/** From a matrix of pairs to their sum, and from two estimates to their difference. */
import { type Estimate, type EstimateMatrix, estimate } from "../information/estimate.ts";

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

/** `a − b` of independent estimates. */
export function difference(a: Estimate, b: Estimate, warnings: readonly string[]): Estimate {
  return estimate({
    bits: a.bits - b.bits,
    standardError: Math.hypot(a.standardError, b.standardError),
    samples: a.samples + b.samples,
    method: "derived",
    outside: Math.max(a.outside, b.outside),
    warnings,
  });
}
