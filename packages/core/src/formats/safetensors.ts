/**
 * Reads the safetensors format (https://github.com/huggingface/safetensors): 8 bytes of header length (little-endian), a JSON header, raw
 * tensors. Nothing is copied but what must be decoded: a tensor's values are a view of the file's bytes where type and alignment allow,
 * decoded when they are asked for otherwise.
 */

import { checkFile } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";
import type { Tensor } from "../model/tensor.ts";
import type { InspectableTensor } from "./finite.ts";
import { firstNotFiniteHalf, float32FromBfloat16, float32FromFloat16 } from "./half-precision.ts";
import { parseStrictJson, type StrictJson, StrictJsonFault, type StrictObject } from "./strict-json.ts";

export interface TensorFile {
  /** In the order of their bytes. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

export const METADATA = "__metadata__";
/** The limit of the format's own implementation. */
export const MOST_HEADER_BYTES = 100_000_000;
/** No network has more, and a header full of axes must not become a message. */
const MOST_AXES = 64;

/** Of the header. The largest models that are published have some ten thousand tensors in a file. */
const BOUNDS = { depth: 3, most: 200_000 };

/** Bits per value, and what other formats call the type. Those without a reader are listed, but have no values here. */
const DTYPES: Readonly<Record<string, readonly [bits: number, name: string]>> = {
  F64: [64, "float64"],
  F32: [32, "float32"],
  F16: [16, "float16"],
  BF16: [16, "bfloat16"],
  I64: [64, "int64"],
  U64: [64, "uint64"],
  I32: [32, "int32"],
  U32: [32, "uint32"],
  I16: [16, "int16"],
  U16: [16, "uint16"],
  I8: [8, "int8"],
  U8: [8, "uint8"],
  BOOL: [8, "bool"],
  F8_E4M3: [8, "float8_e4m3"],
  F8_E5M2: [8, "float8_e5m2"],
  F8_E8M0: [8, "float8_e8m0"],
  F8_E4M3FNUZ: [8, "float8_e4m3fnuz"],
  F8_E5M2FNUZ: [8, "float8_e5m2fnuz"],
  F6_E2M3: [6, "float6_e2m3"],
  F6_E3M2: [6, "float6_e3m2"],
  F4: [4, "float4"],
  C64: [64, "complex64"],
};
const DECODED = ["float64", "float32", "float16", "bfloat16"];
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Whether the reader knows how to decode a tensor's values: floating point of 16 to 64 bits. */
export function isDecoded({ dtype }: Tensor): boolean {
  return DECODED.includes(dtype);
}

/**
 * The tensors of a safetensors file. Their values are views of `bytes` (float64, float32) or decoded for each call (float16, bfloat16,
 * and what is not aligned). Tensors of other types are listed; asking for their values throws a FormatError that names tensor and type.
 *
 * @param who Names the bytes in errors: the file's path.
 * @throws FormatError for a cut or malformed header, names used twice, an unknown dtype, a shape that does not fill its bytes, and bytes
 *   that overlap, leave gaps or run past the end.
 */
export function readSafetensors(bytes: Uint8Array, who: string): TensorFile {
  checkFile(bytes.length >= 8, () => ({
    who,
    expected: "a safetensors file of 8 bytes or more",
    got: `${bytes.length}`,
  }));
  const announced = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  const most = Math.min(MOST_HEADER_BYTES, bytes.length - 8);
  checkFile(announced <= BigInt(most), () => ({
    who,
    expected: `a safetensors header of at most ${most} bytes`,
    got: `${announced}`,
    remedy: "The file is truncated, or is not a safetensors file.",
  }));
  const dataAt = 8 + Number(announced);
  const slots: Slot[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of parseHeader(bytes.subarray(8, dataAt), who)) {
    if (name === METADATA) metadata = readMetadata(value, who);
    else slots.push(slot(name, value, who));
  }
  requireCovered(slots, bytes.length - dataAt, who);
  const data = bytes.subarray(dataAt);
  return { tensors: new Map(slots.map((each) => [each.name, tensorAt(each, data, who)])), metadata };
}

interface Slot {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Sorts the slots by their bytes; each byte of the data must belong to one tensor. */
function requireCovered(slots: Slot[], length: number, who: string): void {
  slots.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of slots) {
    checkFile(begin === covered, () => ({
      who: `${who}: ${name}`,
      expected: `data from byte ${covered}, where the tensor before ends`,
      got: `${begin}, which ${begin < covered ? "overlaps it" : "leaves a gap"}`,
    }));
    covered = end;
    checkFile(end <= length, () => ({
      who: `${who}: ${name}`,
      expected: `${end} bytes of data`,
      got: `${length}`,
      remedy: "The file is truncated.",
    }));
  }
  checkFile(covered === length, () => ({ who, expected: `${covered} bytes of tensors`, got: `${length}` }));
}

function tensorAt(slot: Slot, data: Uint8Array, who: string): Tensor | InspectableTensor {
  const { name, shape, begin, end } = slot;
  const dtype = DTYPES[slot.dtype]![1];
  // Cut out when it is wanted: files have tens of thousands of tensors.
  const bytes = () => data.subarray(begin, end);
  const found: Tensor = { name, shape, dtype, values: () => decoded(bytes(), dtype, `${who}: ${name}`) };
  if (dtype !== "float16" && dtype !== "bfloat16") return found;
  return { ...found, firstNotFinite: () => firstNotFiniteHalf(bytes(), dtype) };
}

function decoded(bytes: Uint8Array, type: string, who: string): Float32Array | Float64Array {
  switch (type) {
    case "float64":
      return floats(bytes, Float64Array, (view, at) => view.getFloat64(at, true));
    case "float32":
      return floats(bytes, Float32Array, (view, at) => view.getFloat32(at, true));
    case "float16":
      return float32FromFloat16(bytes);
    case "bfloat16":
      return float32FromBfloat16(bytes);
  }
  throw new FormatError({ who, expected: `weights of type ${DECODED.join(", ")}`, got: type });
}

function floats<T extends Float32Array | Float64Array>(
  bytes: Uint8Array,
  Values: { new (buffer: ArrayBufferLike, at: number, length: number): T; readonly BYTES_PER_ELEMENT: number },
  read: (view: DataView, at: number) => number,
): T {
  const size = Values.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : Uint8Array.from(bytes);
  if (LITTLE_ENDIAN) return new Values(aligned.buffer, aligned.byteOffset, aligned.length / size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Values(new ArrayBuffer(bytes.length), 0, bytes.length / size);
  for (let k = 0; k < values.length; k++) values[k] = read(view, k * size);
  return values;
}

function slot(name: string, value: StrictJson, file: string): Slot {
  const who = `${file}: ${name}`;
  const { dtype, shape, data_offsets: offsets } = value instanceof Map ? Object.fromEntries(value) : {};
  checkFile(typeof dtype === "string" && Object.hasOwn(DTYPES, dtype), () => ({
    who,
    expected: `one of the dtypes ${Object.keys(DTYPES).join(", ")}`,
    got: shown(dtype),
  }));
  checkFile(isSizes(shape) && shape.length <= MOST_AXES, () => ({
    who,
    expected: `a shape of at most ${MOST_AXES} whole numbers from 0`,
    got: shown(shape),
  }));
  checkFile(isSizes(offsets) && offsets.length === 2, () => ({
    who,
    expected: "data_offsets [begin, end]",
    got: shown(offsets),
  }));
  const [begin, end] = offsets as readonly [number, number];
  // A product that is no exact double is beyond every file, even where a later size is 0.
  const values = shape.reduce((product, size) => (Number.isSafeInteger(product) ? product * size : Infinity), 1);
  const size = (values * DTYPES[dtype]![0]) / 8;
  checkFile(Number.isSafeInteger(values) && size <= Number.MAX_SAFE_INTEGER, () => ({
    who,
    expected: "a shape whose values fit a file",
    got: shown(shape),
  }));
  checkFile(end - begin === size, () => ({
    who,
    expected: `${size} bytes for ${dtype} [${shape.join(", ")}]`,
    got: end < begin ? `data_offsets that go backwards, ${shown(offsets)}` : `${end - begin}`,
  }));
  return { name, dtype, shape, begin, end };
}

function parseHeader(bytes: Uint8Array, who: string): StrictObject {
  let header: StrictJson;
  try {
    header = parseStrictJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), BOUNDS);
  } catch (cause) {
    if (cause instanceof StrictJsonFault) {
      const { at, expected, got } = cause;
      throw new FormatError(
        { who, expected: `a safetensors header in JSON: ${expected}, at character ${at}`, got },
        { cause },
      );
    }
    const got = "invalid UTF-8";
    throw new FormatError({ who, expected: "a safetensors header in JSON", got }, { cause });
  }
  if (header instanceof Map) return header;
  throw new FormatError({ who, expected: "a safetensors header that is an object", got: shown(header) });
}

function readMetadata(value: StrictJson, who: string): Record<string, string> {
  if (value instanceof Map && [...value.values()].every((text) => typeof text === "string")) {
    return Object.fromEntries(value) as Record<string, string>;
  }
  throw new FormatError({ who: `${who}: ${METADATA}`, expected: "an object of strings", got: shown(value) });
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function shown(value: StrictJson | undefined): string {
  if (value === undefined) return "none";
  const text = value instanceof Map ? "an object" : JSON.stringify(Array.isArray(value) ? value.slice(0, 20) : value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
