/** Workers in a browser: `@causalscope/core/workers`. */

import { requireOptions } from "../checks/options-check.ts";
import { webCrew } from "./web-crew.ts";
import { type PoolOptions, validWorkers, type WorkerPool, workerPool } from "./worker-pool.ts";

export type { PoolOptions, WorkerPool } from "./worker-pool.ts";

// Bundlers look for exactly this expression.
const hire = () => new Worker(new URL("./web-worker.js", import.meta.url), { type: "module" });

/**
 * A pool of workers, for the option `pool` of any measure. Values do not depend on how many there are, to the last bit.
 *
 * @throws InvalidInputError for a number of workers that is none.
 */
export function createPool(options: PoolOptions = {}): WorkerPool {
  requireOptions(options, { workers: true }, "createPool()");
  const { workers = navigator.hardwareConcurrency ?? 1 } = options;
  return workerPool(validWorkers(workers, "createPool(): workers"), () => webCrew(hire));
}
