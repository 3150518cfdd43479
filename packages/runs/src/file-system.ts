/** The part of `node:fs` that runs rest on, and what its errors say. */
import type * as nodeFs from "node:fs";

/**
 * The functions of `node:fs` that a storage needs. A test may give ones that fail, or that forget what was not
 * flushed to the disk.
 */
export type FileSystem = Pick<
  typeof nodeFs,
  | "closeSync"
  | "fsyncSync"
  | "mkdirSync"
  | "openSync"
  | "readFileSync"
  | "readdirSync"
  | "renameSync"
  | "rmdirSync"
  | "statSync"
  | "unlinkSync"
  | "utimesSync"
  | "writeFileSync"
>;

export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof Error && typeof code === "string" ? code : undefined;
}

export function unlessAbsent<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** What it wrote is on the disk when it returns; the name of a new file is only after `flushFolder`. */
export function writeFlushed(
  path: string,
  flags: "w" | "wx" | "a",
  content: string | Uint8Array,
  fs: FileSystem,
): void {
  const file = fs.openSync(path, flags);
  try {
    fs.writeFileSync(file, content);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/** So that names in it outlast a power cut. Windows opens no folders, and some file systems flush none. */
export function flushFolder(folder: string, fs: FileSystem): void {
  try {
    const file = fs.openSync(folder, "r");
    try {
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
  } catch (error) {
    if (!["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP", "EBADF"].includes(codeOf(error) ?? "")) throw error;
  }
}
