/** A task that only the browser test's workers know. */
import type { Task } from "../../src/settings/pool.ts";

/** Dies in mid-shard at shard 2, as often as told; `tries` counts per shard, in shared memory. */
export const fragileTask: Task<{ times: number; tries: Int32Array }, number, number> = {
  name: "fragile",
  run: ({ times, tries }, shard) => {
    if (Atomics.add(tries, shard, 1) >= times || shard !== 2) return shard * shard;
    setTimeout(() => {
      throw new Error("nobody catches this");
    });
    return new Promise(() => {});
  },
};
