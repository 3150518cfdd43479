import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests that take minutes are named *.slow.test.ts: `npm run test:slow` runs them alone, `npm test` all others. */
const slow = "test/**/*.slow.test.ts";
const suite = process.env.CAUSALSCOPE_TESTS;

export default defineConfig({
  resolve: {
    // Worker threads load JavaScript: under test they begin at a bundle of the sources.
    alias: [
      {
        find: /^\.\/node-entry\.ts$/,
        replacement: fileURLToPath(new URL("test/parallel/node-entry.ts", import.meta.url)),
      },
    ],
  },
  test: {
    include: [suite === "slow" ? slow : "test/**/*.test.ts"],
    exclude: suite === "quick" ? [slow] : [],
    maxWorkers: "100%",
    passWithNoTests: suite === "slow",
    // Make what is not kept in the repository: the kernels, the report's player, the entries of the tests' workers.
    globalSetup: [
      "scripts/compile-kernels.mjs",
      "scripts/embed-iris.mjs",
      "scripts/bundle-player.mjs",
      "scripts/bundle-worker.mjs",
    ],
    testTimeout: suite === "slow" ? 900_000 : 300_000,
    hookTimeout: 120_000,
  },
});
