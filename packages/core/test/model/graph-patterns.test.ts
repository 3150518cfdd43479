/** Activations spelled out are recognised, in the orders in which exporters write them, and only where they are just that. */
import { describe, expect, test } from "vitest";
import type { Graph, Operation } from "../../src/model/graph.ts";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import { evaluateGraph } from "../../src/model/graph-evaluate.ts";
import { layersOf } from "../../src/model/graph-layers.ts";
import { withPatterns } from "../../src/model/graph-patterns.ts";
import { tensor } from "../../src/model/tensor.ts";

type Entry = readonly [output: string, operation: Operation, ...inputs: string[]];
const times = (by: number): Operation => ({
  kind: "affine",
  scale: { shape: [], values: Float64Array.of(by) },
  parameters: 0,
});
const plus = (more: number): Operation => ({
  kind: "affine",
  shift: { shape: [], values: Float64Array.of(more) },
  parameters: 0,
});
const apply = (activation: string): Operation => ({ kind: "activation", activation: activation as "relu" });
const product: Operation = { kind: "product" };
const sum: Operation = { kind: "sum", coefficients: [1, 1] };

/** A dense layer to z, then these. */
function graphOf(entries: readonly Entry[], outputs = ["y"]): Graph {
  const builder = new GraphBuilder("test");
  builder.input("x", [1, 3]);
  const weights = tensor("w", [3, 3], Float64Array.of(1, -2, 0.5, 0.3, 1, -1, 2, 0, 1));
  builder.node({ name: "layer", operation: { kind: "dense", weights, transposed: false }, inputs: ["x"], output: "z" });
  for (const [output, operation, ...inputs] of entries) builder.node({ name: output, operation, inputs, output });
  return builder.build({ format: "test", outputs, notes: [] });
}

const k = Math.sqrt(2 / Math.PI);
const SPELLED: readonly (readonly [string, string, readonly Entry[]])[] = [
  [
    "gelu, halved last",
    "gelu",
    [
      ["d", times(Math.SQRT1_2), "z"],
      ["e", apply("erf"), "d"],
      ["a", plus(1), "e"],
      ["m", product, "z", "a"],
      ["y", times(0.5), "m"],
    ],
  ],
  [
    "gelu, halved first",
    "gelu",
    [
      ["h", times(0.5), "z"],
      ["d", times(Math.SQRT1_2), "z"],
      ["e", apply("erf"), "d"],
      ["a", plus(1), "e"],
      ["y", product, "h", "a"],
    ],
  ],
  [
    "gelu, the gate halved",
    "gelu",
    [
      ["d", times(0.7072), "z"],
      ["e", apply("erf"), "d"],
      ["a", plus(1), "e"],
      ["g", times(0.5), "a"],
      ["y", product, "g", "z"],
    ],
  ],
  [
    "gelu by tanh, with a power",
    "gelu-tanh",
    [
      ["c", apply("power(3)"), "z"],
      ["s", times(0.044715), "c"],
      ["i", sum, "z", "s"],
      ["u", times(k), "i"],
      ["t", apply("tanh"), "u"],
      ["a", plus(1), "t"],
      ["h", times(0.5), "z"],
      ["y", product, "h", "a"],
    ],
  ],
  [
    "gelu by tanh, with products",
    "gelu-tanh",
    [
      ["q", product, "z", "z"],
      ["c", product, "q", "z"],
      ["s", times(0.044715), "c"],
      ["i", sum, "z", "s"],
      ["u", times(k), "i"],
      ["t", apply("tanh"), "u"],
      ["a", plus(1), "t"],
      ["m", product, "z", "a"],
      ["y", times(0.5), "m"],
    ],
  ],
  [
    "silu",
    "silu",
    [
      ["g", apply("sigmoid"), "z"],
      ["y", product, "z", "g"],
    ],
  ],
  [
    "hard-swish by hard sigmoid",
    "hard-swish",
    [
      ["g", apply("hard-sigmoid"), "z"],
      ["y", product, "z", "g"],
    ],
  ],
  [
    "hard-swish by clipping",
    "hard-swish",
    [
      ["p", plus(3), "z"],
      ["g", apply("clip(0,6)"), "p"],
      ["m", product, "z", "g"],
      ["y", times(1 / 6), "m"],
    ],
  ],
  [
    "mish",
    "mish",
    [
      ["s", apply("softplus"), "z"],
      ["t", apply("tanh"), "s"],
      ["y", product, "z", "t"],
    ],
  ],
];

describe("withPatterns", () => {
  test.each(SPELLED)("%s is %s", (_, activation, entries) => {
    const graph = graphOf(entries);
    const found = withPatterns(graph);
    expect(found.nodes.map(({ operation }) => operation.kind)).toEqual(["dense", "activation"]);
    expect(layersOf(found)).toMatchObject([{ name: "layer", activation }]);
    const x = { x: [0.7, -1.1, 0.4] };
    const [before, after] = [graph, found].map((each) => evaluateGraph(each, x, ["y"]).get("y")!);
    // One of them rounds √½ to three digits.
    for (const [at, value] of before!.entries()) expect(after![at]).toBeCloseTo(value, 3);
  });

  test("not where a part is taken elsewhere, or a constant is another", () => {
    const silu: readonly Entry[] = [
      ["g", apply("sigmoid"), "z"],
      ["y", product, "z", "g"],
    ];
    const twice = graphOf([...silu, ["w", sum, "y", "g"]], ["w"]);
    expect(withPatterns(twice)).toBe(twice);
    const shown = graphOf(silu, ["y", "g"]);
    expect(withPatterns(shown)).toBe(shown);
    const steeper = graphOf([
      ["d", times(1.7), "z"],
      ["g", apply("sigmoid"), "d"],
      ["y", product, "z", "g"],
    ]);
    expect(withPatterns(steeper)).toBe(steeper);
  });
});
