// Makes packages/core/dist/pools/web-worker.js one file: bundlers put a worker's entry beside the page as it stands, and Vite by its defaults
// refuses one that loads a part of itself later.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const worker = fileURLToPath(new URL("../packages/core/dist/pools/web-worker.js", import.meta.url));

export async function bundleWebWorker() {
  await build({
    entryPoints: [worker],
    outfile: worker,
    allowOverwrite: true,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
  });
}
