/** Workers in Node: `@causalscope/core/workers`. */
import { availableParallelism } from "node:os";
import { requireOptions } from "../checks/options-check.ts";
import { nodeCrew } from "./node-crew.ts";
import { nodeEntry } from "./node-entry.ts";
import { type PoolOptions, validWorkers, type WorkerPool, workerPool } from "./worker-pool.ts";

export type { PoolOptions, WorkerPool } from "./worker-pool.ts";

/**
 * A pool of workers, for the option `pool` of any measure. Values do not depend on how many there are, to the last bit.
 *
 * @throws InvalidInputError for a number of workers that is none.
 */
export function createPool(options: PoolOptions = {}): WorkerPool {
  requireOptions(options, { workers: true }, "createPool()");
  const { workers = availableParallelism() } = options;
  return workerPool(validWorkers(workers, "createPool(): workers"), (count) => nodeCrew(count, nodeEntry));
}
