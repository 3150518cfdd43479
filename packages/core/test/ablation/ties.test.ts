/** Of equal outputs the first is the answer, whatever sums were changed to come there: against forward passes that share nothing. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { byOperations } from "../../../../test/by-operations.ts";
import type { UnitPlace } from "../../src/ablation/ablator.ts";
import { cumulativeAblation, type Scope } from "../../src/ablation/cumulative.ts";
import { type ReplacementSpec, replacementOf } from "../../src/ablation/replacement.ts";
import { readCsv } from "../../src/datasets/csv.ts";
import { type Dataset, dataset } from "../../src/datasets/dataset.ts";
import { graphFromJson } from "../../src/formats/json-graph.ts";
import { Random } from "../../src/information/random.ts";
import { evaluateLayer } from "../../src/model/evaluate-layers.ts";
import { modelOf } from "../../src/model/graph-model.ts";
import { type Model, network } from "../../src/model/model.ts";

const fixture = (name: string) => readFileSync(new URL(`fixtures/ties/${name}`, import.meta.url), "utf8");

type Held = (place: UnitPlace) => number | Float64Array;

/** Share of rows whose first greatest output is their label, all computed from the inputs on. */
function naiveAccuracy(model: Model, { inputs, rows, labels }: Dataset, held: readonly UnitPlace[], value: Held) {
  const { layers } = model.chain!;
  let x = inputs;
  for (const [l, layer] of layers.entries()) {
    x = evaluateLayer(layer, x, rows);
    for (const place of held.filter(({ layer: own }) => own === l)) {
      const own = value(place);
      for (let row = 0; row < rows; row++) {
        x[row * layer.outputs + place.unit] = typeof own === "number" ? own : own[row]!;
      }
    }
  }
  const width = layers.at(-1)!.outputs;
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const y = [...x.subarray(row * width, (row + 1) * width)];
    const answer = width === 1 ? Number(y[0]! > 0.5) : y.indexOf(Math.max(...y));
    if (answer === labels![row]) right++;
  }
  return right / rows;
}

async function expectNaive(of: Model, data: Dataset, scope: Scope, replacement: ReplacementSpec, asGraph: boolean) {
  const model = asGraph ? byOperations(of) : of;
  const value = await replacementOf(model, data, data, replacement, 0);
  const places = of
    .chain!.layers.slice(0, -1)
    .flatMap(({ outputs }, layer) => Array.from({ length: outputs }, (_, unit) => `${layer}/${unit}`));
  const scores = { position: new Map(places.map((key, k) => [key, (k * 7) % places.length])) };
  const options = { scope, replacement, scores, repetitions: 3 } as const;
  const { curves } = await cumulativeAblation(model, data, data, options);
  for (const { order, points } of curves) {
    const naive = points.map(({ removed }) => naiveAccuracy(of, data, order.slice(0, removed), value));
    expect(points.map(({ accuracy }) => accuracy)).toEqual(naive);
  }
}

const REPLACEMENTS: readonly ReplacementSpec[] = ["zero", "mean", "median", "mode", "resample", 0.3];

describe("of equal outputs the first is the answer", () => {
  const net = modelOf(graphFromJson(fixture("net.json"), "net.json"));
  const x = readCsv(fixture("x.csv"), "x.csv");
  const labels = readCsv(fixture("y.csv"), "y.csv").values;
  const data = dataset({ name: "x", inputs: { data: x.values, shape: [x.shape[0]!, x.shape[1]!] }, labels });

  it("with all hidden units at 0, where all logits are equal", async () => {
    const scores = { position: new Map(Array.from({ length: 6 }, (_, unit) => [`0/${unit}`, unit])) };
    for (const model of [net, byOperations(net)]) {
      const { curves } = await cumulativeAblation(model, data, data, { scope: "network", scores, repetitions: 5 });
      // The share of the first class.
      expect(curves.map(({ points }) => points.at(-1)!.accuracy)).toEqual(curves.map(() => 0.3625));
    }
  });

  it.each(REPLACEMENTS)("at every stop, with units at %s", async (replacement) => {
    for (const asGraph of [false, true]) await expectNaive(net, data, "network", replacement, asGraph);
  });

  it.each(["relu", "tanh", "identity"] as const)("in deeper networks without biases, %s", async (activation) => {
    const random = new Random(4);
    const weights = (outputs: number, inputs: number) =>
      Array.from({ length: outputs }, () => Array.from({ length: inputs }, () => 2 * random.uniform() - 1));
    for (const last of ["softmax", "identity", "sigmoid"] as const) {
      const deep = network({
        layers: [
          { weights: weights(7, x.shape[1]!), activation },
          { weights: weights(5, 7), activation },
          { weights: weights(3, 5), activation: last },
        ],
      });
      for (const scope of [0, 1, "network"] as const) {
        for (const asGraph of [false, true]) await expectNaive(deep, data, scope, "zero", asGraph);
      }
    }
  });

  it("and with a single output the side of ½ is that of 0.5 itself", async () => {
    const random = new Random(5);
    const weights = (outputs: number, inputs: number) =>
      Array.from({ length: outputs }, () => Array.from({ length: inputs }, () => 2 * random.uniform() - 1));
    const single = network({
      layers: [
        { weights: weights(6, x.shape[1]!), activation: "tanh" },
        { weights: weights(1, 6), activation: "sigmoid" },
      ],
    });
    const two = Int32Array.from(labels, (label) => Number(label > 0));
    const targets = { data: Float64Array.from(two), shape: [two.length, 1] as const };
    const inputs = { data: x.values, shape: [x.shape[0]!, x.shape[1]!] as const };
    const binary = dataset({ name: "two", inputs, labels: two, targets });
    for (const asGraph of [false, true]) await expectNaive(single, binary, "network", "zero", asGraph);
  });
});
