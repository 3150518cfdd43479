/** The command `causalscope` as a user runs it: where it is built is said here alone. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../packages/cli/dist/main.js", import.meta.url));
const models = fileURLToPath(new URL("models/", import.meta.url));

/** Runs it in golden/models/: `{ status, stdout }`. A status other than these is an error. */
export function causalscope(args, statuses = [0]) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { cwd: models, stdio: ["ignore", "pipe", "pipe"] });
    const [stdout, stderr] = [[], []];
    child.stdout.on("data", (part) => stdout.push(part));
    child.stderr.on("data", (part) => stderr.push(part));
    child.on("error", reject);
    child.on("close", (status) => {
      if (statuses.includes(status)) return resolve({ status, stdout: Buffer.concat(stdout).toString() });
      reject(new Error(`causalscope ${args.join(" ")}\nexit status ${status}\n${Buffer.concat(stderr)}`));
    });
  });
}

export const json = async (...args) => JSON.parse((await causalscope([...args, "--json"])).stdout);

/** The same of `measure`, which also prints what it has where a layer failed: status 1. */
export async function measured(args) {
  const { status, stdout } = await causalscope(["measure", ...args, "--json", "--quiet"], [0, 1]);
  return { status, ...JSON.parse(stdout) };
}

/** Runs a study into a folder; the rows of each of its tables by name. */
export async function studyTables(name, args, folder) {
  await causalscope(["study", name, ...args, "--quiet", "--out", folder]);
  const tables = {};
  for (const table of ["measurements", "training", "values"]) {
    if (existsSync(`${folder}/${table}.csv`)) tables[table] = await json("export", folder, "--table", table);
  }
  return tables;
}
