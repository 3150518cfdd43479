/** Reads what a run folder holds, without locking or changing it. */
import { FormatError, RunConflictError } from "@causalscope/core/errors";
import { parse } from "@causalscope/core/schema";
import { readJournal } from "./journal.ts";
import { CHANGED } from "./journal-rows.ts";
import { runData } from "./run-data.ts";
import type { RunFile } from "./run-file.ts";
import { storedRun } from "./run-layout.ts";
import { stepsOf } from "./steps.ts";
import { disk } from "#platform";
import type { Storage } from "./storage.ts";
import type { Study } from "./study.ts";
import { joinedRows, type Rows, type RunData } from "./row-tables.ts";

/** What a run folder holds. */
export interface ReadRun {
  readonly folder: string;
  /** What was asked, by which version, where; and whether it is finished. */
  readonly file: RunFile;
  /** Every row of every table, in the order in which they were finished. */
  readonly rows: Rows;
}

/** A run with the study that it is of. */
export interface StudyRun extends ReadRun {
  readonly study: Study;
  /** As the study has them. */
  // biome-ignore lint/suspicious/noExplicitAny: each study has options of its own
  readonly options: any;
}

/** What a run is read with. */
export interface ReadRunOptions {
  /** Default: the disk. */
  readonly storage?: Storage;
  /** The study that the run is of: each line of the journal is then verified to be the one that it has at this place. */
  readonly study?: Study;
}

/**
 * The rows of a run, verified: each line of the journal follows the one before and answers the question in run.json, and a run that says
 * it is finished has all of them.
 *
 * @example
 * ```ts
 * const { file, rows } = readRun("runs/iris");
 * console.log(file.study, file.status); // iris finished
 * const last = rows.training.at(-1)!;
 * console.log(last.seed, last.epoch, last.testAccuracy.toFixed(2)); // 1 50 0.30
 * ```
 * @throws RunConflictError where the folder holds no run; FormatError for a run of another version, or files that were changed by hand;
 *   StorageError where the disk refuses.
 */
export function readRun(folder: string, { storage = disk, study }: ReadRunOptions = {}): ReadRun {
  const file = runFileOf(folder, storage);
  const path = `${folder}/journal.jsonl`;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(storage.read(path) ?? new Uint8Array());
  const steps = study && stepsOf(study.parts(optionsOf(file, study, folder)));
  const { entries } = readJournal(text, path, file, steps);
  const count = steps?.count ?? file.results ?? entries.length;
  if (file.status === "finished" && entries.length < count) {
    throw new FormatError({
      who: folder,
      expected: `the ${count} finished steps that its options require, because its run.json says finished`,
      got: `${entries.length} in ${path}`,
      remedy: "The run was changed after it was written. `causalscope study` with --resume completes it.",
    });
  }
  return { folder, file, rows: joinedRows(entries.map(({ finished }) => finished)) };
}

/** What a folder says that it holds. @throws RunConflictError where it holds no run. */
export function runFileOf(folder: string, storage: Storage = disk): RunFile {
  const file = storedRun(folder, storage);
  if (file !== undefined) return file;
  throw new RunConflictError({
    who: folder,
    expected: "the folder of a run, with a run.json",
    got: storage.list(folder) === undefined ? "no such folder" : "a folder without one",
    remedy: "`causalscope study NAME` creates one.",
  });
}

/**
 * A run of a study, each line of its journal verified to be the one that the study has at this place.
 *
 * @example
 * ```ts
 * const { options, rows } = readRunOf(await study("iris"), "runs/iris");
 * console.log(options.seeds, rows.training.length); // [ 0, 1 ] 4
 * ```
 * @throws as `readRun()`.
 */
export function readRunOf(study: Study, folder: string, storage: Storage = disk): StudyRun {
  const run = readRun(folder, { storage, study });
  return { ...run, study: reading(study, folder), options: optionsOf(run.file, study, folder) };
}

/** A study that says which file is wrong where rows lack what the study itself writes into them. */
function reading(study: Study, folder: string): Study {
  const refused = (error: unknown): unknown => {
    if (!(error instanceof TypeError || error instanceof RangeError)) return error;
    const problem = {
      who: `${folder}/journal.jsonl`,
      expected: `rows with the settings that the study ${study.name} writes`,
      got: `others, of which it can make nothing (${error.message})`,
      remedy: CHANGED,
    };
    return new FormatError(problem, { cause: error });
  };
  return {
    ...study,
    findings: (options, rows) => {
      try {
        return study.findings(options, rows);
      } catch (error) {
        throw refused(error);
      }
    },
    figures: async (options, rows) => {
      try {
        return await study.figures(options, rows);
      } catch (error) {
        throw refused(error);
      }
    },
  };
}

/** The options of a stored run. @throws InvalidInputError for ones that were changed into nonsense. */
export function optionsOf({ question }: Pick<RunFile, "question">, study: Study, folder: string) {
  return parse(study.options, question, (option) => `${folder}/run.json: ${option}`);
}

/**
 * What figures, films and reports of a training draw from.
 *
 * @example
 * ```ts
 * const { layers } = trainingDataOf(readRunOf(await study("iris"), "runs/iris"));
 * for (const { name, inputs, outputs } of layers) console.log(name, inputs, outputs); // layer 1 4 5
 * // layer 2 5 5
 * // layer 3 5 3
 * ```
 * @throws RunConflictError for a run that follows no network through training, or one without a checkpoint.
 */
export function trainingDataOf({ folder, file, study, options, rows }: StudyRun): RunData {
  const data = runData(study, options, rows, file.version);
  if (data === undefined) {
    const got = `a run of the study ${study.name}, which follows none`;
    throw new RunConflictError({ who: folder, expected: "a run that follows networks through training", got });
  }
  if (rows.training.length > 0) return data;
  throw new RunConflictError({
    who: folder,
    expected: "at least one finished checkpoint",
    got: "none",
    remedy: `To continue it, run \`causalscope study ${study.name} --resume --out ${folder}\`.`,
  });
}
