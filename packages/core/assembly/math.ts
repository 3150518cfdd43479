// e^x and ln x, two at a time, after FreeBSD's e_exp.c and e_log.c (Sun Microsystems 1993): within 1 ulp. The twins in
// packages/core/src/kernels/typescript/math.ts do the same operations in the same order.

// @ts-ignore: decorator
@inline const LN2_HI: f64 = 6.93147180369123816490e-1;
// @ts-ignore: decorator
@inline const LN2_LO: f64 = 1.90821492927058770002e-10;
// Adding and taking it away rounds to a whole number, which then stands in the low bits.
// @ts-ignore: decorator
@inline const ROUND: f64 = 6755399441055744.0;

/** e^x; 0 below −746, ∞ above 710. */
// @ts-ignore: decorator
@inline export function exp2(x: v128): v128 {
  const clamped = f64x2.pmax(f64x2.pmin(x, f64x2.splat(710)), f64x2.splat(-746));
  const shifted = f64x2.add(f64x2.mul(clamped, f64x2.splat(1.44269504088896338700)), f64x2.splat(ROUND));
  const k = f64x2.sub(shifted, f64x2.splat(ROUND));
  const hi = f64x2.sub(clamped, f64x2.mul(k, f64x2.splat(LN2_HI)));
  const lo = f64x2.mul(k, f64x2.splat(LN2_LO));
  const r = f64x2.sub(hi, lo);
  const t = f64x2.mul(r, r);
  let p = f64x2.add(f64x2.mul(t, f64x2.splat(4.13813679705723846039e-8)), f64x2.splat(-1.65339022054652515390e-6));
  p = f64x2.add(f64x2.mul(t, p), f64x2.splat(6.61375632143793436117e-5));
  p = f64x2.add(f64x2.mul(t, p), f64x2.splat(-2.77777777770155933842e-3));
  p = f64x2.add(f64x2.mul(t, p), f64x2.splat(1.66666666666666019037e-1));
  const c = f64x2.sub(r, f64x2.mul(t, p));
  const y = f64x2.add(
    f64x2.splat(1),
    f64x2.add(f64x2.sub(f64x2.div(f64x2.mul(r, c), f64x2.sub(f64x2.splat(2), c)), lo), hi),
  );
  // 2^k in two factors, for k may lie beyond what one exponent holds.
  const whole = i64x2.sub(shifted, f64x2.splat(ROUND));
  const half = i64x2.shr_s(whole, 1);
  const rest = i64x2.sub(whole, half);
  const one = i64x2.splat(1023);
  return f64x2.mul(f64x2.mul(y, i64x2.shl(i64x2.add(half, one), 52)), i64x2.shl(i64x2.add(rest, one), 52));
}

/** ln x of normal x > 0. */
// @ts-ignore: decorator
@inline export function log2lanes(x: v128): v128 {
  const off = i64x2.splat(0x3fe6a09e00000000);
  const above = i64x2.sub(x, off);
  const exponent = i64x2.shr_s(above, 52);
  const m = i64x2.sub(x, i64x2.shl(exponent, 52));
  const k = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(exponent, exponent, 0, 2, 0, 2));
  const f = f64x2.sub(m, f64x2.splat(1));
  const halfSquare = f64x2.mul(f64x2.splat(0.5), f64x2.mul(f, f));
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  let even = f64x2.add(f64x2.mul(w, f64x2.splat(1.531383769920937332e-1)), f64x2.splat(2.222219843214978396e-1));
  even = f64x2.add(f64x2.mul(w, even), f64x2.splat(3.999999999940941908e-1));
  let odd = f64x2.add(f64x2.mul(w, f64x2.splat(1.479819860511658591e-1)), f64x2.splat(1.818357216161805012e-1));
  odd = f64x2.add(f64x2.mul(w, odd), f64x2.splat(2.857142874366239149e-1));
  odd = f64x2.add(f64x2.mul(w, odd), f64x2.splat(6.666666666666735130e-1));
  const r = f64x2.add(f64x2.mul(w, even), f64x2.mul(z, odd));
  // ((s (½f² + R) + k ln2_lo) − ½f²) + f + k ln2_hi
  const t = f64x2.add(f64x2.mul(s, f64x2.add(halfSquare, r)), f64x2.mul(k, f64x2.splat(LN2_LO)));
  return f64x2.add(f64x2.add(f64x2.sub(t, halfSquare), f), f64x2.mul(k, f64x2.splat(LN2_HI)));
}

/** y[i] = e^x[i]; both have room for an even number of values. */
export function expArray(x: usize, y: usize, count: i32): void {
  for (const end = x + (<usize>count << 3); x < end; x += 16, y += 16) v128.store(y, exp2(v128.load(x)));
}

/** y[i] = ln x[i]; both have room for an even number of values. */
export function logArray(x: usize, y: usize, count: i32): void {
  for (const end = x + (<usize>count << 3); x < end; x += 16, y += 16) v128.store(y, log2lanes(v128.load(x)));
}
