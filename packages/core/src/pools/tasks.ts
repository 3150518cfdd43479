/** What workers can do, by name. Workers have no workers: inside of a task everything runs in one thread. */

import { sampleCells } from "../estimators/counting/cell-entropy.ts";
import { countPairs } from "../estimators/counting/draw-pairs.ts";
import { countOutputStates } from "../estimators/counting/output-entropy.ts";
import { exactPairs } from "../estimators/exact/exact-pairs.ts";
import { correctionRecords } from "../estimators/likelihood/correction.ts";
import { cellControls, surrogateRecords } from "../estimators/likelihood/surrogate.ts";
import { measureLayerTask } from "../measures/measure-layers.ts";
import type { Task } from "../settings/pool.ts";

/** A task whatever it works on. */
export type AnyTask = Task<never, never, unknown>;

export const tasks: readonly AnyTask[] = [
  measureLayerTask,
  exactPairs,
  countPairs,
  countOutputStates,
  sampleCells,
  surrogateRecords,
  cellControls,
  correctionRecords,
];
