/** A layer's place in the causal plane, with how well it is known. */
import type { Estimate } from "../information/estimate.ts";

/** What a place in the plane needs of a value. */
export type PlaneValue = Pick<Estimate, "bits" | "standardError">;

/** A point of the causal plane, and the shape of its error. In bits. */
export interface PlanePoint {
  readonly ei: PlaneValue;
  readonly degeneracy: PlaneValue;
  readonly sensitivity: PlaneValue;
  /**
   * Of EI and degeneracy, in bits²: minus the variance of EI, for degeneracy is sensitivity − EI and the two are measured independently. With the
   * squared standard errors it makes the error ellipse.
   */
  readonly covariance: number;
  /** covariance / (standard errors): −1 where sensitivity is exact and the ellipse is a segment of a line; 0 where EI is exact. */
  readonly correlation: number;
}

/**
 * Where a layer stands in the causal plane: EI, degeneracy and sensitivity with their standard errors, and how the errors of EI and degeneracy go
 * together.
 *
 * @param measures of `measureLayer()`, `causalPlane()`, a layer of `measure()`, or rows of a run by their measure.
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const { ei, covariance, correlation } = planePoint(await measureLayer(layer, { bins: 8 }));
 * console.log(covariance === -(ei.standardError ** 2), correlation); // true -1
 * ```
 */
export function planePoint({
  ei,
  degeneracy,
  sensitivity,
}: {
  readonly ei: PlaneValue;
  readonly degeneracy: PlaneValue;
  readonly sensitivity: PlaneValue;
}): PlanePoint {
  const covariance = ei.standardError === 0 ? 0 : -ei.standardError * ei.standardError;
  const scale = ei.standardError * degeneracy.standardError;
  // Rounding of the standard errors, which are stored apart, must not lead beyond −1.
  const correlation =
    sensitivity.standardError === 0 && covariance !== 0 ? -1 : scale > 0 ? Math.max(-1, covariance / scale) : 0;
  return { ei: known(ei), degeneracy: known(degeneracy), sensitivity: known(sensitivity), covariance, correlation };
}

function known({ bits, standardError }: PlaneValue): PlaneValue {
  return { bits, standardError };
}
