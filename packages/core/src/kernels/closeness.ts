/** Sums over all pairs of points of how close they are, within groups and across them; compiled or plain. */

import { likelihoodKernels } from "./likelihood-instance.ts";
import { kernelPath } from "./path.ts";
import * as plain from "./typescript/closeness.ts";

/** Points in groups, one after the other. */
export interface GroupedPoints {
  /** `[units, pitch]`: unit 0 ascends within each group, and is ∞ for the row that fills an odd group up to an even one. */
  readonly values: Float64Array;
  readonly pitch: number;
  readonly units: number;
  /** Where each group begins, an even row, and how many points it has. */
  readonly groups: readonly { readonly start: number; readonly size: number }[];
}

/** Sums for each row, `[pitch]`, over the other points of its group and over those of other groups; a point's own term is not in them. */
export interface Closeness {
  /** Σ exp(−scale · d²). */
  readonly wide: { readonly within: Float64Array; readonly across: Float64Array };
  /** Σ exp(−4 scale · d²). */
  readonly narrow: { readonly within: Float64Array; readonly across: Float64Array };
}

/** The sums, without terms whose exponent scale · d² is above `most`. */
export function closeness(points: GroupedPoints, scale: number, most: number): Closeness {
  const { values, pitch, units, groups } = points;
  const farthest = most / scale;
  // Keys are subtracted with rounding: a little more, so that none is left out that its distance keeps.
  const reach = Math.sqrt(farthest) * (1 + 1e-9);
  const compiled = kernelPath() === "wasm";
  const instance = compiled ? likelihoodKernels.acquire() : undefined;
  try {
    const at = instance?.put(values) ?? 0;
    const sums = Array.from({ length: 4 }, () => instance?.alloc(8 * pitch) ?? 0);
    const arrays = sums.map((from) => instance?.f64(from, pitch) ?? new Float64Array(pitch));
    for (const [g, a] of groups.entries()) {
      for (const b of groups.slice(g)) {
        const [wide, narrow] = a === b ? [0, 2] : [1, 3];
        const rows = [a.start, a.start + a.size, b.start, b.start + b.size] as const;
        if (instance === undefined) {
          plain.addPairs(values, pitch, units, ...rows, scale, farthest, reach, arrays[wide]!, arrays[narrow]!);
        } else {
          instance.exports.addPairs(at, pitch, units, ...rows, scale, farthest, reach, sums[wide]!, sums[narrow]!);
        }
      }
    }
    const [wideWithin, wideAcross, narrowWithin, narrowAcross] = arrays.map((sum) => sum.slice());
    return {
      wide: { within: wideWithin!, across: wideAcross! },
      narrow: { within: narrowWithin!, across: narrowAcross! },
    };
  } finally {
    if (instance !== undefined) likelihoodKernels.release(instance);
  }
}
