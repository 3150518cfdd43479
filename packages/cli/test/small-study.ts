/** `study iris` of a few epochs, and what must hold of it when it is disturbed. */
import * as fs from "node:fs";
import { expect } from "vitest";
import { diskOf, filesIn, temporaryFolder } from "../../runs/test/folders.ts";
import { causalscope, type Given } from "./harness.ts";

/** In process, without workers, which take longer to begin than all the rest. */
export const SMALL = "--epochs 4 --every 2 --seeds 2 --tolerance 0.2 --workers 0".split(" ");

export function study(folder: string, args: readonly string[] = SMALL, given: Given = {}) {
  return causalscope(["study", "iris", "--out", folder, ...args], given);
}

/** Ctrl-C at that line: what is finished stays, and the rest is done on resuming, to the bytes of an undisturbed run. */
export async function expectResumed(stopAt: RegExp, whole: Record<string, string>): Promise<void> {
  const folder = `${temporaryFolder()}/cut`;
  const { status, stdout, stderr } = await study(folder, SMALL, { stopAt });
  expect(status).toBe(130);
  expect(stdout).toBe("");
  expect(stderr).toMatch(
    /\ncausalscope: interrupted; \d finished checkpoints are in .*causalscope study iris --resume --out .*\n$/,
  );
  const finished = Number(/(\d) finished/.exec(stderr)![1]);
  expect(fs.readFileSync(`${folder}/training.csv`, "utf8").split("\n")).toHaveLength(1 + finished + 1);
  expect(fs.existsSync(`${folder}/report.html`)).toBe(finished > 0);
  expect(JSON.parse(fs.readFileSync(`${folder}/run.json`, "utf8")).status).toBe("unfinished");
  expect(fs.existsSync(`${folder}/.lock`)).toBe(false);

  // Nothing but the folder is needed: the run knows what it was asked.
  const resumed = await study(folder, ["--resume"]);
  expect(resumed.status).toBe(0);
  expect(filesIn(folder)).toEqual(whole);
}

/** A disk with room for so many bytes: an error that says so, files that can be read, and the same bytes on resuming. */
export async function expectFullDisk(room: number, whole: Record<string, string>): Promise<void> {
  const folder = `${temporaryFolder()}/full`;
  const { status, stdout, stderr } = await study(folder, [...SMALL, "--quiet"], { storage: diskOf(room) });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^causalscope: .*no space left on the disk \(ENOSPC\).*stay readable[^\n]*\n$/);
  expect(Object.keys(filesIn(folder)).filter((name) => name.endsWith(".partial"))).toEqual([]);
  for (const line of fs.readFileSync(`${folder}/journal.jsonl`, "utf8").split("\n").slice(0, -1)) JSON.parse(line);
  expect((await study(folder, ["--resume", "--workers", "0"])).status).toBe(0);
  expect(filesIn(folder)).toEqual(whole);
}

/** How many bytes the files hold. */
export const bytesIn = (files: Record<string, string>) =>
  Object.values(files).reduce((sum, hex) => sum + hex.length / 2, 0);
