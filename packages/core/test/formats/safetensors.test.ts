import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/checks/error-classes.ts";
import { firstNotFiniteHalf, float32FromBfloat16, float32FromFloat16 } from "../../src/formats/half-precision.ts";
import { isDecoded, readSafetensors } from "../../src/formats/safetensors.ts";
import { safetensorsFrom } from "../../src/formats/safetensors-writer.ts";
import { tensor } from "../../src/model/tensor.ts";
import { broken, safetensors as file } from "./bytes.ts";

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

/** Tensors of no values. */
function manyTensors(count: number): Uint8Array {
  const empty = '{"dtype":"F4","shape":[0],"data_offsets":[0,0]}';
  return file(`{${Array.from({ length: count }, (_, k) => `"${k}":${empty}`).join(",")}}`);
}

/** One tensor of 16-bit values. */
function sixteen(dtype: string, bits: readonly number[]) {
  const data = new Uint8Array(2 * bits.length);
  bits.forEach((each, k) => {
    new DataView(data.buffer).setUint16(2 * k, each, true);
  });
  const header = { t: { dtype, shape: [bits.length], data_offsets: [0, data.length] } };
  return readSafetensors(file(header, data), "w.safetensors").tensors.get("t")!;
}

describe("readSafetensors", () => {
  it("reads F64 and F32 in little-endian order, at any alignment", () => {
    const data = new Uint8Array(12);
    new DataView(data.buffer).setFloat64(0, -1.5, true);
    new DataView(data.buffer).setFloat32(8, 0.25, true);
    for (const pad of ["", " ", "  ", "   ", "    "]) {
      const header = {
        b: { dtype: "F32", shape: [1, 1], data_offsets: [8, 12] },
        a: one,
        __metadata__: { epoch: "3" },
      };
      const read = readSafetensors(file(`${JSON.stringify(header)}${pad}`, data), "w.safetensors");
      expect([...read.tensors.keys()]).toEqual(["a", "b"]);
      expect(read.tensors.get("a")).toMatchObject({ name: "a", shape: [1], dtype: "float64" });
      expect(read.tensors.get("a")!.values()).toEqual(Float64Array.of(-1.5));
      expect(read.tensors.get("b")).toMatchObject({ name: "b", shape: [1, 1], dtype: "float32" });
      expect(read.tensors.get("b")!.values()).toEqual(Float32Array.of(0.25));
      expect(read.metadata).toEqual({ epoch: "3" });
    }
  });

  it("gives views of the file's bytes where they are aligned", () => {
    const bytes = safetensorsFrom([tensor("x", [2], Float32Array.of(1, 2)), tensor("y", [1], Float64Array.of(3))]);
    for (const { values } of readSafetensors(bytes, "w.safetensors").tensors.values()) {
      expect(values().buffer).toBe(bytes.buffer);
    }
  });

  it("decodes F16 and BF16", () => {
    const half = sixteen("F16", [0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x3555, 0x7c00, 0xfc00, 0x7e00, 0x03ff]);
    // IEEE 754: 1, −2, the largest, the least, −0, a third, ±∞, NaN, the largest that is subnormal.
    expect([...half.values()]).toEqual([
      1,
      -2,
      65504,
      2 ** -24,
      -0,
      0.333251953125,
      Infinity,
      -Infinity,
      Number.NaN,
      1023 * 2 ** -24,
    ]);
    const brain = sixteen("BF16", [0x3f80, 0xc000, 0x4049, 0x8000, 0x7f80, 0x7fc0]);
    expect([...brain.values()]).toEqual([1, -2, 3.140625, -0, Infinity, Number.NaN]);
    expect([half.dtype, brain.dtype]).toEqual(["float16", "bfloat16"]);
  });

  it("finds what is not finite in F16 and BF16 without decoding, at any alignment", () => {
    const words = fc
      .uint16Array({ maxLength: 12 })
      .map((list) => list.map((bits) => (bits % 3 === 0 ? bits | 0x7c00 : bits)));
    fc.assert(
      fc.property(words, fc.constantFrom("float16", "bfloat16"), fc.nat(3), (list, type, shift) => {
        const bytes = new Uint8Array(shift + 2 * list.length);
        bytes.set(new Uint8Array(list.buffer), shift);
        const part = bytes.subarray(shift);
        const values = type === "float16" ? float32FromFloat16(part) : float32FromBfloat16(part);
        expect(firstNotFiniteHalf(part, type)).toBe(values.findIndex((value) => !Number.isFinite(value)));
      }),
      { numRuns: 500 },
    );
  });

  it("lists tensors of other types, and names them where their values are wanted", () => {
    const { tensors } = readSafetensors(
      file(
        {
          n: { dtype: "I64", shape: [], data_offsets: [0, 8] },
          e: { dtype: "F4", shape: [3, 2], data_offsets: [8, 11] },
        },
        11,
      ),
      "w.safetensors",
    );
    expect([...tensors.values()].map((each) => [each.name, each.dtype, isDecoded(each)])).toEqual([
      ["n", "int64", false],
      ["e", "float4", false],
    ]);
    expect(() => tensors.get("n")!.values()).toThrow(
      "w.safetensors: n: expected weights of type float64, float32, float16, bfloat16; got int64.",
    );
  });

  it("reads a scalar, an empty tensor and a file without tensors", () => {
    const scalar = { dtype: "F64", shape: [], data_offsets: [0, 8] };
    const empty = { dtype: "F32", shape: [0, 3], data_offsets: [8, 8] };
    const { tensors } = readSafetensors(file({ scalar, empty }, 8), "w.safetensors");
    expect(tensors.get("scalar")!.values()).toHaveLength(1);
    expect(tensors.get("empty")!.values()).toHaveLength(0);
    expect(readSafetensors(file({}), "w.safetensors").tensors.size).toBe(0);
  });

  it.each<[string, Uint8Array, string]>([
    ["fewer than 8 bytes", new Uint8Array(5), "w.safetensors: expected a safetensors file of 8 bytes or more; got 5"],
    ["a header longer than the file", file({ a: one }).subarray(0, 20), "at most 12 bytes"],
    [
      "a header of 2^60 bytes",
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 16, 123, 125),
      "expected a safetensors header of at most 2 bytes; got 1152921504606846976. The file is truncated, or is not a",
    ],
    ["a header that is no JSON", file("{oops"), "a safetensors header in JSON"],
    ["a header that is no UTF-8", file(Uint8Array.of(123, 34, 255, 34)), "got invalid UTF-8"],
    ["a header that is no object", file("[1]"), "a safetensors header that is an object; got [1]"],
    ["a header that is nested deeply", file("[".repeat(900)), "less deeply nested values, at character 3"],
    ["a shape without end", file(`{"a":{"shape":[${"1,".repeat(200_000)}1]}}`), "at most 200000 values in an array"],
    ["tensors without end", manyTensors(200_001), "at most 200000 names in an object"],
    [
      "a name used twice",
      file(`{"a":${JSON.stringify(one)},"\\u0061":${JSON.stringify(one)}}`, 8),
      'unique names, at character 54; got "a" twice',
    ],
    ["a key used twice", file('{"a":{"dtype":"F64","dtype":"F32","shape":[1]}}'), 'got "dtype" twice'],
    [
      "an unknown dtype",
      file({ a: { ...one, dtype: "Q4" } }, 8),
      "w.safetensors: a: expected one of the dtypes F64, F32",
    ],
    ["a dtype of Object.prototype", file({ a: { ...one, dtype: "constructor" } }, 8), 'got "constructor"'],
    ["a shape that is negative", file({ a: { ...one, shape: [-1] } }, 8), "a shape of at most 64 whole numbers from 0"],
    [
      "a size that is no whole number",
      file('{"a":{"dtype":"F64","shape":[1.5]}}'),
      "a shape of at most 64 whole numbers from 0",
    ],
    [
      "a size that is huge",
      file('{"a":{"dtype":"F64","shape":[1e300]}}'),
      "a shape of at most 64 whole numbers from 0",
    ],
    ["a shape of many axes", file({ a: { ...one, shape: new Array(65).fill(1) } }, 8), "at most 64 whole numbers"],
    [
      "a shape that overflows",
      file({ a: { ...one, shape: [2 ** 32, 2 ** 32] } }, 8),
      "a shape whose values fit a file; got [4294967296,4294967296]",
    ],
    [
      "a shape that overflows to nothing",
      file({ a: { ...one, shape: [2 ** 50, 2 ** 50, 0], data_offsets: [0, 0] } }),
      "a shape whose values fit a file",
    ],
    ["a shape that its bytes do not fill", file({ a: { ...one, shape: [2] } }, 8), "16 bytes for F64 [2]; got 8"],
    ["a shape that fills no whole bytes", file({ a: { ...one, dtype: "F4" } }, 8), "0.5 bytes for F4 [1]; got 8"],
    ["offsets that are none", file({ a: { ...one, data_offsets: [0] } }, 8), "data_offsets [begin, end]"],
    [
      "offsets that go backwards",
      file({ a: { ...one, data_offsets: [8, 0] } }, 8),
      "data_offsets that go backwards, [8,0]",
    ],
    ["a tensor that is null", file({ a: null }, 8), "expected one of the dtypes"],
    [
      "overlapping tensors",
      file({ a: one, b: { ...one, shape: [2], data_offsets: [0, 16] } }, 16),
      "which overlaps it",
    ],
    ["a gap between tensors", file({ a: one, b: { ...one, data_offsets: [16, 24] } }, 24), "which leaves a gap"],
    [
      "data that are cut off",
      file({ a: one }, 7),
      "w.safetensors: a: expected 8 bytes of data; got 7. The file is truncated",
    ],
    ["bytes after the last tensor", file({ a: one }, 9), "expected 8 bytes of tensors; got 9"],
    ["metadata that are no texts", file({ __metadata__: { epoch: 3 } }), "__metadata__: expected an object of strings"],
  ])("refuses %s", (_, bytes, message) => {
    expect(refused(bytes)).toContain(message);
  });

  it("keeps names that JavaScript objects treat specially", () => {
    const names = ["__proto__", "constructor", "1", "0"];
    const bytes = safetensorsFrom(names.map((name, k) => tensor(name, [1], Float32Array.of(k))));
    expect([...readSafetensors(bytes, "w").tensors.keys()]).toEqual(names);
  });

  it("gives a FormatError or values, whatever the bytes", () => {
    const good = safetensorsFrom(
      [
        tensor("fc1.weight", [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)),
        tensor("fc1.bias", [2], Float64Array.of(7, 8)),
        tensor("fc2.weight", [1, 2], Float32Array.of(9, 10)),
      ],
      { format: "pt" },
    );
    fc.assert(
      fc.property(broken(good, 8), (bytes) => {
        try {
          for (const each of readSafetensors(bytes, "w").tensors.values()) {
            if (isDecoded(each)) each.values();
          }
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe("safetensorsFrom", () => {
  it("begins the data at a multiple of 8 and puts F64 before F32", () => {
    const bytes = safetensorsFrom(
      [tensor("x", [1], Float32Array.of(1)), tensor("layers.0.weight", [1, 1], Float64Array.of(2))],
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
    const arrays = fc.tuple(fc.array(fc.nat(3), { maxLength: 3 }), fc.boolean()).chain(([shape, wide]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const data: fc.Arbitrary<Float64Array | Float32Array> = wide
        ? fc.float64Array({ minLength: length, maxLength: length })
        : fc.float32Array({ minLength: length, maxLength: length });
      return fc.record({ shape: fc.constant(shape), data });
    });
    const names = fc.string().filter((name) => name !== "__metadata__");
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(names, arrays), { selector: ([name]) => name }), (entries) => {
        const bytes = safetensorsFrom(
          entries.map(([name, { shape, data }]) => tensor(name, shape, data)),
          { note: "ü" },
        );
        const read = readSafetensors(bytes, "w.safetensors");
        for (const [name, { shape, data }] of entries) {
          expect(read.tensors.get(name)).toMatchObject({ name, shape });
          expect(read.tensors.get(name)!.values()).toEqual(data);
        }
        expect(read.tensors.size).toBe(entries.length);
        expect(read.metadata).toEqual({ note: "ü" });
        const again = entries.map(([name]) => read.tensors.get(name)!);
        expect(safetensorsFrom(again, read.metadata)).toEqual(bytes);
      }),
    );
  });

  it("refuses a name used twice, and data that do not fill the shape", () => {
    const a = tensor("a", [1], Float64Array.of(1));
    expect(() => safetensorsFrom([a, a])).toThrow('expected unique names; got "a" twice');
    expect(() => safetensorsFrom([{ ...a, shape: [2] }])).toThrow("as many values as the shape [2] has; got 1");
  });
});
