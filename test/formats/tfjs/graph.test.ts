import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { graphFromTfjs } from "../../../src/formats/tfjs/tfjs.ts";
import type { Graph } from "../../../src/network/graph.ts";
import { type Files, withShards } from "./models.ts";
import { run } from "./naive.ts";

interface Node {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, unknown>>;
}

type Weights = Readonly<Record<string, { shape: number[]; dtype?: string; values?: readonly number[] }>>;

const s = (text: string) => ({ s: Buffer.from(text).toString("base64") });
const ints = (...values: number[]) => ({ list: { i: values.map(String) } });
const dims = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: `${size}` })) } });
const placeholder = (...sizes: number[]): Node => ({
  name: "x",
  op: "Placeholder",
  attr: { shape: dims(...sizes), dtype: { type: "DT_FLOAT" } },
});

/** A graph model of these nodes; weights without values are drawn. */
function files(nodes: readonly Node[], weights: Weights = {}, output = nodes.at(-1)!.name): Files {
  const arrays = Object.entries(weights).map(([, { shape, dtype, values }], at) => {
    const size = shape.reduce((product, each) => product * each, 1);
    const numbers = values ?? tf.randomUniform([size], 0.25, 1, "float32", at + 7).dataSync();
    return dtype === "int32" ? Int32Array.from(numbers) : Float32Array.from(numbers);
  });
  const consts = Object.keys(weights).map(
    (name): Node => ({ name, op: "Const", attr: { dtype: { type: "DT_FLOAT" } } }),
  );
  const all = [...nodes.slice(1), ...consts, nodes[0]].map((node) => ({ ...node, attr: { ...node!.attr } }));
  return withShards(
    {
      format: "graph-model",
      modelTopology: { node: all, versions: {} },
      signature: { inputs: { x: { name: "x:0" } }, outputs: { y: { name: `${output}:0` } } },
    },
    Object.entries(weights).map(([name, { shape, dtype = "float32" }]) => ({ name, shape, dtype })),
    Buffer.concat(arrays.map((array) => new Uint8Array(array.buffer))),
  );
}

const read = ({ text, file }: Files) => graphFromTfjs(text, "model.json", { file });
const kinds = (graph: Graph) => graph.nodes.map(({ operation }) => operation.kind);

/** The graph, after its output has been compared with what TensorFlow.js executes. */
async function compared(model: Files): Promise<Graph> {
  const graph = read(model);
  const json = JSON.parse(model.text) as { modelTopology: object; signature: object; weightsManifest: never[] };
  const { paths, weights } = json.weightsManifest[0] as { paths: string[]; weights: tf.io.WeightsManifestEntry[] };
  const bytes = Buffer.concat(paths.map((path) => model.file(path)!));
  const loaded = await tf.loadGraphModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      signature: json.signature,
      weightSpecs: weights,
      weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
    }),
  );
  const shape = graph.inputs[0]!.shape as number[];
  const x = tf.randomUniform(shape, -2, 2, "float32", 3);
  const expected = loaded.predict(x) as tf.Tensor;
  const [own] = run(graph, { x: { shape, data: Float64Array.from(x.dataSync()) } });
  expect(own!.shape).toEqual(expected.shape);
  const values = expected.dataSync();
  // As for layers models: the rounding of a few hundred float32 products.
  const tolerance = 1e-5 * Math.max(1, ...values.map(Math.abs));
  expect(Math.max(...values.map((value, k) => Math.abs(value - own!.data[k]!)))).toBeLessThan(tolerance);
  return graph;
}

const window = (stride: number, padding: string) => ({
  strides: ints(1, stride, stride, 1),
  padding: s(padding),
  data_format: s("NHWC"),
  dilations: ints(1, 1, 1, 1),
});

describe("graph models agree with what TensorFlow.js executes", () => {
  it("a perceptron of MatMul, BiasAdd and activations", async () => {
    const graph = await compared(
      files(
        [
          placeholder(-1, 4),
          {
            name: "a",
            op: "MatMul",
            input: ["x", "w1"],
            attr: { transpose_a: { b: false }, transpose_b: { b: true } },
          },
          { name: "b", op: "BiasAdd", input: ["a", "b1", "^x"], attr: { data_format: s("NHWC") } },
          { name: "c", op: "Selu", input: ["b"] },
          { name: "d", op: "MatMul", input: ["c", "w2"], attr: {} },
          { name: "e", op: "Softmax", input: ["d"] },
          { name: "y", op: "Identity", input: ["e"] },
        ],
        { w1: { shape: [3, 4] }, b1: { shape: [3] }, w2: { shape: [3, 2] } },
      ),
    );
    expect(kinds(graph)).toEqual(["dense", "affine", "activation", "dense", "softmax"]);
    expect(graph.nodes[0]!.operation).toMatchObject({ transposed: false, weights: { name: "w1" } });
    expect(graph.outputs).toEqual(["e"]);
  });

  it.each(["Relu", "Relu6", "Elu", "LeakyRelu", "Sigmoid"])(
    "fused dense, convolution and depthwise with %s",
    async (op) => {
      const fused = {
        num_args: { i: "1" },
        fused_ops: { list: { s: ["BiasAdd", op].map((name) => s(name).s) } },
        leakyrelu_alpha: { f: 0.125 },
      };
      const graph = await compared(
        files(
          [
            placeholder(-1, 6, 7, 2),
            { name: "a", op: "_FusedConv2D", input: ["x", "k", "kb"], attr: { ...window(2, "SAME"), ...fused } },
            {
              name: "b",
              op: "FusedDepthwiseConv2dNative",
              input: ["a", "d", "db"],
              attr: { ...window(1, "VALID"), ...fused },
            },
            { name: "c", op: "Mean", input: ["b", "axes"], attr: { keep_dims: { b: false } } },
            { name: "y", op: "_FusedMatMul", input: ["c", "w", "wb"], attr: { ...fused } },
          ],
          {
            k: { shape: [3, 2, 2, 3] },
            kb: { shape: [3] },
            d: { shape: [2, 2, 3, 2] },
            db: { shape: [6] },
            axes: { shape: [2], dtype: "int32", values: [1, 2] },
            w: { shape: [6, 2] },
            wb: { shape: [2] },
          },
        ),
      );
      expect(kinds(graph).filter((kind) => kind === "activation")).toHaveLength(3);
      expect(graph.nodes[0]!.operation).toMatchObject({ weights: { shape: [3, 2, 3, 2] }, groups: 1 });
    },
  );

  it("convolution, batch normalisation, pooling, padding, skip connections, shapes that are computed", async () => {
    const graph = await compared(
      files(
        [
          placeholder(-1, 5, 6, 2),
          { name: "p", op: "Pad", input: ["x", "zeros"] },
          { name: "c", op: "Conv2D", input: ["p", "k"], attr: window(1, "SAME") },
          {
            name: "n",
            op: "FusedBatchNormV3",
            input: ["c", "g", "b", "m", "v"],
            attr: { epsilon: { f: 0.25 }, data_format: s("NHWC") },
          },
          { name: "d", op: "DepthwiseConv2dNative", input: ["n", "dk"], attr: window(1, "SAME") },
          { name: "s", op: "AddV2", input: ["d", "n"] },
          { name: "half", op: "Mul", input: ["two", "s"] },
          { name: "less", op: "Sub", input: ["one", "half"] },
          { name: "ratio", op: "RealDiv", input: ["less", "g"] },
          { name: "max", op: "MaxPool", input: ["ratio"], attr: { ...window(2, "SAME"), ksize: ints(1, 3, 3, 1) } },
          { name: "avg", op: "AvgPool", input: ["ratio"], attr: { ...window(2, "SAME"), ksize: ints(1, 3, 3, 1) } },
          { name: "both", op: "ConcatV2", input: ["max", "avg", "last"], attr: { N: { i: "2" } } },
          { name: "order", op: "Transpose", input: ["both", "perm"] },
          { name: "shape", op: "Shape", input: ["order"] },
          {
            name: "batch",
            op: "StridedSlice",
            input: ["shape", "zero", "first", "first"],
            attr: { shrink_axis_mask: { i: "1" } },
          },
          { name: "flat", op: "Pack", input: ["batch", "rest"], attr: { N: { i: "2" } } },
          { name: "r", op: "Reshape", input: ["order", "flat"] },
          { name: "e", op: "ExpandDims", input: ["r", "axis"] },
          { name: "q", op: "Squeeze", input: ["e"], attr: { squeeze_dims: ints(1) } },
          { name: "low", op: "Minimum", input: ["q", "one"] },
          { name: "y", op: "Tanh", input: ["low"] },
        ],
        {
          zeros: { shape: [4, 2], dtype: "int32", values: [0, 0, 1, 0, 0, 2, 0, 0] },
          k: { shape: [3, 3, 2, 2] },
          g: { shape: [2] },
          b: { shape: [2] },
          m: { shape: [2] },
          v: { shape: [2] },
          dk: { shape: [3, 2, 2, 1] },
          two: { shape: [], values: [0.5] },
          one: { shape: [], values: [1] },
          last: { shape: [], dtype: "int32", values: [3] },
          perm: { shape: [4], dtype: "int32", values: [0, 3, 1, 2] },
          zero: { shape: [1], dtype: "int32", values: [0] },
          first: { shape: [1], dtype: "int32", values: [1] },
          rest: { shape: [], dtype: "int32", values: [-1] },
          axis: { shape: [], dtype: "int32", values: [1] },
        },
      ),
    );
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
      "expected nodes that do not need each other in a circle",
    ],
    [
      "an input that is none",
      [placeholder(-1, 4), { name: "a", op: "Relu", input: ["z"] }],
      'model.json: node "a": expected names of nodes; got "z", which is none',
    ],
    [
      "a constant without numbers",
      [placeholder(-1, 4), { name: "c", op: "Const" }, { name: "a", op: "Add", input: ["x", "c"] }],
      'node "c": expected numbers of its name in the weights manifest; got none',
    ],
    ["nodes named twice", [placeholder(-1, 4), { name: "x", op: "Relu", input: ["x"] }], "nodes named once"],
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
