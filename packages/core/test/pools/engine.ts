/** One file that is an engine and, by another name, a worker of its pool. */
import { createPool, serve } from "../../src/pools/web-pool.ts";
import { bitsOf } from "./bytes.ts";
import { samples } from "./samples.ts";

const hire = () => new Worker(new URL("./engine.js", import.meta.url), { type: "module", name: "pool" });

async function run(): Promise<string[]> {
  const pool = createPool({ workers: 2, worker: hire });
  const found: string[] = [];
  for (const { task, job, shards } of samples()) {
    found.push(bitsOf(await pool.run(task, job as never, shards as never[])));
  }
  await pool.close();
  return found;
}

if (Reflect.get(globalThis, "name") === "pool") serve();
else addEventListener("message", async () => postMessage(await run()));
