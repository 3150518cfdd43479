import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/checks/error-classes.ts";
import { assumedRanges } from "../../src/model/assumed-ranges.ts";
import { graphOfChain, layersOfChain, rangesOfChain } from "../../src/model/chain-graph.ts";
import { denseChain } from "../../src/model/dense-chain.ts";
import { throughLayers } from "../../src/model/evaluate-layers.ts";
import type { Graph, Operation, Shape } from "../../src/model/graph.ts";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import { layersOf } from "../../src/model/graph-layers.ts";
import { chainOf } from "../../src/model/graph-sequential.ts";
import { tensor } from "../../src/model/tensor.ts";
import { denseGraphs, plain } from "../formats/graphs.ts";

/** Operations in a row, from an input of this shape. */
function row(shape: Shape, operations: readonly (Operation & { readonly name?: string })[]): Graph {
  const builder = new GraphBuilder("row.onnx");
  builder.input("x", shape);
  let last = "x";
  for (const [at, { name = `node ${at}`, ...operation }] of operations.entries()) {
    builder.node({ name, operation, inputs: [last], output: `made ${at}` });
    last = `made ${at}`;
  }
  return builder.build({ format: "test", outputs: [last], notes: [], inputRange: [0, 1] });
}

function dense(name: string, rows: readonly (readonly number[])[], bias?: readonly number[]) {
  return {
    name,
    kind: "dense",
    weights: tensor(`${name}.weight`, [rows.length, rows[0]!.length], Float32Array.from(rows.flat())),
    transposed: false,
    ...(bias && { bias: tensor(`${name}.bias`, [bias.length], Float32Array.from(bias)) }),
  } as const;
}

const relu = { kind: "activation", activation: "relu" } as const;
const scaled = (scale: readonly number[], shift: readonly number[]) =>
  ({
    kind: "affine",
    scale: { shape: [scale.length], values: Float64Array.from(scale) },
    shift: { shape: [1, shift.length], values: Float64Array.from(shift) },
    parameters: 0,
  }) as const;

function made(graph: Graph) {
  const found = chainOf(graph);
  if ("reason" in found) throw new Error(found.reason);
  return found;
}

function reason(graph: Graph): string {
  const found = chainOf(graph);
  return "reason" in found ? found.reason : "a network in a row";
}

describe("chainOf", () => {
  it("takes dense layers with their activations, and passes over what only changes shapes", () => {
    const found = made(
      row(
        [1, 1, 2, 1],
        [
          { kind: "reshape", shape: [1, 2, 1] },
          { kind: "transpose", permutation: [0, 2, 1] },
          dense(
            "a",
            [
              [0.1, 2],
              [3, 4],
              [5, 6],
            ],
            [7, 8, 9],
          ),
          relu,
          { kind: "reshape", shape: [1, 3] },
          {
            ...dense("b", [
              [1, 2],
              [3, 4],
              [5, 6],
            ]),
            transposed: true,
          },
          { kind: "activation", activation: "identity" },
          dense("c", [[1, 2]]),
          { kind: "softmax", axis: 1 },
        ],
      ),
    );
    expect(found.folded).toBe(false);
    expect(found.chain.inputRange).toEqual([0, 1]);
    expect(found.chain.layers).toStrictEqual(
      denseChain({
        layers: [
          {
            name: "a",
            weights: [
              [Math.fround(0.1), 2],
              [3, 4],
              [5, 6],
            ],
            bias: [7, 8, 9],
            activation: "relu",
          },
          {
            name: "b",
            weights: [
              [1, 3, 5],
              [2, 4, 6],
            ],
            activation: "identity",
          },
          { name: "c", weights: [[1, 2]], activation: "softmax" },
        ],
      }).layers,
    );
  });

  it("folds scales and shifts into the layer before, or after where an activation stands between", () => {
    const x = [0.5, -2];
    const found = made(
      row(
        [1, 2],
        [
          scaled([2, 3], [1, 1]),
          dense(
            "a",
            [
              [1, 2],
              [3, 4],
            ],
            [1, -1],
          ),
          scaled([0.5, -1], [0, 10]),
          scaled([1, 2], [1, 1]),
          relu,
          scaled([3, 4], [-1, 1]),
          scaled([10, 10], [5, 6]),
          dense("b", [[1, -1]]),
        ],
      ),
    );
    expect(found.folded).toBe(true);
    // By hand: x′ = (2, −5); a = (1·2 + 2·−5 + 1, 3·2 + 4·−5 − 1) = (−7, −15); then (−3.5, 25), (−2.5, 51), ReLU (0, 51).
    // Then (−1, 205), (−5, 2056) and b = −5 − 2056.
    expect(throughLayers(found.chain.layers)(Float64Array.from(x), 1)).toEqual(Float64Array.of(-2061));
    expect(found.chain.layers.map(({ name, activation }) => [name, activation])).toEqual([
      ["a", "relu"],
      ["b", "identity"],
    ]);
  });

  const two = dense("a", [
    [1, 2],
    [3, 4],
  ]);
  it.each<[string, Graph, string]>([
    [
      "a convolution",
      row([1, 1, 4], [{ kind: "global-max-pool", channelsLast: false, keep: false }]),
      "node 0 is of the kind global-max-pool",
    ],
    [
      "values that change places",
      row([1, 2, 2], [{ kind: "transpose", permutation: [0, 2, 1] }]),
      "node 0 reorders values",
    ],
    ["several rows", row([3, 2], [two]), "a takes more than one row of values"],
    ["an activation of inputs", row([1, 2], [relu, two]), "node 0 does not follow a dense layer"],
    ["two activations", row([1, 2], [two, relu, relu]), "node 2 does not follow a dense layer"],
    [
      "an activation of scaled values",
      row([1, 2], [two, relu, scaled([1, 1], [1, 1]), relu]),
      "node 3 does not follow",
    ],
    ["a scale at the end", row([1, 2], [two, relu, scaled([1, 1], [1, 1])]), "a scale or shift comes after its last"],
    ["a softmax over rows", row([1, 2], [two, { kind: "softmax", axis: 0 }]), "node 1 is along an axis other"],
    [
      "what is unknown",
      row([1, 2], [{ kind: "unknown", operator: "LSTM", reason: "no", shape: [1, 2] }, two]),
      "node 0 is of the kind unknown",
    ],
  ])("says what stands in the way: %s", (_, graph, words) => {
    expect(reason(graph)).toContain(words);
  });

  it("says that branches, and several inputs or outputs, are no row", () => {
    const builder = new GraphBuilder("net");
    builder.input("x", [1, 2]);
    builder.node({ name: "a", operation: two, inputs: ["x"], output: "a" });
    builder.node({ name: "sum", operation: { kind: "sum", coefficients: [1, 1] }, inputs: ["x", "a"], output: "sum" });
    const rest = { format: "test", notes: [] };
    expect(reason(builder.build({ ...rest, outputs: ["sum"] }))).toContain("sum takes inputs other than the output");
    expect(reason(builder.build({ ...rest, outputs: ["a", "sum"] }))).toContain("it has 1 inputs and 2 outputs");
    const early = row([1, 2], [two, relu]);
    expect(reason({ ...early, outputs: ["made 0"] })).toContain("its output made 0 is not the output of its last node");
  });

  it("refuses what a network refuses, by the file's name", () => {
    expect(() => chainOf(row([1, 2], [dense("a", [[1, Number.NaN]])]))).toThrow(FormatError);
    expect(() => chainOf(row([1, 2], [dense("a", [[1, Number.NaN]])]))).toThrow("row.onnx: a: expected finite numbers");
  });
});

describe("graphOfChain", () => {
  it("is undone by chainOf, names and bits", () => {
    fc.assert(
      fc.property(denseGraphs(), (graph) => {
        const { chain: net } = made(graph);
        const back = made(graphOfChain(net, "net.json"));
        expect(back).toStrictEqual({ chain: net, folded: false });
      }),
      { numRuns: 200 },
    );
  });

  it("is a graph whose layers, shapes and ranges are those that are found in graphs", () => {
    fc.assert(
      fc.property(denseGraphs(), fc.boolean(), (graph, isBounded) => {
        const chain = { ...made(graph).chain, ...(isBounded && { inputRange: [-2, 3] as const }) };
        const own = graphOfChain(chain, "net.json");
        expect(layersOfChain(chain, own)).toStrictEqual(layersOf(own));
        const [ranges, found] = [rangesOfChain(chain, own), assumedRanges(own)];
        for (const tensor of [...own.shapes.keys(), "none"]) expect(ranges(tensor)).toStrictEqual(found(tensor));
        const builder = new GraphBuilder(own.who);
        for (const { name, shape } of own.inputs) builder.input(name, shape);
        for (const node of own.nodes) builder.node(node);
        expect(builder.build(own)).toStrictEqual(own);
      }),
      { numRuns: 200 },
    );
  });

  it("says of a layer of too many units what is said of it in a graph", () => {
    const units = 2 ** 20 + 1;
    const wide = { name: "wide", inputs: 1, outputs: units, weights: new Float64Array(units), bias: undefined };
    const chain = { layers: [{ ...wide, activation: "relu" as const }], inputRange: undefined };
    const graph = graphOfChain(chain);
    expect(layersOfChain(chain, graph)).toStrictEqual(layersOf(graph));
    expect(layersOf(graph)[0]!.obstacle).toContain("1,048,577 units");
  });

  it("gives nodes names that no layer has", () => {
    const layer = { weights: [[1]], activation: "relu" } as const;
    const names = ["input", "a", "a activation"];
    const graph = graphOfChain(denseChain({ layers: names.map((name) => ({ ...layer, name })) }));
    expect(graph.inputs[0]!.name).toBe("input ");
    expect(graph.nodes.map(({ name }) => name)).toEqual([
      "input",
      "input activation",
      "a",
      "a activation ",
      "a activation",
      "a activation activation",
    ]);
    expect(Object.keys(plain(graph).shapes)).toHaveLength(7);
  });
});
