/** Runs whose folder was changed, by hand or by the disk: refused with the line, or made good, and said. */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { journalLine, questionHash } from "../../runs/src/journal.ts";
import { readRun } from "../../runs/src/read-run.ts";
import { filesIn, temporaryFolder } from "../../runs/test/folders.ts";
import { studies } from "../../studies/src/index.ts";
import { causalscope } from "./harness.ts";

const SMALL = ["--epochs", "4", "--every", "1", "--seeds", "2", "--tolerance", "0.2", "--quiet", "--workers", "0"];
const ABLATION =
  "--data iris --seeds 2 --epochs 4 --scores information --repetitions 1 --bootstrap 5 --quiet --workers 0".split(" ");

const resume = (folder: string, study = "iris") =>
  causalscope(["study", study, "--resume", "--quiet", "--out", folder]);

/** As a run is left that was stopped after so many lines. */
function stopAfter(folder: string, lines: number): void {
  const journal = fs.readFileSync(`${folder}/journal.jsonl`, "utf8").split("\n");
  fs.writeFileSync(`${folder}/journal.jsonl`, `${journal.slice(0, lines).join("\n")}\n`);
  setStatus(folder, "unfinished");
}

function setStatus(folder: string, status: string): void {
  const text = fs.readFileSync(`${folder}/run.json`, "utf8");
  fs.writeFileSync(`${folder}/run.json`, text.replace(/"status": "\w+"/, `"status": "${status}"`));
}

function changeLines(folder: string, change: (lines: string[]) => string[]): void {
  const path = `${folder}/journal.jsonl`;
  const lines = fs.readFileSync(path, "utf8").split("\n").slice(0, -1);
  fs.writeFileSync(
    path,
    change(lines)
      .map((line) => `${line}\n`)
      .join(""),
  );
}

let whole: string;

beforeAll(async () => {
  whole = `${fs.mkdtempSync(join(tmpdir(), "causalscope-"))}/run`;
  expect(await causalscope(["study", "iris", "--out", whole, ...SMALL])).toMatchObject({ status: 0 });
});

afterAll(() => fs.rmSync(dirname(whole), { recursive: true }));

function copyOf(folder: string): string {
  const copy = `${temporaryFolder()}/run`;
  fs.cpSync(folder, copy, { recursive: true });
  return copy;
}

describe("a run with a changed journal", () => {
  it.each<[string, (lines: string[]) => string[], number]>([
    ["a line removed", ([a, _, ...rest]) => [a!, ...rest], 2],
    ["the first line removed", ([_, ...rest]) => rest, 1],
    ["two lines exchanged", ([a, b, c, ...rest]) => [a!, c!, b!, ...rest], 2],
    ["a line doubled", ([a, b, ...rest]) => [a!, b!, b!, ...rest], 3],
    ["a digit changed", ([a, b, ...rest]) => [a!, b!.replace(/"bits":(\d)/, (_, d) => `"bits":${9 - d}`), ...rest], 2],
    [
      "no measurements",
      ([a, b, ...rest]) => [a!, b!.replace(/"measurements":\[.*\]/, '"measurements":[]'), ...rest],
      2,
    ],
    ["a null measurement", ([a, ...rest]) => [a!.replace(/"measurements":\[\{/, '"measurements":[null,{'), ...rest], 1],
    ["a row without its seed", ([a, ...rest]) => [a!.replace(/\[\{"seed":0,/, "[{"), ...rest], 1],
    ["a byte order mark before it", ([a, ...rest]) => [`\ufeff${a}`, ...rest], 1],
    ["no hash", ([a, b, ...rest]) => [a!, b!.replace(/,"hash":"\w+"/, ""), ...rest], 2],
  ])("is refused with the line: %s", async (_, change, line) => {
    for (const lines of [4, 10]) {
      const folder = copyOf(whole);
      if (lines < 10) stopAfter(folder, lines);
      changeLines(folder, change);
      const before = filesIn(folder);
      const { status, stderr } = await resume(folder);
      expect(stderr).toContain(`journal.jsonl, line ${line}`);
      expect([status, stderr.split("\n").length]).toEqual([2, 2]);
      expect(filesIn(folder)).toEqual(before);
      // No reader takes it for what was measured, either.
      const read = await causalscope(["export", folder]);
      expect([read.status, read.stdout]).toEqual([2, ""]);
    }
  });

  it("is refused where run.json asks something else", async () => {
    const folder = copyOf(whole);
    stopAfter(folder, 4);
    const text = fs.readFileSync(`${folder}/run.json`, "utf8");
    fs.writeFileSync(`${folder}/run.json`, text.replace('"tolerance": 0.2', '"tolerance": 0.3'));
    expect(await resume(folder)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/line 1: .*the options in run\.json/),
    });
  });
});

describe("a run whose rows lack their settings, though all hashes fit", () => {
  it("is refused, with its journal, by what makes something of them", async () => {
    const folder = `${temporaryFolder()}/edge`;
    const small = "--bins 8 --greatest-weight 4 --weight-step 2 --quiet --workers 0".split(" ");
    expect(await causalscope(["study", "edge", "--out", folder, ...small])).toMatchObject({ status: 0 });
    let hash = questionHash(readRun(folder).file);
    changeLines(folder, (lines) =>
      lines.map((line) => {
        const { part, step, rows, blobs } = JSON.parse(line);
        const values = rows.values.map((row: object) => ({ ...row, setting: {} }));
        const made = journalLine({ finished: { part, step, rows: { values } }, blobs }, hash);
        hash = made.hash;
        return made.text.trimEnd();
      }),
    );
    for (const name of ["report", "figures"]) {
      const { status, stderr } = await causalscope([name, folder]);
      expect(stderr).toMatch(/journal\.jsonl: expected rows with the settings that the study edge writes; got others/);
      expect([status, stderr.split("\n").length]).toEqual([2, 2]);
    }
  });

  it("says how many values run.json asks for, where these are too many", async () => {
    const folder = `${temporaryFolder()}/edge`;
    const small = "--bins 8 --greatest-weight 4 --weight-step 2 --quiet --workers 0".split(" ");
    expect(await causalscope(["study", "edge", "--out", folder, ...small])).toMatchObject({ status: 0 });
    const text = fs.readFileSync(`${folder}/run.json`, "utf8");
    fs.writeFileSync(`${folder}/run.json`, text.replace('"weightStep": 2', '"weightStep": 1e-320'));
    for (const name of ["report", "export", "film"]) {
      const { status, stderr } = await causalscope([name, folder]);
      expect(stderr).toContain("run.json: weightStep: expected a step between weights with at most 1,000,000 values");
      expect(status).toBe(2);
    }
  });
});

describe("a run with a changed checkpoint", () => {
  it.each<[string, (folder: string) => void, RegExp]>([
    [
      "that of another epoch",
      (folder) => fs.copyFileSync(`${folder}/epoch-000001.safetensors`, `${folder}/epoch-000002.safetensors`),
      /line 3: expected the checkpoint of seed 0, epoch 2 in .*; got one that says epoch 1 of seed 0/,
    ],
    [
      "that of another seed",
      (folder) => fs.copyFileSync(`${folder}/../seed-1/epoch-000000.safetensors`, `${folder}/epoch-000000.safetensors`),
      /line 1: .*; got one that says epoch 0 of seed 1/,
    ],
    ["none", (folder) => fs.rmSync(`${folder}/epoch-000001.safetensors`), /line 2: .*; got none/],
    [
      "half of it",
      (folder) => fs.truncateSync(`${folder}/epoch-000001.safetensors`, 300),
      /line 2: .*; got other bytes/,
    ],
    [
      "one weight changed",
      (folder) => {
        const bytes = fs.readFileSync(`${folder}/epoch-000003.safetensors`);
        bytes[bytes.length - 1]! ^= 1;
        fs.writeFileSync(`${folder}/epoch-000003.safetensors`, bytes);
      },
      /line 4: .*; got one that says epoch 3 of seed 0, with other bytes/,
    ],
  ])("is refused: %s", async (_, change, words) => {
    const folder = copyOf(whole);
    stopAfter(folder, 7);
    change(`${folder}/checkpoints/seed-0`);
    const before = filesIn(folder);
    const { status, stderr } = await resume(folder);
    expect(stderr).toMatch(words);
    expect(status).toBe(2);
    expect(filesIn(folder)).toEqual(before);
  });
});

describe("a run that is not whole, though run.json says finished", () => {
  it("is done to its end, and says so", async () => {
    const folder = copyOf(whole);
    stopAfter(folder, 6);
    setStatus(folder, "finished");
    expect(await causalscope(["export", folder])).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(/expected the 10 finished steps .*; got 6/),
    });
    const { status, stderr } = await resume(folder);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/says finished, but only 6 of 10 steps are/)]);
    expect(filesIn(folder)).toEqual(filesIn(whole));
  });

  it("has its tables, figures and report made anew where they are gone or changed, and says which", async () => {
    const folder = copyOf(whole);
    fs.rmSync(`${folder}/report.html`);
    fs.rmSync(`${folder}/figures`, { recursive: true });
    fs.writeFileSync(`${folder}/training.csv`, "seed\n");
    const { status, stderr } = await resume(folder);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/Rebuilt .*training\.csv, report\.html, figures/)]);
    expect(filesIn(folder)).toEqual(filesIn(whole));
    expect(await resume(folder)).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringMatching(/^Nothing to do/),
    });
  });

  it("says that a last line was cut off", async () => {
    const folder = copyOf(whole);
    stopAfter(folder, 6);
    const size = fs.statSync(`${folder}/journal.jsonl`).size;
    fs.truncateSync(`${folder}/journal.jsonl`, size - 30);
    expect(await resume(folder)).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/last line .* was cut off/),
    });
    expect(filesIn(folder)).toEqual(filesIn(whole));
  });
});

describe("a folder that goes away while a run is at work", () => {
  it.each(["iris", "ablation"])("ends study %s with status 2, and makes nothing anew", async (study) => {
    const folder = `${temporaryFolder()}/run`;
    const args = (study === "iris" ? SMALL : ABLATION).filter((flag) => flag !== "--quiet");
    const { status, stderr } = await causalscope(["study", study, "--out", folder, ...args], {
      onStderr: (text: string) => {
        if (/^[3-6]\d %/.test(text)) fs.rmSync(folder, { recursive: true, force: true });
      },
    });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/causalscope: .*the folder disappeared/)]);
    expect(fs.existsSync(folder)).toBe(false);
  });

  it("ends it where the journal alone was taken, or another wrote to it", async () => {
    for (const change of [
      (path: string) => fs.rmSync(path, { force: true }),
      (path: string) => fs.appendFileSync(path, "{}\n"),
    ]) {
      const folder = `${temporaryFolder()}/run`;
      const { status, stderr } = await causalscope(
        ["study", "iris", "--out", folder, ...SMALL.filter((flag) => flag !== "--quiet")],
        { onStderr: (text: string) => /^50 %/.test(text) && change(`${folder}/journal.jsonl`) },
      );
      expect([status, stderr]).toEqual([2, expect.stringMatching(/the folder was changed during the run/)]);
    }
  });
});

describe("a study of values that is interrupted before its first part", () => {
  it("leaves no tables of another kind, and ends with the same files as an undisturbed run", async () => {
    const undisturbed = `${temporaryFolder()}/run`;
    await causalscope(["study", "ablation", "--out", undisturbed, ...ABLATION]);
    const folder = `${temporaryFolder()}/run`;
    const stopWritten = `${folder}/run.json`;
    const stopped = await causalscope(["study", "ablation", "--out", folder, ...ABLATION], { stopWritten });
    expect(stopped.status).toBe(130);
    expect(Object.keys(filesIn(folder))).toEqual(["run.json"]);
    expect((await resume(folder, "ablation")).status).toBe(0);
    expect(filesIn(folder)).toEqual(filesIn(undisturbed));
  });
});

/** As version 1 of the format had it: no hashes, no checksums, no parts, and values named bits, whatever they were. */
function toFormat1(folder: string): void {
  changeLines(folder, (lines) =>
    lines.map((line) => {
      const { part, rows } = JSON.parse(line);
      const values = rows.values?.map(({ value, unit, ...row }: { value: number; unit: string }) => ({
        ...row,
        bits: value,
      }));
      const [training] = rows.training ?? [];
      return JSON.stringify(values ? { step: part, values } : { training, measurements: rows.measurements });
    }),
  );
  const text = fs.readFileSync(`${folder}/run.json`, "utf8");
  fs.writeFileSync(`${folder}/run.json`, text.replace('"version": 3', '"version": 1'));
}

describe("a folder of format 1", () => {
  it("is read by every command as before, and has nothing to do where it is finished", async () => {
    const folder = copyOf(whole);
    toFormat1(folder);
    for (const table of ["measurements", "training"]) {
      const { status, stdout } = await causalscope(["export", folder, "--table", table]);
      expect([status, stdout]).toEqual([0, fs.readFileSync(`${whole}/${table}.csv`, "utf8")]);
    }
    expect((await causalscope(["compare", folder, whole])).stdout).toContain("The runs have the same options.");
    const film = ["film", folder, "--size", "480p", "--seconds", "1", "--fps", "2", "--quiet", "--format", "gif"];
    expect((await causalscope([...film, "--out", `${folder}/../f.gif`])).status).toBe(0);
    const before = filesIn(folder);
    expect(await resume(folder)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Nothing to do/) });
    expect(filesIn(folder)).toEqual(before);
  });

  it("gives values their units", async () => {
    const folder = `${temporaryFolder()}/edge`;
    await causalscope(["study", "edge", "--bins", "8", "--weight-step", "5", "--quiet", "--out", folder]);
    const values = fs.readFileSync(`${folder}/values.csv`, "utf8");
    toFormat1(folder);
    expect(await causalscope(["export", folder])).toMatchObject({ status: 0, stdout: values });
  });

  it("is not continued, and says so; nor is it read where it is not whole", async () => {
    const folder = copyOf(whole);
    stopAfter(folder, 6);
    toFormat1(folder);
    const before = filesIn(folder);
    const { status, stderr } = await resume(folder);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/and the format 1, which started the run; got .*the format 3/),
    ]);
    expect(filesIn(folder)).toEqual(before);
    expect((await causalscope(["export", folder, "--table", "training"])).stdout.split("\n")).toHaveLength(1 + 6 + 1);
    changeLines(folder, ([a, _, ...rest]) => [a!, ...rest]);
    expect(await causalscope(["export", folder])).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("line 2: expected seed 0, epoch 1; got seed 0, epoch 2"),
    });
    expect((await causalscope(["study", "iris", "--force", "--out", folder, ...SMALL])).status).toBe(0);
    expect(filesIn(folder)).toEqual(filesIn(whole));
  });
});

describe("a folder of format 2", () => {
  const of = (study: string) => fileURLToPath(new URL(`../../runs/test/fixtures/format-2/${study}`, import.meta.url));

  it("is read by every command as before, with its study and without", async () => {
    for (const [study, tables] of [
      ["iris", ["measurements", "training"]],
      ["edge", ["values"]],
    ] as const) {
      for (const table of tables) {
        const { status, stdout } = await causalscope(["export", of(study), "--table", table]);
        expect([status, stdout]).toEqual([0, fs.readFileSync(`${of(study)}/${table}.csv`, "utf8")]);
      }
      const { file, rows } = readRun(of(study));
      expect(file).toMatchObject({ format: 2, status: "finished", study });
      expect(rows.training.length + rows.values.length).toBe(study === "iris" ? 2 : 9);
    }
    const film = ["film", of("iris"), "--size", "480p", "--seconds", "1", "--fps", "2", "--quiet", "--format", "gif"];
    expect((await causalscope([...film, "--out", `${temporaryFolder()}/f.gif`])).status).toBe(0);
  });

  it("has its checkpoints verified, is not continued, and says so", async () => {
    const folder = copyOf(of("iris"));
    const before = filesIn(folder);
    // It is whole as that version left it.
    expect(await resume(folder)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Nothing to do/) });
    expect(filesIn(folder)).toEqual(before);
    stopAfter(folder, 1);
    expect(await resume(folder)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/and the format 2, which started the run; got .*the format 3/),
    });
    fs.appendFileSync(`${folder}/checkpoints/seed-0/epoch-000000.safetensors`, "x");
    expect(await resume(folder)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/line 1: expected the checkpoint of seed 0, epoch 0 in /),
    });
  });

  it("is refused where a line is not the one that follows, also without its study", async () => {
    const folder = copyOf(of("edge"));
    changeLines(folder, ([a, _, ...rest]) => [a!, ...rest]);
    expect((await causalscope(["export", folder])).stderr).toContain("journal.jsonl, line 2: ");
    expect(() => readRun(folder)).toThrow("journal.jsonl, line 2: ");
  });
});

describe("names that every object answers to", () => {
  const NAMES = ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"];

  it.each(NAMES)("are no studies: %s", async (name) => {
    const folder = copyOf(whole);
    const text = fs.readFileSync(`${folder}/run.json`, "utf8");
    fs.writeFileSync(`${folder}/run.json`, text.replace('"study": "iris"', `"study": "${name}"`));
    const out = `${temporaryFolder()}/out`;
    for (const command of [
      ["export", folder],
      ["figures", folder, "--out", out],
      ["film", folder],
      ["compare", folder, folder],
    ]) {
      const { status, stdout, stderr } = await causalscope(command);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(
        `expected one of the studies ${studies.map((study) => study.name).join(", ")}; got "${name}"`,
      );
    }
    expect(await causalscope(["study", name])).toMatchObject({ status: 2, stdout: "" });
    expect(await causalscope(["reproduce", "--only", name, "--out", out])).toMatchObject({ status: 2, stdout: "" });
  });

  it.each(NAMES)("are no table, size or option: %s", async (name) => {
    const folder = whole;
    // Of a film, what is wrong is found before it is drawn.
    for (const command of [
      ["export", folder, "--table", name],
      ["film", folder, "--format", name],
      ["film", folder, "--format", "gif", "--size", name],
      ["study", "train", "--data", name],
      ["study", "train", "--activation", name],
      ["study", "train", "--optimizer", name],
      ["study", "ablation", "--scores", name],
    ]) {
      const { status, stderr } = await causalscope(command);
      expect([command, status, stderr.split("\n").length]).toEqual([command, 2, 2]);
    }
  });
});
