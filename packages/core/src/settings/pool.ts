/**
 * Who does the work of a measurement: the thread that asks, or a crew of workers. Work is cut into shards whose answers depend on the
 * job and the shard alone and are put together in the shards' order, so that any number of workers gives the same bytes.
 */
import { yieldToEventLoop } from "./yield-to-event-loop.ts";

/** A kind of work, named so that a worker can find it. Jobs, shards and results are plain data: numbers, strings, typed arrays. */
export interface Task<Job, Shard, Result> {
  readonly name: string;
  readonly run: (job: Job, shard: Shard) => Result | Promise<Result>;
}

/** What ends a task of a pool, and what watches it. */
export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Called with the fraction of the shards that are done, 0 … 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** What shares work among workers. `createPool()` makes one. */
export interface Pool {
  /** Workers besides the thread that asks; 0: it does all the work itself. No result depends on it. */
  readonly workers: number;
  /**
   * The results of all shards, in their order.
   *
   * @throws what a shard throws; the signal's reason when cancelled: no shard is begun afterwards.
   */
  run<Job, Shard, Result>(
    task: Task<Job, Shard, Result>,
    job: Job,
    shards: readonly Shard[],
    options?: RunOptions,
  ): Promise<Result[]>;
}

/** Runs shards one after another where it is called, and lets other work in between. */
export const here: Pool = {
  workers: 0,
  async run(task, job, shards, { signal, onProgress } = {}) {
    signal?.throwIfAborted();
    const results = [];
    for (const [index, shard] of shards.entries()) {
      if (index > 0) {
        await yieldToEventLoop();
        signal?.throwIfAborted();
      }
      results.push(await task.run(job, shard));
      onProgress?.((index + 1) / shards.length);
    }
    return results;
  },
};
