/** Stands in for src/pools/node-entry.ts under vitest: the same worker, bundled by scripts/bundle-worker.mjs. */
export const nodeEntry: URL = new URL("./generated/node-worker.mjs", import.meta.url);
