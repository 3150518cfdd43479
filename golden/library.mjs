/**
 * The library as a program uses it. Only this file and functions.mjs import it: where its functions change, these adapters do, and
 * what they return stays.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dataset, layerInformation, network, neuronInformation, readModel, topologyOf } from "@causalscope/core";
import { cumulativeAblation, pairEffects, unitEffects, unitScores } from "@causalscope/core/ablation";
import { iris } from "@causalscope/core/datasets";
import { layerSeed, measureSome } from "@causalscope/core/measures";
import { isFound, layerMechanism, mechanisms } from "@causalscope/core/models";
import { neuronPairs } from "@causalscope/core/neurons";
import { findingsIn } from "../packages/core/dist/model/graph-model.js";
import { Model } from "../packages/core/dist/model/model.js";

const file = (name) => readFileSync(fileURLToPath(new URL(`models/${name}`, import.meta.url)), "utf8");

/** Networks of dense layers, by name. */
const known = {
  "classifier.json": await readModel(file("classifier.json"), { name: "classifier.json" }),
  "exact.json": await readModel(file("exact.json"), { name: "exact.json" }),
  "in a program": network({
    inputRange: [0, 8],
    layers: [
      {
        name: "first",
        weights: [
          [0.5, -0.25, 1, -1],
          [1, 0, -0.5, 0.25],
          [-1, 1, 0.5, 0.5],
        ],
        bias: [0, 1, -1],
        activation: "relu",
      },
      {
        name: "second",
        weights: [
          [1, -1, 0.5],
          [0.25, 1, -1],
        ],
        activation: "gelu",
      },
      {
        name: "third",
        weights: [
          [2, -1],
          [-1, 2],
          [0.5, 0.5],
        ],
        bias: [0, 0, 0.5],
        activation: "sigmoid",
      },
    ],
  }),
};

export const networks = () => known;

/** The rows of golden/models/examples.csv; its labels are counted in the order first, second, third. */
export function examples(name) {
  const [, ...rows] = file(name).trim().split("\n");
  const cells = rows.map((row) => row.split(","));
  const features = cells[0].length - 1;
  const words = [...new Set(cells.map((row) => row.at(-1)))].sort();
  return dataset({
    name,
    inputs: {
      data: Float64Array.from(cells.flatMap((row) => row.slice(0, features).map(Number))),
      shape: [cells.length, features],
    },
    labels: Uint8Array.from(cells, (row) => words.indexOf(row.at(-1))),
    classes: words,
  });
}

export { iris };

const graph = await readModel(file("graph.json"), { name: "graph.json" });

/** A model that is measured by its operations, also where it is dense layers in a row. */
class Operations extends Model {
  constructor(net) {
    super(net, findingsIn(net));
  }
  get chain() {
    return undefined;
  }
}

/** The two ways to a network of dense layers: as it is, and as a graph of operations. */
export const ways = {
  network: {
    layers: (net, options) =>
      Promise.all(
        mechanisms(net).map((mechanism, index) =>
          measureSome(mechanism, { ...options, seed: layerSeed(options.seed, index) }),
        ),
      ),
    classifier: (net) => net,
    topology: topologyOf,
  },
  graph: {
    layers: (net, options) => {
      const model = new Operations(net);
      return Promise.all(
        model.layers.map((layer) => {
          const found = layerMechanism(model, layer);
          if (!isFound(found)) throw new Error(found.reason);
          return measureSome(found.mechanism, { ...options, seed: layerSeed(options.seed, layer.index) });
        }),
      );
    },
    classifier: (net) => new Operations(net),
    topology: (net) => topologyOf(new Operations(net)),
  },
};

/** A graph that is no network in a row, as a classifier. */
export const branching = () => graph;

export { cumulativeAblation, layerInformation, neuronInformation, neuronPairs, pairEffects, unitEffects, unitScores };
