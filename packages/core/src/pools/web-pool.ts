/** Workers in a browser: `@causalscope/core/workers`. */

import { parse } from "../checks/schema/parse.ts";
import { webCrew } from "./web-crew.ts";
import { type PoolOptions, poolOptions, type WorkerPool, workerPool } from "./worker-pool.ts";

export type { PoolOptions, WorkerPool } from "./worker-pool.ts";

// Bundlers look for exactly this expression.
const hire = () => new Worker(new URL("./web-worker.js", import.meta.url), { type: "module" });

/**
 * A pool of workers, for the option `pool` of any measure. Values do not depend on how many there are, to the last bit.
 *
 * @throws InvalidInputError for a number of workers that is none.
 */
export function createPool(options: PoolOptions = {}): WorkerPool {
  const { workers = navigator.hardwareConcurrency ?? 1 } = parse(poolOptions, options, "createPool()");
  return workerPool(workers, () => webCrew(hire));
}
