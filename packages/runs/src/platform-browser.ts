/** What differs between Node and a browser, in a browser: there is no disk, so that a storage has to be given. */
import { StorageError } from "@causalscope/core/errors";
import type { Environment } from "./run-file.ts";
import type { Storage } from "./storage.ts";

const refused = (): never => {
  throw new StorageError({
    who: "the storage of a run",
    expected: "a storage that keeps files in a browser",
    got: "none, and a browser has no disk",
    remedy: "Pass one as the option `storage`, such as memoryStorage().",
  });
};

/** The disk. In a browser there is none: it refuses, and a storage must be given. */
export const disk: Storage = {
  write: refused,
  append: refused,
  read: refused,
  readText: refused,
  list: refused,
  makeFolder: refused,
  remove: refused,
  removeEmptyFolders: refused,
  size: refused,
  lock: refused,
};

export function environment(): Environment {
  return { node: "none", platform: "browser", arch: "unknown", cpu: "unknown" };
}
