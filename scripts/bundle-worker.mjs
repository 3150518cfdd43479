// Bundles the entries of the tests' worker threads into test/parallel/generated: threads of Node load JavaScript, and the tests run
// the sources as they are, not dist/.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What vitest calls before the tests, once the kernels are made. */
export async function setup() {
  await build({
    absWorkingDir: root,
    entryPoints: { "node-worker": "src/parallel/node-worker.ts", "test-worker": "test/parallel/test-worker.ts" },
    outdir: "test/parallel/generated",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    logLevel: "warning",
    tsconfigRaw: {},
  });
}
