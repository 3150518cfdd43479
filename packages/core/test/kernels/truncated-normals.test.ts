/** Truncated normals: the same bits compiled and plain, and draws and weights that are what their definition says. */
import { afterEach, describe, expect, test } from "vitest";
import { Random, streamKey } from "../../src/information/random.ts";
import { type KernelPath, useKernels } from "../../src/kernels/path.ts";
import { createTruncatedNormals, type TruncatedNormals } from "../../src/kernels/truncated-normals.ts";
import { instancesInUse } from "../../src/kernels/wasm-instance.ts";

afterEach(() => {
  expect(instancesInUse()).toBe(0);
  useKernels("auto");
});

type Interval = readonly [number, number];

/** Intervals of the coordinates, taken in turn. */
const rectangles: Record<string, Interval[][]> = {
  "one interval": [[[-1, 0.5]], [[0.2, 1.4]], [[-2.5, -0.1]]],
  "infinite ends": [[[-Infinity, 0.3]], [[-0.4, Infinity]], [[-Infinity, Infinity]]],
  "several intervals": [
    [
      [-2, -1],
      [-0.2, 0.1],
      [0.6, 3],
    ],
    [
      [-Infinity, -0.7],
      [0.7, Infinity],
    ],
    [[-1, 1]],
  ],
  "far tails": [
    [[7, 7.5]],
    [[-9, -8]],
    [
      [-Infinity, -10],
      [10, Infinity],
    ],
    [[20, 21]],
    [[-37, -36]],
    [[4, Infinity]],
  ],
  "masses that vanish": [
    [[0.3, 0.3]],
    [[45, 50]],
    [[-Infinity, -60]],
    [
      [-0.1, -0.1],
      [37.9, 38.2],
    ],
    [[-38.6, -38.2]],
  ],
};

/** A kernel with the intervals of all its units, and a lower triangle whose last rows lean on those before. */
function prepared(sides: Interval[][], used: number, room: { units: number; particles: number; intervals: number }) {
  const kernel = createTruncatedNormals(room);
  const random = new Random(11, used);
  const start = [0];
  for (let unit = 0; unit < used; unit++) {
    for (let k = 0; k < unit; k++) kernel.factor[unit * room.units + k] = 0.6 * random.uniform() - 0.3;
    kernel.factor[unit * room.units + unit] = 0.5 + random.uniform();
    const intervals = sides[unit % sides.length]!;
    intervals.forEach(([lower, upper], r) => {
      kernel.lower[start[unit]! + r] = lower;
      kernel.upper[start[unit]! + r] = upper;
    });
    start.push(start[unit]! + intervals.length);
  }
  kernel.weight.fill(1);
  return { kernel, start };
}

function found(path: KernelPath, sides: Interval[][], used: number, spare: number, particles: number) {
  useKernels(path);
  const room = { units: used + spare, particles, intervals: 3 * (used + spare) };
  const { kernel, start } = prepared(sides, used, room);
  for (let unit = 0; unit < used; unit++) {
    kernel.step(unit, start[unit]!, start[unit + 1]!, streamKey(4, 2), unit * particles);
  }
  const all = { eta: [...kernel.eta], choice: [...kernel.choice], weight: [...kernel.weight] };
  kernel.free();
  return all;
}

describe.each(Object.entries(rectangles))("%s", (_, sides) => {
  test.each([
    [1, 0, 16],
    [3, 0, 16],
    [7, 2, 32],
    [13, 0, 64],
  ])("%i units, room for %i more, %i particles: the same bits", (used, spare, particles) => {
    const compiled = found("wasm", sides, used, spare, particles);
    const plain = found("typescript", sides, used, spare, particles);
    expect(compiled.eta.some((eta) => eta !== 0)).toBe(true);
    expect(compiled).toStrictEqual(plain);
  });
});

/** P(a < N < b) by Simpson's rule, less what lies further than 9 from 0: 2e-19. */
function probability(a: number, b: number): number {
  const [from, to] = [Math.max(a, -9), Math.min(b, 9)];
  if (!(from < to)) return 0;
  const steps = 4000;
  const h = (to - from) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const x = from + i * h;
    sum += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-0.5 * x * x);
  }
  return (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}

/** Simpson's error with h ≤ 18/4000 is below 18 h⁴/180 · max |φ⁗| = 18 · 4.1e-10 / 180 · 1.2 < 5e-11: |φ⁗| ≤ 3 φ(0) < 1.2. */
const SIMPSON = 5e-11;

function meanOf(kernel: TruncatedNormals, units: number, particles: number, unit: number, p: number): number {
  let mean = 0;
  for (let k = 0; k < unit; k++) mean += kernel.factor[unit * units + k]! * kernel.eta[k * particles + p]!;
  return mean;
}

describe.each(["wasm", "typescript"] as const)("%s", (path) => {
  test.each(["one interval", "infinite ends", "several intervals"])(
    "%s: a draw lies in its interval, as deep as its uniform number says, and its weight is the product of probabilities",
    (name) => {
      useKernels(path);
      const [units, particles] = [5, 32];
      const { kernel, start } = prepared(rectangles[name]!, units, { units, particles, intervals: 3 * units });
      const key = streamKey(8);
      const weight = new Float64Array(particles).fill(1);
      for (let unit = 0; unit < units; unit++) {
        const [from, to] = [start[unit]!, start[unit + 1]!];
        kernel.step(unit, from, to, key, unit * particles);
        const uniform = new Float64Array(particles);
        new Random(key, unit * particles).fill(uniform, 0, 1);
        const scale = kernel.factor[unit * units + unit]!;
        for (let p = 0; p < particles; p++) {
          const mean = meanOf(kernel, units, particles, unit, p);
          const ends = (r: number) => [(kernel.lower[r]! - mean) / scale, (kernel.upper[r]! - mean) / scale] as const;
          const chosen = kernel.choice[unit * particles + p]!;
          const eta = kernel.eta[unit * particles + p]!;
          const [a, b] = ends(chosen);
          expect(chosen).toBeGreaterThanOrEqual(from);
          expect(chosen).toBeLessThan(to);
          // The ends here and there differ by rounding.
          expect(eta).toBeGreaterThanOrEqual(a - 1e-12);
          expect(eta).toBeLessThanOrEqual(b + 1e-12);
          let [total, before] = [0, 0];
          for (let r = from; r < to; r++) {
            const part = probability(...ends(r));
            total += part;
            if (r < chosen) before += part;
          }
          // Intervals in the upper tail are filled from above.
          const inside = a > 0 ? probability(eta, b) : probability(a, eta);
          expect(Math.abs(before + inside - uniform[p]! * total)).toBeLessThan(5 * SIMPSON);
          weight[p]! *= total;
          expect(Math.abs(kernel.weight[p]! - weight[p]!)).toBeLessThan(5 * (unit + 1) * SIMPSON);
        }
      }
      kernel.free();
    },
  );

  test("far tails keep their probability relative to itself, on both sides", () => {
    useKernels(path);
    // P(N > t) by Laplace's continued fraction for the Mills ratio, which has converged to the last bits by its 400th term.
    const mills = (t: number) => {
      let fraction = t;
      for (let k = 400; k > 0; k--) fraction = t + k / fraction;
      return Math.exp(-0.5 * t * t) / Math.sqrt(2 * Math.PI) / fraction;
    };
    for (const t of [7.5, 10, 20, 36]) {
      for (const [lower, upper] of [
        [t, Infinity],
        [-Infinity, -t],
      ] as const) {
        const kernel = createTruncatedNormals({ units: 1, particles: 16, intervals: 1 });
        kernel.factor[0] = 1;
        kernel.lower[0] = lower;
        kernel.upper[0] = upper;
        kernel.weight.fill(1);
        kernel.step(0, 0, 1, streamKey(1), 0);
        for (let p = 0; p < 16; p++) {
          // Hart's approximation as West gives it: see packages/core/src/kernels/typescript/normal.ts.
          expect(Math.abs(kernel.weight[p]! / mills(t) - 1)).toBeLessThan(1e-8);
          expect(Math.abs(kernel.eta[p]!)).toBeGreaterThanOrEqual(t);
          // Beyond t an excess of 40/t has probability e^−40.
          expect(Math.abs(kernel.eta[p]!)).toBeLessThan(t + 40 / t);
        }
        kernel.free();
      }
    }
  });

  test("weights are multiplied, and an empty interval makes them 0", () => {
    useKernels(path);
    const kernel = createTruncatedNormals({ units: 1, particles: 16, intervals: 2 });
    kernel.factor[0] = 2;
    kernel.lower.set([-Infinity, 1]);
    kernel.upper.set([0, 1]);
    kernel.weight.forEach((_, p, weight) => {
      weight[p] = p + 1;
    });
    kernel.step(0, 0, 1, streamKey(1), 0);
    expect([...kernel.weight].every((weight, p) => Math.abs(weight - (p + 1) / 2) < 1e-13)).toBe(true);
    kernel.step(0, 1, 2, streamKey(1), 16);
    expect([...kernel.weight]).toStrictEqual(new Array(16).fill(0));
    kernel.free();
  });
});
