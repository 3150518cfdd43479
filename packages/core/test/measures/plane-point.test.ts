import { expect, it } from "vitest";
import { measureLayer } from "../../src/measures/measure-layer.ts";
import { planePoint } from "../../src/measures/plane-point.ts";
import { blackBox, dense } from "../../src/model/mechanism.ts";

const value = (bits: number, standardError: number) => ({ bits, standardError });

it("is a segment of a line where sensitivity is exact: degeneracy errs by what EI errs by, the other way", async () => {
  const random = Array.from({ length: 6 }, (_, j) => Array.from({ length: 6 }, (_, i) => Math.sin(7 * i + 11 * j)));
  const layer = dense({ weights: random, activation: "sigmoid", inputRange: [0, 1] });
  const measures = await measureLayer(layer, { bins: 8, tolerance: 0.1 });
  const { ei, degeneracy, sensitivity, covariance, correlation } = planePoint(measures);
  expect(ei.standardError).toBeGreaterThan(0);
  expect([ei.bits, degeneracy.bits, sensitivity.bits]).toEqual([
    measures.ei.bits,
    measures.degeneracy.bits,
    measures.sensitivity.bits,
  ]);
  expect(covariance).toBe(-(ei.standardError ** 2));
  expect([sensitivity.standardError, degeneracy.standardError, correlation]).toEqual([0, ei.standardError, -1]);
});

it("is an ellipse where sensitivity is sampled, by the rule for a difference of independent values", async () => {
  const point = planePoint({ ei: value(3, 0.3), sensitivity: value(5, 0.4), degeneracy: value(2, 0.5) });
  // Var(S − E) = 0.16 + 0.09; Cov(E, S − E) = −0.09; so the correlation is −0.09 / (0.3 · 0.5).
  expect(point.covariance).toBeCloseTo(-0.09, 15);
  expect(point.correlation).toBeCloseTo(-0.6, 15);
  const evaluate = (x: Float64Array) =>
    Float64Array.from({ length: x.length / 2 }, (_, k) => x[2 * k]! * x[2 * k + 1]!);
  const box = blackBox({ inputs: 2, outputs: 1, evaluate, inputRange: [0, 1], outputRange: [0, 1] });
  const { sensitivity, degeneracy, covariance } = planePoint(
    await measureLayer(box, { bins: 4, samples: 20_000, rest: 1 }),
  );
  // Var(S) = Var(D) − Var(E), as `degeneracy()` adds them.
  expect(degeneracy.standardError ** 2 + covariance).toBeCloseTo(sensitivity.standardError ** 2, 12);
});

it("is a point where all is exact", () => {
  const { covariance, correlation } = planePoint({
    ei: value(3, 0),
    sensitivity: value(5, 0),
    degeneracy: value(2, 0),
  });
  expect([covariance, correlation]).toEqual([0, 0]);
});
