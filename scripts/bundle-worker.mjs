// Bundles the entries of the tests' worker threads into packages/core/test/pools/generated: threads of Node load JavaScript, and the tests run
// the sources as they are, not dist/.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));

/** What vitest calls before the tests, once the kernels are made. */
export async function setup() {
  await build({
    absWorkingDir: root,
    entryPoints: {
      "node-worker": "packages/core/src/pools/node-worker.ts",
      "test-worker": "packages/core/test/pools/test-worker.ts",
    },
    outdir: "packages/core/test/pools/generated",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    logLevel: "warning",
    tsconfigRaw: {},
  });
}
