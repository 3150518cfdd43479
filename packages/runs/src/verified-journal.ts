/** The journal of a run with the blobs that it names, each as it was written. */
import { sha256 } from "@causalscope/core/basics";
import { FormatError } from "@causalscope/core/errors";
import { checkpointFrom } from "./checkpoint-file.ts";
import { type Journal, readJournal } from "./journal.ts";
import type { JournalEntry } from "./journal-rows.ts";
import type { RunFile } from "./run-file.ts";
import { blobPath, JOURNAL } from "./run-layout.ts";
import type { Steps } from "./steps.ts";
import type { Storage } from "./storage.ts";

/** The journal, of the format's hashes and of the blobs that it names. @throws FormatError, with the line. */
export function verifiedJournal(
  folder: string,
  file: RunFile,
  { steps }: { readonly steps: Steps },
  storage: Storage,
): Journal {
  const path = `${folder}/${JOURNAL}`;
  // A cut-off last line may end within a character, which no whole line does.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(storage.read(path) ?? new Uint8Array());
  const journal = readJournal(text, path, file, steps);
  for (const [index, entry] of journal.entries.entries()) {
    requireBlobs(folder, entry, steps, `${path}, line ${index + 1}`, storage);
  }
  return journal;
}

function requireBlobs(
  folder: string,
  { finished, blobs }: JournalEntry,
  steps: Steps,
  who: string,
  storage: Storage,
): void {
  for (const [name, hash] of Object.entries(blobs)) {
    const path = blobPath(folder, name);
    const bytes = storage.read(path);
    if (bytes !== undefined && sha256(bytes) === hash) continue;
    throw new FormatError({
      who,
      expected: `the checkpoint of ${steps.textOf(finished)} in ${path}, as it was written`,
      got: bytes === undefined ? "none" : contentOf(bytes, path),
      remedy: "Restore it, or use --force to start again.",
    });
  }
}

/** What a checkpoint says of itself. */
function contentOf(bytes: Uint8Array, path: string): string {
  try {
    const { epoch, seed } = checkpointFrom(bytes, path);
    return `one that says epoch ${epoch}${seed === undefined ? "" : ` of seed ${seed}`}, with other bytes`;
  } catch {
    return "other bytes";
  }
}
