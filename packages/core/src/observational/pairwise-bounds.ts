/**
 * Information of points seen through Gaussian noise, from pairwise distances (Kolchinsky & Tracey 2017): T = h + N(0, σ² I), h one of the
 * points with equal chance. Bits. Always 0 ≤ lower bound ≤ I(h; T) ≤ upper bound ≤ log2 N.
 */

import { check, requireCount } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { positive } from "../checks/schema/scalars.ts";
import { log } from "../information/elementary.ts";
import { type Estimate, estimate } from "../information/estimate.ts";
import type { Samples } from "../information/samples.ts";
import { closeness, type GroupedPoints } from "../kernels/closeness.ts";

/** Beyond this exponent a term adds less than e^−46 = 1e−20 to sums of at least 1, and is left out. */
const NEGLIGIBLE = 46;

/**
 * Proved bounds as an estimate, in bits: `bounds` and, the same, its interval; `bits` is the middle of them, and the
 * standard error how far they are from it, which no error exceeds.
 */
export interface PairwiseBounds extends Estimate {
  readonly bounds: readonly [lower: number, upper: number];
}

/** On what points seen through noise tell of their labels. */
export interface PairwiseLabelBounds extends PairwiseBounds {
  /** Of the points themselves, from the same distances. */
  readonly ofPoints: PairwiseBounds;
  /**
   * H_up(T) − Σ p(y) H_up(T|y), and the same of the lower bounds: what is often printed as I(Y; T). Differences of two bounds from one side
   * are estimates, which bound nothing. Bits.
   */
  readonly differences: BoundDifferences;
}

/** Differences of two upper and of two lower bounds, in bits. They bound nothing. */
export interface BoundDifferences {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Proved bounds on I(h; T) in bits, of T = a point h picked at random + Gaussian noise, from the distances of the
 * points (Kolchinsky & Tracey 2017): within 0 and log2 of the number of points. O(N²) distances.
 *
 * @param variance Of the noise in each dimension, above 0.
 * @example
 * ```ts
 * // Two points, two deviations apart: 1 − log2(1 + e^−½) … 1 − log2(1 + e^−2) bits.
 * const { bounds } = pairwiseBounds({ values: Float64Array.of(0, 2), dimensions: 1 }, 1);
 * console.log(bounds[0].toFixed(3), bounds[1].toFixed(3)); // 0.316 0.817
 * ```
 * @throws InvalidInputError for no points or a variance that is not above 0.
 */
export function pairwiseBounds(points: Samples, variance: number): PairwiseBounds {
  return pairwiseLabelBounds(points, new Int32Array(points.values.length / points.dimensions), variance).ofPoints;
}

/**
 * Proved bounds on I(Y; T) in bits for the label Y of each point, T the point seen through Gaussian noise: from above
 * H_up(T) − Σ p(y) H_low(T|y), from below H_low(T) − Σ p(y) H_up(T|y). Where the lower one comes out below 0 or the
 * upper one above H(Y), these are better bounds, and are what is returned.
 *
 * @param labels Any numbers, one for each point; equal ones are the same label. @param variance Of the noise in each
 *   dimension, above 0.
 * @example
 * ```ts
 * const points = { values: Float64Array.of(0, 1, 10, 11), dimensions: 1 };
 * const { bounds } = pairwiseLabelBounds(points, [0, 0, 1, 1], 0.01);
 * console.log(bounds[0].toFixed(3), bounds[1].toFixed(3)); // 1.000 1.000
 * ```
 * @throws InvalidInputError as `pairwiseBounds`, or for another number of labels.
 */
export function pairwiseLabelBounds(
  { values, dimensions }: Samples,
  labels: ArrayLike<number>,
  variance: number,
): PairwiseLabelBounds {
  const count = values.length / dimensions;
  check(count > 0, { who: "pairwiseBounds()", expected: "points", got: "none" });
  parse(positive, variance, "pairwiseBounds(): variance");
  requireCount(labels, count, "pairwiseLabelBounds()", "labels");
  const points = grouped({ values, dimensions }, labels);
  const { wide, narrow } = closeness(points, 1 / (8 * variance), NEGLIGIBLE);
  const [whole, within] = [
    { lower: 0, upper: 0 },
    { lower: 0, upper: 0 },
  ];
  let entropy = 0;
  for (const { start, size } of points.groups) {
    entropy -= (size / count) * log(size / count);
    for (let at = start; at < start + size; at++) {
      // 1 is what a point is to itself.
      within.lower -= log((1 + wide.within[at]!) / size);
      within.upper -= log((1 + narrow.within[at]!) / size);
      whole.lower -= log((1 + wide.within[at]! + wide.across[at]!) / count);
      whole.upper -= log((1 + narrow.within[at]! + narrow.across[at]!) / count);
    }
  }
  const mean = ({ lower, upper }: BoundDifferences) => ({
    lower: lower / count / Math.LN2,
    upper: upper / count / Math.LN2,
  });
  const ofPoints = mean(whole);
  const ofLabels = mean(within);
  const upper = Math.min(entropy / Math.LN2, ofPoints.upper - ofLabels.lower);
  return {
    // Never above the other by rounding.
    ...between(Math.min(upper, Math.max(0, ofPoints.lower - ofLabels.upper)), upper, count),
    ofPoints: between(ofPoints.lower, ofPoints.upper, count),
    differences: { lower: ofPoints.lower - ofLabels.lower, upper: ofPoints.upper - ofLabels.upper },
  };
}

function between(lower: number, upper: number, samples: number): PairwiseBounds {
  const bounds = [lower, upper] as const;
  const [bits, standardError] = [(lower + upper) / 2, (upper - lower) / 2];
  return {
    ...estimate({ bits, standardError, bounds, samples, method: "exact", outside: 0, warnings: [] }),
    bounds,
    interval: bounds,
  };
}

/** Points label by label, and within a label by the dimension that varies most, which becomes the first: far ones are then soon passed over. */
function grouped({ values, dimensions }: Samples, labels: ArrayLike<number>): GroupedPoints {
  const count = labels.length;
  const key = mostVaried({ values, dimensions });
  const order = Int32Array.from({ length: count }, (_, point) => point).sort(
    (a, b) => labels[a]! - labels[b]! || values[a * dimensions + key]! - values[b * dimensions + key]! || a - b,
  );
  const groups: { start: number; size: number }[] = [];
  let pitch = 0;
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && labels[order[to]!] === labels[order[from]!]) to++;
    groups.push({ start: pitch, size: to - from });
    // Groups begin at even rows.
    pitch += to - from + ((to - from) & 1);
    from = to;
  }
  const found = new Float64Array(dimensions * pitch).fill(Infinity, 0, pitch);
  let next = 0;
  for (const { start, size } of groups) {
    for (let at = start; at < start + size; at++) {
      const point = order[next++]! * dimensions;
      for (let d = 0; d < dimensions; d++) found[d * pitch + at] = values[point + d]!;
      found[key * pitch + at] = values[point]!;
      found[at] = values[point + key]!;
    }
  }
  return { values: found, pitch, units: dimensions, groups };
}

function mostVaried({ values, dimensions }: Samples): number {
  const count = values.length / dimensions;
  let [best, most] = [0, -1];
  for (let d = 0; d < dimensions; d++) {
    let [mean, spread] = [0, 0];
    for (let point = 0; point < count; point++) {
      const delta = values[point * dimensions + d]! - mean;
      mean += delta / (point + 1);
      spread += delta * (values[point * dimensions + d]! - mean);
    }
    if (spread > most) [best, most] = [d, spread];
  }
  return best;
}
