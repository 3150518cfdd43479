import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RunConflictError, StorageError } from "../../core/src/checks/error-classes.ts";
import { memoryStorage } from "../src/memory-storage.ts";
import { disk, type Storage } from "../src/storage.ts";
import { VERSION } from "../src/version.ts";
import { temporaryFolder } from "./folders.ts";

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const kinds: [string, () => Storage][] = [
  ["the disk", () => disk],
  ["memory", () => memoryStorage()],
];

describe.each(kinds)("a storage on %s", (kind, storageOf) => {
  const start = () => ({ storage: storageOf(), folder: kind === "memory" ? "somewhere" : temporaryFolder() });

  it("makes the folders above a file, replaces it whole, and adds to its end", () => {
    const { storage, folder } = start();
    storage.write(`${folder}/a/b`, "one");
    storage.write(`${folder}/a/b`, Uint8Array.of(50));
    for (let line = 0; line < 9; line++) storage.append(`${folder}/a/b`, `${line}ä\n`);
    storage.append(`${folder}/a/c`, "new");
    expect(storage.readText(`${folder}/a/b`)).toBe("20ä\n1ä\n2ä\n3ä\n4ä\n5ä\n6ä\n7ä\n8ä\n");
    expect(storage.size(`${folder}/a/b`)).toBe(37);
    expect(storage.readText(`${folder}/a/c`)).toBe("new");
    expect(storage.list(`${folder}/a`)).toEqual(["b", "c"]);
    storage.remove(`${folder}/a/c`);
    storage.remove(`${folder}/a/c`);
    expect(storage.list(`${folder}/a`)).toEqual(["b"]);
  });

  it("says what is not there, and refuses what is of another kind", () => {
    const { storage, folder } = start();
    storage.write(`${folder}/file`, Uint8Array.of(0xff));
    expect(storage.read(`${folder}/none`)).toBeUndefined();
    expect(storage.readText(`${folder}/none`)).toBeUndefined();
    expect(storage.size(`${folder}/none`)).toBeUndefined();
    expect(storage.list(`${folder}/none`)).toBeUndefined();
    expect(() => storage.list(`${folder}/file`)).toThrow(/expected a folder; got a file/);
    expect(() => storage.readText(`${folder}/file`)).toThrow(/UTF-8/);
    expect(() => storage.write(`${folder}/file/below`, "")).toThrow(StorageError);
    expect(() => storage.makeFolder(`${folder}/file/below`)).toThrow(StorageError);
    storage.makeFolder(`${folder}/below`);
    expect(() => storage.write(`${folder}/below`, "")).toThrow(StorageError);
    expect(() => storage.read(`${folder}/below`)).toThrow(StorageError);
    expect(() => storage.append(`${folder}/below`, "")).toThrow(StorageError);
  });

  it("makes folders, says which was the uppermost new one, and removes those that are empty", () => {
    const { storage, folder } = start();
    storage.write(`${folder}/a/file`, "");
    expect(storage.makeFolder(`${folder}/a`)).toBeUndefined();
    expect(storage.makeFolder(`${folder}/a/b/c`)).toBe(`${folder}/a/b`);
    storage.removeEmptyFolders(`${folder}/a/b/c`, `${folder}/a/b`);
    expect(storage.list(`${folder}/a`)).toEqual(["file"]);
    storage.makeFolder(`${folder}/d/e`);
    storage.removeEmptyFolders(`${folder}/a`, folder);
    storage.removeEmptyFolders(`${folder}/d/e`, `${folder}/d/e`);
    expect([storage.list(`${folder}/a`), storage.list(`${folder}/d`)]).toEqual([["file"], []]);
  });

  it("locks a folder for one run at a time, until it is given back", () => {
    const { storage, folder } = start();
    storage.makeFolder(folder);
    const first = storage.lock(`${folder}/.lock`);
    expect(() => storage.lock(`${folder}/.lock`)).toThrow(RunConflictError);
    first.check();
    first();
    expect(() => first.check()).toThrow(RunConflictError);
    const second = storage.lock(`${folder}/.lock`);
    first();
    second.check();
    second();
  });
});

describe("memoryStorage", () => {
  it("gives its files by their paths below a folder, and is made of them again", () => {
    const storage = memoryStorage(
      [
        ["b/x", "1"],
        ["./a//y", Uint8Array.of(1, 2)],
        ["c", ""],
      ],
      "/run/",
    );
    expect([...storage.files().keys()]).toEqual(["run/a/y", "run/b/x", "run/c"]);
    const files = storage.files("run");
    expect([...files.keys()]).toEqual(["a/y", "b/x", "c"]);
    expect(memoryStorage(files, "other/run").files("other/run")).toEqual(files);
    expect(storage.files("none")).toEqual(new Map());
  });

  it("shares no bytes with what it takes and gives", () => {
    const given = Uint8Array.of(1);
    const storage = memoryStorage([["a", given]]);
    given[0] = 2;
    storage.read("a")![0] = 3;
    storage.files().get("a")![0] = 4;
    expect(storage.read("a")).toEqual(Uint8Array.of(1));
    const before = storage.read("a")!;
    storage.append("a", "more");
    expect([text(before), storage.files().get("a")!.length]).toEqual(["\u0001", 5]);
  });

  it("takes names of any kind, but none that lead out of it", () => {
    const storage = memoryStorage([["__proto__/constructor", "1"]]);
    expect(storage.list("__proto__")).toEqual(["constructor"]);
    expect(storage.list("constructor")).toBeUndefined();
    expect(() => memoryStorage([["../a", ""]], "run")).toThrow(StorageError);
    expect(() => storage.read("a/../../b")).toThrow('expected a path within the storage; got one with ".."');
    expect(() => storage.write("", "")).toThrow(StorageError);
  });

  it("notices that the folder of a run went away", () => {
    const storage = memoryStorage([["run/file", ""]]);
    const lock = storage.lock("run/.lock");
    expect([...storage.files().keys()]).toEqual(["run/file"]);
    storage.remove("run/file");
    storage.removeEmptyFolders("run", "run");
    expect(() => lock.check()).toThrow(/went away/);
  });
});

it("a run says the version of the packages, in pages too", () => {
  const packages = new URL("../../", import.meta.url);
  for (const name of readdirSync(packages)) {
    const { version } = JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), "utf8"));
    expect([name, VERSION]).toEqual([name, version]);
  }
});
