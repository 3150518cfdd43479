/** Sines and cosines of the multiples of one angle. */
import { cos, sin } from "../../information/elementary.ts";

/** Multiples between two that are computed afresh: turning adds less than an ulp each time. */
const STRETCH = 16;

/**
 * Writes cos and sin of 2π · q · `turns` for q = 1 … `count` to `at`, `at + step`, …; by turning, from values that are exact at every
 * sixteenth: each is within 4e-15.
 */
export function harmonics(
  turns: number,
  count: number,
  cosines: Float64Array,
  sines: Float64Array,
  at: number,
  step: number,
): void {
  const c = cos(2 * Math.PI * turns);
  const s = sin(2 * Math.PI * turns);
  let x = 1;
  let y = 0;
  for (let q = 1, place = at; q <= count; q++, place += step) {
    if (q % STRETCH === 1) {
      const angle = 2 * Math.PI * (q * turns);
      x = cos(angle);
      y = sin(angle);
    } else {
      const turned = x * c - y * s;
      y = x * s + y * c;
      x = turned;
    }
    cosines[place] = x;
    sines[place] = y;
  }
}
