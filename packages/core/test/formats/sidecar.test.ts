import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { graphFromSafetensors } from "../../src/formats/safetensors-graph.ts";
import type { Graph } from "../../src/model/graph.ts";
import { batchNorm, linear, type Stored, torchFile } from "./pytorch.ts";

const LENET: Record<string, Stored> = {
  "conv1.weight": { shape: [4, 1, 5, 5] },
  "conv1.bias": { shape: [4] },
  ...batchNorm("bn1", 4),
  "conv2.weight": { shape: [6, 2, 3, 3] },
  ...linear("fc1", 10, 216),
  ...linear("fc2", 3, 10),
};

function read(sidecar: unknown, tensors: Record<string, Stored> = LENET): Graph {
  const text = typeof sidecar === "string" ? sidecar : JSON.stringify(sidecar);
  return graphFromSafetensors(torchFile(tensors), "m.safetensors", { sidecar: text, sidecarWho: "m.json" });
}

const fc1 = { name: "fc1", activation: "relu" };
const two = { ...linear("fc1", 3, 2), ...linear("fc2", 2, 3) };

describe("a sidecar", () => {
  it("is read as its documentation shows it", () => {
    const page = readFileSync(new URL("../../../../docs/safetensors.md", import.meta.url), "utf8");
    const graph = read(/```json\n([\s\S]*?)```/.exec(page)![1]!);
    expect(graph.who).toBe("m.safetensors");
    expect(graph.inputRange).toEqual([0, 1]);
    expect(graph.nodes.map(({ name, output }) => `${name} ${graph.shapes.get(output)!.join("x")}`)).toEqual([
      "conv1 1x4x28x28",
      "bn1 1x4x28x28",
      "conv1 activation 1x4x28x28",
      "conv1 pool 1x4x14x14",
      "conv2 1x6x12x12",
      "conv2 activation 1x6x12x12",
      "conv2 pool 1x6x6x6",
      "fc1 flatten 1x216",
      "fc1 1x10",
      "fc1 activation 1x10",
      "fc2 1x3",
      "fc2 activation 1x3",
    ]);
    expect(graph.nodes[0]!.operation).toMatchObject({ strides: [1, 1], before: [2, 2], after: [2, 2], groups: 1 });
    expect(graph.nodes[1]!.operation).toMatchObject({ kind: "affine", scale: { shape: [4, 1, 1] } });
    expect(graph.nodes[3]!.operation).toMatchObject({ kind: "max-pool", kernel: [2, 2], strides: [2, 2] });
    expect(graph.nodes[4]!.operation).toMatchObject({ groups: 2 });
    expect(graph.nodes[6]!.operation).toMatchObject({ kind: "average-pool", countPadding: true });
    expect(graph.nodes.at(-1)!.operation).toEqual({ kind: "softmax", axis: 1 });
    expect(graph.notes).toEqual([]);
  });

  it("tells the order, the tensors and their layout, and what is not used is noted", () => {
    const graph = read(
      {
        layers: [
          { name: "first", activation: "tanh", weight: "fc2.weight", bias: null },
          { name: "second", activation: "identity", weight: "fc2.weight", bias: "fc1.bias", layout: "in,out" },
        ],
      },
      two,
    );
    expect(graph.inputs[0]!.shape).toEqual([1, 3]);
    expect(graph.nodes.map(({ name }) => name)).toEqual(["first", "first activation", "second"]);
    expect(graph.nodes[0]!.operation).not.toHaveProperty("bias");
    expect(graph.nodes[2]!.operation).toMatchObject({ transposed: true, bias: { name: "fc1.bias" } });
    expect(graph.notes).toEqual(["Tensors not used: fc1.weight, fc2.bias."]);
  });

  it("takes sizes per axis, and pools all of a map", () => {
    const layer = { name: "conv1", activation: "relu", stride: [1, 2], dilation: 2, pool: { kind: "global-average" } };
    const graph = read({ input: { shape: [1, 9, 10] }, layers: [layer] });
    expect(graph.nodes[0]!.operation).toMatchObject({ strides: [1, 2], dilations: [2, 2] });
    expect(graph.shapes.get("conv1")).toEqual([1, 4, 1, 1]);
    expect(graph.shapes.get("conv1 pool")).toEqual([1, 4]);
  });

  it("may be a whole graph whose weights are tensors of the file", () => {
    const graph = read(
      {
        graph: {
          inputs: [{ name: "x", shape: [1, 2] }],
          outputs: ["y"],
          nodes: [
            { name: "a", kind: "dense", inputs: ["x"], weights: { tensor: "fc1.weight" } },
            { name: "b", kind: "dense", inputs: ["a"], weights: { tensor: "fc2.weight" } },
            { name: "y", kind: "sum", inputs: ["x", "b"], coefficients: [1, 1] },
          ],
        },
      },
      two,
    );
    expect([graph.who, graph.format, graph.shapes.get("y")]).toEqual(["m.safetensors", "safetensors", [1, 2]]);
  });

  it.each<[unknown, string]>([
    ["{", "m.json, line 1, column 2: expected JSON"],
    [[], "m.json: expected an object with layers; got an empty array"],
    [{ layer: [] }, 'm.json: expected only the keys input, layers; got the key "layer"'],
    [{ layers: [] }, "m.json: layers: expected an array of at least one layer"],
    [{ layers: [{ activation: "relu" }] }, "m.json: layer 1: name: expected a non-empty string; got nothing"],
    [{ layers: [{ name: "fc1" }] }, 'm.json: layer 1 ("fc1"): activation: expected one of sigmoid'],
    [{ layers: [{ ...fc1, kernel: 3 }] }, 'm.json: layer 1 ("fc1"): expected only the keys name, activation, weight'],
    [{ layers: [{ ...fc1, name: "fc3" }] }, 'layer 1 ("fc3"): weight: expected a tensor of the file; got "fc3.weight"'],
    [{ layers: [{ ...fc1, bias: "b" }] }, 'layer 1 ("fc1"): bias: expected a tensor of the file; got "b"'],
    [{ layers: [{ ...fc1, kind: "conv2d" }] }, "kind: expected weights of 4 axes for conv2d; got [3, 2]"],
    [{ layers: [{ ...fc1, kind: "lstm" }] }, 'kind: expected one of "dense", "conv1d"'],
    [{ layers: [{ ...fc1, layout: "in" }] }, 'layout: expected "out,in" or "in,out"; got "in"'],
    [{ layers: [{ ...fc1, stride: 0 }] }, "stride: expected a whole number of at least 1"],
    [{ layers: [{ ...fc1, padding: [-1] }] }, "padding[0]: expected a whole number of at least 0"],
    [{ layers: [{ ...fc1, groups: 1.5 }] }, "groups: expected a whole number of at least 1; got 1.5"],
    [
      { layers: [{ ...fc1, batchNorm: "bn9" }] },
      "m.safetensors: bn9.running_mean: expected a tensor of that name, for bn9",
    ],
    [{ layers: [{ ...fc1, batchNorm: "fc1" }] }, 'm.json: expected unique names; got "fc1" twice'],
    [{ layers: [{ ...fc1, batchNorm: "bn1", epsilon: -1 }] }, "epsilon: expected a number of at least 0; got -1"],
    [{ layers: [{ ...fc1, pool: { kind: "min" } }] }, 'pool.kind: expected "max", "average"'],
    [{ layers: [{ ...fc1, pool: { kind: "max" } }] }, "pool.size: expected a whole number of at least 1"],
    [{ layers: [{ ...fc1, pool: { kind: "global-max", size: 2 } }] }, 'got the key "size"'],
    [{ layers: [fc1, fc1] }, 'm.json: expected unique names; got "fc1" twice'],
    [
      { layers: [{ name: "fc2", activation: "relu" }, fc1, { ...fc1, name: "x", weight: "fc1.weight" }] },
      "m.safetensors: fc1.weight: expected 3 inputs, as many values as fc1 activation has; got 2",
    ],
    [
      { layers: [fc1], input: { shape: [3] } },
      "m.safetensors: fc1.weight: expected 3 inputs, as many values as input has; got 2",
    ],
    [{ layers: [fc1], input: { shape: [0] } }, "m.json: input.shape[0]: expected a whole number of at least 1"],
    [{ layers: [fc1], input: { range: [1, 0] } }, "m.json: input.range: expected a range [low, high]"],
    [{ layers: [fc1], input: { mean: 0 } }, 'm.json: input: expected only the keys shape, range; got the key "mean"'],
  ])("is refused: %j", (sidecar, message) => {
    let said = "accepted";
    try {
      read(sidecar, two);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInputError);
      said = (error as Error).message;
    }
    expect(said).toContain(message);
  });

  it("gives a graph or an error of ours, whatever value stands at a place", () => {
    const page = readFileSync(new URL("../../../../docs/safetensors.md", import.meta.url), "utf8");
    const good = JSON.stringify(JSON.parse(/```json\n([\s\S]*?)```/.exec(page)![1]!));
    const places = [...good.matchAll(/(?<=[:[,])(?:[\d.]+|"[^"]*"|\[[^[\]]*\]|\{[^{}]*\})(?=[,\]}])/g)];
    const values = fc.constantFrom(
      "-1",
      "0",
      "3",
      "1e15",
      "null",
      '""',
      '"fc1"',
      '"fc1.bias"',
      "[]",
      "{}",
      "[1,2]",
      "true",
    );
    fc.assert(
      fc.property(fc.nat(places.length - 1), values, (which, put) => {
        const { index, 0: found } = places[which]!;
        try {
          read(`${good.slice(0, index)}${put}${good.slice(index + found.length)}`);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("must give the input's shape where the first layer is a convolution", () => {
    expect(() => read({ layers: [{ name: "conv1", activation: "relu" }] })).toThrow(
      "m.safetensors: conv1.weight: expected the shape of the network's input, which its first layer, a convolution, needs",
    );
    const layers = [{ name: "conv1", activation: "relu", stride: [1, 1, 1] }];
    expect(() => read({ input: { shape: [1, 9, 9] }, layers })).toThrow(
      "conv1: stride: expected one number, or one for",
    );
    expect(() => read({ input: { shape: [2, 9, 9] }, layers: [{ ...layers[0], stride: 1 }] })).toThrow(
      "conv1: expected 1 channels",
    );
  });

  it("stands alone: activations beside it are refused", () => {
    const options = { sidecar: JSON.stringify({ layers: [fc1] }), activation: "relu" };
    expect(() => graphFromSafetensors(torchFile(two), "m.safetensors", options)).toThrow(
      "sidecar: expected activations either in the sidecar or as an option; got both. Remove one of them.",
    );
  });
});
