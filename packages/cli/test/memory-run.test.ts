/** A run in memory, as a page has it, and the command's run on the disk. */
import * as fs from "node:fs";
import { dirname } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { drawStudy } from "../../report/src/study-report.ts";
import { fingerprint } from "../../runs/src/fingerprint.ts";
import { memoryStorage } from "../../runs/src/memory-storage.ts";
import { performStudy } from "../../runs/src/perform-study.ts";
import { readRun } from "../../runs/src/read-run.ts";
import { filesIn, folderOfFile, temporaryFolder } from "../../runs/test/folders.ts";
import { study as studyNamed } from "../../studies/src/index.ts";
import { causalscope } from "./harness.ts";
import { study } from "./small-study.ts";

const whole = `${folderOfFile()}/run`;
const options = { epochs: 4, every: 2, seeds: [0, 1], tolerance: 0.2 };

beforeAll(async () => {
  expect((await study(whole)).status).toBe(0);
});

function hexIn(files: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  return Object.fromEntries([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString("hex")]));
}

function written(files: ReadonlyMap<string, Uint8Array>): string {
  const folder = `${temporaryFolder()}/run`;
  for (const [name, bytes] of files) {
    fs.mkdirSync(dirname(`${folder}/${name}`), { recursive: true });
    fs.writeFileSync(`${folder}/${name}`, bytes);
  }
  return folder;
}

it("has the files of the command's run, byte for byte", async () => {
  const storage = memoryStorage();
  await performStudy(await studyNamed("iris"), "run", { options, storage, draw: drawStudy });
  expect(hexIn(storage.files("run"))).toEqual(filesIn(whole));
});

it("that was saved without figures is completed by the command, which computes nothing anew", async () => {
  const storage = memoryStorage();
  await performStudy(await studyNamed("iris"), "run", { options, storage });
  const folder = written(storage.files("run"));
  const { status, stderr } = await study(folder, ["--resume"]);
  expect({ status, stderr: stderr.split("\n")[0] }).toEqual({
    status: 0,
    stderr: `Rebuilt from the journal of ${folder}: report.html.`,
  });
  expect(filesIn(folder)).toEqual(filesIn(whole));
});

it("that was stopped is continued by the command, and one of the command's in memory", async () => {
  const iris = await studyNamed("iris");
  const storage = memoryStorage();
  const stop = new AbortController();
  const reason = new Error("enough");
  const onProgress = ({ at }: { readonly at: string }) => at.startsWith("seed 1, epoch 2") && stop.abort(reason);
  await expect(performStudy(iris, "run", { options, storage, signal: stop.signal, onProgress })).rejects.toBe(reason);
  const cut = storage.files("run");
  const folder = written(cut);
  expect((await study(folder, ["--resume"])).status).toBe(0);
  expect(filesIn(folder)).toEqual(filesIn(whole));

  const again = memoryStorage(cut, "elsewhere");
  await performStudy(iris, "elsewhere", { options, storage: again, draw: drawStudy });
  expect(hexIn(again.files("elsewhere"))).toEqual(filesIn(whole));
});

it("has one fingerprint, with workers and without, interrupted and not, which every command prints", async () => {
  const iris = await studyNamed("iris");
  const storage = memoryStorage();
  const made = fingerprint(await performStudy(iris, "run", { options, storage }));
  const byWorkers = `${temporaryFolder()}/workers`;
  const args = "--epochs 4 --every 2 --seeds 2 --tolerance 0.2 --workers 2".split(" ");
  const { stdout } = await study(byWorkers, args);
  const shown = made.slice(0, 16);
  expect(stdout).toMatch(new RegExp(`\nFingerprint: {3}${shown}\n$`));
  expect(fingerprint(readRun(byWorkers))).toBe(made);
  expect(fingerprint(readRun(whole))).toBe(made);

  const report = await causalscope(["report", byWorkers]);
  expect(report.stdout).toMatch(new RegExp(`\nFingerprint: ${shown}\n$`));
  const drawn = await causalscope(["figures", byWorkers, "--out", `${temporaryFolder()}/figures`]);
  expect(drawn.stdout).toContain(`Drawn from ${byWorkers}, fingerprint ${shown}\n`);
  const compared = await causalscope(["compare", whole, byWorkers, "--format", "json"]);
  expect(JSON.parse(compared.stdout).runs.map((run: { fingerprint: string }) => run.fingerprint)).toEqual([
    shown,
    shown,
  ]);
});
