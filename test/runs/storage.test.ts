import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RunConflictError, StorageError } from "../../src/errors.ts";
import { disk, type FileSystem, storageOn } from "../../src/runs/storage.ts";
import { diskOf, filesIn, refusal, temporaryFolder } from "./folders.ts";

describe("write", () => {
  it("makes the folders above the file and replaces the file as a whole", () => {
    const folder = temporaryFolder();
    disk.write(`${folder}/a/b.txt`, "one");
    disk.write(`${folder}/a/b.txt`, Uint8Array.of(50));
    expect(disk.readText(`${folder}/a/b.txt`)).toBe("2");
    expect(Object.keys(filesIn(folder))).toEqual(["a/b.txt"]);
  });

  it("keeps the old content and leaves no half file when the disk is full", () => {
    const folder = temporaryFolder();
    const storage = diskOf(10);
    storage.write(`${folder}/a`, "old");
    expect(() => storage.write(`${folder}/a`, "x".repeat(20))).toThrow(StorageError);
    expect(() => storage.write(`${folder}/a`, "x".repeat(20))).toThrow(
      /a: expected a file or folder that can be written; got no space left on the disk \(ENOSPC\)\. What was finished before stays readable/,
    );
    expect(disk.readText(`${folder}/a`)).toBe("old");
    expect(Object.keys(filesIn(folder))).toEqual(["a"]);
  });

  it("says in words what the disk refuses", () => {
    const folder = temporaryFolder();
    fs.writeFileSync(`${folder}/file`, "");
    expect(() => disk.write(`${folder}/file/below`, "x")).toThrow(/file\/below: .* got a/);
    for (const [code, words] of Object.entries({
      EACCES: "no permission",
      EROFS: "read-only",
      EDQUOT: "quota",
      EXDEV: "the error EXDEV",
    })) {
      const broken = storageOn({
        ...fs,
        writeFileSync: () => {
          throw refusal(code);
        },
      } as FileSystem);
      expect(() => broken.write(`${folder}/x`, "")).toThrow(new RegExp(words));
    }
  });

  it("passes on an error that is not the disk's", () => {
    const broken = storageOn({
      ...fs,
      writeFileSync: () => {
        throw new TypeError("a mistake");
      },
    } as FileSystem);
    expect(() => broken.write(`${temporaryFolder()}/x`, "")).toThrow(TypeError);
  });
});

describe("read and list", () => {
  it("tell what is absent from what is empty", () => {
    const folder = temporaryFolder();
    expect(disk.read(`${folder}/none`)).toBeUndefined();
    expect(disk.list(`${folder}/none`)).toBeUndefined();
    expect(disk.list(folder)).toEqual([]);
    fs.writeFileSync(`${folder}/empty`, "");
    expect(disk.readText(`${folder}/empty`)).toBe("");
  });

  it("refuse a folder as a file, a file as a folder, and bytes that are no text", () => {
    const folder = temporaryFolder();
    fs.writeFileSync(`${folder}/bytes`, Uint8Array.of(0xff, 0xfe));
    expect(() => disk.read(folder)).toThrow(/a folder where a file belongs/);
    expect(() => disk.list(`${folder}/bytes`)).toThrow(/expected a folder; got a file/);
    expect(() => disk.readText(`${folder}/bytes`)).toThrow(/expected text in UTF-8/);
  });
});

describe("lock", () => {
  it("is refused while this process holds it, and free again when it is given back", () => {
    const path = `${temporaryFolder()}/.lock`;
    const unlock = disk.lock(path);
    expect(() => disk.lock(path)).toThrow(RunConflictError);
    expect(() => disk.lock(path)).toThrow(new RegExp(`in use by process ${process.pid}`));
    unlock();
    expect(fs.existsSync(path)).toBe(false);
    disk.lock(path)();
  });

  it("is refused while another process lives that holds it", () => {
    const path = `${temporaryFolder()}/.lock`;
    fs.writeFileSync(path, `${process.ppid} ${hostname()}\n`);
    expect(() => disk.lock(path)).toThrow(new RegExp(`in use by process ${process.ppid}`));
    expect(fs.readFileSync(path, "utf8")).toBe(`${process.ppid} ${hostname()}\n`);
  });

  it("is taken over from a process that has ended, also one that had this one's number", () => {
    const path = `${temporaryFolder()}/.lock`;
    const ended = spawnSync(process.execPath, ["-e", "0"]).pid;
    for (const pid of [ended, process.pid]) {
      fs.writeFileSync(path, `${pid} ${hostname()}\n`);
      const unlock = disk.lock(path);
      expect(fs.readFileSync(path, "utf8")).toBe(`${process.pid} ${hostname()}\n`);
      unlock();
    }
  });

  it("is never taken from another machine, nor from a holder who has not said its name", () => {
    const path = `${temporaryFolder()}/.lock`;
    fs.writeFileSync(path, "1 elsewhere.example\n");
    expect(() => disk.lock(path)).toThrow(/process 1 on elsewhere.example.*delete \.lock/);
    fs.writeFileSync(path, "");
    expect(() => disk.lock(path)).toThrow(/has not said its name/);
  });

  it("leaves no lock behind on a full disk", () => {
    const folder = temporaryFolder();
    expect(() => diskOf(2).lock(join(folder, ".lock"))).toThrow(StorageError);
    expect(filesIn(folder)).toEqual({});
  });
});
