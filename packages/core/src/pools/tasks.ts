/** What workers can do, by name. Workers have no workers: inside of a task everything runs in one thread. */

import { sampleCells } from "../estimators/counting/cell-entropy.ts";
import { countOutputStates } from "../estimators/counting/output-entropy.ts";
import { exactPairs } from "../estimators/exact/exact-pairs.ts";
import { measureLayerTask } from "../measures/measure-layers.ts";
import type { Task } from "../settings/pool.ts";

/** A task whatever it works on. */
export type AnyTask = Task<never, never, unknown>;

const corrections = () => import("../estimators/likelihood/correction.ts");
const surrogates = () => import("../estimators/likelihood/surrogate.ts");

/** Those of methods that few networks need are loaded when the first shard comes. */
export const tasks: readonly AnyTask[] = [
  measureLayerTask,
  exactPairs,
  later("pair histograms", async () => (await import("../estimators/counting/draw-pairs.ts")).countPairs),
  countOutputStates,
  sampleCells,
  later("surrogate", async () => (await surrogates()).surrogateRecords),
  later("cell controls", async () => (await surrogates()).cellControls),
  later("correction", async () => (await corrections()).correctionRecords),
];

function later(name: string, load: () => Promise<AnyTask>): AnyTask {
  return { name, run: async (job, shard) => (await load()).run(job, shard) };
}
