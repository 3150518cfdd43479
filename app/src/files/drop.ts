/** Files that are dropped or picked: a run, or data. The engine looks into them. */
import { type GivenFile, MOST_BYTES, MOST_FILES } from "../engine/protocol.ts";

interface Found {
  readonly path: string;
  readonly file: File;
}

/**
 * What a drop holds, folders opened.
 *
 * @param entries of the drop, which have to be taken from it before anything else is done.
 * @param files of the drop, where the browser knows no entries.
 */
export async function filesOfDrop(
  entries: readonly FileSystemEntry[],
  files: readonly File[],
): Promise<readonly GivenFile[]> {
  if (entries.length === 0) return filesOf(files);
  const found: Found[] = [];
  for (const entry of entries) await walk(entry, "", found);
  return read(found);
}

async function walk(entry: FileSystemEntry, above: string, into: Found[]): Promise<void> {
  const path = `${above}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    into.push({ path, file });
    if (into.length > MOST_FILES) throw tooMuch();
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const each of some) await walk(each, `${path}/`, into);
  }
}

/** What was picked. */
export function filesOf(picked: readonly File[]): Promise<readonly GivenFile[]> {
  return read(picked.map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

async function read(found: readonly Found[]): Promise<GivenFile[]> {
  requireFew(found);
  const files: GivenFile[] = [];
  for (const { path, file } of found) files.push({ path, bytes: new Uint8Array(await file.arrayBuffer()) });
  return files;
}

/** Before anything is read. */
function requireFew(found: readonly Found[]): void {
  const bytes = found.reduce((sum, { file }) => sum + file.size, 0);
  if (bytes > MOST_BYTES || found.length > MOST_FILES) throw tooMuch();
}

function tooMuch(): Error {
  const most = `${MOST_FILES.toLocaleString("en")} files`;
  return new Error(
    `the dropped files: expected a run or data of at most 512 MiB in ${most}; got more. Drop one run alone.`,
  );
}

/** Whether files are taken for a run: data to learn from are one file, or two. */
export function isRun(files: readonly GivenFile[]): boolean {
  return files.length < 1 || files.length > 2 || files.some(({ path }) => /(?:^|\/)run\.json$|\.zip$/i.test(path));
}
