/** What a measurement will cost, and that it keeps within the memory it is given. Times are never compared with a clock. */
import { describe, expect, test } from "vitest";
import { sized } from "../../../../test/sizes.ts";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { estimateCost } from "../../src/cost/estimate-cost.ts";
import { everyInput, oneInput, tryExactPairs, tryJoint, trySampledPairs } from "../../src/cost/trials.ts";
import { eiParts } from "../../src/measures/edge-information.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { type CostOptions, costOf } from "../../src/measures/measure-cost.ts";
import { measureLayer } from "../../src/measures/measure-layer.ts";
import { pairOptions, samplingOptions } from "../../src/measures/measure-options.ts";
import { sensitivity } from "../../src/measures/sensitivity.ts";
import { blackBox, dense } from "../../src/model/mechanism.ts";
import { here } from "../../src/settings/pool.ts";
import { createNetwork } from "../../src/training/initialize.ts";

function layer(inputs: number, outputs: number, scale = 1) {
  const { weights } = createNetwork({ layers: [inputs, outputs], activation: "sigmoid", seed: 1 }).chain!.layers[0]!;
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
    expect(() => cost(3, 3, { bins: 8, tolerance: -1 })).toThrow("tolerance: expected a number of bits above 0");
  });
});

/** A mechanism that takes a second of its own clock for a million evaluations. */
function timed(make: (x: Float64Array, row: number) => readonly [number, number]) {
  let time = 0;
  const mechanism = blackBox({
    inputs: 2,
    outputs: 2,
    inputRange: [0, 1],
    outputRange: [0, 1],
    evaluate: (x) => {
      const rows = x.length / 2;
      time += rows / 1e6;
      return Float64Array.from(Array.from({ length: rows }, (_, row) => make(x, 2 * row)).flat());
    },
  });
  return { mechanism, clock: () => time };
}

const mixed = () => timed((x, at) => [(x[at]! + 2 * x[at + 1]!) / 3, x[at]! * x[at + 1]!]);

describe("trials", () => {
  test("foretell the time that EI of a mechanism known by its values takes", async () => {
    for (const options of sized({
      small: [{ bins: 8 }, { bins: 16, tolerance: 0.03 }],
      whole: [{ bins: 8 }, { bins: 8, tolerance: 0.003 }, { bins: 16, tolerance: 0.02 }],
    })) {
      const { mechanism, clock } = mixed();
      const trial = await tryJoint(mechanism, samplingOptions(options, "test"), 20_480, 1, clock);
      const before = clock();
      const { samples } = await effectiveInformation(mechanism, options);
      const ratio = trial.seconds / (clock() - before);
      expect(ratio).toBeGreaterThan(1 / 2);
      expect(ratio).toBeLessThan(2);
      expect(trial.samples / samples).toBeGreaterThan(1 / 2);
      expect(trial.samples / samples).toBeLessThan(2);
    }
  });

  test("foretell the time of pairs that must be sampled", async () => {
    for (const options of sized({
      small: [{ bins: 8 }, { bins: 8, samples: 300_000 }],
      whole: [{ bins: 8 }, { bins: 8, tolerance: 0.001 }, { bins: 8, samples: 300_000 }],
    })) {
      for (const [measure, intervention] of [
        [eiParts, everyInput],
        [sensitivity, undefined],
      ] as const) {
        const { mechanism, clock } = mixed();
        const checked = pairOptions(options, "test");
        const trial = await trySampledPairs(mechanism, intervention ?? oneInput(mechanism), checked, 8192, clock);
        const before = clock();
        await measure(mechanism, options);
        const ratio = trial.seconds / (clock() - before);
        expect(ratio).toBeGreaterThan(1 / 2.5);
        expect(ratio).toBeLessThan(2.5);
      }
    }
  });

  test("foretell how many samples EI of a dense layer takes", async () => {
    for (const [inputs, outputs, scale, tolerance] of [
      [2, 2, 1, 0.01],
      [5, 5, 5, 0.01],
      [8, 4, 5, 0.005],
      [12, 5, 3, 0.02],
    ] as const) {
      const mechanism = layer(inputs, outputs, scale);
      const options = { bins: 8, tolerance };
      let time = 0;
      const trial = await tryJoint(mechanism, samplingOptions(options, "test"), 81_920, 1, () => time++);
      const { samples } = await effectiveInformation(mechanism, options);
      expect(trial.samples / samples).toBeGreaterThan(1 / 3);
      expect(trial.samples / samples).toBeLessThan(3);
    }
  });

  test("tell which layers are found from probabilities, and take none for refused ones", async () => {
    const clock = () => 0;
    const wide = await tryJoint(layer(16, 16, 5), samplingOptions({ bins: 64 }, "test"), 20_480, 1, clock);
    expect(wide.work).toBeGreaterThan(1e9);
    const counted = await tryJoint(layer(6, 6), samplingOptions({ bins: 64 }, "test"), 81_920, 1, clock);
    expect(counted.work).toBe(0);
    const refused = samplingOptions({ bins: 64, memory: 10e6 }, "test");
    expect((await tryJoint(layer(64, 64, 5), refused, 4096, 1, clock)).work).toBe(0);
  });

  test("of exact pairs take those of some outputs for all", async () => {
    let time = 0;
    const mechanism = layer(12, 10);
    const some = { outputs: 2, allowed: 1 };
    const trial = await tryExactPairs(mechanism, everyInput, pairOptions({ bins: 8 }, "test"), some, () => time++);
    // One tick between the beginning and the end of a trial.
    expect(trial).toEqual({ seconds: 5, samples: 0, work: 0 });
  });
});

describe("estimateCost", () => {
  test("gives a range of computing time, four times as much at its upper end, whoever does the work", async () => {
    for (const options of [
      { bins: 8 },
      { bins: 8, measure: "eiParts" },
      { bins: 8, method: "plug-in", samples: 1e5 },
    ] as const) {
      const { samples, seconds } = await estimateCost(layer(4, 3), { ...options, pool: { ...here, workers: 4 } });
      expect(seconds[0]).toBeGreaterThan(0);
      expect(seconds[1] / seconds[0]).toBeCloseTo(4, 9);
      expect(samples > 0).toBe(!("measure" in options));
    }
  });

  test("tells what samples without a tolerance take", async () => {
    const few = dense({
      weights: [
        [1, 0.5],
        [0.3, 1],
        [-1, 1],
      ],
      activation: "sigmoid",
      inputRange: [0, 1],
    });
    for (const mechanism of [few, layer(6, 5), mixed().mechanism]) {
      const { samples, seconds } = await estimateCost(mechanism, { bins: 2, samples: 5000, measure: "ei" });
      expect(samples).toBeGreaterThan(2000);
      expect(samples).toBeLessThan(30_000);
      expect(seconds[0]).toBeGreaterThan(0);
    }
  });

  test("leaves out what is not asked for", async () => {
    const wide = layer(40, 30);
    const all = await estimateCost(wide, { bins: 8, tolerance: 0.1 });
    const pairs = await estimateCost(wide, { bins: 8, tolerance: 0.1, measures: ["eiParts", "sensitivity"] });
    expect(all.samples).toBeGreaterThan(0);
    expect(pairs.samples).toBe(0);
    expect(pairs.bytes).toBeLessThan(all.bytes);
  });

  test("makes do with the size of a layer where there is no time for trials", async () => {
    const { samples, seconds } = await estimateCost(layer(20, 10), { bins: 8 }, 1e-9);
    expect(samples).toBe(Math.round(costOf(layer(20, 10), { bins: 8 }).samples));
    expect(seconds[0]).toBeGreaterThan(0);
  });

  test("evaluates what is known only by its values", async () => {
    const { mechanism, clock } = mixed();
    const found = await estimateCost(mechanism, { bins: 8, tolerance: 0.02 });
    expect(clock()).toBeGreaterThan(0);
    expect(found.seconds[0]).toBeGreaterThan(0);
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
        /expected histograms of at most 13 MB; got 14 MB\. Use fewer bins or fewer units \(at most 63 bins on each side fit, or with these bins, 19 outputs at a time fit/,
      );
    }
  });

  test("sampling that would go beyond it stops, and says so", async () => {
    for (const method of ["conditional", "plug-in"] as const) {
      const options = { bins: 20, method, samples: 1e6, seed: 2 };
      const mechanism = layer(6, 6, 5);
      const found = await effectiveInformation(mechanism, { ...options, memory: 10e6 });
      expect(found.warnings.join()).toMatch(
        /stopped at [\d,]+ samples: the states of more samples do not fit into the memory/,
      );
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
        "memory: expected a number of bytes of at least 10 million",
      );
    }
  });
});
