/**
 * Functions of the library that take mechanisms, networks that train, and numbers: one entry each, by the name under which its value is
 * recorded. As in library.mjs, calls change with the library; what is returned stays.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  binSweep,
  blackBox,
  causalPlane,
  coarseGrain,
  createNetwork,
  degeneracy,
  dense,
  effectiveInformation,
  eiBetweenGroups,
  eiParts,
  eiPartsMatrix,
  integration,
  sensitivity,
  sensitivityMatrix,
  train,
} from "@causalscope/core";
import { iris, runningParity, scaleInputs, split } from "@causalscope/core/datasets";
import {
  contingencyTable,
  dirichletEntropy,
  entropyFromCounts,
  grassbergerEntropy1988,
  gTest,
  informationFromCounts,
  interactionInformation,
  jointInformation,
  leastInformation,
  linearDecoderBound,
  mixtureEntropy,
  mixtureInformation,
  multivariateInformation,
  neighbourEntropy,
  neighbourInformation,
  neighbourInformationOfLabels,
  partialInformation,
  permutationTest,
  sourceTable,
  tiedShare,
} from "@causalscope/core/information";
import { dynamicOutput, outputEntropies } from "@causalscope/core/measures";
import { chain } from "@causalscope/core/models";
import { pairwiseBounds, pairwiseLabelBounds } from "@causalscope/core/neurons";
import { evaluate, forward, recurrentMechanisms, trainNoisily, trainRecurrent } from "@causalscope/core/training";

const rows = readFileSync(fileURLToPath(new URL("models/table.csv", import.meta.url)), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split(","));
const column = (at) => Float64Array.from(rows, (row) => Number(row[at]));
const whole = (at) => Int32Array.from(rows, (row) => Number(row[at]));
const [a, b, tied] = [0, 1, 2].map((at) => ({ values: column(at), dimensions: 1 }));
const both = { values: Float64Array.from(rows.flatMap((row) => [Number(row[0]), Number(row[1])])), dimensions: 2 };
/** The same, moved so that no two distances are equal. */
const untied = ({ values, dimensions }) => ({
  values: values.map((value, at) => value + Math.sqrt(at) * 1e-6),
  dimensions,
});
const [count, other] = [whole(3).map((value) => value + 2), whole(4)];
const binary = column(0).map((value) => Number(value > 0));
const counts = [12, 7, 3, 1, 1, 0, 2];

const weights = [
  [2, -1, 0.5],
  [1, 3, -2],
];
const layer = dense({ name: "layer", weights, bias: [0.25, -0.5], activation: "sigmoid", inputRange: [0, 1] });
const own = dense({
  name: "own ranges",
  weights,
  activation: "tanh",
  inputRange: [
    [0, 1],
    [-1, 1],
    [0, 2],
  ],
});
const relu = dense({ name: "relu", weights, activation: "relu", inputRange: [-1, 1], outputRange: [0, 2] });
const box = blackBox({
  name: "product and maximum",
  inputs: 2,
  outputs: 2,
  inputRange: [0, 1],
  outputRange: [0, 1],
  evaluate(batch) {
    const found = new Float64Array(batch.length);
    for (let at = 0; at < batch.length; at += 2) {
      found[at] = batch[at] * batch[at + 1];
      found[at + 1] = Math.max(batch[at], batch[at + 1]);
    }
    return found;
  },
});
const quick = { bins: 6, tolerance: 0.1, seed: 3 };

const created = (more) =>
  createNetwork({ layers: [4, 5, 3], activation: "sigmoid", bias: true, seed: 2, inputRange: [0, 1], ...more });
const flowers = () => split(scaleInputs(iris(), 1 / 8), 100, 0);

/** What is learned of each dense layer. */
const parameters = (model) => model.chain.layers.map(({ name, weights, bias }) => ({ name, weights, bias }));

/** Weights and scores of every checkpoint. */
async function trained(network, options) {
  const found = [];
  for await (const { epoch, step, train: own, test, model } of train(network, flowers(), options)) {
    found.push({ epoch, step, train: own, test, layers: parameters(model) });
  }
  return found;
}
const steps = { epochs: 3, batchSize: 10, learningRate: 0.05, seed: 4 };
const deep = () => created({ layers: [4, 4, 4, 3], activation: "tanh", bias: false, initializer: "glorot" });

async function recurrent(kind) {
  const found = [];
  const options = { kind, units: 3, epochs: 2, every: 1, batchSize: 16, learningRate: 0.05, seed: 1 };
  for await (const checkpoint of trainRecurrent(runningParity({ sequences: 40, steps: 6, seed: 3 }), options)) {
    const { epoch, cell, readout, loss, accuracy } = checkpoint;
    const maps = [];
    for (const [map, mechanism] of Object.entries(recurrentMechanisms(cell))) {
      maps.push({ name: map, ei: await effectiveInformation(mechanism, { bins: 4, tolerance: 0.3, seed: 0 }) });
    }
    found.push({ epoch, parameters: cell.parameters, readout, loss, accuracy, maps });
  }
  return found;
}

const sources = () => sourceTable(count, binary, other);

export const byName = {
  effectiveInformation: () => effectiveInformation(layer, quick),
  "effectiveInformation, ranges of inputs": () => effectiveInformation(own, quick),
  "effectiveInformation, clamp": () => effectiveInformation(relu, { ...quick, outside: "clamp" }),
  "effectiveInformation, averaged": () => effectiveInformation(relu, { ...quick, offset: "averaged" }),
  "effectiveInformation, conditional": () => effectiveInformation(relu, { ...quick, method: "conditional" }),
  "effectiveInformation, likelihood": () => effectiveInformation(layer, { ...quick, method: "likelihood" }),
  "effectiveInformation, plug-in": () => effectiveInformation(layer, { bins: 6, samples: 5000, method: "plug-in" }),
  "effectiveInformation, threshold": () =>
    effectiveInformation(layer, { bins: 6, threshold: 0.05, method: "plug-in", seed: 1 }),
  "effectiveInformation, gaussian": () =>
    effectiveInformation(layer, { ...quick, noise: { kind: "gaussian", mean: 0.4, standardDeviation: 0.3 } }),
  "effectiveInformation, sample": () =>
    effectiveInformation(layer, {
      ...quick,
      noise: {
        kind: "sample",
        rows: [
          [0, 0, 0],
          [1, 0, 1],
          [0.5, 0.25, 1],
        ],
      },
    }),
  "effectiveInformation, black box": () => effectiveInformation(box, quick),
  eiParts: () => eiParts(own, quick),
  "eiParts, plug-in": () => eiParts(layer, { bins: 6, samples: 5000, method: "plug-in", seed: 2 }),
  "eiParts, extrapolated": () => eiParts(layer, { bins: 6, method: "plug-in", extrapolate: true }),
  "eiParts, averaged": () => eiParts(relu, { ...quick, offset: "averaged" }),
  "eiParts, gaussian": () => eiParts(layer, { ...quick, noise: { kind: "gaussian", standardDeviation: 0.2 } }),
  eiPartsMatrix: () => eiPartsMatrix(relu, quick),
  "eiPartsMatrix, black box": () => eiPartsMatrix(box, quick),
  sensitivity: () => sensitivity(own, quick),
  "sensitivity, rest": () => sensitivity(layer, { ...quick, rest: [0.25, 0.5, 0.75] }),
  "sensitivity, black box": () => sensitivity(box, quick),
  sensitivityMatrix: () => sensitivityMatrix(relu, quick),
  degeneracy: async () => degeneracy(await sensitivity(layer, quick), await effectiveInformation(layer, quick)),
  integration: async () => integration(await effectiveInformation(layer, quick), await eiParts(layer, quick)),
  outputEntropies: () => outputEntropies(relu, { bins: 6 }),
  binSweep: () => binSweep(layer, [2, 4, { input: 4, output: 8 }], { tolerance: 0.1, seed: 0 }),
  eiBetweenGroups: () =>
    eiBetweenGroups(
      layer,
      [
        { inputs: [0, 1], outputs: [1] },
        { inputs: [2], outputs: [0, 1] },
      ],
      quick,
    ),
  coarseGrain: () => {
    const groups = { inputs: [[0, 1], [2]], outputs: [[0, 1]] };
    return effectiveInformation(coarseGrain(layer, groups), quick);
  },
  dynamicOutput: async () => {
    const { mechanism, ...rest } = await dynamicOutput(relu, 8, { seed: 1, samples: 2000 });
    return { ...rest, outputRange: mechanism.outputRange };
  },
  chain: () => effectiveInformation(chain(deep(), { from: 0, to: 1 }), { bins: 4, tolerance: 0.2, seed: 0 }),
  causalPlane: () => causalPlane(deep(), { bins: 4, tolerance: 0.2, seed: 5 }),
  "causalPlane, softmax": () =>
    causalPlane(created({ activation: ["sigmoid", "softmax"] }), { bins: 4, tolerance: 0.2 }),
  "createNetwork, he": () => parameters(created({ initializer: "he", activation: "relu" })),
  forward: () => forward(deep(), iris().inputs.slice(0, 40)),
  evaluate: () => evaluate(deep(), iris(), "mse"),
  "train, sgd": () => trained(created(), { ...steps, reduction: "sum" }),
  "train, momentum": () => trained(deep(), { ...steps, optimizer: "momentum", momentum: 0.8, l2: 0.01 }),
  "train, adam": () =>
    trained(created({ activation: ["sigmoid", "softmax"] }), {
      ...steps,
      optimizer: "adam",
      loss: "cross-entropy",
      dropout: 0.25,
    }),
  "train, normalised": () => trained(created({ activation: "relu" }), { ...steps, batchNorm: true }),
  trainNoisily: () => {
    const network = created({ activation: ["sigmoid", "softmax"] });
    const { model, steps } = trainNoisily(network, flowers().train, {
      ...{ steps: 3, learningRate: 0.1, clip: 1, noise: 0.05, seed: 2 },
    });
    return { steps, layers: parameters(model) };
  },
  "trainRecurrent, elman": () => recurrent("elman"),
  "trainRecurrent, gru": () => recurrent("gru"),
  entropyFromCounts: () =>
    Object.fromEntries(
      [
        "plug-in",
        "miller-madow",
        "grassberger",
        "chao-shen",
        "chao-wang-jost",
        "zhang",
        "jackknife",
        "james-stein",
        "nsb",
      ].map((method) => [method, entropyFromCounts(counts, method)]),
    ),
  dirichletEntropy: () => dirichletEntropy(counts, 0.5),
  grassbergerEntropy1988: () => grassbergerEntropy1988(counts, "n + 1"),
  informationFromCounts: () => informationFromCounts(contingencyTable(count, other), "chao-shen"),
  gTest: () => gTest(contingencyTable(count, other)),
  permutationTest: () => permutationTest(count, other, { permutations: 50, seed: 3 }),
  neighbourEntropy: () => neighbourEntropy(untied(both), 3),
  "neighbourInformation, 2": () => neighbourInformation(untied(a), untied(b), 4, 2),
  neighbourInformation: () => neighbourInformation(untied(a), untied(b), 3),
  "neighbourInformation, mixed": () => neighbourInformation(tied, b, 3, "mixed"),
  neighbourInformationOfLabels: () => neighbourInformationOfLabels(both, other, 3),
  tiedShare: () => tiedShare(tied),
  linearDecoderBound: () => linearDecoderBound(both, other, { seed: 1 }),
  mixtureEntropy: () => mixtureEntropy(both, 0.1, { draws: 2, seed: 1 }),
  mixtureInformation: () => mixtureInformation(both, other, 0.1, { draws: 2, seed: 1 }),
  pairwiseBounds: () => pairwiseBounds(both, 0.1),
  pairwiseLabelBounds: () => pairwiseLabelBounds(both, other, 0.1),
  multivariateInformation: () => multivariateInformation([count, other, Int32Array.from(binary)]),
  jointInformation: () => jointInformation([count, Int32Array.from(binary)], other),
  partialInformation: () => ["minimum", "mmi", "broja"].map((measure) => partialInformation(sources(), measure)),
  interactionInformation: () => interactionInformation(sources()),
  leastInformation: () => leastInformation(sources()),
};
