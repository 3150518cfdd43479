#!/usr/bin/env node
/** The command `causalscope`: gives the program its streams and signals, and the shell its exit status. */
import { StorageError } from "@causalscope/core/errors";
import { disk } from "@causalscope/runs/disk";
import { main } from "./run-command.ts";

const stop = new AbortController();
const statuses = { SIGINT: 130, SIGTERM: 143 } as const;
let status = 0;
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) {
      // The second time nothing is waited for: what is finished is on the disk. A progress bar had hidden the cursor and cut lines.
      if (process.stderr.isTTY) process.stderr.write("\x1b[?25h\x1b[?7h\n");
      process.exit(statuses[name]);
    }
    status = statuses[name];
    stop.abort();
  });
}

// Whoever reads may have enough (`| head`); a run goes on when nobody reads its progress.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  const problem = { who: "standard output", expected: "to be written", got: error.message };
  process.stderr.write(`causalscope: ${new StorageError(problem).message}\n`);
  process.exit(1);
});
// Nobody can be told of it.
process.stderr.on("error", () => {});

const { stdout, stderr, stdin, env } = process;
const endAtOnce = () => {
  for (const name of ["SIGINT", "SIGTERM"] as const) process.removeAllListeners(name);
};
const io = { stdout, stderr, stdin, env, storage: disk, signal: stop.signal, endAtOnce };
const returned = await main(process.argv.slice(2), io);
process.exitCode = returned === statuses.SIGINT && status !== 0 ? status : returned;
