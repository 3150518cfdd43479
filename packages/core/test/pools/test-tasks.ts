/** Tasks for tests: what real ones must never do, and what shows where and how often they ran. */
import { threadId } from "node:worker_threads";
import { FormatError, InvalidInputError } from "../../src/checks/error-classes.ts";
import type { Task } from "../../src/settings/pool.ts";

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Sums a job's array and adds the shard; says in which thread. */
export const addTask: Task<{ values: Float64Array }, number, { sum: number; thread: number }> = {
  name: "add",
  run: ({ values }, shard) => ({ sum: values.reduce((a, b) => a + b, 0) + shard, thread: threadId }),
};

/** Counts in its job's own array, so that shards in other memory would count anew. */
export const countTask: Task<{ counter: Int32Array }, number, { before: number; thread: number }> = {
  name: "count",
  run: async ({ counter }) => {
    const before = Atomics.add(counter, 0, 1);
    await sleep(5);
    return { before, thread: threadId };
  },
};

export interface Waiting {
  readonly ms: number;
  /** Counts begun shards, in shared memory. */
  readonly begun: Int32Array;
}

export const waitTask: Task<Waiting, number, number> = {
  name: "wait",
  run: async ({ ms, begun }, shard) => {
    Atomics.add(begun, 0, 1);
    await sleep(ms);
    return shard;
  },
};

/** Never lets its thread go, as a long loop does. */
export const spinTask: Task<Waiting, number, number> = {
  name: "spin",
  run: ({ begun }, shard) => {
    Atomics.add(begun, 0, 1);
    for (;;) if (Atomics.load(begun, 0) < 0) return shard;
  },
};

export type Death = "exit" | "uncaught";

/** Dies in mid-shard at the shards named, as often as told; `tries` counts per shard, in shared memory. */
export const dieTask: Task<{ shards: number[]; times: number; how: Death; tries: Int32Array }, number, number> = {
  name: "die",
  run: async ({ shards, times, how, tries }, shard) => {
    const before = Atomics.add(tries, shard, 1);
    if (shards.includes(shard) && before < times) {
      if (how === "exit") process.exit(3);
      setTimeout(() => {
        throw new Error("nobody catches this");
      }, 0);
      await sleep(10_000);
    }
    await sleep(5);
    return shard * shard;
  },
};

/** Throws at the shards named; earlier shards throw later. */
export const throwTask: Task<{ shards: number[]; tries: Int32Array }, number, number> = {
  name: "throw",
  run: async ({ shards, tries }, shard) => {
    Atomics.add(tries, shard, 1);
    await sleep(60 - 20 * shard);
    if (!shards.includes(shard)) return shard;
    if (shard === 3) throw Object.assign(new RangeError("out of range"), { code: "ERANGE" });
    if (shard === 4) throw "only text";
    throw new InvalidInputError(
      { who: `shard ${shard}`, expected: "good", got: "bad" },
      { cause: new FormatError("deeper") },
    );
  },
};

export const testTasks = [addTask, countTask, waitTask, spinTask, dieTask, throwTask];
