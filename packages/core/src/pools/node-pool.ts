/** Workers in Node: `@causalscope/core/workers`. */
import { availableParallelism } from "node:os";
import { parse } from "../checks/schema/parse.ts";
import { nodeCrew } from "./node-crew.ts";
import { nodeEntry } from "./node-entry.ts";
import { type PoolOptions, poolOptions, type WorkerPool, workerPool } from "./worker-pool.ts";

export type { PoolOptions, WorkerPool } from "./worker-pool.ts";

/**
 * A pool of workers, for the option `pool` of any measure. Values do not depend on how many there are, to the last bit.
 *
 * @throws InvalidInputError for a number of workers that is none.
 */
export function createPool(options: PoolOptions = {}): WorkerPool {
  const { workers = availableParallelism() } = parse(poolOptions, options, "createPool()");
  return workerPool(workers, (count) => nodeCrew(count, nodeEntry));
}
