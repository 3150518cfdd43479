/** Workers in Node: `@causalscope/core/workers`. */
import { availableParallelism } from "node:os";
import { check } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { nodeCrew } from "./node-crew.ts";
import { nodeEntry } from "./node-entry.ts";
import { type PoolOptions, poolOptions, type WorkerPool, workerPool } from "./worker-pool.ts";

export { serve } from "./serve-tasks.ts";
export type { PoolOptions, WorkerPool } from "./worker-pool.ts";

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
 * @throws InvalidInputError unless `workers` is a whole number from 0 to 1024; for `worker`, which is for browsers.
 */
export function createPool(options: PoolOptions = {}): WorkerPool {
  const { workers = availableParallelism(), worker } = parse(poolOptions, options, "createPool()");
  check(worker === undefined, () => ({
    who: "createPool(): worker",
    expected: "none in Node, which starts threads of its own",
    got: "a function",
  }));
  return workerPool(workers, (count) => nodeCrew(count, nodeEntry));
}
