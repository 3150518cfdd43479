/** Equal-width bins over a range: left-closed, the last one closed at the top. */
import { InvalidInputError } from "../checks/errors.ts";

export type Range = readonly [low: number, high: number];

/** What becomes of outputs outside the output range: left out (and the rest renormalised), or counted in the end bin. */
export type OutsidePolicy = "drop" | "clamp";

/** One number for both sides, or one for each. */
export type BinsSpec = number | { readonly input: number; readonly output: number };

export interface BinCounts {
  readonly input: number;
  readonly output: number;
}

export const MAX_BINS = 2 ** 16;

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
  const [low, high] = Array.isArray(range) && range.length === 2 ? range : [Number.NaN, Number.NaN];
  if (!Number.isFinite(low) || !Number.isFinite(high) || !(low < high) || !Number.isFinite(high - low)) {
    throw new InvalidInputError({
      who,
      expected:
        low < high && Number.isFinite(low) && Number.isFinite(high)
          ? "a range of a finite width"
          : "a range [low, high] of two finite numbers with low < high",
      got: JSON.stringify(range) ?? "nothing",
    });
  }
  return [low, high];
}

/** @throws InvalidInputError unless both numbers of bins are whole and 2 … 65,536. */
export function validBins(bins: BinsSpec, who: string): BinCounts {
  const counts =
    typeof bins === "number" ? { input: bins, output: bins } : { input: bins?.input, output: bins?.output };
  for (const count of [counts.input, counts.output]) {
    if (!Number.isInteger(count) || count < 2 || count > MAX_BINS) {
      throw new InvalidInputError({
        who,
        expected: `bins, a whole number from 2 to ${MAX_BINS}, or { input, output } of such`,
        got: JSON.stringify(bins) ?? "nothing",
      });
    }
  }
  return counts;
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
