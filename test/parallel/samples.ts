/** A job for every task that workers know: what "the same bytes with any number of workers" is tested on, in Node and in a browser. */
import { measureLayerTask } from "../../src/causal/measure-layers.ts";
import type { Task } from "../../src/engines/pool.ts";
import { Random } from "../../src/information/random.ts";
import { chain, mechanismOf } from "../../src/network/mechanism.ts";
import { network } from "../../src/network/network.ts";
import { toPlain } from "../../src/network/plain-mechanism.ts";

export interface Sample {
  readonly task: Task<never, never, unknown>;
  readonly job: unknown;
  /** More than one, or no worker would be asked. */
  readonly shards: readonly unknown[];
}

function sample<Job, Shard>(task: Task<Job, Shard, unknown>, job: Job, shards: readonly Shard[]): Sample {
  return { task: task as Task<never, never, unknown>, job, shards };
}

function layers() {
  const random = new Random(11);
  const weights = (outputs: number, inputs: number) =>
    Array.from({ length: outputs }, () => Array.from({ length: inputs }, () => 4 * random.uniform() - 2));
  return network({
    inputRange: [0, 1],
    layers: [
      { weights: weights(4, 3), activation: "sigmoid", bias: [0.1, -0.2, 0.3, 0] },
      { weights: weights(3, 4), activation: "gelu" },
      { weights: weights(3, 3), activation: "softmax" },
    ],
  });
}

/** A new sample at every call, so that no test sees what another changed. */
export function samples(): Sample[] {
  const net = layers();
  const mechanisms = [...net.layers.map((layer) => mechanismOf(layer)), chain(net, { from: 0, to: 1 })];
  const shards = mechanisms.map((mechanism, seed) => ({ mechanism: toPlain(mechanism)!, bins: 4, seed }));
  return [sample(measureLayerTask, { tolerance: 0.2, rest: "middle" }, shards)];
}
