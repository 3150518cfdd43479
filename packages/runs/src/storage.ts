/**
 * The one door to the disk. Files are written whole: under another name first, flushed, then renamed, and the folder flushed, so that a
 * reader, or whoever comes after a power cut, finds the old content or the new, never half of one. Only `append` can leave a part of its
 * last line. What a call has written is on the disk when it returns.
 * Every refusal of the disk becomes a StorageError that says what could not be done and that finished files are untouched.
 */
import * as nodeFs from "node:fs";
import { dirname } from "node:path";
import { StorageError } from "@causalscope/core/errors";
import { decoded } from "./decoded.ts";
import { TEMPORARY } from "./file-names.ts";
import { codeOf, type FileSystem, flushFolder, unlessAbsent, writeFlushed } from "./file-system.ts";
import { type Lock, lockFile } from "./lock.ts";

export type { FileSystem } from "./file-system.ts";

/** Where the files of runs are kept: the disk, or what stands in for it. */
export interface Storage {
  /** Replaces the file as a whole; makes the folders above it. */
  write(path: string, content: string | Uint8Array): void;
  /** Adds to the end of the file. */
  append(path: string, text: string): void;
  /** The bytes, or undefined where there is no such file. */
  read(path: string): Uint8Array | undefined;
  /** As `read`, decoded. @throws StorageError for bytes that are not UTF-8. */
  readText(path: string): string | undefined;
  /** Names in a folder, sorted; undefined where there is no such folder. @throws StorageError where it is a file. */
  list(folder: string): string[] | undefined;
  /** Makes the folder and those above; returns the uppermost one that was made. */
  makeFolder(folder: string): string | undefined;
  /** Removes a file; silent where there is none. */
  remove(path: string): void;
  /** Removes a folder and those above it up to `last`, as far as they are empty. */
  removeEmptyFolders(folder: string, last: string): void;
  /** Bytes of a file; undefined where there is none. */
  size(path: string): number | undefined;
  /**
   * Claims a folder for this process by a lock file. @throws RunConflictError while another process that lives holds it.
   * @returns what gives it back.
   */
  lock(path: string): Lock;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the disk (ENOSPC)",
  EDQUOT: "no space left in the user's quota (EDQUOT)",
  EACCES: "no permission (EACCES)",
  EPERM: "an operation that is not permitted (EPERM)",
  EROFS: "a file system that is read-only (EROFS)",
  ENOTDIR: "a path that leads through a file (ENOTDIR)",
  EISDIR: "a folder where a file belongs (EISDIR)",
  EEXIST: "a file where a folder belongs (EEXIST)",
  ENOENT: "a path that does not exist (ENOENT)",
  EMFILE: "too many open files (EMFILE)",
  ENAMETOOLONG: "a name that is too long (ENAMETOOLONG)",
  EIO: "a disk error (EIO)",
};

/**
 * A storage that keeps files in a file system like Node's. What it writes is flushed before it returns, and replaces a file whole or not at
 * all.
 *
 * @example
 * ```ts
 * const storage = storageOn();
 * console.log(storage.list("runs/iris")?.includes("run.json"), storage.read("nowhere")); // true undefined
 * ```
 */
export function storageOn(fs: FileSystem = nodeFs): Storage {
  const storage: Storage = {
    write(path, content) {
      const temporary = `${path}${TEMPORARY}`;
      attempt("written", path, () => {
        makeFolders(dirname(path), fs);
        try {
          writeFlushed(temporary, "w", content, fs);
          fs.renameSync(temporary, path);
        } catch (error) {
          try {
            fs.unlinkSync(temporary);
          } catch {
            // Perhaps it was never made; the first error is the one to report.
          }
          throw error;
        }
        flushFolder(dirname(path), fs);
      });
    },
    append(path, text) {
      attempt("written", path, () => {
        const isNew = unlessAbsent(() => fs.statSync(path)) === undefined;
        writeFlushed(path, "a", text, fs);
        if (isNew) flushFolder(dirname(path), fs);
      });
    },
    read(path) {
      return attempt("read", path, () =>
        unlessAbsent(() => {
          refuseEndless(path, fs);
          return bytesOf(fs.readFileSync(path));
        }),
      );
    },
    readText(path) {
      const bytes = storage.read(path);
      return bytes && decoded(bytes, path);
    },
    list(folder) {
      const names = attempt("read", folder, () =>
        unlessAbsent(() => {
          if (!fs.statSync(folder).isDirectory()) return "a file";
          return fs.readdirSync(folder).sort();
        }),
      );
      if (names === "a file") throw new StorageError({ who: folder, expected: "a folder", got: "a file" });
      return names;
    },
    makeFolder(folder) {
      return attempt("made", folder, () => makeFolders(folder, fs));
    },
    remove(path) {
      attempt("removed", path, () => unlessAbsent(() => fs.unlinkSync(path)));
    },
    removeEmptyFolders: (folder, last) => removeEmptyFolders(folder, last, fs),
    size: (path) => attempt("read", path, () => unlessAbsent(() => fs.statSync(path).size)),
    lock(path) {
      const lock = attempt("locked", path, () => lockFile(path, fs));
      return Object.assign(() => lock(), { check: () => attempt("locked", path, () => lock.check()) });
    },
  };
  return storage;
}

/**
 * Makes a folder and those above it, and returns the uppermost one made. Step by step, for Node's own `recursive` never returns
 * where a folder exists that nothing can be made in and that says so by ENOENT, as /proc does (seen with Node 20).
 */
function makeFolders(folder: string, fs: FileSystem): string | undefined {
  if (unlessAbsent(() => fs.statSync(folder))?.isDirectory()) return undefined;
  const above = dirname(folder);
  const made = above === folder ? undefined : makeFolders(above, fs);
  try {
    fs.mkdirSync(folder);
    flushFolder(above, fs);
  } catch (error) {
    // Another process may have been quicker.
    if (codeOf(error) === "EEXIST" && fs.statSync(folder).isDirectory()) return made;
    if (made !== undefined) removeEmptyFolders(above, made, fs);
    throw error;
  }
  return made ?? folder;
}

function removeEmptyFolders(folder: string, last: string, fs: FileSystem): void {
  for (let at = folder; ; at = dirname(at)) {
    try {
      fs.rmdirSync(at);
    } catch {
      // Not empty, so it stays.
      return;
    }
    if (at === last || at === dirname(at)) return;
  }
}

/** A pipe or a device may never end, and while it is waited for nothing can interrupt. */
function refuseEndless(path: string, fs: FileSystem): void {
  const kind = (unlessAbsent(() => fs.statSync(path))?.mode ?? 0) & TYPE;
  if (kind !== PIPE && kind !== DEVICE) return;
  throw new StorageError({
    who: path,
    expected: "a file",
    got: kind === PIPE ? "a pipe" : "a device",
    remedy: "To read standard input, pass - if the command accepts it.",
  });
}

/** Of a file's mode, as POSIX has them. */
const [TYPE, PIPE, DEVICE] = [0o170000, 0o010000, 0o020000];

function attempt<T>(verb: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new StorageError(
      {
        who: path,
        expected: `a file or folder that can be ${verb}`,
        got: REASONS[code] ?? `the error ${code}`,
        remedy:
          verb === "read"
            ? "Check the path."
            : "Finished results stay readable; free some space or choose another folder.",
      },
      { cause: error },
    );
  }
}

/** Without a copy, unless the buffer is a part of Node's pool: models fill much of the memory. */
function bytesOf(buffer: Buffer<ArrayBuffer>): Uint8Array {
  return buffer.byteLength === buffer.buffer.byteLength ? new Uint8Array(buffer.buffer) : new Uint8Array(buffer);
}

/** The disk. In a browser there is none: it refuses, and a storage must be given. */
export const disk: Storage = storageOn();
