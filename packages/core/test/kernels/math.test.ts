/** e^x and ln x: within an ulp of the machine's own, and the same bits on both paths; sin x and cos x: within an ulp. */
import { expect, test } from "vitest";
import { atanh, cos, exp, expm1, log, log1p, log2, power, sin, tanh } from "../../src/information/elementary.ts";
import { Random } from "../../src/information/random.ts";
import { acquire, release } from "../../src/kernels/wasm-instance.ts";

const random = new Random(1, 2);
const COUNT = 20_000;
const powers = [-Infinity, -1e300, -750, -746, -745.2, -720, -1e-300, 0, 709.5, 710, 711, Infinity, Number.NaN];
const exponents = Float64Array.from({ length: COUNT }, (_, i) =>
  i < powers.length ? powers[i]! : (random.uniform() - 0.5) * 10 ** (4 * random.uniform() - 1),
);
const arguments_ = Float64Array.from({ length: COUNT }, (_, i) =>
  i < 3 ? [1, 2.2250738585072014e-308, 1.7976931348623157e308][i]! : 10 ** (310 * (random.uniform() - 0.7)),
).map((x) => Math.max(x, 2.2250738585072014e-308));

function compiled(name: "expArray" | "logArray", x: Float64Array): Float64Array {
  const instance = acquire();
  const [from, to] = [instance.put(x), instance.alloc(8 * x.length)];
  instance.exports[name](from, to, x.length);
  const found = instance.f64(to, x.length).slice();
  release(instance);
  return found;
}

test.each([
  ["e^x", "expArray", exp, Math.exp, exponents],
  ["ln x", "logArray", log, Math.log, arguments_],
] as const)(
  "%s has the same bits compiled and plain, and is within 1 ulp of the machine's",
  (_, name, plain, math, x) => {
    const found = compiled(name, x);
    for (let i = 0; i < x.length; i++) {
      const own = plain(x[i]!);
      if (!Object.is(own, found[i])) expect([x[i], found[i]]).toEqual([x[i], own]);
      const other = math(x[i]!);
      const isSubnormal = Math.abs(other) < 2.2250738585072014e-308;
      // One ulp of each is what both promise.
      const room = isSubnormal ? 1e-323 : 2 * 2 ** -52 * Math.abs(other);
      if (!(Object.is(own, other) || Math.abs(own - other) <= room)) expect([x[i], own]).toEqual([x[i], other]);
    }
  },
);

test.each([
  ["sin x", sin, Math.sin],
  ["cos x", cos, Math.cos],
] as const)("%s is within 1 ulp of the machine's, near its zeros too", (_, own, math) => {
  for (let i = 0; i < COUNT; i++) {
    const x = i < 4000 ? ((i - 2000) * Math.PI) / 4 : (random.uniform() - 0.5) * 10 ** (6 * random.uniform());
    // One ulp of each is what both promise.
    const room = 2 * 2 ** -52 * Math.abs(math(x));
    if (!(Math.abs(own(x) - math(x)) <= room)) expect([x, own(x)]).toEqual([x, math(x)]);
  }
});

test.each([
  ["ln (1 + x)", log1p, Math.log1p, (u: number) => (u < 0.5 ? -(10 ** (-16 * u)) : 10 ** (20 * u - 14))],
  ["e^x − 1", expm1, Math.expm1, (u: number) => (u < 0.5 ? -(10 ** (40 * u - 18)) : 10 ** (20 * u - 17))],
  ["artanh x", atanh, Math.atanh, (u: number) => (u < 0.5 ? 2 * u - 1 : 10 ** (-30 * (u - 0.5)))],
  ["tanh x", tanh, Math.tanh, (u: number) => (u < 0.5 ? 20 * u - 10 : 10 ** (-30 * (u - 0.5)))],
  ["log2 x", log2, Math.log2, (u: number) => 10 ** (600 * (u - 0.5))],
  ["x^0.7", (x: number) => power(x, 0.7), (x: number) => x ** 0.7, (u: number) => 10 ** (40 * (u - 0.5))],
])("%s is within some ulps of the machine's", (name, own, math, argument) => {
  // Of a power, the error is that of the logarithm times the exponent: some 60 here.
  const ulps = name === "x^0.7" ? 80 : 4;
  for (let i = 0; i < COUNT; i++) {
    const x = argument(random.uniform());
    const other = math(x);
    if (!(Math.abs(own(x) - other) <= ulps * 2 ** -52 * Math.abs(other))) expect([x, own(x)]).toEqual([x, other]);
  }
});

test("logarithms of 0, of numbers below 0, of infinity, of subnormal numbers and of powers of two", () => {
  expect([log(0), log(-1), log(Infinity), log(Number.NaN)]).toEqual([-Infinity, Number.NaN, Infinity, Number.NaN]);
  expect(log(5e-324)).toBeCloseTo(-1074 * Math.LN2, 12);
  expect([log1p(-1), log1p(0), log1p(-2), log1p(Infinity)]).toEqual([-Infinity, 0, Number.NaN, Infinity]);
  expect([expm1(-Infinity), expm1(0), expm1(1e3)]).toEqual([-1, 0, Infinity]);
  for (let k = -1022; k < 1024; k++) expect(log2(2 ** k)).toBe(k);
});
