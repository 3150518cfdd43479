/** Graphs of every kind of operation, and what makes two of them equal. */
import fc from "fast-check";
import type { Graph, Operation, OperationKind, Shape } from "../../src/model/graph.ts";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import { elements, type Tensor, tensor } from "../../src/model/tensor.ts";

/** A graph as plain data: the values of its tensors in place of functions. */
export function plain({ inputs, outputs, nodes, shapes, inputRange, notes }: Graph) {
  const isTensor = (value: unknown): value is Tensor => typeof (value as Tensor | undefined)?.values === "function";
  const entries = (operation: Operation) =>
    Object.entries(operation)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, isTensor(value) ? { shape: value.shape, values: value.values() } : value]);
  return {
    inputs,
    outputs,
    nodes: nodes.map(({ operation, ...node }) => ({ ...node, operation: Object.fromEntries(entries(operation)) })),
    shapes: Object.fromEntries(shapes),
    inputRange,
    notes,
  };
}

export function weights(name: string, shape: Shape, wide = false): Tensor {
  const values = Array.from({ length: elements(shape) }, (_, at) => Math.sin(at + name.length));
  return tensor(name, shape, wide ? Float64Array.from(values) : Float32Array.from(values));
}

const window = { strides: [1, 1], dilations: [1, 1], before: [0, 0], after: [0, 0], channelsLast: false };

/** One of each kind: what is put after what of which shape. */
export const EVERY_KIND: { readonly [K in OperationKind]: Extract<Operation, { kind: K }> } = {
  convolution: {
    kind: "convolution",
    weights: weights("convolution.weight", [4, 1, 3, 3]),
    bias: weights("convolution.bias", [4], true),
    groups: 2,
    ...window,
    strides: [2, 1],
    after: [1, 0],
  },
  affine: {
    kind: "affine",
    scale: { shape: [4, 1, 1], values: Float64Array.of(1, -0, 0.1, 1e-300) },
    shift: { shape: [], values: Float32Array.of(0.1) },
    parameters: 16,
  },
  activation: { kind: "activation", activation: "clip(0,6)" },
  "max-pool": { kind: "max-pool", kernel: [2, 2], ceil: true, ...window },
  "average-pool": { kind: "average-pool", kernel: [2, 2], ceil: false, countPadding: true, ...window, before: [1, 1] },
  transpose: { kind: "transpose", permutation: [0, 2, 3, 1] },
  pad: { kind: "pad", before: [0, 1, 0, 0], after: [0, 0, 0, 0] },
  slice: { kind: "slice", starts: [0, 2, 0, 0], steps: [1, -1, 1, 1], shape: [1, 2, 2, 4] },
  "global-max-pool": { kind: "global-max-pool", channelsLast: true, keep: true },
  "global-average-pool": { kind: "global-average-pool", channelsLast: true, keep: false },
  reshape: { kind: "reshape", shape: [2, 2] },
  dense: { kind: "dense", weights: weights("dense.weight", [2, 3]), transposed: true },
  sum: { kind: "sum", coefficients: [1, -0.5] },
  product: { kind: "product" },
  concatenate: { kind: "concatenate", axis: 1 },
  softmax: { kind: "softmax", axis: 1 },
  unknown: { kind: "unknown", operator: "LSTM", reason: "recurrence is not supported", shape: [1, 7] },
};

/** Every kind once, one after the other; those of two inputs take the one before twice. */
export function everyKind(): Graph {
  const builder = new GraphBuilder("every.onnx");
  builder.input("x", [1, 2, 6, 6]);
  builder.input("open", [1, undefined]);
  let last = "x";
  for (const operation of Object.values(EVERY_KIND)) {
    const two = ["sum", "product", "concatenate"].includes(operation.kind);
    builder.node({
      name: operation.kind,
      operation,
      inputs: two ? [last, last] : [last],
      output: `${operation.kind}:0`,
    });
    last = `${operation.kind}:0`;
  }
  return builder.build({ format: "test", outputs: [last, "dense:0"], notes: ['a "note"'], inputRange: [-0.1, 1e300] });
}

/** Dense layers in a row, with activations, flattened inputs and odd names. */
export function denseGraphs(): fc.Arbitrary<Graph> {
  const finite32 = fc.float({ noNaN: true, noDefaultInfinity: true });
  const finite64 = fc.double({ noNaN: true, noDefaultInfinity: true });
  const layer = fc.record({
    units: fc.integer({ min: 1, max: 4 }),
    wide: fc.boolean(),
    transposed: fc.boolean(),
    bias: fc.boolean(),
    activation: fc.constantFrom("relu", "tanh", "leaky-relu(0.2)", "softmax", undefined),
    name: fc.string(),
    numbers32: fc.array(finite32, { minLength: 20, maxLength: 20 }),
    numbers64: fc.array(finite64, { minLength: 20, maxLength: 20 }),
  });
  return fc.array(layer, { minLength: 1, maxLength: 4 }).map((layers) => {
    const builder = new GraphBuilder("dense.test");
    builder.input("in", [1, 2, 1]);
    builder.node({ name: "flatten", operation: { kind: "reshape", shape: [1, 2] }, inputs: ["in"], output: "flat" });
    let last = "flat";
    let width = 2;
    for (const [at, { units, wide, transposed, bias, activation, name, numbers32, numbers64 }] of layers.entries()) {
      const values = wide ? Float64Array.from(numbers64) : Float32Array.from(numbers32);
      const id = `${name}${at}`;
      const shape = transposed ? [width, units] : [units, width];
      builder.node({
        name: id,
        operation: {
          kind: "dense",
          weights: tensor(`${id}.weight`, shape, values.subarray(0, width * units)),
          transposed,
          ...(bias && { bias: tensor(`${id}.bias`, [units], values.subarray(16, 16 + units)) }),
        },
        inputs: [last],
        output: `${id}:0`,
      });
      last = `${id}:0`;
      width = units;
      if (activation === undefined) continue;
      const operation: Operation =
        activation === "softmax"
          ? { kind: "softmax", axis: 1 }
          : { kind: "activation", activation: activation as "relu" };
      builder.node({ name: `${id}!`, operation, inputs: [last], output: `${id}!` });
      last = `${id}!`;
    }
    return builder.build({ format: "test", outputs: [last], notes: [] });
  });
}
