/** Parts of ONNX models as mechanisms, run by onnxruntime. */
import { readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { TensorProto_DataType as DataType, ModelProtoSchema } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { type OnnxNode, onnxBytes } from "../../../../test/onnx.ts";
import { sized } from "../../../../test/sizes.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { dense } from "../../src/model/mechanism.ts";
import { onnxBlackBox } from "../../src/runtime/onnx-runtime.ts";

const models = new URL("../reference/fixtures/models/", import.meta.url);
const file = (name: string) => readFileSync(new URL(`${name}.onnx`, models));

interface Recorded {
  readonly inputs: readonly unknown[];
  readonly outputs: readonly (readonly number[])[];
}

/** A float32 network's values, as another runtime of the same kind has them. */
const ROUNDING = 64 * 2 ** -24;

describe("models that PyTorch wrote", () => {
  test.each(["iris-sigmoid", "relu-mlp", "conv-pool", "batchnorm-gelu"])(
    "%s gives the recorded outputs",
    async (name) => {
      const { inputs, outputs }: Recorded = JSON.parse(readFileSync(new URL(`${name}.io.json`, models), "utf8"));
      const mechanism = await onnxBlackBox(file(name), { from: "input", to: "output" });
      const x = Float64Array.from(inputs.flat(9) as number[]);
      const y = await mechanism.evaluate(x, inputs.length);
      const most = Math.max(1, ...outputs.flat().map(Math.abs));
      for (const [at, value] of outputs.flat().entries()) {
        expect(Math.abs(y[at]! - value)).toBeLessThanOrEqual(ROUNDING * most);
      }
      await mechanism.release();
    },
  );

  test.each([
    [0, "input", "/1/Sigmoid_output_0"],
    [1, "/1/Sigmoid_output_0", "/3/Sigmoid_output_0"],
    [2, "/3/Sigmoid_output_0", "output"],
  ])("layer %d of the Iris network has the information of the same dense layer", async (layer, from, to) => {
    const bytes = file("iris-sigmoid");
    const { dims, rawData } = fromBinary(ModelProtoSchema, bytes).graph!.initializer[layer]!;
    const [n, m] = dims.map(Number) as [number, number];
    const stored = new Float32Array(Uint8Array.from(rawData).buffer);
    const weights = Array.from({ length: m }, (_, j) => Array.from({ length: n }, (_, i) => stored[i * m + j]!));
    const ranges = { inputRange: [0, 1], outputRange: [0, 1] } as const;
    const own = await effectiveInformation(dense({ weights, activation: "sigmoid", ...ranges }), {
      bins: 4,
      tolerance: 0.01,
    });
    const mechanism = await onnxBlackBox(bytes, { from, to, ...ranges });
    expect([mechanism.inputs, mechanism.outputs]).toEqual([n, m]);
    const found = await effectiveInformation(mechanism, { bins: 4, tolerance: 0.02, seed: 1 });
    await mechanism.release();
    // Five standard errors of the difference: once in two million.
    const error = Math.hypot(own.standardError, found.standardError);
    expect(Math.abs(found.bits - own.bits)).toBeLessThan(5 * error);
    expect(error).toBeLessThan(0.05);
  });

  test("the same bits come out each time, by batches of any start", async () => {
    const values: number[] = [];
    for (let time = 0; time < 2; time++) {
      const mechanism = await onnxBlackBox(file("conv-pool"), { from: "/1/Relu_output_0", to: "output" });
      values.push(
        (await effectiveInformation(mechanism, { bins: 2, samples: sized({ small: 5_000, whole: 20_000 }), seed: 4 }))
          .bits,
      );
      await mechanism.release();
    }
    expect(values[0]).toBe(values[1]);
  });
});

describe("onnxBlackBox", () => {
  const double: OnnxNode = { op: "Add", inputs: ["x", "x"], output: "y" };

  test.each([
    ["float", DataType.FLOAT, 2 ** -24],
    ["half", DataType.FLOAT16, 2 ** -11],
    ["double", DataType.DOUBLE, 0],
  ])("takes inputs in %s precision", async (_, type, unit) => {
    const bytes = onnxBytes({ nodes: [double], inputs: { x: ["batch", 2] }, outputs: ["y"], type });
    const mechanism = await onnxBlackBox(bytes, { from: "x", to: "y" });
    const y = await mechanism.evaluate(Float64Array.of(0.1, 0.5, 0.25, 3), 2);
    expect(Math.abs(y[0]! - 0.2)).toBeLessThanOrEqual(0.2 * unit);
    expect([...y.subarray(1)]).toEqual([1, 0.5, 6]);
    await mechanism.release();
  });

  test("finds the shape and type of inner tensors by running the model", async () => {
    const nodes: OnnxNode[] = [
      { op: "Reshape", inputs: ["x", "shape"], output: "inner" },
      { op: "Cast", inputs: ["inner"], output: "half", attributes: { to: DataType.FLOAT16 } },
      { op: "ReduceSum", inputs: ["half", "axes"], output: "y", attributes: { keepdims: 0 } },
    ];
    const constants = {
      shape: { shape: [3], values: [0, 2, 3], type: DataType.INT64 },
      axes: { shape: [1], values: [2], type: DataType.INT64 },
    };
    const bytes = onnxBytes({ nodes, inputs: { x: ["batch", 6] }, outputs: ["y"], constants });
    const mechanism = await onnxBlackBox(bytes, { from: "half", to: "y" });
    expect([mechanism.inputs, mechanism.outputs]).toEqual([6, 2]);
    expect([...(await mechanism.evaluate(Float64Array.of(1, 2, 3, 4, 5, 6, 0, 0, 1, 2, 0, 0), 2))]).toEqual([
      6, 15, 1, 2,
    ]);
    await mechanism.release();
  });

  const flat = { shape: { shape: [2], values: [1, -1], type: DataType.INT64 } };
  test.each([
    [
      "fixes the batch",
      [
        { op: "Reshape", inputs: ["x", "shape"], output: "r" },
        { op: "MatMul", inputs: ["r", "w"], output: "y" },
      ],
    ],
    [
      "mixes its rows",
      [
        { op: "Reshape", inputs: ["x", "shape"], output: "r" },
        { op: "Softmax", inputs: ["r"], output: "y" },
      ],
    ],
  ] as [string, OnnxNode[]][])("goes row by row where the file %s", async (_, nodes) => {
    const constants = { ...flat, w: { shape: [2, 2], values: [1, 2, 3, 4] } };
    const mechanism = await onnxBlackBox(onnxBytes({ nodes, inputs: { x: ["batch", 2] }, outputs: ["y"], constants }), {
      from: "x",
      to: "y",
    });
    const x = Float64Array.of(1, 2, 0, 1, -1, 1, 3, 3);
    const together = await mechanism.evaluate(x, 4);
    for (let row = 0; row < 4; row++) {
      const alone = await mechanism.evaluate(x.slice(row * 2, row * 2 + 2), 1);
      expect(together.subarray(row * 2, row * 2 + 2)).toEqual(alone);
    }
    await mechanism.release();
  });

  test("batches of any size give the same values", async () => {
    const bytes = onnxBytes({
      nodes: [{ op: "MatMul", inputs: ["x", "w"], output: "y" }],
      inputs: { x: ["batch", 2] },
      outputs: ["y"],
      constants: { w: { shape: [2, 2], values: [1, 2, 3, 4] } },
    });
    const x = Float64Array.from({ length: 22 }, (_, at) => at);
    const expected = Array.from({ length: 11 }, (_, k) => [2 * k + 3 * (2 * k + 1), 4 * k + 4 * (2 * k + 1)]).flat();
    for (const runtime of [undefined, await import("onnxruntime-web")]) {
      for (const batch of [1, 4, undefined]) {
        const mechanism = await onnxBlackBox(bytes, { from: "x", to: "y", batch, runtime });
        expect([...(await mechanism.evaluate(x, 11))]).toEqual(expected);
        await mechanism.release();
      }
    }
  });

  test("several at once give what each gives alone", async () => {
    const nodes: OnnxNode[] = [
      { op: "MatMul", inputs: ["x", "w"], output: "h" },
      { op: "Relu", inputs: ["h"], output: "r" },
      { op: "ReduceSum", inputs: ["r", "axes"], output: "y", attributes: { keepdims: 1 } },
    ];
    const constants = {
      w: { shape: [2, 3], values: [1, -1, 2, 3, 1, -2] },
      axes: { shape: [1], values: [1], type: DataType.INT64 },
    };
    const bytes = onnxBytes({ nodes, inputs: { x: ["batch", 2] }, outputs: ["y"], constants });
    const values = async ([from, to]: readonly [string, string]): Promise<number[]> => {
      const mechanism = await onnxBlackBox(bytes, { from, to });
      const inputs = [1, 2, 3].map((factor) =>
        Float64Array.from({ length: 2 * mechanism.inputs }, (_, at) => factor * (at - 1)),
      );
      const y = await Promise.all(inputs.map((x) => mechanism.evaluate(x, 2)));
      await mechanism.release();
      return y.flatMap((each) => [...each]);
    };
    const ends = (["x h", "h y", "x y", "r y", "h r"] as const).map((each) => each.split(" ") as [string, string]);
    const alone: number[][] = [];
    for (const each of ends) alone.push(await values(each));
    expect(alone[0]!.slice(0, 6)).toEqual([-1, 1, -2, 7, 1, -2]);
    expect(await Promise.all(ends.map(values))).toEqual(alone);
  });

  test("a tensor without a batch is one sample", async () => {
    const bytes = onnxBytes({ nodes: [double], inputs: { x: [3] }, outputs: ["y"] });
    const mechanism = await onnxBlackBox(bytes, { from: "x", to: "y" });
    expect([mechanism.inputs, mechanism.outputs]).toEqual([3, 3]);
    expect([...(await mechanism.evaluate(Float64Array.of(1, 2, 3, 4, 5, 6), 2))]).toEqual([2, 4, 6, 8, 10, 12]);
    await mechanism.release();
  });

  test("says what is wrong", async () => {
    const open = onnxBytes({ nodes: [double], inputs: { x: ["batch", "length"] }, outputs: ["y"] });
    const ends = { from: "x", to: "y", who: "net.onnx" };
    await expect(onnxBlackBox(open, ends)).rejects.toThrow(
      "net.onnx: x: expected a tensor whose sizes are known; got [?, ?]. Give its shape.",
    );
    const given = await onnxBlackBox(open, { ...ends, shapes: new Map([["x", [1, 5]]]) });
    expect(given.inputs).toBe(5);
    await given.release();
    await expect(given.evaluate(new Float64Array(5), 1)).rejects.toThrow(
      "x … y: expected a function that does not throw; got an error",
    );
    await expect(onnxBlackBox(Uint8Array.of(255, 255, 255), ends)).rejects.toThrow(
      "net.onnx: expected an ONNX model; got ",
    );
    const strange = onnxBytes({
      nodes: [{ op: "Frobnicate", inputs: ["x"], output: "y" }],
      inputs: { x: [1, 2] },
      outputs: ["y"],
    });
    await expect(onnxBlackBox(strange, ends)).rejects.toThrow(
      "net.onnx: x … y: expected a part that onnxruntime runs; got ",
    );
    await expect(onnxBlackBox(open, { ...ends, batch: 0 })).rejects.toThrow(
      "batch: expected a whole number of at least 1; got 0",
    );
  });
});
