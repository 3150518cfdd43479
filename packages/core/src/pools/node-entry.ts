/** Where a worker thread begins. */
export const nodeEntry: URL = new URL("node-worker.js", import.meta.url);
