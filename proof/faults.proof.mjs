/**
 * A run of each kind of study is cut off at every write, rename, removal and flush, in each of the three ways in which a kill or a power cut
 * may leave the disk (packages/runs/test/fallible-disk.ts), and with a disk that is full from there on; then it is resumed. Claim: the files are the
 * same, byte for byte, as of a run that nothing disturbed.
 *
 * `npm run proof -- faults`; takes some hours on one core. FAULTS_STUDIES=iris,edge takes some of the studies, FAULTS_EVERY=10 every tenth disk.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transformSync } from "esbuild";
import { main } from "../packages/cli/dist/run-command.js";
import { storageOn } from "../packages/runs/dist/storage.js";

const source = readFileSync(new URL("../packages/runs/test/fallible-disk.ts", import.meta.url), "utf8");
const { code } = transformSync(source, { loader: "ts", format: "esm" });
const scratch = mkdtempSync(join(tmpdir(), "causalscope-faults-"));
writeFileSync(join(scratch, "fallible-disk.mjs"), code);
const { cutsOf, fallibleDisk, keyOf } = await import(pathToFileURL(join(scratch, "fallible-disk.mjs")).href);
rmSync(scratch, { recursive: true });

const TRAINING = ["--epochs", "2", "--every", "1", "--seeds", "2", "--tolerance", "0.5"];
/** Small, but of every kind of study: with several parts, figures and findings. */
const STUDIES = {
  iris: TRAINING,
  "mnist-shallow": ["--epochs", "1", "--every", "1", "--seeds", "1", "--tolerance", "1"],
  train: ["--data", "xor", ...TRAINING],
  edge: ["--bins", "8", "--weight-step", "2"],
  surface: ["--bins", "8", "--points", "4", "--weight-step", "2"],
  convergence: ["--widths", "2,3", "--samples", "100,1000", "--edge-width", "3", "--edge-bins", "4,8"],
  "coarse-bins": ["--epochs", "1", "--bins", "4,8", "--seeds", "1", "--tolerance", "1"],
  "first-layer": ["--epochs", "1", "--samples", "1000", "--tolerance", "1"],
  dropout: ["--epochs", "1", "--seeds", "2", "--rates", "0,0.5", "--tolerance", "1"],
  memorising: ["--epochs", "1", "--seeds", "2", "--tolerance", "1"],
  harder: ["--epochs", "1", "--seeds", "2", "--depths", "1", "--tolerance", "1"],
  pruning: ["--epochs", "1", "--seeds", "2", "--fractions", "0,0.5", "--tolerance", "1"],
  recurrent: ["--epochs", "1", "--seeds", "2", "--tolerance", "1"],
  ablation: ["--data", "iris", "--seeds", "2", "--epochs", "2", "--repetitions", "1", "--bootstrap", "5"],
  "information-plane": ["--seeds", "1", "--epochs", "2", "--points", "2", "--examples", "1000"],
  generalization: ["--seeds", "1", "--epochs", "1", "--examples", "16", "--draws", "2", "--trainings", "100"],
};

const names = process.env.FAULTS_STUDIES?.split(",") ?? Object.keys(STUDIES);
const every = Number(process.env.FAULTS_EVERY ?? 1);

async function study(name, fs) {
  const said = [];
  const stream = { write: (text) => said.push(text) };
  const args = ["study", name, ...STUDIES[name], "--quiet", "--workers", "0", "--resume", "--out", "/runs/one"];
  const signal = new AbortController().signal;
  const status = await main(args, {
    stdout: stream,
    stderr: stream,
    stdin: [],
    env: {},
    storage: storageOn(fs),
    signal,
  });
  return { status, said: said.join("") };
}

async function resumed(name, holds) {
  const disk = fallibleDisk({ holds });
  const { status, said } = await study(name, disk.fs);
  return { key: keyOf(disk.snapshot()), status, said };
}

/** Disks that are full from a change on, as the run leaves them. */
async function* fullDisks(name, changes, whole) {
  for (let room = 0; room < changes; room += every) {
    const disk = fallibleDisk({
      onChange(now, call) {
        if (now.changes > room && call !== "removing") throw Object.assign(new Error("full"), { code: "ENOSPC" });
      },
    });
    const { status, said } = await study(name, disk.fs);
    // At the very last change, which flushes that the lock is given back, all is done.
    const isRight = status === 1 || (status === 0 && keyOf(disk.snapshot()) === whole);
    if (!isRight) console.error(`${name}: a full disk ended with status ${status}: ${said}`);
    yield { holds: disk.snapshot(), isRight };
  }
}

let wrong = 0;
for (const name of names) {
  const start = performance.now();
  const { whole, changes, left } = await cutsOf(async (fs) => {
    const { status, said } = await study(name, fs);
    if (status !== 0) throw new Error(`${name}: ${said}`);
  });
  let different = 0;
  let tried = 0;
  const compare = async (holds, what) => {
    const { key, status, said } = await resumed(name, holds);
    tried++;
    if (status === 0 && key === whole) return;
    different++;
    console.error(`${name}: ${what} was not resumed to the same bytes (status ${status}): ${said.slice(0, 300)}`);
  };
  for (let k = 0; k < left.length; k += every) await compare(left[k], `disk ${k} of ${left.length}`);
  let full = 0;
  for await (const { holds, isRight } of fullDisks(name, changes, whole)) {
    if (!isRight) different++;
    await compare(holds, `a disk full after ${full * every} changes`);
    full++;
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${name}: ${changes} changes of the disk; ${tried} disks (${left.length} that cuts leave, ${full} full ones) resumed, ${different} otherwise; ${seconds} s`,
  );
  wrong += different;
}
process.exit(wrong === 0 ? 0 : 1);
