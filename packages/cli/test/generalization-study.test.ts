/** `study generalization` from the digits to the figure, small. */
import * as fs from "node:fs";
import { describe, expect, it } from "vitest";
import { filesIn, temporaryFolder } from "../../runs/test/folders.ts";
import { causalscope } from "./harness.ts";

const SMALL = [
  "--seeds",
  "2",
  "--examples",
  "16,48",
  "--draws",
  "8",
  "--epochs",
  "20",
  "--steps",
  "20",
  "--trainings",
  "300",
  "--quiet",
];
const ask = (folder: string, ...more: string[]) =>
  causalscope(["study", "generalization", ...SMALL, ...more, "--out", folder, "--force"]);

describe("causalscope study generalization", () => {
  it("puts every bound beside the gap, the same for the same question, and draws them", async () => {
    const folder = temporaryFolder();
    const { status, stdout } = await ask(`${folder}/run`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Information in predictions bounds the gap of any training\.\n {2}holds/);
    await ask(`${folder}/again`);
    expect(filesIn(`${folder}/again`)["values.csv"]).toEqual(filesIn(`${folder}/run`)["values.csv"]);
    const rows = fs.readFileSync(`${folder}/run/values.csv`, "utf8").split("\n");
    const bounds = rows.filter((row) => row.includes(",generalizationBound,"));
    for (const name of [
      "f-CMI",
      "difference of losses",
      "input compression",
      "noisy training",
      "information in a posterior",
      "information in the weights",
      "information on single examples",
    ])
      expect(bounds.filter((row) => row.includes(`,${name},`))).toHaveLength(4);
    // √(σ²/m Σ d ln(1 + 1/d)) for steps whose noise is as long as they can be: here 20 of them, 1,074 weights, ½ and 16 examples.
    const wanted = Math.sqrt((0.25 / 16) * 20 * 1074 * Math.log1p(1 / 1074));
    const noisy = bounds.find((row) => row.startsWith("16,noise in the steps,"))!;
    expect(Number(noisy.split(",")[5])).toBeCloseTo(wanted, 9);
    expect(fs.readdirSync(`${folder}/run/figures`)).toContain("generalization.png");
  });

  it.each([
    [["--classes", "4"], /--classes: expected two different digits, such as 4,9/],
    [["--classes", "3,3"], /all different; got \[3, 3\]/],
    [["--examples", "16,400"], /--examples: expected at least one whole number from 4 to 160/],
    [["--label-noise", "0.7"], /--label-noise: expected a fraction of the labels from 0 to 0.5; got 0.7/],
    [["--posterior", "0"], /--posterior/],
    [["--draws", "1"], /--draws/],
    [["--trainings", "1"], /--trainings/],
  ])("refuses %j", async (more, words) => {
    const folder = `${temporaryFolder()}/run`;
    const { status, stderr } = await ask(folder, ...more);
    expect(status).toBe(2);
    expect(stderr).toMatch(words);
    expect(fs.existsSync(folder)).toBe(false);
  });
});
