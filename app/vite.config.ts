/** The page: static files that need no special headers, in any folder. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const noRuntime = fileURLToPath(new URL("src/engine/no-runtime.ts", import.meta.url));

export default defineConfig({
  // Parts of ONNX models run by onnxruntime, 14 MB: nothing of this page does.
  resolve: { alias: [{ find: /^onnxruntime-web.*/, replacement: noRuntime }] },
  base: "./",
  build: {
    target: "es2023",
    outDir: "../packages/cli/dist/app",
    emptyOutDir: true,
    // Everything beside the page: a strict content security policy takes no scripts within it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  worker: { format: "es" },
});
