/** Ranges by interval arithmetic: what each operation can make of values that a bounded activation made. */
import { describe, expect, test } from "vitest";
import { assumedRanges } from "../../src/model/assumed-ranges.ts";
import type { Graph, Operation, SlidingWindow } from "../../src/model/graph.ts";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import { layerMechanism } from "../../src/model/graph-mechanism.ts";
import { modelOf } from "../../src/model/graph-model.ts";
import { tensor } from "../../src/model/tensor.ts";

const weights = (seed: number) =>
  tensor(
    `w${seed}`,
    [3, 3],
    Float64Array.from({ length: 9 }, (_, k) => ((k * 7 + seed) % 5) - 2),
  );
const dense = (seed: number): Operation => ({ kind: "dense", weights: weights(seed), transposed: false });
const act = (activation: "tanh" | "relu" | "sigmoid" | "abs"): Operation => ({ kind: "activation", activation });
const sum = (...coefficients: number[]): Operation => ({ kind: "sum", coefficients });

/** Nodes by name, their inputs before them. */
function graph(
  shape: readonly number[],
  nodes: readonly (readonly [string, Operation, ...string[]])[],
  output: string,
): Graph {
  const builder = new GraphBuilder("test");
  builder.input("x", shape);
  for (const [name, operation, ...inputs] of nodes) builder.node({ name, operation, inputs, output: name });
  return builder.build({ format: "test", outputs: [output], notes: [] });
}

const SKIP = [
  ["a", dense(1), "x"],
  ["b", act("tanh"), "a"],
  ["c", dense(2), "b"],
  ["d", act("tanh"), "c"],
  ["e", sum(1, 1), "b", "d"],
] as const;

describe("assumed ranges", () => {
  const vector = (more: readonly (readonly [string, Operation, ...string[]])[], output: string) =>
    assumedRanges(graph([1, 3], [...SKIP, ...more], output));

  test("a skip connection of two tanh lies in −2 … 2, and is measured there", () => {
    const found = graph([1, 3], SKIP, "e");
    expect(assumedRanges(found)("e")).toEqual([-2, 2]);
    const model = modelOf(found);
    const last = layerMechanism(model, model.layers.at(-1)!);
    expect(last).toMatchObject({ mechanism: { outputRange: [-2, 2] } });
  });

  test("what comes through weights keeps its activation's default range", () => {
    const range = vector(
      [
        ["f", dense(3), "e"],
        ["g", act("relu"), "f"],
      ],
      "g",
    );
    expect([range("a"), range("b"), range("f"), range("g")]).toEqual([
      [-10, 10],
      [-1, 1],
      [-10, 10],
      [0, 10],
    ]);
  });

  test("a sum with something unbounded is unbounded", () => {
    expect(
      vector(
        [
          ["f", dense(3), "e"],
          ["g", sum(1, 1), "e", "f"],
        ],
        "g",
      )("g"),
    ).toEqual([-10, 10]);
  });

  test("scaling, shifting, subtracting, multiplying and clipping follow", () => {
    const scale = { shape: [3], values: Float64Array.of(2, -3, 0.5) };
    const shift = { shape: [1], values: Float64Array.of(1) };
    const cases: readonly (readonly [Operation, readonly string[], readonly [number, number]])[] = [
      [{ kind: "affine", scale, shift, parameters: 0 }, ["b"], [-2, 4]],
      [sum(1, -2), ["b", "d"], [-3, 3]],
      [{ kind: "product" }, ["b", "e"], [-2, 2]],
      [act("relu"), ["e"], [0, 2]],
      [act("abs"), ["e"], [0, 2]],
      [{ kind: "concatenate", axis: 1 }, ["b", "e"], [-2, 2]],
      [{ kind: "softmax", axis: 1 }, ["c"], [0, 1]],
    ];
    for (const [operation, inputs, expected] of cases) {
      expect(vector([["f", operation, ...inputs]], "f")("f"), operation.kind).toEqual(expected);
    }
  });

  test("pooling passes a range on; zeros of padding widen it", () => {
    const window: SlidingWindow = {
      strides: [1, 1],
      dilations: [1, 1],
      before: [1, 1],
      after: [0, 0],
      channelsLast: false,
    };
    const of = (operation: Operation) =>
      assumedRanges(
        graph(
          [1, 2, 4, 4],
          [
            ["a", act("sigmoid"), "x"],
            ["b", { kind: "affine", shift: { shape: [1], values: Float64Array.of(1) }, parameters: 0 }, "a"],
            ["c", operation, "b"],
          ],
          "c",
        ),
      )("c");
    expect(of({ kind: "max-pool", kernel: [2, 2], ceil: false, ...window })).toEqual([1, 2]);
    expect(of({ kind: "average-pool", kernel: [2, 2], ceil: false, countPadding: false, ...window })).toEqual([1, 2]);
    expect(of({ kind: "average-pool", kernel: [2, 2], ceil: false, countPadding: true, ...window })).toEqual([0, 2]);
    expect(of({ kind: "global-average-pool", channelsLast: false, keep: true })).toEqual([1, 2]);
    expect(of({ kind: "pad", before: [0, 0, 1, 1], after: [0, 0, 1, 1] })).toEqual([0, 2]);
  });
});
