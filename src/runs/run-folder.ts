/**
 * A run is a folder: what was asked (`run.json`), what came out (tables, figures, report) and what is needed to continue it (journal,
 * checkpoints). docs/runs.md describes every file. Nothing in it tells the time, so that a run that was interrupted and resumed is the same, byte
 * for byte, as one that was not. A file that a run did not write is never removed.
 */
import { RunConflictError, StorageError } from "../errors.ts";
import { type Finished, type FinishedCheckpoint, type FinishedValues, journalLine, readJournal } from "./journal.ts";
import { type Environment, type Question, type RunFile, readRunFile, runFileText } from "./run-file.ts";
import { disk, type Storage, TEMPORARY } from "./storage.ts";
import { csv, measurementColumns, parquet, trainingColumns, valueColumns } from "./table-files.ts";

export interface Ask {
  /** Name of the study. */
  readonly study: string;
  /** Every parameter, defaults included. */
  readonly question: Question;
  /** Version of Causalscope. */
  readonly version: string;
  readonly environment: Environment;
}

export interface StartOptions {
  /** Continue the run that the folder holds. */
  readonly resume?: boolean;
  /** Replace the run that the folder holds. */
  readonly force?: boolean;
  readonly storage?: Storage;
}

export interface Figure {
  /** Letters, digits, "-" and "_": the file's name without its ending. */
  readonly name: string;
  readonly svg: string;
  readonly png: Uint8Array;
}

export interface Run {
  readonly folder: string;
  /** `finished`: all was done before, and nothing is written. */
  readonly state: "new" | "resumed" | "finished";
  /** All finished checkpoints so far, in order. */
  readonly finished: readonly FinishedCheckpoint[];
  /** All finished values so far, of a study that trains nothing. */
  readonly values: readonly FinishedValues[];
  /** The file of a finished checkpoint. @throws RunConflictError where it is gone. */
  checkpoint(seed: number, epoch: number): { readonly path: string; readonly bytes: Uint8Array };
  /** Keeps a checkpoint and its rows; when this returns, a resumed run need not do it again. */
  save(finished: FinishedCheckpoint, checkpoint: Uint8Array): void;
  saveValues(finished: FinishedValues): void;
  /** Writes the tables of what is finished. */
  saveTables(): void;
  saveFigures(figures: readonly Figure[]): void;
  saveReport(html: string): void;
  /** Marks the run as finished. */
  finish(): void;
  /** Gives the folder back to other processes. */
  close(): void;
}

const RUN_FILE = "run.json";
const JOURNAL = "journal.jsonl";
const LOCK = ".lock";
const TABLES = ["measurements", "training", "values"].flatMap((name) => [`${name}.csv`, `${name}.parquet`]);
const REPORT = "report.html";
const CHECKPOINT = /^epoch-\d{6,}\.safetensors$/;
const SEED_FOLDER = /^seed-\d+$/;

/** The run in a folder, or undefined where there is none. @throws FormatError for a `run.json` that is none of ours. */
export function storedRun(folder: string, storage: Storage = disk): RunFile | undefined {
  const path = `${folder}/${RUN_FILE}`;
  const text = storage.list(folder)?.includes(RUN_FILE) ? storage.readText(path) : undefined;
  return text === undefined ? undefined : readRunFile(text, path);
}

/** Whether a new run may be started in a folder: it is absent, or holds nothing but the traces of a start that failed. */
export function isFree(folder: string, storage: Storage = disk): boolean {
  return (storage.list(folder) ?? []).every((name) => name === LOCK || name.endsWith(TEMPORARY));
}

/**
 * Opens a folder for a run and locks it.
 *
 * | the folder holds | no flag | `resume` | `force` |
 * |---|---|---|---|
 * | nothing, or is absent | starts | starts | starts |
 * | the same run, unfinished | refuses | continues | replaces |
 * | the same run, finished | refuses | `state: "finished"` | replaces |
 * | a run that asks something else, or an unfinished one of another version | refuses | refuses | replaces |
 * | files, but no run | refuses | refuses | refuses |
 *
 * @throws RunConflictError where it refuses, or another process is writing the folder; the folder is then untouched.
 * @throws StorageError where the disk refuses.
 */
export function startRun(folder: string, ask: Ask, options: StartOptions = {}): Run {
  const { storage = disk, resume = false, force = false } = options;
  if (resume && force) {
    throw new RunConflictError({ who: folder, expected: "either resume or force", got: "both" });
  }
  const before = decide(folder, ask, resume, force, storage);
  if (before.state === "finished")
    return openRun(folder, before.file, before.state, readFinished(folder, storage), storage, () => {});
  const made = storage.makeFolder(folder);
  try {
    const unlock = storage.lock(`${folder}/${LOCK}`);
    try {
      // Another process may have come and gone while this one waited for the disk.
      const { state, file } = decide(folder, ask, resume, force, storage);
      if (state === "new") {
        if (storage.list(folder)?.includes(RUN_FILE)) removeRun(folder, storage);
        storage.write(`${folder}/${RUN_FILE}`, runFileText(file));
        return openRun(folder, file, state, [], storage, unlock);
      }
      const finished = readFinished(folder, storage);
      if (state === "resumed") {
        storage.write(`${folder}/${RUN_FILE}`, runFileText(file));
        // Without what a cut-off line left behind, so that the next line starts on its own.
        storage.write(`${folder}/${JOURNAL}`, finished.map(journalLine).join(""));
        removeTemporaries(folder, storage);
      }
      return openRun(folder, file, state, finished, storage, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  } catch (error) {
    if (made !== undefined) storage.removeEmptyFolders(folder, made);
    throw error;
  }
}

interface Decision {
  readonly state: Run["state"];
  readonly file: RunFile;
}

function decide(folder: string, ask: Ask, resume: boolean, force: boolean, storage: Storage): Decision {
  const fresh: RunFile = {
    status: "unfinished",
    study: ask.study,
    question: ask.question,
    version: ask.version,
    environments: [ask.environment],
    figures: [],
  };
  if (isFree(folder, storage)) return { state: "new", file: fresh };
  const stored = storedRun(folder, storage);
  if (stored === undefined) {
    throw new RunConflictError({
      who: folder,
      expected: "an empty folder, or one that holds a run",
      got: `a folder with other files (${storage.list(folder)!.slice(0, 3).join(", ")})`,
      remedy: "Choose another folder; nothing in this one is touched, whatever the options.",
    });
  }
  if (force) return { state: "new", file: fresh };
  if (!resume) {
    throw new RunConflictError({
      who: folder,
      expected: "an empty folder",
      got: `one that holds ${stored.status === "finished" ? "a finished" : "an unfinished"} run of the study ${stored.study}`,
      remedy: "Give --resume to continue it, --force to replace it, or choose another folder.",
    });
  }
  const different = differences(stored, ask);
  if (different.length > 0) {
    throw new RunConflictError({
      who: folder,
      expected: "to continue the run that the folder holds",
      got: `another question: ${different.join("; ")}`,
      remedy: "Leave these options out to continue, give --force to replace the run, or choose another folder.",
    });
  }
  if (stored.status === "finished") return { state: "finished", file: stored };
  if (stored.version !== ask.version) {
    throw new RunConflictError({
      who: folder,
      expected: `Causalscope ${stored.version}, which began the run`,
      got: ask.version,
      remedy: "Continue with that version, give --force to replace the run, or choose another folder.",
    });
  }
  const known = stored.environments.map((environment) => JSON.stringify(environment));
  const environments = known.includes(JSON.stringify(ask.environment))
    ? stored.environments
    : [...stored.environments, ask.environment];
  return { state: "resumed", file: { ...stored, environments } };
}

function differences(stored: RunFile, ask: Ask): string[] {
  if (stored.study !== ask.study) return [`study is ${stored.study} there, ${ask.study} here`];
  const keys = new Set([...Object.keys(stored.question), ...Object.keys(ask.question)]);
  return [...keys].flatMap((key) => {
    const [there, here] = [stored.question[key], ask.question[key]].map((value) => JSON.stringify(value) ?? "nothing");
    return there === here ? [] : [`${key} is ${there} there, ${here} here`];
  });
}

function openRun(
  folder: string,
  runFile: RunFile,
  state: Run["state"],
  before: readonly Finished[],
  storage: Storage,
  close: () => void,
): Run {
  let file = runFile;
  const finished = before.filter((each) => "training" in each);
  const values = before.filter((each) => "values" in each);
  const writeRunFile = (changes: Partial<RunFile>) => {
    file = { ...file, ...changes };
    storage.write(`${folder}/${RUN_FILE}`, runFileText(file));
  };
  return {
    folder,
    state,
    finished,
    values,
    checkpoint(seed, epoch) {
      const path = checkpointPath(folder, seed, epoch);
      const bytes = storage.read(path);
      if (bytes !== undefined) return { path, bytes };
      throw new RunConflictError({
        who: folder,
        expected: `the checkpoint ${path}, to continue from`,
        got: "none",
        remedy: "Put it back, or give --force to start anew.",
      });
    },
    save(checkpoint, bytes) {
      const { seed, epoch } = checkpoint.training;
      const line = journalLine(checkpoint);
      storage.write(checkpointPath(folder, seed, epoch), bytes);
      storage.append(`${folder}/${JOURNAL}`, line);
      finished.push(checkpoint);
    },
    saveValues(step) {
      storage.append(`${folder}/${JOURNAL}`, journalLine(step));
      values.push(step);
    },
    saveTables() {
      if (values.length > 0) {
        const rows = values.flatMap((step) => step.values);
        storage.write(`${folder}/values.csv`, csv(valueColumns(rows), rows));
        storage.write(`${folder}/values.parquet`, parquet(valueColumns(rows), rows));
        return;
      }
      const measurements = finished.flatMap((checkpoint) => checkpoint.measurements);
      const training = finished.map((checkpoint) => checkpoint.training);
      storage.write(`${folder}/measurements.csv`, csv(measurementColumns, measurements));
      storage.write(`${folder}/measurements.parquet`, parquet(measurementColumns, measurements));
      storage.write(`${folder}/training.csv`, csv(trainingColumns, training));
      storage.write(`${folder}/training.parquet`, parquet(trainingColumns, training));
    },
    saveFigures(figures) {
      // The list comes first: what it names is ours to replace later.
      writeRunFile({ figures: figures.map(({ name }) => name) });
      for (const { name, svg, png } of figures) {
        storage.write(`${folder}/figures/${name}.svg`, svg);
        storage.write(`${folder}/figures/${name}.png`, png);
      }
    },
    saveReport(html) {
      storage.write(`${folder}/${REPORT}`, html);
    },
    finish() {
      writeRunFile({ status: "finished" });
    },
    close,
  };
}

function readFinished(folder: string, storage: Storage): Finished[] {
  const path = `${folder}/${JOURNAL}`;
  const bytes = storage.read(path);
  // A cut-off last line may end within a character, which no whole line does.
  return bytes === undefined ? [] : readJournal(new TextDecoder().decode(bytes), path);
}

function checkpointPath(folder: string, seed: number, epoch: number): string {
  return `${folder}/checkpoints/seed-${seed}/epoch-${`${epoch}`.padStart(6, "0")}.safetensors`;
}

/** Removes the files that a run wrote; a run cut off in here can still be resumed or replaced. */
function removeRun(folder: string, storage: Storage): void {
  const path = `${folder}/${RUN_FILE}`;
  const file = storedRun(folder, storage);
  if (file === undefined) throw new StorageError({ who: path, expected: "a run to replace", got: "none" });
  storage.write(path, runFileText({ ...file, status: "unfinished" }));
  for (const name of [JOURNAL, REPORT, ...TABLES]) storage.remove(`${folder}/${name}`);
  for (const name of file.figures) {
    for (const ending of ["svg", "png"]) storage.remove(`${folder}/figures/${name}.${ending}`);
  }
  for (const seed of seedFolders(folder, storage)) {
    for (const name of storage.list(seed) ?? []) if (CHECKPOINT.test(name)) storage.remove(`${seed}/${name}`);
  }
  removeTemporaries(folder, storage);
  for (const seed of seedFolders(folder, storage)) storage.removeEmptyFolders(seed, `${folder}/checkpoints`);
  storage.removeEmptyFolders(`${folder}/figures`, `${folder}/figures`);
}

/** What a killed process left half-written. */
function removeTemporaries(folder: string, storage: Storage): void {
  for (const place of [folder, `${folder}/figures`, ...seedFolders(folder, storage)]) {
    for (const name of storage.list(place) ?? []) if (name.endsWith(TEMPORARY)) storage.remove(`${place}/${name}`);
  }
}

function seedFolders(folder: string, storage: Storage): string[] {
  const names = storage.list(`${folder}/checkpoints`) ?? [];
  return names.filter((name) => SEED_FOLDER.test(name)).map((name) => `${folder}/checkpoints/${name}`);
}
