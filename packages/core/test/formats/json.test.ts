import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/checks/error-classes.ts";
import { chainFromJson, chainToJson } from "../../src/formats/json.ts";
import { jsonFault } from "../../src/formats/json-position.ts";
import { denseChain } from "../../src/model/dense-chain.ts";

const layer = { weights: [[1, 2]], activation: "relu" };

function read(value: unknown) {
  return chainFromJson(JSON.stringify(value), "net.json");
}

function refused(text: string): string {
  try {
    chainFromJson(text, "net.json");
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return (error as Error).message;
  }
  throw new Error(`accepted: ${text}`);
}

describe("chainFromJson", () => {
  it("reads layers, biases and the input range", () => {
    const { layers, inputRange } = read({
      format: "causalscope-network",
      version: 1,
      name: "a net",
      description: "two layers",
      inputRange: [-1, 2],
      layers: [
        {
          name: "hidden",
          weights: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
          bias: [7, 8, 9],
          activation: "sigmoid",
        },
        { weights: [[1, 0, -1]], bias: null, activation: "identity" },
      ],
    });
    expect(inputRange).toEqual([-1, 2]);
    expect(layers.map(({ name, inputs, outputs, activation }) => [name, inputs, outputs, activation])).toEqual([
      ["hidden", 2, 3, "sigmoid"],
      ["layer 2", 3, 1, "identity"],
    ]);
    expect([...layers[0]!.weights]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...layers[0]!.bias!]).toEqual([7, 8, 9]);
    expect(layers[1]!.bias).toBeUndefined();
  });

  it("reads the example of its documentation", () => {
    const page = readFileSync(new URL("../../../../docs/network-json.md", import.meta.url), "utf8");
    const [, example] = /```json\n([\s\S]*?)```/.exec(page)!;
    const { layers } = chainFromJson(example!, "network-json.md");
    expect(layers.map(({ name, inputs, outputs }) => [name, inputs, outputs])).toEqual([
      ["hidden", 2, 3],
      ["output", 3, 1],
    ]);
  });

  it("allows a byte order mark", () => {
    expect(chainFromJson(`\uFEFF${JSON.stringify({ layers: [layer] })}`, "net.json").layers).toHaveLength(1);
  });

  it("names the line and column where the text is no JSON", () => {
    expect(refused('{\n  "layers": [\n    { "weights": [[1, 2],] }\n  ]\n}')).toBe(
      "net.json, line 3, column 26: expected JSON; got ].",
    );
    expect(refused('{ "layers": [')).toContain("line 1, column 14: expected JSON; got the end of the text");
    expect(refused("")).toContain("line 1, column 1");
    expect(refused('{"layers": []} extra')).toContain("line 1, column 16: expected JSON; got extra");
  });

  it("says that NaN and Infinity are no JSON numbers", () => {
    expect(refused('{"layers": [{"weights": [[1, NaN]]}]}')).toBe(
      "net.json, line 1, column 30: expected JSON; got NaN. JSON has no such number, and weights must be finite.",
    );
    expect(refused('{"layers": [{"weights": [[-Infinity]]}]}')).toContain("got -Infinity. JSON has no such number");
  });

  it.each([
    [{ layer: [] }, "net.json: expected only the keys format, version, name, description, inputRange, layers"],
    [
      { layers: [{ ...layer, weigths: 1 }] },
      'net.json: layer 1: expected only the keys name, weights, bias, activation; got the key "weigths"',
    ],
    [[1], "net.json: expected an object with layers; got [1]"],
    [{}, "net.json: layers: expected an array of at least one layer; got nothing"],
    [{ layers: [] }, "got an empty array"],
    [{ layers: [3] }, "net.json: layer 1: expected an object with weights and an activation; got 3"],
    [{ layers: [{ activation: "relu" }] }, "net.json: layer 1: weights: expected an array of rows"],
    [{ layers: [{ ...layer, weights: [] }] }, "net.json: layer 1: weights: expected an array of rows"],
    [
      { layers: [{ ...layer, weights: [[]] }] },
      "weights[0]: expected a row of numbers, one per input, at least one; got an empty array",
    ],
    [
      { layers: [{ ...layer, weights: [[1, 2], [3]] }] },
      "net.json: layer 1: weights[1]: expected 2 numbers, like row 0; got 1",
    ],
    [{ layers: [{ ...layer, weights: [[1, null]] }] }, "net.json: layer 1: weights[0][1]: expected a number; got null"],
    [{ layers: [{ ...layer, weights: [["1"]] }] }, 'weights[0][0]: expected a number; got "1"'],
    [
      { layers: [{ ...layer, name: "out", bias: [1, 2] }] },
      'net.json: layer 1 ("out"): bias: expected an array of 1 numbers',
    ],
    [{ layers: [{ ...layer, bias: [null] }] }, "bias[0]: expected a number; got null"],
    [{ layers: [{ ...layer, activation: "swoosh" }] }, 'softmax; got "swoosh"'],
    [{ layers: [{ weights: [[1]] }] }, "layer 1: activation: expected one of sigmoid, tanh, relu"],
    [{ layers: [{ ...layer, name: "" }] }, "layer 1: name: expected a non-empty string"],
    [{ layers: [layer, layer] }, "net.json: layer 2: expected 1 inputs, as many as layer 1 has outputs; got 2"],
    [
      {
        layers: [
          { ...layer, name: "a" },
          { name: "a", weights: [[1]], activation: "relu" },
        ],
      },
      'got "a" twice',
    ],
    [{ layers: [layer], inputRange: [1, 0] }, "a range [low, high] of two finite numbers with low < high; got [1, 0]"],
    [{ layers: [layer], inputRange: [1, 1] }, "low < high"],
    [{ layers: [layer], inputRange: [1] }, "net.json: inputRange: expected a range [low, high] of two finite numbers"],
    [{ layers: [layer], format: "onnx" }, 'net.json: format: expected "causalscope-network"; got "onnx"'],
    [{ layers: [layer], version: 2 }, "net.json: version: expected 1; got 2"],
    [{ layers: [layer], name: 3 }, "net.json: name: expected a string; got 3"],
  ])("refuses %j", (value, message) => {
    expect(refused(JSON.stringify(value))).toContain(message);
  });

  it("refuses a number too large for a float64", () => {
    expect(refused('{"layers": [{"weights": [[1e999]], "activation": "relu"}]}')).toContain(
      "layer 1: weights[0][0]: expected a finite float64; got Infinity",
    );
  });
});

describe("chainToJson", () => {
  it("is read back to the same bits, −0 included", () => {
    const values = fc.double({ noNaN: true, noDefaultInfinity: true });
    const nets = fc
      .record({ inputs: fc.integer({ min: 1, max: 4 }), outputs: fc.integer({ min: 1, max: 4 }), bias: fc.boolean() })
      .chain(({ inputs, outputs, bias }) =>
        fc.record({
          data: fc.array(values, { minLength: inputs * outputs, maxLength: inputs * outputs }),
          biases: bias ? fc.array(values, { minLength: outputs, maxLength: outputs }) : fc.constant(null),
          shape: fc.constant([outputs, inputs] as [number, number]),
          name: fc.string({ minLength: 1 }),
        }),
      );
    fc.assert(
      fc.property(nets, ({ data, shape, biases, name }) => {
        const made = denseChain({
          layers: [{ name, weights: { data, shape }, bias: biases, activation: "tanh" }],
          inputRange: [-0.1, 0.3],
        });
        expect(chainFromJson(chainToJson(made), "net.json")).toStrictEqual(made);
      }),
    );
  });
});

describe("jsonFault", () => {
  it("finds a fault just where JSON.parse does", () => {
    const texts = fc.oneof(
      fc.json(),
      fc
        .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", "]", '"', "\\", "\n", "x", "0", "{", ":"))
        .map(([text, at, put]) => {
          const cut = at % (text.length + 1);
          return text.slice(0, cut) + put + text.slice(cut + 1);
        }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        expect(jsonFault(text) === undefined).toBe(parses);
      }),
      { numRuns: 2000 },
    );
  });

  it("bears any depth of nesting and any length of a string", () => {
    expect(jsonFault("[".repeat(200_000))).toEqual({ line: 1, column: 200_001, found: "the end of the text" });
    expect(jsonFault(`"${"a".repeat(10_000_000)}`)?.column).toBe(1);
  });
});
