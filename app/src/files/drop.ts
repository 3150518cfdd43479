/** Files that are dropped or picked: a folder, a zip of one, or its files. */
import type { GivenFile } from "../engine/protocol.ts";

/** More than this is no run of this page. */
const MOST_BYTES = 2 ** 30;

/** What a drop holds, folders opened. */
export async function filesOfDrop(transfer: DataTransfer): Promise<GivenFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) return filesOf([...transfer.files]);
  const found: GivenFile[] = [];
  for (const entry of entries) await walk(entry, "", found);
  return await runFiles(found);
}

async function walk(entry: FileSystemEntry, above: string, into: GivenFile[]): Promise<void> {
  const path = `${above}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    into.push({ path, bytes: new Uint8Array(await file.arrayBuffer()) });
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
export async function filesOf(picked: readonly File[]): Promise<GivenFile[]> {
  const found: GivenFile[] = [];
  for (const file of picked)
    found.push({ path: file.webkitRelativePath || file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  return runFiles(found);
}

/** The files of the run among those given: a zip is opened, and paths are taken from where run.json is. */
export async function runFiles(given: readonly GivenFile[]): Promise<GivenFile[]> {
  const opened = (
    await Promise.all(given.map(async (file) => (/\.zip$/i.test(file.path) ? unzipped(file) : [file])))
  ).flat();
  const root = opened
    .filter(({ path }) => path === "run.json" || path.endsWith("/run.json"))
    .map(({ path }) => path.slice(0, -"run.json".length))
    .sort((a, b) => a.length - b.length)[0];
  if (root === undefined) return opened;
  return opened
    .filter(({ path }) => path.startsWith(root))
    .map(({ path, bytes }) => ({ path: path.slice(root.length), bytes }));
}

async function unzipped({ path, bytes }: GivenFile): Promise<GivenFile[]> {
  const { unzipSync } = await import("fflate");
  let size = 0;
  const files = unzipSync(bytes, {
    filter: ({ originalSize }) => {
      size += originalSize;
      if (size > MOST_BYTES) throw new Error(`${path}: expected a run of at most 1 GiB; got more.`);
      return true;
    },
  });
  return Object.entries(files)
    .filter(([name]) => !name.endsWith("/"))
    .map(([name, content]) => ({ path: name, bytes: content }));
}
