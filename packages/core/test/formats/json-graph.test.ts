import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/checks/error-classes.ts";
import { graphFromJson, graphToJson } from "../../src/formats/json-graph.ts";
import { operationKinds } from "../../src/formats/json-operations.ts";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import { tensor } from "../../src/model/tensor.ts";
import { broken } from "./bytes.ts";
import { denseGraphs, EVERY_KIND, everyKind, plain } from "./graphs.ts";

function refused(text: string): string {
  try {
    graphFromJson(text, "net.json");
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return (error as Error).message;
  }
  throw new Error(`accepted: ${text}`);
}

const dense = { name: "fc", kind: "dense", inputs: ["x"], weights: { shape: [1, 2], values: [1, 2] } };
const graph = { inputs: [{ name: "x", shape: [1, 2] }], outputs: ["fc"], nodes: [dense] };
/** A graph whose only node has other keys. */
const withNode = (changes: object) => ({ ...graph, nodes: [{ ...dense, ...changes }] });

describe("graphFromJson", () => {
  it("reads layers in a row, version 1, as dense and activation nodes of their names", () => {
    const read = graphFromJson(
      JSON.stringify({
        inputRange: [0, 1],
        layers: [
          { name: "fc1", weights: [[1, 2]], bias: [3], activation: "relu" },
          { name: "fc2", weights: [[4]], activation: "identity" },
          { weights: [[5], [6]], activation: "softmax" },
        ],
      }),
      "net.json",
    );
    expect(read.who).toBe("net.json");
    expect(read.format).toBe("JSON, version 1");
    expect(read.nodes.map(({ name, operation, inputs }) => [name, operation.kind, ...inputs])).toEqual([
      ["fc1", "dense", "input"],
      ["fc1 activation", "activation", "fc1"],
      ["fc2", "dense", "fc1 activation"],
      ["layer 3", "dense", "fc2"],
      ["layer 3 activation", "softmax", "layer 3"],
    ]);
    expect(read.inputRange).toEqual([0, 1]);
    expect(read.outputs).toEqual(["layer 3 activation"]);
    expect(read.shapes.get("layer 3 activation")).toEqual([1, 2]);
  });

  it("takes keys that are left out to be what is usual", () => {
    const read = graphFromJson(
      JSON.stringify({
        graph: {
          inputs: [{ name: "x", shape: [null, 1, 4, 4] }],
          outputs: ["pool"],
          nodes: [
            {
              name: "conv",
              kind: "convolution",
              inputs: ["x"],
              weights: { shape: [2, 1, 3, 3], values: new Array(18).fill(1) },
            },
            { name: "scaled", kind: "affine", inputs: ["conv"], scale: { shape: [2, 1, 1], values: [1, 2] } },
            { name: "pool", kind: "max-pool", inputs: ["scaled"], kernel: [2, 2] },
          ],
        },
      }),
      "net.json",
    );
    const usual = { strides: [1, 1], dilations: [1, 1], before: [0, 0], after: [0, 0], channelsLast: false };
    expect(read.nodes[0]!.operation).toMatchObject({ groups: 1, ...usual });
    expect(read.nodes[1]!.operation).toMatchObject({ parameters: 2 });
    expect(read.nodes[2]!.operation).toEqual({ kind: "max-pool", kernel: [2, 2], ceil: false, ...usual });
    expect(read.shapes.get("pool")).toEqual([1, 2, 1, 1]);
  });

  it("reads the graph of its documentation", () => {
    const page = readFileSync(new URL("../../../../docs/network-json.md", import.meta.url), "utf8");
    const example = [...page.matchAll(/```json\n([\s\S]*?)```/g)]
      .map(([, text]) => text!)
      .find((text) => text.includes('"graph"'))!;
    const read = graphFromJson(example, "network-json.md");
    expect(read.nodes.map(({ operation }) => operation.kind)).toEqual(["dense", "activation", "dense", "sum"]);
    expect(read.shapes.get("output")).toEqual([1, 2]);
  });

  it.each<[object, string]>([
    [{ graph, layers: [] }, "net.json: expected only the keys format, version, name, description, inputRange, graph"],
    [{ graph, version: 1 }, "net.json: version: expected 2; got 1"],
    [{ graph: [] }, "net.json: graph: expected an object with inputs, outputs and nodes; got an empty array"],
    [{ graph: { ...graph, edges: [] } }, 'got the key "edges"'],
    [{ graph: { ...graph, nodes: [] } }, "net.json: nodes: expected an array of at least one node; got an empty array"],
    [{ graph: { ...graph, nodes: [3] } }, "net.json: node 1: expected an object; got 3"],
    [
      { graph: { ...graph, inputs: undefined } },
      "net.json: inputs: expected an array of at least one input; got nothing",
    ],
    [
      { graph: { ...graph, inputs: [{ name: "x", shape: [0] }] } },
      'net.json: input 1 ("x"): shape[0]: expected a whole number of at least 1, or null',
    ],
    [
      { graph: { ...graph, outputs: ["y"] } },
      'net.json: expected outputs that nodes produce; got "y", which no node produces',
    ],
    [
      { graph: { ...graph, outputs: [] } },
      "net.json: outputs: expected an array of at least one string; got an empty array",
    ],
    [{ graph: { ...graph, notes: [1] } }, "net.json: notes[0]: expected a string; got 1"],
    [{ graph, inputRange: [1, 0] }, "net.json: inputRange: expected a range [low, high]"],
    [{ graph: withNode({ kind: "gemm" }) }, 'net.json: node 1 ("fc"): kind: expected one of dense, convolution'],
    [{ graph: withNode({ kind: "constructor" }) }, 'got "constructor"'],
    [{ graph: withNode({ name: "" }) }, "net.json: node 1: name: expected a non-empty string"],
    [
      { graph: withNode({ wieghts: 1 }) },
      'net.json: node 1 ("fc"): expected only the keys name, kind, inputs, output, weights',
    ],
    [
      { graph: withNode({ weights: undefined }) },
      'node 1 ("fc"): weights: expected an object with shape and values; got',
    ],
    [
      { graph: withNode({ weights: { tensor: "fc.weight" } }) },
      'only the keys shape, type, values; got the key "tensor"',
    ],
    [
      { graph: withNode({ weights: { shape: [1, 2], values: [1] } }) },
      "weights.values: expected 2 numbers in one array",
    ],
    [
      { graph: withNode({ weights: { shape: [0, 2], values: [] } }) },
      "weights.shape[0]: expected a whole number of at least 1; got 0",
    ],
    [
      { graph: withNode({ weights: { shape: [1e9, 1e9], values: [] } }) },
      "values: expected 1000000000000000000 numbers",
    ],
    [
      { graph: withNode({ weights: { shape: [1, 2], values: [1, null] } }) },
      "weights.values[1]: expected a number; got null",
    ],
    [
      { graph: withNode({ weights: { shape: [1, 2], type: "float32", values: [1e39, 2] } }) },
      "weights.values[0]: expected a finite float32; got 1e+39",
    ],
    [
      { graph: withNode({ weights: { shape: [1, 3], values: [1, 2, 3] } }) },
      "net.json: fc: expected an input whose last axis",
    ],
    [
      { graph: withNode({ bias: { shape: [2], values: [1, 2] } }) },
      "net.json: fc: expected a bias of 1 values; got [2]",
    ],
    [{ graph: withNode({ transposed: 1 }) }, 'node 1 ("fc"): transposed: expected true or false; got 1'],
    [{ graph: withNode({ inputs: ["y"] }) }, 'net.json: fc: expected inputs that other nodes produce; got "y"'],
    [
      { graph: withNode({ inputs: ["fc"] }) },
      'node 1 ("fc"): inputs: expected each node after the nodes whose outputs',
    ],
    [{ graph: withNode({ output: "x" }) }, 'net.json: expected tensors with unique names; got "x" twice'],
    [{ graph: { ...graph, nodes: [dense, dense] } }, 'node 2 ("fc"): expected unique names; got "fc" twice'],
    [
      { graph: { ...graph, nodes: [{ name: "a", kind: "activation", inputs: ["x"], activation: "softmax" }] } },
      "activation: expected one of sigmoid, tanh",
    ],
    [
      { graph: { ...graph, nodes: [{ name: "a", kind: "transpose", inputs: ["x"], permutation: [0, -1] }] } },
      "permutation[1]: expected a whole number of at least 0; got -1",
    ],
    [
      { graph: { ...graph, nodes: [{ name: "a", kind: "pad", inputs: ["x"], before: [0, 2 ** 50], after: [0, 0] }] } },
      "net.json: a: expected a shape of whole-number sizes",
    ],
    [
      {
        graph: {
          ...graph,
          nodes: [{ name: "a", kind: "slice", inputs: ["x"], starts: [0, 0], steps: [0, 1], shape: [1, 1] }],
        },
      },
      "steps[0]: expected a non-zero whole number; got 0",
    ],
  ])("refuses %j", (value, message) => {
    expect(refused(JSON.stringify(value))).toContain(message);
  });

  it("gives a graph or a FormatError, whatever the text", () => {
    const good = new TextEncoder().encode(graphToJson(everyKind()).replace(/\s+/g, " "));
    fc.assert(
      fc.property(broken(good, 60), (bytes) => {
        try {
          graphFromJson(new TextDecoder().decode(bytes), "net.json");
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("gives a graph or a FormatError, whatever value stands at a place", () => {
    const good = JSON.stringify(JSON.parse(graphToJson(everyKind())));
    const places = [...good.matchAll(/(?<=[:[,])(?:-?[\d.e-]+|"[^"]*"|true|false|\[[^[\]]*\])(?=[,\]}])/g)];
    const values = fc.constantFrom("-1", "0", "1e15", "1e300", "null", '""', "[]", "{}", "[1,2]", "true", '"dense"');
    fc.assert(
      fc.property(fc.nat(places.length - 1), values, (which, put) => {
        const { index, 0: found } = places[which]!;
        try {
          graphFromJson(`${good.slice(0, index)}${put}${good.slice(index + found.length)}`, "net.json");
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("graphToJson", () => {
  it("writes every kind of operation so that it reads back equal, and to the same text again", () => {
    const made = everyKind();
    expect(Object.keys(EVERY_KIND).sort()).toEqual([...operationKinds].sort());
    const text = graphToJson(made);
    const read = graphFromJson(text, "every.json");
    expect(plain(read)).toStrictEqual(plain(made));
    expect(graphToJson(read)).toBe(text);
  });

  it("keeps every bit of float32 and float64 weights, in few digits", () => {
    fc.assert(
      fc.property(denseGraphs(), (made) => {
        expect(plain(graphFromJson(graphToJson(made), "net.json"))).toStrictEqual(plain(made));
      }),
      { numRuns: 300 },
    );
    const builder = new GraphBuilder("net");
    builder.input("x", [1, 4]);
    const weights = tensor("w", [1, 4], Float32Array.of(0.1, 16777216, 1e-45, -0));
    builder.node({ name: "fc", operation: { kind: "dense", weights, transposed: false }, inputs: ["x"], output: "fc" });
    expect(graphToJson(builder.build({ format: "test", outputs: ["fc"], notes: [] }))).toContain(
      '"type": "float32", "values": [\n        0.1, 16777216, 1e-45, -0\n',
    );
  });

  it("refuses weights that are not finite, by layer and place", () => {
    const builder = new GraphBuilder("net.onnx");
    builder.input("x", [1, 2]);
    const weights = tensor("w", [2, 2], Float32Array.of(0, 0, Number.NaN, 0));
    builder.node({ name: "fc", operation: { kind: "dense", weights, transposed: false }, inputs: ["x"], output: "fc" });
    const made = builder.build({ format: "test", outputs: ["fc"], notes: [] });
    expect(() => graphToJson(made)).toThrow("net.onnx: fc.weight: expected finite numbers; got NaN at [1][0].");
  });
});
