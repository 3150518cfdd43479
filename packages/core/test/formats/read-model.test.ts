import { describe, expect, it } from "vitest";
import { onnxBytes } from "../../../../test/onnx.ts";
import { network, readModel } from "../../src/index.ts";
import { modelToJson, modelToSafetensors } from "../../src/models.ts";

const net = network({
  layers: [{ name: "fc", weights: [[1, -1]], activation: "tanh" }],
  inputRange: [0, 1],
});
const onnx = onnxBytes({
  inputs: { x: [1, 2] },
  outputs: ["y"],
  constants: { w: { shape: [2, 1], values: [1, -1] } },
  nodes: [{ op: "MatMul", inputs: ["x", "w"], output: "y" }],
});
const names = ({ layers }: { layers: readonly { name: string }[] }) => layers.map(({ name }) => name);

describe("readModel", () => {
  it("knows formats by name and by their first bytes: text, bytes, buffers, blobs", async () => {
    const text = modelToJson(net);
    const bytes = new TextEncoder().encode(text);
    for (const source of [text, bytes, bytes.buffer, new Blob([bytes])]) {
      expect(names(await readModel(source as never))).toEqual(["fc"]);
    }
    expect(names(await readModel(modelToSafetensors(net)))).toEqual(["fc"]);
    expect((await readModel(onnx)).format).toMatch(/^ONNX/);
    expect((await readModel(onnx, { name: "m.onnx" })).who).toBe("m.onnx");
  });

  it("finds the model among files, in a folder, with what is beside it", async () => {
    const { layers } = await readModel({ "a/notes.txt": new Uint8Array(3), "a/m.onnx": onnx });
    expect(layers).toHaveLength(1);
    const several = { "a.onnx": onnx, "b.onnx": onnx };
    await expect(readModel(several)).rejects.toThrow(/expected one model among the files; got a\.onnx, b\.onnx\./);
    expect((await readModel(several, { name: "b.onnx" })).who).toBe("b.onnx");
    await expect(readModel(several, { name: "c.onnx" })).rejects.toThrow("expected the file c.onnx among those given");
    await expect(readModel({ "x.txt": new Uint8Array(3) })).rejects.toThrow(/model: ONNX, safetensors/);
  });

  it.each<[string, unknown, object, RegExp]>([
    ["a path", "model.onnx", {}, /got "model\.onnx"\. Text is treated as the content of the file/],
    ["an address", new URL("file:///m.onnx"), {}, /an object of the class URL/],
    ["files that are not there yet", { "a.onnx": Promise.resolve(onnx) }, {}, /got a promise/],
    ["nothing", undefined, {}, /got undefined/],
    ["empty bytes", new Uint8Array(0), {}, /an empty file/],
    [
      "an option of another format",
      onnx,
      { activation: "relu" },
      /no activation for this format.*got a file of the format onnx/,
    ],
    [
      "a layout that is none",
      modelToSafetensors(net),
      { layout: "io" },
      /layout: expected "out,in" or "in,out"; got "io"/,
    ],
    [
      "a sidecar that is neither text nor bytes",
      modelToSafetensors(net),
      { sidecar: {} },
      /sidecar: expected JSON text/,
    ],
    [
      "files beside it that come later",
      modelToSafetensors(net),
      { file: async () => undefined },
      /file\("model\.json"\): expected bytes; got a promise\. Read the files first/,
    ],
  ])("refuses %s", async (_, source, options, words) => {
    await expect(readModel(source as never, options)).rejects.toThrow(words);
  });
});
