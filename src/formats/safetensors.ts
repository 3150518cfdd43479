/**
 * The safetensors format (https://github.com/huggingface/safetensors): 8 bytes of header length (little-endian), a JSON header, raw tensors.
 * Bytes in, bytes out. Reads and writes F64 and F32; every other dtype is refused by name.
 */
import { FormatError } from "../errors.ts";

export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float64Array | Float32Array;
}

export interface TensorFile {
  /** In the order of their bytes. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const SIZES: Readonly<Record<string, number>> = { F64: 8, F32: 4 };
const METADATA = "__metadata__";
/** The limit of the format's own implementation. */
const MAX_HEADER = 100_000_000;

/**
 * The bytes of a safetensors file. The header is padded so that the data begin at a multiple of 8; F64 tensors come first, so that
 * every tensor is aligned. The same tensors and metadata give the same bytes.
 *
 * @throws FormatError for a name used twice, or data that do not fill their shape.
 */
export function safetensorsFrom(
  tensors: readonly Tensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = [...tensors].sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set(METADATA, metadata);
  let end = 0;
  for (const { name, shape, data } of ordered) {
    if (header.has(name) || name === METADATA) {
      throw new FormatError({ who: "safetensorsFrom()", expected: "names used once", got: `"${name}" twice` });
    }
    if (!shape.every(isSize) || elements(shape) !== data.length) {
      throw new FormatError({
        who: `safetensorsFrom(): ${name}`,
        expected: `as many values as the shape [${shape.join(", ")}] has`,
        got: `${data.length}`,
      });
    }
    const begin = end;
    end += data.byteLength;
    header.set(name, { dtype: data instanceof Float64Array ? "F64" : "F32", shape, data_offsets: [begin, end] });
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  bytes.fill(0x20, 8 + json.length, 8 + headerLength);
  let at = 8 + headerLength;
  for (const { data } of ordered) {
    for (const value of data) {
      if (data instanceof Float64Array) view.setFloat64(at, value, true);
      else view.setFloat32(at, value, true);
      at += data.BYTES_PER_ELEMENT;
    }
  }
  return bytes;
}

/**
 * Reads every tensor of a safetensors file, copied.
 *
 * @param who Names the bytes in errors: the file's path.
 * @throws FormatError for a cut or malformed header, an unknown dtype, a shape that does not fill its bytes, and bytes that overlap, leave
 *   gaps or run past the end.
 */
export function readSafetensors(bytes: Uint8Array, who: string): TensorFile {
  if (bytes.length < 8)
    throw new FormatError({ who, expected: "a safetensors file of 8 bytes or more", got: `${bytes.length}` });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const announced = view.getBigUint64(0, true);
  if (announced > BigInt(Math.min(MAX_HEADER, bytes.length - 8))) {
    throw new FormatError({
      who,
      expected: `a safetensors header of at most ${Math.min(MAX_HEADER, bytes.length - 8)} bytes`,
      got: `${announced}`,
      remedy: "The file is cut off, or is not a safetensors file.",
    });
  }
  const dataAt = 8 + Number(announced);
  const { [METADATA]: metadata, ...entries } = parseHeader(bytes.subarray(8, dataAt), who);
  const slots = Object.entries(entries).map(([name, value]) => slot(name, value, who));
  slots.sort((a, b) => a.begin - b.begin || a.end - b.end);
  const tensors = new Map<string, Tensor>();
  let covered = 0;
  for (const { name, dtype, shape, begin, end } of slots) {
    if (begin !== covered) {
      throw new FormatError({
        who: `${who}: ${name}`,
        expected: `data from byte ${covered}, where the tensor before ends`,
        got: `${begin}, which ${begin < covered ? "overlaps it" : "leaves a gap"}`,
      });
    }
    covered = end;
    if (dataAt + end > bytes.length) {
      throw new FormatError({
        who: `${who}: ${name}`,
        expected: `${end} bytes of data`,
        got: `${bytes.length - dataAt}`,
      });
    }
    const data = dtype === "F64" ? new Float64Array(elements(shape)) : new Float32Array(elements(shape));
    for (let k = 0; k < data.length; k++) {
      const at = dataAt + begin + k * data.BYTES_PER_ELEMENT;
      data[k] = dtype === "F64" ? view.getFloat64(at, true) : view.getFloat32(at, true);
    }
    tensors.set(name, { name, shape, data });
  }
  if (dataAt + covered !== bytes.length) {
    throw new FormatError({ who, expected: `${covered} bytes of tensors`, got: `${bytes.length - dataAt}` });
  }
  return { tensors, metadata: readMetadata(metadata, who) };
}

interface Slot {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function slot(name: string, value: unknown, file: string): Slot {
  const who = `${file}: ${name}`;
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(SIZES, dtype)) {
    throw new FormatError({
      who,
      expected: `the dtype ${Object.keys(SIZES).join(" or ")}`,
      got: JSON.stringify(dtype) ?? "none",
    });
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw new FormatError({ who, expected: "a shape of whole numbers", got: JSON.stringify(shape) ?? "none" });
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw new FormatError({ who, expected: "data_offsets [begin, end]", got: JSON.stringify(offsets) ?? "none" });
  }
  const [begin, end] = offsets as [number, number];
  const size = elements(shape) * SIZES[dtype]!;
  if (end - begin !== size) {
    throw new FormatError({ who, expected: `${size} bytes for ${dtype} [${shape.join(", ")}]`, got: `${end - begin}` });
  }
  return { name, dtype, shape, begin, end };
}

function parseHeader(bytes: Uint8Array, who: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FormatError({ who, expected: "a safetensors header in JSON", got: "bytes that are none" }, { cause });
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw new FormatError({
      who,
      expected: "a safetensors header that is an object",
      got: JSON.stringify(header).slice(0, 60),
    });
  }
  return header as Record<string, unknown>;
}

function readMetadata(value: unknown, who: string): Record<string, string> {
  if (value === undefined) return {};
  const entries =
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  if (entries === undefined || entries.some(([, text]) => typeof text !== "string")) {
    throw new FormatError({
      who: `${who}: ${METADATA}`,
      expected: "an object of texts",
      got: JSON.stringify(value).slice(0, 60),
    });
  }
  return Object.fromEntries(entries);
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
