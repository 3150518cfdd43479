/** What the pool's logic asks of the two ways to get workers: threads in Node, Web Workers in a browser. */

import type { Failure } from "../checks/failure.ts";
import type { KernelPath } from "../kernels/path.ts";

/** One shard's work, as a worker is sent it. */
export interface Call {
  readonly task: string;
  /** The same object for all shards of a run. */
  readonly job: unknown;
  readonly shard: unknown;
  /** A worker takes the path of the thread that asks, which has said what there is to say about it. */
  readonly kernels: KernelPath;
}

export type Answer = { readonly result: unknown } | { readonly failure: Failure };

export interface Crew {
  /**
   * Has an idle worker do a shard; the pool never asks for more at once than there are workers. When `stop` is aborted, the worker is
   * ended where it stands.
   *
   * @throws LostWorker where the worker died; DataCloneError for what cannot be sent.
   */
  call(call: Call, stop: AbortSignal): Promise<Answer>;
  /** No more shards of this job come. */
  forget(job: unknown): void;
  /** Ends all workers. */
  close(): Promise<void>;
}

/** A worker ended before it answered. */
export class LostWorker extends Error {
  override name = "LostWorker";
}
