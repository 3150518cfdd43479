import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { graphFromTfjs } from "../../../src/formats/tfjs/tfjs.ts";
import type { Graph } from "../../../src/network/graph.ts";
import { saved } from "./models.ts";
import { run, type Values } from "./naive.ts";

beforeAll(() => tf.setBackend("cpu"));

const kinds = (graph: Graph) => graph.nodes.map(({ operation }) => operation.kind);

/** Weights that are drawn anew, moving averages too, so that nothing is 0 or 1 by chance. */
function shaken(model: tf.LayersModel): tf.LayersModel {
  model.weights.forEach((weight, at) => {
    const low = weight.name.includes("variance") ? 0.5 : -1;
    weight.write(tf.randomUniform(weight.shape as number[], low, 1.5, "float32", at + 1));
  });
  return model;
}

/** The graph of what TensorFlow.js saved, after its outputs have been compared with what TensorFlow.js predicts. */
async function compared(made: tf.LayersModel, shard?: number): Promise<Graph> {
  const model = shaken(made);
  const { text, file } = await saved(model, shard);
  const graph = graphFromTfjs(text, "model.json", { file });
  const inputs = graph.inputs.map(({ name, shape }, at) => {
    const values = tf.randomUniform(shape as number[], -2, 2, "float32", 100 + at);
    return { name, values, naive: { shape: shape as number[], data: Float64Array.from(values.dataSync()) } };
  });
  const all = model.predict(inputs.length === 1 ? inputs[0]!.values : inputs.map(({ values }) => values));
  const predicted = (Array.isArray(all) ? all : [all]) as tf.Tensor[];
  const computed = run(graph, Object.fromEntries(inputs.map(({ name, naive }): [string, Values] => [name, naive])));
  expect(computed.map(({ shape }) => shape)).toEqual(predicted.map(({ shape }) => shape));
  for (const [at, tensor] of predicted.entries()) {
    const expected = tensor.dataSync();
    // Sums of at most a few hundred float32 products of order 1: 1e-5 of the largest covers their rounding.
    const tolerance = 1e-5 * Math.max(1, ...expected.map(Math.abs));
    const worst = Math.max(...expected.map((value, k) => Math.abs(value - computed[at]!.data[k]!)));
    expect(worst).toBeLessThan(tolerance);
  }
  return graph;
}

const { layers } = tf;

describe("layers models agree with what TensorFlow.js predicts", () => {
  it("dense layers with every activation", async () => {
    const names = ["relu", "relu6", "sigmoid", "tanh", "softmax", "elu", "selu", "softplus", "softsign", "hardSigmoid"];
    const model = tf.sequential({ layers: [layers.dense({ units: 5, inputShape: [4], useBias: false })] });
    for (const activation of [...names, "linear", "swish", "mish", "gelu", "gelu_new"]) {
      model.add(layers.dense({ units: 4, activation: activation as "relu" }));
    }
    const graph = await compared(model);
    expect(graph.format).toBe("TensorFlow.js layers model");
    expect(graph.inputs).toEqual([{ name: `${model.layers[0]!.name}_input`, shape: [1, 4] }]);
    const [first] = graph.nodes;
    expect(first!.operation).toMatchObject({ kind: "dense", transposed: true });
    expect(graph.nodes.map(({ operation }) => operation.kind === "activation" && operation.activation)).toContain(
      "hard-sigmoid(0.2,0.5)",
    );
  });

  it.each(["same", "valid"] as const)("2-D convolutions with padding %s, strides and dilation", async (padding) => {
    const options = { filters: 3, kernelSize: [3, 2] as [number, number], padding };
    const model = tf.sequential({
      layers: [
        layers.conv2d({ ...options, strides: [2, 3], inputShape: [11, 14, 2], activation: "relu" }),
        layers.conv2d({ ...options, padding: "same", dilationRate: [2, 2] }),
        layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding, activation: "tanh" }),
        layers.separableConv2d({ filters: 4, kernelSize: 2, padding: "same", depthMultiplier: 2 }),
      ],
    });
    const graph = await compared(model);
    expect(kinds(graph).filter((kind) => kind === "convolution")).toHaveLength(5);
    const depthwise = graph.nodes.find(({ operation }) => operation.kind === "convolution" && operation.groups === 3);
    expect(depthwise?.operation).toMatchObject({ weights: { shape: [6, 1, 3, 3] }, channelsLast: true });
  });

  it.each([5, 6, 7, 8])("padding same with stride 2 on %d places", async (size) => {
    const options = { padding: "same", strides: 2 } as const;
    await compared(
      tf.sequential({
        layers: [
          layers.conv1d({ ...options, filters: 2, kernelSize: 3, inputShape: [size, 2] }),
          layers.maxPooling1d({ poolSize: 3, strides: 2, padding: "same" }),
          layers.averagePooling1d({ poolSize: 2, strides: 1, padding: "same" }),
        ],
      }),
    );
    await compared(
      tf.sequential({
        layers: [
          layers.depthwiseConv2d({ ...options, kernelSize: 4, inputShape: [size, size, 1] }),
          layers.averagePooling2d({ poolSize: 3, strides: 2, padding: "same" }),
          layers.maxPooling2d({ poolSize: 2, strides: 1, padding: "same" }),
        ],
      }),
    );
  });

  it("batch normalisation on the last axis, without gamma, without beta", async () => {
    const graph = await compared(
      tf.sequential({
        layers: [
          layers.conv2d({ filters: 3, kernelSize: 2, inputShape: [4, 4, 2] }),
          layers.batchNormalization({ epsilon: 0.01 }),
          layers.batchNormalization({ scale: false }),
          layers.batchNormalization({ center: false }),
        ],
      }),
    );
    expect(graph.nodes.slice(1).map(({ operation }) => operation.kind === "affine" && operation.parameters)).toEqual([
      12, 9, 9,
    ]);
  });

  it("pooling, padding, flattening, permuting and reshaping", async () => {
    const graph = await compared(
      tf.sequential({
        layers: [
          layers.zeroPadding2d({
            padding: [
              [1, 2],
              [0, 3],
            ],
            inputShape: [5, 4, 2],
          }),
          layers.maxPooling2d({ poolSize: [2, 3], strides: [2, 1] }),
          layers.averagePooling2d({ poolSize: 2, strides: 1 }),
          layers.permute({ dims: [3, 1, 2] }),
          layers.flatten(),
          layers.dropout({ rate: 0.5 }),
          layers.dense({ units: 12 }),
          layers.reshape({ targetShape: [3, -1] }),
          layers.softmax({ axis: 2 }),
          layers.globalAveragePooling1d({}),
        ],
      }),
    );
    expect(kinds(graph)).toEqual([
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

  it("channels first", async () => {
    const options = { dataFormat: "channelsFirst" } as const;
    await compared(
      tf.sequential({
        layers: [
          layers.zeroPadding2d({ ...options, padding: 1, inputShape: [2, 5, 6] }),
          layers.conv2d({ ...options, filters: 3, kernelSize: 3, padding: "same", strides: 2 }),
          layers.maxPooling2d({ ...options, poolSize: 2, strides: 1 }),
          layers.flatten(options),
          layers.dense({ units: 2 }),
        ],
      }),
    );
  });

  it("batch normalisation of another axis than the last, which TensorFlow.js itself spreads wrongly in Node", async () => {
    const model = shaken(
      tf.sequential({ layers: [layers.batchNormalization({ axis: 1, epsilon: 0.25, inputShape: [2, 3, 4] })] }),
    );
    const { text, file } = await saved(model);
    const graph = graphFromTfjs(text, "model.json", { file });
    const [gamma, beta, mean, variance] = model.getWeights().map((tensor) => tensor.dataSync());
    const { operation } = graph.nodes[0]!;
    if (operation.kind !== "affine") throw new Error(operation.kind);
    expect(operation.scale!.shape).toEqual([2, 1, 1]);
    for (const channel of [0, 1]) {
      const scale = gamma![channel]! / Math.sqrt(variance![channel]! + 0.25);
      expect(operation.scale!.values[channel]).toBeCloseTo(scale, 12);
      expect(operation.shift!.values[channel]).toBeCloseTo(beta![channel]! - mean![channel]! * scale, 12);
    }
  });

  it("activation layers with parameters", async () => {
    const graph = await compared(
      tf.sequential({
        layers: [
          layers.reLU({ maxValue: 1.25, inputShape: [6] }),
          layers.dense({ units: 6 }),
          layers.leakyReLU({ alpha: 0.2 }),
          layers.dense({ units: 6 }),
          layers.thresholdedReLU({ theta: 0.5 }),
          layers.dense({ units: 6 }),
          layers.elu({}),
          layers.dense({ units: 6, activation: "linear" }),
          layers.activation({ activation: "tanh" }),
        ],
      }),
    );
    expect(
      graph.nodes.flatMap(({ operation }) => (operation.kind === "activation" ? operation.activation : [])),
    ).toEqual(["clip(0,1.25)", "leaky-relu(0.2)", "thresholded-relu(0.5)", "elu", "tanh"]);
  });

  it("a functional model: skip connections, a shared layer, several inputs and outputs, shards", async () => {
    const a = tf.input({ shape: [4], name: "a" });
    const b = tf.input({ shape: [4], name: "b" });
    const shared = layers.dense({ units: 4, name: "shared", activation: "relu" });
    const [left, right] = [shared.apply(a), shared.apply(b)] as tf.SymbolicTensor[];
    const mixed = [left!, right!];
    const sum = layers.add().apply([...mixed, a]) as tf.SymbolicTensor;
    const product = layers.multiply().apply([...mixed, b]) as tf.SymbolicTensor;
    const average = layers.average().apply(mixed) as tf.SymbolicTensor;
    const joined = layers.concatenate().apply([sum, product, average]) as tf.SymbolicTensor;
    const head = layers.dense({ units: 2, activation: "softmax", name: "head" }).apply(joined) as tf.SymbolicTensor;
    const graph = await compared(tf.model({ inputs: [a, b], outputs: [head, average] }), 13);
    expect(graph.nodes.map(({ name }) => name)).toContain("shared#2");
    expect(kinds(graph).filter((kind) => kind === "product")).toHaveLength(2);
    expect(graph.outputs[0]).toBe("head");
    expect(graph.shapes.get("head")).toEqual([1, 2]);
  });

  it("models within models", async () => {
    const inner = tf.sequential({
      name: "inner",
      layers: [
        layers.dense({ units: 3, inputShape: [3], name: "inside", activation: "tanh" }),
        layers.dense({ units: 3, name: "inside_2" }),
      ],
    });
    const input = tf.input({ shape: [3], name: "in" });
    const once = inner.apply(input) as tf.SymbolicTensor;
    const twice = inner.apply(once) as tf.SymbolicTensor;
    const middle = tf.model({ inputs: input, outputs: layers.add().apply([once, twice]) as tf.SymbolicTensor });
    const outer = tf.sequential({ layers: [middle, layers.dense({ units: 2, name: "last" })] });
    const graph = await compared(outer);
    const names = graph.nodes.map(({ name }) => name);
    expect(names.filter((name) => name.endsWith("/inside"))).toEqual([
      `${middle.name}/inner/inside`,
      `${middle.name}/inner#2/inside`,
    ]);
  });
});
