/** The logic of a pool: in which order shards are done, what is tried again, how a run ends. Where workers come from is the crew's. */

import * as v from "valibot";
import { ClosedPoolError } from "../checks/error-classes.ts";
import { errorOf } from "../checks/failure.ts";
import { callback } from "../checks/schema/instance-of.ts";
import { parse } from "../checks/schema/parse.ts";
import { described, options } from "../checks/schema/records.ts";
import { whole } from "../checks/schema/scalars.ts";
import { kernelPath } from "../kernels/path.ts";
import { here, type Pool, type RunOptions, type Task } from "../settings/pool.ts";
import { type Answer, type Crew, LostWorker } from "./crew.ts";
import { Run } from "./run.ts";

/** What `createPool()` takes. */
export interface PoolOptions {
  /** How many, 0 … 1024; 0: everything runs in the thread that asks. Default: one for each core of the machine. */
  readonly workers?: number;
  /**
   * In browsers: starts a worker that calls `serve()`, such as the page's own engine. Default: the worker of the package. Node takes none.
   */
  readonly worker?: () => Worker;
}

/**
 * Workers that measure. They start when the first run of more than one shard needs them, and do not keep a Node process alive while
 * they are idle. Runs may overlap: their shards are done in the order of the calls.
 */
export interface WorkerPool extends Pool {
  /** Ends the workers, and with an error every run that is not done. Later runs are refused. */
  close(): Promise<void>;
}

const MOST_WORKERS = 1024;
/** How long the shards of a run that has ended may go on: less than a worker takes to start. */
const GRACE_MS = 100;

const workerCount = whole(0, MOST_WORKERS);

/** What each option may be, what it is, and its default. */
export const poolOptions = options({
  workers: v.optional(described(workerCount, "Number of workers. Default: one per core.")),
  worker: v.optional(callback),
});

/** @throws InvalidInputError for anything but a whole number from 0 to 1024. */
export function validWorkers(workers: unknown, who: string): number {
  return parse(workerCount, workers, who);
}

/** @param hire gets the workers, at the first run that needs them. */
export function workerPool(workers: number, hire: (workers: number) => Crew): WorkerPool {
  return new CrewPool(workers, hire);
}

class CrewPool implements WorkerPool {
  readonly workers: number;
  readonly #hire: (workers: number) => Crew;
  /** Runs that have not ended, the oldest first. */
  readonly #runs = new Set<Run>();
  #crew: Crew | undefined;
  #busy = 0;
  #closed = false;

  constructor(workers: number, hire: (workers: number) => Crew) {
    this.workers = workers;
    this.#hire = hire;
  }

  async run<Job, Shard, Result>(
    task: Task<Job, Shard, Result>,
    job: Job,
    shards: readonly Shard[],
    options: RunOptions = {},
  ): Promise<Result[]> {
    if (this.#closed) throw closedError("one that was closed");
    // One shard alone would only pay for being sent.
    if (this.workers === 0 || shards.length < 2) return here.run(task, job, shards, options);
    const { signal, onProgress } = options;
    signal?.throwIfAborted();

    this.#crew ??= this.#hire(this.workers);
    const crew = this.#crew;
    const run = new Run(task.name, job, shards, onProgress);
    const cancel = () => run.end(signal?.reason);
    signal?.addEventListener("abort", cancel);
    this.#runs.add(run);
    this.#begin(crew);
    try {
      return (await run.ended) as Result[];
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#runs.delete(run);
      crew.forget(run.job);
      if (run.atWork.size > 0) soon(() => run.stop());
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const run of this.#runs) run.end(closedError("one that was closed before its work was done"));
    await this.#crew?.close();
  }

  /** Gives work to every idle worker. */
  #begin(crew: Crew): void {
    for (const run of this.#runs) {
      while (this.#busy < this.workers && !this.#closed) {
        const index = run.next();
        if (index === undefined) break;
        void this.#do(crew, run, index);
      }
    }
  }

  async #do(crew: Crew, run: Run, index: number): Promise<void> {
    this.#busy++;
    const stop = run.begin(index);
    const { task, job } = run;
    let answer: Answer | undefined;
    let problem: unknown;
    try {
      answer = await crew.call({ task, job, shard: run.shards[index], kernels: kernelPath() }, stop);
    } catch (error) {
      problem = error;
    }
    this.#busy--;
    if (answer === undefined) {
      if (problem instanceof LostWorker) run.lost(index, problem);
      else run.failed(index, problem);
    } else if ("failure" in answer) run.failed(index, errorOf(answer.failure));
    else run.done(index, answer.result);
    this.#begin(crew);
  }
}

function closedError(got: string): ClosedPoolError {
  return new ClosedPoolError({
    who: "WorkerPool.run()",
    expected: "an open pool",
    got,
    remedy: "Close a pool after its last use, or create another with createPool().",
  });
}

/** Calls later, unless the process has nothing else to wait for. */
function soon(call: () => void): void {
  const timer: unknown = setTimeout(call, GRACE_MS);
  (timer as { unref?: () => void }).unref?.();
}
