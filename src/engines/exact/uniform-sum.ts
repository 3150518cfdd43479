/** Which of the two representations serves a sum of uniforms: its Fourier series, or piecewise polynomials. */
import type { Cdf } from "./cdf.ts";
import { fourierCdf, fourierShrunkCdfs } from "./fourier.ts";
import { PiecewiseCdf } from "./piecewise.ts";

/** Up to this many terms the polynomials are few. */
const FEW = 4;

/** The sum of uniforms with these half-widths, all > 0, at least one. */
export function uniformSumCdf(halfWidths: readonly number[]): Cdf {
  return (halfWidths.length > FEW ? fourierCdf(halfWidths) : undefined) ?? PiecewiseCdf.of(halfWidths);
}

/** As a function of k: the sum with term k shrunk to 1/`parts` of its width. */
export function shrunkSumCdfs(halfWidths: readonly number[], parts: number): (k: number) => Cdf {
  const series = halfWidths.length > FEW ? fourierShrunkCdfs(halfWidths, parts) : undefined;
  return series ?? ((k) => PiecewiseCdf.of(halfWidths.map((s, other) => (other === k ? s / parts : s))));
}
