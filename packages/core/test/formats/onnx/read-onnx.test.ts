/** ONNX files: exported ones against the values recorded with them, published ones, and damaged ones. */
import { readFileSync } from "node:fs";
import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
} from "onnx-buf";
import { describe, expect, test } from "vitest";
import { type OnnxModel, onnxModel } from "../../../../../test/onnx.ts";
import { FormatError, InvalidInputError } from "../../../src/checks/error-classes.ts";
import { graphFromOnnx } from "../../../src/formats/onnx/read-onnx.ts";
import { evaluateGraph } from "../../../src/model/graph-evaluate.ts";
import { between, isFound } from "../../../src/model/graph-mechanism.ts";
import { modelOf } from "../../../src/model/graph-model.ts";
import { withPatterns } from "../../../src/model/graph-patterns.ts";
import { elements } from "../../../src/model/tensor.ts";

const exported = (name: string) => readFileSync(new URL(`../../reference/fixtures/models/${name}`, import.meta.url));
const bytesOf = (model: ReturnType<typeof onnxModel>) => toBinary(ModelProtoSchema, model);
const read = (model: OnnxModel) => graphFromOnnx(bytesOf(onnxModel(model)), "test.onnx");

describe("models exported by PyTorch", () => {
  test.each(["iris-sigmoid", "relu-mlp", "batchnorm-gelu", "conv-pool"])(
    "%s: run forwards, and followed back from its outputs to its inputs, it gives the recorded outputs",
    (name) => {
      const graph = withPatterns(graphFromOnnx(exported(`${name}.onnx`), name));
      expect(graph.nodes.filter(({ operation }) => operation.kind === "unknown")).toEqual([]);
      const { inputs, outputs } = JSON.parse(exported(`${name}.io.json`).toString());
      const [input] = graph.inputs;
      const model = modelOf(graph);
      const whole = between(model, model.layers[0]!, model.layers.at(-1)!);
      if (!isFound(whole)) throw new Error(whole.reason);
      for (const [row, expected] of (outputs as number[][]).entries()) {
        const x = Float64Array.from((inputs[row] as number[]).flat(3));
        const y = evaluateGraph(graph, { [input!.name]: x }, graph.outputs).get(graph.outputs[0]!)!;
        const traced = whole.mechanism.evaluate(x, 1) as Float64Array;
        for (const [j, value] of expected.entries()) {
          // Recorded in float32: some roundings of 6e-8 of values near 1.
          expect(Math.abs(y[j]! - value)).toBeLessThan(1e-5);
          expect(Math.abs(traced[j]! - value)).toBeLessThan(1e-5);
        }
      }
    },
  );

  test("layers: names of the weights, normalization folded, convolution with activation and pooling as one", () => {
    const layers = (name: string) =>
      modelOf(withPatterns(graphFromOnnx(exported(`${name}.onnx`), name))).layers.map((layer) => [
        layer.name,
        layer.kind,
        layer.activation,
      ]);
    expect(layers("batchnorm-gelu")).toEqual([
      ["0", "dense, normalization", "leaky-relu(0.1)"],
      ["3", "dense", "gelu"],
      ["5", "dense", "softmax"],
    ]);
    expect(layers("conv-pool")).toEqual([
      ["0", "convolution 3×3, max-pool 2×2", "relu"],
      ["3", "convolution 3×3, average-pool 2×2", "sigmoid"],
      ["7", "dense", "identity"],
    ]);
    expect(layers("iris-sigmoid").map(([, kind, activation]) => [kind, activation])).toEqual(
      new Array(3).fill(["dense", "sigmoid"]),
    );
  });

  test("cut or changed anywhere: an error that says so, or a graph", () => {
    const files = ["iris-sigmoid", "batchnorm-gelu", "conv-pool"].map(
      (name) => new Uint8Array(exported(`${name}.onnx`)),
    );
    const harmless = (bytes: Uint8Array) => {
      try {
        modelOf(withPatterns(graphFromOnnx(bytes, "hostile.onnx")));
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        expect((error as Error).message).toMatch(/^hostile\.onnx/);
      }
    };
    const file = fc.constantFrom(...files);
    fc.assert(
      fc.property(file, fc.double({ min: 0, max: 1, noNaN: true }), (bytes, part) =>
        harmless(bytes.subarray(0, Math.floor(part * bytes.length))),
      ),
      { numRuns: 700 },
    );
    fc.assert(
      fc.property(
        file,
        fc.array(fc.tuple(fc.nat(20_000), fc.nat(7)), { minLength: 1, maxLength: 8 }),
        (bytes, flips) => {
          const changed = Uint8Array.from(bytes);
          for (const [at, bit] of flips) changed[at % changed.length]! ^= 1 << bit;
          harmless(changed);
        },
      ),
      { numRuns: 2500 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1000 }), harmless), { numRuns: 1000 });
  });
});

const DENSE: OnnxModel = {
  inputs: { x: [1, 2] },
  outputs: ["y"],
  constants: { "fc1.weight": { shape: [2, 2], values: [1, 2, 3, 4] } },
  nodes: [{ op: "Gemm", inputs: ["x", "fc1.weight"], output: "y" }],
};

describe("bad input", () => {
  const expectError = (run: () => unknown, ...parts: (string | RegExp)[]) => {
    let message = "";
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInputError);
      message = (error as Error).message;
    }
    for (const part of parts) expect(message).toMatch(part);
  };

  test("an unsupported or missing opset", () => {
    expectError(
      () => read({ ...DENSE, opset: 6 }),
      /^test\.onnx: opset_import: expected operators of ONNX opset 7 to/,
      /got opset 6/,
    );
    expectError(() => read({ ...DENSE, opset: 99 }), /got opset 99/);
  });

  test("weights that are not finite, with their place", () => {
    const constants = { "fc1.weight": { shape: [2, 2], values: [1, 2, Number.NaN, 4] } };
    expectError(() => read({ ...DENSE, constants }), /fc1\.weight: expected finite numbers; got NaN at \[1\]\[0\]/);
  });

  test("values that are too few, shapes that overflow or are empty", () => {
    const changed = (dims: bigint[]) => () => {
      const other = onnxModel(DENSE);
      other.graph!.initializer[0]!.dims = dims;
      return graphFromOnnx(bytesOf(other), "test.onnx");
    };
    expectError(changed([3n, 2n]), /fc1\.weight: expected (24 bytes|6 values) for the shape \[3, 2\]; got/);
    expectError(changed([1n << 40n, 1n << 40n]), /fc1\.weight: expected a shape/);
    expectError(changed([-1n, 2n]), /fc1\.weight: expected a shape/);
    expectError(changed([0n, 2n]), /expected/);
  });

  test("a circle, inputs that nothing makes, names used twice", () => {
    const circle: OnnxModel = {
      ...DENSE,
      nodes: [
        { op: "Relu", inputs: ["b"], output: "a" },
        { op: "Relu", inputs: ["a"], output: "b" },
        { op: "Gemm", inputs: ["x", "fc1.weight"], output: "y" },
      ],
    };
    expectError(() => read(circle), /expected nodes that depend on earlier ones; got a cycle through "a"/);
    expectError(
      () => read({ ...DENSE, nodes: [{ op: "Relu", inputs: ["nowhere"], output: "y" }] }),
      /"nowhere", which no node produces/,
    );
    const twice = onnxModel(DENSE);
    twice.graph!.initializer.push(twice.graph!.initializer[0]!);
    expectError(() => graphFromOnnx(bytesOf(twice), "test.onnx"), /"fc1\.weight" twice/);
  });

  test("weights in files that are missing, too short, or outside the model's folder", () => {
    const withExternal = (location: string, offset = "0") => {
      const model = onnxModel(DENSE);
      const entry = (key: string, value: string) => create(StringStringEntryProtoSchema, { key, value });
      model.graph!.initializer[0] = create(TensorProtoSchema, {
        name: "fc1.weight",
        dims: [2n, 2n],
        dataType: TensorProto_DataType.FLOAT,
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: [entry("location", location), entry("offset", offset), entry("length", "16")],
      });
      return bytesOf(model);
    };
    const values = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4).buffer);
    const files = (path: string) => (path === "w.bin" ? values : undefined);
    const graph = graphFromOnnx(withExternal("w.bin", "4"), "test.onnx", { file: files });
    const [{ operation }] = graph.nodes as [(typeof graph.nodes)[number]];
    expect(operation.kind === "dense" && Array.from(operation.weights.values())).toEqual([1, 2, 3, 4]);
    expectError(
      () => graphFromOnnx(withExternal("w.bin", "8"), "test.onnx", { file: files }),
      /expected 16 bytes within w\.bin/,
    );
    expectError(
      () => graphFromOnnx(withExternal("other.bin"), "test.onnx", { file: files }),
      /the file other\.bin with its weights; got none/,
    );
    for (const path of ["../w.bin", "/etc/passwd", "a/../../b", "C:\\w.bin", "https://example.org/w", ""]) {
      expectError(
        () => graphFromOnnx(withExternal(path), "test.onnx", { file: files }),
        /a file of the model's folder/,
      );
    }
  });

  test("a kilobyte that promises a terabyte takes no memory", () => {
    const before = process.memoryUsage();
    const model = onnxModel({ ...DENSE, constants: { big: { shape: [3], values: [1e5, 1e5, 1e5] } } });
    model.graph!.initializer[0]!.dims = [1n << 39n];
    expectError(() => graphFromOnnx(bytesOf(model), "test.onnx"), /expected/);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(64e6);
  });
});

describe("what a file leaves open, or does otherwise", () => {
  test("unknown operators have their name and a reason, and what is around them is read", () => {
    const graph = read({
      inputs: { x: [1, 2] },
      outputs: ["y"],
      constants: { "a.weight": { shape: [2, 2], values: [1, 2, 3, 4] } },
      nodes: [
        { op: "Gemm", inputs: ["x", "a.weight"], output: "h" },
        { op: "Det", inputs: ["h"], output: "d" },
        { op: "Gemm", inputs: ["d", "a.weight"], output: "y" },
      ],
    });
    const { layers } = modelOf(graph);
    expect(layers.map(({ name, obstacle }) => [name, obstacle?.replace(/".*"/, "…")])).toEqual([
      ["h", undefined],
      ["d", "it needs the operator Det of …: the operator is not supported"],
      ["y", undefined],
    ]);
  });

  test("MatMul with Add, in whatever order the file has them, is one layer with a bias", () => {
    const graph = read({
      inputs: { x: ["batch", 2] },
      outputs: ["y"],
      constants: { "fc.weight": { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }, b: { shape: [3], values: [7, 8, 9] } },
      nodes: [
        { op: "Relu", inputs: ["s"], output: "y" },
        { op: "Add", inputs: ["m", "b"], output: "s" },
        { op: "MatMul", inputs: ["x", "fc.weight"], output: "m" },
      ],
    });
    const model = modelOf(graph);
    expect(model.layers.map(({ name, activation }) => [name, activation])).toEqual([["fc", "relu"]]);
    const found = between(model, model.layers[0]!, model.layers[0]!);
    expect(isFound(found) && found.mechanism.kind === "dense" && found.mechanism.dense).toMatchObject({
      weights: Float64Array.of(1, 4, 2, 5, 3, 6),
      bias: Float64Array.of(7, 8, 9),
    });
  });

  test("a shape that is computed from the input's", () => {
    const graph = read({
      inputs: { x: ["batch", 2, 2, 2] },
      outputs: ["y"],
      constants: {
        zero: { shape: [1], values: [0], type: TensorProto_DataType.INT64 },
        rest: { shape: [1], values: [-1], type: TensorProto_DataType.INT64 },
      },
      nodes: [
        { op: "Shape", inputs: ["x"], output: "s" },
        { op: "Gather", inputs: ["s", "zero"], output: "n" },
        { op: "Concat", inputs: ["n", "rest"], output: "to", attributes: { axis: 0 } },
        { op: "Reshape", inputs: ["x", "to"], output: "y" },
      ],
    });
    expect(graph.shapes.get("y")).toEqual([1, 8]);
    expect(elements(graph.shapes.get("y")!)).toBe(8);
  });
});
