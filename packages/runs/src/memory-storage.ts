/** A storage without a disk: for runs in a browser, and for programs that keep what a run wrote elsewhere. */
import { RunConflictError, StorageError } from "@causalscope/core/errors";
import { decoded } from "./decoded.ts";
import type { Lock } from "./lock.ts";
import type { Storage } from "./storage.ts";

/** A storage that keeps files in memory. */
export interface MemoryStorage extends Storage {
  /**
   * Every file below a folder, by its path from there, sorted: copies, which can be sent to another thread or packed.
   *
   * @param folder default: all.
   */
  files(folder?: string): Map<string, Uint8Array<ArrayBuffer>>;
}

/** Content in a buffer that may be longer: a journal grows line by line. */
interface File {
  buffer: Uint8Array<ArrayBuffer>;
  length: number;
}

type Folder = Map<string, File | Folder>;

/**
 * A storage that keeps files in memory, in Node and in browsers. A run in it has the files of one on the disk, byte for byte; its lock is
 * no file, and holds within the storage.
 *
 * @param files what it holds at first, by paths: those of a run folder that was read or unpacked.
 * @param folder where these paths start.
 *
 * @example
 * ```ts
 * const storage = memoryStorage();
 * await performStudy(await study("edge"), "run", { options: { weightStep: 5 }, storage });
 * const files = storage.files("run");
 * console.log([...files.keys()]); // [ 'journal.jsonl', 'run.json', 'values.csv', 'values.parquet' ]
 * console.log(readRun("again", { storage: memoryStorage(files, "again") }).file.status); // finished
 * ```
 * @throws StorageError for paths that lead out of it by "..", or through a file.
 */
export function memoryStorage(
  files: Iterable<readonly [path: string, content: Uint8Array | string]> = [],
  folder = "",
): MemoryStorage {
  const root: Folder = new Map();
  const locks = new Map<string, symbol>();

  const find = (path: string): File | Folder | undefined => {
    let at: File | Folder | undefined = root;
    for (const part of partsOf(path)) at = at instanceof Map ? at.get(part) : undefined;
    return at;
  };
  const fileAt = (path: string): File | undefined => {
    const found = find(path);
    if (found instanceof Map) throw refused(path, "read", "a folder where a file belongs");
    return found;
  };
  /** The folder with those above it, and the uppermost one that was made. */
  const folderAt = (path: string): { folder: Folder; made: string | undefined } => {
    let at: Folder = root;
    let made: string | undefined;
    const parts = partsOf(path);
    for (const [depth, part] of parts.entries()) {
      let next = at.get(part);
      if (next === undefined) {
        next = new Map();
        at.set(part, next);
        made ??= parts.slice(0, depth + 1).join("/");
      }
      if (!(next instanceof Map)) throw refused(path, "made", "a path that leads through a file");
      at = next;
    }
    return { folder: at, made };
  };
  const placeOf = (path: string): [Folder, string] => {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) throw refused(path, "written", "a folder where a file belongs");
    const { folder } = folderAt(parts.join("/"));
    if (folder.get(name) instanceof Map) throw refused(path, "written", "a folder where a file belongs");
    return [folder, name];
  };

  const storage: MemoryStorage = {
    write(path, content) {
      const [folder, name] = placeOf(path);
      const buffer = bytesOf(content);
      folder.set(name, { buffer, length: buffer.length });
    },
    append(path, text) {
      const [folder, name] = placeOf(path);
      const added = bytesOf(text);
      const { buffer, length } = (folder.get(name) as File | undefined) ?? { buffer: new Uint8Array(), length: 0 };
      const whole = length + added.length;
      const room = buffer.length < whole ? new Uint8Array(2 * whole) : buffer;
      if (room !== buffer) room.set(buffer.subarray(0, length));
      room.set(added, length);
      folder.set(name, { buffer: room, length: whole });
    },
    read(path) {
      const file = fileAt(path);
      return file?.buffer.slice(0, file.length);
    },
    readText(path) {
      const bytes = storage.read(path);
      return bytes && decoded(bytes, path);
    },
    list(folder) {
      const found = find(folder);
      if (found === undefined || found instanceof Map) return found && [...found.keys()].sort();
      throw new StorageError({ who: folder, expected: "a folder", got: "a file" });
    },
    makeFolder: (folder) => folderAt(folder).made,
    remove(path) {
      if (fileAt(path) !== undefined) (find(above(path)) as Folder).delete(partsOf(path).at(-1)!);
    },
    removeEmptyFolders(folder, last) {
      for (let at = partsOf(folder).join("/"); at !== ""; at = above(at)) {
        const found = find(at);
        if (!(found instanceof Map) || found.size > 0) return;
        (find(above(at)) as Folder).delete(at.split("/").at(-1)!);
        if (at === partsOf(last).join("/")) return;
      }
    },
    size: (path) => fileAt(path)?.length,
    lock(path): Lock {
      const key = partsOf(path).join("/");
      const who = above(key);
      const own = Symbol("lock");
      if (locks.has(key)) {
        throw new RunConflictError({
          who,
          expected: "a folder that no other run is writing",
          got: "one in use",
          remedy: "Wait for it, or choose another folder.",
        });
      }
      locks.set(key, own);
      const release = () => {
        if (locks.get(key) === own) locks.delete(key);
      };
      return Object.assign(release, {
        check() {
          if (locks.get(key) === own && find(who) instanceof Map) return;
          throw new RunConflictError({
            who,
            expected: "the folder that this run writes",
            got: "none: the folder went away while the run was at work",
          });
        },
      });
    },
    files(folder = "") {
      const found: [string, Uint8Array<ArrayBuffer>][] = [];
      const collect = (at: File | Folder | undefined, path: string): void => {
        if (at instanceof Map) for (const [name, each] of at) collect(each, path === "" ? name : `${path}/${name}`);
        else if (at !== undefined) found.push([path, at.buffer.slice(0, at.length)]);
      };
      collect(find(folder), "");
      return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
  for (const [path, content] of files) storage.write(`${folder}/${path}`, content);
  return storage;
}

/** Without what does not lead anywhere. */
function partsOf(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (!parts.includes("..")) return parts;
  throw new StorageError({ who: path, expected: "a path within the storage", got: 'one with ".."' });
}

function above(path: string): string {
  return partsOf(path).slice(0, -1).join("/");
}

function bytesOf(content: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content);
}

function refused(path: string, verb: string, got: string): StorageError {
  return new StorageError({ who: path, expected: `a file or folder that can be ${verb}`, got });
}
