/** What is said before work that takes long, and the limit on memory. */
import * as fs from "node:fs";
import { expect, it } from "vitest";
import { dense } from "../../core/src/model/mechanism.ts";
import { studyCost } from "../../runs/src/study-cost.ts";
import { studyOptions } from "../../runs/src/study-options.ts";
import { temporaryFolder } from "../../runs/test/folders.ts";
import { study } from "../../studies/src/index.ts";
import { announceCost, timeRange } from "../src/cost-text.ts";
import { causalscope } from "./harness.ts";

const layer = dense({ weights: [[1, 2]], activation: "sigmoid", inputRange: [0, 1] });

async function said(times: number): Promise<string> {
  let text = "";
  await announceCost([layer, layer], [{ bins: 8 }, { bins: 16 }], { write: (part: string) => (text += part) }, times);
  return text;
}

it("says what long work will take, and nothing of work that is short", async () => {
  expect(await said(1)).toBe("");
  expect(await said(1e7)).toMatch(
    /^Estimated computing time [\d.]+(?:–[\d.]+| (?:s|min|h) – [\d.]+) (?:s|min|h), shared by the workers; up to \d+ MB of memory\.\n$/,
  );
});

it.each([
  [[0.1, 0.4], "< 1 s"],
  [[0.5, 2], "0.5–2 s"],
  [[2.04, 8.16], "2–8.2 s"],
  [[21.4, 85.6], "21–86 s"],
  [[50, 200], "50 s – 3.3 min"],
  [[150, 600], "2.5–10 min"],
  [[1800, 7200], "30 min – 2 h"],
  [[36_000, 144_000], "10–40 h"],
] as const)("a time between %j is said as %j", (range, text) => {
  expect(timeRange(range)).toBe(text);
});

it("the list of studies and a study's announcement have one source", async () => {
  const [surface, edge] = [await study("surface"), await study("edge")];
  for (const each of [surface, edge]) {
    const whole = await studyCost(each, studyOptions(each));
    const half = await studyCost(each, studyOptions(each), { finished: 50, total: 100 });
    expect(half.seconds[0]).toBeCloseTo(whole.seconds[0] / 2, 9);
    expect(whole.seconds[1] / whole.seconds[0]).toBeCloseTo(4, 9);
  }
  const { stdout } = await causalscope(["studies"]);
  const { seconds } = await studyCost(surface, studyOptions(surface));
  expect(stdout).toMatch(new RegExp(`surface +${timeRange(seconds)} `));
});

function net(inputs: number, outputs: number): string {
  const weights = Array.from({ length: outputs }, (_, j) =>
    Array.from({ length: inputs }, (_, i) => ((i + j) % 7) / 7 - 0.4),
  );
  const path = `${temporaryFolder()}/net.json`;
  fs.writeFileSync(path, JSON.stringify({ inputRange: [0, 1], layers: [{ weights, activation: "sigmoid" }] }));
  return path;
}

it("--memory refuses what would need more, before work, with what would fit", async () => {
  const pairs = ["--measures", "ei-parts,sensitivity"];
  const args = ["measure", net(700, 650), "--memory", "10MB", "--workers", "0", ...pairs];
  const { status, stdout, stderr } = await causalscope(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(
    /700 × 650 pairs: expected at most 10 MB for their values; got 11 MB\. Measure 595 of its outputs/,
  );
});

it.each(["2GB", "500mb", "1.5 G", "20000000"])("--memory %s is taken", async (memory) => {
  const { status, stderr } = await causalscope(["measure", net(2, 2), "--memory", memory, "--workers", "0"]);
  expect([status, stderr]).toEqual([0, ""]);
});

it.each(["", "much", "-1", "5MB", "1TBx", "NaN"])("--memory %j is refused", async (memory) => {
  const { status, stderr } = await causalscope(["measure", net(2, 2), "--memory", memory]);
  expect(status).toBe(2);
  expect(stderr).toContain("--memory: expected a size of at least 10MB, such as 2GB, 500MB or a number of bytes");
});
