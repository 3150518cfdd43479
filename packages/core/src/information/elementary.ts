/**
 * Elementary functions with the same bits on every machine, which Math.exp, Math.log and ** do not promise (and break, between versions
 * of one engine), after FreeBSD's e_exp.c, e_log.c, k_sin.c and k_cos.c (Sun Microsystems 1993), within 1 ulp. e^x and ln x are the twins
 * of assembly/math.ts: the same operations in the same order. Sines fill small tables only, and are not compiled.
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

const LEAST_NORMAL = 2.2250738585072014e-308;

/** Logarithms of what has none that is finite. */
function beyond(x: number): number {
  return x === 0 ? -Infinity : x === Infinity ? Infinity : Number.NaN;
}

/** ln (1 + x), also of small x. */
export function log1p(x: number): number {
  const u = 1 + x;
  // What rounding took from x, times the slope.
  return u === 1 || !(u > 0) || u === Infinity ? (u === 1 ? x : beyond(u)) : log(u) + (x - (u - 1)) / u;
}

/** e^x − 1, also of small x (Kahan): the rounding of e^x cancels against that of its logarithm. */
export function expm1(x: number): number {
  const u = exp(x);
  if (u === 1) return x;
  if (x > 40 || x < -40) return u - 1;
  return ((u - 1) * x) / log(u);
}

/** artanh x for |x| < 1. */
export function atanh(x: number): number {
  const t = Math.abs(x);
  const half = 0.5 * log1p((2 * t) / (1 - t));
  return x < 0 ? -half : half;
}

/** log2 x of normal x > 0; exact for powers of two. */
export function log2(x: number): number {
  double[0] = x;
  const high = words[1]!;
  const k = (high - 0x3fe6a09e) >> 20;
  words[1] = high - (k << 20);
  return k + log(double[0]!) / Math.LN2;
}

/** x^y of normal x > 0. */
export function power(x: number, y: number): number {
  return exp(y * log(x));
}

export function square(x: number): number {
  return x * x;
}

/** √(x² + y²), of numbers whose squares neither overflow nor vanish. */
export function hypot(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** ln x. */
export function log(x: number): number {
  if (!(x >= LEAST_NORMAL && x < Infinity)) return x > 0 && x < Infinity ? log(x * 2 ** 54) - 54 * Math.LN2 : beyond(x);
  double[0] = x;
  const high = words[1]!;
  const k = (high - 0x3fe6a09e) >> 20;
  words[1] = high - (k << 20);
  const f = double[0] - 1;
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

/** π/2 in three parts: the first two have 33 bits, so that their products with whole numbers below 2^20 are exact. */
const HALF_PI = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21] as const;

/** x less the nearest multiple of π/2, as a sum of two doubles, and that multiple. */
const reduced = { high: 0, low: 0, quarter: 0 };

function reduce(x: number): void {
  const n = Math.round(x * (2 / Math.PI));
  const first = x - n * HALF_PI[0];
  const second = n * HALF_PI[1];
  const r = first - second;
  const w = n * HALF_PI[2] - (first - r - second);
  reduced.high = r - w;
  reduced.low = r - reduced.high - w;
  reduced.quarter = n & 3;
}

/** sin(x + low) for |x| ≤ π/4. */
function sinNear(x: number, low: number): number {
  const z = x * x;
  const w = z * z;
  const r =
    8.33333333332249e-3 +
    z * (-1.984126982985795e-4 + z * 2.7557313707070068e-6) +
    z * w * (-2.5050760253406863e-8 + z * 1.58969099521155e-10);
  const v = z * x;
  return x - (z * (0.5 * low - v * r) - low - v * -1.6666666666666632e-1);
}

/** cos(x + low) for |x| ≤ π/4. */
function cosNear(x: number, low: number): number {
  const z = x * x;
  const w = z * z;
  const r =
    z * (4.16666666666666e-2 + z * (-1.388888888887411e-3 + z * 2.480158728947673e-5)) +
    w * w * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11));
  const half = 0.5 * z;
  const one = 1 - half;
  return one + (1 - one - half + (z * r - x * low));
}

/** sin x for |x| ≤ 10^6. */
export function sin(x: number): number {
  reduce(x);
  const { high, low, quarter } = reduced;
  const value = (quarter & 1) === 0 ? sinNear(high, low) : cosNear(high, low);
  return (quarter & 2) === 0 ? value : -value;
}

/** cos x for |x| ≤ 10^6. */
export function cos(x: number): number {
  reduce(x);
  const { high, low, quarter } = reduced;
  const value = (quarter & 1) === 0 ? cosNear(high, low) : sinNear(high, low);
  return quarter === 1 || quarter === 2 ? -value : value;
}

/** Cephes' tanh (Moshier 1984): a rational function below 0.625, and 1 − 2/(e^2|z| + 1) above; within 2 ulp. */
export function tanh(z: number): number {
  const size = Math.abs(z);
  if (size < 0.625) {
    const s = z * z;
    const p = s * (s * -9.643991794250522e-1 + -9.928772310019185e1) + -1.6146876844170845e3;
    const q = s * (s * (s + 1.1281167849163293e2) + 2.2354883906010045e3) + 4.844063053251255e3;
    return z + z * ((s * p) / q);
  }
  const large = 1 - 2 / (exp(size + size) + 1);
  return z < 0 ? -large : large;
}
