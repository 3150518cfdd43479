import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { RunConflictError, StorageError } from "../../core/src/checks/error-classes.ts";
import { LEASE } from "../src/lock.ts";
import { disk, type FileSystem, storageOn } from "../src/storage.ts";
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
      /a: expected a file or folder that can be written; got no space left on the disk \(ENOSPC\)\. Finished results stay readable/,
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
      expect(fs.readFileSync(path, "utf8")).toMatch(new RegExp(`^${process.pid} ${hostname()} [0-9a-f-]{36}\\n$`));
      unlock();
      expect(filesIn(dirname(path))).toEqual({});
    }
  });

  it("is never taken from another machine, nor from a holder who has not said its name", () => {
    const path = `${temporaryFolder()}/.lock`;
    fs.writeFileSync(path, "1 elsewhere.example\n");
    expect(() => disk.lock(path)).toThrow(/process 1 on elsewhere.example.*delete \.lock/);
    fs.writeFileSync(path, "");
    expect(() => disk.lock(path)).toThrow(/an unknown process/);
  });

  it("is taken over, wherever its process is, when it was not renewed for as long as the lease", () => {
    const path = `${temporaryFolder()}/.lock`;
    const long = new Date(Date.now() - 2 * LEASE);
    for (const content of ["1 elsewhere.example\n", `${process.ppid} ${hostname()}\n`, ""]) {
      fs.writeFileSync(path, content);
      fs.utimesSync(path, long, long);
      disk.lock(path)();
    }
  });

  it("is renewed by each check, which says so where it is gone, or another's", () => {
    const path = `${temporaryFolder()}/.lock`;
    const lock = disk.lock(path);
    const long = new Date(Date.now() - 2 * LEASE);
    fs.utimesSync(path, long, long);
    lock.check();
    expect(() => disk.lock(path)).toThrow(RunConflictError);
    const own = fs.readFileSync(path);
    fs.writeFileSync(path, `${process.ppid} ${hostname()}\n`);
    expect(() => lock.check()).toThrow(/in use by another process, which took it over/);
    fs.unlinkSync(path);
    expect(() => lock.check()).toThrow(/the folder disappeared/);
    fs.writeFileSync(path, own);
    lock();
    expect(fs.existsSync(path)).toBe(false);
  });

  it("does not take away what another process took over", () => {
    const path = `${temporaryFolder()}/.lock`;
    const lock = disk.lock(path);
    fs.writeFileSync(path, `${process.ppid} ${hostname()}\n`);
    lock();
    expect(fs.existsSync(path)).toBe(true);
  });

  it("has one owner, wherever one process is interrupted by another that finds the same stale lock", () => {
    const stale = `${spawnSync(process.execPath, ["-e", "0"]).pid} ${hostname()}\n`;
    const calls = [
      "openSync",
      "writeFileSync",
      "fsyncSync",
      "readdirSync",
      "readFileSync",
      "statSync",
      "renameSync",
      "unlinkSync",
    ] as const;
    const real: FileSystem = { ...fs };
    let interruptions = 0;
    for (const found of [stale, undefined]) {
      for (let at = 0; ; at++) {
        const path = `${temporaryFolder()}/.lock`;
        if (found !== undefined) fs.writeFileSync(path, found);
        let left = at;
        let other: (() => void) | undefined;
        const interrupted = Object.fromEntries(
          calls.map((name) => [
            name,
            (...args: never[]) => {
              if (left-- === 0) {
                interruptions++;
                try {
                  other = disk.lock(path);
                } catch (error) {
                  expect(error).toBeInstanceOf(RunConflictError);
                }
              }
              return (real[name] as (...given: never[]) => unknown)(...args);
            },
          ]),
        );
        let own: (() => void) | undefined;
        try {
          own = storageOn({ ...fs, ...interrupted } as FileSystem).lock(path);
        } catch (error) {
          expect(error).toBeInstanceOf(RunConflictError);
        }
        expect([own, other].filter((each) => each !== undefined)).toHaveLength(1);
        own?.();
        other?.();
        expect(filesIn(dirname(path))).toEqual({});
        if (left >= 0) break;
      }
    }
    expect(interruptions).toBeGreaterThan(10);
  });

  it("lets one of two that come at the same time go first", () => {
    const path = `${temporaryFolder()}/.lock`;
    const claim = `${path}.00000000-0000-0000-0000-000000000000.${process.ppid}.${hostname()}.partial`;
    fs.writeFileSync(claim, "");
    let looks = 0;
    // The other, seen once, has stepped back by the second look.
    const readdirSync = ((folder: string) => {
      const names = fs.readdirSync(folder);
      if (++looks === 1) fs.unlinkSync(claim);
      return names;
    }) as FileSystem["readdirSync"];
    const statSync = ((name: string) =>
      name === claim ? { mtimeMs: Date.now() } : fs.statSync(name)) as FileSystem["statSync"];
    storageOn({ ...fs, readdirSync, statSync } as FileSystem).lock(path)();
    expect(looks).toBe(2);
  });

  it("leaves no lock behind on a full disk", () => {
    const folder = temporaryFolder();
    expect(() => diskOf(2).lock(join(folder, ".lock"))).toThrow(StorageError);
    expect(filesIn(folder)).toEqual({});
  });
});
