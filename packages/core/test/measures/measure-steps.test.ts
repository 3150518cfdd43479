import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { type MeasureSettings, measure } from "../../src/measures/measure.ts";
import { measureSteps } from "../../src/measures/measure-steps.ts";
import { mechanisms } from "../../src/model/graph-mechanism.ts";
import { blackBox, type Mechanism } from "../../src/model/mechanism.ts";
import type { Model } from "../../src/model/model.ts";
import { createNetwork } from "../../src/training/initialize.ts";

const model = createNetwork({ layers: [4, 5, 3], activation: "tanh", seed: 0, inputRange: [0, 1] });
const wide = createNetwork({ layers: [10, 10], activation: "tanh", bias: false, seed: 0, inputRange: [0, 1] });
const evaluate = (x: Float64Array) => Float64Array.from({ length: x.length / 2 }, (_, k) => x[2 * k]! * x[2 * k + 1]!);
const box = blackBox({ inputs: 2, outputs: 1, evaluate, inputRange: [0, 1], outputRange: [0, 1] });

async function stepsOf(subject: Model | Mechanism, settings: MeasureSettings) {
  const steps = [];
  for await (const step of measureSteps(subject, settings)) steps.push(step);
  return steps;
}

const cases: [string, Model | Mechanism, MeasureSettings][] = [
  ["a network", model, { bins: 8, tolerance: 0.01 }],
  ["a layer that needs many samples", wide, { bins: 8, tolerance: 0.008, seed: 3 }],
  ["a black box, whose pairs are sampled too", box, { bins: 4, tolerance: 0.01 }],
  ["EI alone", model, { bins: 8, tolerance: 0.02, measures: ["ei"] }],
  ["what is exact", model, { bins: 8, measures: ["eiParts"], matrix: true }],
  ["fixed effort", wide, { bins: 8, samples: 200_000 }],
  ["a rough target", model, { bins: 8, tolerance: 0.15 }],
];

describe.each(cases)("measureSteps of %s", (_, subject, settings) => {
  it("ends with the bytes of one call, and comes nearer at each step, for at most twice the samples", async () => {
    const steps = await stepsOf(subject, settings);
    const whole = await measure(subject, settings);
    expect(JSON.stringify(steps.at(-1))).toBe(JSON.stringify(whole));
    const drawn = steps.map(({ layers }) => layers.reduce((sum, { ei }) => sum + (ei?.samples ?? 0), 0));
    // A first look is the same whatever the target, and may be all that it takes.
    expect(drawn.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(2 * drawn.at(-1)!);
    expect(drawn).toEqual(drawn.toSorted((a, b) => a - b));
    for (const { layers, provenance } of steps) {
      expect(layers.map(({ name }) => name)).toEqual(whole.layers.map(({ name }) => name));
      for (const [at, layer] of layers.entries()) {
        expect(Object.keys(layer).sort()).toEqual(Object.keys(whole.layers[at]!).sort());
      }
      expect(provenance.settings.measures).toEqual(whole.provenance.settings.measures);
    }
  });
});

it("steps between are those of calls to their tolerance, with what is exact found once", async () => {
  const settings = { bins: 8, tolerance: 0.004, seed: 3 } as const;
  const steps = await stepsOf(wide, settings);
  expect(steps.length).toBeGreaterThan(2);
  for (const step of steps) {
    const { tolerance } = step.provenance.settings;
    expect(JSON.stringify(step)).toBe(JSON.stringify(await measure(wide, { ...settings, tolerance })));
  }
  expect(steps.map(({ provenance }) => provenance.settings.tolerance)).toEqual([0.2, 0.025, 0.0125, 0.004]);
});

it("can be ended at any step, and refuses what measure() refuses", async () => {
  for await (const { layers } of measureSteps(model, { bins: 8 })) {
    expect(layers).toHaveLength(2);
    break;
  }
  await expect(stepsOf(model, { bins: 1 })).rejects.toThrow(InvalidInputError);
  const stop = AbortSignal.abort(new Error("enough"));
  await expect(measureSteps(model, {}, { signal: stop }).next()).rejects.toThrow("enough");
});

it("a small budget is no dearer than a large tolerance: states are counted where they can be", async () => {
  const [layer] = mechanisms(wide);
  const { bits } = await effectiveInformation(layer!, { bins: 8, tolerance: 0.01 });
  const rough = await effectiveInformation(layer!, { bins: 8, tolerance: 0.5 });
  for (const samples of [1000, 3000, 10_000, 30_000]) {
    const found = await effectiveInformation(layer!, { bins: 8, samples });
    expect(found.method).toBe("conditional");
    expect(found.samples).toBeLessThanOrEqual(rough.samples);
    // Four standard errors, of a seed that is fixed.
    expect(Math.abs(found.bits - bits)).toBeLessThan(4 * Math.hypot(found.standardError, 0.01));
  }
});
