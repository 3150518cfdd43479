/** Data sets that were changed by hand after they were made: everything that takes one refuses them. */
import { describe, expect, test } from "vitest";
import { ablate } from "../../src/ablation/ablate.ts";
import { summarizeAblation } from "../../src/ablation/curve.ts";
import { pairEffects, unitEffects } from "../../src/ablation/effects.ts";
import { unitScores } from "../../src/ablation/scores.ts";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { type Dataset, pick, scaleInputs, split } from "../../src/datasets/dataset.ts";
import { concatenate, keepClasses, randomLabels, shrinkImages } from "../../src/datasets/image-sets.ts";
import { xor } from "../../src/datasets/toys.ts";
import { network } from "../../src/model/model.ts";
import { layerInformation } from "../../src/observational/information-plane.ts";
import { neuronInformation } from "../../src/observational/neuron-information.ts";
import { evaluate, forward } from "../../src/training/score.ts";
import { train } from "../../src/training/train.ts";

const model = network({
  layers: [
    {
      weights: [
        [1, 1],
        [1, 1],
      ],
      bias: [-0.5, -1.5],
      activation: "relu",
    },
    {
      weights: [
        [-1, 4],
        [1, -4],
      ],
      bias: [0.25, -0.25],
      activation: "softmax",
    },
  ],
});

const takers: Readonly<Record<string, (data: Dataset) => unknown>> = {
  ablate: (data) => ablate(model, data),
  unitEffects: (data) => unitEffects(model, data, [{ layer: 0, unit: 0 }]),
  unitScores: (data) => unitScores(model, data, ["weight-spread"]),
  layerInformation: (data) => layerInformation(model, data, { kind: "pairwise", variance: 0.1 }),
  neuronInformation: (data) => neuronInformation(model, data),
  evaluate: (data) => evaluate(model, data, "cross-entropy"),
  train: (data) =>
    train(model, data, { loss: "cross-entropy", epochs: 1, batchSize: 1, learningRate: 1, seed: 0 } as never),
  split: (data) => split(data, 1, 0),
  scaleInputs: (data) => scaleInputs(data, 2),
  pick: (data) => pick(data, [0], "one"),
  concatenate: (data) => concatenate(data, data),
  keepClasses: (data) => keepClasses(data, [0, 1]),
  randomLabels: (data) => randomLabels(data, 0),
  shrinkImages: (data) => shrinkImages(data, [1, 2], [1, 1]),
};

const changes: [what: string, changed: object, message: RegExp][] = [
  ["fewer rows", { rows: 3 }, /inputs: expected 6 values, 3 × 2; got 8/],
  ["endless rows", { rows: Number.POSITIVE_INFINITY }, /rows: expected a whole number.*got Infinity/],
  ["half a feature", { features: 0.5 }, /features: expected a whole number.*got 0\.5/],
  ["inputs that are NaN", { inputs: Float64Array.of(0, 0, 0, 1, 1, Number.NaN, 1, 1) }, /finite numbers; got NaN at 5/],
  ["too few labels", { labels: Int32Array.of(0, 1) }, /labels: expected 4 labels, one for each row.*got 2/],
  ["labels that are null", { labels: null }, /labels: expected 4 labels.*got null/],
  ["a label that is no class", { labels: Int32Array.of(0, 1, 2, 0) }, /labels.*whole numbers from 0 to 1; got 2 at 2/],
];

describe("a data set is refused that was given", () => {
  for (const [what, changed, message] of changes) {
    test(what, async () => {
      for (const [name, take] of Object.entries(takers)) {
        const found = (async () => take({ ...xor(), ...changed } as Dataset))();
        await expect(found, name).rejects.toThrow(InvalidInputError);
        await expect(found, name).rejects.toThrow(message);
      }
    });
  }
});

test("units that the model does not have are refused, with those that it has", async () => {
  for (const place of [
    { layer: 0, unit: 2 },
    { layer: 0, unit: -1 },
    { layer: 7, unit: 0 },
    { layer: 1, unit: 0 },
  ]) {
    for (const effects of [unitEffects, pairEffects]) {
      await expect(effects(model, xor(), [{ layer: 0, unit: 0 }, place])).rejects.toThrow(
        `expected hidden units: units 0 to 1 of layer 0; got unit ${place.unit} of layer ${place.layer}`,
      );
    }
  }
});

test("inputs that are not finite, rows that are not there and no curves are refused", () => {
  expect(() => forward(model, Float64Array.of(1, Number.NaN))).toThrow(
    "forward(): expected finite numbers; got NaN at 1",
  );
  expect(() => pick(xor(), [0, 4], "two")).toThrow("pick(): expected rows from 0 to 3; got 4 at 1");
  expect(() => summarizeAblation({ curves: [], units: 2 }, { chance: 0.5 })).toThrow("got 0 curves");
});
