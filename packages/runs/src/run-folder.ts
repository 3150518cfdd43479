/**
 * A run is a folder: what was asked (`run.json`), what came out (tables, figures, report) and what is needed to continue it (journal,
 * checkpoints). docs/runs.md describes every file. Nothing in it tells the time, so that a run that was interrupted and resumed is the same, byte
 * for byte, as one that was not. A file that a run did not write is never removed.
 */
import { CausalscopeError, FormatError, RunConflictError, StorageError } from "@causalscope/core/errors";
import { type Blob, blob } from "./blob.ts";
import { checkpointFrom } from "./checkpoint-file.ts";
import { disk, environment, packageVersion } from "#platform";
import { BLOB_NAME, type Journal, journalLine, questionHash, readJournal } from "./journal.ts";
import type { JournalEntry, StoredResult } from "./journal-rows.ts";
import { isLockFile, TEMPORARY } from "./file-names.ts";
import type { Lock } from "./lock.ts";
import {
  type Environment,
  type Question,
  RUN_FORMAT_VERSION,
  type RunFile,
  readRunFile,
  runFileText,
} from "./run-file.ts";
import { sha256 } from "@causalscope/core/basics";
import { isSamePlace, type Place, type Steps, stepsOf } from "./steps.ts";
import type { Storage } from "./storage.ts";
import { type PartResult, type Study, tablesOfStudy } from "./study.ts";
import { joinedRows, type TableName } from "./row-tables.ts";
import { csv, measurementColumns, parquet, trainingColumns, valueColumns } from "./table-files.ts";

export interface Ask {
  /** Name of the study. */
  readonly study: string;
  /** Every parameter, defaults included. */
  readonly question: Question;
  /** What the question implies. */
  readonly steps: Steps;
  /** Tables that the study fills. */
  readonly tables: readonly TableName[];
  /** Version of Causalscope. */
  readonly version: string;
  /** Bytes that measuring a layer may hold. */
  readonly memory?: number;
  readonly environment: Environment;
}

/** What a run of a study asks. */
export function askOf<Options extends object>(
  study: Study<Options>,
  options: Options,
  { version = packageVersion(), memory }: { readonly version?: string; readonly memory?: number } = {},
): Ask {
  return {
    study: study.name,
    question: options as unknown as Question,
    steps: stepsOf(study.parts(options)),
    tables: tablesOfStudy(study),
    version,
    ...(memory !== undefined && { memory }),
    environment: environment(),
  };
}

export interface StartOptions {
  /** Continue the run that the folder holds. */
  readonly resume?: boolean;
  /** Replace the run that the folder holds. */
  readonly force?: boolean;
  readonly storage?: Storage;
}

/** A figure as files. */
export interface Figure {
  /** Letters, digits, "-" and "_": the file's name without its ending. */
  readonly name: string;
  readonly svg: string;
  readonly png: Uint8Array;
}

/** All that writes throws a RunConflictError where the folder went away meanwhile, or is another process's. */
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

const RUN_FILE = "run.json";
const JOURNAL = "journal.jsonl";
const LOCK = ".lock";
const TABLES = ["measurements", "training", "values"].flatMap((name) => [`${name}.csv`, `${name}.parquet`]);
const REPORT = "report.html";
const BLOBS = "checkpoints";

/** The run in a folder, or undefined where there is none. @throws FormatError for a `run.json` that is none of ours. */
export function storedRun(folder: string, storage: Storage = disk): RunFile | undefined {
  const path = `${folder}/${RUN_FILE}`;
  const text = storage.list(folder)?.includes(RUN_FILE) ? storage.readText(path) : undefined;
  return text === undefined ? undefined : readRunFile(text, path);
}

/** Whether a new run may be started in a folder: it is absent, or holds nothing but the traces of a start that failed. */
export function isFree(folder: string, storage: Storage = disk): boolean {
  return (storage.list(folder) ?? []).every((name) => isLockFile(name, LOCK) || name.endsWith(TEMPORARY));
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

interface Decision {
  readonly state: Run["state"];
  readonly file: RunFile;
  /** What is finished, verified. */
  readonly journal: Journal;
  readonly notes: readonly string[];
}

function decide(folder: string, ask: Ask, resume: boolean, force: boolean, storage: Storage): Decision {
  const fresh: RunFile = {
    format: RUN_FORMAT_VERSION,
    status: "unfinished",
    study: ask.study,
    question: ask.question,
    results: ask.steps.count,
    ...(ask.memory !== undefined && { memory: ask.memory }),
    version: ask.version,
    environments: [ask.environment],
    figures: [],
  };
  const anew: Decision = {
    state: "new",
    file: fresh,
    journal: { entries: [], hash: questionHash(ask), text: "", torn: false },
    notes: [],
  };
  if (isFree(folder, storage)) return anew;
  const stored = storedRun(folder, storage);
  if (stored === undefined) {
    throw new RunConflictError({
      who: folder,
      expected: "an empty folder, or one that holds a run",
      got: `a folder with other files (${storage.list(folder)!.slice(0, 3).join(", ")})`,
      remedy: "Choose another folder; nothing in this one is touched, whatever the options.",
    });
  }
  if (force) return anew;
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
  const journal = verifiedJournal(folder, stored, ask, storage);
  const missing = ask.steps.count - journal.entries.length;
  const says = stored.status === "finished";
  const isSame = stored.version === ask.version && stored.format === RUN_FORMAT_VERSION;
  // Another version may draw and write otherwise: what is finished stays as that one left it.
  const notes = isSame ? notesOn(folder, stored, ask, journal, missing, storage) : [];
  if (says && missing === 0 && notes.length === 0) return { state: "finished", file: stored, journal, notes };
  if (!isSame) {
    const expected = `Causalscope ${stored.version} and the format ${stored.format}, which began the run`;
    throw new RunConflictError({
      who: folder,
      expected: stored.format === RUN_FORMAT_VERSION ? `Causalscope ${stored.version}, which began the run` : expected,
      got:
        stored.format === RUN_FORMAT_VERSION
          ? ask.version
          : `${ask.version}, which writes the format ${RUN_FORMAT_VERSION}`,
      remedy: "Continue with that version, give --force to replace the run, or choose another folder.",
    });
  }
  const known = stored.environments.map((environment) => JSON.stringify(environment));
  const environments = known.includes(JSON.stringify(ask.environment))
    ? stored.environments
    : [...stored.environments, ask.environment];
  return { state: "resumed", file: { ...stored, status: "unfinished", environments }, journal, notes };
}

/** The journal, of the format's hashes and of the blobs that it names. @throws FormatError, with the line. */
function verifiedJournal(folder: string, file: RunFile, { steps }: Pick<Ask, "steps">, storage: Storage): Journal {
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
      remedy: "Put it back, or give --force to start anew.",
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

/** What is not as a run leaves it, but follows from its journal. */
function notesOn(
  folder: string,
  file: RunFile,
  ask: Ask,
  journal: Journal,
  missing: number,
  storage: Storage,
): string[] {
  const notes: string[] = [];
  if (journal.torn) notes.push(`The last line of ${folder}/${JOURNAL} was cut off: its step is done again.`);
  if (file.status !== "finished") return notes;
  if (missing > 0) {
    const done = journal.entries.length;
    notes.push(`${folder}/${RUN_FILE} says finished, but ${done} of ${done + missing} steps are: the others are done.`);
    return notes;
  }
  const figures = file.figures.flatMap((name) => [`figures/${name}.svg`, `figures/${name}.png`]);
  const absent = [REPORT, ...figures].filter((name) => storage.size(`${folder}/${name}`) === undefined);
  const finished = journal.entries.map((entry) => entry.finished);
  const tables = tablesOf(finished, ask.tables);
  const other = Object.entries(tables)
    .filter(([name, content]) => !isSame(storage.read(`${folder}/${name}`), content))
    .map(([name]) => name);
  const lost = [...other, ...absent];
  if (lost.length > 0) notes.push(`Made anew from the journal of ${folder}: ${lost.join(", ")}.`);
  return notes;
}

function isSame(bytes: Uint8Array | undefined, content: string | Uint8Array): boolean {
  if (bytes === undefined) return false;
  const wanted = bytesOf(content);
  return bytes.length === wanted.length && bytes.every((byte, at) => byte === wanted[at]);
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/** The tables by the names of their files. One whose columns come from its rows is not there before its first row. */
function tablesOf(
  finished: readonly StoredResult[],
  tables: readonly TableName[],
): Record<string, string | Uint8Array> {
  const rows = joinedRows(finished);
  const made: Record<string, string | Uint8Array> = {};
  if (tables.includes("measurements")) {
    made["measurements.csv"] = csv(measurementColumns, rows.measurements);
    made["measurements.parquet"] = parquet(measurementColumns, rows.measurements);
  }
  if (tables.includes("training")) {
    made["training.csv"] = csv(trainingColumns, rows.training);
    made["training.parquet"] = parquet(trainingColumns, rows.training);
  }
  if (tables.includes("values") && rows.values.length > 0) {
    const columns = valueColumns(rows.values);
    made["values.csv"] = csv(columns, rows.values);
    made["values.parquet"] = parquet(columns, rows.values);
  }
  return made;
}

function differences(stored: RunFile, ask: Ask): string[] {
  if (stored.study !== ask.study) return [`study is ${stored.study} there, ${ask.study} here`];
  const keys = new Set([...Object.keys(stored.question), ...Object.keys(ask.question)]);
  const ofMemory =
    stored.memory === undefined || ask.memory === undefined || stored.memory === ask.memory
      ? []
      : [`memory is ${stored.memory} there, ${ask.memory} here`];
  const ofQuestion = [...keys].flatMap((key) => {
    const [there, here] = [stored.question[key], ask.question[key]].map((value) => JSON.stringify(value) ?? "nothing");
    return there === here ? [] : [`${key} is ${there} there, ${here} here`];
  });
  return [...ofQuestion, ...ofMemory];
}

function openRun(
  folder: string,
  { file: runFile, state, journal, notes }: Decision,
  { steps, tables }: Ask,
  storage: Storage,
  lock: Lock | undefined,
): Run {
  let file = runFile;
  let { hash } = journal;
  let bytes = bytesOf(journal.text).length;
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
      got: `${now}: the folder was changed while the run was at work`,
      remedy: "Nothing more is written to it. --resume says what is left.",
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
          remedy: "Put it back, or give --force to start anew.",
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
          expected: `the ${steps.count} steps that the question implies`,
          got: `${entries.length}`,
          remedy: "--resume does what is missing.",
        });
      }
      writeRunFile({ status: "finished" });
    },
    close: () => lock?.(),
  };
}

function blobPath(folder: string, name: string): string {
  return `${folder}/${BLOBS}/${name}`;
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
  for (const place of blobFolders(folder, storage)) {
    for (const name of storage.list(`${folder}/${BLOBS}/${place}`) ?? []) {
      if (BLOB_NAME.test(`${place}/${name}`)) storage.remove(blobPath(folder, `${place}/${name}`));
    }
  }
  removeTemporaries(folder, storage);
  for (const place of blobFolders(folder, storage)) {
    storage.removeEmptyFolders(`${folder}/${BLOBS}/${place}`, `${folder}/${BLOBS}`);
  }
  storage.removeEmptyFolders(`${folder}/figures`, `${folder}/figures`);
}

/** What a killed process left half-written. */
function removeTemporaries(folder: string, storage: Storage): void {
  const blobs = blobFolders(folder, storage).map((name) => `${folder}/${BLOBS}/${name}`);
  for (const place of [folder, `${folder}/figures`, ...blobs]) {
    for (const name of storage.list(place) ?? []) {
      // Another process may be asking for the lock just now.
      if (name.endsWith(TEMPORARY) && !isLockFile(name, LOCK)) storage.remove(`${place}/${name}`);
    }
  }
}

/** Folders that blobs of a run may be in. */
function blobFolders(folder: string, storage: Storage): string[] {
  return (storage.list(`${folder}/${BLOBS}`) ?? []).filter((name) => BLOB_NAME.test(`${name}/a-000000.a`));
}
