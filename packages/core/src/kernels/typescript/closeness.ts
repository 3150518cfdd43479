/** Twin of assembly/closeness.ts: the same operations in the same order, sums over even and odd rows apart. */
import { exp } from "../../information/elementary.ts";

/**
 * Adds to each row of two stretches Σ exp(−scale · d²) to `wide`, and of the fourth powers to `narrow`, over the rows of the other stretch; of
 * one stretch with itself, where both begin at one place, over its other rows. Rows further apart than d² = `farthest` are left out.
 *
 * @param values `[units, pitch]`: unit 0 ascends within each stretch. Stretches begin at even rows; a row that fills one up to an even
 *   length has ∞ for unit 0.
 * @param reach The square root of `farthest`, or more.
 */
export function addPairs(
  values: Float64Array,
  pitch: number,
  units: number,
  from: number,
  to: number,
  otherFrom: number,
  otherTo: number,
  scale: number,
  farthest: number,
  reach: number,
  wide: Float64Array,
  narrow: Float64Array,
): void {
  const itself = from === otherFrom;
  let first = otherFrom;
  for (let row = from; row < to; row++) {
    const key = values[row]!;
    if (itself) first = row + 1;
    else while (first < otherTo && values[first]! < key - reach) first++;
    const wideSums = [0, 0] as [number, number];
    const narrowSums = [0, 0] as [number, number];
    for (let other = itself ? first : first & ~1; other < otherTo; other++) {
      // The compiled loop looks at the even row of two.
      if (values[other & ~1]! - key > reach) break;
      let distance = 0;
      for (let unit = 0, at = 0; unit < units && distance <= farthest; unit++, at += pitch) {
        const difference = values[at + other]! - values[at + row]!;
        distance += difference * difference;
      }
      if (!(distance <= farthest)) continue;
      const near = exp(distance * -scale);
      const square = near * near;
      const fourth = square * square;
      const lane = (other & 1) as 0 | 1;
      wideSums[lane] += near;
      narrowSums[lane] += fourth;
      wide[other]! += near;
      narrow[other]! += fourth;
    }
    wide[row]! += wideSums[0] + wideSums[1];
    narrow[row]! += narrowSums[0] + narrowSums[1];
  }
}
