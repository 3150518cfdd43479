/** Equal-width bins over a range: left-closed, the last one closed at the top. */

import { parse } from "../checks/schema/parse.ts";
import { bins as binsSchema, isRange, range as rangeSchema } from "../checks/schema/scalars.ts";

/** A range of values, both ends included; the lower end comes first. Bins divide it into equal parts. */
export type Range = readonly [low: number, high: number];

/** What becomes of outputs outside the output range: left out (and the rest renormalised), or counted in the end bin. */
export type OutsidePolicy = "drop" | "clamp";

/** One number for both sides, or one for each. */
export type BinsSpec = number | { readonly input: number; readonly output: number };

/** Bins per input and per output, where they differ. */
export interface BinCounts {
  readonly input: number;
  readonly output: number;
}

/** In place of a bin: the value is outside the range, and such values are dropped. */
export const OUTSIDE = -1;

/** The real line cut where the bin changes: `bins[s]` is the bin, or `OUTSIDE`, of every value in `[thresholds[s − 1], thresholds[s])`. */
export interface Cuts {
  /** Ascending, finite, without repeats. */
  readonly thresholds: Float64Array;
  /** One more than thresholds. */
  readonly bins: Int32Array;
  /** Bins there are. */
  readonly count: number;
}

/** @throws InvalidInputError unless both ends are finite and the first is below the second. */
export function validRange(range: readonly [number, number], who: string): Range {
  // A network has thousands of ranges, most of them right.
  if (!isRange(range)) return parse(rangeSchema, range, who);
  return [range[0], range[1]];
}

/** @throws InvalidInputError unless both numbers of bins are whole and 2 … 65,536. */
export function validBins(bins: BinsSpec, who: string): BinCounts {
  return binCounts(parse(binsSchema, bins, who));
}

/** Of both sides. */
export function binCounts(bins: BinsSpec): BinCounts {
  return typeof bins === "number" ? { input: bins, output: bins } : { input: bins.input, output: bins.output };
}

/**
 * The `count + 1` edges of equal bins; the last is exactly `high`. With a `shift` above 0 and below 1, the first inner edge is at that part of a
 * bin, and there is a bin more: the first and the last are cut by the ends of the range.
 */
export function binEdges(count: number, [low, high]: Range, shift = 0): Float64Array {
  if (shift > 0) {
    return Float64Array.from({ length: count + 2 }, (_, k) =>
      k === 0 ? low : k === count + 1 ? high : low + ((high - low) * (k - 1 + shift)) / count,
    );
  }
  const edges = new Float64Array(count + 1);
  for (let k = 0; k < count; k++) edges[k] = low + ((high - low) * k) / count;
  edges[count] = high;
  return edges;
}
