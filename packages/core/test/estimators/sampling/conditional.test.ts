/** EI = H(Ŷ) − E H(Ŷ | cell), counted: against points on a grid, and what is said where counting tells little. */
import { describe, expect, test } from "vitest";
import { TooMuchError } from "../../../src/checks/error-classes.ts";
import { conditional, excessOf } from "../../../src/estimators/counting/conditional.ts";
import type { SamplingOptions } from "../../../src/estimators/engine.ts";
import { type DenseMechanism, type DenseSpec, dense } from "../../../src/model/mechanism.ts";
import { GRID, onGrid, sigmoid } from "../grid.ts";

const bins = { input: 4, output: 4 };
const effort: SamplingOptions = {
  bins,
  outside: "drop",
  seed: 1,
  tolerance: 0.02,
  samples: 1e6,
  memory: 1e9,
  method: "conditional",
};
const layerOf = (spec: DenseSpec) => dense({ inputRange: [0, 1], ...spec }) as DenseMechanism;
const whole = Float64Array.of(4, 4);

const weights = [
  [4, -3],
  [2, 5],
];
const bias = [-0.5, -3];

describe("conditional()", () => {
  test.each([
    ["both inputs looked at", [4, 4]],
    ["the second one noise", [4, 1]],
    ["more bins on one side", [2, 8]],
  ])("of two sigmoid units, %s: as on a grid of points", async (_, parts) => {
    const layer = { weights, bias, value: sigmoid, outputRange: [0, 1], bins, outside: "drop", parts } as const;
    const truth = onGrid(layer);
    const found = await conditional(
      layerOf({ weights, bias, activation: "sigmoid" }),
      Float64Array.from(parts),
      effort,
    );
    expect(found.method).toBe("conditional");
    expect(found.standardError).toBeLessThanOrEqual(effort.tolerance);
    // Five standard errors: once in two million.
    expect(Math.abs(found.bits - truth.ei)).toBeLessThan(5 * found.standardError + GRID);
    expect(found.bounds![0]).toBeLessThan(truth.ei + GRID);
    expect(found.bounds![1]).toBeGreaterThan(truth.ei - GRID);
  });

  test.each(["drop", "clamp"] as const)("where a part lies outside, %s", async (outside) => {
    const spec = { weights, bias, outputRange: [-1.5, 2.5] } as const;
    const truth = onGrid({ ...spec, value: (z) => z, bins, outside, parts: [4, 4] });
    const dropped = onGrid({ ...spec, value: (z) => z, bins, outside: "drop", parts: [4, 4] }).outside;
    const found = await conditional(layerOf({ ...spec, activation: "identity" }), whole, { ...effort, outside });
    expect(Math.abs(found.bits - truth.ei)).toBeLessThan(5 * found.standardError + GRID);
    expect(dropped).toBeGreaterThan(0.2);
    expect(Math.abs(found.outside - dropped)).toBeLessThan(0.01);
  });

  test("the same seed gives the same bits, another one others", async () => {
    const mechanism = layerOf({ weights, bias, activation: "sigmoid" });
    const [a, b, c] = [
      await conditional(mechanism, whole, effort),
      await conditional(mechanism, whole, effort),
      await conditional(mechanism, whole, { ...effort, seed: 2 }),
    ];
    expect(a).toEqual(b);
    expect(a.bits).not.toBe(c.bits);
  });

  test("states that do not repeat: the middle of the bounds, with a warning", async () => {
    const many = Array.from({ length: 14 }, (_, j) =>
      Array.from({ length: 14 }, (_, i) => ((3 * i + 5 * j + i * j * j) % 13) / 4 - 1.5),
    );
    const mechanism = layerOf({ weights: many, activation: "sigmoid" });
    const options = { ...effort, bins: { input: 16, output: 16 }, samples: 50_000 };
    const found = await conditional(mechanism, new Float64Array(14).fill(16), options);
    const [low, high] = found.bounds!;
    expect(found.bits).toBeCloseTo((low + high) / 2, 12);
    // The standard deviation of a uniform law between them.
    expect(found.standardError).toBeCloseTo((high - low) / Math.sqrt(12), 9);
    expect(found.warnings.join()).toMatch(/unsaturated: \d+ % of the samples have an output state of their own/);
  });

  test("nothing inside the output range: all that the bins allow is possible", async () => {
    const mechanism = layerOf({ weights, bias: [50, 50], activation: "identity", outputRange: [-1, 1] });
    const found = await conditional(mechanism, whole, effort);
    expect(found).toMatchObject({ outside: 1, samples: 0, bits: 2, interval: [0, 4] });
  });

  test("a layer whose first look would take minutes is refused before it", async () => {
    const units = 4000;
    const mechanism = layerOf({
      weights: { data: new Float64Array(units * units).fill(0.01), shape: [units, units] },
      activation: "tanh",
    });
    await expect(conditional(mechanism, new Float64Array(units).fill(4), effort)).rejects.toThrow(TooMuchError);
  });

  test("ends with the signal's reason", async () => {
    const reason = new Error("enough");
    const mechanism = layerOf({ weights, activation: "sigmoid" });
    await expect(conditional(mechanism, whole, { ...effort, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

test("excessOf(): errors fall as 1/√N, doubt about states not seen as 1/N, and a handful is too few", () => {
  const found = { bits: 3, lower: 3, seenOnce: 0, counted: 1e5 };
  // The output's share of a tolerance of 0.1 is 0.08, and of that 0.032 for doubt.
  expect(excessOf({ ...found, standardError: 0.16, doubt: 0 }, 0.1)).toBeCloseTo(4, 12);
  expect(excessOf({ ...found, standardError: 0, doubt: 0.064 }, 0.1)).toBeCloseTo(2, 12);
  expect(excessOf({ ...found, standardError: 0.08, doubt: 0.064 }, 0.1)).toBeCloseTo(2, 12);
  expect(excessOf({ ...found, counted: 512, standardError: 0, doubt: 0 }, 0.1)).toBe(4);
});
