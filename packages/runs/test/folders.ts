/** Folders for tests: made anew, removed after the test, compared byte for byte. */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, onTestFinished } from "vitest";
import { type FileSystem, type Storage, storageOn } from "../src/storage.ts";

const newFolder = () => fs.mkdtempSync(join(tmpdir(), "causalscope-"));

export function temporaryFolder(): string {
  const folder = newFolder();
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** One for all tests of a file: to be called beside them. */
export function folderOfFile(): string {
  const folder = newFolder();
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Every file below a folder with its content in hexadecimal. */
export function filesIn(folder: string): Record<string, string> {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [relative(folder, path), fs.readFileSync(path).toString("hex")]));
}

/** A disk with room for so many bytes; then it is full. A file that does not fit is cut off, as on a real one. */
export function diskOf(bytes: number): Storage {
  let room = bytes;
  const writeFileSync = (
    path: fs.PathOrFileDescriptor,
    content: string | Uint8Array,
    options?: fs.WriteFileOptions,
  ) => {
    const whole = Buffer.from(content as string);
    const part = whole.subarray(0, room);
    fs.writeFileSync(path, part, options);
    room -= part.length;
    if (part.length < whole.length) throw refusal("ENOSPC");
  };
  return storageOn({ ...fs, writeFileSync } as FileSystem);
}

export function refusal(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}
