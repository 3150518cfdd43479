/** Graphs run forwards, each kind of operation against onnxruntime. */
import { describe, expect, test } from "vitest";
import { type OnnxConstant, type OnnxNode, onnxBytes, runOnnx } from "../../../../test/onnx.ts";
import { Random } from "../../src/information/random.ts";
import type { ElementwiseActivation } from "../../src/model/activation.ts";
import type { Graph, Operation, SlidingWindow } from "../../src/model/graph.ts";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import { evaluateGraph, evaluateInBatches, evaluateRows, obstacleTo } from "../../src/model/graph-evaluate.ts";
import { elements, type Tensor, tensor } from "../../src/model/tensor.ts";

const random = new Random(7);

/** Numbers in (−1, 1) that a float32 holds. */
function numbers(count: number, reach = 1): Float32Array {
  const drawn = new Float64Array(count);
  random.fill(drawn, -reach, reach);
  return Float32Array.from(drawn);
}

function weights(name: string, ...shape: number[]): Tensor {
  return tensor(name, shape, numbers(elements(shape)));
}

const constant = ({ shape, values }: Tensor): OnnxConstant => ({ shape, values: values() });
const ints = (...values: number[]): OnnxConstant => ({ shape: [values.length], values, type: 7 });
const attributes = (entries: OnnxNode["attributes"]) => entries;

interface Case {
  readonly title: string;
  readonly inputs: readonly (readonly number[])[];
  readonly operation: Operation;
  /** The same in ONNX: one operator on `x0`, `x1` … and constants, or several that end in `y`. */
  readonly onnx: OnnxNode | readonly OnnxNode[];
  readonly constants?: Readonly<Record<string, OnnxConstant>>;
  /** Products that are added up in one value. */
  readonly terms?: number;
  readonly opset?: number;
  /** Inputs are drawn from (−reach, reach). */
  readonly reach?: number;
}

const cases: Case[] = [];

// Dense
for (const transposed of [false, true]) {
  for (const batch of [[1], [6], [2, 3]]) {
    const w = transposed ? weights("w", 5, 7) : weights("w", 7, 5);
    const bias = weights("b", 7);
    const matmul: OnnxNode[] = [
      { op: "Transpose", inputs: ["w"], output: "t", attributes: { perm: transposed ? [0, 1] : [1, 0] } },
      { op: "MatMul", inputs: ["x0", "t"], output: "z" },
      { op: "Add", inputs: ["z", "b"], output: "y" },
    ];
    cases.push({
      title: `dense${transposed ? ", transposed" : ""}, batch ${batch}`,
      inputs: [[...batch, 5]],
      operation: { kind: "dense", weights: w, transposed, bias },
      onnx: matmul,
      constants: { w: constant(w), b: constant(bias) },
      terms: 6,
    });
  }
}

// Convolutions, channels first and last
function windowOf(size: Partial<SlidingWindow> & Pick<SlidingWindow, "strides">): SlidingWindow {
  const none = size.strides.map(() => 0);
  return { dilations: size.strides.map(() => 1), before: none, after: none, channelsLast: false, ...size };
}
/** The ONNX nodes that give `op` channels on axis 1. */
function channelsFirst(rank: number, op: (x: string, y: string) => OnnxNode): OnnxNode[] {
  const spatial = Array.from({ length: rank - 2 }, (_, axis) => axis + 1);
  return [
    { op: "Transpose", inputs: ["x0"], output: "first", attributes: { perm: [0, rank - 1, ...spatial] } },
    op("first", "last"),
    { op: "Transpose", inputs: ["last"], output: "y", attributes: { perm: [0, ...spatial.map((a) => a + 1), 1] } },
  ];
}
const windows: [title: string, spatial: number[], kernel: number[], groups: number, window: SlidingWindow][] = [
  ["1-D", [9], [3], 1, windowOf({ strides: [1] })],
  ["1-D, strided, dilated, padded", [11], [3], 1, windowOf({ strides: [2], dilations: [2], before: [2], after: [1] })],
  ["2-D", [6, 7], [3, 2], 1, windowOf({ strides: [1, 1] })],
  [
    "2-D, all at once",
    [9, 8],
    [3, 2],
    2,
    windowOf({ strides: [2, 1], dilations: [1, 3], before: [1, 2], after: [0, 1] }),
  ],
  ["2-D, depthwise", [5, 5], [3, 3], 4, windowOf({ strides: [1, 1], before: [1, 1], after: [1, 1] })],
  ["3-D", [4, 3, 5], [2, 2, 3], 1, windowOf({ strides: [1, 1, 2], before: [0, 1, 1], after: [1, 0, 1] })],
];
for (const [title, spatial, kernel, groups, window] of windows) {
  for (const channelsLast of [false, true]) {
    const w = weights("w", 8, 4 / groups, ...kernel);
    const bias = weights("b", 8);
    const rank = spatial.length + 2;
    const conv = (x: string, y: string): OnnxNode => ({
      op: "Conv",
      inputs: [x, "w", "b"],
      output: y,
      attributes: attributes({
        strides: window.strides,
        dilations: window.dilations,
        pads: [...window.before, ...window.after],
        group: groups,
        kernel_shape: kernel,
      }),
    });
    cases.push({
      title: `convolution ${title}${channelsLast ? ", channels last" : ""}`,
      inputs: [channelsLast ? [2, ...spatial, 4] : [2, 4, ...spatial]],
      operation: { kind: "convolution", weights: w, bias, groups, ...window, channelsLast },
      onnx: channelsLast ? channelsFirst(rank, conv) : conv("x0", "y"),
      constants: { w: constant(w), b: constant(bias) },
      terms: (4 / groups) * elements(kernel) + 1,
    });
  }
}

// Pools
const pools: [title: string, spatial: number[], kernel: number[], ceil: boolean, window: SlidingWindow][] = [
  ["1-D", [8], [3], false, windowOf({ strides: [2] })],
  ["2-D, padded", [7, 6], [3, 2], false, windowOf({ strides: [2, 2], before: [1, 0], after: [1, 1] })],
  ["2-D, rounded up", [7, 6], [3, 2], true, windowOf({ strides: [3, 3], before: [1, 1], after: [0, 1] })],
  ["2-D, dilated", [8, 9], [2, 3], false, windowOf({ strides: [1, 2], dilations: [3, 2] })],
];
for (const [title, spatial, kernel, ceil, window] of pools) {
  for (const channelsLast of [false, true]) {
    for (const kind of ["max", "average", "average with padding"] as const) {
      const node = (x: string, y: string): OnnxNode => ({
        op: kind === "max" ? "MaxPool" : "AveragePool",
        inputs: [x],
        output: y,
        attributes: attributes({
          kernel_shape: kernel,
          strides: window.strides,
          dilations: window.dilations,
          pads: [...window.before, ...window.after],
          ceil_mode: ceil ? 1 : 0,
          ...(kind === "average with padding" && { count_include_pad: 1 }),
        }),
      });
      const shared = { kernel, ceil, ...window, channelsLast };
      cases.push({
        title: `${kind} pool ${title}${channelsLast ? ", channels last" : ""}`,
        inputs: [channelsLast ? [2, ...spatial, 3] : [2, 3, ...spatial]],
        operation:
          kind === "max"
            ? { kind: "max-pool", ...shared }
            : { kind: "average-pool", countPadding: kind === "average with padding", ...shared },
        onnx: channelsLast ? channelsFirst(spatial.length + 2, node) : node("x0", "y"),
        terms: elements(kernel),
      });
    }
  }
}
for (const kind of ["average", "max"] as const) {
  const node = (x: string, y: string): OnnxNode => ({
    op: kind === "max" ? "GlobalMaxPool" : "GlobalAveragePool",
    inputs: [x],
    output: y,
  });
  const operation = { kind: `global-${kind}-pool`, keep: true } as const;
  cases.push({
    title: `global ${kind} pool`,
    inputs: [[2, 3, 4, 5]],
    operation: { ...operation, channelsLast: false },
    onnx: node("x0", "y"),
    terms: 20,
  });
  cases.push({
    title: `global ${kind} pool, channels last, axes left out`,
    inputs: [[2, 6, 3]],
    operation: { ...operation, channelsLast: true, keep: false },
    onnx: [
      ...channelsFirst(3, node).map((each) => (each.output === "y" ? { ...each, output: "kept" } : each)),
      { op: "Flatten", inputs: ["kept"], output: "y" },
    ],
    terms: 6,
  });
}

// Elementwise
const activations: [ElementwiseActivation, op: string, OnnxNode["attributes"]?][] = [
  ["sigmoid", "Sigmoid"],
  ["tanh", "Tanh"],
  ["relu", "Relu"],
  ["identity", "Identity"],
  ["leaky-relu", "LeakyRelu"],
  ["leaky-relu(0.2)", "LeakyRelu", { alpha: { float: 0.2 } }],
  ["elu", "Elu"],
  ["elu(0.5)", "Elu", { alpha: { float: 0.5 } }],
  ["selu", "Selu"],
  ["selu(1.5,0.75)", "Selu", { alpha: { float: 1.5 }, gamma: { float: 0.75 } }],
  ["celu(2)", "Celu", { alpha: { float: 2 } }],
  ["softplus", "Softplus"],
  ["softsign", "Softsign"],
  ["hard-sigmoid(0.2,0.5)", "HardSigmoid"],
  ["hard-sigmoid", "HardSigmoid", { alpha: { float: 1 / 6 } }],
  ["hard-swish", "HardSwish"],
  ["gelu", "Gelu"],
  ["gelu-tanh", "Gelu", { approximate: "tanh" }],
  ["mish", "Mish"],
  ["erf", "Erf"],
  ["abs", "Abs"],
  ["thresholded-relu(1)", "ThresholdedRelu"],
];
for (const [activation, op, given] of activations) {
  cases.push({
    title: `activation ${activation}`,
    inputs: [[4, 50]],
    operation: { kind: "activation", activation },
    onnx: { op, inputs: ["x0"], output: "y", attributes: given },
    reach: 6,
  });
}
for (const [activation, low, high] of [
  ["clip(0,6)", 0, 6],
  ["hard-tanh", -1, 1],
] as const) {
  cases.push({
    title: `activation ${activation}`,
    inputs: [[4, 50]],
    operation: { kind: "activation", activation },
    onnx: { op: "Clip", inputs: ["x0", "low", "high"], output: "y" },
    constants: { low: { shape: [], values: [low] }, high: { shape: [], values: [high] } },
    reach: 8,
  });
}
cases.push({
  title: "activation power(3)",
  inputs: [[4, 50]],
  operation: { kind: "activation", activation: "power(3)" },
  onnx: { op: "Pow", inputs: ["x0", "exponent"], output: "y" },
  constants: { exponent: { shape: [], values: [3] } },
  reach: 3,
});
cases.push({
  title: "activation silu",
  inputs: [[4, 50]],
  operation: { kind: "activation", activation: "silu" },
  onnx: [
    { op: "Sigmoid", inputs: ["x0"], output: "s" },
    { op: "Mul", inputs: ["x0", "s"], output: "y" },
  ],
  reach: 6,
});
for (const axis of [0, 1, 2]) {
  cases.push({
    title: `softmax along axis ${axis}`,
    inputs: [[3, 4, 5]],
    operation: { kind: "softmax", axis },
    onnx: { op: "Softmax", inputs: ["x0"], output: "y", attributes: { axis } },
    reach: 30,
  });
}
const [scale, shift] = [weights("scale", 3, 1, 1), weights("shift", 4, 1)];
cases.push({
  title: "affine, spread over other axes",
  inputs: [[2, 3, 4, 5]],
  operation: {
    kind: "affine",
    scale: { shape: scale.shape, values: scale.values() },
    shift: { shape: shift.shape, values: shift.values() },
    parameters: 7,
  },
  onnx: [
    { op: "Mul", inputs: ["x0", "scale"], output: "scaled" },
    { op: "Add", inputs: ["scaled", "shift"], output: "y" },
  ],
  constants: { scale: constant(scale), shift: constant(shift) },
  terms: 2,
});

// Several inputs
const spreading = [
  [2, 3, 4],
  [3, 1],
  [1, 1, 4],
] as const;
cases.push({
  title: "sum, inputs spread over each other",
  inputs: spreading,
  operation: { kind: "sum", coefficients: [1, 1, 1] },
  onnx: { op: "Sum", inputs: ["x0", "x1", "x2"], output: "y" },
  terms: 3,
});
cases.push({
  title: "sum that is a difference",
  inputs: [
    [3, 1],
    [1, 4],
  ],
  operation: { kind: "sum", coefficients: [1, -1] },
  onnx: { op: "Sub", inputs: ["x0", "x1"], output: "y" },
  terms: 2,
});
cases.push({
  title: "product, inputs spread over each other",
  inputs: [
    [2, 1, 4],
    [3, 1],
  ],
  operation: { kind: "product" },
  onnx: { op: "Mul", inputs: ["x0", "x1"], output: "y" },
});
for (const axis of [0, 1, 2]) {
  const shapes = [1, 2, 3].map((size) => [2, 3, 4].map((own, at) => (at === axis ? size : own)));
  cases.push({
    title: `concatenate along axis ${axis}`,
    inputs: shapes,
    operation: { kind: "concatenate", axis },
    onnx: { op: "Concat", inputs: ["x0", "x1", "x2"], output: "y", attributes: { axis } },
  });
}

// Moves
cases.push({
  title: "reshape",
  inputs: [[2, 3, 4]],
  operation: { kind: "reshape", shape: [4, 6] },
  onnx: { op: "Reshape", inputs: ["x0", "shape"], output: "y" },
  constants: { shape: ints(4, 6) },
});
for (const permutation of [
  [1, 0, 2, 3],
  [3, 2, 1, 0],
  [0, 2, 3, 1],
]) {
  cases.push({
    title: `transpose ${permutation}`,
    inputs: [[2, 3, 4, 5]],
    operation: { kind: "transpose", permutation },
    onnx: { op: "Transpose", inputs: ["x0"], output: "y", attributes: { perm: permutation } },
  });
}
cases.push({
  title: "slice, a step backwards too",
  inputs: [[3, 7, 5]],
  operation: { kind: "slice", starts: [1, 6, 0], steps: [1, -2, 3], shape: [2, 3, 2] },
  onnx: { op: "Slice", inputs: ["x0", "starts", "ends", "axes", "steps"], output: "y" },
  constants: { starts: ints(1, 6, 0), ends: ints(3, 1, 5), axes: ints(0, 1, 2), steps: ints(1, -2, 3) },
});
cases.push({
  title: "pad",
  inputs: [[2, 3, 4]],
  operation: { kind: "pad", before: [0, 1, 2], after: [1, 0, 3] },
  onnx: { op: "Pad", inputs: ["x0", "pads"], output: "y" },
  constants: { pads: ints(0, 1, 2, 1, 0, 3) },
});

/**
 * A float32 is off by 2^−24 of itself after each operation. A value made of `terms` products of numbers below 1 and `reach` is off by no
 * more than (terms + 2) · 2^−24 · terms · reach; the runtime's approximations of exp, tanh and erf have 32 such units more.
 */
function tolerance({ terms = 1, reach = 1, operation }: Case): number {
  const unit = 2 ** -24;
  const approximate = operation.kind === "activation" || operation.kind === "softmax" ? 32 : 0;
  return (
    (terms + 2 + approximate) *
    unit *
    terms *
    Math.max(1, operation.kind === "activation" && operation.activation === "power(3)" ? reach ** 3 : reach)
  );
}

function graphOf(inputs: readonly (readonly number[])[], operation: Operation): Graph {
  const builder = new GraphBuilder("test");
  const names = inputs.map((_, k) => `x${k}`);
  for (const [k, shape] of inputs.entries()) builder.input(names[k]!, shape);
  builder.node({ name: "only", operation, inputs: names, output: "y" });
  return builder.build({ format: "test", outputs: ["y"], notes: [] });
}

describe("evaluateGraph, against onnxruntime", () => {
  test.each(cases.map((each) => [each.title, each] as const))("%s", async (_, each) => {
    const { inputs, operation, onnx, constants, opset } = each;
    const values = inputs.map((shape) => numbers(elements(shape), each.reach));
    const feeds = Object.fromEntries(inputs.map((shape, k) => [`x${k}`, { shape, values: values[k]! }]));
    const nodes = Array.isArray(onnx) ? onnx : [onnx as OnnxNode];
    const shapes = Object.fromEntries(inputs.map((shape, k) => [`x${k}`, shape]));
    const bytes = onnxBytes({ nodes, inputs: shapes, outputs: ["y"], constants, opset });
    const [expected] = await runOnnx(bytes, feeds);

    const graph = graphOf(inputs, operation);
    const own = Object.fromEntries(values.map((list, k) => [`x${k}`, list]));
    const found = evaluateGraph(graph, own, ["y"]).get("y")!;
    expect(graph.shapes.get("y")).toEqual(expected!.shape);
    const off = found.map((value, at) => Math.abs(value - expected!.values[at]!));
    expect(off.reduce((most, value) => Math.max(most, value), 0)).toBeLessThanOrEqual(tolerance(each));
    expect(found.every((value) => !Number.isNaN(value))).toBe(true);
  });
});

/** input → dense → relu → [dense → unknown → dense] and a skip around the first. */
function network(): Graph {
  const builder = new GraphBuilder("net.onnx");
  builder.input("x", [undefined, 4]);
  const add = (name: string, operation: Operation, ...inputs: string[]) =>
    builder.node({ name: `/${name}`, operation, inputs, output: name });
  add("a", { kind: "dense", weights: weights("w1", 6, 4), transposed: false, bias: weights("b1", 6) }, "x");
  add("b", { kind: "activation", activation: "tanh" }, "a");
  add("c", { kind: "dense", weights: weights("w2", 6, 6), transposed: true }, "b");
  add("d", { kind: "sum", coefficients: [1, 0.5] }, "c", "b");
  add("e", { kind: "reshape", shape: [1, 2, 3] }, "d");
  add("f", { kind: "transpose", permutation: [0, 2, 1] }, "e");
  add("g", { kind: "slice", starts: [0, 1, 0], steps: [1, 1, 1], shape: [1, 2, 2] }, "f");
  add("lost", { kind: "unknown", operator: "LSTM", reason: "recurrence is not supported", shape: [1, 4] }, "g");
  add("h", { kind: "dense", weights: weights("w3", 2, 4), transposed: false }, "lost");
  return builder.build({ format: "test", outputs: ["h"], notes: [] });
}

describe("evaluateGraph", () => {
  const graph = network();
  const x = numbers(4);

  test("gives any tensors, the inputs too, and starts from tensors within", () => {
    const found = evaluateGraph(graph, { x }, ["b", "x", "d"]);
    expect([...found.keys()]).toEqual(["b", "x", "d"]);
    expect(found.get("x")).toEqual(Float64Array.from(x));
    const again = evaluateGraph(graph, { b: found.get("b")! }, ["d"]);
    expect(again.get("d")).toEqual(found.get("d"));
    expect(evaluateGraph(graph, { lost: numbers(4) }, ["h"]).get("h")).toHaveLength(2);
  });

  test("names an operation that is not known, and why", () => {
    expect(() => evaluateGraph(graph, { x }, ["h"])).toThrow(
      "net.onnx: /lost: expected an operation that can be computed; got LSTM: recurrence is not supported.",
    );
    expect(obstacleTo(graph, "h")).toBe("it depends on LSTM: recurrence is not supported");
    expect(obstacleTo(graph, "g")).toBeUndefined();
  });

  test("names inputs that are missing or too short, and tensors that are not there", () => {
    expect(() => evaluateGraph(graph, {}, ["a"])).toThrow("net.onnx: x: expected 4 values, of shape [1, 4]; got none.");
    expect(() => evaluateGraph(graph, { x: [1, 2, 3] }, ["a"])).toThrow("expected 4 values, of shape [1, 4]; got 3.");
    expect(() => evaluateGraph(graph, { x }, ["z"])).toThrow(/expected one of the tensors x, a, b, .*; got "z"\./);
  });

  test("a shape that is not known is named", () => {
    const builder = new GraphBuilder("open.onnx");
    builder.input("x", [1, 3, undefined]);
    builder.node({ name: "n", operation: { kind: "activation", activation: "relu" }, inputs: ["x"], output: "y" });
    const open = builder.build({ format: "test", outputs: ["y"], notes: [] });
    expect(() => evaluateGraph(open, { x: [1, 2, 3] }, ["y"])).toThrow(
      "open.onnx: x: expected a tensor whose shape is known",
    );
    expect(obstacleTo(open, "y")).toBe("the shape of x is unknown");
  });

  test("NaN comes out only where it went in", () => {
    const window = windowOf({ strides: [2] });
    const operation: Operation = { kind: "max-pool", kernel: [2], ceil: false, ...window };
    const y = evaluateGraph(graphOf([[1, 1, 6]], operation), { x0: [1, 2, Number.NaN, 3, 5, 4] }, ["y"]).get("y");
    expect(y).toEqual(Float64Array.of(2, Number.NaN, 5));
  });

  test("a window that holds nothing but padding is refused", () => {
    const window = windowOf({ strides: [1], before: [3], after: [0] });
    const operation: Operation = { kind: "average-pool", kernel: [2], ceil: false, countPadding: false, ...window };
    expect(() => evaluateGraph(graphOf([[1, 1, 4]], operation), { x0: [1, 2, 3, 4] }, ["y"])).toThrow(
      "test: only: expected windows that cover at least one value; got one entirely in the padding.",
    );
  });

  test("tensors of gigabytes are refused before they are made", () => {
    const operation: Operation = { kind: "pad", before: [0, 0], after: [0, 2 ** 36] };
    expect(() => evaluateGraph(graphOf([[1, 2]], operation), { x0: [1, 2] }, ["y"])).toThrow(
      "at most 268435456 values",
    );
  });
});

describe("evaluateRows", () => {
  const graph = network();
  const rows = 1003;
  const x = Float64Array.from(numbers(rows * 4));

  test("gives the bits of the rows one by one", () => {
    const wanted = ["a", "d", "g"];
    const found = evaluateRows(graph, x, rows, wanted);
    for (const row of [0, 1, 500, 1002]) {
      const one = evaluateGraph(graph, { x: x.subarray(row * 4, (row + 1) * 4) }, wanted);
      for (const name of wanted) {
        const units = found.get(name)!.length / rows;
        expect(found.get(name)!.subarray(row * units, (row + 1) * units)).toEqual(one.get(name));
      }
    }
  });

  test("also where examples are mixed, which go through one by one", () => {
    const builder = new GraphBuilder("mixed");
    builder.input("x", [1, 4]);
    builder.node({ name: "t", operation: { kind: "transpose", permutation: [1, 0] }, inputs: ["x"], output: "t" });
    builder.node({ name: "s", operation: { kind: "softmax", axis: 0 }, inputs: ["t"], output: "s" });
    const mixed = builder.build({ format: "test", outputs: ["s"], notes: [] });
    expect([...evaluateInBatches(mixed, x, rows, ["s"])]).toHaveLength(rows);
    const y = evaluateRows(mixed, x, rows, ["s"]).get("s")!;
    for (let row = 0; row < rows; row++) {
      expect(y.subarray(row * 4, row * 4 + 4).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    }
  });

  test("a batch that the file fixes is no hindrance where examples stay apart", () => {
    const operation: Operation = { kind: "softmax", axis: 1 };
    const fixed = evaluateRows(graphOf([[8, 4]], operation), x, rows, ["y"]).get("y");
    const one = graphOf([[1, 4]], operation);
    expect(fixed).toEqual(evaluateRows(one, x, rows, ["y"]).get("y"));
    expect(() => evaluateRows(graphOf([[8, 4]], { kind: "softmax", axis: 0 }), x, rows, ["y"])).toThrow(
      "expected a network that treats the 8 examples of its batch independently; got one that mixes them.",
    );
  });

  test("says what it needs", () => {
    expect(() => evaluateRows(graph, x.subarray(1), rows, ["a"])).toThrow(
      "net.onnx: rows of inputs: expected 1003 rows of 4 values, as x [1, 4] has; got 4011 values.",
    );
    expect(() => evaluateRows(graph, x, 0, ["a"])).toThrow("a number of rows of at least 1; got 0");
    const two = graphOf(
      [
        [1, 2],
        [1, 2],
      ],
      { kind: "product" },
    );
    expect(() => evaluateRows(two, x, rows, ["y"])).toThrow("that need one of the network's inputs; got 2: ");
  });
});
