/** What workers can do, by name. Workers have no workers: inside of a task everything runs in one thread. */
import { measureLayerTask } from "../causal/measure-layers.ts";
import type { Task } from "../engines/pool.ts";

/** A task whatever it works on. */
export type AnyTask = Task<never, never, unknown>;

export const tasks: readonly AnyTask[] = [measureLayerTask];
