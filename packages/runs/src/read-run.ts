/** Reads what a run folder holds, without locking or changing it. */
import { FormatError, RunConflictError } from "@causalscope/core/errors";
import type { Study } from "@causalscope/studies/internal";
import { studies } from "@causalscope/studies/internal";
import { type FinishedCheckpoint, type FinishedValues, readJournal } from "./journal.ts";
import { runData } from "./perform.ts";
import type { RunFile } from "./run-file.ts";
import { storedRun } from "./run-folder.ts";
import { disk, type Storage } from "./storage.ts";
import type { RunData, ValueRow } from "./table.ts";

export interface ReadRun {
  readonly folder: string;
  readonly file: RunFile;
  readonly study: Study;
  readonly finished: readonly FinishedCheckpoint[];
  readonly values: readonly ValueRow[];
}

/**
 * @throws RunConflictError where the folder holds no run; FormatError for a run of another version, an unknown study, or files that were
 *   changed by hand; StorageError where the disk refuses.
 */
export function readRun(folder: string, storage: Storage = disk): ReadRun {
  const file = storedRun(folder, storage);
  if (file === undefined) {
    throw new RunConflictError({
      who: folder,
      expected: "the folder of a run, with a run.json",
      got: storage.list(folder) === undefined ? "no such folder" : "a folder without one",
      remedy: "`causalscope study NAME` makes one.",
    });
  }
  // Not every name that an object answers to is a study's: "constructor".
  const study = Object.hasOwn(studies, file.study) ? studies[file.study] : undefined;
  if (study === undefined) {
    const expected = `one of the studies ${Object.keys(studies).join(", ")}`;
    throw new FormatError({ who: `${folder}/run.json`, expected, got: JSON.stringify(file.study) });
  }
  const path = `${folder}/journal.jsonl`;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(storage.read(path) ?? new Uint8Array());
  const steps = study.steps(questionOf(file, study, folder));
  const found = readJournal(text, path, file, steps).entries.map((entry) => entry.finished);
  if (file.status === "finished" && found.length < steps.count) {
    throw new FormatError({
      who: folder,
      expected: `the ${steps.count} finished steps that its question implies, since its run.json says finished`,
      got: `${found.length} in ${path}`,
      remedy: "The run was changed since it was written. `causalscope study` with --resume does what is missing.",
    });
  }
  const finished = found.filter((each) => "training" in each);
  const parts: FinishedValues[] = found.filter((each) => "values" in each);
  return { folder, file, study, finished, values: parts.flatMap((part) => part.values) };
}

/** What figures, films and reports of a training draw from. @throws RunConflictError for a run of another kind, or one without a checkpoint. */
export function runDataOf(folder: string, storage: Storage = disk): RunData {
  return dataOfRun(readRun(folder, storage));
}

export function dataOfRun({ folder, file, study, finished }: ReadRun): RunData {
  if (study.kind !== "training") {
    const got = `one of the study ${study.name}, which follows none`;
    throw new RunConflictError({ who: folder, expected: "a run that follows networks through training", got });
  }
  if (finished.length === 0) {
    throw new RunConflictError({
      who: folder,
      expected: "at least one finished checkpoint",
      got: "none",
      remedy: `\`causalscope study ${study.name} --resume --out ${folder}\` goes on.`,
    });
  }
  return runData(finished, study, questionOf(file, study, folder), file.version);
}

/** The question of a stored run, checked. @throws FormatError for one that was changed into nonsense. */
export function questionOf(file: RunFile, study: Study, folder: string) {
  return study.question(study.options(file.question), (option) => `${folder}/run.json: ${String(option)}`);
}
