/**
 * A run that is cut off anywhere is resumed to the same bytes: at every change of the disk, in each of the ways in which a cut may leave it,
 * and where the disk is full from there on. Here of a run without a study behind it; faults.slow.test.ts has real ones.
 */
import { describe, expect, it } from "vitest";
import type { Ask } from "../src/ask.ts";
import { blob } from "../src/blob.ts";
import type { FileSystem } from "../src/file-system.ts";
import type { Run } from "../src/open-run.ts";
import type { TableName } from "../src/row-tables.ts";
import { startRun } from "../src/run-folder.ts";
import { type Place, stepsOf } from "../src/steps.ts";
import { type Storage, storageOn } from "../src/storage.ts";
import type { Part, PartResult } from "../src/study.ts";
import { CUTS, cutsOf, fallibleDisk, keyOf } from "./fallible-disk.ts";

const environment = { node: "20", platform: "linux", arch: "x64", cpu: "one" };

interface Kind {
  readonly parts: readonly Part[];
  readonly tables: readonly TableName[];
}

function resultAt({ part, step }: Place, { tables }: Kind): PartResult {
  const found = { standardError: 0, method: "exact", samples: 0 } as const;
  if (tables.includes("values")) {
    const row = { setting: { part }, measure: "ei", value: part / 3, unit: "bits", ...found };
    return { step, rows: { values: [row] }, blobs: [] };
  }
  const [seed, epoch] = [part, step];
  const row = { seed, epoch, layer: 0, layerName: "layer 1", measure: "ei", bits: epoch / 3, outside: 0 } as const;
  const scores = { trainLoss: 0.1, testLoss: 0.2, trainAccuracy: 1, testAccuracy: 1 / 3 };
  return {
    step,
    rows: {
      training: [{ seed, epoch, step: epoch, ...scores }],
      measurements: [{ ...row, ...found, warnings: "" }],
    },
    blobs: [blob(`seed-${seed}/epoch-00000${epoch}.safetensors`, Uint8Array.of(seed, epoch, 7))],
  };
}

/** Does what is missing, as `perform` does. */
function work(storage: Storage, kind: Kind): void {
  const { parts, tables } = kind;
  const steps = stepsOf(parts);
  const ask: Ask = { study: "iris", question: { epochs: 2 }, steps, tables, version: "1.0.0", environment };
  const run: Run = startRun("/runs/one", ask, { resume: true, storage });
  try {
    if (run.state === "finished") return;
    for (let at = run.finished.length; at < steps.count; at++) {
      const place = steps.at(at);
      run.save(place.part, resultAt(place, kind));
    }
    run.saveTables();
    run.saveFigures([{ name: "plane", svg: "<svg/>", png: Uint8Array.of(1) }]);
    run.saveReport("<html>");
    run.finish();
  } finally {
    run.close();
  }
}

const KINDS: readonly (readonly [string, Kind])[] = [
  [
    "of training",
    {
      parts: ["seed 0", "seed 1"].map((at) => ({ at, steps: { unit: "epoch", every: 1, last: 2 } })),
      tables: ["measurements", "training"],
    },
  ],
  ["of values", { parts: [{ at: "one" }, { at: "two" }, { at: "three" }], tables: ["values"] }],
];

describe.each(KINDS)("a run %s", (_, kind) => {
  const undisturbed = fallibleDisk();
  work(storageOn(undisturbed.fs), kind);
  const whole = keyOf(undisturbed.snapshot());

  it("has everything on the disk when it is done", () => {
    for (const cut of CUTS) expect(keyOf(undisturbed.snapshot(cut))).toBe(whole);
  });

  it("is resumed to the same bytes after a cut at any change", async () => {
    const { changes, left } = await cutsOf((fs) => work(storageOn(fs), kind));
    expect(changes).toBeGreaterThan(50);
    expect(left.length).toBeGreaterThan(changes / 2);
    for (const holds of left) {
      const after = fallibleDisk({ holds });
      work(storageOn(after.fs), kind);
      expect(keyOf(after.snapshot())).toBe(whole);
    }
  });

  it("is resumed to the same bytes after the disk was full from any change on", () => {
    for (let room = 0; ; room++) {
      const disk = fallibleDisk({
        onChange(now, call) {
          if (now.changes > room && call !== "removing") {
            throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
          }
        },
      });
      let error: unknown;
      try {
        work(storageOn(disk.fs), kind);
      } catch (caught) {
        error = caught;
      }
      if (error === undefined) {
        expect(room).toBeGreaterThan(50);
        break;
      }
      expect(error).toMatchObject({ name: "StorageError", code: "ENOSPC" });
      const after = fallibleDisk({ holds: disk.snapshot() });
      work(storageOn(after.fs), kind);
      expect(keyOf(after.snapshot())).toBe(whole);
    }
  });

  it("would not be, if files were not flushed before they are renamed", () => {
    const broken = (fs: FileSystem): FileSystem => ({ ...fs, fsyncSync: () => {} });
    const disk = fallibleDisk();
    work(storageOn(broken(disk.fs)), kind);
    expect(keyOf(disk.snapshot("flushed alone"))).not.toBe(whole);
    expect(keyOf(disk.snapshot("names before contents"))).not.toBe(whole);
  });
});
