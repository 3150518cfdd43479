/** Runs in folders with the studies that they are of. */
import { CausalscopeError, FormatError } from "@causalscope/core/errors";
import { disk, type Storage, storedRun } from "@causalscope/runs";
import { readRunOf, type StudyRun } from "@causalscope/runs";
import { runFileOf } from "@causalscope/runs/internal";
import { studies } from "./index.ts";

/**
 * A run with the study that it is of, verified: each line of its journal is the one that the study has at this place.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const { file, rows } = await readStudyRun("runs/short");
 * console.log(file.status, rows.training.map(({ epoch }) => epoch)); // finished [ 0, 10, 20 ]
 * ```
 * @throws RunConflictError where the folder holds no run; FormatError for a run of another version, an unknown study,
 *   or files that were changed by hand; StorageError where the disk refuses.
 */
export async function readStudyRun(folder: string, storage: Storage = disk): Promise<StudyRun> {
  const file = runFileOf(folder, storage);
  const entry = studies.find(({ name }) => name === file.study);
  if (entry !== undefined) return readRunOf(await entry.load(), folder, storage);
  const expected = `one of the studies ${studies.map(({ name }) => name).join(", ")}`;
  throw new FormatError({ who: `${folder}/run.json`, expected, got: JSON.stringify(file.study) });
}

/**
 * The newest finished run of each study in a folder of runs, by the name of the study; of several, the last by the
 * number of its folder. Folders that hold no run, an unfinished one, or one of another version are left out, and named
 * with the reason.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "all/iris", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const { runs, leftOut } = await collectRuns("all");
 * console.log([...runs.keys()], leftOut); // [ 'iris' ] []
 * ```
 * @throws StorageError where the disk refuses.
 */
export async function collectRuns(
  folder: string,
  storage: Storage = disk,
): Promise<{
  readonly runs: ReadonlyMap<string, StudyRun>;
  readonly leftOut: readonly { folder: string; reason: string }[];
}> {
  const runs = new Map<string, StudyRun>();
  const leftOut: { folder: string; reason: string }[] = [];
  for (const name of (storage.list(folder) ?? []).toSorted(byNumber)) {
    const path = `${folder}/${name}`;
    if (isFile(path, storage)) continue;
    try {
      if (storedRun(path, storage) === undefined) continue;
      const run = await readStudyRun(path, storage);
      if (run.file.status === "finished") runs.set(run.study.name, run);
      else leftOut.push({ folder: path, reason: "unfinished" });
    } catch (error) {
      if (!(error instanceof CausalscopeError)) throw error;
      leftOut.push({ folder: path, reason: error.message });
    }
  }
  return { runs, leftOut };
}

function isFile(path: string, storage: Storage): boolean {
  try {
    storage.list(path);
    return false;
  } catch {
    return true;
  }
}

/** `iris`, `iris-2`, `iris-10`. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
