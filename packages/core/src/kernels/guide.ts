/** A guide into ascending thresholds: where to begin to look. */

const PARTS = 256;

export interface Guide {
  readonly low: number;
  /** Parts per unit; 0 where there are fewer than two thresholds. */
  readonly scale: number;
  /** `[256]`: how many thresholds are at or below the low end of each of 256 equal parts of their span. */
  readonly segments: Int32Array;
}

export function guideOf(thresholds: Float64Array): Guide {
  const low = thresholds[0] ?? 0;
  const span = thresholds.length < 2 ? 0 : thresholds.at(-1)! - low;
  const segments = new Int32Array(PARTS);
  for (let part = 0, s = 0; part < PARTS; part++) {
    const end = low + (span * part) / PARTS;
    while (s < thresholds.length && thresholds[s]! <= end) s++;
    segments[part] = s;
  }
  // A span that overflows guides nowhere.
  return { low, scale: span > 0 && span < Infinity ? PARTS / span : 0, segments };
}
