/** The page's side of the engine: messages out, events and answers in. */
import type { Answers, FromEngine, GivenFile, Inquiry, Question, ToEngine } from "./protocol.ts";

/** An error that the engine told of. */
export class EngineError extends Error {
  constructor({ name, message }: { readonly name: string; readonly message: string }) {
    super(message);
    this.name = name;
  }
}

/** What of a worker is needed; tests give their own. */
export interface Port {
  postMessage(message: ToEngine, transfer?: Transferable[]): void;
  onmessage: ((event: { readonly data: FromEngine }) => void) | null;
  onerror?: ((event: { readonly message?: string }) => void) | null;
}

/** An answer that is on its way. */
export interface Awaited<T> {
  readonly answer: Promise<T>;
  /** It is not needed any more. */
  readonly forget: () => void;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly soFar: ((answer: never) => void) | undefined;
}

export class EngineClient {
  readonly #port: Port;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  /** Runs that were asked for: the engine counts them too. */
  #runs = 0;

  /** @param told gets every event of runs; answers come back where they were asked for. */
  constructor(port: Port, told: (event: FromEngine) => void) {
    this.#port = port;
    port.onmessage = ({ data }) => {
      if (data.kind === "answer") {
        const waiting = this.#waiting.get(data.id);
        if (!data.last) return waiting?.soFar?.(data.answer as never);
        waiting?.resolve(data.answer as never);
        this.#waiting.delete(data.id);
      } else if (data.kind === "refused") {
        this.#waiting.get(data.id)?.reject(new EngineError(data.failure));
        this.#waiting.delete(data.id);
      } else told(data);
    };
    port.onerror = ({ message }) =>
      told({
        kind: "failed",
        run: 0,
        failure: { name: "WorkerError", message: message || "The engine stopped. Reload the page to start it again." },
      });
  }

  /** Whether a run was asked for. */
  get isAsked(): boolean {
    return this.#runs > 0;
  }

  /** Begins a run. @returns what its events call it. */
  start(question: Question): number {
    this.#port.postMessage({ kind: "start", question });
    return ++this.#runs;
  }

  /** Opens a run. @returns what its events call it. */
  open(files: readonly GivenFile[]): number {
    this.#send("open", files);
    return ++this.#runs;
  }

  /** Hands over data of the user's own. */
  keep(files: readonly GivenFile[]): void {
    this.#send("keep", files);
  }

  #send(kind: "open" | "keep", files: readonly GivenFile[]): void {
    this.#port.postMessage(
      { kind, files },
      files.map(({ bytes }) => bytes.buffer as ArrayBuffer),
    );
  }

  /** Does what is left of a run that is stopped. */
  continue(): void {
    this.#port.postMessage({ kind: "continue" });
  }

  cancel(): void {
    this.#port.postMessage({ kind: "cancel" });
  }

  /** @param soFar gets answers that are not the last yet, of an inquiry that is answered better and better. */
  inquire<Of extends Inquiry["of"]>(
    inquiry: Extract<Inquiry, { readonly of: Of }>,
    soFar?: (answer: Answers[Of]) => void,
  ): Awaited<Answers[Of]> {
    const id = ++this.#count;
    const answer = new Promise<Answers[Of]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, soFar });
    });
    this.#port.postMessage({ kind: "inquire", id, inquiry });
    return {
      answer,
      forget: () => {
        if (!this.#waiting.delete(id)) return;
        this.#port.postMessage({ kind: "forget", id });
      },
    };
  }
}
