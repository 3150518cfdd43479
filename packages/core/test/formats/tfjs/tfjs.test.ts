import { describe, expect, it } from "vitest";
import { FormatError, InvalidInputError } from "../../../src/checks/error-classes.ts";
import { graphOperators } from "../../../src/formats/tfjs/graph-model.ts";
import { kerasLayers } from "../../../src/formats/tfjs/keras.ts";
import { graphFromTfjs, isTfjs, tfjsOperators } from "../../../src/formats/tfjs/tfjs.ts";
import type { Graph } from "../../../src/model/graph.ts";
import { type Files, filesOf, recording, withShards } from "./recorded.ts";

interface Layer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly inbound_nodes?: readonly unknown[];
}

const layer = (className: string, name: string, config: object = {}, from: readonly string[] = []): Layer => ({
  class_name: className,
  config: { name, ...config },
  name,
  inbound_nodes: from.length === 0 ? [] : [from.map((each) => [each, 0, 0, {}])],
});

const input = (...sizes: (number | null)[]) => layer("InputLayer", "in", { batch_input_shape: [null, ...sizes] });

/** A functional model from `in` to the last layer, in the form of Keras 2. */
const functional = (layers: readonly Layer[], output = layers.at(-1)!.name!) => ({
  class_name: "Functional",
  config: { name: "m", layers, input_layers: [["in", 0, 0]], output_layers: [[output, 0, 0]] },
});

const sequential = (layers: readonly Layer[]) => ({ class_name: "Sequential", config: { name: "m", layers } });

/** Weights are 1, 2, 3 …, divided by 8. */
function files(topology: object, shapes: Readonly<Record<string, readonly number[]>> = {}, root: object = {}): Files {
  const weights = Object.entries(shapes).map(([name, shape]) => ({ name, shape, dtype: "float32" }));
  const size = Object.values(shapes).reduce(
    (sum, shape) => sum + shape.reduce((product, each) => product * each, 1),
    0,
  );
  const values = Float32Array.from({ length: size }, (_, k) => (k + 1) / 8);
  return withShards({ modelTopology: topology, ...root }, weights, new Uint8Array(values.buffer));
}

const read = ({ text, file }: Files, inputShapes: Record<string, number[]> = {}) =>
  graphFromTfjs(text, "model.json", { file, inputShapes });

function refused(model: Files): string {
  try {
    read(model);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return (error as Error).message;
  }
  throw new Error("accepted");
}

const operations = (graph: Graph) => graph.nodes.map(({ operation }) => operation);

const dense = layer("Dense", "d", { units: 2, activation: "relu" }, ["in"]);
const weights = { "d/kernel": [3, 2], "d/bias": [2] };

describe("graphFromTfjs", () => {
  it("reads what Keras 2 wraps in model_config, as an object or as text, and older files without a format", () => {
    const model = functional([input(3), dense]);
    const plain = read(files(model, weights));
    expect(plain.nodes.map(({ name, output }) => [name, output])).toEqual([
      ["d", "d:dense"],
      ["d:activation", "d"],
    ]);
    for (const wrapped of [model, JSON.stringify(model)]) {
      const graph = read(files({ keras_version: "2.2.4", model_config: wrapped }, weights, { format: "layers-model" }));
      expect(graph.nodes.map(({ name }) => name)).toEqual(["d", "d:activation"]);
    }
  });

  it("reads how Keras 3 writes inputs, activations and calls", () => {
    const tensor = (name: string) => ({ class_name: "__keras_tensor__", config: { keras_history: [name, 0, 0] } });
    const config = { batch_shape: [null, 3], name: "in" };
    const activation = { module: "keras.activations", class_name: "function", config: "tanh" };
    const model = {
      class_name: "Functional",
      config: {
        layers: [
          { class_name: "InputLayer", config, name: "in", inbound_nodes: [] },
          { ...dense, config: { ...dense.config, activation }, inbound_nodes: [{ args: [tensor("in")], kwargs: {} }] },
          { ...layer("Add", "s"), inbound_nodes: [{ args: [[tensor("d"), tensor("d")]], kwargs: {} }] },
        ],
        input_layers: ["in", 0, 0],
        output_layers: ["s", 0, 0],
      },
    };
    expect(operations(read(files(model, weights)))).toMatchObject([
      { kind: "dense" },
      { kind: "activation", activation: "tanh" },
      { kind: "sum", coefficients: [1, 1] },
    ]);
  });

  it("finds weights that stand below a cell's or a model's name", () => {
    const inner = { ...functional([input(3), dense]), name: "inner" };
    const outer = functional([input(3), { ...inner, inbound_nodes: [[["in", 0, 1, {}]]] } as Layer], "inner");
    outer.config.output_layers = [["inner", 1, 0]];
    const nested = { "inner/d/kernel": [3, 2], "outer/inner/d/bias": [2] };
    expect(() => read(files(outer, nested))).toThrow('output 1 of call 0 of "in", which does not exist');
    const fixed = JSON.parse(JSON.stringify(outer).replace('["in",0,1,{}]', '["in",0,0,{}]')) as object;
    const graph = read(files(fixed, nested));
    expect(graph.nodes.map(({ name }) => name)).toEqual(["inner/d", "inner/d:activation"]);
    expect(graph.outputs).toEqual(["inner/d"]);
  });

  it("reads ReLU with a maximum, a threshold and a slope", () => {
    const relu = (config: object) =>
      operations(read(files(sequential([layer("ReLU", "r", { batch_input_shape: [null, 3], ...config })]))));
    expect(relu({})).toEqual([{ kind: "activation", activation: "relu" }]);
    expect(relu({ max_value: 6 })).toEqual([{ kind: "activation", activation: "clip(0,6)" }]);
    expect(relu({ negative_slope: 0.25, max_value: 2 })).toEqual([
      { kind: "activation", activation: "leaky-relu(0.25)" },
      { kind: "activation", activation: "clip(-Infinity,2)" },
    ]);
    expect(relu({ threshold: 0.5 })).toEqual([{ kind: "activation", activation: "thresholded-relu(0.5)" }]);
    expect(relu({ threshold: 0.5, negative_slope: 0.1 })).toMatchObject([{ kind: "unknown", operator: "ReLU" }]);
  });

  it("reads causal and grouped convolutions as Keras means them", () => {
    const conv = { filters: 4, kernel_size: [2], dilation_rate: [3], padding: "causal", groups: 2, use_bias: false };
    const model = sequential([layer("Conv1D", "c", { batch_input_shape: [null, 7, 2], ...conv })]);
    const graph = read(files(model, { "c/kernel": [2, 1, 4] }));
    const [operation] = operations(graph);
    expect(operation).toMatchObject({ kind: "convolution", before: [3], after: [0], groups: 2 });
    expect(graph.shapes.get("c")).toEqual([1, 7, 4]);
    if (operation?.kind !== "convolution") throw new Error("no convolution");
    expect(operation.weights.shape).toEqual([4, 1, 2]);
    // Stored [kernel, in, out]: output 0 has the first number of each place.
    expect([...operation.weights.values()].map((value) => value * 8)).toEqual([1, 5, 2, 6, 3, 7, 4, 8]);
  });

  it("reads PReLU with one slope, and leaves it with several", () => {
    const prelu = sequential([layer("PReLU", "p", { batch_input_shape: [null, 3], shared_axes: [1] })]);
    expect(operations(read(files(prelu, { "p/alpha": [1] })))).toEqual([
      { kind: "activation", activation: "leaky-relu(0.125)" },
    ]);
    expect(operations(read(files(prelu, { "p/alpha": [3] })))).toMatchObject([
      { kind: "unknown", operator: "PReLU", reason: "a slope per unit is not supported" },
    ]);
  });

  it("makes an unknown node of what it cannot read, and reads on", () => {
    const model = functional([
      input(5, 3),
      layer("LSTM", "l", { units: 3 }, ["in"]),
      layer("Lambda", "f", {}, ["l"]),
      layer("Dense", "d", { units: 2, activation: "my_own" }, ["l"]),
      layer("constructor", "g", {}, ["d", "f"]),
    ]);
    const graph = read(files(model, weights));
    expect(operations(graph)).toMatchObject([
      { kind: "unknown", operator: "LSTM", reason: "recurrence is not supported", shape: [1, 3] },
      { kind: "unknown", operator: "Lambda" },
      { kind: "dense" },
      { kind: "unknown", operator: "my_own", reason: "this activation is unknown" },
      { kind: "unknown", operator: "constructor", reason: "this layer is not supported" },
    ]);
    expect(graph.shapes.get("d:dense")).toEqual([1, 2]);
  });

  it("takes the sizes that the file leaves open from the caller", () => {
    const config = { pool_size: 2, strides: 2, padding: "same" };
    const model = files(functional([input(null, 3), layer("MaxPooling1D", "p", config, ["in"])]));
    expect(operations(read(model))).toMatchObject([
      { kind: "unknown", reason: expect.stringContaining("does not specify") },
    ]);
    expect(read(model, { in: [1, 9, 3] }).shapes.get("p")).toEqual([1, 5, 3]);
    expect(() => read(model, { in: [1, 9, 4] })).toThrow(
      'input "in": expected a shape that fits [?, ?, 3]; got [1, 9, 4]',
    );
    expect(() => read(model, { out: [1] })).toThrow(InvalidInputError);
  });
});

describe("graphFromTfjs refuses, naming file and layer", () => {
  it.each<[string, string, string]>([
    ["no JSON", "{]", "model.json, line 1, column 2: expected JSON; got ]"],
    ["deep nesting", "[".repeat(200_000), "model.json"],
    ["another object", "{}", "model.json: modelTopology: expected an object; got nothing"],
    ["no weights manifest", '{"modelTopology":{}}', "model.json: weightsManifest: expected an array; got nothing"],
    ["another format", '{"modelTopology":{},"weightsManifest":[],"format":"h5"}', 'got "h5"'],
    ["a topology without a class", '{"modelTopology":{},"weightsManifest":[]}', "model.json: class_name"],
    [
      "a class that is no model",
      '{"modelTopology":{"class_name":"Dense"},"weightsManifest":[]}',
      'expected Model, Functional, Sequential; got "Dense"',
    ],
  ])("%s", (_, text, message) => {
    expect(refused({ text, file: () => undefined })).toContain(message);
  });

  const wide = layer("Conv2D", "c", { filters: 2, kernel_size: [3, 3] }, ["in"]);
  const adding = layer("Add", "a", {}, ["in", "b"]);
  const deep = Array.from({ length: 40 }).reduce<object>(
    (inside) => sequential([{ ...inside, name: "m" } as Layer]),
    dense,
  );
  it.each<[string, object, Record<string, number[]>, string]>([
    [
      "a missing weight",
      functional([input(3), dense]),
      { "d/kernel": [3, 2] },
      'layer "d": expected the weight "d/bias"',
    ],
    [
      "a kernel of another shape",
      functional([input(3), dense]),
      { ...weights, "d/kernel": [2, 3] },
      'model.json: layer "d": weight "d/kernel": expected the shape [3, 2]; got [2, 3].',
    ],
    ["a kernel without values", functional([input(3), dense]), { ...weights, "d/kernel": [0, 2] }, "got [0, 2]"],
    [
      "an input of fewer axes",
      functional([input(3), wide]),
      { "c/kernel": [3, 3, 3, 2], "c/bias": [2] },
      "expected an input with batch, channels and 2 spatial axes; got [1, 3]",
    ],
    [
      "no kernel size",
      functional([input(4, 4, 1), layer("Conv2D", "c", {}, ["in"])]),
      {},
      "kernel_size: expected 2 sizes",
    ],
    ["a layer that is none", functional([input(3), { ...adding }]), {}, 'got call 0 of "b", which does not exist'],
    [
      "a circle",
      functional([input(3), adding, layer("ReLU", "b", {}, ["a"])]),
      {},
      'got a cycle that contains layer "a"',
    ],
    ["layers named twice", functional([input(3), dense, dense]), weights, 'got "d" twice'],
    ["no layers", sequential([]), {}, "expected at least one layer; got none"],
    ["models nested too deeply", deep, weights, "expected at most 16 models within each other; got more"],
    ["an input without a shape", sequential([dense]), weights, 'input "d_input": expected a shape; got none'],
    [
      "a negative input size",
      functional([input(-3), dense]),
      weights,
      "whole numbers of at least 1 or unspecified; got [?, -3]",
    ],
    ["an enormous input", functional([input(2 ** 30, 2 ** 30, 3), dense]), weights, "at most 1099511627776 values"],
    ["an output that is none", functional([input(3), dense], "e"), weights, 'got output 0 of call 0 of "e"'],
    ["a stride of 0", functional([input(4, 1), layer("MaxPooling1D", "p", { strides: 0 }, ["in"])]), {}, "strides"],
    [
      "a target shape of other size",
      functional([input(3), layer("Reshape", "r", { target_shape: [2, -1] }, ["in"])]),
      {},
      'layer "r": expected a target shape of 3 values; got [2, -1]',
    ],
    [
      "sums that do not fit",
      functional([input(3), dense, layer("Add", "a", {}, ["in", "d"])]),
      weights,
      "model.json: a: expected",
    ],
    [
      "a variance below 0",
      functional([input(1), layer("BatchNormalization", "n", { epsilon: -1 }, ["in"])]),
      { "n/gamma": [1], "n/beta": [1], "n/moving_mean": [1], "n/moving_variance": [1] },
      "variances above 0 with epsilon",
    ],
  ])("%s", (_, topology, shapes, message) => {
    expect(refused(files(topology, shapes))).toContain(message);
  });

  it("a weight that two layers would share", () => {
    const inner = (name: string) => ({ ...functional([input(3), dense]), name });
    const at = (name: string, from: string, call: number) => ({
      ...inner(name),
      inbound_nodes: [[[from, call, 0, {}]]],
    });
    const model = functional([input(3), at("m1", "in", 0), at("m2", "in", 0)] as unknown as Layer[]);
    model.config.output_layers = [
      ["m2", 1, 0],
      ["m1", 1, 0],
    ];
    expect(refused(files(model, weights))).toContain('got "d/kernel" for "m1/d" and "m2/d"');
  });

  it("models that call models over and over, before the memory is full", () => {
    const twice = (inside: object, depth: number) =>
      sequential([0, 1, 2, 3].map((k) => ({ ...inside, name: `m${depth}_${k}` }) as Layer));
    let model: object = sequential([layer("ReLU", "r", { batch_input_shape: [null, 3] })]);
    for (let depth = 0; depth < 4; depth++) model = twice(model, depth);
    expect(operations(read(files(model)))).toHaveLength(256);
    let shared = functional([input(3), layer("ReLU", "r", {}, ["in"])]);
    for (let depth = 0; depth < 14; depth++) {
      const calls = [0, 1, 2].map(
        (k) =>
          [
            ["in", 0, 0, {}],
            ["s", 1, 0, {}],
            ["s", 2, 0, {}],
          ][k],
      );
      const s = { ...shared, name: "s", inbound_nodes: calls.map((call) => [call]) };
      shared = functional([input(3), s as unknown as Layer]);
      shared.config.output_layers = [["s", 3, 0]];
    }
    expect(JSON.stringify(shared).length).toBeLessThan(10_000);
    expect(refused(files(shared))).toContain("expected at most 50000 connections between layers; got more");
  });
});

describe("isTfjs", () => {
  it("knows a model by its keys", () => {
    expect(isTfjs(filesOf(recording("published")["mobilenet-v2"]!).text)).toBe(true);
    expect(isTfjs(`\uFEFF ${files(sequential([])).text}`)).toBe(true);
    expect(isTfjs('{"format":"causalscope-network","layers":[]}')).toBe(false);
    expect(isTfjs('["modelTopology"]')).toBe(false);
    expect(isTfjs("")).toBe(false);
  });
});

describe("tfjsOperators", () => {
  it("lists what the tables hold, each once", () => {
    const names = (model: string) => tfjsOperators.filter((each) => each.model === model).map(({ name }) => name);
    expect(names("layers")).toEqual(["InputLayer", ...Object.keys(kerasLayers)]);
    expect(names("graph")).toEqual(["Placeholder", "Const", ...Object.keys(graphOperators)]);
    for (const { becomes } of tfjsOperators) expect(becomes).not.toBe("");
  });
});
