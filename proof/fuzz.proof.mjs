/**
 * Damaged and hostile files are a value or one clear error, soon and in little memory: 20,000 mutants for each reader, read, and then
 * listed, traced, measured and converted. `npm run proof -- fuzz`; `node proof/fuzz.proof.mjs 500 onnx` takes fewer, or one reader.
 *
 * Claims, of every mutant: an error is one of @causalscope/core/errors, and all of it takes less than 2 s of CPU and 1 GB of memory. A process of its
 * own does the work of each reader: one that hangs is ended, which is a failure.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { fuzzer, READERS } from "./fuzz/readers.mjs";

const CPU_SECONDS = 2;
const MEMORY = 1e9;
/** Without a word for so long, a process hangs. */
const SILENCE = 120_000;
/** Mutants after which a process is replaced: what it held is then not counted for others. */
const TOGETHER = 2000;

if (process.send === undefined) {
  const [count = "20000", ...asked] = process.argv.slice(2);
  let faults = 0;
  for (const reader of asked.length > 0 ? asked : READERS) {
    const total = { value: 0, refused: 0, faults: [], slowest: [0, -1], memory: 0 };
    for (let from = 0; from < Number(count); )
      from = await stretch(reader, from, Math.min(Number(count), from + TOGETHER), total);
    faults += total.faults.length;
    const [slowest, seed] = total.slowest;
    console.log(
      `${reader}: ${total.value} values, ${total.refused} errors of ours, ${total.faults.length} faults; slowest ${slowest.toFixed(2)} s of CPU (mutant ${seed}), at most ${Math.round(total.memory / 1e6)} MB`,
    );
    for (const fault of total.faults.slice(0, 20)) console.log(`  ${fault}`);
  }
  process.exit(faults === 0 ? 0 : 1);
} else {
  const library = {
    ...(await import("@causalscope/core")),
    ...(await import("@causalscope/core/models")),
    ...(await import("@causalscope/core/measures")),
    ...(await import("@causalscope/core/datasets")),
    ...(await import("@causalscope/core/errors")),
  };
  process.on("message", async ({ reader, from, to }) => {
    const run = fuzzer(library, reader);
    for (let seed = from; seed < to; seed++) {
      const { found, seconds } = await run(seed);
      const memory = 1024 * process.resourceUsage().maxRSS;
      process.send({
        seed,
        seconds,
        memory,
        found: typeof found === "string" ? found : `${found?.stack ?? found}`,
      });
      // Messages go out between stretches of work.
      if (seed % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    process.disconnect();
  });
}

/** @returns where to go on: after the last mutant, or after one that hangs or ends its process. */
function stretch(reader, from, to, total) {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), { execArgv: ["--max-old-space-size=2048"] });
    let next = from;
    let silence;
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => child.kill("SIGKILL"), SILENCE);
    };
    listen();
    child.on("message", ({ seed, seconds, memory, found }) => {
      listen();
      next = seed + 1;
      if (found === "value" || found === "refused") total[found]++;
      else total.faults.push(`mutant ${seed}: ${found.split("\n").slice(0, 3).join(" ")}`);
      if (seconds > total.slowest[0]) total.slowest = [seconds, seed];
      if (seconds > CPU_SECONDS) total.faults.push(`mutant ${seed}: ${seconds.toFixed(2)} s of CPU`);
      // The most that the process has ever held: said once.
      if (memory > MEMORY && total.memory <= MEMORY)
        total.faults.push(`mutant ${seed}: ${Math.round(memory / 1e6)} MB`);
      total.memory = Math.max(total.memory, memory);
    });
    child.on("exit", (code, signal) => {
      clearTimeout(silence);
      if (next < to) total.faults.push(`mutant ${next}: the process ended (${signal ?? code})`);
      resolve(next < to ? next + 1 : to);
    });
    child.send({ reader, from, to });
  });
}
