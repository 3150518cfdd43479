/** The same bytes on every path: compiled, plain TypeScript, workers, and both paths in a browser. */

import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, launchChromium, missing } from "../../../../test/chromium.ts";
import { useKernels } from "../../src/kernels/path.ts";
import { testPool } from "../pools/pools.ts";
import { program } from "./program.ts";

/** Kept short: the texts are long, and where they begin to differ is what helps. */
function expectSame(found: string, expected: string): void {
  if (found === expected) return;
  let at = 0;
  while (found[at] === expected[at]) at++;
  expect(found.slice(Math.max(0, at - 120), at + 40)).toBe(expected.slice(Math.max(0, at - 120), at + 40));
}

let expected: string;
beforeAll(async () => {
  useKernels("wasm");
  expected = await program();
});
afterEach(() => useKernels("auto"));

test("the program measures something everywhere", () => {
  expect(expected.length).toBeGreaterThan(20_000);
  expect(expected).not.toContain("null");
});

test("again", async () => {
  useKernels("wasm");
  expectSame(await program(), expected);
});

test("plain TypeScript", async () => {
  useKernels("typescript");
  expectSame(await program(), expected);
});

test("two workers", async () => {
  useKernels("wasm");
  expectSame(await program(testPool(2)), expected);
});

describe.skipIf(missing)(missing ? `Chromium (skipped: none at ${CHROMIUM}; set CHROMIUM)` : "Chromium", () => {
  test.each([
    ["compiled", "", []],
    ["plain", 'useKernels("typescript");', []],
    ["without WebAssembly, which it says once", "delete globalThis.WebAssembly;", ["WebAssembly is not available"]],
    ["without SIMD, which it says once", "WebAssembly.validate = () => false;", ["WebAssembly has no SIMD here"]],
  ])("%s", async (_, before, said) => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { testPool } from "../parallel/pools.ts";
import { program } from "./program.ts";
          import { useKernels } from "../../src/kernels/path.ts";
          ${before}
          globalThis.answer = program();`,
        resolveDir: fileURLToPath(new URL(".", import.meta.url)),
        loader: "ts",
      },
      bundle: true,
      write: false,
      format: "iife",
      logLevel: "silent",
    });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.addScriptTag({ content: outputFiles[0]!.text });
      expectSame((await page.evaluate("answer")) as string, expected);
      expect(complaints).toHaveLength(said.length);
      for (const [index, words] of said.entries()) expect(complaints[index]).toContain(words);
    } finally {
      await browser.close();
    }
  });
});
