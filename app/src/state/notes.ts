/** Notes at epochs: they are saved with the run, and come back with it. */
import { effect, signal } from "@preact/signals";
import { head } from "./run.ts";

export interface Note {
  readonly epoch: number;
  readonly text: string;
}

export const notes = signal<readonly Note[]>([]);

/** The file of the run's folder that holds them. */
export const NOTES = "notes.json";
const LONGEST = 2000;
const MOST = 1000;

/** Those of a run that is being opened. */
let coming: readonly Note[] = [];

effect(() => {
  if (head.value === undefined) return;
  notes.value = coming;
  coming = [];
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

/** Takes the notes of the run that is opened next. A file that is none is left out. */
export function expectNotes(bytes: Uint8Array | undefined): void {
  coming = bytes === undefined ? [] : readNotes(new TextDecoder().decode(bytes));
}

/** The notes of a file; none of what is not one. */
export function readNotes(text: string): readonly Note[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  const found = (parsed as { readonly notes?: unknown } | null)?.notes;
  if (!Array.isArray(found)) return [];
  return found.slice(0, MOST).flatMap((each: { readonly epoch?: unknown; readonly text?: unknown } | null) => {
    const { epoch, text } = each ?? {};
    if (!Number.isSafeInteger(epoch) || typeof text !== "string") return [];
    return [{ epoch: epoch as number, text: text.slice(0, LONGEST) }];
  });
}
