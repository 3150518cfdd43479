import { describe, expect, it } from "vitest";
import { graphFromTfjs } from "../../../src/formats/tfjs/tfjs.ts";
import type { Graph } from "../../../src/model/graph.ts";
import { run, type Values } from "./naive.ts";
import { filesOf, recording, rounding, valuesOf } from "./recorded.ts";

const recorded = recording("keras");
const kinds = (graph: Graph) => graph.nodes.map(({ operation }) => operation.kind);

/** The graph of what TensorFlow.js saved, after its outputs have been compared with what TensorFlow.js predicts. */
function compared(name: string): Graph {
  const model = recorded[name]!;
  const { text, file } = filesOf(model);
  const graph = graphFromTfjs(text, "model.json", { file });
  expect(graph.inputs.map(({ shape }) => shape)).toEqual(model.inputs.map(({ shape }) => shape));
  const inputs = graph.inputs.map(({ name }, at): [string, Values] => [name, valuesOf(model.inputs[at]!)]);
  const computed = run(graph, Object.fromEntries(inputs));
  expect(computed.map(({ shape }) => shape)).toEqual(model.outputs.map(({ shape }) => shape));
  for (const [at, { values }] of model.outputs.entries()) {
    for (const [k, value] of values.entries()) {
      expect(Math.abs(value - computed[at]!.data[k]!)).toBeLessThan(rounding(values));
    }
  }
  return graph;
}

describe("layers models agree with what TensorFlow.js predicts", () => {
  it("dense layers with every activation", () => {
    const graph = compared("dense layers with every activation");
    expect(graph.format).toBe("TensorFlow.js layers model");
    const [first] = graph.nodes;
    expect(graph.inputs).toEqual([{ name: `${first!.name}_input`, shape: [1, 4] }]);
    expect(first!.operation).toMatchObject({ kind: "dense", transposed: true });
    expect(graph.nodes.map(({ operation }) => operation.kind === "activation" && operation.activation)).toContain(
      "hard-sigmoid(0.2,0.5)",
    );
  });

  it.each(["same", "valid"])("2-D convolutions with padding %s, strides and dilation", (padding) => {
    const graph = compared(`2-D convolutions, ${padding}`);
    expect(kinds(graph).filter((kind) => kind === "convolution")).toHaveLength(5);
    const depthwise = graph.nodes.find(({ operation }) => operation.kind === "convolution" && operation.groups === 3);
    expect(depthwise?.operation).toMatchObject({ weights: { shape: [6, 1, 3, 3] }, channelsLast: true });
  });

  it.each([5, 6, 7, 8])("padding same with stride 2 on %d places", (size) => {
    compared(`stride 2 on a line of ${size}`);
    compared(`stride 2 on a square of ${size}`);
  });

  it("batch normalisation on the last axis, without gamma, without beta", () => {
    const graph = compared("batch normalisation");
    expect(graph.nodes.slice(1).map(({ operation }) => operation.kind === "affine" && operation.parameters)).toEqual([
      12, 9, 9,
    ]);
  });

  it("pooling, padding, flattening, permuting and reshaping", () => {
    expect(kinds(compared("pooling, padding, flattening, permuting and reshaping"))).toEqual([
      "pad",
      "max-pool",
      "average-pool",
      "transpose",
      "reshape",
      "dense",
      "reshape",
      "softmax",
      "global-average-pool",
    ]);
  });

  it("channels first", () => {
    expect(kinds(compared("channels first"))).toContain("convolution");
  });

  it("batch normalisation of another axis than the last, which TensorFlow.js itself spreads wrongly in Node", () => {
    const { text, file } = filesOf(recorded["batch normalisation of another axis than the last"]!);
    const graph = graphFromTfjs(text, "model.json", { file });
    const stored = new Float32Array(file("group1-shard1of1.bin")!.buffer);
    const [gamma, beta, mean, variance] = [0, 2, 4, 6].map((begin) => stored.subarray(begin, begin + 2));
    const { operation } = graph.nodes[0]!;
    if (operation.kind !== "affine") throw new Error(operation.kind);
    expect(operation.scale!.shape).toEqual([2, 1, 1]);
    for (const channel of [0, 1]) {
      const scale = gamma![channel]! / Math.sqrt(variance![channel]! + 0.25);
      expect(operation.scale!.values[channel]).toBeCloseTo(scale, 12);
      expect(operation.shift!.values[channel]).toBeCloseTo(beta![channel]! - mean![channel]! * scale, 12);
    }
  });

  it("activation layers with parameters", () => {
    const graph = compared("activation layers with parameters");
    expect(
      graph.nodes.flatMap(({ operation }) => (operation.kind === "activation" ? operation.activation : [])),
    ).toEqual(["clip(0,1.25)", "leaky-relu(0.2)", "thresholded-relu(0.5)", "elu", "tanh"]);
  });

  it("a functional model: skip connections, a shared layer, several inputs and outputs, shards", () => {
    const graph = compared("a functional model");
    expect(graph.nodes.map(({ name }) => name)).toContain("shared#2");
    expect(kinds(graph).filter((kind) => kind === "product")).toHaveLength(2);
    expect(graph.outputs[0]).toBe("head");
    expect(graph.shapes.get("head")).toEqual([1, 2]);
  });

  it("models within models", () => {
    const names = compared("models within models").nodes.map(({ name }) => name);
    expect(names.filter((name) => name.endsWith("/inside"))).toEqual(["middle/inner/inside", "middle/inner#2/inside"]);
  });

  it("one of everything", () => {
    expect(kinds(compared("one of everything"))).toContain("concatenate");
  });
});
