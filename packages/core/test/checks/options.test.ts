/** An option that nobody reads is refused by every public function that takes options, with the nearest name that is read. */
import { describe, expect, it } from "vitest";
import { flowers, trainedOnFlowers } from "../../../../test/trained-iris.ts";
import { nearestName, requireOptions } from "../../src/checks/options-check.ts";
import { delayedRecall, labelledTable, runningParity, spiral } from "../../src/datasets.ts";
import { measureOptions } from "../../src/measures/measure-options.ts";
import { createPool } from "../../src/pools/node-pool.ts";
import * as causalscope from "../everything.ts";

const layer = causalscope.dense({ weights: [[1, -1]], activation: "tanh" });
const iris = flowers.train;
const net = await trainedOnFlowers([3], ["relu"], { epochs: 1 });
const points = { values: Float64Array.of(1, 2, 3, 5, 8, 13), dimensions: 1 };
const estimate = { ei: causalscope.effectiveInformation(layer, { bins: 4 }) };

/** What is called, with an object that has one wrong name; the name that is meant. */
type Case = readonly [name: string, call: (wrong: object) => unknown, wrong: string, meant: string];

const any = (options: object) => options as never;
const bins = { bins: 4 };
const cases: readonly Case[] = [
  ["dense", (o) => causalscope.dense(any({ weights: [[1]], activation: "tanh", ...o })), "inputRanges", "inputRange"],
  ["mechanisms", (o) => causalscope.mechanisms(net, any(o)), "inputranges", "inputRange"],
  ["chain", (o) => causalscope.chain(net, any({ from: 0, to: 1, ...o })), "activations", "activation"],
  [
    "blackBox",
    (o) => causalscope.blackBox(any({ inputs: 1, outputs: 1, evaluate: (x: Float64Array) => x, ...o })),
    "input",
    "inputs",
  ],
  [
    "coarseGrain",
    (o) => causalscope.coarseGrain(layer, any({ inputs: [[0, 1]], outputs: [[0]], ...o })),
    "ouputs",
    "outputs",
  ],
  ["network", (o) => causalscope.network(any({ layers: [], ...o })), "inputRanges", "inputRange"],
  [
    "activation",
    (o) => causalscope.activation(any({ name: "my", value: (z: number) => z, ...o })),
    "range",
    "defaultRange",
  ],
  [
    "effectiveInformation",
    (o) => causalscope.effectiveInformation(layer, any({ ...bins, ...o })),
    "tolarance",
    "tolerance",
  ],
  ["eiParts", (o) => causalscope.eiParts(layer, any({ ...bins, ...o })), "sample", "samples"],
  ["eiPartsMatrix", (o) => causalscope.eiPartsMatrix(layer, any({ ...bins, ...o })), "Seed", "seed"],
  ["sensitivity", (o) => causalscope.sensitivity(layer, any({ ...bins, ...o })), "rests", "rest"],
  ["sensitivityMatrix", (o) => causalscope.sensitivityMatrix(layer, any({ ...bins, ...o })), "rests", "rest"],
  ["measureLayer", (o) => causalscope.measureLayer(layer, any({ ...bins, ...o })), "methods", "method"],
  ["measureSome", (o) => causalscope.measureSome(layer, any({ ...bins, ...o })), "mesures", "measures"],
  ["causalPlane", (o) => causalscope.causalPlane(net, any({ ...bins, ...o })), "inputRanges", "inputRange"],
  ["binSweep", (o) => causalscope.binSweep(layer, [4], any(o)), "tolarance", "tolerance"],
  [
    "eiBetweenGroups",
    (o) => causalscope.eiBetweenGroups(layer, [{ inputs: [0], outputs: [0] }], any({ ...bins, ...o })),
    "tolerence",
    "tolerance",
  ],
  ["outputEntropies", (o) => causalscope.outputEntropies(layer, any({ ...bins, ...o })), "outsied", "outside"],
  ["estimateCost", (o) => causalscope.estimateCost(layer, any({ ...bins, ...o })), "mesure", "measure"],
  ["dynamicOutput", (o) => causalscope.dynamicOutput(layer, 8, any(o)), "sampels", "samples"],
  [
    "noise",
    (o) =>
      causalscope.effectiveInformation(
        layer,
        any({ ...bins, noise: { kind: "gaussian", standardDeviation: 1, ...o } }),
      ),
    "standarddeviation",
    "standardDeviation",
  ],
  ["topologyOf", (o) => causalscope.topologyOf(net, any(o)), "inputRanges", "inputRange"],
  ["layerMechanism", (o) => causalscope.layerMechanism(net, net.layers[0]!, any(o)), "outputRanges", "outputRange"],
  [
    "observedRanges",
    (o) => causalscope.observedRanges(net, { rows: 1, columns: 4, values: new Float64Array(4) }, [], any(o)),
    "quantile",
    "quantiles",
  ],
  ["readModel", (o) => causalscope.readModel("{}", any(o)), "inputShape", "inputShapes"],
  [
    "onnxBlackBox",
    (o) => causalscope.onnxBlackBox(new Uint8Array(3), any({ from: "a", to: "b", ...o })),
    "outputRang",
    "outputRange",
  ],
  [
    "layerInformation",
    (o) => causalscope.layerInformation(net, iris, any({ kind: "pairwise", variance: 0.1, ...o })),
    "varience",
    "variance",
  ],
  [
    "layerInformation, quantizer",
    (o) =>
      causalscope.layerInformation(net, iris, { kind: "bins", quantizer: any({ kind: "uniform", bins: 4, ...o }) }),
    "bin",
    "bins",
  ],
  ["neuronInformation", (o) => causalscope.neuronInformation(net, iris, any(o)), "quantiser", "quantizer"],
  [
    "neuronPairs",
    (o) => causalscope.neuronPairs(net, iris, any({ layer: 0, units: [0, 1], ...o })),
    "permutation",
    "permutations",
  ],
  [
    "cumulativeAblation",
    (o) => causalscope.cumulativeAblation(net, iris, iris, any({ scope: 0, scores: {}, ...o })),
    "repititions",
    "repetitions",
  ],
  ["unitEffects", (o) => causalscope.unitEffects(net, iris, [], any(o)), "replacment", "replacement"],
  [
    "pairEffects",
    (o) =>
      causalscope.pairEffects(
        net,
        iris,
        [
          { layer: 0, unit: 0 },
          { layer: 0, unit: 1 },
        ],
        any(o),
      ),
    "replacment",
    "replacement",
  ],
  ["unitScores", (o) => causalscope.unitScores(net, iris, [], any(o)), "quantiser", "quantizer"],
  [
    "summarizeAblation",
    (o) => causalscope.summarizeAblation({ curves: [], units: 1 }, any({ chance: 0, ...o })),
    "epsilom",
    "epsilon",
  ],
  [
    "train",
    async (o) => {
      for await (const _ of causalscope.train(
        net,
        flowers,
        any({ epochs: 1, batchSize: 5, learningRate: 0.1, seed: 0, ...o }),
      ));
    },
    "learningrate",
    "learningRate",
  ],
  [
    "trainNoisily",
    (o) => causalscope.trainNoisily(net, iris, any({ steps: 1, learningRate: 1, clip: 1, noise: 0, seed: 0, ...o })),
    "step",
    "steps",
  ],
  [
    "trainRecurrent",
    (o) => causalscope.trainRecurrent([] as never, any({ kind: "gru", ...o })).next(),
    "unit",
    "units",
  ],
  [
    "createNetwork",
    (o) => causalscope.createNetwork(any({ layers: [1, 1], activation: "tanh", seed: 0, ...o })),
    "initialiser",
    "initializer",
  ],
  ["dataset", (o) => causalscope.dataset(any({ name: "x", inputs: [[1]], labels: [0], ...o })), "label", "labels"],
  ["tableFrom", (o) => causalscope.tableFrom(new TextEncoder().encode("1,2\n3,4\n"), "x", any(o)), "arrray", "array"],
  [
    "permutationTest",
    (o) => causalscope.permutationTest([0, 1], [0, 1], any({ permutations: 3, seed: 0, ...o })),
    "permutation",
    "permutations",
  ],
  ["mixtureInformation", (o) => causalscope.mixtureInformation(points, undefined, 1, any(o)), "draw", "draws"],
  ["mixtureEntropy", (o) => causalscope.mixtureEntropy(points, 1, any(o)), "sed", "seed"],
  [
    "linearDecoderBound",
    (o) => causalscope.linearDecoderBound(points, [0, 1, 0, 1, 0, 1], any(o)),
    "penalties",
    "penalty",
  ],
  ["neighbourInformation", (o) => causalscope.neighbourInformation(points, points, 2, 1, any(o)), "scales", "scale"],
  ["neighbourEntropy", (o) => causalscope.neighbourEntropy(points, 2, any(o)), "scales", "scale"],
  [
    "neighbourInformationOfLabels",
    (o) => causalscope.neighbourInformationOfLabels(points, [0, 1, 0, 1, 0, 1], 1, any(o)),
    "split",
    "splits",
  ],
  ["splitError", (o) => causalscope.splitError(4, () => 0, any(o)), "split", "splits"],
  ["posteriorBound", (o) => causalscope.posteriorBound(0, 1, 10, any(o)), "betta", "beta"],
  ["spiral", (o) => spiral(any({ rows: 4, noise: 0, seed: 0, ...o })), "noice", "noise"],
  ["runningParity", (o) => runningParity(any({ sequences: 1, steps: 2, seed: 0, ...o })), "step", "steps"],
  [
    "delayedRecall",
    (o) => delayedRecall(any({ delay: 1, sequences: 1, steps: 2, seed: 0, ...o })),
    "sequence",
    "sequences",
  ],
  [
    "labelledTable",
    (o) => labelledTable({ shape: [2, 2], values: Float64Array.of(1, 0, 2, 1) }, undefined, "t", any(o)),
    "mising",
    "missing",
  ],
  [
    "a layer of network",
    (o) => causalscope.network({ layers: [any({ weights: [[1]], activation: "tanh", ...o })] }),
    "biases",
    "bias",
  ],
  ["createPool", (o) => createPool(any(o)), "wrokers", "workers"],
];

/** The compiler sees that no option of a measure is missing. */
type MeasureOptions = causalscope.EffectiveInformationOptions &
  causalscope.PairOptions &
  causalscope.SensitivityOptions &
  causalscope.LayerOptions &
  causalscope.SomeOptions &
  causalscope.SeveralOptions &
  causalscope.CausalPlaneOptions &
  causalscope.CostOptions;
const complete: { readonly [name in keyof MeasureOptions]-?: unknown } = measureOptions;

describe("an unknown option", () => {
  it.each(cases)("of %s is refused, with the nearest name", async (_, call, wrong, meant) => {
    const tried = async () => call({ [wrong]: undefined });
    await expect(tried()).rejects.toThrow(causalscope.InvalidInputError);
    await expect(tried()).rejects.toThrow(`got "${wrong}". Did you mean ${meant}?`);
  });

  it("is one that is inherited by every object, too", () => {
    expect(() => requireOptions({ constructor: 1 } as object, {}, "f()")).toThrow(
      'expected no options; got "constructor"',
    );
    // No name is near enough to be meant.
    expect(() => requireOptions({ toString: 1 } as object, { seed: true } as never, "f()")).toThrow(
      'f(): expected one of the options seed; got "toString".',
    );
    expect(() => requireOptions({ sede: 1 } as object, { seed: true } as never, "f()")).toThrow("Did you mean seed?");
    expect(() => requireOptions([] as object, {}, "f()")).toThrow("got an array");
    expect(() => requireOptions(null as unknown as object, {}, "f()")).toThrow("got null");
    expect(requireOptions(undefined, {}, "f()")).toBeUndefined();
    expect(() => requireOptions(1n as unknown as object, {}, "f()")).toThrow("got 1.");
    expect(() => requireOptions({ ["x".repeat(1e6)]: 1 } as object, {}, "f()")).toThrow(/^f\(\): .{0,200}$/);
  });

  it("is near to what differs by a letter more, a letter less, another one, or two in the wrong order", () => {
    const known = ["samples", "seed", "noise"];
    expect(["sample", "ssamples", "simples", "smaples"].map((name) => nearestName(name, known))).toEqual(
      new Array(4).fill("samples"),
    );
    expect(nearestName("anything", [])).toBeUndefined();
  });

  it("does not hinder those that are known", async () => {
    expect(Object.keys(complete)).toContain("tolerance");
    expect((await estimate.ei).bits).toBeGreaterThan(0);
  });
});
