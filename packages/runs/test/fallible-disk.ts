/**
 * A disk in memory that keeps apart what was written and what was flushed, for tests of what a power cut leaves. As POSIX has it: a file's
 * content is safe after fsync of the file, a name (made, renamed or removed) after fsync of its folder; before, either may be there or not.
 */
import type { FileSystem } from "../src/file-system.ts";

interface File {
  readonly kind: "file";
  data: Uint8Array;
  flushed: Uint8Array;
  mtimeMs: number;
}

interface Folder {
  readonly kind: "folder";
  entries: Map<string, File | Folder>;
  flushed: Map<string, File | Folder>;
}

/** Contents by path, and folders, with undefined. */
export type Snapshot = ReadonlyMap<string, Uint8Array | undefined>;

/**
 * What a cut leaves: all that was written, as of a process that was killed; only what was flushed; or all names, but of contents that were
 * not flushed only a half.
 */
export const CUTS = ["killed", "flushed alone", "names before contents"] as const;
export type Cut = (typeof CUTS)[number];

export interface FallibleDisk {
  readonly fs: FileSystem;
  /** What is on it now, or what a cut would leave. */
  snapshot(cut?: Cut): Snapshot;
  /** Calls that changed something so far. */
  readonly changes: number;
}

export interface DiskOptions {
  /** What it holds at first, flushed. */
  readonly holds?: Snapshot;
  /** Told of each call that changes something, before it is done, and of each write when half of it is. May throw, as the disk does. */
  readonly onChange?: (disk: FallibleDisk, call: string, path: string) => void;
}

const CHANGES = ["writing", "half written"] as const;

export function fallibleDisk({ holds = new Map(), onChange }: DiskOptions = {}): FallibleDisk {
  const root: Folder = { kind: "folder", entries: new Map(), flushed: new Map() };
  const open = new Map<number, { path: string; node: File | Folder; append: boolean }>();
  let next = 3;
  let changes = 0;

  const partsOf = (path: string) => path.split("/").filter((part) => part !== "" && part !== ".");
  const find = (path: string): File | Folder | undefined => {
    let at: File | Folder | undefined = root;
    for (const part of partsOf(path)) at = at?.kind === "folder" ? at.entries.get(part) : undefined;
    return at;
  };
  const above = (path: string): [Folder, string] => {
    const parts = partsOf(path);
    const folder = find(parts.slice(0, -1).join("/"));
    if (folder?.kind !== "folder") throw refusal("ENOENT", path);
    return [folder, parts.at(-1)!];
  };
  const need = (path: string): File | Folder => {
    const node = find(path);
    if (node === undefined) throw refusal("ENOENT", path);
    return node;
  };
  const change = (call: string, path: string) => {
    changes++;
    onChange?.(disk, call, path);
  };
  const made = (path: string): File => {
    const [folder, name] = above(path);
    const file: File = { kind: "file", data: new Uint8Array(), flushed: new Uint8Array(), mtimeMs: Date.now() };
    folder.entries.set(name, file);
    return file;
  };
  const put = (file: File, path: string, bytes: Uint8Array) => {
    const before = file.data;
    const whole = Buffer.concat([before, bytes]);
    change(CHANGES[0], path);
    file.data = whole.subarray(0, before.length + Math.floor(bytes.length / 2));
    change(CHANGES[1], path);
    file.data = whole;
    file.mtimeMs = Date.now();
  };

  const fs = {
    openSync(path: string, flags: string) {
      let node = find(path);
      if (flags === "r") node = need(path);
      else if (node?.kind === "folder") throw refusal("EISDIR", path);
      else if (node === undefined || flags === "w") {
        change("opening", path);
        if (node === undefined) node = made(path);
        else node.data = new Uint8Array();
      }
      open.set(next, { path, node, append: flags === "a" });
      return next++;
    },
    closeSync(descriptor: number) {
      open.delete(descriptor);
    },
    fsyncSync(descriptor: number) {
      const { node, path } = open.get(descriptor)!;
      change("flushing", path);
      if (node.kind === "file") node.flushed = node.data;
      else node.flushed = new Map(node.entries);
    },
    mkdirSync(path: string) {
      if (find(path) !== undefined) throw refusal("EEXIST", path);
      const [folder, name] = above(path);
      change("making", path);
      folder.entries.set(name, { kind: "folder", entries: new Map(), flushed: new Map() });
    },
    readFileSync(path: string, encoding?: string) {
      const node = need(path);
      if (node.kind === "folder") throw refusal("EISDIR", path);
      return encoding === undefined ? Buffer.from(node.data) : new TextDecoder().decode(node.data);
    },
    readdirSync(path: string) {
      const node = need(path);
      if (node.kind === "file") throw refusal("ENOTDIR", path);
      return [...node.entries.keys()];
    },
    renameSync(from: string, to: string) {
      const node = need(from);
      const [target, name] = above(to);
      const [folder, old] = above(from);
      change("renaming", to);
      folder.entries.delete(old);
      target.entries.set(name, node);
    },
    rmdirSync(path: string) {
      const node = need(path);
      if (node.kind === "file") throw refusal("ENOTDIR", path);
      if (node.entries.size > 0) throw refusal("ENOTEMPTY", path);
      change("removing", path);
      const [folder, name] = above(path);
      folder.entries.delete(name);
    },
    statSync(path: string) {
      const node = need(path);
      const isFolder = node.kind === "folder";
      return {
        isDirectory: () => isFolder,
        size: isFolder ? 0 : node.data.length,
        mtimeMs: isFolder ? 0 : node.mtimeMs,
      };
    },
    unlinkSync(path: string) {
      need(path);
      change("removing", path);
      const [folder, name] = above(path);
      folder.entries.delete(name);
    },
    utimesSync(path: string, _: Date, modified: Date) {
      const node = need(path);
      if (node.kind === "file") node.mtimeMs = modified.getTime();
    },
    writeFileSync(to: string | number, content: string | Uint8Array, options?: { flag?: string }) {
      const bytes = Buffer.from(content as string);
      if (typeof to === "number") {
        const { node, path } = open.get(to)!;
        if (node.kind === "file") put(node, path, bytes);
        return;
      }
      if (options?.flag === "wx" && find(to) !== undefined) throw refusal("EEXIST", to);
      change("opening", to);
      const found = find(to);
      const file = found?.kind === "file" ? found : made(to);
      file.data = new Uint8Array();
      put(file, to, bytes);
    },
  };

  const disk: FallibleDisk = {
    fs: fs as unknown as FileSystem,
    get changes() {
      return changes;
    },
    snapshot(cut = "killed") {
      const found = new Map<string, Uint8Array | undefined>();
      const visit = (folder: Folder, path: string) => {
        const entries = cut === "flushed alone" ? folder.flushed : folder.entries;
        for (const [name, node] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
          const at = `${path}/${name}`;
          if (node.kind === "folder") {
            found.set(at, undefined);
            visit(node, at);
          } else found.set(at, contentAfter(node, cut));
        }
      };
      visit(root, "");
      return found;
    },
  };

  for (const [path, content] of holds) {
    const [folder, name] = above(path);
    const node: File | Folder =
      content === undefined
        ? { kind: "folder", entries: new Map(), flushed: new Map() }
        : { kind: "file", data: content, flushed: content, mtimeMs: Date.now() };
    folder.entries.set(name, node);
    folder.flushed.set(name, node);
  }
  return disk;
}

function contentAfter({ data, flushed }: File, cut: Cut): Uint8Array {
  if (cut === "flushed alone") return flushed;
  if (cut === "killed" || data === flushed) return data;
  return data.subarray(0, Math.floor((flushed.length <= data.length ? flushed.length + data.length : data.length) / 2));
}

function refusal(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** A text that is the same for equal snapshots alone. */
export function keyOf(snapshot: Snapshot): string {
  return [...snapshot]
    .map(([path, content]) => `${path} ${content === undefined ? "/" : Buffer.from(content).toString("base64")}`)
    .join("\n");
}

export interface Cuts {
  /** The disk after work that nothing disturbed, by `keyOf`. */
  readonly whole: string;
  /** Calls that changed the disk meanwhile. */
  readonly changes: number;
  /** Every different disk that a cut at one of them may leave. */
  readonly left: readonly Snapshot[];
}

/** Does some work once, and takes down what a cut at any change of the disk would leave. */
export async function cutsOf(work: (fs: FileSystem) => Promise<void> | void): Promise<Cuts> {
  const left = new Map<string, Snapshot>();
  const disk = fallibleDisk({
    onChange(now) {
      for (const cut of CUTS) {
        const snapshot = now.snapshot(cut);
        left.set(keyOf(snapshot), snapshot);
      }
    },
  });
  await work(disk.fs);
  return { whole: keyOf(disk.snapshot()), changes: disk.changes, left: [...left.values()] };
}
