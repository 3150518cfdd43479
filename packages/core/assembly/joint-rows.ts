// The joint table of one input's bin and one output's bin, row by row, and what mutual information needs of it. Twin:
// packages/core/src/kernels/typescript/joint-rows.ts, which says what the arguments are.

/** out[r, s] = Σ_k weights[r, k] · values[k, s], added in the order of k; four rows and four columns at a time. */
export function product(
  weights: usize,
  pitch: i32,
  rows: i32,
  terms: i32,
  values: usize,
  stride: i32,
  out: usize,
): void {
  const down = <usize>stride << 3;
  const along = <usize>pitch << 3;
  for (let r = 0; r < rows; r += 4) {
    for (let s: usize = 0; s < down; s += 32) {
      let a0 = f64x2.splat(0);
      let a1 = a0;
      let b0 = a0;
      let b1 = a0;
      let c0 = a0;
      let c1 = a0;
      let d0 = a0;
      let d1 = a0;
      let value = values + s;
      let a = weights;
      let b = a + along;
      let c = b + along;
      let d = c + along;
      for (const end = a + (<usize>terms << 3); a < end; a += 8, b += 8, c += 8, d += 8, value += down) {
        const v0 = v128.load(value);
        const v1 = v128.load(value, 16);
        let w = v128.load64_splat(a);
        a0 = f64x2.add(a0, f64x2.mul(w, v0));
        a1 = f64x2.add(a1, f64x2.mul(w, v1));
        w = v128.load64_splat(b);
        b0 = f64x2.add(b0, f64x2.mul(w, v0));
        b1 = f64x2.add(b1, f64x2.mul(w, v1));
        w = v128.load64_splat(c);
        c0 = f64x2.add(c0, f64x2.mul(w, v0));
        c1 = f64x2.add(c1, f64x2.mul(w, v1));
        w = v128.load64_splat(d);
        d0 = f64x2.add(d0, f64x2.mul(w, v0));
        d1 = f64x2.add(d1, f64x2.mul(w, v1));
      }
      let to = out + s;
      v128.store(to, a0);
      v128.store(to, a1, 16);
      to += down;
      v128.store(to, b0);
      v128.store(to, b1, 16);
      to += down;
      v128.store(to, c0);
      v128.store(to, c1, 16);
      to += down;
      v128.store(to, d0);
      v128.store(to, d1, 16);
    }
    weights += along << 2;
    out += down << 2;
  }
}

// Weights below this count as this in a logarithm: 0 · ln 0 is 0, and nothing larger is moved by a bit.
// @ts-ignore: decorator
@inline const TINY: f64 = 1e-300;

// p ln p of 0 ≤ p, in error by some 1e-16 of p: x = 2^k m, and ln m = ln c + ln(1 + r), 1/c and ln c from the table, |r| ≤ 2^−9.
// Without the division, and with the constants that it takes, this is twice as fast as the logarithm of math.ts.
// @ts-ignore: decorator
@inline function timesLog(p: v128, logs: usize): v128 {
  const x = f64x2.pmax(f64x2.splat(TINY), p);
  const a = v128.load(logs + (<usize>(i64x2.extract_lane(x, 0) >> 40) & 0xff0));
  const b = v128.load(logs + (<usize>(i64x2.extract_lane(x, 1) >> 40) & 0xff0));
  const inverse = v128.shuffle<f64>(a, b, 0, 2);
  const logOfC = v128.shuffle<f64>(a, b, 1, 3);
  const exponent = i32x4.sub(i32x4.shr_u(x, 20), i32x4.splat(1023));
  const k = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(exponent, exponent, 1, 3, 1, 3));
  const m = v128.or(v128.and(x, i64x2.splat(0xfffffffffffff)), f64x2.splat(1));
  const r = f64x2.sub(f64x2.mul(m, inverse), f64x2.splat(1));
  const square = f64x2.mul(r, r);
  const low = f64x2.sub(f64x2.mul(r, f64x2.splat(0.3333333333333333)), f64x2.splat(0.5));
  const high = f64x2.sub(f64x2.mul(r, f64x2.splat(0.2)), f64x2.splat(0.25));
  const near = f64x2.add(r, f64x2.mul(square, f64x2.add(low, f64x2.mul(square, high))));
  const far = f64x2.add(f64x2.mul(k, f64x2.splat(0.6931471805599453)), logOfC);
  return f64x2.mul(p, f64x2.add(far, near));
}

// @ts-ignore: decorator
@inline function lanes(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

export function addRows(
  even: usize,
  odd: usize,
  centres: usize,
  rows: i32,
  mirrored: i32,
  halfWidth: f64,
  thresholds: usize,
  keep: usize,
  columnOf: usize,
  row: usize,
  columns: usize,
  stride: i32,
  sums: usize,
  logs: usize,
): void {
  const bytes = <usize>stride << 3;
  for (let r = 0; r < rows; r++) {
    const centre = load<f64>(centres);
    addRow(even, odd, 1, centre, halfWidth, thresholds, keep, columnOf, row, columns, bytes, sums, logs);
    if (mirrored != 0 && centre != 0) {
      addRow(even, odd, -1, centre, halfWidth, thresholds, keep, columnOf, row, columns, bytes, sums, logs);
    }
    even += bytes;
    odd += bytes;
    centres += 8;
  }
}

function addRow(
  even: usize,
  odd: usize,
  sign: f64,
  centre: f64,
  halfWidth: f64,
  thresholds: usize,
  keep: usize,
  columnOf: usize,
  row: usize,
  columns: usize,
  bytes: usize,
  sums: usize,
  logs: usize,
): void {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const signs = f64x2.splat(sign);
  const shift = f64x2.splat(sign * centre);
  const high = f64x2.splat(halfWidth);
  const low = f64x2.splat(-halfWidth);
  let joint = v128.load(sums);
  let outside = v128.load(sums, 16);
  let sum = zero;
  let before = zero;
  for (let s: usize = 0; s < bytes; s += 16) {
    const value = f64x2.sub(v128.load(even + s), f64x2.mul(signs, v128.load(odd + s)));
    const t = f64x2.sub(v128.load(thresholds + s), shift);
    let f = f64x2.pmin(one, f64x2.pmax(zero, value));
    f = v128.bitselect(one, f, f64x2.ge(t, high));
    f = v128.andnot(f, f64x2.le(t, low));
    const p = f64x2.pmax(zero, f64x2.sub(f, v128.shuffle<f64>(before, f, 1, 2)));
    before = f;
    const kept = f64x2.mul(p, v128.load(keep + s));
    outside = f64x2.add(outside, f64x2.sub(p, kept));
    v128.store(row + s, kept);
  }
  if (columnOf != 0) {
    // Several segments share a column: gathered behind the row first.
    const gathered = row + bytes;
    for (let s: usize = 0; s < bytes; s += 8) {
      const at = gathered + (<usize>load<f64>(columnOf + s) << 3);
      store<f64>(at, load<f64>(at) + load<f64>(row + s));
    }
    memory.copy(row, gathered, bytes);
    memory.fill(gathered, 0, bytes);
  }
  for (let s: usize = 0; s < bytes; s += 16) {
    const kept = v128.load(row + s);
    if (!v128.any_true(kept)) continue;
    joint = f64x2.add(joint, timesLog(kept, logs));
    sum = f64x2.add(sum, kept);
    v128.store(columns + s, f64x2.add(v128.load(columns + s), kept));
  }
  v128.store(sums, joint);
  v128.store(sums, outside, 16);
  const total = lanes(sum);
  store<f64>(sums, load<f64>(sums, 32) + f64x2.extract_lane(timesLog(f64x2.splat(total), logs), 0), 32);
  store<f64>(sums, load<f64>(sums, 40) + total, 40);
}

export function endTable(columns: usize, stride: i32, logs: usize): f64 {
  let sum = f64x2.splat(0);
  for (const end = columns + (<usize>stride << 3); columns < end; columns += 16) {
    sum = f64x2.add(sum, timesLog(v128.load(columns), logs));
    v128.store(columns, f64x2.splat(0));
  }
  return lanes(sum);
}
