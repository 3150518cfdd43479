/**
 * A run is a folder: what was asked (`run.json`), what came out (tables, figures, report) and what is needed to continue it (journal,
 * checkpoints). docs/runs.md describes every file. Nothing in it tells the time, so that a run that was interrupted and resumed is the same, byte
 * for byte, as one that was not. A file that a run did not write is never removed.
 */
import { RunConflictError } from "@causalscope/core/errors";
import { disk } from "#platform";
import type { Ask } from "./ask.ts";
import { isLockFile } from "./file-names.ts";
import { openRun, type Run } from "./open-run.ts";
import { decide } from "./run-decision.ts";
import { runFileText } from "./run-file.ts";
import { JOURNAL, LOCK, RUN_FILE, removeRun, removeTemporaries } from "./run-layout.ts";
import type { Storage } from "./storage.ts";

/** What `startRun()` does with a run that the folder holds already. */
export interface StartOptions {
  /** Continue the run that the folder holds. */
  readonly resume?: boolean;
  /** Replace the run that the folder holds. */
  readonly force?: boolean;
  readonly storage?: Storage;
}

/**
 * Opens a folder for a run and locks it.
 *
 * | the folder holds | no flag | `resume` | `force` |
 * |---|---|---|---|
 * | nothing, or is absent | starts | starts | starts |
 * | the same run, unfinished | refuses | continues | replaces |
 * | the same run, finished | refuses | `state: "finished"` | replaces |
 * | the same run, finished as it says, but not whole | refuses | continues, with `notes` | replaces |
 * | the same run, with a journal or checkpoints that were changed | refuses | refuses | replaces |
 * | a run that asks something else, or an unfinished one of another version or format | refuses | refuses | replaces |
 * | files, but no run | refuses | refuses | refuses |
 *
 * @example
 * ```ts
 * const edge = await study("edge");
 * const run = startRun("runs/started", askOf(edge, studyOptions(edge, { weightStep: 5 })));
 * console.log(run.state, run.finished.length); // new 0
 * run.close();
 * ```
 * @throws RunConflictError where it refuses, or another process is writing the folder; FormatError for a run that was changed. The folder
 *   is then untouched.
 * @throws StorageError where the disk refuses.
 */
export function startRun(folder: string, ask: Ask, options: StartOptions = {}): Run {
  const { storage = disk, resume = false, force = false } = options;
  if (resume && force) {
    throw new RunConflictError({ who: folder, expected: "either resume or force", got: "both" });
  }
  const before = decide(folder, ask, resume, force, storage);
  // A lock that was left behind by a process that was cut off is taken away by taking it.
  const isLocked = storage.list(folder)?.some((name) => isLockFile(name, LOCK));
  if (before.state === "finished" && isLocked !== true) return openRun(folder, before, ask, storage, undefined);
  const made = storage.makeFolder(folder);
  try {
    const lock = storage.lock(`${folder}/${LOCK}`);
    try {
      // Another process may have come and gone while this one waited for the disk.
      const decision = decide(folder, ask, resume, force, storage);
      const { state, file, journal } = decision;
      if (state === "new") {
        if (storage.list(folder)?.includes(RUN_FILE)) removeRun(folder, storage);
        storage.write(`${folder}/${RUN_FILE}`, runFileText(file));
      } else if (state === "resumed") {
        storage.write(`${folder}/${RUN_FILE}`, runFileText(file));
        // Without what a cut-off line left behind, so that the next line starts on its own.
        if (journal.torn) storage.write(`${folder}/${JOURNAL}`, journal.text);
        removeTemporaries(folder, storage);
      } else {
        lock();
        return openRun(folder, decision, ask, storage, undefined);
      }
      return openRun(folder, decision, ask, storage, lock);
    } catch (error) {
      lock();
      throw error;
    }
  } catch (error) {
    if (made !== undefined) storage.removeEmptyFolders(folder, made);
    throw error;
  }
}
