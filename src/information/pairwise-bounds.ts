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

/** @throws InvalidInputError for no points or a variance that is not above 0. O(N²) distances. */
export function pairwiseBounds(points: Samples, variance: number): PairwiseBounds {
  const rows = Int32Array.from({ length: points.values.length / points.dimensions }, (_, row) => row);
  return boundsOf(points, rows, variance);
}

function boundsOf({ values, dimensions }: Samples, rows: Int32Array, variance: number): PairwiseBounds {
  if (rows.length === 0 || !(variance > 0 && variance < Infinity)) {
    const got = `${rows.length} points, variance ${variance}`;
    throw new InvalidInputError({ who: "pairwiseBounds()", expected: "points, and a variance above 0", got });
  }
  const count = rows.length;
  // Each pair once: what i is to j, j is to i.
  const [near, far] = [new Float64Array(count).fill(1), new Float64Array(count).fill(1)];
  for (let i = 0; i < count; i++) {
    const from = rows[i]! * dimensions;
    for (let j = i + 1; j < count; j++) {
      const to = rows[j]! * dimensions;
      let square = 0;
      for (let d = 0; d < dimensions; d++) {
        const gap = values[from + d]! - values[to + d]!;
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
    }
  }
  const mean = (sums: Float64Array) => sums.reduce((sum, value) => sum - log(value / count), 0) / count;
  return { lower: mean(far), upper: mean(near) };
}

/**
 * Bounds on I(Y; T) for the label of each point: from above H_up(T) − Σ p(y) H_low(T|y), from below H_low(T) − Σ p(y) H_up(T|y). The
 * difference of two upper or two lower bounds, which is often printed, bounds nothing. Where the lower bound comes out below 0, 0 is a
 * better one, and is what is returned.
 *
 * @throws InvalidInputError as `pairwiseBounds`, or for another number of labels.
 */
export function pairwiseLabelBounds(points: Samples, labels: ArrayLike<number>, variance: number): PairwiseBounds {
  const count = points.values.length / points.dimensions;
  if (labels.length !== count) {
    throw new InvalidInputError({ who: "pairwiseLabelBounds()", expected: `${count} labels`, got: `${labels.length}` });
  }
  const whole = pairwiseBounds(points, variance);
  const members = new Map<number, number[]>();
  for (let row = 0; row < count; row++) {
    const rows = members.get(labels[row]!);
    if (rows === undefined) members.set(labels[row]!, [row]);
    else rows.push(row);
  }
  let [lower, upper] = [whole.lower, whole.upper];
  for (const rows of members.values()) {
    const within = boundsOf(points, Int32Array.from(rows), variance);
    lower -= (rows.length / count) * within.upper;
    upper -= (rows.length / count) * within.lower;
  }
  return { lower: Math.max(0, lower), upper };
}
