/** How values are written for a reader: errors, ranges, percentages, notes. */

import type { Estimate } from "@causalscope/core";
import { escaped } from "@causalscope/core/basics";
import { type Known, tellingEnds } from "@causalscope/core/internal";

/** A line for each note, which may hold names and words out of files. */
export function noteLines(notes: readonly string[]): string {
  return notes.map((note) => `Note: ${escaped(note)}.\n`).join("");
}

/**
 * `8.123 ± 0.012`, with as many digits as the error deserves; an exact value without an error. Bounds are added where they say
 * something next to the error: `12.3 ± 4.0 [5.1, 19.0]`.
 */
export function bits(value: Bits): string {
  const { bits, standardError } = value;
  if (standardError === 0) return decimals(bits);
  const known = tellingEnds(value);
  return `${withError(bits, standardError)}${known === undefined ? "" : ` ${range(known.ends, digitsOf(standardError))}`}`;
}

type Bits = Pick<Estimate, "bits"> & Known;

/** `[5.1, 19.0]`. */
export function range(ends: readonly [number, number], digits: number): string {
  return `[${ends.map((end) => decimals(end, digits)).join(", ")}]`;
}

/** `8.123 ± 0.012`. */
export function withError(value: number, standardError: number): string {
  const digits = digitsOf(standardError);
  return `${decimals(value, digits)} ± ${standardError.toFixed(digits)}`;
}

/** Decimals that a value with such an error deserves. */
function digitsOf(standardError: number): number {
  if (standardError === 0) return 3;
  const magnitude = Math.floor(Math.log10(standardError));
  return standardError < 5e-4 ? Math.min(9, -magnitude) : Math.min(3, Math.max(0, 1 - magnitude));
}

/** Three decimals unless told otherwise, and no minus before a zero. */
export function decimals(value: number, digits = 3): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** A p-value or a false discovery rate. */
export function probability(value: number): string {
  return value < 1e-4 ? "< 0.0001" : value.toFixed(4);
}

export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
