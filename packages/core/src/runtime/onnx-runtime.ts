/** Any part of an ONNX model as a mechanism, evaluated by onnxruntime itself: for what has no structure that the engines know. */

import { fromBinary } from "@bufbuild/protobuf";
import { TensorProto_DataType as DataType, type ModelProto, ModelProtoSchema } from "onnx-buf";
import * as v from "valibot";
import { check } from "../checks/check.ts";
import { FormatError, InvalidInputError } from "../checks/error-classes.ts";
import { parse } from "../checks/schema/parse.ts";
import { options as optionsOf } from "../checks/schema/records.ts";
import { positiveInteger, text } from "../checks/schema/scalars.ts";
import {
  modelUpTo,
  type SubModel,
  type SubModelInput,
  type SubModelOptions,
  subModel,
  tensorInfo,
} from "../formats/onnx/sub-model.ts";
import { Random, Stream } from "../information/random.ts";
import type { OpenShape, Shape } from "../model/graph.ts";
import { type BlackBoxMechanism, blackBox, type Mechanism, type RangeOptions } from "../model/mechanism.ts";
import { elements } from "../model/tensor.ts";
import { inTurn, loadRuntime, type OnnxRuntime, type OnnxSession, type OnnxValue } from "./load-runtime.ts";

/** Which part of an ONNX model `onnxBlackBox()` measures, and what the file does not say of it. */
export interface OnnxBlackBoxOptions extends RangeOptions {
  /** The tensor that noise goes into: an input of the network, or what a node makes. */
  readonly from: string;
  /** The tensor that is measured. */
  readonly to: string;
  /** Names the model in errors: the file's path. */
  readonly who?: string;
  /** Shapes of tensors that the file does not tell, with a batch of 1. A shape that nobody tells is found by running the model once. */
  readonly shapes?: ReadonlyMap<string, Shape>;
  /** The most rows that go through at once; whole, at least 1. Default: as many as have 4 million values at both ends, up to 4096. */
  readonly batch?: number;
  /** Files beside the model that hold weights, by the place that the model names. */
  readonly external?: ReadonlyMap<string, Uint8Array>;
  /** onnxruntime as the caller has it. Default: onnxruntime-node or onnxruntime-web, whichever is installed. */
  readonly runtime?: OnnxRuntime;
}

const boxOptions = optionsOf({
  inputRange: v.optional(v.any()),
  outputRange: v.optional(v.any()),
  from: text,
  to: text,
  who: v.optional(text),
  shapes: v.optional(v.any()),
  batch: v.optional(positiveInteger),
  external: v.optional(v.any()),
  runtime: v.optional(v.any()),
} satisfies { readonly [name in keyof OnnxBlackBoxOptions]-?: v.GenericSchema });

/** A mechanism that holds a session of onnxruntime. */
export interface OnnxMechanism extends BlackBoxMechanism {
  /** Frees the session's memory; the mechanism cannot be measured afterwards. */
  readonly release: () => Promise<void>;
}

const MOST_ROWS = 4096;
const MOST_VALUES = 2 ** 22;
/** Rows that are tried at once and one by one before batches are trusted. */
const TRIED = 3;
/** They agree but for rounding: by this part of the greatest of them. A file in half precision rounds to 0.0005. */
const AGREEMENT = 1e-3;
/** One thread adds in one order; nothing is printed, since errors are thrown. */
const SESSION_OPTIONS = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 };
const RUN_OPTIONS = { logSeverityLevel: 4 };

/**
 * What the model makes of `to` out of `from`: every unit of `from`, but for the batch, is an input, every unit of `to` an output. Axis 0 is the
 * batch where it is 1 or open; otherwise the whole tensor is one sample. Batches go through whole where that gives what the rows give one
 * by one, which is tried; otherwise row by row. The same values come out each time, on the same machine.
 *
 * @example
 * ```ts
 * const bytes = await readFile("model.onnx");
 * const { layers } = await readModel(bytes, { name: "model.onnx" });
 * const [from, to] = [layers[1]!.sources[0]!, layers[1]!.output];
 * const part = await onnxBlackBox(bytes, { from, to, inputRange: [0, 1], outputRange: [0, 1] });
 * console.log(part.inputs, part.outputs); // 5 5
 * await part.release();
 * ```
 * @throws FormatError for bytes that are no ONNX model; InvalidInputError as subModel() does, for a shape that cannot be found, for a part
 *   that onnxruntime cannot run, and as blackBox() does; CausalscopeError where onnxruntime is not installed.
 */
export async function onnxBlackBox(bytes: Uint8Array, options: OnnxBlackBoxOptions): Promise<OnnxMechanism> {
  const { from, to, who = "ONNX model", batch } = parse(boxOptions, options, "onnxBlackBox()");
  const model = decoded(bytes, who);
  // Cut before anything is loaded or run: what is wrong with the names is said at once.
  const first = subModel(model, from, to, who, options);
  const runtime = options.runtime ?? (await loadRuntime());
  const { shape, types } = await sourceOf(model, options, runtime, who);
  const name = `${from} … ${to}`;
  const single = shape[0] === undefined || shape[0] === 1;
  const sizes = closed(shape, from, who);
  const inputs = elements(sizes);
  const open = async (part: SubModel): Promise<OpenPart> => {
    const session = await created(runtime, part.bytes(), `${who}: ${name}`);
    const [entry, exit] = [part.inputs[0]!, part.output];
    return {
      release: () => inTurn(runtime, () => session.release()),
      run: async (x, rows) => {
        const dims = single && sizes.length > 0 ? [rows, ...sizes.slice(1)] : sizes;
        const feeds = { [entry.name]: tensorOf(runtime, entry, x, dims) };
        const found = await inTurn(runtime, () => session.run(feeds, RUN_OPTIONS));
        return found[exit]!;
      },
    };
  };
  const cut = types === undefined ? first : subModel(model, from, to, who, { ...options, types });
  let { run, release } = await open(cut);
  try {
    const tried = await explained(run(new Float64Array(inputs), 1), `${who}: ${name}`);
    const outputs = elements(tried.dims);
    if (!READABLE.has(tried.type)) {
      const readable = await open(subModel(model, from, to, who, { ...options, types, castOutput: true }));
      await release();
      ({ run, release } = readable);
    }
    const numbers = async (x: Float64Array, rows: number): Promise<Float64Array> =>
      new Float64Array((await run(x, rows)).data as ArrayLike<number>);
    let atOnce = 1;
    const evaluate = async (x: Float64Array): Promise<Float64Array> => {
      const rows = x.length / inputs;
      const y = new Float64Array(rows * outputs);
      for (let row = 0; row < rows; row += atOnce) {
        const end = Math.min(rows, row + atOnce);
        y.set(await numbers(x.subarray(row * inputs, end * inputs), end - row), row * outputs);
      }
      return y;
    };
    const { inputRange, outputRange } = options;
    const mechanism = blackBox({ name, inputs, outputs, inputRange, outputRange, evaluate });
    const most = batch ?? Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_VALUES / (inputs + outputs))));
    if (most > 1 && single && sizes.length > 1 && (await staysApart(numbers, mechanism))) atOnce = most;
    return { ...mechanism, release };
  } catch (error) {
    await release();
    throw error;
  }
}

interface OpenPart {
  readonly run: (x: Float64Array, rows: number) => Promise<OnnxValue>;
  readonly release: () => Promise<void>;
}

/** Types whose values come as plain numbers; others are turned into float32 by the runtime. */
const READABLE: ReadonlySet<string> = new Set([
  "float32",
  "float64",
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
]);

function tensorOf(runtime: OnnxRuntime, { type }: SubModelInput, x: Float64Array, dims: Shape): object {
  return type === "float32" ? new runtime.Tensor(type, new Float32Array(x), dims) : new runtime.Tensor(type, x, dims);
}

function decoded(bytes: Uint8Array, who: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError({ who, expected: "an ONNX model", got }, { cause });
  }
}

/** The shape and the type of `from`: as the caller or the file says, or as one run shows. */
async function sourceOf(
  model: ModelProto,
  options: OnnxBlackBoxOptions,
  runtime: OnnxRuntime,
  who: string,
): Promise<{ shape: OpenShape } & Pick<SubModelOptions, "types">> {
  const { from, shapes } = options;
  const said = tensorInfo(model, from);
  const shape = shapes?.get(from) ?? said?.shape;
  const isOwn = model.graph!.input.some(({ name }) => name === from);
  const isKnown = shape?.every((size, axis) => axis === 0 || size !== undefined) ?? false;
  if (shape !== undefined && (isOwn || isKnown) && said !== undefined) return { shape };

  const head = modelUpTo(model, from, who, options);
  const session = await created(runtime, head.bytes(), `${who}: ${from}`);
  try {
    const feeds = head.inputs.map((entry) => {
      const { name, source } = entry;
      const own = closed(shapes?.get(source) ?? tensorInfo(model, source)?.shape, source, who);
      return [name, tensorOf(runtime, entry, new Float64Array(elements(own)), own)] as const;
    });
    const found = await explained(
      inTurn(runtime, () => session.run(Object.fromEntries(feeds), RUN_OPTIONS)),
      `${who}: ${from}`,
    );
    const { dims, type } = found[head.output]!;
    return { shape: isKnown ? shape! : dims, types: new Map([[from, TYPES[type] ?? DataType.UNDEFINED]]) };
  } finally {
    await inTurn(runtime, () => session.release());
  }
}

/** As onnxruntime calls them. */
const TYPES: Readonly<Record<string, DataType>> = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  float64: DataType.DOUBLE,
  int8: DataType.INT8,
  uint8: DataType.UINT8,
  int32: DataType.INT32,
  int64: DataType.INT64,
  bool: DataType.BOOL,
};

/** The shape with a batch of 1. */
function closed(shape: OpenShape | undefined, name: string, who: string): Shape {
  const sizes = shape?.map((size, axis) => (axis === 0 ? (size ?? 1) : size));
  if (sizes?.every((size): size is number => Number.isSafeInteger(size) && size! >= 1)) {
    check(elements(sizes) <= MOST_VALUES, () => ({
      who: `${who}: ${name}`,
      expected: `a tensor of at most ${MOST_VALUES} values`,
      got: `[${sizes.join(", ")}]`,
    }));
    return sizes;
  }
  throw new InvalidInputError({
    who: `${who}: ${name}`,
    expected: "a tensor whose sizes are known",
    got: shape === undefined ? "no shape" : `[${shape.map((size) => size ?? "?").join(", ")}]`,
    remedy: "Give its shape.",
  });
}

/** Whether some rows give at once what each gives alone: not so where the file fixes the batch, or mixes its rows. */
async function staysApart(
  run: (x: Float64Array, rows: number) => Promise<Float64Array>,
  { inputs, outputs, inputRanges }: Mechanism,
): Promise<boolean> {
  const x = new Float64Array(TRIED * inputs);
  new Random(0, Stream.noise).fill(x, 0, 1);
  for (let at = 0; at < x.length; at++) {
    const [low, high] = inputRanges[at % inputs]!;
    x[at] = low + (high - low) * x[at]!;
  }
  let together: Float64Array;
  try {
    together = await run(x, TRIED);
  } catch {
    return false;
  }
  if (together.length !== TRIED * outputs) return false;
  for (let row = 0; row < TRIED; row++) {
    const alone = await run(x.slice(row * inputs, (row + 1) * inputs), 1);
    const most = alone.reduce(
      (greatest, value) => (Number.isFinite(value) ? Math.max(greatest, Math.abs(value)) : greatest),
      0,
    );
    const differs = (value: number, j: number) =>
      !(Math.abs(value - together[row * outputs + j]!) <= AGREEMENT * most) &&
      !Object.is(value, together[row * outputs + j]);
    if (alone.some(differs)) return false;
  }
  return true;
}

async function created(runtime: OnnxRuntime, bytes: Uint8Array, who: string): Promise<OnnxSession> {
  const { InferenceSession } = runtime;
  const plain = { ...SESSION_OPTIONS, graphOptimizationLevel: "basic" };
  // What it fuses may have no implementation for a part that ends elsewhere than the whole did.
  return explained(
    inTurn(runtime, () =>
      InferenceSession.create(bytes, SESSION_OPTIONS).catch(() => InferenceSession.create(bytes, plain)),
    ),
    who,
  );
}

async function explained<T>(work: Promise<T>, who: string): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidInputError({ who, expected: "a part that onnxruntime runs", got: said }, { cause });
  }
}
