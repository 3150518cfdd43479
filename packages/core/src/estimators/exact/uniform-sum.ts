/** Which of the two representations serves a sum of uniforms: its Fourier series, or piecewise polynomials. */
import type { Cdf } from "./cdf.ts";
import { fourierCdf } from "./fourier.ts";
import { PiecewiseCdf } from "./piecewise.ts";

/** Up to this many terms the polynomials are few. */
export const FEW = 5;

/** The sum of uniforms with these half-widths, all > 0, at least one. */
export function uniformSumCdf(halfWidths: readonly number[]): Cdf {
  const series = halfWidths.length > FEW ? fourierCdf(Float64Array.from(halfWidths)) : undefined;
  return series ?? PiecewiseCdf.of(halfWidths);
}
