import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { readSafetensors, safetensorsFrom } from "../../src/formats/safetensors.ts";

/** A file put together by hand, not by the writer under test. */
function file(header: unknown, data: Uint8Array | number = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const body = typeof data === "number" ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + json.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(body, 8 + json.length);
  return bytes;
}

function refused(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes, "w.safetensors");
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return (error as Error).message;
  }
  throw new Error("accepted");
}

const one = { dtype: "F64", shape: [1], data_offsets: [0, 8] };

describe("readSafetensors", () => {
  it("reads F64 and F32 in little-endian order", () => {
    const data = new Uint8Array(12);
    new DataView(data.buffer).setFloat64(0, -1.5, true);
    new DataView(data.buffer).setFloat32(8, 0.25, true);
    const read = readSafetensors(
      file({ b: { dtype: "F32", shape: [1, 1], data_offsets: [8, 12] }, a: one, __metadata__: { epoch: "3" } }, data),
      "w.safetensors",
    );
    expect([...read.tensors.keys()]).toEqual(["a", "b"]);
    expect(read.tensors.get("a")).toEqual({ name: "a", shape: [1], data: Float64Array.of(-1.5) });
    expect(read.tensors.get("b")).toEqual({ name: "b", shape: [1, 1], data: Float32Array.of(0.25) });
    expect(read.metadata).toEqual({ epoch: "3" });
  });

  it("reads a scalar, an empty tensor and a file without tensors", () => {
    const scalar = { dtype: "F64", shape: [], data_offsets: [0, 8] };
    const empty = { dtype: "F32", shape: [0, 3], data_offsets: [8, 8] };
    const { tensors } = readSafetensors(file({ scalar, empty }, 8), "w.safetensors");
    expect(tensors.get("scalar")!.data).toHaveLength(1);
    expect(tensors.get("empty")!.data).toHaveLength(0);
    expect(readSafetensors(file({}), "w.safetensors").tensors.size).toBe(0);
  });

  it.each<[string, Uint8Array, string]>([
    ["fewer than 8 bytes", new Uint8Array(5), "w.safetensors: expected a safetensors file of 8 bytes or more; got 5"],
    ["a header longer than the file", file({ a: one }).subarray(0, 20), "at most 12 bytes"],
    [
      "a header length beyond all files",
      new Uint8Array(16).fill(255),
      "The file is cut off, or is not a safetensors file",
    ],
    ["a header that is no JSON", file("{oops"), "a safetensors header in JSON"],
    ["a header that is no object", file("[1]"), "a safetensors header that is an object"],
    [
      "an unknown dtype",
      file({ a: { ...one, dtype: "BF16" } }, 8),
      'w.safetensors: a: expected the dtype F64 or F32; got "BF16"',
    ],
    ["a dtype of Object.prototype", file({ a: { ...one, dtype: "constructor" } }, 8), 'got "constructor"'],
    ["a shape that is negative", file({ a: { ...one, shape: [-1] } }, 8), "a shape of whole numbers; got [-1]"],
    ["a shape that its bytes do not fill", file({ a: { ...one, shape: [2] } }, 8), "16 bytes for F64 [2]; got 8"],
    ["offsets that are none", file({ a: { ...one, data_offsets: [0] } }, 8), "data_offsets [begin, end]"],
    ["a tensor that is null", file({ a: null }, 8), "expected the dtype"],
    [
      "overlapping tensors",
      file({ a: one, b: { ...one, shape: [2], data_offsets: [0, 16] } }, 16),
      "which overlaps it",
    ],
    ["a gap between tensors", file({ a: one, b: { ...one, data_offsets: [16, 24] } }, 24), "which leaves a gap"],
    ["data that are cut off", file({ a: one }, 7), "w.safetensors: a: expected 8 bytes of data; got 7"],
    ["bytes after the last tensor", file({ a: one }, 9), "expected 8 bytes of tensors; got 9"],
    ["metadata that are no texts", file({ __metadata__: { epoch: 3 } }), "__metadata__: expected an object of texts"],
  ])("refuses %s", (_, bytes, message) => {
    expect(refused(bytes)).toContain(message);
  });
});

describe("safetensorsFrom", () => {
  it("begins the data at a multiple of 8 and puts F64 before F32", () => {
    const bytes = safetensorsFrom(
      [
        { name: "x", shape: [1], data: Float32Array.of(1) },
        { name: "layers.0.weight", shape: [1, 1], data: Float64Array.of(2) },
      ],
      { a: "b" },
    );
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      __metadata__: { a: "b" },
      "layers.0.weight": { dtype: "F64", shape: [1, 1], data_offsets: [0, 8] },
      x: { dtype: "F32", shape: [1], data_offsets: [8, 12] },
    });
    expect(bytes).toHaveLength(8 + length + 12);
  });

  it("gives bytes that read back to the same tensors and are written to the same bytes again", () => {
    const tensor = fc.tuple(fc.array(fc.nat(3), { maxLength: 3 }), fc.boolean()).chain(([shape, wide]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const data = wide
        ? fc.float64Array({ minLength: length, maxLength: length })
        : fc.float32Array({ minLength: length, maxLength: length });
      return fc.record({ shape: fc.constant(shape), data });
    });
    const names = fc.string().filter((name) => name !== "__metadata__" && name !== "__proto__");
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(names, tensor), { selector: ([name]) => name }), (entries) => {
        const tensors = entries.map(([name, { shape, data }]) => ({ name, shape, data }));
        const bytes = safetensorsFrom(tensors, { note: "ü" });
        const read = readSafetensors(bytes, "w.safetensors");
        expect(new Map(tensors.map((t) => [t.name, t]))).toEqual(read.tensors);
        expect(read.metadata).toEqual({ note: "ü" });
        const again = [...read.tensors.values()];
        const order = tensors.map(({ name }) => again.find((t) => t.name === name)!);
        expect(safetensorsFrom(order, read.metadata)).toEqual(bytes);
      }),
    );
  });

  it("refuses a name used twice, and data that do not fill the shape", () => {
    const a = { name: "a", shape: [1], data: Float64Array.of(1) };
    expect(() => safetensorsFrom([a, a])).toThrow('expected names used once; got "a" twice');
    expect(() => safetensorsFrom([{ ...a, shape: [2] }])).toThrow("as many values as the shape [2] has; got 1");
  });
});
