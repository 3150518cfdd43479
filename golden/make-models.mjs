/**
 * Writes golden/models/: twelve small models of every format, and the tables that are read beside them. `node golden/make-models.mjs` makes
 * the same bytes again: numbers come from a generator with fixed seeds. It shares no code with the library.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";

const folder = fileURLToPath(new URL("models/", import.meta.url));
mkdirSync(`${folder}keras`, { recursive: true });
const write = (name, content) => writeFileSync(folder + name, content);
const writeJson = (name, value) => write(name, `${JSON.stringify(value)}\n`);

/** Numbers from −1 to 1 with three decimals: mulberry32. */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.round((((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1) * 1000) / 1000;
  };
}

const sizeOf = (shape) => shape.reduce((product, size) => product * size, 1);

/** A flat array of so many numbers, from −scale to scale. */
function drawn(next, shape, scale = 1) {
  return Array.from({ length: sizeOf(shape) }, () => Math.round(next() * scale * 1000) / 1000);
}

function matrix(next, outputs, inputs, scale) {
  return Array.from({ length: outputs }, () => drawn(next, [inputs], scale));
}

// --- Causalscope's own JSON

/** Two inputs into one output, and so on: everything is exact. */
writeJson("exact.json", {
  format: "causalscope-network",
  version: 1,
  inputRange: [0, 1],
  layers: [
    {
      name: "hidden",
      weights: [
        [2, -1],
        [0, 3],
      ],
      bias: [0.25, -0.5],
      activation: "sigmoid",
    },
    { name: "output", weights: [[1.5, -2.5]], activation: "tanh" },
  ],
});

{
  const next = numbers(1);
  const layer = (outputs, inputs, activation, scale) => ({
    name: `${activation} ${outputs}`,
    weights: matrix(next, outputs, inputs, scale),
    bias: drawn(next, [outputs], 0.5),
    activation,
  });
  writeJson("classifier.json", {
    inputRange: [-2, 2],
    layers: [layer(6, 4, "tanh", 2), layer(5, 6, "relu", 1.5), layer(3, 5, "softmax", 2)],
  });
}

{
  const next = numbers(2);
  const tensor = (shape, type, scale = 1) => ({ shape, type, values: drawn(next, shape, scale) });
  writeJson("graph.json", {
    format: "causalscope-network",
    version: 2,
    inputRange: [-1, 1],
    graph: {
      inputs: [{ name: "x", shape: [1, 3] }],
      outputs: ["y"],
      nodes: [
        {
          name: "a",
          kind: "dense",
          inputs: ["x"],
          weights: tensor([4, 3], "float32", 2),
          bias: tensor([4], "float32"),
        },
        { name: "ha", kind: "activation", inputs: ["a"], activation: "relu" },
        { name: "b", kind: "dense", inputs: ["x"], weights: tensor([3, 2], "float64", 2), transposed: true },
        { name: "hb", kind: "activation", inputs: ["b"], activation: "sigmoid" },
        { name: "joined", kind: "concatenate", inputs: ["ha", "hb"], axis: 1 },
        { name: "back", kind: "dense", inputs: ["joined"], weights: tensor([3, 6], "float64") },
        { name: "sum", kind: "sum", inputs: ["x", "back"], coefficients: [1, 0.5] },
        { name: "hs", kind: "activation", inputs: ["sum"], activation: "tanh" },
        {
          name: "last",
          kind: "dense",
          inputs: ["hs"],
          weights: tensor([2, 3], "float32", 3),
          bias: tensor([2], "float32"),
        },
        { name: "y", kind: "softmax", inputs: ["last"], axis: 1 },
      ],
    },
  });
}

/** 24 inputs: output states do not repeat, so that EI is found from probabilities. */
{
  const next = numbers(3);
  writeJson("wide.json", {
    inputRange: [0, 1],
    layers: [
      { name: "wide", weights: matrix(next, 16, 24, 1), bias: drawn(next, [16], 0.5), activation: "tanh" },
      { name: "narrow", weights: matrix(next, 4, 16, 1), activation: "sigmoid" },
    ],
  });
}

// --- ONNX

function attribute(name, value) {
  const base = { name };
  if (typeof value === "string")
    Object.assign(base, { type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  else if (Array.isArray(value)) Object.assign(base, { type: AttributeType.INTS, ints: value.map(BigInt) });
  else if (typeof value === "object") Object.assign(base, { type: AttributeType.FLOAT, f: value.float });
  else Object.assign(base, { type: AttributeType.INT, i: BigInt(value) });
  return create(AttributeProtoSchema, base);
}

function valueInfo(name, shape) {
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(size) } }),
  );
  const value = create(TypeProto_TensorSchema, {
    elemType: DataType.FLOAT,
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value } }),
  });
}

/** `nodes` are [operator, inputs, output, attributes]; `constants` are [shape, values]. */
function onnx(file, { input, outputs, nodes, constants }) {
  const model = create(ModelProtoSchema, {
    irVersion: 9n,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: 20n })],
    graph: create(GraphProtoSchema, {
      name: file,
      node: nodes.map(([opType, inputs, output, attributes = {}]) =>
        create(NodeProtoSchema, {
          name: output,
          opType,
          input: inputs,
          output: [output],
          attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
        }),
      ),
      input: [valueInfo("x", input)],
      output: outputs.map(([name, shape]) => valueInfo(name, shape)),
      initializer: Object.entries(constants).map(([name, [shape, values]]) =>
        create(TensorProtoSchema, {
          name,
          dims: shape.map(BigInt),
          dataType: DataType.FLOAT,
          rawData: new Uint8Array(Float32Array.from(values).buffer),
        }),
      ),
    }),
  });
  write(file, toBinary(ModelProtoSchema, model));
}

const constant = (next, shape, scale) => [shape, drawn(next, shape, scale)];

{
  const next = numbers(4);
  onnx("dense.onnx", {
    input: [1, 5],
    outputs: [["y", [1, 3]]],
    constants: {
      w1: constant(next, [6, 5], 1.5),
      b1: constant(next, [6], 0.5),
      w2: constant(next, [6, 4], 1.5),
      b2: constant(next, [4], 0.5),
      w3: constant(next, [3, 4], 3),
    },
    nodes: [
      ["Gemm", ["x", "w1", "b1"], "z1", { transB: 1 }],
      ["Relu", ["z1"], "h1"],
      ["MatMul", ["h1", "w2"], "z2"],
      ["Add", ["z2", "b2"], "a2"],
      ["Sigmoid", ["a2"], "h2"],
      ["Gemm", ["h2", "w3"], "z3", { transB: 1 }],
      ["Softmax", ["z3"], "y", { axis: 1 }],
    ],
  });
}

/** Convolution, batch normalisation, ReLU, maximum; convolution in groups, mean over all places; dense, softmax. */
{
  const next = numbers(5);
  const positive = (shape) => [shape, drawn(next, shape).map((value) => 0.5 + Math.abs(value))];
  onnx("convolution.onnx", {
    input: [1, 1, 6, 6],
    outputs: [["y", [1, 3]]],
    constants: {
      k1: constant(next, [4, 1, 3, 3]),
      s1: positive([4]),
      b1: constant(next, [4], 0.5),
      m1: constant(next, [4], 0.5),
      v1: positive([4]),
      k2: constant(next, [4, 2, 2, 2]),
      c2: constant(next, [4], 0.5),
      w3: constant(next, [3, 4], 3),
    },
    nodes: [
      ["Conv", ["x", "k1"], "z1", { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }],
      ["BatchNormalization", ["z1", "s1", "b1", "m1", "v1"], "n1", { epsilon: { float: 0.001 } }],
      ["Relu", ["n1"], "h1"],
      ["MaxPool", ["h1"], "p1", { kernel_shape: [2, 2], strides: [2, 2] }],
      ["Conv", ["p1", "k2", "c2"], "z2", { kernel_shape: [2, 2], group: 2 }],
      ["LeakyRelu", ["z2"], "h2", { alpha: { float: 0.125 } }],
      ["GlobalAveragePool", ["h2"], "p2"],
      ["Flatten", ["p2"], "f2", { axis: 1 }],
      ["Gemm", ["f2", "w3"], "z3", { transB: 1 }],
      ["Softmax", ["z3"], "y", { axis: 1 }],
    ],
  });
}

{
  const next = numbers(6);
  onnx("residual.onnx", {
    input: [1, 4],
    outputs: [["y", [1, 2]]],
    constants: {
      w1: constant(next, [5, 4], 1.5),
      b1: constant(next, [5], 0.5),
      w2: constant(next, [4, 5], 1),
      w3: constant(next, [2, 4], 2),
    },
    nodes: [
      ["Gemm", ["x", "w1", "b1"], "z1", { transB: 1 }],
      ["Tanh", ["z1"], "h1"],
      ["Gemm", ["h1", "w2"], "z2", { transB: 1 }],
      ["Add", ["z2", "x"], "r"],
      ["Relu", ["r"], "h2"],
      ["Gemm", ["h2", "w3"], "z3", { transB: 1 }],
      ["Sigmoid", ["z3"], "y"],
    ],
  });
}

/** What takes the values of CumSum cannot be followed; what stands around it can. */
{
  const next = numbers(7);
  onnx("unsupported.onnx", {
    input: [1, 3],
    outputs: [["y", [1, 2]]],
    constants: {
      w1: constant(next, [4, 3], 1.5),
      w2: constant(next, [3, 4], 1.5),
      w3: constant(next, [2, 3], 1.5),
      axis: [[], [1]],
    },
    nodes: [
      ["Gemm", ["x", "w1"], "z1", { transB: 1 }],
      ["Sigmoid", ["z1"], "h1"],
      ["CumSum", ["h1", "axis"], "c"],
      ["Gemm", ["c", "w2"], "z2", { transB: 1 }],
      ["Relu", ["z2"], "h2"],
      ["Gemm", ["h2", "w3"], "z3", { transB: 1 }],
      ["Tanh", ["z3"], "y"],
    ],
  });
}

/** GELU spelled out by Erf, SiLU as x · sigmoid(x), an ELU and a softplus. */
{
  const next = numbers(8);
  onnx("activations.onnx", {
    input: [1, 3],
    outputs: [["y", [1, 2]]],
    constants: {
      w1: constant(next, [4, 3], 1.5),
      w2: constant(next, [4, 4], 1.5),
      w3: constant(next, [3, 4], 1.5),
      w4: constant(next, [2, 3], 1.5),
      root: [[], [Math.SQRT2]],
      one: [[], [1]],
      half: [[], [0.5]],
    },
    nodes: [
      ["Gemm", ["x", "w1"], "z1", { transB: 1 }],
      ["Div", ["z1", "root"], "d1"],
      ["Erf", ["d1"], "e1"],
      ["Add", ["e1", "one"], "o1"],
      ["Mul", ["z1", "o1"], "m1"],
      ["Mul", ["m1", "half"], "h1"],
      ["Gemm", ["h1", "w2"], "z2", { transB: 1 }],
      ["Sigmoid", ["z2"], "s2"],
      ["Mul", ["z2", "s2"], "h2"],
      ["Gemm", ["h2", "w3"], "z3", { transB: 1 }],
      ["Elu", ["z3"], "h3", { alpha: { float: 0.5 } }],
      ["Gemm", ["h3", "w4"], "z4", { transB: 1 }],
      ["Softplus", ["z4"], "y"],
    ],
  });
}

/** Two branches multiplied: no dense layer, measured by sampling. */
{
  const next = numbers(9);
  onnx("product.onnx", {
    input: [1, 3],
    outputs: [["y", [1, 2]]],
    constants: {
      w1: constant(next, [3, 3], 1.5),
      w2: constant(next, [3, 3], 1.5),
      w3: constant(next, [2, 3], 2),
      b3: constant(next, [2], 0.5),
    },
    nodes: [
      ["Gemm", ["x", "w1"], "z1", { transB: 1 }],
      ["Gemm", ["x", "w2"], "z2", { transB: 1 }],
      ["Sigmoid", ["z1"], "gate"],
      ["Mul", ["gate", "z2"], "gated"],
      ["Gemm", ["gated", "w3", "b3"], "z3", { transB: 1 }],
      ["Tanh", ["z3"], "y"],
    ],
  });
}

// --- safetensors: names and tensors, and beside it what they do not tell

{
  const next = numbers(10);
  const tensors = {
    "conv.weight": [3, 1, 3],
    "conv.bias": [3],
    "fc1.weight": [4, 9],
    "fc1.bias": [4],
    "bn1.weight": [4],
    "bn1.bias": [4],
    "bn1.running_mean": [4],
    "bn1.running_var": [4],
    "fc2.weight": [2, 4],
  };
  const header = {};
  const parts = [];
  let at = 0;
  for (const [name, shape] of Object.entries(tensors)) {
    const values = drawn(next, shape);
    const wide = name.startsWith("fc2");
    const kept = name.endsWith("_var") ? values.map((value) => 0.5 + Math.abs(value)) : values;
    const bytes = new Uint8Array((wide ? Float64Array : Float32Array).from(kept).buffer);
    header[name] = { dtype: wide ? "F64" : "F32", shape, data_offsets: [at, at + bytes.length] };
    parts.push(bytes);
    at += bytes.length;
  }
  const text = JSON.stringify(header);
  const padded = text.padEnd(Math.ceil(text.length / 8) * 8);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  write("tensors.safetensors", Buffer.concat([length, Buffer.from(padded), ...parts]));
  writeJson("tensors.safetensors.json", {
    input: { shape: [1, 5], range: [0, 1] },
    layers: [
      { name: "conv", activation: "relu" },
      { name: "fc1", batchNorm: "bn1", activation: "tanh" },
      { name: "fc2", activation: "softmax" },
    ],
  });
}

// --- TensorFlow.js, as tfjs-layers writes it

{
  const next = numbers(11);
  const weights = [
    ["one/kernel", [4, 5]],
    ["one/bias", [5]],
    ["norm/gamma", [5]],
    ["norm/beta", [5]],
    ["norm/moving_mean", [5]],
    ["norm/moving_variance", [5]],
    ["two/kernel", [5, 3]],
    ["two/bias", [3]],
  ];
  const layer = (class_name, config) => ({ class_name, config: { trainable: true, dtype: "float32", ...config } });
  const values = weights.flatMap(([name, shape]) =>
    drawn(next, shape, 1.5).map((value) => (name.endsWith("variance") ? 0.5 + Math.abs(value) : value)),
  );
  writeJson("keras/model.json", {
    format: "layers-model",
    generatedBy: "golden",
    modelTopology: {
      class_name: "Sequential",
      keras_version: "tfjs-layers 4.22.0",
      backend: "tensor_flow.js",
      config: {
        name: "sequential",
        layers: [
          layer("Dense", { name: "one", units: 5, activation: "elu", use_bias: true, batch_input_shape: [null, 4] }),
          layer("BatchNormalization", { name: "norm", axis: -1, epsilon: 0.001, center: true, scale: true }),
          layer("Dense", { name: "two", units: 3, activation: "softmax", use_bias: true }),
        ],
      },
    },
    weightsManifest: [
      { paths: ["weights.bin"], weights: weights.map(([name, shape]) => ({ name, shape, dtype: "float32" })) },
    ],
  });
  write("keras/weights.bin", new Uint8Array(Float32Array.from(values).buffer));
}

// --- Tables

/** Rows of so many numbers about a centre that the class sets, and the class as the last column. */
function examples(file, { seed, rows, columns, classes, words }) {
  const next = numbers(seed);
  const centres = matrix(next, classes, columns, 1);
  const names = Array.from({ length: columns }, (_, column) => `x${column + 1}`);
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = (row * 7 + (next() > 0.6 ? 1 : 0)) % classes;
    const values = centres[label].map((centre) => Math.round((centre + next() * 0.8) * 1000) / 1000);
    return [...values, words[label]].join(",");
  });
  write(file, [[...names, "label"].join(","), ...lines, ""].join("\n"));
}
const words = ["first", "second", "third"];
examples("examples.csv", { seed: 20, rows: 120, columns: 4, classes: 3, words });
examples("more-examples.csv", { seed: 20, rows: 90, columns: 4, classes: 3, words });
examples("images.csv", { seed: 22, rows: 60, columns: 36, classes: 3, words: [0, 1, 2] });

examples("triples.csv", { seed: 25, rows: 80, columns: 3, classes: 2, words });

/** Some rows lack a value. */
{
  const next = numbers(26);
  const lines = Array.from({ length: 70 }, (_, row) => {
    const values = drawn(next, [4], 1.5);
    const label = words[values[0] + values[1] > 0.5 ? 1 : values[2] > 0 ? 0 : 2];
    return [...values.map((value, column) => (row % 9 === 4 && column === row % 4 ? "" : value)), label].join(",");
  });
  write("gaps.csv", ["x1,x2,x3,x4,label", ...lines, ""].join("\n"));
}

/** Bytes from 0 to 255 and their labels, as NumPy writes arrays. */
{
  const next = numbers(27);
  const npy = (file, shape, bytes) => {
    const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.map((size) => `${size},`).join(" ")}), }`;
    const padded = `${text.padEnd(117)}\n`;
    write(
      file,
      Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), Uint8Array.of(118, 0), Buffer.from(padded), bytes]),
    );
  };
  const labels = Uint8Array.from({ length: 60 }, (_, row) => row % 3);
  const data = Uint8Array.from({ length: 240 }, (_, at) => {
    const label = labels[Math.floor(at / 4)];
    return Math.min(255, Math.max(0, Math.round(128 + 60 * next() + (at % 3 === label ? 50 : -20))));
  });
  npy("bytes.npy", [60, 4], data);
  npy("labels.npy", [60], labels);
}

/** Inputs alone. */
{
  const next = numbers(24);
  const lines = Array.from({ length: 50 }, () => drawn(next, [4], 1.5).join(","));
  write("inputs.csv", ["x1,x2,x3,x4", ...lines, ""].join("\n"));
}

/** Two sides that are numbers, two that are counts, and words; ties among the numbers of one. */
{
  const next = numbers(23);
  const lines = Array.from({ length: 150 }, () => {
    const [a, noise] = [next(), next()];
    const b = Math.round((a * a + 0.3 * noise) * 1000) / 1000;
    const count = Math.round(2 + 2 * a + noise);
    const other = (((count + (next() > 0.2 ? 1 : 0)) % 3) + 3) % 3;
    return [a, b, Math.round(a * 5) / 5, count, other, words[other]].join(",");
  });
  write("table.csv", ["a,b,tied,count,other,word", ...lines, ""].join("\n"));
}
