/** Checkpoints that are not evenly spaced: flags, journal, resuming, and what is drawn. */
import * as fs from "node:fs";
import { expect, it } from "vitest";
import { readRun } from "../../runs/src/read-run.ts";
import { filesIn, temporaryFolder } from "../../runs/test/folders.ts";
import { causalscope } from "./harness.ts";
import { study } from "./small-study.ts";

const args = "--epochs 9 --seeds 2 --tolerance 0.2".split(" ");
const epochsIn = (folder: string) => readRun(folder).rows.training.map(({ epoch }) => epoch);
const asked = (folder: string) => JSON.parse(fs.readFileSync(`${folder}/run.json`, "utf8")).question;

it("are measured where a √ schedule has them, interrupted or not", async () => {
  const whole = `${temporaryFolder()}/run`;
  const { status, stdout } = await study(whole, [...args, "--at", "sqrt:4"]);
  expect([status, epochsIn(whole)]).toEqual([0, [0, 1, 4, 9, 0, 1, 4, 9]]);
  expect(asked(whole)).toMatchObject({ epochs: 9, at: "sqrt:4" });
  expect(asked(whole)).not.toHaveProperty("every");
  expect(stdout).toContain("After 9 epochs");
  expect(fs.readFileSync(`${whole}/report.html`, "utf8")).toContain("at 4 epochs, evenly spaced in √epoch");

  const cut = `${temporaryFolder()}/run`;
  const stopped = await study(cut, [...args, "--at", "sqrt4"], { stopAt: /seed 1, epoch 4/ });
  expect(stopped.status).toBe(130);
  expect(epochsIn(cut)).toEqual([0, 1, 4, 9, 0, 1]);
  expect((await study(cut, ["--resume"])).status).toBe(0);
  expect(filesIn(cut)).toEqual(filesIn(whole));

  const file = fs.readFileSync(`${cut}/run.json`, "utf8");
  fs.writeFileSync(`${cut}/run.json`, file.replace("sqrt:4", "sqrt:5"));
  expect((await causalscope(["report", cut])).status).toBe(2);
});

it("are measured at a list of epochs, which is kept in order with the first and the last", async () => {
  const folder = `${temporaryFolder()}/run`;
  expect((await study(folder, [...args, "--at", "5,2"])).status).toBe(0);
  expect(epochsIn(folder)).toEqual([0, 2, 5, 9, 0, 2, 5, 9]);
  expect(asked(folder).at).toEqual([0, 2, 5, 9]);
});

it.each([
  [["--at", "sqrt:1"], "--at: expected sqrt:N"],
  [["--at", "cube:5"], "--at: expected sqrt:N"],
  [["--at", "12"], "--at: expected epochs from 0 to 9; got 12"],
  [["--at", "sqrt:5", "--every", "2"], "--at: expected no schedule where every is given"],
])("refuses %j", async (flags, words) => {
  const { status, stderr } = await study(`${temporaryFolder()}/run`, [...args, ...flags]);
  expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
});
