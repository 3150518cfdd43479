/** Where the files of a run stand in its folder, and which of a folder's files are a run's. */
import { StorageError } from "@causalscope/core/errors";
import { disk } from "#platform";
import { isLockFile, TEMPORARY } from "./file-names.ts";
import { BLOB_NAME } from "./journal.ts";
import { type RunFile, readRunFile, runFileText } from "./run-file.ts";
import type { Storage } from "./storage.ts";

export const RUN_FILE = "run.json";
export const JOURNAL = "journal.jsonl";
export const LOCK = ".lock";
export const TABLES = ["measurements", "training", "values"].flatMap((name) => [`${name}.csv`, `${name}.parquet`]);
export const REPORT = "report.html";
export const BLOBS = "checkpoints";

/**
 * What run.json in a folder says, or undefined where the folder holds no run.
 *
 * @example
 * ```ts
 * console.log(storedRun("runs/iris")?.status, storedRun("runs/none")); // finished undefined
 * ```
 * @throws FormatError for a `run.json` that Causalscope did not write.
 */
export function storedRun(folder: string, storage: Storage = disk): RunFile | undefined {
  const path = `${folder}/${RUN_FILE}`;
  const text = storage.list(folder)?.includes(RUN_FILE) ? storage.readText(path) : undefined;
  return text === undefined ? undefined : readRunFile(text, path);
}

/**
 * Whether a new run may be started in a folder: it is absent, or holds nothing but the traces of a start that failed.
 *
 * @example
 * ```ts
 * console.log(isFree("runs/new"), isFree("runs/iris")); // true false
 * ```
 */
export function isFree(folder: string, storage: Storage = disk): boolean {
  return (storage.list(folder) ?? []).every((name) => isLockFile(name, LOCK) || name.endsWith(TEMPORARY));
}

export function blobPath(folder: string, name: string): string {
  return `${folder}/${BLOBS}/${name}`;
}

/** Removes the files that a run wrote; a run cut off in here can still be resumed or replaced. */
export function removeRun(folder: string, storage: Storage): void {
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
export function removeTemporaries(folder: string, storage: Storage): void {
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
