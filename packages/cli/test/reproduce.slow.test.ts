/** The studies of the paper from end to end, small: runs, figures, page, and what is made of runs. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { disk } from "../../runs/src/storage.ts";
import { filesIn, temporaryFolder } from "../../runs/test/folders.ts";
import { causalscope, type Outcome } from "./harness.ts";

let folder: string;
let whole: Outcome;

beforeAll(async () => {
  folder = fs.mkdtempSync(join(tmpdir(), "causalscope-"));
  whole = await causalscope(["reproduce", "--quick", "--out", folder, "--quiet", "--workers", "2"]);
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const run = (name: string) => `${folder}/runs/${name}`;

describe("causalscope reproduce", () => {
  it("runs every study, draws every figure, and writes the page", () => {
    expect([whole.status, whole.stderr.split("\n").filter((line) => !/^\d+\/\d+ /.test(line))]).toEqual([0, [""]]);
    const figures = [
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `figure-${n}`),
      "causal-plane-rotated",
      "planes-by-depth",
      ...["dropout", "harder", "memorising", "recurrent"].map((name) => `open-${name}`),
    ];
    expect(fs.readdirSync(`${folder}/figures`).sort()).toEqual(
      figures.flatMap((name) => [`${name}.png`, `${name}.svg`]).sort(),
    );
    const page = fs.readFileSync(`${folder}/reproduction.md`, "utf8");
    for (const name of figures) expect(page).toContain(`](figures/${name}.png)`);
    for (let n = 1; n <= 8; n++) expect(page).toContain(`### Figure ${n}:`);
    expect(page.match(/\*\*(holds|holds in part|does not hold)\*\*/g)!.length).toBeGreaterThanOrEqual(10);
    // A quick page has not every weight of the published table.
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(page).toContain("EI of one connection by its weight");
  });

  it("has nothing to do a second time, and gives the same page", async () => {
    const before = filesIn(folder);
    const again = await causalscope(["reproduce", "--quick", "--out", folder, "--quiet"]);
    expect(again.status).toBe(0);
    expect(filesIn(folder)).toEqual(before);
  });

  it("refuses unknown studies, and a folder whose runs ask something else", async () => {
    expect(await causalscope(["reproduce", "--only", "edge,irsi", "--out", folder])).toMatchObject({ status: 2 });
    const other = await causalscope(["reproduce", "--only", "edge", "--out", folder]);
    expect(other.status).toBe(2);
    expect(other.stderr).toContain("other options: weightStep is 0.5 there, 0.05 here");
  });
});

describe("the value studies", () => {
  it("stop on Ctrl-C between parts, and resume to the same bytes", async () => {
    const args = ["study", "edge", "--weight-step", "0.5", "--workers", "0"];
    const [one, two] = [`${temporaryFolder()}/one`, `${temporaryFolder()}/two`];
    expect((await causalscope([...args, "--out", one])).status).toBe(0);
    const cut = await causalscope([...args, "--out", two], { stopAt: /^40 %/ });
    expect(cut.status).toBe(130);
    expect(cut.stderr).toMatch(/interrupted; \d+ finished parts are in .*causalscope study edge --resume --out/);
    expect(fs.existsSync(`${two}/report.html`)).toBe(false);
    expect((await causalscope(["study", "edge", "--resume", "--out", two])).status).toBe(0);
    expect(filesIn(two)).toEqual(filesIn(one));
  });

  it("say their findings, and keep every value with its setting", async () => {
    const again = await causalscope(["study", "surface", "--resume", "--out", run("surface")]);
    expect(again.stdout).toContain("Nothing to do");
    expect(again.stdout).toContain("opposite weights that balance each other");
    const [head, first] = fs.readFileSync(`${run("surface")}/values.csv`, "utf8").split("\n");
    expect(head).toBe("activation,bins,weight_a,weight_b,measure,value,unit,standard_error,method,samples");
    expect(first).toMatch(/^sigmoid,16,-10,-10,ei,[\d.e-]+,bits,0,exact,0$/);
    expect(fs.readFileSync(`${run("surface")}/report.html`, "utf8")).toContain("<h2>Findings</h2>");
  });

  it.each([
    [["study", "edge", "--bins", "1"], "--bins: expected at least one whole number from 2 to 65536"],
    [["study", "surface", "--points", "0"], "--points: expected a whole number from 2 to 1000; got 0"],
    [["study", "convergence", "--samples", "0"], "--samples: expected at least one whole number from 10"],
    [["study", "convergence", "--widths", "2,2"], "--widths: .*all different"],
    [["study", "dropout", "--rates", "0.5"], "--rates: expected at least two fractions"],
    [["study", "dropout", "--epochs", "0"], "--epochs: expected a whole number from 1"],
    [["study", "memorising", "--train-rows", "1"], "--train-rows: expected a whole number from 10"],
    [["study", "mnist", "--side", "6"], "--side: expected 5, as MNIST's test images has"],
    [["study", "mnist", "--classes", "9"], "--classes: expected a whole number from 2 to 5; got 9"],
    [["study", "mnist", "--dropout", "1"], "--dropout: expected a fraction from 0, below 1; got 1"],
    [["study", "mnist", "--train-rows", "6000"], "--train-rows: expected a whole number from 1 to 5138"],
    [["study", "fashion"], "Fashion-MNIST's files .*--data-dir"],
    [["study", "train", "--data", "nothing.csv"], "nothing.csv: expected a file; got none"],
    [["study", "train", "--data", "xor", "--labels", "a.csv"], "--labels: expected a table given by --data"],
  ])("refuse %j in one line", async (args, words) => {
    const out = `${temporaryFolder()}/run`;
    const { status, stdout, stderr } = await causalscope([...args, "--out", out, "--quiet"], {
      env: { HOME: "/nowhere" },
    });
    expect([status === 2 || status === 1, stdout]).toEqual([true, ""]);
    expect(stderr).toMatch(/^causalscope: [^\n]+\n$/);
    expect(stderr).toMatch(new RegExp(words));
  });
});

describe("causalscope study train", () => {
  it("learns a table of the user's own, and goes on with it", async () => {
    const place = temporaryFolder();
    const lines = Array.from({ length: 30 }, (_, k) => `${(k % 7) / 7},${(k % 5) / 5},${k % 2}`);
    fs.writeFileSync(`${place}/own.csv`, `a,b,label\n${lines.join("\n")}\n`);
    const args = ["study", "train", "--data", `${place}/own.csv`, "--layers", "2-3-2", "--epochs", "4", "--every", "2"];
    const more = ["--seeds", "1", "--batch", "5", "--tolerance", "0.3"];
    const done = await causalscope([...args, ...more, "--out", `${place}/whole`]);
    expect(done).toMatchObject({ status: 0 });
    const cut = await causalscope([...args, ...more, "--workers", "0", "--out", `${place}/cut`], {
      stopAt: /^[3-6]0 %/,
    });
    expect(cut.status).toBe(130);
    expect(cut.stderr).toContain(`--data ${place}/own.csv`);
    const resume = ["study", "train", "--resume", "--out", `${place}/cut`, "--data", `${place}/own.csv`];
    expect(await causalscope(resume)).toMatchObject({ status: 0 });
    expect(filesIn(`${place}/cut`)).toEqual(filesIn(`${place}/whole`));
  });

  it("refuses to go on with other data", async () => {
    const place = temporaryFolder();
    const write = (shift: number) =>
      fs.writeFileSync(
        `${place}/own.csv`,
        Array.from({ length: 30 }, (_, k) => `${(k % 7) / 7 + shift},${(k % 5) / 5},${k % 2}`).join("\n"),
      );
    write(0);
    const args = ["study", "train", "--data", `${place}/own.csv`, "--out", `${place}/run`, "--workers", "0"];
    const few = [
      "--epochs",
      "4",
      "--every",
      "2",
      "--seeds",
      "1",
      "--batch",
      "5",
      "--tolerance",
      "0.3",
      "--layers",
      "2-3-2",
    ];
    expect((await causalscope([...args, ...few], { stopAt: /^[67]0 %/ })).status).toBe(130);
    write(0.5);
    const { status, stderr } = await causalscope([...args, "--resume"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /expected the file that the run was started with, .* of SHA-256 .*the same files, or use --force/,
    );
  });

  it.each(["xor", "spiral", "circles", "digits"])("learns %s", async (data) => {
    const place = temporaryFolder();
    const args = ["study", "train", "--data", data, "--epochs", "1", "--seeds", "1", "--tolerance", "0.5", "--quiet"];
    const small = data === "digits" ? ["--layers", "64-3-10"] : ["--layers", "2-3-2"];
    expect(await causalscope([...args, ...small, "--out", `${place}/run`])).toMatchObject({ status: 0 });
  });
});

describe("causalscope figures", () => {
  it("draws from the folders given, and says what is missing", async () => {
    const out = temporaryFolder();
    const { status, stdout, stderr } = await causalscope(["figures", run("iris"), run("edge"), "--out", out]);
    expect(status).toBe(0);
    expect(stdout).toContain(`${out}/figure-4.svg, .png`);
    expect(stderr).toContain("Drawn in part without the study surface: figure-1");
    expect(stderr).toContain("the studies mnist-tanh and mnist-relu: figure-8");
  });

  it("refuses folders that hold no run, runs of another version, and edited ones", async () => {
    const place = temporaryFolder();
    expect(await causalscope(["figures", place])).toMatchObject({ status: 2 });
    fs.cpSync(run("edge"), `${place}/edge`, { recursive: true });
    const file = `${place}/edge/run.json`;
    const text = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, text.replace('"version": 3', '"version": 99'));
    expect((await causalscope(["figures", `${place}/edge`])).stderr).toContain("version 1 to 3; got version 99");
    fs.writeFileSync(file, text.replace('"study": "edge"', '"study": "edgy"'));
    expect((await causalscope(["figures", `${place}/edge`])).stderr).toContain('got "edgy"');
    fs.writeFileSync(file, text);
    fs.appendFileSync(`${place}/edge/journal.jsonl`, '{"step": "x"}\n');
    expect((await causalscope(["figures", `${place}/edge`])).stderr).toMatch(/journal.jsonl, line \d+: expected/);
    // A line that was cut off does not count.
    fs.writeFileSync(`${place}/edge/journal.jsonl`, `${fs.readFileSync(`${run("edge")}/journal.jsonl`, "utf8")}{"st`);
    expect(await causalscope(["figures", `${place}/edge`, "--out", `${place}/f`])).toMatchObject({ status: 0 });
  });
});

describe("causalscope export", () => {
  it("gives the tables of the run's own files", async () => {
    const csv = await causalscope(["export", run("iris")]);
    expect(csv.stdout).toBe(fs.readFileSync(`${run("iris")}/measurements.csv`, "utf8"));
    const training = await causalscope(["export", run("iris"), "--table", "training", "--csv"]);
    expect(training.stdout).toBe(fs.readFileSync(`${run("iris")}/training.csv`, "utf8"));
    const rows = JSON.parse((await causalscope(["export", run("edge"), "--json"])).stdout);
    expect(rows[0]).toEqual({
      activation: "sigmoid",
      bins: 8,
      weight: 0,
      measure: "ei",
      value: 0,
      unit: "bits",
      standard_error: 0,
      method: "exact",
      samples: 0,
    });
    const out = `${temporaryFolder()}/iris.parquet`;
    expect(await causalscope(["export", run("iris"), "--parquet", "--out", out])).toMatchObject({
      status: 0,
      stdout: "",
    });
    const bytes = fs.readFileSync(out);
    const table = await parquetReadObjects({ file: Uint8Array.from(bytes).buffer });
    expect(table).toHaveLength(csv.stdout.split("\n").length - 2);
  });

  it.each([
    [["--csv", "--json"], "export: expected --csv or --json; got both"],
    [["--parquet"], "expected --out FILE for Parquet"],
    [["--table", "values"], 'expected measurements or training, the tables of .*; got "values"'],
    [["--table", "traning"], '--table: expected .* got "traning". Did you mean training?'],
  ])("refuses %j", async (args, words) => {
    const { status, stdout, stderr } = await causalscope(["export", run("iris"), ...args]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(new RegExp(words));
  });
});

describe("causalscope compare", () => {
  it("says what was asked differently and how the layers end", async () => {
    const { status, stdout } = await causalscope(["compare", run("mnist"), run("mnist-tanh")]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/activation +sigmoid +tanh/);
    expect(stdout).not.toMatch(/\n *epochs +\d+ +\d+ *\n.*Asked/);
    expect(stdout).toMatch(/mnist-tanh +layer 4 +6→5 +−?\d/);
    const json = JSON.parse((await causalscope(["compare", run("mnist"), run("mnist-tanh"), "--json"])).stdout);
    expect(json.differences.activation).toEqual(["sigmoid", "tanh"]);
    expect(json.runs[1].layers[0].measures.ei.seeds).toBe(3);
  });

  it("names the error of measuring and the spread over seeds, the same numbers as the end of the study", async () => {
    const { stdout } = await causalscope(["compare", run("mnist"), run("iris")]);
    expect(stdout).toContain("mean over seeds; ± is the standard error of measurement.");
    expect(stdout).toContain(
      "Spread over the 3 seeds (N = 3), in bits: standard deviation (and standard error of the mean,",
    );
    const rows = (await causalscope(["compare", run("mnist"), run("iris"), "--csv"])).stdout.trim().split("\n");
    expect(rows[0]).toBe(
      "run,epoch,layer,layer_name,measure,mean,unit,seeds,standard_error_of_measuring,standard_deviation_over_seeds,standard_error_over_seeds",
    );
    const ei = rows.find((row) => row.startsWith(run("iris")) && row.includes(",0,layer 1,ei,"))!.split(",");
    const [mean, measuring, deviation, error] = [5, 8, 9, 10].map((column) => Number(ei[column]));
    expect(error).toBeCloseTo(deviation! / Math.sqrt(3), 12);
    const end = (await causalscope(["study", "iris", "--resume", "--out", run("iris")])).stdout;
    for (const text of [stdout, end]) {
      expect(text).toContain(`${mean!.toFixed(3)} ± ${measuring!.toFixed(3)}`);
      expect(text).toContain(`${deviation!.toFixed(3)} (${error!.toFixed(3)})`);
    }
    expect((await causalscope(["compare", run("mnist"), run("iris"), "--csv", "--json"])).status).toBe(2);
  });

  it("wants two runs, of training", async () => {
    expect(await causalscope(["compare", run("mnist")])).toMatchObject({ status: 2 });
    expect((await causalscope(["compare", run("mnist"), run("edge")])).stderr).toContain(
      "follows networks through training",
    );
  });
});

function ffmpeg(): boolean {
  try {
    execFileSync("ffprobe", ["-version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("causalscope film", () => {
  const small = ["--size", "480p", "--seconds", "1", "--fps", "8", "--quiet"];

  it("is a GIF where there is no ffmpeg, the same bytes every time", async () => {
    const place = temporaryFolder();
    const make = (name: string) => causalscope(["film", run("iris"), ...small, "--out", `${place}/${name}.gif`]);
    expect(await make("one")).toMatchObject({ status: 0, stderr: "" });
    await make("two");
    const bytes = fs.readFileSync(`${place}/one.gif`);
    expect(fs.readFileSync(`${place}/two.gif`).equals(bytes)).toBe(true);
    expect(bytes.subarray(0, 6).toString("latin1")).toBe("GIF89a");
    expect([bytes.readUInt16LE(6), bytes.readUInt16LE(8)]).toEqual([854, 480]);
    // A graphic control extension before each frame.
    expect(bytes.toString("latin1").split("\x21\xf9\x04").length - 1).toBe(8);
    expect(fs.readdirSync(place).sort()).toEqual(["one.gif", "two.gif"]);
    const without = await causalscope(["film", run("iris"), ...small, "--out", `${place}/film`], { env: { PATH: "" } });
    expect(without.stderr).toContain("No ffmpeg on the PATH: writing a GIF");
  });

  it.skipIf(!ffmpeg())("is MP4 or WebM through ffmpeg (needs ffmpeg)", async () => {
    const place = temporaryFolder();
    for (const [format, codec] of [
      ["mp4", "h264"],
      ["webm", "vp9"],
    ]) {
      const out = `${place}/film.${format}`;
      const env = { PATH: process.env.PATH };
      expect(await causalscope(["film", run("iris"), ...small, "--rotated", "--out", out], { env })).toMatchObject({
        status: 0,
      });
      const entries = ["-show_entries", "stream=codec_name,width,height,r_frame_rate", "-of", "csv=p=0"];
      const found = execFileSync("ffprobe", ["-v", "error", ...entries, out], { encoding: "utf8" });
      expect(found.trim()).toBe(`${codec},854,480,8/1`);
    }
  });

  it.each([
    [["--format", "mp4"], "--format mp4: expected ffmpeg on the PATH, or --ffmpeg PATH; got none. Install ffmpeg"],
    [["--format", "avi"], '--format: expected mp4, webm or gif; got "avi"'],
    [["--size", "8k"], "--size: expected 480p"],
    [["--fps", "0"], "--fps: expected 1 to 50; got 0"],
    [["--seconds", "0"], "--seconds: expected a length of 2 to 20000 frames"],
    [["--seed", "9"], "--seed: expected one of the run's seeds, 0, 1, 2; got 9"],
    [["--format", "mp4", "--ffmpeg", "/no/such/ffmpeg"], "/no/such/ffmpeg: expected a program that can be started"],
  ])("refuses %j, and leaves no half film", async (args, words) => {
    const place = temporaryFolder();
    const { status, stdout, stderr } = await causalscope([
      "film",
      run("iris"),
      "--out",
      `${place}/f`,
      "--quiet",
      ...args,
    ]);
    expect([status > 0, stdout]).toEqual([true, ""]);
    expect(stderr).toContain(words);
    expect(fs.readdirSync(place)).toEqual([]);
  });

  it("wants a run of training with two checkpoints", async () => {
    expect((await causalscope(["film", run("edge")])).stderr).toContain("follows networks through training");
    expect((await causalscope(["film", `${folder}/nothing`])).stderr).toContain("expected the folder of a run");
    expect(disk.list(`${folder}/nothing`)).toBeUndefined();
  });
});
