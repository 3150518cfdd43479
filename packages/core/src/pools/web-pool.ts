/** Workers in a browser: `@causalscope/core/workers`. */

import { parse } from "../checks/schema/parse.ts";
import { webCrew } from "./web-crew.ts";
import { type PoolOptions, poolOptions, type WorkerPool, workerPool } from "./worker-pool.ts";

export { serve } from "./serve-tasks.ts";
export type { PoolOptions, WorkerPool } from "./worker-pool.ts";

// Bundlers look for exactly this expression.
const hire = () => new Worker(new URL("./web-worker.js", import.meta.url), { type: "module" });

/**
 * A pool of workers, which the functions that measure take as `pool`. Values do not depend on the number of workers, to the last bit. Close
 * it when you are done.
 *
 * @example
 * ```ts
 * const pool = createPool({ workers: 2 });
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const { bits } = await effectiveInformation(layer, { bins: 8, pool });
 * await pool.close();
 * console.log(pool.workers, bits.toFixed(3)); // 2 3.496
 * ```
 * @throws InvalidInputError unless `workers` is a whole number from 0 to 1024.
 */
export function createPool(options: PoolOptions = {}): WorkerPool {
  const { workers = navigator.hardwareConcurrency ?? 1, worker = hire } = parse(poolOptions, options, "createPool()");
  return workerPool(workers, () => webCrew(worker));
}
