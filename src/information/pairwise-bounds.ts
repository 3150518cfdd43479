/**
 * Information of points seen through Gaussian noise, from pairwise distances (Kolchinsky & Tracey 2017): T = h + N(0, σ² I), h one of the
 * points with equal chance. Nats. Always 0 ≤ lower ≤ I(h; T) ≤ upper ≤ ln N.
 */
import { InvalidInputError } from "../errors.ts";
import { exp, log } from "./elementary.ts";
import type { Samples } from "./samples.ts";

export interface PairwiseBounds {
  readonly lower: number;
  readonly upper: number;
}

/** On what points seen through noise tell of their labels. */
export interface PairwiseLabelBounds extends PairwiseBounds {
  /** Of the points themselves, from the same distances. */
  readonly ofPoints: PairwiseBounds;
  /**
   * H_up(T) − Σ p(y) H_up(T|y), and the same of the lower bounds: what is often printed as I(Y; T). Differences of two bounds from one side
   * are estimates, which bound nothing.
   */
  readonly differences: PairwiseBounds;
}

/** @throws InvalidInputError for no points or a variance that is not above 0. O(N²) distances. */
export function pairwiseBounds(points: Samples, variance: number): PairwiseBounds {
  return pairwiseLabelBounds(points, new Int32Array(points.values.length / points.dimensions), variance).ofPoints;
}

/**
 * Bounds on I(Y; T) for the label of each point: from above H_up(T) − Σ p(y) H_low(T|y), from below H_low(T) − Σ p(y) H_up(T|y). Where the
 * lower one comes out below 0 or the upper one above H(Y), these are better bounds, and are what is returned.
 *
 * @throws InvalidInputError as `pairwiseBounds`, or for another number of labels.
 */
export function pairwiseLabelBounds(
  { values, dimensions }: Samples,
  labels: ArrayLike<number>,
  variance: number,
): PairwiseLabelBounds {
  const count = values.length / dimensions;
  if (count === 0 || !(variance > 0 && variance < Infinity)) {
    const got = `${count} points, variance ${variance}`;
    throw new InvalidInputError({ who: "pairwiseBounds()", expected: "points, and a variance above 0", got });
  }
  if (labels.length !== count) {
    throw new InvalidInputError({ who: "pairwiseLabelBounds()", expected: `${count} labels`, got: `${labels.length}` });
  }
  // Sums over all points, and over those of the same label.
  const ones = () => new Float64Array(count).fill(1);
  const [near, far, nearOwn, farOwn] = [ones(), ones(), ones(), ones()];
  for (let i = 0; i < count; i++) {
    // Each pair once: what i is to j, j is to i.
    for (let j = i + 1; j < count; j++) {
      let square = 0;
      for (let d = 0; d < dimensions; d++) {
        const gap = values[i * dimensions + d]! - values[j * dimensions + d]!;
        square += gap * gap;
      }
      const exponent = square / (8 * variance);
      // Beyond this nothing is added to a sum that begins with 1.
      if (exponent > 40) continue;
      const wide = exp(-exponent);
      const narrow = wide * wide * wide * wide;
      near[i]! += narrow;
      near[j]! += narrow;
      far[i]! += wide;
      far[j]! += wide;
      if (labels[i] !== labels[j]) continue;
      nearOwn[i]! += narrow;
      nearOwn[j]! += narrow;
      farOwn[i]! += wide;
      farOwn[j]! += wide;
    }
  }
  const sizes = new Map<number, number>();
  for (let row = 0; row < count; row++) sizes.set(labels[row]!, (sizes.get(labels[row]!) ?? 0) + 1);
  const mean = (sums: Float64Array, among: (row: number) => number) =>
    sums.reduce((sum, value, row) => sum - log(value / among(row)), 0) / count;
  const all = () => count;
  const own = (row: number) => sizes.get(labels[row]!)!;
  const entropy = [...sizes.values()].reduce((sum, size) => sum - (size / count) * log(size / count), 0);
  const ofPoints = { lower: mean(far, all), upper: mean(near, all) };
  const within = { lower: mean(farOwn, own), upper: mean(nearOwn, own) };
  const upper = Math.min(entropy, ofPoints.upper - within.lower);
  return {
    // Never above the other by rounding.
    lower: Math.min(upper, Math.max(0, ofPoints.lower - within.upper)),
    upper,
    ofPoints,
    differences: { lower: ofPoints.lower - within.lower, upper: ofPoints.upper - within.upper },
  };
}
