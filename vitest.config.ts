import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

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
    include: ["test/**/*.test.ts"],
    // Make what is not kept in the repository: the kernels, the report's player, the entries of the tests' workers.
    globalSetup: [
      "scripts/compile-kernels.mjs",
      "scripts/embed-iris.mjs",
      "scripts/bundle-player.mjs",
      "scripts/bundle-worker.mjs",
    ],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
