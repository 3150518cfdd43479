/** How far a long command is: a bar with the time left on a terminal, a line now and then elsewhere; always on stderr. */

import { escaped } from "@causalscope/core/basics";
import cliProgress from "cli-progress";
import type { Output } from "./io.ts";

export interface Progress {
  /** @param what is being done, in a few words. */
  update(fraction: number, what: string): void;
  /** Leaves the terminal as it was. */
  stop(): void;
}

const SILENT: Progress = { update() {}, stop() {} };

/**
 * @param start fraction that was done before: it took none of the time.
 * @param now milliseconds.
 */
export function progress(stderr: Output, quiet: boolean, start = 0, now: () => number = Date.now): Progress {
  if (quiet) return SILENT;
  const { update, stop } = shown(stderr, start, now);
  return { update: (fraction, what) => update(fraction, escaped(what)), stop };
}

function shown(stderr: Output, start: number, now: () => number): Progress {
  const began = now();
  const left = (fraction: number) => timeLeft(now() - began, fraction - start, 1 - fraction);
  return stderr.isTTY === true ? bar(stderr, start, left) : lines(stderr, start, left);
}

function bar(stderr: Output, start: number, left: (fraction: number) => string): Progress {
  const single = new cliProgress.SingleBar({
    format: " {bar} {percentage} %  {what}  {left}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    // What is done and the time left have room beside it.
    barsize: Math.max(8, Math.min(30, (stderr.columns ?? 80) - 44)),
    hideCursor: true,
    clearOnComplete: true,
    // The command has its own way to stop.
    gracefulExit: false,
    // It moves the cursor, which names must not.
    stream: (stderr.stream ?? stderr) as unknown as NodeJS.WritableStream,
  });
  single.start(1, start, { what: "", left: "" });
  return {
    update: (fraction, what) => single.update(fraction, { what, left: left(fraction) }),
    stop: () => single.stop(),
  };
}

function lines(stderr: Output, start: number, left: (fraction: number) => string): Progress {
  let tenths = Math.floor(10 * start);
  return {
    update(fraction, what) {
      // 0.1 + 0.2 of a run is 0.3 of it.
      const reached = Math.floor(10 * fraction + 1e-9);
      if (reached <= tenths) return;
      tenths = reached;
      stderr.write(`${10 * reached} %  ${what}  ${left(fraction)}\n`.replace(/ +\n/, "\n"));
    },
    stop() {},
  };
}

/** Fraction done and milliseconds, below which a run says nothing of the rest. */
const [LEAST_DONE, LEAST_ELAPSED] = [0.02, 2000];
/** Either of these says something without the other; a tenth, but for what rounding takes from it. */
const [MUCH_DONE, LONG_ELAPSED] = [0.1 - 1e-9, 60_000];

/** As words; empty where it cannot be told yet: before 2 % and 2 s, unless a tenth is done, or a minute has passed. */
export function timeLeft(elapsed: number, done: number, remaining: number): string {
  if (done <= 0 || remaining <= 0 || elapsed <= 0) return "";
  // The first steps are unlike the rest: files are read, code is compiled, workers start.
  const isBegun = done >= LEAST_DONE && elapsed >= LEAST_ELAPSED;
  if (!isBegun && done < MUCH_DONE && elapsed < LONG_ELAPSED) return "";
  // What rounding adds is not worth a second.
  const seconds = Math.ceil((elapsed / done) * (remaining / 1000) - 1e-6);
  if (seconds < 60) return `${seconds} s left`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s left`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min left`;
}
