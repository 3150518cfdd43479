/** Small files that ask for much: what they hold is found in time that grows with the file, or is refused by name. */
import { describe, expect, it } from "vitest";
import { Budget } from "../../src/checks/budget.ts";
import { TooMuchError } from "../../src/checks/error-classes.ts";
import { graphFromJson } from "../../src/formats/json-graph.ts";
import { isFound, layerMechanism } from "../../src/model/graph-mechanism.ts";
import { modelOf } from "../../src/model/graph-model.ts";
import { withPatterns } from "../../src/model/graph-patterns.ts";
import { isDense } from "../../src/model/mechanism.ts";
import { topologyOf } from "../../src/model/topology.ts";
import { uniqueNames } from "../../src/model/unique-names.ts";

type Node = Record<string, unknown> & { readonly name: string };

function graph(shape: readonly number[], nodes: readonly Node[]) {
  const outputs = [nodes.at(-1)!.name];
  return graphFromJson(JSON.stringify({ graph: { inputs: [{ name: "x", shape }], outputs, nodes } }), "m.json");
}

/** `n` nodes one after the other, the first of which takes x. */
function chain(n: number, node: (input: string, at: number) => Record<string, unknown>): Node[] {
  return Array.from({ length: n }, (_, at) => ({ name: `n${at}`, ...node(at === 0 ? "x" : `n${at - 1}`, at) }));
}

const dense = (name: string, input: string, inputs = 2): Node => ({
  name,
  kind: "dense",
  inputs: [input],
  weights: { shape: [1, inputs], values: new Array(inputs).fill(1) },
});
const relus = (n: number) => chain(n, (input) => ({ kind: "activation", activation: "relu", inputs: [input] }));

describe("sizes that no network has", () => {
  it("a padding of 10⁹ is refused, with the node's name", () => {
    const weights = { shape: [1, 1, 1, 1], values: [1] };
    const convolution = { name: "c", kind: "convolution", inputs: ["x"], weights, before: [1e9, 0], after: [0, 0] };
    const read = () => graph([1, 1, 4, 4], [convolution]);
    expect(read).toThrow(TooMuchError);
    expect(read).toThrow("m.json: c: expected a padding of at most 1,048,576; got 1000000000");
  });

  it("an input of 2³⁹ values is refused, with the input's name", () => {
    const read = () => graph([1, 2 ** 39], relus(1));
    expect(read).toThrow(TooMuchError);
    expect(read).toThrow('m.json: input "x": expected an input of at most 1,073,741,824 values');
  });

  it("a tensor of 65 axes is refused", () => {
    expect(() => graph(new Array(65).fill(1), relus(1))).toThrow("at most 64 axes; got 65");
  });

  it("a layer of 2²¹ units is listed, and cannot be measured", () => {
    const { layers } = topologyOf(modelOf(graph([1, 2 ** 21], relus(1))));
    expect(layers.get("n0")!.obstacle).toBe("it has 2,097,152 units, more than 1,048,576");
  });

  it("a mean over 10⁸ places cannot be measured, and the layer beside it can", () => {
    const pool = { name: "g", kind: "global-average-pool", inputs: ["x"], channelsLast: false, keep: false };
    const { layers } = topologyOf(modelOf(graph([1, 2, 1e8], [pool, dense("y", "g")])));
    expect(layers.get("g")!.obstacle).toMatch(/^tracing its values takes more than [\d,]+ steps$/);
    const alone = topologyOf(modelOf(graph([1, 2], [dense("y", "x")])));
    expect(alone.layers.get("y")!.obstacle).toBeUndefined();
  });

  it("what all layers take together is bounded", () => {
    const two = graph([1, 2], [dense("a", "x"), dense("b", "a", 1)]);
    const budget = new Budget();
    budget.spend(budget.most - 200);
    const { layers } = topologyOf(modelOf(two), { budget });
    expect([...layers.values()].map(({ obstacle }) => obstacle?.slice(0, 26))).toEqual([
      "tracing its values takes m",
      "tracing its values takes m",
    ]);
  });
});

describe("long chains", () => {
  it.each([
    ["relu", { kind: "activation", activation: "relu" }],
    ["reshape", { kind: "reshape", shape: [1, 2] }],
    ["transpose", { kind: "transpose", permutation: [0, 1] }],
    ["softmax", { kind: "softmax", axis: 1 }],
    ["affine", { kind: "affine", shift: { shape: [], values: [1] } }],
    ["slice", { kind: "slice", starts: [0, 0], steps: [1, 1], shape: [1, 2] }],
  ])("of 8,000 %s and a dense layer become a mechanism", (_, node) => {
    const deep = graph([1, 2], [...chain(8000, (input) => ({ ...node, inputs: [input] })), dense("y", "n7999")]);
    const model = modelOf(withPatterns(deep));
    for (const layer of model.layers) expect(isFound(layerMechanism(model, layer))).toBe(true);
  });

  it("give the values that their operations have", () => {
    const n = 1000;
    const shifts = chain(n, (input) => ({ kind: "affine", shift: { shape: [2], values: [1, -2] }, inputs: [input] }));
    const model = modelOf(graph([1, 2], [...shifts, dense("y", `n${n - 1}`)]));
    const found = layerMechanism(model, model.layers.at(-1)!);
    const mechanism = isFound(found) && isDense(found.mechanism) ? found.mechanism : undefined;
    expect([...mechanism!.dense.weights]).toEqual([1, 1]);
    // n shifts of 1 and of −2, each weighted by 1.
    expect([...mechanism!.dense.bias]).toEqual([-n]);
  });

  it("of doublings, each of which takes the one before twice, are followed once", () => {
    const nodes = Array.from({ length: 200 }, (_, at): Node[] => {
      const input = at === 0 ? "x" : `s${at - 1}`;
      return [
        { name: `c${at}`, kind: "concatenate", axis: 1, inputs: [input, input] },
        { name: `s${at}`, kind: "slice", starts: [0, 0], steps: [1, 1], shape: [1, 2], inputs: [`c${at}`] },
      ];
    }).flat();
    expect([...topologyOf(modelOf(graph([1, 2], [...nodes, dense("y", "s199")]))).layers.keys()]).toContain("y");
  });

  it("of 20,000 dense layers are listed", () => {
    const layers = chain(20_000, (input) => ({ ...dense("", input, 1), name: undefined, inputs: [input] })).map(
      (node, at) => ({ ...node, name: `n${at}` }),
    );
    const topology = topologyOf(modelOf(graph([1, 1], layers)));
    expect([topology.layers.size, topology.edges.length]).toEqual([20_000, 19_999]);
  });

  it("of 20,000 multiplications, whose end 20,000 products take, are searched for activations", () => {
    const scaled = chain(20_000, (input) => ({ kind: "affine", scale: { shape: [], values: [1.5] }, inputs: [input] }));
    const products = Array.from({ length: 20_000 }, (_, at) => ({
      name: `p${at}`,
      kind: "product",
      inputs: ["n19999", "n19999"],
    }));
    const deep = graph([1, 1], [...scaled, ...products]);
    expect(withPatterns(deep)).toBe(deep);
  });
});

describe("names", () => {
  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"])("a layer may be called %s", (name) => {
    const nodes = [dense("a", "x"), dense(name, "a", 1), dense("b", name, 1)];
    const { layers, edges } = topologyOf(modelOf(graph([1, 2], nodes)));
    expect([...layers.keys()]).toEqual(["a", name, "b"]);
    expect(edges).toEqual([
      { from: "a", to: name, tensor: "a" },
      { from: name, to: "b", tensor: name },
    ]);
  });

  it("that come often are numbered", () => {
    const unused = uniqueNames();
    expect(["a", "a", "a (3)", "a", "a"].map(unused)).toEqual(["a", "a (2)", "a (3)", "a (4)", "a (5)"]);
    const many = Array.from({ length: 100_000 }, () => unused("b"));
    expect([new Set(many).size, many.at(-1)]).toEqual([100_000, "b (100000)"]);
  });
});
