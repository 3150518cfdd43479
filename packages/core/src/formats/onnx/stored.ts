/** Constant tensors of an ONNX file: weights, and the small whole numbers that say shapes. */

import { TensorProto_DataLocation as DataLocation, TensorProto_DataType as DataType, type TensorProto } from "onnx-buf";
import { LIMITS } from "../../checks/budget.ts";
import { checkFile } from "../../checks/check.ts";
import { FormatError } from "../../checks/error-classes.ts";
import { elements, type Tensor } from "../../model/tensor.ts";
import { float32FromBfloat16, float32FromFloat16 } from "../half-precision.ts";

export interface Stored extends Tensor {
  readonly isInteger: boolean;
  /** Of how many arrangements, one of another, its values are made when they are asked for. */
  readonly depth?: number;
}

/** `made` as the values of another arrangement of `from`: at once where they would be made of too many others. */
function arranged(from: Stored, changes: Partial<Stored>, made: () => Float32Array | Float64Array): Stored {
  const depth = (from.depth ?? 0) + 1;
  if (depth <= LIMITS.pattern) return { ...from, ...changes, depth, values: made };
  const values = made();
  return { ...from, ...changes, depth: 0, values: () => values };
}

/** Another file of the model, by its path relative to the model's folder. */
export type FileBeside = (path: string) => Uint8Array | undefined;

/** More values than this in one tensor are no network but a damaged file. */
const MOST_ELEMENTS = 2 ** 40;

interface StoredType {
  readonly name: string;
  /** Bytes of a value. */
  readonly size: number;
  readonly isInteger: boolean;
  readonly decode: (bytes: Uint8Array) => Float32Array | Float64Array;
}

const whole =
  (size: number, get: (view: DataView, at: number) => number | bigint) =>
  (bytes: Uint8Array): Float64Array => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Float64Array.from({ length: bytes.length / size }, (_, k) => Number(get(view, k * size)));
  };

const TYPES: Readonly<Partial<Record<DataType, StoredType>>> = {
  [DataType.FLOAT]: { name: "float32", size: 4, isInteger: false, decode: (bytes) => viewOf(bytes, Float32Array) },
  [DataType.DOUBLE]: { name: "float64", size: 8, isInteger: false, decode: (bytes) => viewOf(bytes, Float64Array) },
  [DataType.FLOAT16]: { name: "float16", size: 2, isInteger: false, decode: float32FromFloat16 },
  [DataType.BFLOAT16]: { name: "bfloat16", size: 2, isInteger: false, decode: float32FromBfloat16 },
  [DataType.INT8]: { name: "int8", size: 1, isInteger: true, decode: whole(1, (view, at) => view.getInt8(at)) },
  [DataType.UINT8]: { name: "uint8", size: 1, isInteger: true, decode: whole(1, (view, at) => view.getUint8(at)) },
  [DataType.BOOL]: { name: "bool", size: 1, isInteger: true, decode: whole(1, (view, at) => view.getUint8(at)) },
  [DataType.INT16]: {
    name: "int16",
    size: 2,
    isInteger: true,
    decode: whole(2, (view, at) => view.getInt16(at, true)),
  },
  [DataType.UINT16]: {
    name: "uint16",
    size: 2,
    isInteger: true,
    decode: whole(2, (view, at) => view.getUint16(at, true)),
  },
  [DataType.INT32]: {
    name: "int32",
    size: 4,
    isInteger: true,
    decode: whole(4, (view, at) => view.getInt32(at, true)),
  },
  [DataType.UINT32]: {
    name: "uint32",
    size: 4,
    isInteger: true,
    decode: whole(4, (view, at) => view.getUint32(at, true)),
  },
  [DataType.INT64]: {
    name: "int64",
    size: 8,
    isInteger: true,
    decode: whole(8, (view, at) => view.getBigInt64(at, true)),
  },
  [DataType.UINT64]: {
    name: "uint64",
    size: 8,
    isInteger: true,
    decode: whole(8, (view, at) => view.getBigUint64(at, true)),
  },
};

function viewOf<T extends Float32Array | Float64Array>(
  bytes: Uint8Array,
  type: { new (buffer: ArrayBufferLike, at: number, length: number): T; readonly BYTES_PER_ELEMENT: number },
): T {
  const size = type.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : Uint8Array.from(bytes);
  return new type(aligned.buffer, aligned.byteOffset, aligned.length / size);
}

/**
 * Undefined for a type of values that is none of numbers: strings, complex, or of less than a byte.
 *
 * @throws FormatError for shapes that overflow, and values that are more or fewer than the shape says, or in a file that is not there.
 */
export function storedTensor(proto: TensorProto, file: string, beside: FileBeside | undefined): Stored | undefined {
  const who = `${file}: ${proto.name || "a constant"}`;
  const shape = shapeOf(proto.dims, who);
  const type = TYPES[proto.dataType as DataType];
  if (type === undefined) return undefined;
  const count = elements(shape);
  const { name, size, isInteger, decode } = type;
  const common = { name: proto.name, shape, dtype: name, isInteger };
  if (proto.dataLocation === DataLocation.EXTERNAL) {
    const bytes = externalBytes(proto, count * size, who, beside);
    return { ...common, values: () => decode(bytes) };
  }
  if (proto.rawData.length > 0 || count === 0) {
    requireCount(proto.rawData.length, count * size, "bytes", shape, who);
    return { ...common, values: () => decode(proto.rawData) };
  }
  const typed = [proto.floatData, proto.doubleData, proto.int32Data, proto.int64Data, proto.uint64Data];
  const list: ArrayLike<number | bigint> = typed.find(({ length }) => length > 0) ?? [];
  requireCount(list.length, count, "values", shape, who);
  return { ...common, values: () => fromList(list, proto.dataType) };
}

/** Half precision is stored here as the bits of whole numbers. */
function fromList(list: ArrayLike<number | bigint>, type: DataType): Float32Array | Float64Array {
  const numbers = Array.from(list, Number);
  if (type === DataType.FLOAT) return Float32Array.from(numbers);
  if (type !== DataType.FLOAT16 && type !== DataType.BFLOAT16) return Float64Array.from(numbers);
  const bytes = new Uint8Array(Uint16Array.from(numbers).buffer);
  return type === DataType.FLOAT16 ? float32FromFloat16(bytes) : float32FromBfloat16(bytes);
}

export function shapeOf(dims: readonly bigint[], who: string): number[] {
  const shape = dims.map(Number);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || elements(shape) > MOST_ELEMENTS) {
    const expected = `a shape of whole-number sizes and at most ${MOST_ELEMENTS} values`;
    throw new FormatError({ who, expected, got: `[${dims.join(", ")}]` });
  }
  return shape;
}

function requireCount(found: number, expected: number, what: string, shape: readonly number[], who: string): void {
  checkFile(found === expected, () => ({
    who,
    expected: `${expected} ${what} for the shape [${shape.join(", ")}]`,
    got: `${found}`,
  }));
}

/** Weights in a file of their own, which must lie in the model's folder. */
function externalBytes(proto: TensorProto, size: number, who: string, beside: FileBeside | undefined): Uint8Array {
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const path = entries.get("location") ?? "";
  const leaves = path === "" || /^[/\\]|^[a-z][a-z0-9+.-]*:|\\|\0/i.test(path) || path.split("/").includes("..");
  checkFile(!leaves, () => ({
    who,
    expected: "weights in a file of the model's folder",
    got: `the path ${JSON.stringify(path)}`,
  }));
  const bytes = beside?.(path);
  checkFile(bytes !== undefined, () => ({
    who,
    expected: `the file ${path} with its weights`,
    got: "none",
    remedy: "Put it beside the model.",
  }));
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? size);
  const isPart = [offset, length].every((each) => Number.isSafeInteger(each) && each >= 0);
  checkFile(isPart && length === size && offset + length <= bytes.length, () => ({
    who,
    expected: `${size} bytes within ${path}`,
    got: `${entries.get("length") ?? size} from ${entries.get("offset") ?? 0} of a file of ${bytes.length}`,
  }));
  return bytes.subarray(offset, offset + length);
}

/** Another arrangement of a stored tensor's values, made when they are asked for. */
export function rearranged(stored: Stored, shape: readonly number[], permutation?: readonly number[]): Stored {
  if (permutation === undefined) return { ...stored, shape };
  return arranged(stored, { shape }, () => {
    const from = stored.values();
    const to = from instanceof Float32Array ? new Float32Array(from.length) : new Float64Array(from.length);
    const strides = stored.shape.map((_, axis) => elements(stored.shape.slice(axis + 1)));
    const moved = permutation.map((axis) => strides[axis]);
    const at = new Array<number>(shape.length).fill(0);
    let source = 0;
    for (let k = 0; k < to.length; k++) {
      to[k] = from[source]!;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        source += moved[axis]!;
        if (++at[axis]! < shape[axis]!) break;
        source -= moved[axis]! * shape[axis]!;
        at[axis] = 0;
      }
    }
    return to;
  });
}

/** `(values − zero point) · scale`, per tensor or along an axis. */
export function dequantized(stored: Stored, scale: Stored, zeroPoint: Stored | undefined, axis: number): Stored {
  const inner = elements(stored.shape.slice(axis + 1));
  const size = elements(scale.shape) === 1 ? 1 : stored.shape[axis]!;
  return arranged(stored, { dtype: `${stored.dtype}, scaled`, isInteger: false }, () => {
    const [from, scales, zeros] = [stored.values(), scale.values(), zeroPoint?.values()];
    return Float32Array.from(from, (value, k) => {
      const at = size === 1 ? 0 : Math.floor(k / inner) % size;
      return (value - (zeros?.[at] ?? 0)) * scales[at]!;
    });
  });
}
