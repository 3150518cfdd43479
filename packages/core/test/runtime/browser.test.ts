/** onnxruntime-web in a browser, as a bundler puts it there: the values of Node. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, launchChromium, missing, type Served, serve } from "../../../../test/chromium.ts";
import { onnxBytes } from "../../../../test/onnx.ts";
import { onnxBlackBox } from "../../src/runtime/onnx-runtime.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const title = missing ? `onnxruntime-web (skipped: no Chromium at ${CHROMIUM}; set CHROMIUM)` : "onnxruntime-web";

describe.skipIf(missing)(title, () => {
  let browser: Browser;
  let server: Served | undefined;

  beforeAll(async () => {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: { page: "packages/core/test/runtime/page.ts" },
      outdir: "served",
      bundle: true,
      write: false,
      format: "esm",
      target: "es2022",
      tsconfigRaw: {},
    });
    // The runtime's WebAssembly is beside the bundle, where it looks for it.
    const wasm = "/ort-wasm-simd-threaded.wasm";
    server = await serve(({ url }, response) => {
      if (url === "/page.js") response.setHeader("Content-Type", "text/javascript").end(outputFiles[0]!.text);
      else if (url === wasm) {
        const bytes = readFileSync(fileURLToPath(import.meta.resolve(`onnxruntime-web${wasm}`)));
        response.setHeader("Content-Type", "application/wasm").end(bytes);
      } else
        response.end(`<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>`);
    });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  test("evaluates a part of a model as Node does", async () => {
    const model = onnxBytes({
      nodes: [
        { op: "MatMul", inputs: ["x", "w"], output: "a" },
        { op: "Tanh", inputs: ["a"], output: "b" },
        { op: "Softmax", inputs: ["b"], output: "y" },
      ],
      inputs: { x: ["batch", 3] },
      outputs: ["y"],
      constants: { w: { shape: [3, 2], values: [0.5, -1, 2, 0.25, -0.75, 1] } },
    });
    const x = Array.from({ length: 21 }, (_, at) => Math.sin(at));
    const mechanism = await onnxBlackBox(model, { from: "x", to: "b" });
    const expected = await mechanism.evaluate(Float64Array.from(x), 7);
    await mechanism.release();

    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    await page.goto(server!.address);
    await page.waitForFunction(() => "evaluate" in window);
    type Run = (model: readonly number[], from: string, to: string, x: readonly number[]) => Promise<number[]>;
    const found = await page.evaluate(
      ([model, x]) => (window as unknown as { evaluate: Run }).evaluate(model, "x", "b", x),
      [[...model], x] as const,
    );
    await page.close();
    expect(found).toHaveLength(14);
    // float32 rounding of the sums, and of the two libraries' tanh.
    for (const [at, value] of found.entries()) expect(Math.abs(value - expected[at]!)).toBeLessThan(32 * 2 ** -24);
  });
});
