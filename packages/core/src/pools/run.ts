/** One run of a pool: its shards, how far each is, and how it ends. It ends once; what comes afterwards is ignored. */
import { WorkerDiedError } from "../checks/error-classes.ts";
import type { LostWorker } from "./crew.ts";
import { shared } from "./share.ts";

/** A worker may die of something else than its shard; two in a row did not. */
const TRIES = 2;

export class Run {
  readonly task: string;
  readonly job: unknown;
  readonly shards: readonly unknown[];
  /** All results in the shards' order, or what ended the run. */
  readonly ended: Promise<unknown[]>;
  /** The shards that workers are doing, and how to end those workers. */
  readonly atWork = new Map<number, AbortController>();

  readonly #onProgress: ((fraction: number) => void) | undefined;
  readonly #results: unknown[];
  readonly #deaths = new Map<number, number>();
  #again: number[] = [];
  #begun = 0;
  #finished = 0;
  /** The first shard, in their order, that failed: the one that would have ended a run without workers. */
  #failure: { readonly index: number; readonly error: unknown } | undefined;
  #over = false;
  #resolve!: (results: unknown[]) => void;
  #reject!: (error: unknown) => void;

  constructor(
    task: string,
    job: unknown,
    shards: readonly unknown[],
    onProgress: ((fraction: number) => void) | undefined,
  ) {
    this.task = task;
    this.job = shared(job);
    this.shards = shards;
    this.#onProgress = onProgress;
    this.#results = new Array(shards.length);
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** A shard to begin now; undefined where none is left. */
  next(): number | undefined {
    if (this.#over) return undefined;
    const again = this.#again.shift();
    if (again !== undefined) return again;
    return this.#failure === undefined && this.#begun < this.shards.length ? this.#begun++ : undefined;
  }

  begin(index: number): AbortSignal {
    const stop = new AbortController();
    this.atWork.set(index, stop);
    return stop.signal;
  }

  done(index: number, result: unknown): void {
    this.atWork.delete(index);
    if (this.#over) return;
    this.#results[index] = result;
    this.#finished++;
    try {
      if (this.#failure === undefined) this.#onProgress?.(this.#finished / this.shards.length);
    } catch (error) {
      this.end(error);
    }
    this.#settle();
  }

  failed(index: number, error: unknown): void {
    this.atWork.delete(index);
    if (this.#failure === undefined || index < this.#failure.index) this.#failure = { index, error };
    this.#again = this.#again.filter((other) => other < this.#failure!.index);
    this.#settle();
  }

  /** Its worker died: another one tries. */
  lost(index: number, { message }: LostWorker): void {
    const deaths = (this.#deaths.get(index) ?? 0) + 1;
    this.#deaths.set(index, deaths);
    if (deaths >= TRIES) {
      const got = `${deaths} that died at shard ${index + 1} of ${this.shards.length} (${message})`;
      const remedy = "If memory is short, use fewer workers.";
      this.failed(index, new WorkerDiedError({ who: this.task, expected: "a worker that answers", got, remedy }));
      return;
    }
    this.atWork.delete(index);
    if (this.#failure === undefined || index < this.#failure.index) this.#again.push(index);
    this.#settle();
  }

  /** Ends it from outside. */
  end(reason: unknown): void {
    this.#over = true;
    this.#reject(reason);
  }

  /** Ends the workers that are still at its shards. */
  stop(): void {
    for (const stop of this.atWork.values()) stop.abort();
  }

  #settle(): void {
    if (this.#over) return;
    if (this.#failure !== undefined) {
      const { index, error } = this.#failure;
      // A shard before it may fail too, and would be the one to tell of.
      const open = [...this.atWork.keys(), ...this.#again].some((other) => other < index);
      if (!open) this.end(error);
    } else if (this.#finished === this.shards.length) {
      this.#over = true;
      this.#resolve(this.#results);
    }
  }
}
