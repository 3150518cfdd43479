/** The schema in schema/network.json and our reader, on the same documents: ajv is an implementation that is not ours. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TRIO, trio } from "../../../cli/test/networks.ts";
import { chainToJson } from "../../src/formats/json.ts";
import { graphFromJson, graphToJson } from "../../src/formats/json-graph.ts";
import { layerActivations } from "../../src/model/activation.ts";
import { everyKind } from "./graphs.ts";

const schema = JSON.parse(readFileSync(new URL("../../schema/network.json", import.meta.url), "utf8"));
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(schema);

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
