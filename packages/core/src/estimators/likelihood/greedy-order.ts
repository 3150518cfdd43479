/**
 * The order in which a rectangle's coordinates are drawn, and the Cholesky factor in that order. The coordinate that is least likely to
 * fall into its intervals, given those before it at their means, comes first (Gibson, Glasbey & Elston, "Monte Carlo evaluation of
 * multivariate normal integrals and sensitivity to variate ordering", 1994): that keeps the simulator's weights alike.
 */
import { exp } from "../../information/elementary.ts";
import { normalMass } from "../../kernels/typescript/normal.ts";

/** Intervals of each coordinate: those of coordinate j are `start[j]` … `start[j + 1] − 1`. Ascending, disjoint, in units of z. */
export interface Intervals {
  readonly start: Int32Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export interface GreedyOrder {
  /** Coordinates in their order, the first `rank` independent of each other; what follows is a function of those. */
  readonly order: Int32Array;
  readonly rank: number;
  /** `[rank, stride]`: L in the order found. */
  readonly factor: Float64Array;
  readonly stride: number;
}

/** A coordinate that those before it leave less of its variance than this share depends on them. */
const DEPENDENT = 1e-10;
const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

/** `covariance`: `[count, count]`; writes the factor to `factor`, whose rows have the length `stride`. */
export function greedyOrder(
  covariance: Float64Array,
  count: number,
  { start, lower, upper }: Intervals,
  factor: Float64Array,
  stride: number,
): GreedyOrder {
  const order = Int32Array.from({ length: count }, (_, j) => j);
  const variance = Float64Array.from({ length: count }, (_, j) => covariance[j * count + j]!);
  const mean = new Float64Array(count);
  // Rows of L by coordinate, as they grow.
  const rows = new Float64Array(count * count);
  let rank = 0;
  for (; rank < count; rank++) {
    let [best, least] = [-1, Infinity];
    for (let at = rank; at < count; at++) {
      const j = order[at]!;
      if (!(variance[j]! > DEPENDENT * covariance[j * count + j]!)) continue;
      const scale = 1 / Math.sqrt(variance[j]!);
      let probability = 0;
      for (let r = start[j]!; r < start[j + 1]!; r++) {
        probability += normalMass((lower[r]! - mean[j]!) * scale, (upper[r]! - mean[j]!) * scale);
      }
      if (probability < least) [best, least] = [at, probability];
    }
    if (best < 0) break;
    const chosen = order[best]!;
    order[best] = order[rank]!;
    order[rank] = chosen;
    const pivot = Math.sqrt(variance[chosen]!);
    const own = rows.subarray(chosen * count, chosen * count + rank);
    factor.set(own, rank * stride);
    factor[rank * stride + rank] = pivot;
    const typical = meanWithin(start, lower, upper, chosen, mean[chosen]!, pivot);
    for (let at = rank + 1; at < count; at++) {
      const j = order[at]!;
      let sum = covariance[j * count + chosen]!;
      const row = j * count;
      for (let k = 0; k < rank; k++) sum -= rows[row + k]! * own[k]!;
      const slope = sum / pivot;
      rows[row + rank] = slope;
      variance[j]! -= slope * slope;
      mean[j]! += slope * typical;
    }
  }
  return { order, rank, factor, stride };
}

/** Mean of the standard normal behind a coordinate within its intervals. */
function meanWithin(
  start: Int32Array,
  lower: Float64Array,
  upper: Float64Array,
  j: number,
  mean: number,
  deviation: number,
): number {
  let [mass, moment] = [0, 0];
  for (let r = start[j]!; r < start[j + 1]!; r++) {
    const a = (lower[r]! - mean) / deviation;
    const b = (upper[r]! - mean) / deviation;
    mass += normalMass(a, b);
    moment += density(a) - density(b);
  }
  if (mass > 1e-300) return moment / mass;
  // Beyond what doubles hold: the nearest end.
  const a = (lower[start[j]!]! - mean) / deviation;
  const b = (upper[start[j + 1]! - 1]! - mean) / deviation;
  return a > 0 ? a : b;
}

function density(x: number): number {
  return exp(-0.5 * x * x) / ROOT_TWO_PI;
}
