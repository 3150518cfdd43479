/** The worker's side: finds the task, does the shard, and says how it went. */
import { check } from "../checks/check.ts";
import { failureOf } from "../checks/failure.ts";
import { useKernels } from "../kernels/path.ts";
import type { Answer, Call } from "./crew.ts";
import type { AnyTask } from "./tasks.ts";

/** Answers calls for these tasks. It never throws: what a task throws is in the answer. */
export function answering(tasks: readonly AnyTask[]): (call: Call) => Promise<Answer> {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  return async ({ task: name, job, shard, kernels }) => {
    try {
      const task = byName.get(name);
      check(task !== undefined, () => ({
        who: "WorkerPool.run()",
        expected: `a task that workers know: ${[...byName.keys()].join(", ")}`,
        got: JSON.stringify(name),
      }));
      useKernels(kernels);
      return { result: await task.run(job as never, shard as never) };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  };
}
