/** The schemas in schema/ and our readers, on the same documents: ajv is an implementation that is not ours. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { TRIO, trio } from "../../../cli/test/networks.ts";
import { fits } from "../../src/checks/schema/parse.ts";
import { chainToJson } from "../../src/formats/json.ts";
import { graphFromJson, graphToJson } from "../../src/formats/json-graph.ts";
import { networkDefinitions, networkFile } from "../../src/formats/network-schema.ts";
import { measureSettings } from "../../src/measures/measure.ts";
import { layerActivations } from "../../src/model/activation.ts";
import { everyKind } from "./graphs.ts";

const committed = (name: string) => readFileSync(new URL(`../../schema/${name}`, import.meta.url), "utf8");
const ajv = () => new Ajv2020({ strict: true, strictRequired: false, strictTypes: false });
const validate = ajv().compile(JSON.parse(committed("network.json")));
const validSettings = ajv().compile(JSON.parse(committed("settings.json")));

const { jsonSchemas } = (await import(new URL("../../../../scripts/json-schemas.mjs", import.meta.url).href)) as {
  jsonSchemas(schemas: object): Readonly<Record<string, string>>;
};

/** What the reader says against a document; nothing where it takes it. */
function refusal(document: unknown): string {
  try {
    graphFromJson(JSON.stringify(document), "net.json");
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

function accepted(document: unknown): { readonly schema: boolean; readonly reader: boolean } {
  return { schema: validate(document), reader: refusal(document) === "" };
}

const both = { schema: true, reader: true };
const neither = { schema: false, reader: false };
const layer = { weights: [[1, 2]], activation: "relu" };
const every = JSON.parse(graphToJson(everyKind()));
const page = readFileSync(new URL("../../../../docs/network-json.md", import.meta.url), "utf8");

describe("the schema of the network file", () => {
  it.each([
    ["the examples of the documentation, 1", JSON.parse([...page.matchAll(/```json\n([\s\S]*?)```/g)][0]![1]!)],
    ["the examples of the documentation, 2", JSON.parse([...page.matchAll(/```json\n([\s\S]*?)```/g)][1]![1]!)],
    ["every operation", every],
    ["layers", JSON.parse(TRIO)],
    ["layers as they are written", JSON.parse(chainToJson(trio.chain!))],
    ["null for what nobody said", { inputRange: null, layers: [{ ...layer, bias: null }] }],
    ["notes", { ...every, graph: { ...every.graph, notes: ["a"] } }],
  ])("accepts %s, as the reader does", (_, document) => {
    expect(accepted(document)).toEqual(both);
  });

  it("knows every activation, and no other", () => {
    const parameters = (name: string) =>
      name === "power(exponent)"
        ? "power(3)"
        : name.replace(/[a-z]+(?=[,)])/g, (word) => (word === "high" ? "2.5e0" : "1"));
    const names = layerActivations.map((name) => (name.includes("(") ? parameters(name) : name));
    for (const activation of [...names, "clip(-Infinity, 6)", "leaky-relu( .2 )"]) {
      expect([activation, accepted({ layers: [{ ...layer, activation }] })]).toEqual([activation, both]);
    }
    for (const activation of ["swoosh", "leaky-relu()", "leaky-relu(1,2)", "clip(0)", "celu", "elu(x)", "Relu", ""]) {
      expect([activation, accepted({ layers: [{ ...layer, activation }] })]).toEqual([activation, neither]);
    }
  });

  it.each([
    [3],
    [[]],
    [{}],
    [{ layers: [] }],
    [{ layers: [layer], graph: every.graph }],
    [{ layers: [layer], version: 2 }],
    [{ ...every, version: 1 }],
    [{ layers: [layer], extra: 1 }],
    [{ layers: [layer], format: "onnx" }],
    [{ layers: [layer], name: 3 }],
    [{ layers: [layer], inputRange: [1] }],
    [{ layers: [layer], inputRange: ["0", "1"] }],
    [{ layers: [{ activation: "relu" }] }],
    [{ layers: [{ weights: [[1]] }] }],
    [{ layers: [{ ...layer, weights: [[]] }] }],
    [{ layers: [{ ...layer, weights: [1] }] }],
    [{ layers: [{ ...layer, weights: [[null]] }] }],
    [{ layers: [{ ...layer, bias: [null] }] }],
    [{ layers: [{ ...layer, bias: [] }] }],
    [{ layers: [{ ...layer, name: "" }] }],
    [{ layers: [{ ...layer, wieghts: 1 }] }],
    [{ graph: {} }],
    [{ graph: { ...every.graph, nodes: [] } }],
    [{ graph: { ...every.graph, inputs: [] } }],
    [{ graph: { ...every.graph, outputs: [] } }],
    [{ graph: { ...every.graph, edges: [] } }],
    [{ graph: { ...every.graph, inputs: [{ name: "x", shape: [0] }] } }],
    [{ graph: { ...every.graph, inputs: [{ name: "x" }] } }],
  ])("refuses %j, as the reader does", (document) => {
    expect(accepted(document)).toEqual(neither);
  });

  it("refuses each key of each operation where it is of another type, and where it is missing but required", () => {
    for (const [at, node] of every.graph.nodes.entries()) {
      const changed = (to: object) => ({ ...every, graph: { ...every.graph, nodes: every.graph.nodes.with(at, to) } });
      for (const key of Object.keys(node)) {
        for (const value of [null, {}, 1.5, [["x"]]]) {
          const document = changed({ ...node, [key]: value });
          expect([node.name, key, value, accepted(document)]).toEqual([node.name, key, value, neither]);
        }
        const { [key]: _, ...rest } = node;
        // Others may be left out, though shapes and names that then do not fit are beyond a schema.
        const required = refusal(changed(rest)).includes(`: ${key}: expected`);
        expect([node.name, key, validate(changed(rest))]).toEqual([node.name, key, !required]);
      }
      expect([node.name, accepted(changed({ ...node, extra: 1 }))]).toEqual([node.name, neither]);
    }
  });

  it("accepts whatever the reader accepts", () => {
    const good = JSON.stringify(every);
    const places = [...good.matchAll(/(?<=[:[,])(?:-?[\d.e+-]+|"[^"]*"|true|false|\[[^[\]]*\])(?=[,\]}])/g)];
    const values = fc.constantFrom("1", "2", "0", "-1", "null", '"x"', "[]", "[1,1]", "[2,2]", "true", "false", "{}");
    fc.assert(
      fc.property(fc.nat(places.length - 1), values, (which, put) => {
        const { index, 0: found } = places[which]!;
        const text = `${good.slice(0, index)}${put}${good.slice(index + found.length)}`;
        const { schema, reader } = accepted(JSON.parse(text));
        expect(schema || !reader).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test("the schemas in schema/ are those that the readers check by", () => {
  for (const [name, text] of Object.entries(jsonSchemas({ networkFile, networkDefinitions, measureSettings }))) {
    expect([name, committed(name) === text, "npm run docs"]).toEqual([name, true, "npm run docs"]);
  }
});

describe("the schema of settings", () => {
  it.each([
    [{}],
    [{ bins: 8, seed: 0, outside: "clamp", offset: "averaged", rest: "middle" }],
    [{ bins: { input: 8, output: 16 }, rest: [0, 1], tolerance: 0.1 }],
    [{ sweep: [4, 8], measures: ["ei"], layers: ["fc1", 2], force: true }],
    [{ noise: { kind: "gaussian", mean: 0, standardDeviation: [1, 2] }, method: "plug-in" }],
    [{ noise: { kind: "sample", rows: [[1], [2]] } }],
    [{ inputRange: [-1, 1], ranges: { all: [0, 1], of: { fc1: [0, 2] }, observed: {}, fit: true } }],
    [{ groups: [{ inputs: [0], outputs: [1, 2] }] }],
  ])("accepts %j, as measure() does", (settings) => {
    expect([validSettings(settings), fits(measureSettings, settings)]).toEqual([true, true]);
  });

  it.each([
    [null],
    [[]],
    [3],
    [{ bin: 8 }],
    [{ bins: 1 }],
    [{ bins: [8, 8] }],
    [{ bins: { input: 8 } }],
    [{ bins: "8" }],
    [{ seed: -1 }],
    [{ seed: 0.5 }],
    [{ outside: "drp" }],
    [{ rest: [] }],
    [{ rest: [null] }],
    [{ tolerance: -1 }],
    [{ samples: 0 }],
    [{ threshold: 0 }],
    [{ memory: 10 }],
    [{ force: 1 }],
    [{ sweep: [] }],
    [{ measures: ["eI"] }],
    [{ layers: "fc1" }],
    [{ from: -1 }],
    [{ noise: { kind: "uniform", mean: 0 } }],
    [{ noise: { kind: "gaussian" } }],
    [{ noise: { kind: "sample", rows: [] } }],
    [{ noise: "uniform" }],
    [{ inputRange: [1] }],
    [{ ranges: { of: { fc1: [1] } } }],
    [{ groups: [{ inputs: [], outputs: [0] }] }],
  ])("refuses %j, as measure() does", (settings) => {
    expect([validSettings(settings), fits(measureSettings, settings)]).toEqual([false, false]);
  });
});
