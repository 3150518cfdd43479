/**
 * Proofs that take too long for a test: each file beside this one is a program that ends with status 0 where its claim holds, and prints its
 * figures. `npm run proof` runs all of them, one after another; `npm run proof -- fuzz` those named.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const known = readdirSync(folder)
  .filter((name) => name.endsWith(".proof.mjs"))
  .map((name) => name.slice(0, -".proof.mjs".length));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`npm run proof: no proof named ${unknown.join(", ")}; there are ${known.join(", ")}`);
  process.exit(2);
}

let failed = 0;
const run = asked.length > 0 ? asked : known;
for (const name of run) {
  console.log(`\n— ${name}`);
  const { status } = spawnSync(process.execPath, [`${folder}${name}.proof.mjs`], { stdio: "inherit" });
  if (status !== 0) {
    failed++;
    console.error(`${name} failed (status ${status})`);
  }
}
console.log(`\n${run.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
