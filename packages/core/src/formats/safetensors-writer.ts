/** Writes the safetensors format; safetensors.ts reads it. */
import { checkFile } from "../checks/check.ts";
import { elements, type Tensor } from "../model/tensor.ts";
import { METADATA, MOST_HEADER_BYTES } from "./safetensors.ts";

/**
 * The bytes of a safetensors file. The header is padded so that the data begin at a multiple of 8; F64 tensors come first, so that
 * every tensor is aligned. The same tensors and metadata give the same bytes. What is decoded from fewer bits is written as F32.
 *
 * @throws FormatError for a name used twice, values that do not fill their shape, or a header beyond the format's limit of 100 MB.
 */
export function safetensorsFrom(
  tensors: readonly Tensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = tensors
    .map((each) => ({ name: each.name, shape: each.shape, values: each.values() }))
    .sort((a, b) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT);
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set(METADATA, metadata);
  let end = 0;
  for (const { name, shape, values } of ordered) {
    checkFile(!header.has(name) && name !== METADATA, () => ({
      who: "safetensorsFrom()",
      expected: "unique names",
      got: `"${name}" twice`,
    }));
    const isShape = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
    checkFile(isShape && elements(shape) === values.length, () => ({
      who: `safetensorsFrom(): ${name}`,
      expected: `as many values as the shape [${shape.join(", ")}] has`,
      got: `${values.length}`,
    }));
    const begin = end;
    end += values.byteLength;
    header.set(name, { dtype: values instanceof Float64Array ? "F64" : "F32", shape, data_offsets: [begin, end] });
  }
  const json = new TextEncoder().encode(jsonOf(header));
  const headerLength = Math.ceil(json.length / 8) * 8;
  checkFile(headerLength <= MOST_HEADER_BYTES, () => ({
    who: "safetensorsFrom()",
    expected: `names and metadata of at most ${MOST_HEADER_BYTES} bytes`,
    got: `${headerLength}`,
  }));
  const bytes = new Uint8Array(8 + headerLength + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  bytes.fill(0x20, 8 + json.length, 8 + headerLength);
  let at = 8 + headerLength;
  for (const { values } of ordered) {
    put(values, bytes, view, at);
    at += values.byteLength;
  }
  return bytes;
}

/** Entry by entry: an object would put names such as "0" first, and lose the name "__proto__". */
function jsonOf(header: ReadonlyMap<string, unknown>): string {
  return `{${Array.from(header, ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function put(values: Float32Array | Float64Array, bytes: Uint8Array, view: DataView, from: number): void {
  if (LITTLE_ENDIAN) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), from);
    return;
  }
  let at = from;
  for (const value of values) {
    if (values instanceof Float64Array) view.setFloat64(at, value, true);
    else view.setFloat32(at, value, true);
    at += values.BYTES_PER_ELEMENT;
  }
}
