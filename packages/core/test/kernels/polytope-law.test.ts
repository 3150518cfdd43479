/** Walks on polytopes keep the law that they are said to keep: moments against known values, within 5 standard errors. */
import { expect, test } from "vitest";
import { Random, streamKey } from "../../src/information/random.ts";
import { createPolytopeWalk, type PolytopeWalk } from "../../src/kernels/polytope-walk.ts";
import { directionsOf } from "./directions.ts";

const MANY = 8192;

/** Fails unless the mean of the values is within 5 standard errors of what is expected. */
function expectMean(values: ArrayLike<number>, expected: number, spread = deviation(values)): void {
  let sum = 0;
  for (let p = 0; p < values.length; p++) sum += values[p]!;
  expect(Math.abs(sum / values.length - expected)).toBeLessThan((5 * spread) / Math.sqrt(values.length));
}

function deviation(values: ArrayLike<number>): number {
  let [sum, squares] = [0, 0];
  for (let p = 0; p < values.length; p++) {
    sum += values[p]!;
    squares += values[p]! ** 2;
  }
  return Math.sqrt(squares / values.length - (sum / values.length) ** 2);
}

function times(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, p) => value * b[p]!);
}

const axesAndDiagonal = [
  [[0, 1]],
  [[1, 1]],
  [
    [0, -0.5],
    [1, 1.5],
  ],
] as const;

/** The triangle with the corners (−1, −1), (1, −1) and (−1, 1): |x_i| ≤ 1 and x_0 + x_1 ≤ 0. */
function triangle(): PolytopeWalk {
  const kernel = createPolytopeWalk({
    inputs: 2,
    rows: 1,
    particles: MANY,
    directions: directionsOf(axesAndDiagonal, [[1, 1]]),
  });
  kernel.lower.fill(-Infinity);
  kernel.upper.fill(0);
  return kernel;
}

function coordinates(kernel: PolytopeWalk): [Float64Array, Float64Array] {
  return [kernel.x.slice(0, MANY), kernel.x.slice(MANY)];
}

/** Puts independent particles of the uniform law on the triangle. */
function scatter(kernel: PolytopeWalk): void {
  const random = new Random(77);
  for (let p = 0; p < MANY; p++) {
    let [a, b] = [2 * random.uniform() - 1, 2 * random.uniform() - 1];
    if (a + b > 0) [a, b] = [-a, -b];
    kernel.x[p] = a;
    kernel.x[MANY + p] = b;
    kernel.z[p] = a + b;
  }
}

// Legs of length 2: means −1/3, variances 2²/18, covariance −2²/36. The medians cut off the corner x_0 > 0 with a quarter of the area.
function expectUniformOnTriangle(kernel: PolytopeWalk): void {
  const [a, b] = coordinates(kernel);
  for (const x of [a, b]) {
    expectMean(x, -1 / 3, Math.sqrt(2 / 9));
    expectMean(times(x, x), 2 / 9 + 1 / 9);
    expectMean(
      x.map((value) => (value > 0 ? 1 : 0)),
      1 / 4,
      Math.sqrt(3) / 4,
    );
  }
  expectMean(times(a, b), -1 / 9 + 1 / 9);
  expect(a.every((value, p) => value >= -1 && b[p]! >= -1 && value + b[p]! <= 1e-12)).toBe(true);
  expect(kernel.z.every((z, p) => Math.abs(z - a[p]! - b[p]!) < 1e-13)).toBe(true);
}

test("particles that are uniform on a triangle stay so, one move or ten sweeps on", () => {
  const kernel = triangle();
  scatter(kernel);
  const before = kernel.x.slice();
  for (const [from, to] of [
    [0, 1],
    [2, 3],
    [2, -1],
  ] as const) {
    kernel.walk(from, to, MANY, 1, 0, streamKey(1, to + 1), 0);
    expectUniformOnTriangle(kernel);
  }
  for (let sweep = 0; sweep < 10; sweep++) kernel.walk(0, 3, MANY, 1, 0, streamKey(2, sweep), 0);
  expectUniformOnTriangle(kernel);
  expect(kernel.x.every((x, at) => x !== before[at])).toBe(true);
  kernel.free();
});

test("particles that start at one point become uniform on a triangle", () => {
  const kernel = triangle();
  kernel.x.fill(-0.9);
  kernel.z.fill(-1.8);
  for (let sweep = 0; sweep < 60; sweep++) kernel.walk(0, 3, MANY, 1, 0, streamKey(3, sweep), 0);
  expectUniformOnTriangle(kernel);
  kernel.free();
});

test("and on a parallelogram, where the rows are independent and uniform", () => {
  const weights = [
    [1, 0.5],
    [-0.3, 1],
  ];
  const kernel = createPolytopeWalk({
    inputs: 2,
    rows: 2,
    particles: MANY,
    directions: directionsOf(axesAndDiagonal, weights),
  });
  const sides = [
    [-0.5, 1.5],
    [-2, 0.2],
  ] as const;
  sides.forEach(([lower, upper], row) => {
    kernel.lower.fill(lower, row * MANY, (row + 1) * MANY);
    kernel.upper.fill(upper, row * MANY, (row + 1) * MANY);
  });
  for (let sweep = 0; sweep < 60; sweep++) kernel.walk(0, 3, MANY, 10, 0, streamKey(4, sweep), 0);
  const z = [kernel.z.slice(0, MANY), kernel.z.slice(MANY)] as const;
  const centred = z.map((values, row) => values.map((value) => value - (sides[row]![0] + sides[row]![1]) / 2));
  sides.forEach(([lower, upper], row) => {
    const width = upper - lower;
    expectMean(centred[row]!, 0, width / Math.sqrt(12));
    // Var x² of the uniform law on (−w/2, w/2) is w⁴/180.
    expectMean(times(centred[row]!, centred[row]!), width ** 2 / 12, width ** 2 / Math.sqrt(180));
  });
  expectMean(times(centred[0]!, centred[1]!), 0);
  kernel.free();
});

test("with a precision, particles on the cube become normal of that precision", () => {
  const precision = 25;
  const kernel = createPolytopeWalk({
    inputs: 2,
    rows: 0,
    particles: MANY,
    directions: directionsOf(axesAndDiagonal, []),
  });
  for (let sweep = 0; sweep < 150; sweep++) kernel.walk(0, 3, MANY, 1, precision, streamKey(5, sweep), 0);
  const [a, b] = coordinates(kernel);
  for (const x of [a, b]) {
    expectMean(x, 0, 0.2);
    // Var x² is 2σ⁴. The cube ends at 5σ: what is cut off changes the variance by 1.5e-5 of it, the standard error being 1.6e-2.
    expectMean(times(x, x), 1 / precision, Math.SQRT2 / precision);
  }
  expectMean(times(a, b), 0, 1 / precision);
  kernel.free();
});

test.each([0, 4])("precision %i: a sweep backwards is a sweep forwards seen in reverse", (precision) => {
  // From the law that is kept: E f(before) g(after) of the one is E g(before) f(after) of the other.
  const kernel = triangle();
  const start = () => {
    scatter(kernel);
    for (let sweep = 0; sweep < (precision === 0 ? 0 : 100); sweep++) {
      kernel.walk(0, 3, MANY, 1, precision, streamKey(6, sweep), 0);
    }
    return coordinates(kernel);
  };
  const [a0, b0] = start();
  kernel.walk(0, 3, MANY, 1, precision, streamKey(7), 0);
  const [a1, b1] = coordinates(kernel);
  scatter(kernel);
  const [c0, d0] = start();
  kernel.walk(2, -1, MANY, 1, precision, streamKey(8), 0);
  const [c1, d1] = coordinates(kernel);
  const pairs = [
    [times(a0, b1), times(d0, c1)],
    [times(b0, a1), times(c0, d1)],
    [times(a0, times(b1, b1)), times(times(d0, d0), c1)],
    [times(times(b0, b0), b1), times(d0, times(d1, d1))],
  ] as const;
  for (const [forwards, backwards] of pairs) {
    expectMean(
      forwards.map((value, p) => value - backwards[p]!),
      0,
      Math.hypot(deviation(forwards), deviation(backwards)),
    );
  }
  // Sweeps are not symmetric themselves: the test could tell.
  const [one, other] = [times(a0, b1), times(c0, d1)];
  expect(Math.abs(one.reduce((s, v) => s + v, 0) - other.reduce((s, v) => s + v, 0)) / Math.sqrt(MANY)).toBeGreaterThan(
    5 * Math.hypot(deviation(one), deviation(other)),
  );
  kernel.free();
});
