// How close points are to each other, two at a time: what pairwise bounds on the entropy of a mixture sum up. Twin:
// packages/core/src/kernels/typescript/closeness.ts, which says what the arguments are.
import { exp2 } from "./math";

// @ts-ignore: decorator
@inline function lanes(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

export function addPairs(
  values: usize,
  pitch: i32,
  units: i32,
  from: i32,
  to: i32,
  otherFrom: i32,
  otherTo: i32,
  scale: f64,
  farthest: f64,
  reach: f64,
  wide: usize,
  narrow: usize,
): void {
  const along = <usize>pitch << 3;
  const itself = from == otherFrom;
  const scales = f64x2.splat(-scale);
  const limit = f64x2.splat(farthest);
  const second = i64x2(0, -1);
  let first = otherFrom;
  for (let row = from; row < to; row++) {
    const key = load<f64>(values + (<usize>row << 3));
    if (itself) first = (row + 1) & ~1;
    else while (first < otherTo && load<f64>(values + (<usize>first << 3)) < key - reach) first++;
    let wideSum = f64x2.splat(0);
    let narrowSum = f64x2.splat(0);
    let other = first & ~1;
    // A row and its own partner: only the second lane is another row.
    if (itself && (row & 1) == 0) other = row;
    for (; other < otherTo; other += 2) {
      const column = values + (<usize>other << 3);
      if (load<f64>(column) - key > reach) break;
      let distance = f64x2.splat(0);
      for (let unit = 0, at: usize = 0; unit < units; unit++, at += along) {
        const difference = f64x2.sub(v128.load(column + at), v128.load64_splat(values + at + (<usize>row << 3)));
        distance = f64x2.add(distance, f64x2.mul(difference, difference));
        if ((unit & 3) == 3 && !v128.any_true(f64x2.le(distance, limit))) break;
      }
      let near = f64x2.le(distance, limit);
      if (itself && other == row) near = v128.and(near, second);
      if (!v128.any_true(near)) continue;
      near = v128.and(near, exp2(f64x2.mul(distance, scales)));
      const square = f64x2.mul(near, near);
      const fourth = f64x2.mul(square, square);
      wideSum = f64x2.add(wideSum, near);
      narrowSum = f64x2.add(narrowSum, fourth);
      const w = wide + (<usize>other << 3);
      const n = narrow + (<usize>other << 3);
      v128.store(w, f64x2.add(v128.load(w), near));
      v128.store(n, f64x2.add(v128.load(n), fourth));
    }
    const w = wide + (<usize>row << 3);
    const n = narrow + (<usize>row << 3);
    store<f64>(w, load<f64>(w) + lanes(wideSum));
    store<f64>(n, load<f64>(n) + lanes(narrowSum));
  }
}
