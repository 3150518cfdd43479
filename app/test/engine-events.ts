/** The engine without a worker and a page: messages in, events out. */
import { createEngine } from "../src/engine/engine.ts";
import type { FromEngine, GivenFile, ToEngine } from "../src/engine/protocol.ts";

type Kind = FromEngine["kind"];
type Event<K extends Kind> = Extract<FromEngine, { readonly kind: K }>;

export interface Heard {
  readonly take: (message: ToEngine) => void;
  /** All events so far. */
  readonly events: FromEngine[];
  /** The next event, after the `from`th, of one of the kinds. */
  readonly next: <K extends Kind>(kinds: readonly K[], from?: number) => Promise<Event<K>>;
}

export function listening(): Heard {
  const events: FromEngine[] = [];
  const waiting = new Set<() => void>();
  const { take } = createEngine((event) => {
    events.push(event);
    for (const look of waiting) look();
  }, undefined);
  const next = <K extends Kind>(kinds: readonly K[], from = 0) =>
    new Promise<Event<K>>((resolve) => {
      const look = () => {
        const found = events.slice(from).find(({ kind }) => (kinds as readonly string[]).includes(kind));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found as Event<K>);
      };
      waiting.add(look);
      look();
    });
  return { take, events, next };
}

/** How a run ends. */
export const ENDS = ["done", "stopped", "failed"] as const;

/** Rows of finished results: without the rough ones, which come before. */
export function results(events: readonly FromEngine[], run?: number): Event<"rows">[] {
  return events.flatMap((event) =>
    event.kind === "rows" && event.soFar !== true && (run ?? event.run) === event.run ? [event] : [],
  );
}

/** Opens files as a drop does, which gives their buffers away. */
export function openFiles({ take }: Heard, files: Iterable<readonly [path: string, bytes: Uint8Array | string]>): void {
  const given: GivenFile[] = [...files].map(([path, content]) => {
    return { path, bytes: typeof content === "string" ? new TextEncoder().encode(content) : content.slice() };
  });
  take({ kind: "open", files: given });
}
