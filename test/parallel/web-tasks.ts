/** A task made of kernels alone, which give the same bits on every machine. */
import type { Task } from "../../src/engines/pool.ts";
import { exp, log } from "../../src/kernels/typescript/math.ts";

export const kernelTask: Task<{ values: Float64Array }, number, Float64Array> = {
  name: "kernel",
  run: ({ values }, shard) => values.map((value, at) => (at % 2 === 0 ? exp(value - shard) : log(value + shard))),
};

export const kernelJob = () => ({ values: Float64Array.from({ length: 64 }, (_, at) => 0.37 * (at + 1)) });
export const kernelShards = [0, 1, 2, 3, 4, 5];

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
