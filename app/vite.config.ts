/** The page: static files that need no special headers, in any folder. */
import { defineConfig } from "vite";

export default defineConfig({
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
