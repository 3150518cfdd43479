import { describe, expect, it } from "vitest";
import { graphFromTfjs } from "../../../src/formats/tfjs/tfjs.ts";
import type { Graph } from "../../../src/model/graph.ts";
import { FUSED, files, graphModels, type Node, placeholder } from "./graph-models.ts";
import { run } from "./naive.ts";
import { type Files, recording, rounding, valuesOf } from "./recorded.ts";

const recorded = recording("graph");
const read = ({ text, file }: Files) => graphFromTfjs(text, "model.json", { file });
const kinds = (graph: Graph) => graph.nodes.map(({ operation }) => operation.kind);

/** The graph, after its output has been compared with what TensorFlow.js executes. */
function compared(name: string): Graph {
  const graph = read(graphModels[name]!);
  const { inputs, outputs } = recorded[name]!;
  const [own] = run(graph, { x: valuesOf(inputs[0]!) });
  const [expected] = outputs;
  expect(own!.shape).toEqual(expected!.shape);
  for (const [at, value] of expected!.values.entries()) {
    expect(Math.abs(value - own!.data[at]!)).toBeLessThan(rounding(expected!.values));
  }
  return graph;
}

describe("graph models agree with what TensorFlow.js executes", () => {
  it("a perceptron of MatMul, BiasAdd and activations", () => {
    const graph = compared("perceptron");
    expect(kinds(graph)).toEqual(["dense", "affine", "activation", "dense", "softmax"]);
    expect(graph.nodes[0]!.operation).toMatchObject({ transposed: false, weights: { name: "w1" } });
    expect(graph.outputs).toEqual(["e"]);
  });

  it.each(FUSED)("fused dense, convolution and depthwise with %s", (op) => {
    const graph = compared(`fused with ${op}`);
    expect(kinds(graph).filter((kind) => kind === "activation")).toHaveLength(3);
    expect(graph.nodes[0]!.operation).toMatchObject({ weights: { shape: [3, 2, 3, 2] }, groups: 1 });
  });

  it("convolution, batch normalisation, pooling, padding, skip connections, shapes that are computed", () => {
    const graph = compared("convolutional");
    expect(kinds(graph)).not.toContain("unknown");
    const affine = graph.nodes.filter(({ operation }) => operation.kind === "affine");
    expect(affine.map(({ name }) => name)).toEqual(["n", "half", "less", "ratio"]);
  });
});

describe("what a graph model holds that cannot be read", () => {
  it("becomes an unknown node with a reason, and what comes after is read", () => {
    const graph = read(
      files(
        [
          placeholder(-1, 4),
          { name: "a", op: "Sinh", input: ["x"] },
          { name: "b", op: "MatMul", input: ["a", "w"] },
          { name: "c", op: "MatMul", input: ["b", "b"] },
          { name: "u", op: "Unpack", input: ["x"] },
          { name: "y", op: "AddN", input: ["c", "u:1", "w"] },
        ],
        { w: { shape: [4, 2] } },
      ),
    );
    const unknown = graph.nodes.flatMap(({ name, operation, inputs }) =>
      operation.kind === "unknown" ? [[name, operation.operator, operation.reason, inputs]] : [],
    );
    expect(unknown).toEqual([
      ["a", "Sinh", "this operator is not supported", ["x"]],
      ["c", "MatMul", "its weights are computed, not constant", ["b", "b"]],
      ["u", "Unpack", "this operator is not supported", ["x"]],
      ["u:1", "output", "only the first output of an operator is supported", ["u"]],
      ["y", "AddN", "this operator is not supported", ["c", "u:1"]],
    ]);
    expect(kinds(graph)).toContain("dense");
  });

  it("leaves what the outputs do not need, and takes what nothing takes as outputs where there is no signature", () => {
    const model = files(
      [placeholder(-1, 4), { name: "a", op: "Relu", input: ["x"] }, { name: "b", op: "Tanh", input: ["a"] }],
      {},
      "a",
    );
    expect(read(model).nodes.map(({ name }) => name)).toEqual(["a"]);
    const { signature: _, ...rest } = JSON.parse(model.text) as Record<string, unknown>;
    expect(read({ ...model, text: JSON.stringify(rest) }).outputs).toEqual(["b"]);
  });

  it.each<[string, readonly Node[], string]>([
    [
      "a circle",
      [placeholder(-1, 4), { name: "a", op: "Add", input: ["x", "b"] }, { name: "b", op: "Relu", input: ["a"] }],
      "expected nodes without cycles",
    ],
    [
      "an input that is none",
      [placeholder(-1, 4), { name: "a", op: "Relu", input: ["z"] }],
      'model.json: node "a": expected names of nodes; got "z", which is not a node',
    ],
    [
      "a constant without numbers",
      [placeholder(-1, 4), { name: "c", op: "Const" }, { name: "a", op: "Add", input: ["x", "c"] }],
      'node "c": expected numbers of its name in the weights manifest; got none',
    ],
    ["nodes named twice", [placeholder(-1, 4), { name: "x", op: "Relu", input: ["x"] }], "nodes with unique names"],
    [
      "an attribute of another type",
      [placeholder(-1, 4), { name: "a", op: "LeakyRelu", input: ["x"], attr: { alpha: { f: "much" } } }],
      'node "a": alpha: expected a finite number; got "much"',
    ],
    [
      "an open shape of many sizes",
      [placeholder(...Array(99).fill(1)), { name: "a", op: "Relu", input: ["x"] }],
      "at most 16 sizes",
    ],
  ])("is refused for %s", (_, nodes, message) => {
    expect(() => read(files(nodes))).toThrow(message);
  });
});
