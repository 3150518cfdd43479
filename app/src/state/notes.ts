/** Notes at epochs: they are saved with the run, and come back with it. */
import { effect, signal } from "@preact/signals";
import { head } from "./run.ts";

export interface Note {
  readonly epoch: number;
  readonly text: string;
}

export const notes = signal<readonly Note[]>([]);

const LONGEST = 2000;
const MOST = 1000;

effect(() => {
  notes.value = readNotes(head.value?.noted ?? "");
});

/** Writes a note at an epoch, in the place of one that is there; without text, takes it away. */
export function note(epoch: number, text: string): void {
  const others = notes.value.filter((each) => each.epoch !== epoch);
  const said = text.trim().slice(0, LONGEST);
  notes.value = said === "" ? others : [...others, { epoch, text: said }].sort((a, b) => a.epoch - b.epoch);
}

/** What the file holds. */
export function notesFile(): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ notes: notes.value }, undefined, 2)}\n`);
}

/** The notes of a file, one for each epoch; none of what is not one. */
export function readNotes(text: string): readonly Note[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  const found = (parsed as { readonly notes?: unknown } | null)?.notes;
  if (!Array.isArray(found)) return [];
  const read = new Map<number, Note>();
  for (const each of found.slice(0, MOST) as readonly ({
    readonly epoch?: unknown;
    readonly text?: unknown;
  } | null)[]) {
    const { epoch, text } = each ?? {};
    if (!Number.isSafeInteger(epoch) || (epoch as number) < 0 || typeof text !== "string") continue;
    read.set(epoch as number, { epoch: epoch as number, text: text.slice(0, LONGEST) });
  }
  return [...read.values()].sort((a, b) => a.epoch - b.epoch);
}
