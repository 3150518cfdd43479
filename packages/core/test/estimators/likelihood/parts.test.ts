/** The likelihood route's parts, each against what it must be. */
import { describe, expect, test } from "vitest";
import { outputCuts } from "../../../src/estimators/engine.ts";
import { cholesky } from "../../../src/estimators/likelihood/cholesky.ts";
import { drawOf, StateIntervals } from "../../../src/estimators/likelihood/draws.ts";
import { gaussianDefect } from "../../../src/estimators/likelihood/gaussian-defect.ts";
import { cellShare, rectangleLayer } from "../../../src/estimators/likelihood/rectangle-layer.ts";
import { controlledMean, twoPhaseMean } from "../../../src/estimators/likelihood/regression.ts";
import { parentsOf } from "../../../src/estimators/likelihood/resample.ts";
import { Random } from "../../../src/information/random.ts";
import { type DenseMechanism, dense } from "../../../src/model/mechanism.ts";

const bins = { input: 4, output: 4 };

function layerOf(spec: Parameters<typeof dense>[0], outside: "drop" | "clamp" = "drop") {
  const mechanism = dense(spec) as DenseMechanism;
  const parts = new Float64Array(mechanism.inputs).fill(bins.input);
  return rectangleLayer(mechanism, outputCuts(mechanism, { bins, outside }), parts);
}

describe("rectangleLayer()", () => {
  test("proportional rows become one row that knows the thresholds of all; constant outputs are left out", () => {
    const weights = [
      [1, -2, 0.5],
      [-2, 4, -1],
      [0, 0, 0],
      [3, 1, 1],
      [0.5, -1, 0.25],
    ];
    const { layer } = layerOf({ weights, bias: [0, 0.3, 5, 0, -0.1], activation: "sigmoid", inputRange: [0, 1] });
    expect(layer.rows).toBe(2);
    // Thresholds ±ln 3 and 0: all of them, less those out of reach, in units of the first row.
    const reach = 1.75;
    const expected = [-Math.log(3), 0, Math.log(3)]
      .flatMap((t) => [t + 0.25, (t - 0.8) / -2, (t + 0.225) * 2])
      .filter((t) => Math.abs(t) < reach)
      .sort((a, b) => a - b);
    const found = layer.threshold.subarray(0, layer.firstThreshold[1]!);
    expect(found.length).toBe(expected.length);
    for (const [k, t] of expected.entries()) expect(found[k]!).toBeCloseTo(t, 12);
  });

  test("surprisals are those of the outputs' states, and in a cell shares add to 1", () => {
    const { layer, sumOfOutputs } = layerOf({ weights: [[4, -3]], activation: "sigmoid", inputRange: [0, 1] });
    const count = layer.firstThreshold[1]! + 1;
    let [total, entropy] = [0, 0];
    for (let s = 0; s < count; s++) {
      const p = 2 ** -layer.surprisal[s]!;
      total += p;
      entropy += p * layer.surprisal[s]!;
    }
    expect(total).toBeCloseTo(1, 12);
    expect(entropy).toBeCloseTo(sumOfOutputs, 12);
    expect(cellShare(layer, 0, -Infinity, 0.2) + cellShare(layer, 0, 0.2, Infinity)).toBeCloseTo(1, 12);
    // 4u/4 − 3v/4 with u, v uniform on ±½, of density 1 near 0: P(0 < z < 0.1) = 0.1.
    expect(cellShare(layer, 0, 0, 0.1)).toBeCloseTo(0.1, 6);
  });

  test("a non-monotone activation has states of several intervals; values outside are left out or clamped", () => {
    const spec = { weights: [[6]], activation: "silu", inputRange: [-1, 1], outputRange: [-0.2, 2] } as const;
    const { layer } = layerOf(spec);
    expect(layer.inRange).toBe(false);
    // z = −5.9: silu is −0.016, in the first bin, as is z around 0; between them silu falls below −0.2, outside.
    const state = new StateIntervals(layer).confined({ segments: Int32Array.of(0) }, "same state", layer.reach);
    expect(state.intervals.lower.length).toBe(2);
    expect(layerOf(spec, "clamp").layer.inRange).toBe(true);
    for (let index = 0; index < 50; index++) {
      const z = drawOf(layer, 3, index)!.z[0]!;
      const y = z / (1 + Math.exp(-z));
      expect(y >= -0.2 && y <= 2).toBe(true);
    }
  });
});

describe("gaussianDefect()", () => {
  test("of a sum of n equal uniforms: 1.44 / (48 ln 2 n²)", () => {
    for (const n of [4, 50, 600]) {
      const weights = new Float64Array(n).fill(3);
      const found = gaussianDefect(weights, 1, n, cholesky(Float64Array.of(9 * n), 1));
      expect(found).toBeCloseTo(1.44 / (48 * Math.LN2 * n * n), 12);
    }
  });

  test("of independent inputs, one each: as many times that of one", () => {
    const weights = Float64Array.of(1, 0, 0, 0, 2, 0, 0, 0, 5);
    const found = gaussianDefect(weights, 3, 3, cholesky(Float64Array.of(1, 0, 0, 0, 4, 0, 0, 0, 25), 3));
    expect(found).toBeCloseTo((3 * 1.44) / (48 * Math.LN2), 12);
  });
});

describe("regression", () => {
  // y = 2 + 3 a − b + noise, a and b of mean 0.
  const random = new Random(5);
  const count = 4000;
  const column = () => Float64Array.from({ length: count }, () => random.uniform() - 0.5);
  const [a, b, noise] = [column(), column(), column()];
  const values = a.map((value, s) => 2 + 3 * value - b[s]! + noise[s]!);
  const controls = [a, b].map((column) => ({ values: column, meanVariance: 0 }));

  test("what controls explain leaves the error", () => {
    const { mean, standardError } = controlledMean(values, controls);
    // Of the noise: 1 / √(12 · 4000).
    expect(standardError).toBeCloseTo(1 / Math.sqrt(12 * count), 4);
    expect(Math.abs(mean - 2)).toBeLessThan(4 * standardError);
  });

  test("a mean that is estimated itself adds its error", () => {
    const uncertain = [{ values: a, meanVariance: 0.01 }, controls[1]!];
    expect(controlledMean(values, uncertain).standardError).toBeCloseTo(0.3, 2);
  });

  test("double sampling: the error of the difference from few draws, of the rest from many", () => {
    const few = 200;
    const exact = Float64Array.from({ length: few }, (_, s) => values[s]! + 1 + 0.1 * (random.uniform() - 0.5));
    const { mean, standardError } = twoPhaseMean(values, exact, controls);
    expect(Math.abs(mean - 3)).toBeLessThan(4 * standardError);
    expect(standardError).toBeCloseTo(Math.sqrt(1 / (12 * count) + 0.01 / (12 * few)), 3);
  });
});

test("parentsOf(): copies in proportion to the weights, and none lost where weights are equal", () => {
  const weight = Float64Array.of(1, 2, 0, 5);
  const random = new Random(8);
  const copies = new Float64Array(4);
  const parents = new Int32Array(4);
  const uniforms = new Float64Array(24);
  const runs = 20_000;
  for (let run = 0; run < runs; run++) {
    random.fill(uniforms, 0, 1);
    parentsOf(weight, uniforms, parents);
    for (const p of parents) copies[p]! += 1 / runs;
  }
  // A number of copies has a standard deviation below 2.
  for (const [p, w] of weight.entries()) expect(Math.abs(copies[p]! - w / 2)).toBeLessThan((4 * 2) / Math.sqrt(runs));
  parentsOf(new Float64Array(4).fill(0.3), uniforms, parents);
  expect([...parents]).toEqual([0, 1, 2, 3]);
});
