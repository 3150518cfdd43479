/** Web Workers. A worker that closes itself tells nobody; one that fails does. */
import { type Answer, type Call, type Crew, LostWorker } from "./crew.ts";
import type { FromWorker, ToWorker } from "./web-messages.ts";

/** @param hire starts a worker. */
export function webCrew(hire: () => Worker): Crew {
  return new WebCrew(hire);
}

class WebCrew implements Crew {
  readonly #hire: () => Worker;
  readonly #idle: Worker[] = [];
  /** Every worker, and the numbers of the jobs that it holds. */
  readonly #workers = new Map<Worker, Set<number>>();
  readonly #ids = new Map<unknown, number>();
  #lastId = 0;

  constructor(hire: () => Worker) {
    this.#hire = hire;
  }

  async call({ job, ...call }: Call, stop: AbortSignal): Promise<Answer> {
    const worker = this.#idle.pop() ?? this.#start();
    const id = this.#idOf(job);
    const held = this.#workers.get(worker)!;
    return new Promise((resolve, reject) => {
      const lose = (message: string) => {
        this.#end(worker);
        reject(new LostWorker(message));
      };
      const stopped = () => lose("it was ended");
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        stop.removeEventListener("abort", stopped);
        this.#idle.push(worker);
        resolve(data);
      };
      worker.onmessageerror = () => lose("its answer could not be read");
      worker.onerror = (event) => {
        event.preventDefault();
        stop.removeEventListener("abort", stopped);
        lose(event.message || "it could not be loaded, or ended");
      };
      stop.addEventListener("abort", stopped, { once: true });
      try {
        if (!held.has(id)) say(worker, { kind: "job", id, job });
        held.add(id);
        say(worker, { kind: "call", id, call });
      } catch (error) {
        stop.removeEventListener("abort", stopped);
        this.#idle.push(worker);
        reject(error);
      }
    });
  }

  forget(job: unknown): void {
    const id = this.#ids.get(job);
    if (id === undefined) return;
    this.#ids.delete(job);
    for (const [worker, held] of this.#workers) {
      if (held.delete(id)) say(worker, { kind: "forget", id });
    }
  }

  async close(): Promise<void> {
    for (const worker of this.#workers.keys()) this.#end(worker);
  }

  #start(): Worker {
    const worker = this.#hire();
    this.#workers.set(worker, new Set());
    return worker;
  }

  #end(worker: Worker): void {
    worker.terminate();
    this.#workers.delete(worker);
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  /** A job is known by what it is, so an empty one has a number too. */
  #idOf(job: unknown): number {
    let id = this.#ids.get(job);
    if (id === undefined) {
      id = ++this.#lastId;
      this.#ids.set(job, id);
    }
    return id;
  }
}

function say(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}
