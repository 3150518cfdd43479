/**
 * The one door to the disk. Files are written whole: under another name first, then renamed, so that a reader (or a power cut) finds
 * the old content or the new, never half of one. Only `append` can leave a part of its last line.
 * Every refusal of the disk becomes a StorageError that says what could not be done and that finished files are untouched.
 */
import * as nodeFs from "node:fs";
import { hostname } from "node:os";
import { basename, dirname } from "node:path";
import { RunConflictError, StorageError } from "../errors.ts";

/** The part of `node:fs` in use; a test may give one that fails. */
export type FileSystem = Pick<
  typeof nodeFs,
  | "appendFileSync"
  | "mkdirSync"
  | "readFileSync"
  | "readdirSync"
  | "renameSync"
  | "rmdirSync"
  | "statSync"
  | "unlinkSync"
  | "writeFileSync"
>;

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
  /**
   * Claims a folder for this process by a lock file. @throws RunConflictError while another process that lives holds it.
   * @returns what gives it back.
   */
  lock(path: string): () => void;
}

/** Ends the names of files that are not yet renamed into place; one that is found was left by a killed process. */
export const TEMPORARY = ".partial";

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the disk (ENOSPC)",
  EDQUOT: "no space left in the user's quota (EDQUOT)",
  EACCES: "no permission (EACCES)",
  EPERM: "an operation that is not permitted (EPERM)",
  EROFS: "a file system that is read-only (EROFS)",
  ENOTDIR: "a path that leads through a file (ENOTDIR)",
  EISDIR: "a folder where a file belongs (EISDIR)",
  EEXIST: "a file where a folder belongs (EEXIST)",
  ENOENT: "a place where nothing can be made (ENOENT)",
  EMFILE: "too many open files (EMFILE)",
  ENAMETOOLONG: "a name that is too long (ENAMETOOLONG)",
  EIO: "an input or output error of the disk (EIO)",
};

const locksHeld = new Set<string>();

export function storageOn(fs: FileSystem = nodeFs): Storage {
  const storage: Storage = {
    write(path, content) {
      const temporary = `${path}${TEMPORARY}`;
      attempt("written", path, () => {
        makeFolders(dirname(path), fs);
        try {
          fs.writeFileSync(temporary, content);
          fs.renameSync(temporary, path);
        } catch (error) {
          try {
            fs.unlinkSync(temporary);
          } catch {
            // Perhaps it was never made; the first error is the one to report.
          }
          throw error;
        }
      });
    },
    append(path, text) {
      attempt("written", path, () => fs.appendFileSync(path, text));
    },
    read(path) {
      return attempt("read", path, () => unlessAbsent(() => bytesOf(fs.readFileSync(path))));
    },
    readText(path) {
      const bytes = storage.read(path);
      if (bytes === undefined) return undefined;
      try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      } catch (cause) {
        throw new StorageError({ who: path, expected: "text in UTF-8", got: "bytes that are none" }, { cause });
      }
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
    lock(path) {
      const take = () => {
        try {
          fs.writeFileSync(path, `${process.pid} ${hostname()}\n`, { flag: "wx" });
        } catch (error) {
          // On a full disk the file is there, but empty: it would lock everyone out.
          if (codeOf(error) !== "EEXIST") unlessAbsent(() => fs.unlinkSync(path));
          throw error;
        }
      };
      attempt("locked", path, () => {
        try {
          take();
        } catch (error) {
          if (codeOf(error) !== "EEXIST") throw error;
          const held = unlessAbsent(() => fs.readFileSync(path, "utf8"));
          if (held !== undefined) {
            requireStale(held, path);
            // Of several processes that find the same stale lock, one alone can rename it away.
            const away = `${path}.${process.pid}${TEMPORARY}`;
            fs.renameSync(path, away);
            fs.unlinkSync(away);
          }
          try {
            take();
          } catch (again) {
            throw codeOf(again) === "EEXIST" ? heldBy("another process that came first", path) : again;
          }
        }
      });
      locksHeld.add(path);
      return () => {
        if (!locksHeld.delete(path)) return;
        try {
          fs.unlinkSync(path);
        } catch {
          // A lock that stays is found to be stale by the next run.
        }
      };
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

function requireStale(content: string, path: string): void {
  const [, pid, host] = /^(\d+) (.+)\n$/.exec(content) ?? [];
  // Perhaps its owner is just writing it.
  if (pid === undefined) throw heldBy("a process that has not said its name", path);
  if (host !== hostname()) throw heldBy(`process ${pid} on ${host}`, path);
  // A process of the same number that is this one, but holds no lock, was another before a restart.
  const alive = Number(pid) === process.pid ? locksHeld.has(path) : lives(Number(pid));
  if (alive) throw heldBy(`process ${pid}`, path);
}

function heldBy(holder: string, path: string): RunConflictError {
  return new RunConflictError({
    who: dirname(path),
    expected: "a folder that no other process is writing",
    got: `one in use by ${holder}`,
    remedy: `Wait for it, or choose another folder; if no such process runs, delete ${basename(path)} in it.`,
  });
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

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
            : "What was finished before stays readable; make room or choose another folder.",
      },
      { cause: error },
    );
  }
}

/** Without a copy, unless the buffer is a part of Node's pool: models fill much of the memory. */
function bytesOf(buffer: Buffer<ArrayBuffer>): Uint8Array {
  return buffer.byteLength === buffer.buffer.byteLength ? new Uint8Array(buffer.buffer) : new Uint8Array(buffer);
}

function unlessAbsent<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof Error && typeof code === "string" ? code : undefined;
}

/** The real disk. */
export const disk: Storage = storageOn();
