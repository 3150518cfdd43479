import * as fs from "node:fs";
import { describe, expect, it } from "vitest";
import { once } from "../../../test/once.ts";
import { sized } from "../../../test/sizes.ts";
import { filesIn, folderOfFile, temporaryFolder } from "../../runs/test/folders.ts";
import { causalscope } from "./harness.ts";
import { bytesIn, expectFullDisk, expectResumed, SMALL, study } from "./small-study.ts";

const shared = folderOfFile();

/** A small run, done once for all tests, which leave its folder as it is. */
const undisturbed = once(async () => {
  const folder = `${shared}/run`;
  const outcome = await study(folder);
  return { folder, outcome, files: filesIn(folder) };
});

/** A copy of it, to be changed. */
async function copyOfIt(): Promise<string> {
  const folder = `${temporaryFolder()}/run`;
  fs.cpSync((await undisturbed()).folder, folder, { recursive: true });
  return folder;
}

/** One line that complains, exit 2, nothing on stdout, no folder. */
async function expectRefusal(args: readonly string[], words: string | RegExp) {
  const folder = `${temporaryFolder()}/run`;
  const { status, stdout, stderr } = await study(folder, args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/^causalscope: [^\n]+\n$/);
  expect(stderr).toMatch(words);
  expect(fs.existsSync(folder)).toBe(false);
}

describe("causalscope study iris", () => {
  it("writes a run with tables, checkpoints, figures and a report, and says where", async () => {
    const { folder, outcome } = await undisturbed();
    const { status, stdout, stderr } = outcome;
    expect(status).toBe(0);
    const figures = ["causal-plane", "causal-plane-paper", "effective-information", "integration"];
    const checkpoints = [0, 1].flatMap((seed) =>
      [0, 2, 4].map((epoch) => `checkpoints/seed-${seed}/epoch-00000${epoch}.safetensors`),
    );
    expect(Object.keys(filesIn(folder)).sort()).toEqual(
      [
        ...checkpoints,
        ...figures.flatMap((name) => [`figures/${name}.png`, `figures/${name}.svg`]),
        "journal.jsonl",
        "measurements.csv",
        "measurements.parquet",
        "report.html",
        "run.json",
        "training.csv",
        "training.parquet",
      ].sort(),
    );
    expect(fs.readFileSync(`${folder}/measurements.csv`, "utf8").split("\n")).toHaveLength(1 + 2 * 3 * 3 * 5 + 1);
    expect(JSON.parse(fs.readFileSync(`${folder}/run.json`, "utf8"))).toMatchObject({ status: "finished", figures });
    expect(stdout).toContain("After 4 epochs, in bits, mean over 2 seeds");
    expect(stdout).toMatch(/layer 2 {2}5 → 5 +\d\.\d{3} ± 0\.\d{3}/);
    expect(stdout).toContain(`${folder}/report.html`);
    expect(stdout).toContain(`${folder}/figures/causal-plane.png`);
    expect(stderr).toMatch(/^10 % {2}seed 0, epoch 0.*\n20 %/);
    expect(stderr.split("\n").length).toBeLessThanOrEqual(11);
  });

  it("gives the same bytes every time, in another folder too, and no progress when quiet", async () => {
    const folder = `${temporaryFolder()}/another`;
    expect((await study(folder, [...SMALL, "--quiet"])).stderr).toBe("");
    expect(filesIn(folder)).toEqual((await undisturbed()).files);
  });

  it("gives the same bytes with any number of workers, also where they change when it is resumed", async () => {
    const folder = temporaryFolder();
    const { files: whole } = await undisturbed();
    expect((await study(`${folder}/2`, [...SMALL, "--workers", "2"])).status).toBe(0);
    expect(filesIn(`${folder}/2`)).toEqual(whole);
    expect((await study(`${folder}/cut`, [...SMALL, "--workers", "2"], { stopAt: /^[5-8]0 %/ })).status).toBe(130);
    expect((await study(`${folder}/cut`, ["--resume", "--workers", "1"])).status).toBe(0);
    expect(filesIn(`${folder}/cut`)).toEqual(whole);
  });

  it("stops on Ctrl-C with what is finished, says how to go on, and resumes to the same bytes", async () => {
    for (const stopAt of [/^[5-8]0 %/, /^[12]0 %/].slice(0, sized({ small: 1, whole: 2 }))) {
      await expectResumed(stopAt, (await undisturbed()).files);
    }
  });

  it("resumes to the same bytes after a journal line was cut off", async () => {
    const folder = `${temporaryFolder()}/cut`;
    await study(folder, SMALL, { stopAt: /^[78]0 %/ });
    const journal = fs.readFileSync(`${folder}/journal.jsonl`);
    fs.writeFileSync(`${folder}/journal.jsonl`, journal.subarray(0, journal.length - 100));
    expect((await study(folder, ["--resume", "--seeds", "2", "--workers", "0"])).status).toBe(0);
    expect(filesIn(folder)).toEqual((await undisturbed()).files);
  });

  it("ends with status 1 on a full disk, keeps what was finished readable, and resumes to the same bytes", async () => {
    const { files } = await undisturbed();
    for (const room of [Math.round(0.9 * bytesIn(files)), 9_000].slice(0, sized({ small: 1, whole: 2 })))
      await expectFullDisk(room, files);
  });

  it("has nothing to do for a finished run that is resumed", async () => {
    const folder = await copyOfIt();
    const before = filesIn(folder);
    const { status, stdout, stderr } = await study(folder, ["--resume"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`Nothing to do: the run in ${folder} is finished.`);
    expect(filesIn(folder)).toEqual(before);
  });

  it("refuses a folder with a run, another question, or files of others; replaces a run with --force", async () => {
    const folder = await copyOfIt();
    const before = filesIn(folder);
    for (const [args, words] of [
      [SMALL, "one with a finished run of the study iris"],
      [["--resume", "--epochs", "5"], "other options: epochs is 4 there, 5 here"],
      [["--resume", "--force"], "expected --resume or --force; got both"],
      [[...SMALL, "--force", "--bins", "1"], "--bins: expected a whole number from 2"],
    ] as const) {
      const { status, stdout, stderr } = await study(folder, args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toContain(words);
      expect(filesIn(folder)).toEqual(before);
    }
    expect(
      (await study(folder, ["--force", "--epochs", "1", "--seeds", "7,", "--tolerance", "0.5", "--workers", "0"]))
        .status,
    ).toBe(0);
    expect(fs.readdirSync(`${folder}/checkpoints`)).toEqual(["seed-7"]);

    const foreign = temporaryFolder();
    fs.writeFileSync(`${foreign}/thesis.tex`, "mine");
    expect(await study(foreign, [...SMALL, "--force"])).toMatchObject({ status: 2, stdout: "" });
    expect(fs.readdirSync(foreign)).toEqual(["thesis.tex"]);
  });

  it("says whose fault it is when a resumed run's own question is no longer valid", async () => {
    const folder = `${temporaryFolder()}/run`;
    await study(folder, SMALL, { stopAt: /^[5-8]0 %/ });
    const text = fs.readFileSync(`${folder}/run.json`, "utf8");
    fs.writeFileSync(`${folder}/run.json`, text.replace('"epochs": 4', '"epochs": -4'));
    const { status, stderr } = await study(folder, ["--resume"]);
    expect(status).toBe(2);
    expect(stderr).toContain(`${folder}/run.json: epochs: expected a whole number`);
  });

  it("refuses a path that leads through a file, and one where nothing can be made", async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(`${folder}/file`, "");
    for (const path of [`${folder}/file`, `${folder}/file/run`, "/proc/run"]) {
      const { status, stdout, stderr } = await study(path);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(/^causalscope: [^\n]+\n$/);
      expect(stderr).toContain(path);
    }
  });

  it("fails with status 1, and keeps what was finished, when training diverges", async () => {
    const folder = `${temporaryFolder()}/run`;
    const args = ["--activation", "identity", "--learning-rate", "1000", "--quiet", ...SMALL];
    const { status, stdout, stderr } = await study(folder, args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^causalscope: [^\n]*Use a lower learning rate\.\n$/);
    expect(fs.readFileSync(`${folder}/training.csv`, "utf8").split("\n")).toHaveLength(3);
    expect(fs.existsSync(`${folder}/report.html`)).toBe(true);
  });

  it.each([
    [["--bins", "1"], "--bins: expected a whole number from 2 to 65,536"],
    [["--bins", "2.5"], "--bins: .*got 2.5"],
    [["--bins", "1e9"], "--bins: .*got 1000000000"],
    [["--bins", "8,9,10"], "--bins: expected bins, such as 8, or 8,16"],
    [["--bins", "eight"], '--bins: .*got "eight"'],
    [["--bins", ""], "--bins"],
    [["--seeds", "0"], "--seeds: expected a number of seeds"],
    [["--seeds", "1.5"], "--seeds: expected a number of seeds"],
    [["--seeds", "0,x"], '--seeds: expected seeds, such as 3 .*got "0,x"'],
    [["--seeds", "1,1"], "--seeds: .*all different"],
    [["--seeds", "-1,2"], "--seeds"],
    [["--workers", "-2"], "--workers: expected a whole number from 0 to 1024; got -2"],
    [["--workers", "1e9"], "--workers: expected a whole number from 0 to 1024"],
    [["--epochs", "0"], "--epochs: expected a whole number from 1"],
    [["--epochs", "NaN"], '--epochs: expected a number; got "NaN"'],
    [["--epochs", "1e999"], "--epochs: expected a number"],
    [["--every", "0.5"], "--every: expected a whole number"],
    [["--batch", "101"], "--batch: expected a whole number from 1 to 100"],
    [["--learning-rate", "-1"], "--learning-rate: expected a finite number above 0"],
    [["--split-seed", "-1"], "--split-seed: expected a seed"],
    [["--tolerance", "0"], "--tolerance: expected a finite number of bits above 0"],
    [["--layers", "4-5"], "--layers: .*end with 3"],
    [["--layers", "3-5-3"], "--layers: .*begin with 4"],
    [["--layers", "4--3"], "--layers: expected widths separated by hyphens"],
    [["--layers", "4-5-5-3-"], "--layers: expected widths separated by hyphens"],
    [["--layers", "4-100000-3"], "--layers: expected widths from 1 to 4096"],
    [["--activation", "swoosh"], '--activation: expected one of sigmoid, tanh, relu, identity; got "swoosh"'],
    [["--activation", "softmax"], "--activation: expected one of"],
    [["--epoch", "3"], "unknown option '--epoch'"],
    [["--epochs"], "argument missing"],
    [["more"], "too many arguments"],
  ])("refuses %j in one line, and makes no folder", async (args, words) => {
    await expectRefusal(args, new RegExp(words));
  });
});

describe("causalscope study", () => {
  it("lists the studies for a name that is none", async () => {
    for (const [args, got] of [
      [["study"], "none"],
      [["study", "irsi"], '"irsi"'],
      [["study", "irsi", "--epochs", "3"], '"irsi"'],
    ] as const) {
      const { status, stdout, stderr } = await causalscope(args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(/^causalscope: study: expected the name of a study \(iris, mnist, [^)]+\); got [^\n]+\n$/);
      expect(stderr).toContain(`got ${got}`);
    }
  });

  it("explains itself", async () => {
    const study = await causalscope(["study", "--help"]);
    expect([study.status, study.stderr]).toEqual([0, ""]);
    expect(study.stdout).toMatch(/iris +a 4→5→5→3 network learns/);
    const iris = await causalscope(["study", "iris", "--help"]);
    for (const option of [
      "seeds",
      "epochs",
      "every",
      "bins",
      "layers",
      "activation",
      "tolerance",
      "out",
      "resume",
      "force",
    ]) {
      expect(iris.stdout).toContain(`--${option}`);
    }
  });
});

describe("causalscope study information-plane", () => {
  const plane = (args: readonly string[], folder = `${temporaryFolder()}/run`) =>
    causalscope(["study", "information-plane", "--out", folder, "--quiet", ...args]);

  it("reads the package's MNIST by the estimators that are asked for, each in a figure of its own", async () => {
    const folder = `${temporaryFolder()}/run`;
    const small = ["--data", "mnist", "--seeds", "1", "--activations", "relu", "--epochs", "1", "--points", "1"];
    const how = ["--layers", "25-4-5", "--measured", "test", "--examples", "200", "--estimators", "bins,decoder"];
    const { status, stdout } = await plane([...small, ...how], folder);
    expect(status).toBe(0);
    expect(stdout).toContain("I(X; L) grows by more than 0.01 bit");
    expect(fs.readdirSync(`${folder}/figures`).sort()).toEqual(
      ["information-plane", "information-plane-decoder"].flatMap((name) => [`${name}.png`, `${name}.svg`]).sort(),
    );
    const svg = fs.readFileSync(`${folder}/figures/information-plane.svg`, "utf8");
    expect(svg).toContain("H(Y) = ");
    expect(svg).toContain("log2 N = 7.64");
    expect(svg).toContain("read on 200 examples. Read by: bins of width 0.0667.");
    expect(fs.readFileSync(`${folder}/figures/information-plane-decoder.svg`, "utf8")).toContain("a lower bound");
  });

  it.each([
    [
      ["--estimators", "guess"],
      "--estimators: expected some of bins, equal-mass, adaptive, unique, pairwise, noisy, decoder",
    ],
    [["--data", "flowers.csv"], "--data: expected one of szt, mnist"],
    [["--data-dir", "nowhere"], "--data: expected mnist if files are given"],
    [["--measured", "half"], "--measured: expected one of all, train, test"],
    [["--data", "mnist", "--layers", "12-3-2"], "--layers: expected widths that begin with 25 and end with 5"],
    [["--beta", "0"], "--beta: expected a finite number above 0"],
  ])("refuses %j", async (args, words) => {
    const { status, stderr } = await plane(args);
    expect(status).toBe(2);
    expect(stderr).toContain(words);
  });
});
