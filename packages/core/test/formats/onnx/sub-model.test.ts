/** Parts cut out of ONNX models, run by onnxruntime against the whole. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type ModelProto,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
} from "onnx-buf";
import { describe, expect, test } from "vitest";
import { type OnnxNode, onnxModel, onnxRuntime, valueInfo } from "../../../../../test/onnx.ts";
import { FormatError, InvalidInputError } from "../../../src/checks/error-classes.ts";
import { modelUpTo, subModel, tensorInfo } from "../../../src/formats/onnx/sub-model.ts";

const W = { shape: [3, 2], values: [0.5, -1, 2, 0.25, -0.75, 1] };
const chain: OnnxNode[] = [
  { op: "MatMul", inputs: ["x", "w"], output: "a" },
  { op: "Tanh", inputs: ["a"], output: "b" },
  { op: "Add", inputs: ["b", "skip"], output: "c" },
  { op: "Sigmoid", inputs: ["c"], output: "d" },
  { op: "Relu", inputs: ["x"], output: "aside" },
];

function model(): ModelProto {
  const inputs = { x: ["batch", 3], skip: ["batch", 2] };
  return onnxModel({ nodes: chain, inputs, outputs: ["d"], constants: { w: W, unused: W } });
}

async function run(bytes: Uint8Array, feeds: Record<string, [number[], number[]]>): Promise<number[]> {
  const { InferenceSession, Tensor } = await onnxRuntime();
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const tensors = Object.entries(feeds).map(([name, [values, dims]]) => {
    return [name, new Tensor("float32", Float32Array.from(values), dims)] as const;
  });
  const found = await session.run(Object.fromEntries(tensors));
  await session.release();
  return Array.from(Object.values(found)[0]!.data as Float32Array);
}

describe("subModel", () => {
  test("holds what lies between two tensors, and no more", async () => {
    const { bytes, inputs, output } = subModel(model(), "x", "b", "net.onnx");
    expect([inputs, output]).toEqual([[{ name: "x", source: "x", type: "float32" }], "b"]);
    // One weight of two, two nodes of five.
    expect(bytes().length).toBeLessThan(400);
    const found = await run(bytes(), {
      x: [
        [1, 2, 3, -1, 0, 1],
        [2, 3],
      ],
    });
    const expected = [0.5 + 4 - 2.25, -1 + 0.5 + 3, -0.5 - 0.75, 1 + 1].map(Math.tanh);
    // float32, and the runtime's tanh.
    for (const [at, value] of found.entries()) expect(Math.abs(value - expected[at]!)).toBeLessThan(32 * 2 ** -24);
  });

  test("may begin and end within", async () => {
    const { bytes } = subModel(model(), "c", "d", "net.onnx");
    expect(
      await run(bytes(), {
        c: [
          [0, 0],
          [1, 2],
        ],
      }),
    ).toEqual([0.5, 0.5]);
  });

  test("names tensors that are not there, with those like them", () => {
    expect(() => subModel(model(), "skipp", "d", "net.onnx")).toThrow(
      /^net\.onnx: expected a tensor of the model; got "skipp"\. There are 7, with names such as skip, /,
    );
    expect(() => subModel(model(), "x", "w", "net.onnx")).toThrow('got "w"');
  });

  test("refuses ends that do not depend on the beginning, or on it alone", () => {
    expect(() => subModel(model(), "aside", "d", "net.onnx")).toThrow(
      "net.onnx: expected a tensor that depends on aside; got d. It depends on: ",
    );
    expect(() => subModel(model(), "d", "d", "net.onnx")).toThrow("got the same tensor");
    expect(() => subModel(model(), "a", "d", "net.onnx")).toThrow(
      "net.onnx: expected a tensor that depends on a alone; got d, which also depends on skip. Start from a tensor that every path to d",
    );
  });

  test("refuses to begin at whole numbers", () => {
    const whole = onnxModel({
      nodes: [{ op: "Abs", inputs: ["x"], output: "y" }],
      inputs: { x: [1, 3] },
      outputs: ["y"],
      type: DataType.INT64,
    });
    expect(() => subModel(whole, "x", "y", "net.onnx")).toThrow(
      "net.onnx: x: expected a tensor of floating-point numbers",
    );
  });

  test("a branch takes tensors from the graph around it", async () => {
    const branch = (op: string) =>
      onnxModel({ nodes: [{ op, inputs: ["a"], output: op }], inputs: {}, outputs: [op] }).graph!;
    const whole = onnxModel({
      nodes: [
        { op: "MatMul", inputs: ["x", "w"], output: "a" },
        { op: "If", inputs: ["yes"], output: "y" },
      ],
      inputs: { x: [1, 3] },
      outputs: ["y"],
      constants: { w: W },
    });
    const [yes] = onnxModel({ nodes: [], inputs: {}, outputs: [], constants: { yes: { shape: [], values: [1] } } })
      .graph!.initializer;
    whole.graph!.initializer.push({ ...yes!, dataType: DataType.BOOL, rawData: Uint8Array.of(1) });
    whole.graph!.node[1]!.attribute = ["then_branch", "else_branch"].map((name, at) =>
      create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: branch(["Neg", "Abs"][at]!) }),
    );
    const { bytes } = subModel(whole, "a", "y", "net.onnx");
    expect(
      await run(bytes(), {
        a: [
          [1, -2],
          [1, 2],
        ],
      }),
    ).toEqual([-1, 2]);
    const longer = subModel(whole, "x", "y", "net.onnx");
    expect(
      await run(longer.bytes(), {
        x: [
          [1, 0, 0],
          [1, 3],
        ],
      }),
    ).toEqual([-0.5, 1]);
  });

  test("branches nested without end are refused", () => {
    const whole = onnxModel({ nodes: [{ op: "If", inputs: ["x"], output: "y" }], inputs: { x: [1] }, outputs: ["y"] });
    for (let graph = whole.graph!, depth = 0; depth < 200; depth++) {
      const inner = onnxModel({ nodes: [{ op: "If", inputs: [], output: "y" }], inputs: {}, outputs: ["y"] }).graph!;
      graph.node[0]!.attribute = [
        create(AttributeProtoSchema, { name: "then_branch", type: AttributeType.GRAPH, g: inner }),
      ];
      graph = inner;
    }
    expect(() => subModel(whole, "x", "y", "net.onnx")).toThrow(
      "net.onnx: expected graphs nested up to 100 deep; got more.",
    );
  });

  test("weights in other files are taken from those that are given", async () => {
    const whole = model();
    const weights = whole.graph!.initializer[0]!;
    const stored = new Uint8Array(weights.rawData.length + 8);
    stored.set(weights.rawData, 8);
    weights.rawData = new Uint8Array();
    weights.dataLocation = DataLocation.EXTERNAL;
    const place = (entries: Record<string, string>) =>
      Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
    weights.externalData = place({ location: "weights.bin", offset: "8", length: "24" });
    expect(() => subModel(whole, "x", "a", "net.onnx")).toThrow(
      new FormatError(
        "net.onnx: w: expected its values, in this file or in another that is given; got the file weights.bin.",
      ),
    );
    const external = new Map([["weights.bin", stored]]);
    const { bytes } = subModel(whole, "x", "a", "net.onnx", { external });
    expect(
      await run(bytes(), {
        x: [
          [1, 0, 0],
          [1, 3],
        ],
      }),
    ).toEqual([0.5, -1]);
    weights.externalData = place({ location: "weights.bin", offset: "16", length: "24" });
    expect(() => subModel(whole, "x", "a", "net.onnx", { external })).toThrow("24 bytes from 16");
  });

  test("a graph that is no graph is a clear error", () => {
    const broken = model();
    broken.graph!.node.splice(1, 1);
    expect(() => subModel(broken, "x", "d", "net.onnx")).toThrow('got "b", which no node produces');
    broken.graph = undefined;
    expect(() => subModel(broken, "x", "d", "net.onnx")).toThrow("net.onnx: expected a model with a graph; got none.");
  });
});

test("damaged models that can be decoded are cut, or refused with an error of ours", () => {
  const whole = model();
  whole.graph!.valueInfo.push(valueInfo("a", ["batch", 2]));
  const bytes = toBinary(ModelProtoSchema, whole);
  const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  let cut = 0;
  fc.assert(
    fc.property(damage, fc.constantFrom("x", "a", "c"), fc.constantFrom("b", "d"), (changes, from, to) => {
      const changed = bytes.slice();
      for (const [at, value] of changes) changed[at] = value;
      let damaged: ModelProto;
      try {
        damaged = fromBinary(ModelProtoSchema, changed);
      } catch {
        return;
      }
      try {
        subModel(damaged, from, to, "net.onnx").bytes();
        cut++;
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInputError);
      }
    }),
    { numRuns: 2000, seed: 1 },
  );
  expect(cut).toBeGreaterThan(100);
});

describe("modelUpTo", () => {
  test("goes from the inputs that are needed", () => {
    const sources = (to: string) => modelUpTo(model(), to, "net.onnx").inputs.map(({ source }) => source);
    expect(sources("b")).toEqual(["x"]);
    expect(sources("d").toSorted()).toEqual(["skip", "x"]);
  });
});

describe("tensorInfo", () => {
  test("is what the file says", () => {
    expect(tensorInfo(model(), "x")).toEqual({ type: DataType.FLOAT, shape: [undefined, 3] });
    expect(tensorInfo(model(), "a")).toBeUndefined();
  });
});
