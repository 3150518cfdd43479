/** The newest finished run of each study in a folder of runs. */
import { CausalscopeError } from "@causalscope/core/errors";
import { type ReadRun, readRun } from "./read-run.ts";
import { storedRun } from "./run-folder.ts";
import { disk, type Storage } from "./storage.ts";

/**
 * Runs by the name of their study; of several finished ones of a study, the last by the number of its folder. Folders that hold
 * no run, an unfinished one, or one of another version are left out, and named with the reason.
 */
export function collectRuns(
  folder: string,
  storage: Storage = disk,
): { readonly runs: ReadonlyMap<string, ReadRun>; readonly leftOut: readonly { folder: string; reason: string }[] } {
  const runs = new Map<string, ReadRun>();
  const leftOut: { folder: string; reason: string }[] = [];
  for (const name of (storage.list(folder) ?? []).toSorted(byNumber)) {
    const path = `${folder}/${name}`;
    if (isFile(path, storage)) continue;
    try {
      if (storedRun(path, storage) === undefined) continue;
      const run = readRun(path, storage);
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
