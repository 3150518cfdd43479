/** What workers can do, by name. Workers have no workers: inside of a task everything runs in one thread. */
import { measureLayerTask } from "../causal/measure-layers.ts";
import { exactPairs } from "../engines/exact/exact-pairs.ts";
import { correctionRecords } from "../engines/likelihood/correction.ts";
import { cellControls, surrogateRecords } from "../engines/likelihood/surrogate.ts";
import type { Task } from "../engines/pool.ts";
import { sampleCells } from "../engines/sampling/cell-entropy.ts";
import { countPairs } from "../engines/sampling/draw-pairs.ts";
import { countOutputStates } from "../engines/sampling/output-entropy.ts";

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
