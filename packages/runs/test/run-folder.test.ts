import * as fs from "node:fs";
import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { FormatError, RunConflictError, StorageError } from "../../core/src/checks/error-classes.ts";
import type { Ask } from "../src/ask.ts";
import { blob } from "../src/blob.ts";
import type { Run } from "../src/open-run.ts";
import { startRun } from "../src/run-folder.ts";
import { storedRun } from "../src/run-layout.ts";
import { stepsOf } from "../src/steps.ts";
import type { PartResult } from "../src/study.ts";
import { diskOf, filesIn, temporaryFolder } from "./folders.ts";

const ask: Ask = {
  study: "iris",
  question: { epochs: 2, seeds: [0] },
  steps: stepsOf([{ at: "seed 0", steps: { unit: "epoch", every: 1, last: 2 } }]),
  tables: ["measurements", "training"],
  version: "1.0.0",
  environment: { node: "20", platform: "linux", arch: "x64", cpu: "one" },
};

function checkpoint(epoch: number): PartResult {
  const row = { seed: 0, epoch, layer: 0, layerName: "layer 1", measure: "ei", method: "exact" } as const;
  const scores = { trainLoss: 0.1, testLoss: 0.2, trainAccuracy: 1, testAccuracy: 1 / 3 };
  return {
    step: epoch,
    rows: {
      training: [{ seed: 0, epoch, step: epoch, ...scores }],
      measurements: [{ ...row, bits: Math.PI, standardError: 0, samples: 0, outside: 0, warnings: "" }],
    },
    blobs: [blob(`seed-0/epoch-00000${epoch}.safetensors`, Uint8Array.of(epoch))],
  };
}

function save(run: Run, ...epochs: number[]): void {
  for (const epoch of epochs) run.save(0, checkpoint(epoch));
}

function end(run: Run): void {
  run.saveTables();
  run.saveFigures([{ name: "plane", svg: "<svg/>", png: Uint8Array.of(1) }]);
  run.saveReport("<html>");
  run.finish();
  run.close();
}

/** A folder with a run of epochs 0 and 1, of three that were asked. */
function unfinished(): string {
  const folder = `${temporaryFolder()}/run`;
  const run = startRun(folder, ask);
  save(run, 0, 1);
  run.close();
  return folder;
}

function finished(): string {
  const folder = `${temporaryFolder()}/run`;
  const run = startRun(folder, ask);
  save(run, 0, 1, 2);
  end(run);
  return folder;
}

/** That starting is refused with these words, and that the folder is just as it was. */
function expectRefusal(folder: string, words: string | RegExp, ...args: [Ask, Parameters<typeof startRun>[2]?]): void {
  const before = filesIn(folder);
  expect(() => startRun(folder, ...args)).toThrow(RunConflictError);
  expect(() => startRun(folder, ...args)).toThrow(words);
  expect(filesIn(folder)).toEqual(before);
}

describe("a new run", () => {
  it("makes the folder and writes what it is told", () => {
    const folder = finished();
    expect(Object.keys(filesIn(folder))).toEqual([
      "checkpoints/seed-0/epoch-000000.safetensors",
      "checkpoints/seed-0/epoch-000001.safetensors",
      "checkpoints/seed-0/epoch-000002.safetensors",
      "figures/plane.png",
      "figures/plane.svg",
      "journal.jsonl",
      "measurements.csv",
      "measurements.parquet",
      "report.html",
      "run.json",
      "training.csv",
      "training.parquet",
    ]);
    expect(storedRun(folder)).toEqual({
      format: 3,
      status: "finished",
      study: "iris",
      question: ask.question,
      results: 3,
      version: "1.0.0",
      environments: [ask.environment],
      figures: ["plane"],
    });
    expect(fs.readFileSync(`${folder}/measurements.csv`, "utf8")).toContain(
      "0,2,0,layer 1,ei,3.141592653589793,0,exact,0,0,,,,,,,,,,,\n",
    );
  });

  it("starts in an empty folder, and in one where a start was cut off", () => {
    const folder = temporaryFolder();
    fs.writeFileSync(`${folder}/run.json.partial`, "{");
    const run = startRun(folder, ask);
    expect(run.state).toBe("new");
    run.close();
  });

  it("starts with resume and with force, where there is nothing to resume or replace", () => {
    for (const flags of [{ resume: true }, { force: true }]) {
      const run = startRun(`${temporaryFolder()}/run`, ask, flags);
      expect(run.state).toBe("new");
      run.close();
    }
  });

  it("leaves nothing behind when the disk is full at the start", () => {
    const parent = temporaryFolder();
    for (const room of [0, 5, 100]) {
      expect(() => startRun(`${parent}/a/b`, ask, { storage: diskOf(room) })).toThrow(StorageError);
      expect(fs.readdirSync(parent)).toEqual([]);
    }
  });

  it("refuses a path that leads through a file, and one where nothing can be made", () => {
    const folder = temporaryFolder();
    fs.writeFileSync(`${folder}/file`, "mine");
    for (const path of [`${folder}/file`, `${folder}/file/run`, `${folder}/a/${"b".repeat(300)}`, "/proc/run"]) {
      expect(() => startRun(path, ask)).toThrow(StorageError);
    }
    expect(fs.readdirSync(folder)).toEqual(["file"]);
    expect(fs.readFileSync(`${folder}/file`, "utf8")).toBe("mine");
  });
});

describe("a folder that holds a run", () => {
  it("is refused without a flag, finished or not", () => {
    expectRefusal(unfinished(), /an unfinished run of the study iris\. Use --resume .*--force/, ask);
    expectRefusal(finished(), /a finished run of the study iris/, ask);
  });

  it("is refused with both flags", () => {
    expectRefusal(unfinished(), "either resume or force", ask, { resume: true, force: true });
  });

  it("continues with resume, from what was finished", () => {
    const run = startRun(unfinished(), ask, { resume: true });
    expect(run.state).toBe("resumed");
    const kept = [0, 1].map((epoch) => ({ part: 0, step: epoch, rows: checkpoint(epoch).rows }));
    expect(run.finished).toEqual(kept);
    expect(run.result({ part: 0, step: 1 })).toEqual(checkpoint(1));
    run.close();
  });

  it("holds the same bytes after it was interrupted and resumed", () => {
    const folder = unfinished();
    const run = startRun(folder, ask, { resume: true });
    save(run, 2);
    end(run);
    expect(filesIn(folder)).toEqual(filesIn(finished()));
  });

  it("ignores a cut-off last line of the journal and half-written files", () => {
    const folder = unfinished();
    const journal = fs.readFileSync(`${folder}/journal.jsonl`);
    fs.writeFileSync(`${folder}/journal.jsonl`, journal.subarray(0, journal.length - 10));
    fs.writeFileSync(`${folder}/figures.partial`, "");
    fs.writeFileSync(`${folder}/checkpoints/seed-0/epoch-000002.safetensors.partial`, "half");
    const run = startRun(folder, ask, { resume: true });
    expect(run.finished.map(({ rows }) => rows)).toEqual([checkpoint(0).rows]);
    save(run, 1, 2);
    end(run);
    expect(filesIn(folder)).toEqual(filesIn(finished()));
  });

  it("has nothing to do with resume when it is finished, and is not touched", () => {
    const folder = finished();
    const before = filesIn(folder);
    const run = startRun(folder, { ...ask, version: "2.0.0" }, { resume: true });
    expect([run.state, run.finished.length]).toEqual(["finished", 3]);
    run.close();
    expect(filesIn(folder)).toEqual(before);
  });

  it("is refused with resume where the question is another, and says which", () => {
    const other = { ...ask, question: { epochs: 3, seeds: [0], bins: 8 } };
    expectRefusal(unfinished(), "epochs is 2 there, 3 here; bins is nothing there, 8 here", other, { resume: true });
    expectRefusal(finished(), "epochs is 2 there, 3 here", other, { resume: true });
    expectRefusal(unfinished(), "study is iris there, other here", { ...ask, study: "other" }, { resume: true });
  });

  it("is continued by no other version of Causalscope", () => {
    expectRefusal(
      unfinished(),
      "expected Causalscope 1.0.0, which started the run; got 1.0.1",
      { ...ask, version: "1.0.1" },
      {
        resume: true,
      },
    );
  });

  it("remembers every machine that worked on it", () => {
    const folder = unfinished();
    const elsewhere = { ...ask.environment, cpu: "two" };
    for (let time = 0; time < 2; time++) startRun(folder, { ...ask, environment: elsewhere }, { resume: true }).close();
    expect(storedRun(folder)!.environments).toEqual([ask.environment, elsewhere]);
  });

  it("is replaced with force: its own files go, those of others stay", () => {
    const folder = finished();
    for (const file of [
      "notes.txt",
      "figures/mine.svg",
      "checkpoints/seed-0/mine.safetensors",
      "checkpoints/best.txt",
    ]) {
      fs.writeFileSync(`${folder}/${file}`, "mine");
    }
    const run = startRun(folder, { ...ask, question: { epochs: 1 } }, { force: true });
    expect(run.state).toBe("new");
    run.close();
    expect(Object.keys(filesIn(folder))).toEqual([
      "checkpoints/best.txt",
      "checkpoints/seed-0/mine.safetensors",
      "figures/mine.svg",
      "notes.txt",
      "run.json",
    ]);
    expect(storedRun(folder)).toMatchObject({ status: "unfinished", question: { epochs: 1 }, figures: [] });
  });

  it("is refused while another process writes it, whatever the flags", () => {
    const folder = unfinished();
    fs.writeFileSync(`${folder}/.lock`, `${process.ppid} ${hostname()}\n`);
    for (const flags of [{ resume: true }, { force: true }]) expectRefusal(folder, "in use by process", ask, flags);
  });

  it("is resumed when the process that wrote it was killed", () => {
    const folder = unfinished();
    fs.writeFileSync(`${folder}/.lock`, `${process.pid} ${hostname()}\n`);
    startRun(folder, ask, { resume: true }).close();
    expect(fs.existsSync(`${folder}/.lock`)).toBe(false);
  });

  it("says so where the checkpoint to continue from is gone", () => {
    const folder = unfinished();
    fs.rmSync(`${folder}/checkpoints`, { recursive: true });
    expect(() => startRun(folder, ask, { resume: true })).toThrow(FormatError);
    expect(() => startRun(folder, ask, { resume: true })).toThrow(
      /journal\.jsonl, line 1: expected the checkpoint of seed 0, epoch 0 in .*epoch-000000\.safetensors.*; got none/,
    );
  });

  it("is refused where its journal or run.json was changed", () => {
    const folder = unfinished();
    fs.writeFileSync(`${folder}/journal.jsonl`, "{}\n");
    expect(() => startRun(folder, ask, { resume: true })).toThrow(
      /journal\.jsonl, line 1: expected a line with its hash/,
    );
    expect(fs.existsSync(`${folder}/.lock`)).toBe(false);
    for (const text of [
      "{",
      "[]",
      '{"format":"causalscope-run","version":1}',
      '{"format":"causalscope-run","version":9}',
    ]) {
      fs.writeFileSync(`${folder}/run.json`, text);
      for (const flags of [{}, { resume: true }, { force: true }]) {
        expect(() => startRun(folder, ask, flags)).toThrow(/run\.json: .*expected/);
      }
      expect(fs.readFileSync(`${folder}/run.json`, "utf8")).toBe(text);
    }
  });

  it("does not let a changed run.json lead out of the folder", () => {
    const folder = finished();
    const text = fs.readFileSync(`${folder}/run.json`, "utf8");
    fs.writeFileSync(`${folder}/run.json`, text.replace('"plane"', '"../../victim"'));
    fs.writeFileSync(`${folder}/../victim.svg`, "mine");
    expect(() => startRun(folder, ask, { force: true })).toThrow(/run\.json: .*expected/);
    expect(fs.existsSync(`${folder}/../victim.svg`)).toBe(true);
  });
});

describe("a folder with files, but no run", () => {
  it("is refused, whatever the flags", () => {
    const folder = temporaryFolder();
    fs.writeFileSync(`${folder}/thesis.tex`, "mine");
    for (const flags of [{}, { resume: true }, { force: true }]) {
      expectRefusal(folder, "a folder with other files (thesis.tex)", ask, flags);
    }
  });
});

describe("a disk that fills up", () => {
  it("keeps what was finished, wherever it stops, so that a resumed run has the same bytes", () => {
    const whole = filesIn(finished());
    const size = Object.values(whole).reduce((sum, hex) => sum + hex.length / 2, 0);
    let stops = 0;
    for (let room = 400; room < size + 1200; room += 97) {
      const folder = `${temporaryFolder()}/run`;
      const storage = diskOf(room);
      let run: Run | undefined;
      try {
        run = startRun(folder, ask, { storage });
        save(run, 0, 1, 2);
        end(run);
      } catch (error) {
        expect(error).toBeInstanceOf(StorageError);
        run?.close();
        stops++;
      }
      const again = startRun(folder, ask, { resume: true });
      if (again.state === "finished") continue;
      save(again, ...[0, 1, 2].slice(again.finished.length));
      end(again);
      expect(filesIn(folder)).toEqual(whole);
    }
    expect(stops).toBeGreaterThan(10);
  });
});
