/**
 * What is fuzzed: each reader with its corpus, how a file of it is mutated, and what is done with what was read. `library` has the public
 * functions of `causalscope` and `@causalscope/core/datasets`: of the build for the proof, of the sources for the test.
 */
import { readFileSync } from "node:fs";
import { joined, mutatedBytes, mutatedJson, mutatedProtobuf, randomOf } from "./mutate.mjs";

const corpus = (name) => new Uint8Array(readFileSync(new URL(`corpus/${name}`, import.meta.url)));
const json = (value) => new TextEncoder().encode(JSON.stringify(value));

const sizes = (...shape) => ({
  shape,
  values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => ((k * 7) % 11) / 5 - 1),
});
const window = { strides: [1, 1], dilations: [1, 1], before: [1, 1], after: [1, 1], channelsLast: false };
const GRAPHS = [
  {
    layers: [
      {
        name: "a",
        weights: [
          [1, -2, 0.5],
          [0.25, 1, 3],
        ],
        bias: [0.1, -0.1],
        activation: "relu",
      },
      {
        name: "b",
        weights: [
          [1, 2],
          [3, -4],
        ],
        activation: "softmax",
      },
    ],
    inputRange: [-1, 1],
  },
  {
    graph: {
      inputs: [{ name: "x", shape: [1, 2, 6, 6] }],
      outputs: ["y"],
      nodes: [
        {
          name: "c",
          kind: "convolution",
          inputs: ["x"],
          weights: sizes(2, 2, 3, 3),
          bias: sizes(2),
          groups: 1,
          ...window,
        },
        { name: "n", kind: "affine", inputs: ["c"], scale: sizes(2, 1, 1), shift: sizes(2, 1, 1) },
        { name: "r", kind: "activation", activation: "relu", inputs: ["n"] },
        { name: "s", kind: "sum", inputs: ["r", "x"], coefficients: [1, 0.5] },
        {
          name: "p",
          kind: "max-pool",
          inputs: ["s"],
          kernel: [2, 2],
          ceil: false,
          ...window,
          strides: [2, 2],
          before: [0, 0],
          after: [0, 0],
        },
        { name: "g", kind: "global-average-pool", inputs: ["p"], channelsLast: false, keep: false },
        { name: "y", kind: "dense", inputs: ["g"], weights: sizes(3, 2), bias: sizes(3) },
      ],
    },
  },
  {
    graph: {
      inputs: [{ name: "x", shape: [1, 8] }],
      outputs: ["y", "z"],
      nodes: [
        { name: "d", kind: "dense", inputs: ["x"], weights: sizes(6, 8) },
        { name: "t", kind: "activation", activation: "sigmoid", inputs: ["d"] },
        { name: "q", kind: "product", inputs: ["d", "t"] },
        { name: "e", kind: "reshape", inputs: ["q"], shape: [1, 2, 3] },
        { name: "o", kind: "transpose", inputs: ["e"], permutation: [0, 2, 1] },
        { name: "w", kind: "slice", inputs: ["o"], starts: [0, 0, 0], steps: [1, 2, 1], shape: [1, 2, 2] },
        { name: "k", kind: "pad", inputs: ["w"], before: [0, 0, 1], after: [0, 0, 0] },
        { name: "j", kind: "concatenate", inputs: ["k", "k"], axis: 2 },
        { name: "f", kind: "reshape", inputs: ["j"], shape: [1, 12] },
        { name: "y", kind: "softmax", inputs: ["f"], axis: 1 },
        { name: "u", kind: "unknown", operator: "LSTM", reason: "no", inputs: ["f"], shape: [1, 4] },
        { name: "z", kind: "dense", inputs: ["u"], weights: sizes(2, 4) },
      ],
    },
  },
];

const keras = (layers) => ({
  format: "layers-model",
  modelTopology: { class_name: "Sequential", config: { name: "m", layers } },
});
const kerasDense = (name, units, activation, more = {}) => ({
  class_name: "Dense",
  config: { name, units, activation, use_bias: true, ...more },
});
const float32 = (name, ...shape) => ({ name, shape, dtype: "float32" });
const weightBytes = (count) =>
  new Uint8Array(Float32Array.from({ length: count }, (_, k) => ((k * 5) % 13) / 6 - 1).buffer);
const placeholder = (name, ...dims) => ({
  name,
  op: "Placeholder",
  attr: { shape: { shape: { dim: dims.map((size) => ({ size: `${size}` })) } } },
});
const tfjs = (root, specs, bytes) => ({
  root: { ...root, weightsManifest: [{ paths: ["w.bin"], weights: specs }] },
  bytes,
});
const LAYERS_MODELS = [
  tfjs(
    keras([kerasDense("d1", 3, "relu", { batch_input_shape: [null, 4] }), kerasDense("d2", 2, "softmax")]),
    [float32("d1/kernel", 4, 3), float32("d1/bias", 3), float32("d2/kernel", 3, 2), float32("d2/bias", 2)],
    weightBytes(23),
  ),
  {
    root: JSON.parse(new TextDecoder().decode(corpus("open-input.json"))),
    bytes: corpus("open-input.bin"),
    shapes: { "": [1, 8, 8, 3] },
  },
  tfjs(
    keras([
      {
        class_name: "Conv2D",
        config: {
          name: "c",
          filters: 2,
          kernel_size: [3, 3],
          strides: [1, 1],
          padding: "same",
          activation: "relu",
          use_bias: false,
          batch_input_shape: [null, 6, 6, 1],
        },
      },
      { class_name: "BatchNormalization", config: { name: "n", axis: 3, epsilon: 0.001, center: true, scale: true } },
      { class_name: "MaxPooling2D", config: { name: "p", pool_size: [2, 2], strides: [2, 2], padding: "valid" } },
      { class_name: "Flatten", config: { name: "f" } },
      kerasDense("d", 2, "sigmoid"),
    ]),
    [
      float32("c/kernel", 3, 3, 1, 2),
      ...["gamma", "beta", "moving_mean", "moving_variance"].map((each) => float32(`n/${each}`, 2)),
      float32("d/kernel", 18, 2),
      float32("d/bias", 2),
    ],
    new Uint8Array(Float32Array.from({ length: 18 + 8 + 38 }, (_, k) => 0.1 + (k % 5) / 4).buffer),
  ),
];
const GRAPH_MODELS = [
  { root: JSON.parse(new TextDecoder().decode(corpus("string-const.json"))), bytes: corpus("string-const.bin") },
  tfjs(
    {
      format: "graph-model",
      modelTopology: {
        node: [
          placeholder("x", 1, 6, 6, 1),
          { name: "k", op: "Const", attr: { dtype: { type: "DT_FLOAT" } } },
          { name: "b", op: "Const", attr: { dtype: { type: "DT_FLOAT" } } },
          {
            name: "c",
            op: "Conv2D",
            input: ["x", "k"],
            attr: {
              strides: { list: { i: ["1", "1", "1", "1"] } },
              padding: { s: btoa("SAME") },
              data_format: { s: btoa("NHWC") },
            },
          },
          { name: "a", op: "BiasAdd", input: ["c", "b"], attr: {} },
          { name: "r", op: "Relu6", input: ["a"], attr: {} },
          {
            name: "p",
            op: "MaxPool",
            input: ["r"],
            attr: {
              ksize: { list: { i: ["1", "2", "2", "1"] } },
              strides: { list: { i: ["1", "2", "2", "1"] } },
              padding: { s: btoa("VALID") },
            },
          },
        ],
      },
    },
    [float32("k", 3, 3, 1, 2), float32("b", 2)],
    weightBytes(20),
  ),
];

function safetensorsFile(header, data) {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return joined([length, text, data]);
}

const torch = (tensors) => {
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, shape]) => {
      const begin = at;
      at += 4 * shape.reduce((a, b) => a * b, 1);
      return [name, { dtype: "F32", shape, data_offsets: [begin, at] }];
    }),
  );
  return { header, data: weightBytes(at / 4) };
};
const SAFETENSORS = [
  { ...torch({ "fc1.weight": [3, 4], "fc1.bias": [3], "fc2.weight": [2, 3], "fc2.bias": [2] }) },
  {
    ...torch({ "conv.weight": [2, 1, 3, 3], "conv.bias": [2], "fc.weight": [2, 32], "fc.bias": [2] }),
    sidecar: {
      input: { shape: [1, 6, 6] },
      layers: [
        { name: "conv", activation: "relu" },
        { name: "fc", activation: "identity" },
      ],
    },
  },
];

const oneOf = (random, list) => list[Math.floor(random() * list.length)];
const text = (bytes) => new TextDecoder().decode(bytes);

/** Each makes a mutant with `random`, and gives what reads it: a graph, or a table of numbers. */
async function readersOf(library) {
  const onnx = ["iris-sigmoid", "batchnorm-gelu", "conv-pool"].map((name) => corpus(`${name}.onnx`));
  const tables = Object.values(JSON.parse(text(corpus("tables.json")))).map(
    (each) => new Uint8Array(Buffer.from(each, "base64")),
  );
  const idx = joined([
    Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2),
    Uint8Array.from({ length: 12 }, (_, k) => k),
  ]);
  const words = new TextEncoder().encode('a,b,"c, d"\n1,2.5,0\n4,5,1\n# no\n7,8,1\n');
  const converted = [];
  for (const each of GRAPHS) {
    converted.push(library.modelToSafetensors(await library.readModel(JSON.stringify(each), { name: "m.json" })));
  }
  const jsonOf = (root, random) =>
    random() < 0.9 ? JSON.stringify(mutatedJson(root, random)) : text(mutatedBytes(json(root), random));
  const tfjsOf = (models, random) => {
    const { root, bytes, shapes } = oneOf(random, models);
    const own = jsonOf(root, random);
    const weights = random() < 0.2 ? mutatedBytes(bytes, random) : bytes;
    const file = (path) => (path === "w.bin" ? weights : undefined);
    return () => library.readModel(own, { name: "model.json", file, ...(shapes && { inputShapes: shapes }) });
  };
  return {
    onnx: (random) => {
      const mutant = (random() < 0.8 ? mutatedProtobuf : mutatedBytes)(oneOf(random, onnx), random);
      return () => library.readModel(mutant, { name: "m.onnx" });
    },
    json: (random) => {
      const mutant = jsonOf(oneOf(random, GRAPHS), random);
      return () => library.readModel(mutant, { name: "m.json" });
    },
    "tfjs-layers": (random) => tfjsOf(LAYERS_MODELS, random),
    "tfjs-graph": (random) => tfjsOf(GRAPH_MODELS, random),
    safetensors: (random) => {
      if (random() < 0.2) {
        const mutant = mutatedBytes(oneOf(random, converted), random);
        return () => library.readModel(mutant, { name: "m.safetensors" });
      }
      const { header, data, sidecar } = oneOf(random, SAFETENSORS);
      const where = random();
      const mutant =
        where < 0.4
          ? safetensorsFile(mutatedJson(header, random), data)
          : where < 0.6
            ? mutatedBytes(safetensorsFile(header, data), random)
            : safetensorsFile(header, data);
      const aside =
        sidecar === undefined
          ? { activation: "relu" }
          : { sidecar: JSON.stringify(where < 0.6 ? sidecar : mutatedJson(sidecar, random)) };
      return () => library.readModel(mutant, { name: "m.safetensors", ...aside });
    },
    tables: (random) => {
      const mutant = mutatedBytes(oneOf(random, [...tables, ...tables, idx, idx, words, words]), random);
      const options = random() < 0.3 ? { array: oneOf(random, ["x", "__proto__"]) } : {};
      return () => library.tableFrom(mutant, "m", options);
    },
    images: (random) => {
      const images = { who: "m", bytes: mutatedBytes(idx, random) };
      const marks = joined([Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2), Uint8Array.of(0, 1)]);
      const labels = { who: "l", bytes: random() < 0.5 ? mutatedBytes(marks, random) : marks };
      return () => library.imagesFrom("m", images, labels, ["a", "b"]);
    },
  };
}

export const READERS = ["onnx", "json", "tfjs-layers", "tfjs-graph", "safetensors", "tables", "images"];

/** What users do with what was read. */
async function used(library, found, seed) {
  if (found.nodes === undefined) {
    if (found.shape === undefined) return;
    try {
      library.labelledTable(found, undefined, "m");
    } catch (error) {
      // Numbers all the same.
      if (!(error instanceof library.CausalscopeError)) throw error;
    }
    return;
  }
  const model = found;
  library.topologyOf(model);
  const layers = model.layers.slice(0, 8).map((layer) => library.layerMechanism(model, layer));
  const measurable = layers.find((each) => "mechanism" in each && each.mechanism.inputs * each.mechanism.outputs < 1e4);
  if (measurable !== undefined) {
    await library.measureSome(measurable.mechanism, {
      bins: 4,
      seed,
      samples: 500,
      memory: 1e8,
      method: "conditional",
    });
  }
  const again = await library.readModel(library.modelToJson(model), { name: "m.json" });
  await library.readModel(library.modelToSafetensors(again), { name: "m.safetensors" });
}

/**
 * Mutant number `seed` of a reader's corpus, read and used.
 *
 * @returns `found`: "value", "refused" for an error of the library's own, or the error that is none; and the seconds of CPU that it took.
 */
export function fuzzer(library, reader) {
  const readers = readersOf(library);
  return async (seed) => {
    const read = (await readers)[reader](randomOf(seed * 7919 + READERS.indexOf(reader)));
    const before = process.cpuUsage();
    const found = await outcome(library, read, seed);
    const { user, system } = process.cpuUsage(before);
    return { found, seconds: (user + system) / 1e6 };
  };
}

async function outcome(library, read, seed) {
  try {
    await used(library, await read(), seed);
    return "value";
  } catch (error) {
    return error instanceof library.CausalscopeError ? "refused" : error;
  }
}
