/** A run that is open in its folder: what writes there. */
import { CausalscopeError, FormatError, RunConflictError } from "@causalscope/core/errors";
import type { Ask } from "./ask.ts";
import { type Blob, blob } from "./blob.ts";
import { BLOB_NAME, journalLine } from "./journal.ts";
import type { StoredResult } from "./journal-rows.ts";
import type { Lock } from "./lock.ts";
import type { Decision } from "./run-decision.ts";
import { type RunFile, runFileText } from "./run-file.ts";
import { blobPath, JOURNAL, REPORT, RUN_FILE } from "./run-layout.ts";
import { tablesOf } from "./run-tables.ts";
import { isSamePlace, type Place } from "./steps.ts";
import type { Storage } from "./storage.ts";
import type { PartResult } from "./study.ts";
import { verifiedJournal } from "./verified-journal.ts";

/** A figure as files. */
export interface Figure {
  /** Letters, digits, "-" and "_": the file's name without its ending. */
  readonly name: string;
  readonly svg: string;
  readonly png: Uint8Array;
}

/**
 * A run folder that is being written, locked for this process. All that writes throws a RunConflictError where the
 * folder went away meanwhile, or is another process's.
 */
export interface Run {
  readonly folder: string;
  /** `finished`: all was done before, and nothing is written. */
  readonly state: "new" | "resumed" | "finished";
  /** What was not as a run leaves it, and is made good: sentences. */
  readonly notes: readonly string[];
  /** All finished results so far, in order. */
  readonly finished: readonly StoredResult[];
  /** A finished result with its blobs, to continue its part from. @throws RunConflictError where one of them is gone. */
  result(place: Place): PartResult;
  /** Keeps a result of a part; when this returns, a resumed run need not do it again. */
  save(part: number, result: PartResult): void;
  /** Writes the tables of what is finished. */
  saveTables(): void;
  saveFigures(figures: readonly Figure[]): void;
  saveReport(html: string): void;
  /** Marks the run as finished. @throws FormatError where the folder does not hold all that the question implies. */
  finish(): void;
  /** Gives the folder back to other processes. */
  close(): void;
}

/** @param lock none for a run that is finished: nothing is written. */
export function openRun(
  folder: string,
  { file: runFile, state, journal, notes }: Decision,
  { steps, tables }: Ask,
  storage: Storage,
  lock: Lock | undefined,
): Run {
  let file = runFile;
  let { hash } = journal;
  let bytes = new TextEncoder().encode(journal.text).length;
  const path = `${folder}/${JOURNAL}`;
  const finished = journal.entries.map((entry) => entry.finished);
  const names = journal.entries.map(({ blobs }) => Object.keys(blobs));
  const requireOwn = () => {
    lock?.check();
    const now = storage.size(path) ?? 0;
    if (now === bytes) return;
    throw new RunConflictError({
      who: path,
      expected: `the ${bytes} bytes that this run wrote`,
      got: `${now}: the folder was changed during the run`,
      remedy: "Nothing more is written to it; --resume shows what is left.",
    });
  };
  const write = (name: string, content: string | Uint8Array) => {
    requireOwn();
    storage.write(`${folder}/${name}`, content);
  };
  const writeRunFile = (changes: Partial<RunFile>) => {
    file = { ...file, ...changes };
    write(RUN_FILE, runFileText(file));
  };
  const append = (line: { text: string; hash: string }) => {
    requireOwn();
    try {
      storage.append(path, line.text);
      hash = line.hash;
    } finally {
      // Of a disk that is full, a part of the line: tables of what is finished may still find room.
      bytes = storage.size(path) ?? 0;
    }
  };
  return {
    folder,
    state,
    notes,
    finished,
    result(place) {
      const at = finished.findIndex((each) => isSamePlace(each, place));
      const blobs = names[at]!.map((name): Blob => {
        const path = blobPath(folder, name);
        const bytes = storage.read(path);
        if (bytes !== undefined) return blob(name, bytes);
        throw new RunConflictError({
          who: folder,
          expected: `the checkpoint ${path}, to continue from`,
          got: "none",
          remedy: "Restore it, or use --force to start again.",
        });
      });
      const { step, rows } = finished[at]!;
      return { step, rows, blobs };
    },
    save(part, { step, rows, blobs }) {
      const hashes = Object.fromEntries(blobs.map(({ name, sha256 }) => [name, sha256]));
      const line = journalLine({ finished: { part, step, rows }, blobs: hashes }, hash);
      requireOwn();
      // The line comes last: where it is there, so are its blobs.
      for (const { name, bytes } of blobs) {
        if (!BLOB_NAME.test(name)) {
          const expected = "the name of a blob, such as seed-0/epoch-000050.safetensors";
          throw new CausalscopeError({ who: `study ${file.study}`, expected, got: JSON.stringify(name) });
        }
        storage.write(blobPath(folder, name), bytes);
      }
      append(line);
      finished.push(line.kept);
      names.push(Object.keys(hashes));
    },
    saveTables() {
      for (const [name, content] of Object.entries(tablesOf(finished, tables))) write(name, content);
    },
    saveFigures(figures) {
      // The list comes first: what it names is ours to replace later.
      writeRunFile({ figures: figures.map(({ name }) => name) });
      for (const { name, svg, png } of figures) {
        write(`figures/${name}.svg`, svg);
        write(`figures/${name}.png`, png);
      }
    },
    saveReport(html) {
      write(REPORT, html);
    },
    finish() {
      const { entries } = verifiedJournal(folder, file, { steps }, storage);
      if (entries.length !== steps.count) {
        throw new FormatError({
          who: path,
          expected: `the ${steps.count} steps that the options require`,
          got: `${entries.length}`,
          remedy: "Use --resume to complete it.",
        });
      }
      writeRunFile({ status: "finished" });
    },
    close: () => lock?.(),
  };
}
