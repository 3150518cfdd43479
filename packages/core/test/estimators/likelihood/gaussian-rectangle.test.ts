/** Probabilities of rectangles under Gaussian laws, against orthants that have closed forms. */
import { describe, expect, test } from "vitest";
import { GaussianRectangle } from "../../../src/estimators/likelihood/gaussian-rectangle.ts";
import { greedyOrder, type Intervals } from "../../../src/estimators/likelihood/greedy-order.ts";
import { streamKey } from "../../../src/information/random.ts";

const positive = (count: number): Intervals => ({
  start: Int32Array.from({ length: count + 1 }, (_, j) => j),
  lower: new Float64Array(count),
  upper: new Float64Array(count).fill(Infinity),
});

/** Mean over seeds of the estimated probability, and its standard error. */
function mean(covariance: number[], count: number, intervals: Intervals, runs: number): [mean: number, error: number] {
  const rectangle = new GaussianRectangle(count, 16, intervals.lower.length);
  let [sum, squares] = [0, 0];
  for (let run = 0; run < runs; run++) {
    rectangle.prepare(Float64Array.from(covariance), count, intervals);
    const p = Math.exp(rectangle.run(streamKey(1, run), 0));
    sum += p;
    squares += p * p;
  }
  rectangle.free();
  const average = sum / runs;
  return [average, Math.sqrt((squares / runs - average * average) / runs)];
}

describe("GaussianRectangle", () => {
  // P(z > 0) of two standard normals with correlation ρ is 1/4 + arcsin ρ / 2π; of three, 1/8 + Σ arcsin ρ / 4π (Sheppard 1898).
  test.each([0, 0.5, -0.9, 0.999])("positive quadrant, correlation %d", (rho) => {
    const [found, error] = mean([1, rho, rho, 1], 2, positive(2), 400);
    expect(Math.abs(found - (0.25 + Math.asin(rho) / (2 * Math.PI)))).toBeLessThan(4 * error + 1e-12);
  });

  test("positive octant, scales from 1e-3 to 1e3", () => {
    const [a, b, c] = [0.3, -0.4, 0.6];
    const scale = [1e-3, 1, 1e3];
    const correlation = [1, a, b, a, 1, c, b, c, 1];
    const covariance = correlation.map((r, at) => r * scale[Math.floor(at / 3)]! * scale[at % 3]!);
    const [found, error] = mean(covariance, 3, positive(3), 400);
    const truth = 1 / 8 + (Math.asin(a) + Math.asin(b) + Math.asin(c)) / (4 * Math.PI);
    expect(Math.abs(found - truth)).toBeLessThan(4 * error);
  });

  test("a coordinate with two intervals: both sides of the quadrants", () => {
    const intervals: Intervals = {
      start: Int32Array.of(0, 2, 3),
      lower: Float64Array.of(-Infinity, 1, 0),
      upper: Float64Array.of(-1, Infinity, Infinity),
    };
    // By symmetry, P(|z1| > 1, z2 > 0) = P(z1 > 1).
    const [found, error] = mean([1, 0.7, 0.7, 1], 2, intervals, 400);
    expect(Math.abs(found - 0.15865525393145707)).toBeLessThan(4 * error);
  });

  test("a rectangle of no width has probability 0", () => {
    const rectangle = new GaussianRectangle(1, 16, 1);
    const intervals = { start: Int32Array.of(0, 1), lower: Float64Array.of(50), upper: Float64Array.of(51) };
    rectangle.prepare(Float64Array.of(1), 1, intervals);
    expect(rectangle.run(streamKey(0, 0), 0)).toBe(-Infinity);
    rectangle.free();
  });
});

describe("greedyOrder()", () => {
  test("the factor is the covariance's, in the order found, and dependent coordinates come last", () => {
    const rows = [
      [1, 2, 0],
      [0, 1, 1],
      [1, 3, 1],
      [2, 0, -1],
    ];
    const covariance = Float64Array.from(
      rows.flatMap((a) => rows.map((b) => a.reduce((sum, value, i) => sum + value * b[i]!, 0))),
    );
    const factor = new Float64Array(16);
    const { order, rank } = greedyOrder(covariance, 4, positive(4), factor, 4);
    expect(rank).toBe(3);
    expect([...order].sort()).toEqual([0, 1, 2, 3]);
    for (let a = 0; a < rank; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let k = 0; k <= b; k++) sum += factor[a * 4 + k]! * factor[b * 4 + k]!;
        expect(sum).toBeCloseTo(covariance[order[a]! * 4 + order[b]!]!, 10);
      }
    }
  });
});
