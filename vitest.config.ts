import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { sourceOf } from "./scripts/package-sources.mjs";
import { ofTwoSizes } from "./test/two-sizes.ts";

/** Tests that take minutes are named *.slow.test.ts: `npm run test:slow` runs them, `npm test` all others. */
const slow = "{packages/*/,app/,}test/**/*.slow.test.ts";
const suite = process.env.CAUSALSCOPE_TESTS;

/**
 * Test files that have a process of their own: they put other modules in the place of the library's, or count what the process holds. All
 * others share processes, one for each core, so that the library is loaded once in each, not once for every file.
 */
const alone = [
  "packages/core/test/measures/several.test.ts",
  "packages/cli/test/measure-evidence.test.ts",
  "packages/cli/test/measure-failures.test.ts",
  "packages/core/test/formats/onnx/read-onnx.test.ts",
  "packages/core/test/kernels/instances.slow.test.ts",
  "packages/core/test/pools/pool.test.ts",
  "packages/core/test/runtime/load-runtime.test.ts",
];

const tests = suite === "slow" ? [slow, ...ofTwoSizes()] : ["{packages/*/,app/,}test/**/*.test.ts"];
const others = suite === "quick" ? [slow] : [];

export default defineConfig({
  // The packages as they stand, not as they were built.
  plugins: [
    {
      name: "package-sources",
      enforce: "pre",
      resolveId: (id) => (id.startsWith("@causalscope/") || id === "#platform" ? sourceOf(id) : undefined),
    },
  ],
  resolve: {
    // Worker threads load JavaScript: under test they begin at a bundle of the sources.
    alias: [
      {
        find: /^\.\/node-entry\.ts$/,
        replacement: fileURLToPath(new URL("packages/core/test/pools/node-entry.ts", import.meta.url)),
      },
    ],
  },
  test: {
    maxWorkers: "100%",
    passWithNoTests: false,
    // Make what is not kept in the repository: the kernels, the report's player, the entries of the tests' workers.
    globalSetup: [
      "scripts/compile-kernels.mjs",
      "scripts/bundle-vendored.mjs",
      "scripts/embed-iris.mjs",
      "scripts/bundle-player.mjs",
      "scripts/bundle-worker.mjs",
    ],
    setupFiles: ["test/equality.ts"],
    projects: [
      {
        extends: true,
        test: { name: "shared", include: tests, exclude: [...others, ...alone], isolate: false },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: alone.filter((file) => (suite !== "slow" ? true : tests.includes(file) || file.includes(".slow."))),
          exclude: others,
        },
      },
    ],
    // A busy machine is slow; a test that hangs is found all the same.
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
  },
});
