/**
 * A run that is cut off anywhere is resumed to the same bytes: at every change of the disk, in each of the ways in which a cut may leave it,
 * and where the disk is full from there on. Here of a run without a study behind it; faults.slow.test.ts has real ones.
 */
import { describe, expect, it } from "vitest";
import type { FileSystem } from "../src/file-system.ts";
import type { Finished } from "../src/journal.ts";
import { type Ask, type Run, startRun } from "../src/run-folder.ts";
import { type Steps, trainingSteps, valueSteps } from "../src/steps.ts";
import { type Storage, storageOn } from "../src/storage.ts";
import { CUTS, cutsOf, fallibleDisk, keyOf } from "./fallible-disk.ts";

const environment = { node: "20", platform: "linux", arch: "x64", cpu: "one" };

function finishedAt(steps: Steps, index: number): Finished {
  const step = steps.at(index);
  const found = { standardError: 0, method: "exact", samples: 0 } as const;
  if ("part" in step) {
    const row = { setting: { part: step.part }, measure: "ei", value: step.part / 3, unit: "bits", ...found };
    return { step: step.part, values: [row] };
  }
  const { seed, epoch } = step;
  const row = { seed, epoch, layer: 0, layerName: "layer 1", measure: "ei", bits: epoch / 3, outside: 0 } as const;
  return {
    training: { seed, epoch, step: epoch, trainLoss: 0.1, testLoss: 0.2, trainAccuracy: 1, testAccuracy: 1 / 3 },
    measurements: [{ ...row, ...found, warnings: "" }],
  };
}

/** Does what is missing, as `perform` does. */
function work(storage: Storage, steps: Steps): void {
  const ask: Ask = { study: "iris", question: { epochs: 2 }, steps, version: "1.0.0", environment };
  const run: Run = startRun("/runs/one", ask, { resume: true, storage });
  try {
    if (run.state === "finished") return;
    for (let at = run.finished.length + run.values.length; at < steps.count; at++) {
      const finished = finishedAt(steps, at);
      if ("values" in finished) run.saveValues(finished);
      else run.save(finished, Uint8Array.of(finished.training.seed, finished.training.epoch, 7));
    }
    run.saveTables();
    run.saveFigures([{ name: "plane", svg: "<svg/>", png: Uint8Array.of(1) }]);
    run.saveReport("<html>");
    run.finish();
  } finally {
    run.close();
  }
}

const KINDS: readonly (readonly [string, Steps])[] = [
  ["of training", trainingSteps([0, 5], 2, 1)],
  ["of values", valueSteps(3)],
];

describe.each(KINDS)("a run %s", (_, steps) => {
  const undisturbed = fallibleDisk();
  work(storageOn(undisturbed.fs), steps);
  const whole = keyOf(undisturbed.snapshot());

  it("has everything on the disk when it is done", () => {
    for (const cut of CUTS) expect(keyOf(undisturbed.snapshot(cut))).toBe(whole);
  });

  it("is resumed to the same bytes after a cut at any change", async () => {
    const { changes, left } = await cutsOf((fs) => work(storageOn(fs), steps));
    expect(changes).toBeGreaterThan(50);
    expect(left.length).toBeGreaterThan(changes / 2);
    for (const holds of left) {
      const after = fallibleDisk({ holds });
      work(storageOn(after.fs), steps);
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
        work(storageOn(disk.fs), steps);
      } catch (caught) {
        error = caught;
      }
      if (error === undefined) {
        expect(room).toBeGreaterThan(50);
        break;
      }
      expect(error).toMatchObject({ name: "StorageError", code: "ENOSPC" });
      const after = fallibleDisk({ holds: disk.snapshot() });
      work(storageOn(after.fs), steps);
      expect(keyOf(after.snapshot())).toBe(whole);
    }
  });

  it("would not be, if files were not flushed before they are renamed", () => {
    const broken = (fs: FileSystem): FileSystem => ({ ...fs, fsyncSync: () => {} });
    const disk = fallibleDisk();
    work(storageOn(broken(disk.fs)), steps);
    expect(keyOf(disk.snapshot("flushed alone"))).not.toBe(whole);
    expect(keyOf(disk.snapshot("names before contents"))).not.toBe(whole);
  });
});
