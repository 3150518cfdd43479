// The standard normal law, two at a time. Twin: packages/core/src/kernels/typescript/normal.ts, which says after whom; where it branches, both ways are
// computed and one is taken, the rarer only if a lane needs it.
import { exp2, log2lanes } from "./math";

// @ts-ignore: decorator
@inline const FAR: f64 = 7.07106781186547;
// @ts-ignore: decorator
@inline const LEAST_NORMAL: f64 = 2.2250738585072014e-308;

/** p x + c: a step of Horner's rule. */
// @ts-ignore: decorator
@inline function next(p: v128, x: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(p, x), f64x2.splat(c));
}

/** b where the mask is set, else a. */
// @ts-ignore: decorator
@inline export function choose(a: v128, b: v128, mask: v128): v128 {
  return v128.bitselect(b, a, mask);
}

/** Φ(−t) for t ≥ 0. */
function tail(t: v128): v128 {
  const e = exp2(f64x2.mul(f64x2.splat(-0.5), f64x2.mul(t, t)));
  let numerator = next(f64x2.splat(0.0352624965998911), t, 0.700383064443688);
  numerator = next(numerator, t, 6.37396220353165);
  numerator = next(numerator, t, 33.912866078383);
  numerator = next(numerator, t, 112.079291497871);
  numerator = next(numerator, t, 221.213596169931);
  numerator = next(numerator, t, 220.206867912376);
  let denominator = next(f64x2.splat(0.0883883476483184), t, 1.75566716318264);
  denominator = next(denominator, t, 16.064177579207);
  denominator = next(denominator, t, 86.7807322029461);
  denominator = next(denominator, t, 296.564248779674);
  denominator = next(denominator, t, 637.333633378831);
  denominator = next(denominator, t, 793.826512519948);
  denominator = next(denominator, t, 440.413735824752);
  const near = f64x2.div(f64x2.mul(e, numerator), denominator);
  const far = f64x2.ge(t, f64x2.splat(FAR));
  if (!v128.any_true(far)) return near;
  let fraction = f64x2.add(t, f64x2.splat(0.65));
  fraction = f64x2.add(t, f64x2.div(f64x2.splat(4), fraction));
  fraction = f64x2.add(t, f64x2.div(f64x2.splat(3), fraction));
  fraction = f64x2.add(t, f64x2.div(f64x2.splat(2), fraction));
  fraction = f64x2.add(t, f64x2.div(f64x2.splat(1), fraction));
  return choose(near, f64x2.div(f64x2.div(e, fraction), f64x2.splat(2.506628274631)), far);
}

/** Φ(x). */
// @ts-ignore: decorator
@inline export function normalCdf(x: v128): v128 {
  const p = tail(f64x2.abs(x));
  return choose(f64x2.sub(f64x2.splat(1), p), p, f64x2.lt(x, f64x2.splat(0)));
}

/** ln x of x > 0, also of subnormal x. */
// @ts-ignore: decorator
@inline function logOf(x: v128): v128 {
  const subnormal = f64x2.lt(x, f64x2.splat(LEAST_NORMAL));
  if (!v128.any_true(subnormal)) return log2lanes(x);
  const scaled = log2lanes(choose(x, f64x2.mul(x, f64x2.splat(18014398509481984)), subnormal));
  return choose(scaled, f64x2.sub(scaled, f64x2.splat(54 * 0.6931471805599453)), subnormal);
}

/** Φ⁻¹(p) for 0 < p < 1; −∞ at 0, ∞ at 1. */
// @ts-ignore: decorator
@inline export function normalQuantile(p: v128): v128 {
  const zero = f64x2.splat(0);
  const q = f64x2.sub(p, f64x2.splat(0.5));
  const central = f64x2.le(f64x2.abs(q), f64x2.splat(0.425));
  const middle = centre(q);
  if (i64x2.all_true(central)) return middle;
  const negative = f64x2.lt(q, zero);
  const nearer = choose(f64x2.sub(f64x2.splat(1), p), p, negative);
  const root = f64x2.sqrt(f64x2.neg(logOf(nearer)));
  const far = f64x2.gt(root, f64x2.splat(5));
  let size = nearTail(f64x2.sub(root, f64x2.splat(1.6)));
  if (v128.any_true(far)) size = choose(size, farTail(f64x2.sub(root, f64x2.splat(5))), far);
  size = choose(f64x2.splat(Infinity), size, f64x2.gt(nearer, zero));
  return choose(choose(size, f64x2.neg(size), negative), middle, central);
}

// @ts-ignore: decorator
@inline function centre(q: v128): v128 {
  const r = f64x2.sub(f64x2.splat(0.180625), f64x2.mul(q, q));
  let numerator = next(f64x2.splat(2509.0809287301227), r, 33430.57558358813);
  numerator = next(numerator, r, 67265.7709270087);
  numerator = next(numerator, r, 45921.95393154987);
  numerator = next(numerator, r, 13731.69376550946);
  numerator = next(numerator, r, 1971.5909503065513);
  numerator = next(numerator, r, 133.14166789178438);
  numerator = next(numerator, r, 3.3871328727963665);
  let denominator = next(f64x2.splat(5226.495278852854), r, 28729.085735721943);
  denominator = next(denominator, r, 39307.89580009271);
  denominator = next(denominator, r, 21213.794301586597);
  denominator = next(denominator, r, 5394.196021424751);
  denominator = next(denominator, r, 687.1870074920579);
  denominator = next(denominator, r, 42.31333070160091);
  denominator = next(denominator, r, 1);
  return f64x2.div(f64x2.mul(q, numerator), denominator);
}

// @ts-ignore: decorator
@inline function nearTail(r: v128): v128 {
  let numerator = next(f64x2.splat(0.0007745450142783414), r, 0.022723844989269184);
  numerator = next(numerator, r, 0.2417807251774506);
  numerator = next(numerator, r, 1.2704582524523684);
  numerator = next(numerator, r, 3.6478483247632045);
  numerator = next(numerator, r, 5.769497221460691);
  numerator = next(numerator, r, 4.630337846156546);
  numerator = next(numerator, r, 1.4234371107496835);
  let denominator = next(f64x2.splat(1.0507500716444169e-9), r, 0.0005475938084995345);
  denominator = next(denominator, r, 0.015198666563616457);
  denominator = next(denominator, r, 0.14810397642748008);
  denominator = next(denominator, r, 0.6897673349851);
  denominator = next(denominator, r, 1.6763848301838038);
  denominator = next(denominator, r, 2.053191626637759);
  denominator = next(denominator, r, 1);
  return f64x2.div(numerator, denominator);
}

// @ts-ignore: decorator
@inline function farTail(r: v128): v128 {
  let numerator = next(f64x2.splat(2.0103343992922881e-7), r, 2.7115555687434876e-5);
  numerator = next(numerator, r, 0.0012426609473880784);
  numerator = next(numerator, r, 0.026532189526576124);
  numerator = next(numerator, r, 0.29656057182850487);
  numerator = next(numerator, r, 1.7848265399172913);
  numerator = next(numerator, r, 5.463784911164114);
  numerator = next(numerator, r, 6.657904643501103);
  let denominator = next(f64x2.splat(2.0442631033899397e-15), r, 1.421511758316446e-7);
  denominator = next(denominator, r, 1.8463183175100548e-5);
  denominator = next(denominator, r, 0.0007868691311456133);
  denominator = next(denominator, r, 0.014875361290850615);
  denominator = next(denominator, r, 0.1369298809227358);
  denominator = next(denominator, r, 0.599832206555888);
  denominator = next(denominator, r, 1);
  return f64x2.div(numerator, denominator);
}
