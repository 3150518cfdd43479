/** The part of `node:fs` that runs rest on, and what its errors say. */
import type * as nodeFs from "node:fs";

/** A test may give one that fails, or one that forgets what was not flushed to the disk. */
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

/** Ends the names of files that are not yet renamed into place; one that is found was left by a killed process. */
export const TEMPORARY = ".partial";

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
