/** What a command talks to: given by `main.ts`, or by a test. */

import { readFileSync } from "node:fs";
import { yieldToEventLoop } from "@causalscope/core/basics";
import type { Storage } from "@causalscope/runs";
import { type Block, layOut } from "./text-table.ts";

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Of the terminal; undefined where there is none. */
  readonly columns?: number;
  /** Whether colours are shown. */
  readonly colours?: boolean;
  /** What stands behind it, for what draws over its own lines. */
  readonly stream?: Output;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly storage: Storage;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** From here on a signal ends the process at once: for work without a pause that leaves nothing behind. */
  readonly endAtOnce?: () => void;
}

/** Writes text and tables as wide as the terminal; elsewhere, lines are as long as they are. */
export function print(output: Output, ...blocks: readonly Block[]): void {
  output.write(layOut(blocks, output.columns));
}

/** Thrown when Ctrl-C ended a run after everything was saved; its message says how to go on. */
export class Interrupted extends Error {}

/** Longest stretch of work without a look at signals, in milliseconds. */
const STRETCH = 50;

/**
 * Lets signals in between stretches of work that would otherwise run through: to be awaited often, it costs a turn of the event loop
 * only every now and then. Throws the signal's reason once Ctrl-C was pressed.
 */
export function pauses({ signal }: Pick<Io, "signal">): () => Promise<void> {
  let last = 0;
  return async () => {
    if (performance.now() - last < STRETCH) return;
    await yieldToEventLoop();
    signal.throwIfAborted();
    last = performance.now();
  };
}

/** Version of the installed package. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}

/** As it can be typed in a shell. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
