import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Makes the report's player, which is not kept in the repository.
    globalSetup: ["scripts/bundle-player.mjs"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
