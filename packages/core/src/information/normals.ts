/** Normal numbers from uniform ones. */
import { log } from "./elementary.ts";
import type { Random } from "./random.ts";

/** Standard normal numbers, two at a time (Marsaglia's polar method). */
export function normals(random: Random): () => number {
  let spare = Number.NaN;
  return () => {
    if (!Number.isNaN(spare)) {
      const held = spare;
      spare = Number.NaN;
      return held;
    }
    for (;;) {
      const u = 2 * random.uniform() - 1;
      const v = 2 * random.uniform() - 1;
      const radius = u * u + v * v;
      if (radius >= 1 || radius === 0) continue;
      const scale = Math.sqrt((-2 * log(radius)) / radius);
      spare = v * scale;
      return u * scale;
    }
  };
}
