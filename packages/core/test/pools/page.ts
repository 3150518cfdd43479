/** What the browser test's page runs: every sample by Web Workers, and what a page must be able to do besides. */

import { webCrew } from "../../src/pools/web-crew.ts";
import { createPool } from "../../src/pools/web-pool.ts";
import { workerPool } from "../../src/pools/worker-pool.ts";
import { here } from "../../src/settings/pool.ts";
import { bitsOf } from "./bytes.ts";
import { samples } from "./samples.ts";
import { fragileTask } from "./web-tasks.ts";

/** The bits that this page finds without workers. */
async function alone(): Promise<string[]> {
  const found: string[] = [];
  for (const { task, job, shards } of samples()) {
    found.push(bitsOf(await here.run(task, job as never, shards as never[])));
  }
  return found;
}

const testPool = (workers: number) =>
  workerPool(workers, () =>
    webCrew(() => new Worker(new URL("./test-web-worker.js", import.meta.url), { type: "module" })),
  );

/** Results and tries of shards whose worker dies so many times. */
async function fragile(times: number): Promise<unknown[]> {
  const pool = testPool(2);
  const tries = new Int32Array(new SharedArrayBuffer(16));
  const found = await pool.run(fragileTask, { times, tries }, [0, 1, 2, 3]).catch((error: Error) => error.message);
  await pool.close();
  return [found, [...tries]];
}

async function run(workers: number): Promise<string[]> {
  const pool = createPool({ workers });
  const found: string[] = [];
  for (const { task, job, shards } of samples()) {
    found.push(bitsOf(await pool.run(task, job as never, shards as never[])));
  }
  await pool.close();
  return found;
}

/** The bits of a pool that an engine makes of its own file. */
function ofOneEntry(): Promise<string[]> {
  const engine = new Worker(new URL("./engine.js", import.meta.url), { type: "module", name: "engine" });
  return new Promise((resolve, reject) => {
    engine.onmessage = ({ data }) => resolve(data);
    engine.onerror = (event) => reject(new Error(event.message));
    engine.postMessage("run");
  }).then((found) => {
    engine.terminate();
    return found as string[];
  });
}

/** Name and message of what ends a run of the first sample. */
async function ending(change: (sample: ReturnType<typeof samples>[number]) => unknown, hire?: () => Worker) {
  const pool = hire === undefined ? createPool({ workers: 2 }) : workerPool(2, () => webCrew(hire));
  const { task, job, shards } = { ...samples()[0]!, ...(change(samples()[0]!) as object) };
  const ended = await pool.run(task, job as never, shards as never[]).then(
    () => ["nothing was thrown"],
    (error: Error) => [error.constructor.name, error.name, error.message],
  );
  await pool.close();
  return ended;
}

async function cancelled(): Promise<unknown[]> {
  const pool = createPool({ workers: 2 });
  const { task, job, shards } = samples()[0]!;
  const stop = new AbortController();
  const cancel = () => stop.abort("enough");
  const options = { signal: stop.signal, onProgress: cancel };
  const reason = await pool.run(task, job as never, shards as never[], options).catch((error) => error);
  const after = bitsOf(await pool.run(task, job as never, shards as never[]));
  await pool.close();
  return [reason, after];
}

const missing = () => new Worker(new URL("./no-such-worker.js", import.meta.url), { type: "module" });

Object.assign(window, {
  alone,
  fragile,
  run,
  ofOneEntry,
  cancelled,
  isolated: () => crossOriginIsolated,
  defaultWorkers: () => createPool().workers,
  unknownTask: () => ending(({ task }) => ({ task: { ...task, name: "unheard of" } })),
  wrongInput: () => ending(({ job }) => ({ job: { ...(job as object), tolerance: -1 } })),
  notSent: () => ending(({ job }) => ({ job: { ...(job as object), rest: () => 0 } })),
  noWorker: () => ending(() => ({}), missing),
});
