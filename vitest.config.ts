import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Make the kernels and the report's player, which are not kept in the repository.
    globalSetup: ["scripts/compile-kernels.mjs", "scripts/bundle-player.mjs"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
