/** Worker threads of Node, kept by Piscina. */
import { setFlagsFromString } from "node:v8";
import type { Piscina } from "piscina";
import { type Answer, type Call, type Crew, LostWorker } from "./crew.ts";

/** @param entry the module whose default export answers calls. */
export function nodeCrew(workers: number, entry: URL): Crew {
  return new NodeCrew(workers, entry);
}

/**
 * Before version 22, Node aborts the process when a thread ends while V8 compiles for it in the background (it unregisters the thread from
 * the platform first). Threads that start after this compile for themselves.
 */
function compileInThreads(): void {
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString("--no-concurrent-recompilation");
}

/**
 * Node 20 aborts the process when a thread ends while it requires a module of ES syntax, which is how Piscina loads the entry at first: where
 * that is switched off, it imports it.
 */
const IMPORTING = "--no-experimental-require-module";

function threadArguments(): string[] {
  const isKnown = process.allowedNodeEnvironmentFlags.has("--experimental-require-module");
  return isKnown ? [...process.execArgv, IMPORTING] : [...process.execArgv];
}

class NodeCrew implements Crew {
  readonly #workers: number;
  readonly #entry: URL;
  #threads: Promise<Piscina> | undefined;
  #closed = false;

  constructor(workers: number, entry: URL) {
    this.#workers = workers;
    this.#entry = entry;
  }

  async call(call: Call, stop: AbortSignal): Promise<Answer> {
    const threads = await this.#current();
    if (this.#closed) throw new LostWorker("the pool was closed");
    try {
      return await threads.run(call, { signal: stop });
    } catch (error) {
      // Tasks' own errors are in their answers.
      if (error instanceof Error && error.name === "DataCloneError") throw error;
      throw new LostWorker(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  forget(): void {
    // A job travels with each of its shards; its arrays are in shared memory.
  }

  async close(): Promise<void> {
    this.#closed = true;
    await (await this.#threads)?.destroy();
  }

  async #current(): Promise<Piscina> {
    for (;;) {
      this.#threads ??= this.#start();
      const asked = this.#threads;
      const threads = await asked;
      if (asked === this.#threads) return threads;
    }
  }

  async #start(): Promise<Piscina> {
    // Loaded when it is needed: who measures without workers does not wait for it.
    const { Piscina } = await import("piscina");
    compileInThreads();
    const threads = new Piscina({
      filename: this.#entry.href,
      minThreads: 0,
      maxThreads: this.#workers,
      idleTimeout: Number.POSITIVE_INFINITY,
      recordTiming: false,
      execArgv: threadArguments(),
    });
    // A thread that dies while idle is replaced when it is needed.
    threads.on("error", () => {});
    // Calls that wait for a thread which dies before it is ready would wait for ever.
    threads.on("workerDestroy", () => {
      queueMicrotask(() => {
        if (threads.threads.length > 0 || this.#closed) return;
        this.#threads = undefined;
        void threads.destroy();
      });
    });
    return threads;
  }
}
