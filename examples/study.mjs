// A study from a program: performed into a run folder, continued where it was stopped, and read again.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performStudy, readRun } from "@causalscope/runs";
import { study } from "@causalscope/studies";

const folder = mkdtempSync(join(tmpdir(), "causalscope-"));
const edge = await study("edge");
const options = { bins: [8, 16], weightStep: 0.5 };
await performStudy(edge, folder, { options, onProgress: ({ at, done, total }) => done === total && console.log(at) });

const { file, rows } = readRun(folder);
console.log(`${file.study} is ${file.status}: ${rows.values.length} values`);
const best = rows.values.reduce((most, row) => (row.value > most.value ? row : most));
console.log(`${best.value.toFixed(3)} bits at ${JSON.stringify(best.setting)}`);
rmSync(folder, { recursive: true });
