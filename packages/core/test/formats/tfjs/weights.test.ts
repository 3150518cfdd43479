import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/checks/error-classes.ts";
import { tfjsWeights } from "../../../src/formats/tfjs/tfjs.ts";

const manifestOf = (weights: readonly object[], paths: readonly unknown[] = ["w.bin"]) =>
  JSON.stringify([{ paths, weights }]);

function refused(manifest: string, bytes: Uint8Array | undefined = new Uint8Array(64)): string {
  try {
    tfjsWeights(manifest, "m.json", () => bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return (error as Error).message;
  }
  throw new Error("accepted");
}

describe("tfjsWeights", () => {
  it("gives views of a shard where they are aligned, and copies where a tensor lies in two", () => {
    const values = Float32Array.of(1, -2, 3, 4.5, 6);
    const bytes = new Uint8Array(values.buffer);
    const shards: Record<string, Uint8Array> = { a: bytes.slice(0, 10), b: bytes.slice(10) };
    const weights = [
      { name: "x", shape: [2], dtype: "float32" },
      { name: "y", shape: [3, 1], dtype: "float32" },
    ];
    const tensors = tfjsWeights(manifestOf(weights, ["a", "./b"]), "m.json", (path) => shards[path]);
    expect(tensors.get("x")!.values().buffer).toBe(shards.a!.buffer);
    expect([...tensors.get("y")!.values()]).toEqual([3, 4.5, 6]);
  });

  it("decodes half floats, whole numbers, truth values and scaled ones, and passes over texts", () => {
    const bytes = new Uint8Array([
      ...[0x00, 0x3c, 0x01, 0x80, 0xff, 0x7b, 0x00, 0xc1],
      ...[0xfe, 0xff, 0xff, 0xff],
      ...[1, 0],
      ...[2, 0, 0, 0, 65, 66],
      ...[0x02, 0x01],
      ...[3, 200],
    ]);
    const scaled = { dtype: "uint16", scale: 0.5, min: -1 };
    const tensors = tfjsWeights(
      manifestOf([
        { name: "half", shape: [4], dtype: "float32", quantization: { dtype: "float16" } },
        { name: "whole", shape: [], dtype: "int32" },
        { name: "truth", shape: [2], dtype: "bool" },
        { name: "text", shape: [1], dtype: "string" },
        { name: "scaled", shape: [1], dtype: "float32", quantization: scaled },
        { name: "rounded", shape: [2], dtype: "int32", quantization: { dtype: "uint8", scale: 0.4, min: 0 } },
      ]),
      "m.json",
      () => bytes,
    );
    const all = [...tensors].map(([name, tensor]) => [name, tensor.dtype, [...tensor.values()]]);
    expect(all).toEqual([
      ["half", "float16", [1, -(2 ** -24), 65504, -2.5]],
      ["whole", "int32", [-2]],
      ["truth", "bool", [1, 0]],
      ["scaled", "uint16, scaled", [258 * 0.5 - 1]],
      ["rounded", "uint8, scaled", [1, 80]],
    ]);
  });

  const one = { name: "w", shape: [2, 2], dtype: "float32" };
  it.each<[string, string, string]>([
    ["no JSON", "{", "m.json, line 1, column 2: expected JSON; got the end of the text"],
    ["JSON of another form", "3", "m.json: expected an array of weight groups; got 3"],
    ["a group without paths", '[{"weights":[]}]', "weights group 1: paths: expected an array; got nothing"],
    ["a weight without a name", manifestOf([{ ...one, name: "" }]), "weight 1: name: expected non-empty text"],
    ["a name used twice", manifestOf([one, one]), 'm.json: expected weights with unique names; got "w" twice'],
    ["a negative size", manifestOf([{ ...one, shape: [-1] }]), 'weight "w": shape: expected a shape'],
    ["a size that is no whole number", manifestOf([{ ...one, shape: [1.5] }]), "got [1.5]"],
    ["a shape that overflows", manifestOf([{ ...one, shape: [2 ** 50, 2 ** 50] }]), "at most 1099511627776 values"],
    [
      "very many axes",
      manifestOf([{ ...one, shape: Array(99).fill(1) }]),
      "at most 16 whole sizes; got an array of 99",
    ],
    ["an unknown dtype", manifestOf([{ ...one, dtype: "float64" }]), 'got "float64"'],
    ["a dtype of Object.prototype", manifestOf([{ ...one, dtype: "constructor" }]), 'got "constructor"'],
    [
      "too few bytes",
      manifestOf([{ ...one, shape: [5, 5] }]),
      'weight "w": expected at least 100 bytes in w.bin; got 64',
    ],
    ["texts longer than the file", manifestOf([{ ...one, shape: [2 ** 39], dtype: "string" }]), "at least"],
    [
      "a scale that is none",
      manifestOf([{ ...one, quantization: { dtype: "uint8", min: 0 } }]),
      "a finite scale and min",
    ],
    ["a quantisation that is none", manifestOf([{ ...one, quantization: { dtype: "int4" } }]), 'got "int4"'],
    ["a path that leaves the folder", manifestOf([one], ["a/../../w.bin"]), 'got "a/../../w.bin"'],
    ["an absolute path", manifestOf([one], ["/etc/passwd"]), "paths of files in the model's folder"],
    ["a path of Windows", manifestOf([one], ["C:\\w.bin"]), "paths of files in the model's folder"],
    ["a URL", manifestOf([one], ["https://x.org/w.bin"]), "never downloaded"],
  ])("refuses %s", (_, manifest, message) => {
    expect(refused(manifest)).toContain(message);
  });

  it("refuses a shard that is not there, and a weight that is not finite", () => {
    expect(refused(manifestOf([one]), new Uint8Array(15))).toContain("at least 16 bytes in w.bin; got 15");
    expect(() => tfjsWeights(manifestOf([one]), "m.json", () => undefined)).toThrow(
      'm.json: expected the file "w.bin" with its weights, beside it; got none.',
    );
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3, Number.NaN).buffer);
    expect(refused(manifestOf([one]), bytes)).toBe('m.json: weight "w" [3]: expected a finite number; got NaN.');
    const half = { ...one, shape: [2], quantization: { dtype: "float16" } };
    expect(refused(manifestOf([half]), new Uint8Array([0, 0, 0, 0xfc]))).toContain(
      '"w" [1]: expected a finite number; got -Inf',
    );
  });
});
