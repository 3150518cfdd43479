/** From a matrix of pairs to their sum, and from two estimates to their difference. */
import { hypot } from "../information/elementary.ts";
import { type Estimate, type EstimateMatrix, estimate, jointFreedom } from "../information/estimate.ts";

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

/** Where the true value of an estimate lies at most: its bracket, or the value itself where it is exact. */
function boundsOf(of: Estimate): readonly [number, number] | undefined {
  return of.bracket ?? (of.method === "exact" ? [of.bits, of.bits] : undefined);
}

/** `a − b` of independent estimates. */
export function difference(a: Estimate, b: Estimate, warnings: readonly string[]): Estimate {
  const [boundsA, boundsB] = [boundsOf(a), boundsOf(b)];
  const bracket = boundsA && boundsB && ([boundsA[0] - boundsB[1], boundsA[1] - boundsB[0]] as const);
  return estimate({
    bits: a.bits - b.bits,
    standardError: hypot(a.standardError, b.standardError),
    degreesOfFreedom: jointFreedom([a, b]),
    ...(bracket && (a.standardError > 0 || b.standardError > 0) && { bracket }),
    samples: a.samples + b.samples,
    method: "derived",
    outside: Math.max(a.outside, b.outside),
    warnings,
  });
}
