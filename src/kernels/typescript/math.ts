/**
 * e^x and ln x after FreeBSD's e_exp.c and e_log.c (Sun Microsystems 1993): within 1 ulp, and the same bits on every machine, which
 * Math.exp and Math.log do not promise. Twins of assembly/math.ts: the same operations in the same order.
 */

const LN2_HI = 6.931471803691238e-1;
const LN2_LO = 1.9082149292705877e-10;
/** Adding and taking it away rounds to a whole number. */
const ROUND = 6755399441055744;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** 2^k from k = −538 on: what each of two factors of 2^−1076 … 2^1024 may be. */
const LEAST = 538;
const powers = Float64Array.from({ length: LEAST + 513 }, (_, i) => 2 ** (i - LEAST));

/** e^x; 0 below −746, ∞ above 710. */
export function exp(x: number): number {
  const clamped = Math.max(-746, Math.min(710, x));
  const k = clamped * Math.LOG2E + ROUND - ROUND;
  const hi = clamped - k * LN2_HI;
  const lo = k * LN2_LO;
  const r = hi - lo;
  const t = r * r;
  const p =
    t *
      (t * (t * (t * 4.1381367970572385e-8 + -1.6533902205465252e-6) + 6.613756321437934e-5) + -2.7777777777015593e-3) +
    1.6666666666666602e-1;
  const c = r - t * p;
  const y = 1 + ((r * c) / (2 - c) - lo + hi);
  // 2^k in two factors, for k may lie beyond what one exponent holds.
  const whole = k | 0;
  const half = whole >> 1;
  return y * powers[half + LEAST]! * powers[whole - half + LEAST]!;
}

/** ln x of normal x > 0. */
export function log(x: number): number {
  double[0] = x;
  const high = words[1]!;
  const exponent = (high - 0x3fe6a09e) >> 20;
  words[1] = high - (exponent << 20);
  const k = exponent;
  const f = double[0]! - 1;
  const halfSquare = 0.5 * (f * f);
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (w * 1.5313837699209373e-1 + 2.2222198432149784e-1) + 3.999999999940942e-1;
  const odd =
    w * (w * (w * 1.4798198605116586e-1 + 1.818357216161805e-1) + 2.857142874366239e-1) + 6.666666666666735e-1;
  const r = w * even + z * odd;
  // ((s (½f² + R) + k ln2_lo) − ½f²) + f + k ln2_hi
  return s * (halfSquare + r) + k * LN2_LO - halfSquare + f + k * LN2_HI;
}
