/**
 * Golden values: what the product says today of twelve models, of every study and of small tables, recorded by key, so that a change
 * that should change no number can show that it changed none. Compared to the bit.
 *
 *     npm run golden                        compare with golden/values/
 *     npm run golden -- --record            record anew
 *     npm run golden -- --only measure,mi   some sections
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { sections } from "./cases.mjs";
import { compared, flat, readValues, writeValues } from "./values.mjs";

const folder = fileURLToPath(new URL("values/", import.meta.url));
const SHOWN = 40;

const { values: asked } = parseArgs({ options: { record: { type: "boolean" }, only: { type: "string" } } });
const names = asked.only?.split(",") ?? Object.keys(sections);
const unknown = names.filter((name) => !Object.hasOwn(sections, name));
if (unknown.length > 0) {
  console.error(`npm run golden: no section ${unknown.join(", ")}; there are ${Object.keys(sections).join(", ")}`);
  process.exit(2);
}

/** Runs so many at once; results in the order of the tasks. */
async function inParallel(tasks, most) {
  const results = new Array(tasks.length);
  let next = 0;
  const lane = async () => {
    while (next < tasks.length) {
      const at = next++;
      results[at] = await tasks[at]();
    }
  };
  await Promise.all(Array.from({ length: most }, lane));
  return results;
}

async function attempted({ key, run, threads }, failed) {
  try {
    return await run(threads);
  } catch (error) {
    failed.push(`${key}: ${error.stack}`);
    return new Map();
  }
}

const shown = (value) => (value === undefined ? "(none)" : JSON.stringify(value));

function report(title, { same, different }) {
  console.log(`${title}: ${same} values equal, ${different.length} different`);
  for (const { key, recorded, now } of different.slice(0, SHOWN)) {
    console.log(`  ${key}\n    recorded ${shown(recorded)}\n    now      ${shown(now)}`);
  }
  if (different.length > SHOWN) console.log(`  … and ${different.length - SHOWN} more`);
}

const count = (all) => [...all].reduce((sum, [key, record]) => sum + flat(record, key).size, 0);

/** Of each value of "network", the one of "graph". */
function agreement(now) {
  const half = (way) => {
    const own = [...now].filter(([key]) => key.includes(` | ${way} | `));
    return new Map(own.map(([key, record]) => [key.replace(` | ${way} | `, " | "), record]));
  };
  return compared(half("network"), half("graph"));
}

mkdirSync(folder, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), "causalscope-golden-"));
let [same, different] = [0, 0];
try {
  for (const name of names) {
    const cases = sections[name](scratch);
    const tasks = cases.flatMap((each) => [
      { ...each, threads: 0 },
      ...(each.workers ? [{ ...each, threads: 2 }] : []),
    ]);
    const failed = [];
    const results = await inParallel(
      tasks.map((task) => () => attempted(task, failed)),
      Math.min(4, availableParallelism()),
    );
    const valuesOf = (isIn) => new Map(results.filter((_, at) => isIn(tasks[at])).flatMap((found) => [...found]));
    const now = valuesOf(({ threads }) => threads === 0);
    const byWorkers = valuesOf(({ threads }) => threads > 0);
    const file = `${folder}${name}.json`;
    const outcomes = [];
    if (byWorkers.size > 0) {
      const alone = valuesOf(({ workers, threads }) => workers && threads === 0);
      outcomes.push([`${name}, by two workers`, compared(alone, byWorkers)]);
    }
    if (asked.record && failed.length === 0 && outcomes.every(([, { different }]) => different.length === 0)) {
      writeValues(file, now);
      console.log(`${name}: ${count(now)} values recorded`);
    } else outcomes.unshift([name, compared(readValues(file), now)]);
    for (const [title, outcome] of outcomes) {
      report(title, outcome);
      same += outcome.same;
      different += outcome.different.length;
    }
    for (const text of failed) console.log(`failed: ${text}`);
    different += failed.length;
    if (name === "paths") {
      const { same, different } = agreement(now);
      console.log(`paths: as a network and as a graph, ${same} values agree, ${different.length} do not`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`\n${same} values equal, ${different} different`);
process.exitCode = different === 0 ? 0 : 1;
