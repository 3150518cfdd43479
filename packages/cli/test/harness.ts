/** The command line in this process: what it wrote and how it ended. */

import { disk, type Storage } from "../../runs/src/storage.ts";
import type { Io } from "../src/io.ts";
import { main } from "../src/run-command.ts";

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Given {
  readonly stdin?: string | Uint8Array;
  readonly storage?: Storage;
  readonly signal?: AbortSignal;
  readonly env?: Io["env"];
  /** Ctrl-C is pressed as soon as this comes out on stderr. */
  readonly stopAt?: RegExp;
  /** Ctrl-C is pressed when this file has been written. */
  readonly stopWritten?: string;
  /** Told what comes out on stderr. */
  readonly onStderr?: (text: string) => void;
  /** Someone looks at stderr. */
  readonly terminal?: boolean;
  /** Someone looks at stdout, on a terminal of so many columns. */
  readonly columns?: number;
}

/** Without workers where nobody asks for them: threads take longer to start than what tests measure. */
function withoutWorkers(argv: readonly string[]): readonly string[] {
  const named = argv[0] === "study" && argv[1] !== undefined && !argv[1].startsWith("-") ? 2 : 1;
  const works = named === 2 || argv[0] === "measure" || argv[0] === "reproduce";
  if (!works || argv.some((arg) => arg.startsWith("--workers"))) return argv;
  return [...argv.slice(0, named), "--workers", "0", ...argv.slice(named)];
}

export async function causalscope(argv: readonly string[], given: Given = {}): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const stop = new AbortController();
  const { storage = disk } = given;
  const status = await main(withoutWorkers(argv), {
    stdout: {
      ...(given.columns !== undefined && { isTTY: true, columns: given.columns }),
      write(text) {
        stdout += text;
      },
    },
    stderr: {
      ...(given.terminal === true && { isTTY: true, columns: 100, cursorTo() {}, clearLine() {}, on() {} }),
      write(text) {
        stderr += text;
        given.onStderr?.(text);
        if (given.stopAt?.test(text)) stop.abort();
      },
    },
    stdin: (async function* () {
      yield Buffer.from((given.stdin ?? "") as string);
    })(),
    env: given.env ?? {},
    storage: given.stopWritten === undefined ? storage : stopping(storage, given.stopWritten, () => stop.abort()),
    signal: given.signal ?? stop.signal,
  });
  return { status, stdout, stderr };
}

function stopping(storage: Storage, file: string, stop: () => void): Storage {
  return {
    ...storage,
    write(path, content) {
      storage.write(path, content);
      if (path === file) stop();
    },
  };
}
