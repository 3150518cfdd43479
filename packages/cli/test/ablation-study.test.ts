/** `study ablation` from the data to the figures, small. */
import * as fs from "node:fs";
import { describe, expect, it } from "vitest";
import { sized } from "../../../test/sizes.ts";
import { filesIn, temporaryFolder } from "../../runs/test/folders.ts";
import { causalscope } from "./harness.ts";

const SMALL = ["--epochs", "3", "--seeds", "2", "--net", "6-5", "--repetitions", "2", "--bootstrap", "20", "--quiet"];

function ablation(folder: string, ...more: string[]) {
  return causalscope(["study", "ablation", ...SMALL, ...more, "--out", folder, "--force"]);
}

const NAMES = ["ablation-information", "neuron-damage", "neuron-information"];

describe("causalscope study ablation", () => {
  it("trains with a regulariser, scores, ablates and reports, the same for the same question", async () => {
    const folder = temporaryFolder();
    for (const reg of ["none", "l2", "dropout", "batch-norm"]) {
      const more = ["--data", "spiral", "--reg", reg, "--scores", "information,damage"];
      const { status, stdout } = await ablation(`${folder}/${reg}`, ...more);
      expect(status).toBe(0);
      expect(stdout).toContain(`(${reg})`);
      expect(stdout).toContain("Simpson's paradox");
      // Dropout draws while it trains.
      if (!sized({ small: ["dropout"], whole: ["none", "l2", "dropout", "batch-norm"] }).includes(reg)) continue;
      const again = await ablation(`${folder}/again`, ...more);
      expect(again.status).toBe(0);
      expect(filesIn(`${folder}/again`)["values.csv"]).toEqual(filesIn(`${folder}/${reg}`)["values.csv"]);
    }
    const rows = fs.readFileSync(`${folder}/l2/values.csv`, "utf8").split("\n");
    // 11 hidden units of 2 seeds, and for each score and scope low and high first.
    expect(rows.filter((row) => row.includes(",unitInformation,"))).toHaveLength(22);
    expect(rows.filter((row) => row.includes(",gap,"))).toHaveLength(2 * 2 * 3);
    expect(fs.readFileSync(`${folder}/l2/report.html`, "utf8")).toContain("What a neuron knows");
    const together = await causalscope(["figures", `${folder}/l2`, `${folder}/none`, "--out", `${folder}/f`]);
    expect(together).toMatchObject({ status: 0, stderr: "" });
    for (const run of ["l2", "none"]) {
      for (const name of NAMES) expect(together.stdout).toContain(`${folder}/f/${run}/${name}.svg, .png`);
    }
  });

  it("reads neurons by more bits where that is asked for", async () => {
    const folder = temporaryFolder();
    const ask = async (bits: string) => {
      await ablation(`${folder}/${bits}`, "--data", "circles", "--scores", "information", "--quantizer-bits", bits);
      const rows = fs.readFileSync(`${folder}/${bits}/values.csv`, "utf8").split("\n");
      return rows.filter((row) => row.includes(",unitEntropy,")).map((row) => Number(row.split(",")[9]));
    };
    const [one, three] = [await ask("1"), await ask("3")];
    expect(Math.max(...one)).toBeLessThanOrEqual(1);
    expect(Math.max(...three)).toBeGreaterThan(1.5);
    expect(Math.max(...three)).toBeLessThanOrEqual(3);
  });

  it("learns any data: those that come with the package, and a table of the user's own", async () => {
    const folder = temporaryFolder();
    const table = Array.from({ length: 90 }, (_, k) => [k % 3, (k * k) % 7, k % 5, k % 3].join(","));
    fs.writeFileSync(`${folder}/own.csv`, table.join("\n"));
    const labels = Array.from({ length: 90 }, (_, k) => k % 4);
    fs.writeFileSync(`${folder}/labels.csv`, labels.join("\n"));
    for (const [data, shape] of [
      [["iris"], "4 → 6 → 5 → 3"],
      [["xor"], "2 → 6 → 5 → 2"],
      [[`${folder}/own.csv`], "3 → 6 → 5 → 3"],
      [[`${folder}/own.csv`, "--labels", `${folder}/labels.csv`], "4 → 6 → 5 → 4"],
    ] as const) {
      const { status, stderr } = await ablation(`${folder}/run`, "--data", ...data, "--scores", "information");
      expect([status, stderr]).toEqual([0, ""]);
      expect(fs.readFileSync(`${folder}/run/report.html`, "utf8")).toContain(shape);
    }
    const resumed = await causalscope(["study", "ablation", "--resume", "--out", `${folder}/run`]);
    expect(resumed.stdout).toContain("Nothing to do");
  });

  it("draws the figures of one run without a folder of its own", async () => {
    const folder = temporaryFolder();
    await ablation(`${folder}/run`, "--data", "circles", "--scores", "information");
    const { stdout } = await causalscope(["figures", `${folder}/run`, "--out", `${folder}/f`]);
    expect(stdout).toContain(`${folder}/f/ablation-information.svg, .png`);
  });

  it("learns CIFAR-10 from its batches, and tests on some of the others", async () => {
    const folder = temporaryFolder();
    const batch = (rows: number) =>
      Buffer.concat(
        Array.from({ length: rows }, (_, row) => Buffer.from([row % 10, ...new Array(3072).fill(20 * (row % 10))])),
      );
    fs.mkdirSync(`${folder}/data`);
    fs.writeFileSync(`${folder}/data/data_batch_1.bin`, batch(60));
    fs.writeFileSync(`${folder}/data/test_batch.bin`, batch(40));
    const data = ["--data", "cifar10", "--data-dir", `${folder}/data`, "--train-rows", "50", "--test-rows", "30"];
    const { status, stderr } = await ablation(`${folder}/run`, ...data, "--scores", "information");
    expect([status, stderr]).toEqual([0, ""]);
    expect(fs.readFileSync(`${folder}/run/report.html`, "utf8")).toContain("3072 → 6 → 5 → 10");
  });

  it.each([
    [["--data", "fashion"], /Fashion-MNIST's files train-images-idx3-ubyte.gz, .*--data-dir to a folder/],
    [
      ["--data", "cifar10"],
      /binary batches data_batch_1.bin, .*test_batch.bin, or cifar-10-binary.tar.gz, in .*--data-dir to a folder/,
    ],
    [["--data", "cats"], /--data|cats: expected/],
    [["--quantizer-bits", "20"], /--quantizer-bits: expected a whole number from 1 to 12/],
    [["--reg", "magic"], /--regularizer: expected one of none, l2, dropout, batch-norm; got "magic"/],
    [["--bootstrap", "-1"], /--bootstrap: expected a whole number/],
    [["--scores", "beauty"], /--scores: expected some of information/],
  ])("refuses %j", async (more, words) => {
    const folder = temporaryFolder();
    const env = { CAUSALSCOPE_CACHE: `${folder}/cache` };
    const { status, stderr } = await causalscope(["study", "ablation", ...SMALL, ...more, "--out", `${folder}/run`], {
      env,
    });
    expect(status).toBeGreaterThan(0);
    expect(stderr).toMatch(words);
    expect(fs.existsSync(`${folder}/run`)).toBe(false);
  });
});
