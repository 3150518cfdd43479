/** Files of about 1 kB that promise much: refused, or read, without taking the memory for it. */
import { expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { graphFromJson } from "../../src/formats/json-graph.ts";
import { graphFromSafetensors } from "../../src/formats/safetensors-graph.ts";
import { safetensors } from "./bytes.ts";

const huge = 2 ** 39;
const f4 = (shape: readonly number[]) => ({ w: { dtype: "F4", shape, data_offsets: [0, 512] } });
const node = (changes: object) =>
  JSON.stringify({
    graph: {
      inputs: [{ name: "x", shape: [1, 1, 4, 4] }],
      outputs: ["n"],
      nodes: [{ name: "n", inputs: ["x"], ...changes }],
    },
  });
const kernel = { shape: [1, 1, 1, 1], values: [1] };
const sidecar = (changes: object) =>
  JSON.stringify({ input: { shape: [1, 4, 4] }, layers: [{ name: "conv", activation: "relu", ...changes }] });
const conv = safetensors({ "conv.weight": { dtype: "F32", shape: [1, 1, 1, 1], data_offsets: [0, 4] } }, 4);
const small = { sidecar: sidecar({}) };

const FILES: readonly [string, () => unknown][] = [
  ["a header of 2^60 bytes", () => graphFromSafetensors(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 16, 123), "m", small)],
  ["a tensor of 2^40 values", () => graphFromSafetensors(safetensors(f4([2 ** 40]), 512), "m", small)],
  ["sizes whose product overflows", () => graphFromSafetensors(safetensors(f4([2 ** 53, 2 ** 53])), "m", small)],
  ["no values of a huge shape", () => graphFromSafetensors(safetensors(f4([2 ** 52, 0]), 512), "m", small)],
  ["a padding of 2^19 on each side", () => graphFromSafetensors(conv, "m", { sidecar: sidecar({ padding: 2 ** 19 }) })],
  ["a padding of 2^39", () => graphFromSafetensors(conv, "m", { sidecar: sidecar({ padding: huge }) })],
  [
    "a pool of 2^39",
    () => graphFromSafetensors(conv, "m", { sidecar: sidecar({ pool: { kind: "max", size: huge } }) }),
  ],
  ["weights of 2^39 values", () => graphFromJson(node({ kind: "dense", weights: { shape: [huge], values: [] } }), "m")],
  ["an input of 2^78 values", () => graphFromJson(node({ kind: "reshape", shape: [huge, huge] }), "m")],
  [
    "zeros around, 2^39 of them",
    () => graphFromJson(node({ kind: "pad", before: [0, 0, 0, huge], after: [0, 0, 0, 0] }), "m"),
  ],
  ["a window of 2^39", () => graphFromJson(node({ kind: "max-pool", kernel: [huge, huge] }), "m")],
  ["groups of 2^39", () => graphFromJson(node({ kind: "convolution", weights: kernel, groups: huge }), "m")],
  ["many small brackets", () => graphFromJson("[".repeat(1024), "m")],
];

it("a file of 1 kB takes less than 64 MB, whatever it promises", () => {
  const before = process.resourceUsage().maxRSS;
  for (const [what, read] of FILES) {
    try {
      read();
    } catch (error) {
      expect([what, error]).toEqual([what, expect.any(InvalidInputError)]);
    }
  }
  // The most that this process has ever held, in kilobytes.
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(64_000);
});
