/** What a measurement will cost, and that it keeps within the memory it is given. Times are never compared with a clock. */
import { describe, expect, test } from "vitest";
import { type CostOptions, costOf } from "../../src/causal/cost.ts";
import { eiParts } from "../../src/causal/edge-information.ts";
import { effectiveInformation } from "../../src/causal/effective-information.ts";
import { measureLayer } from "../../src/causal/measure-layer.ts";
import { estimateCost } from "../../src/cost/estimate-cost.ts";
import { here } from "../../src/engines/pool.ts";
import { InvalidInputError } from "../../src/errors.ts";
import { blackBox, dense } from "../../src/network/mechanism.ts";
import { createNetwork } from "../../src/training/initialize.ts";

function layer(inputs: number, outputs: number, scale = 1) {
  const { weights } = createNetwork({ layers: [inputs, outputs], activation: "sigmoid", seed: 1 }).layers[0]!;
  return dense({
    weights: { data: weights.map((weight) => scale * weight), shape: [outputs, inputs] },
    activation: "sigmoid",
    inputRange: [0, 1],
  });
}

const cost = (inputs: number, outputs: number, options: CostOptions) => costOf(layer(inputs, outputs), options);

describe("costOf", () => {
  test("exact measures draw nothing, and their work grows with the number of connections", () => {
    for (const measure of ["eiParts", "sensitivity"] as const) {
      const [small, large] = [cost(40, 20, { bins: 32, measure }), cost(80, 40, { bins: 32, measure })];
      expect([small.samples, large.samples]).toEqual([0, 0]);
      expect(large.work / small.work).toBeCloseTo(4, 1);
    }
    const [coarse, fine] = [64, 256].map((bins) => cost(40, 20, { bins, measure: "eiParts" }).work);
    // Between linear and quadratic in the bins of both sides.
    expect(fine! / coarse!).toBeGreaterThan(6);
    expect(fine! / coarse!).toBeLessThan(16);
  });

  test("sampled measures grow with the samples, and samples with the error asked for", () => {
    const plugIn = (samples: number) => cost(9, 9, { bins: 8, measure: "eiParts", method: "plug-in", samples });
    expect(plugIn(2e6).samples).toBe(2e6);
    expect(plugIn(20e6).work / plugIn(2e6).work).toBeGreaterThan(8);
    const [rough, fine] = [0.02, 0.005].map((tolerance) => cost(9, 9, { bins: 8, measure: "ei", tolerance }).samples);
    expect(fine! / rough!).toBeGreaterThan(4);
    expect(cost(9, 9, { bins: 8, measure: "ei", tolerance: 1e-6, samples: 1e6 }).samples).toBe(1e6);
    expect(cost(9, 9, { bins: 8, measure: "ei", samples: 123_456 }).samples).toBe(123_456);
  });

  test("all measures together cost the sum, at the memory of the largest", () => {
    const options = { bins: 16, samples: 1e5 };
    const parts = (["ei", "eiParts", "sensitivity"] as const).map((measure) => cost(12, 7, { ...options, measure }));
    const all = cost(12, 7, options);
    expect(all.work).toBeCloseTo(
      parts.reduce((sum, part) => sum + part.work, 0),
      3,
    );
    expect(all.samples).toBe(parts.reduce((sum, part) => sum + part.samples, 0));
    expect(all.bytes).toBe(Math.max(...parts.map(({ bytes }) => bytes)));
  });

  test("samples drawn are within a factor of four of what was said", async () => {
    for (const [inputs, outputs, scale] of [
      [4, 4, 1],
      [5, 5, 5],
      [12, 5, 3],
    ] as const) {
      const mechanism = layer(inputs, outputs, scale);
      const options = { bins: 8, tolerance: 0.02 };
      const { samples } = costOf(mechanism, { ...options, measure: "ei" });
      const drawn = (await effectiveInformation(mechanism, options)).samples;
      expect(drawn / samples).toBeGreaterThan(1 / 4);
      expect(drawn / samples).toBeLessThan(4);
    }
  });

  test("refuses options that no measure takes", () => {
    expect(() => cost(3, 3, { bins: 1 })).toThrow(InvalidInputError);
    expect(() => cost(3, 3, { bins: 8, tolerance: -1 })).toThrow("tolerance, a number of bits above 0");
  });
});

describe("estimateCost", () => {
  test("gives seconds that workers divide, and evaluates what is known only by its values", async () => {
    const options = { bins: 64, measure: "eiParts" } as const;
    const wide = layer(300, 300);
    const [alone, shared] = [
      await estimateCost(wide, options),
      await estimateCost(wide, { ...options, pool: { ...here, workers: 4 } }),
    ];
    expect(alone.seconds).toBeGreaterThan(0);
    expect(shared.seconds).toBeLessThan(alone.seconds / 2);
    let evaluated = 0;
    const box = blackBox({
      inputs: 2,
      outputs: 1,
      inputRange: [0, 1],
      outputRange: [0, 1],
      evaluate: (x) => {
        evaluated += x.length / 2;
        return Float64Array.from({ length: x.length / 2 }, (_, row) => x[2 * row]! * x[2 * row + 1]!);
      },
    });
    const found = await estimateCost(box, { bins: 8, tolerance: 0.02 });
    expect(evaluated).toBe(512);
    expect(found.seconds).toBeGreaterThan(0);
  });
});

describe("memory", () => {
  test("tables of pairs that do not fit are refused, with the figure and what would fit; what fits is measured", async () => {
    const mechanism = layer(20, 10);
    const options = { bins: 64, method: "plug-in", samples: 1000 } as const;
    const crew = { ...here, workers: 8 };
    for (const pool of [here, crew]) {
      // 20 · 10 · 64² counts of 4 bytes are 3.3 MB, and 40 · 20 · 64² are 13.1.
      await expect(eiParts(mechanism, { ...options, memory: 1e7, pool })).resolves.toMatchObject({ samples: 1000 });
      await expect(eiParts(layer(40, 20), { ...options, memory: 13e6, pool })).rejects.toThrow(
        /expected histograms of at most 13 MB; got 14 MB\. Use fewer bins or fewer units: at most 63 bins on each side fit, or at these bins, 19 of the outputs at a time fit/,
      );
    }
  });

  test("sampling that would go beyond it stops, and says so", async () => {
    for (const method of ["conditional", "plug-in"] as const) {
      const options = { bins: 20, method, samples: 1e6, seed: 2 };
      const mechanism = layer(6, 6, 5);
      const found = await effectiveInformation(mechanism, { ...options, memory: 10e6 });
      expect(found.warnings.join()).toMatch(/stopped at \d+ samples: more of their states do not fit into the memory/);
      expect(found.samples).toBeLessThan(1e6);
      const free = await effectiveInformation(mechanism, options);
      expect(free.warnings.join()).not.toContain("memory");
      expect(found.standardError).toBeGreaterThanOrEqual(free.standardError);
    }
  });

  test("values of more pairs than fit are refused before any is found", async () => {
    const options = { bins: 4, memory: 10e6 };
    await expect(eiParts(layer(700, 700), options)).rejects.toThrow(
      "expected at most 10 MB for their values; got 12 MB. Measure 595 of its outputs at a time",
    );
  });

  test("less than the smallest measurement needs is refused", async () => {
    for (const memory of [0, -1, 9e6, Number.NaN]) {
      await expect(measureLayer(layer(2, 2), { bins: 4, memory })).rejects.toThrow(
        "memory, a number of bytes of at least 10 million",
      );
    }
  });
});
