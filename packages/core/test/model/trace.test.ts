/** Units followed back through a graph give the values that running the graph forwards gives. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Constant, Graph, Operation, SlidingWindow } from "../../src/model/graph.ts";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import { evaluateGraph } from "../../src/model/graph-evaluate.ts";
import { layersOf } from "../../src/model/graph-layers.ts";
import { mechanismOf } from "../../src/model/mechanism.ts";
import { throughProgram } from "../../src/model/program.ts";
import { alone } from "../../src/model/program-alone.ts";
import { elements, tensor } from "../../src/model/tensor.ts";
import { isObstacle, trace } from "../../src/model/trace.ts";

/** Numbers that are no pattern, −1 … 1. */
function numbers(count: number, seed: number): Float64Array {
  let state = seed * 2654435761 + 12345;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const weights = (shape: readonly number[], seed: number) => tensor(`w${seed}`, shape, numbers(elements(shape), seed));
const constantOf = (shape: readonly number[], seed: number): Constant => ({
  shape,
  values: numbers(elements(shape), seed),
});
const plain = (axes: number, channelsLast = false): SlidingWindow => ({
  strides: new Array(axes).fill(1),
  dilations: new Array(axes).fill(1),
  before: new Array(axes).fill(0),
  after: new Array(axes).fill(0),
  channelsLast,
});

/** A graph of nodes in a row or joined: each entry names its inputs, or takes the one before. */
function graphOf(
  shape: readonly number[],
  entries: readonly (Operation | { readonly operation: Operation; readonly inputs: readonly string[] })[],
): Graph {
  const builder = new GraphBuilder("test");
  builder.input("x", shape);
  let last = "x";
  for (const [at, entry] of entries.entries()) {
    const { operation, inputs } = "operation" in entry ? entry : { operation: entry, inputs: [last] };
    last = `t${at}`;
    builder.node({ name: `n${at}`, operation, inputs, output: last });
  }
  return builder.build({ format: "test", outputs: [last], notes: [] });
}

/** Traces units of the last tensor back to `sources`, and compares with the graph run forwards. */
function expectSame(graph: Graph, sources = ["x"], tolerance = 1e-12): ReturnType<typeof trace> {
  const output = graph.outputs[0]!;
  const size = elements(graph.shapes.get(output)!);
  const units = Array.from({ length: size }, (_, at) => at);
  const traced = trace({ graph, sources, output, units });
  if (isObstacle(traced)) throw new Error(traced.reason);
  const x = numbers(elements(graph.shapes.get("x")!), 99);
  const tensors = evaluateGraph(graph, { x }, [...sources, output]);
  const inputs = Float64Array.from(
    traced.inputs,
    (unit) => (unit.tensor === "x" ? x : tensors.get(unit.tensor)!)[unit.index]!,
  );
  const expected = tensors.get(output)!;
  const program = throughProgram(traced.program())(inputs, 1) as Float64Array;
  for (const [at, value] of expected.entries()) expect(Math.abs(program[at]! - value)).toBeLessThanOrEqual(tolerance);
  // One input after another, with the others where they are.
  for (let i = 0; i < Math.min(inputs.length, 12); i++) {
    const single = throughProgram(alone(traced.program(), i, inputs))(inputs.subarray(i, i + 1), 1) as Float64Array;
    for (const [at, value] of expected.entries()) expect(Math.abs(single[at]! - value)).toBeLessThanOrEqual(tolerance);
  }
  if (traced.dense !== undefined) {
    const y = mechanismOf({ ...traced.dense, name: "dense" }).evaluate(inputs, 1) as Float64Array;
    for (const [at, value] of expected.entries()) expect(Math.abs(y[at]! - value)).toBeLessThanOrEqual(tolerance);
  }
  return traced;
}

const dense = (outputs: number, inputs: number, seed: number, transposed = false): Operation => ({
  kind: "dense",
  weights: weights(transposed ? [inputs, outputs] : [outputs, inputs], seed),
  transposed,
  bias: weights([outputs], seed + 1),
});
const relu: Operation = { kind: "activation", activation: "relu" };
const convolution = (
  shape: readonly number[],
  groups: number,
  spec: Partial<SlidingWindow>,
  seed: number,
): Operation => ({
  kind: "convolution",
  weights: weights(shape, seed),
  bias: weights([shape[0]!], seed + 1),
  groups,
  ...plain(shape.length - 2),
  ...spec,
});

describe("trace", () => {
  test("a dense layer is a dense layer, weights to the bit", () => {
    const operation = dense(3, 4, 1);
    const traced = expectSame(graphOf([1, 4], [operation, relu]));
    if (isObstacle(traced) || operation.kind !== "dense") throw new Error();
    expect(traced.dense).toMatchObject({ inputs: 4, outputs: 3, activation: "relu" });
    expect(Array.from(traced.dense!.weights)).toEqual(Array.from(operation.weights.values()));
    expect(Array.from(traced.dense!.bias!)).toEqual(Array.from(operation.bias!.values()));
  });

  test("batch normalisation before and after goes into the weights", () => {
    const norm = (channels: number, seed: number): Operation => ({
      kind: "affine",
      scale: constantOf([channels], seed),
      shift: constantOf([channels], seed + 1),
      parameters: 4 * channels,
    });
    const traced = expectSame(
      graphOf([1, 4], [norm(4, 3), dense(3, 4, 1, true), norm(3, 5), { kind: "softmax", axis: 1 }]),
    );
    expect(traced).toMatchObject({ dense: { activation: "softmax" } });
  });

  test("convolutions: strides, dilations, padding, groups, one and two axes, channels first and last", () => {
    const cases: [readonly number[], Operation][] = [
      [[1, 2, 7], convolution([4, 2, 3], 1, { strides: [2] }, 1)],
      [[1, 4, 6, 5], convolution([6, 2, 3, 2], 2, { before: [1, 0], after: [1, 2], dilations: [1, 2] }, 3)],
      [[1, 3, 6, 6], convolution([3, 1, 3, 3], 3, { strides: [2, 1], before: [1, 1], after: [0, 1] }, 5)],
      [[1, 6, 5, 2], convolution([4, 2, 2, 3], 1, { channelsLast: true, before: [0, 1], after: [1, 1] }, 7)],
    ];
    for (const [shape, operation] of cases) expectSame(graphOf(shape, [operation, relu]));
  });

  test("pooling of a rectified convolution: greatest, mean with and without padding counted, rounded up", () => {
    for (const kind of ["max-pool", "average-pool"] as const) {
      for (const [countPadding, ceil] of [
        [false, false],
        [true, true],
      ] as const) {
        const window = { ...plain(2), strides: [2, 2], before: [1, 0], after: [1, 1] };
        const pool = {
          kind,
          kernel: [2, 3],
          ceil,
          ...(kind === "average-pool" && { countPadding }),
          ...window,
        } as Operation;
        expectSame(graphOf([1, 2, 6, 7], [convolution([3, 2, 3, 3], 1, {}, 11), relu, pool]));
      }
    }
    for (const kind of ["global-max-pool", "global-average-pool"] as const) {
      expectSame(graphOf([1, 2, 3, 4], [relu, { kind, channelsLast: false, keep: false }, dense(2, 2, 3)]));
    }
  });

  test("skip connections, joins, products, and what only arranges", () => {
    expectSame(
      graphOf(
        [1, 4],
        [
          dense(4, 4, 1),
          relu,
          dense(4, 4, 5),
          { operation: { kind: "sum", coefficients: [1, -2] }, inputs: ["t2", "x"] },
          relu,
          { operation: { kind: "concatenate", axis: 1 }, inputs: ["t4", "x", "t1"] },
          { kind: "reshape", shape: [1, 3, 4] },
          { kind: "transpose", permutation: [0, 2, 1] },
          { kind: "slice", starts: [0, 1, 2], steps: [1, 2, -1], shape: [1, 2, 3] },
          { kind: "pad", before: [0, 1, 0], after: [0, 0, 2] },
          { operation: { kind: "product" }, inputs: ["t9", "t9"] },
          { kind: "softmax", axis: 2 },
        ],
      ),
    );
  });

  test("any chain of dense layers and activations", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom("relu", "tanh", "identity", "clip(-0.5,0.5)")),
          {
            minLength: 1,
            maxLength: 4,
          },
        ),
        fc.integer({ min: 1, max: 1000 }),
        (layers, seed) => {
          let inputs = 3;
          const entries = layers.flatMap(([outputs, activation], at): Operation[] => {
            const layer = dense(outputs, inputs, seed + 2 * at);
            inputs = outputs;
            return [layer, { kind: "activation", activation: activation as "relu" }];
          });
          expectSame(graphOf([1, 3], entries), ["x"], 1e-10);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("says what stands in the way", () => {
    const lstm: Operation = { kind: "unknown", operator: "LSTM", reason: "recurrence is not supported", shape: [1, 4] };
    const graph = graphOf([1, 4], [lstm, relu]);
    expect(trace({ graph, sources: ["x"], output: "t1", units: [0] })).toEqual({
      reason: 'it needs the operator LSTM of "n0": recurrence is not supported',
    });
    const other = graphOf(
      [1, 4],
      [dense(4, 4, 1), { operation: { kind: "sum", coefficients: [1, 1] }, inputs: ["t0", "x"] }],
    );
    expect(trace({ graph: other, sources: ["t0"], output: "t1", units: [0] })).toEqual({
      reason: 'it also depends on "x"',
    });
    expect(trace({ graph: other, sources: ["x"], output: "t1", units: [0, 1, 2, 3], most: 10 })).toEqual({
      reason: "it has more than 10 connections",
    });
  });
});

describe("layersOf", () => {
  test("a convolution takes its normalisation, activation and pooling along; the next layer begins after them", () => {
    const graph = graphOf(
      [1, 1, 12, 12],
      [
        convolution([4, 1, 3, 3], 1, {}, 1),
        { kind: "affine", scale: constantOf([4, 1, 1], 3), parameters: 16 },
        relu,
        { kind: "max-pool", kernel: [2, 2], ceil: false, ...plain(2), strides: [2, 2] },
        { kind: "reshape", shape: [1, 100] },
        dense(10, 100, 5),
        { kind: "softmax", axis: 1 },
      ],
    );
    const layers = layersOf(graph);
    expect(layers.map(({ name, kind, sources, output }) => [name, kind, sources, output])).toEqual([
      ["n0", "convolution 3×3, normalization, max-pool 2×2", ["x"], "t3"],
      ["n5", "dense", ["t3"], "t6"],
    ]);
    expect(layers[0]).toMatchObject({
      activation: "relu",
      inputActivation: undefined,
      parameters: 56,
      place: "at (2, 2) of 5 × 5",
    });
    expect(layers[0]!.units).toEqual([12, 37, 62, 87]);
    expect(layers[1]).toMatchObject({ activation: "softmax", inputActivation: "relu", place: undefined });
  });

  test("a skip connection is an input of the layer that it is added to", () => {
    const graph = graphOf(
      [1, 4],
      [
        dense(4, 4, 1),
        relu,
        dense(4, 4, 3),
        relu,
        dense(4, 4, 5),
        { operation: { kind: "sum", coefficients: [1, 1] }, inputs: ["t4", "t1"] },
        relu,
      ],
    );
    const layers = layersOf(graph);
    expect(layers.map(({ name, sources }) => [name, sources])).toEqual([
      ["n0", ["x"]],
      ["n2", ["t1"]],
      ["n4", ["t3", "t1"]],
    ]);
    const last = expectSame(graph, ["t3", "t1"]);
    expect(last).toMatchObject({ dense: { inputs: 8, outputs: 4, activation: "relu" } });
  });

  test("normalisation between an activation and weights belongs to the weights", () => {
    const graph = graphOf(
      [1, 4],
      [
        dense(4, 4, 1),
        relu,
        { kind: "affine", scale: constantOf([4], 3), shift: constantOf([4], 4), parameters: 16 },
        dense(3, 4, 5),
      ],
    );
    expect(layersOf(graph).map(({ name, sources, activation }) => [name, sources, activation])).toEqual([
      ["n0", ["x"], "relu"],
      ["n3", ["t1"], "identity"],
    ]);
  });

  test("an unknown operator is named, and what comes after it is measured anew", () => {
    const lstm: Operation = { kind: "unknown", operator: "LSTM", reason: "recurrence is not supported", shape: [1, 4] };
    const layers = layersOf(graphOf([1, 4], [dense(4, 4, 1), relu, lstm, relu, dense(3, 4, 3)]));
    expect(layers.map(({ name, obstacle }) => [name, obstacle])).toEqual([
      ["n0", undefined],
      ["n2", 'it needs the operator LSTM of "n2": recurrence is not supported'],
      ["n4", undefined],
    ]);
    expect(layers[2]!.inputActivation).toBe("relu");
  });

  test("a pooling over all of a map is a layer by itself", () => {
    const graph = graphOf(
      [1, 1, 12, 12],
      [
        convolution([4, 1, 3, 3], 1, {}, 1),
        relu,
        { kind: "global-average-pool", channelsLast: false, keep: false },
        dense(2, 4, 3),
      ],
    );
    expect(layersOf(graph).map(({ name, kind }) => [name, kind])).toEqual([
      ["n0", "convolution 3×3"],
      ["n2", "global-average-pool"],
      ["n3", "dense"],
    ]);
  });
});
