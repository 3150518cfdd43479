/** ONNX models made in memory, and the runtime that the tests compare with. */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  GraphProtoSchema,
  type ModelProto,
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

type AttributeValue = number | readonly number[] | string | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Further outputs, where it has several. */
  readonly more?: readonly string[];
  /** Whole numbers and lists are ints; `{ float }` is a float. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: Readonly<Record<string, OnnxShape>>;
  readonly outputs: readonly string[];
  readonly constants?: Readonly<Record<string, OnnxConstant>>;
  readonly opset?: number;
  /** The type of the inputs; float where it is left out. */
  readonly type?: DataType;
}

/** A text leaves a size open. */
export type OnnxShape = readonly (number | string)[];
export interface OnnxConstant {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  readonly type?: DataType;
}

export function onnxModel({ nodes, inputs, outputs, constants = {}, opset = 20, type }: OnnxModel): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: 9n,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(opset) })],
    graph: create(GraphProtoSchema, {
      name: "test",
      node: nodes.map(({ op, inputs, output, more = [], attributes = {} }) =>
        create(NodeProtoSchema, {
          name: output,
          opType: op,
          input: [...inputs],
          output: [output, ...more],
          attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
        }),
      ),
      input: Object.entries(inputs).map(([name, shape]) => valueInfo(name, shape, type)),
      output: outputs.map((name) => create(ValueInfoProtoSchema, { name })),
      initializer: Object.entries(constants).map(([name, constant]) => initializer(name, constant)),
    }),
  });
}

export function onnxBytes(model: OnnxModel): Uint8Array {
  return toBinary(ModelProtoSchema, onnxModel(model));
}

export function valueInfo(name: string, shape: OnnxShape, type: DataType = DataType.FLOAT) {
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof size === "number" ? { case: "dimValue", value: BigInt(size) } : { case: "dimParam", value: size },
    }),
  );
  const value = create(TypeProto_TensorSchema, { elemType: type, shape: create(TensorShapeProtoSchema, { dim }) });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value } }),
  });
}

function initializer(name: string, { shape, values, type = DataType.FLOAT }: OnnxConstant) {
  const data =
    type === DataType.INT64
      ? BigInt64Array.from(Array.from(values, BigInt))
      : type === DataType.DOUBLE
        ? Float64Array.from(values)
        : Float32Array.from(values);
  const rawData = new Uint8Array(data.buffer);
  return create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType: type, rawData });
}

function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === "number") {
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  }
  if (typeof value === "string") {
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  }
  if ("float" in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

/** Loaded when it is needed, and on one thread, which adds in one order. */
export async function onnxRuntime(): Promise<typeof import("onnxruntime-web")> {
  const runtime = await import("onnxruntime-web");
  runtime.env.wasm.numThreads = 1;
  return runtime;
}

/** One run: the outputs in the model's order, each with its shape. */
export async function runOnnx(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: ArrayLike<number> }>>,
): Promise<{ readonly shape: readonly number[]; readonly values: Float64Array }[]> {
  const { InferenceSession, Tensor } = await onnxRuntime();
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const tensors = Object.entries(feeds).map(
    ([name, { shape, values }]) => [name, new Tensor("float32", Float32Array.from(values), shape)] as const,
  );
  const found = await session.run(Object.fromEntries(tensors));
  await session.release();
  return session.outputNames.map((name) => {
    const { dims, data } = found[name]!;
    return { shape: dims, values: Float64Array.from(data as Float32Array) };
  });
}
