/** Graph models of a few nodes: those that are also executed by TensorFlow.js, whose outputs are in fixtures/graph.json. */
import { Random, Stream } from "../../../src/information/random.ts";
import { type Files, withShards } from "./recorded.ts";

export interface Node {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, unknown>>;
}

type Weights = Readonly<Record<string, { shape: number[]; dtype?: string; values?: readonly number[] }>>;

const s = (text: string) => ({ s: Buffer.from(text).toString("base64") });
const ints = (...values: number[]) => ({ list: { i: values.map(String) } });
const dims = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: `${size}` })) } });
export const placeholder = (...sizes: number[]): Node => ({
  name: "x",
  op: "Placeholder",
  attr: { shape: dims(...sizes), dtype: { type: "DT_FLOAT" } },
});

/** A graph model of these nodes; weights without values are drawn. */
export function files(nodes: readonly Node[], weights: Weights = {}, output = nodes.at(-1)!.name): Files {
  const arrays = Object.values(weights).map(({ shape, dtype, values }, at) => {
    const numbers = values ?? drawn(shape, 0.25, 1, at + 7);
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

export function drawn(shape: readonly number[], low: number, high: number, seed: number): Float32Array {
  const values = new Float64Array(shape.reduce((product, size) => product * size, 1));
  new Random(seed, Stream.noise).fill(values, low, high);
  return Float32Array.from(values);
}

const window = (stride: number, padding: string) => ({
  strides: ints(1, stride, stride, 1),
  padding: s(padding),
  data_format: s("NHWC"),
  dilations: ints(1, 1, 1, 1),
});

function fused(op: string): Files {
  const attributes = {
    num_args: { i: "1" },
    fused_ops: { list: { s: ["BiasAdd", op].map((name) => s(name).s) } },
    leakyrelu_alpha: { f: 0.125 },
  };
  return files(
    [
      placeholder(-1, 6, 7, 2),
      { name: "a", op: "_FusedConv2D", input: ["x", "k", "kb"], attr: { ...window(2, "SAME"), ...attributes } },
      {
        name: "b",
        op: "FusedDepthwiseConv2dNative",
        input: ["a", "d", "db"],
        attr: { ...window(1, "VALID"), ...attributes },
      },
      { name: "c", op: "Mean", input: ["b", "axes"], attr: { keep_dims: { b: false } } },
      { name: "y", op: "_FusedMatMul", input: ["c", "w", "wb"], attr: { ...attributes } },
    ],
    {
      k: { shape: [3, 2, 2, 3] },
      kb: { shape: [3] },
      d: { shape: [2, 2, 3, 2] },
      // Never below 0 with them: there TensorFlow.js gives NaN for a fused LeakyRelu.
      db: { shape: [6], values: Array(6).fill(3) },
      axes: { shape: [2], dtype: "int32", values: [1, 2] },
      w: { shape: [6, 2] },
      wb: { shape: [2] },
    },
  );
}

export const FUSED = ["Relu", "Relu6", "Elu", "LeakyRelu", "Sigmoid"];

/** By their names in the recording. */
export const graphModels: Readonly<Record<string, Files>> = {
  perceptron: files(
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
  ...Object.fromEntries(FUSED.map((op) => [`fused with ${op}`, fused(op)])),
  convolutional: files(
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
};
