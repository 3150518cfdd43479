/** The command line as a function: arguments and streams in, exit status out. */

import { InvalidInputError, StorageError } from "@causalscope/core/errors";
import { escaped, escapedLines } from "@causalscope/core/internal";
import { Command, CommanderError } from "commander";
import { addCommands } from "./add-commands.ts";
import { commands } from "./commands.ts";
import { messageOf } from "./error-text.ts";
import { Interrupted, type Io, type Output, packageVersion } from "./io.ts";

/** Exit statuses. */
export const DONE = 0;
export const FAILED = 1;
export const MISUSED = 2;
/** As shells say it of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/** Runs one command; never throws. Everything that goes wrong is one line on stderr. */
export async function main(argv: readonly string[], streams: Io): Promise<number> {
  const io = { ...streams, stdout: escaping(streams.stdout), signal: streams.signal };
  try {
    await program(io).parseAsync([...argv], { from: "user" });
    return DONE;
  } catch (error) {
    return report(error, io, argv.includes("--debug") || Boolean(io.env.CAUSALSCOPE_DEBUG));
  }
}

/** Whatever a command prints, no name from a file reaches a terminal as more than text. */
function escaping(output: Output): Output {
  return {
    write: (text) => output.write(escapedLines(text)),
    get isTTY() {
      return output.isTTY === true;
    },
    get columns() {
      return output.columns;
    },
  };
}

function program(io: Io): Command {
  const version = packageVersion();
  const root = new Command("causalscope")
    .description("What does what inside a neural network, in bits.")
    .version(version, "-V, --version", "print the version")
    .option("--debug", "print where an error came from")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // `report` says it once, in our words.
      outputError: () => {},
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    })
    .addHelpText(
      "after",
      `
Examples:
  $ causalscope study iris                     train on Iris, measure on the way, write a report
  $ causalscope study iris --resume            continue what Ctrl-C stopped
  $ causalscope reproduce                      every figure of the paper, and which of its claims hold
  $ causalscope measure model.onnx               effective information of every layer
  $ causalscope measure model.onnx --json        the same for a program
  $ causalscope show model.onnx                  its layers, what measures assume of them, and cost
  $ causalscope convert m.safetensors --to m.json --activation relu    the same network as JSON

Exit status: 0 done, 1 failed (a full disk, for one), 2 misused (arguments, files or folders that cannot be used), 130 or 143 interrupted.`,
    );
  addCommands(root, commands, io, version);
  return root;
}

function report(error: unknown, io: Io, debug: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return DONE;
    // Without a command, the help was printed.
    if (error.code !== "commander.help") say(error.message.replace(/^error: /, ""), io);
    return MISUSED;
  }
  if (error instanceof Interrupted || (io.signal.aborted && error === io.signal.reason)) {
    say(error instanceof Interrupted ? error.message : "interrupted", io);
    return INTERRUPTED;
  }
  say(messageOf(error), io);
  if (debug) io.stderr.write(`${escapedLines(stackOf(error))}\n`);
  return error instanceof InvalidInputError && !isOfTheSystem(error) ? MISUSED : FAILED;
}

/** Nothing that was given is wrong: the disk is full or broken, or the system has no more of something. */
const SYSTEM_FAILS = ["ENOSPC", "EDQUOT", "EIO", "EMFILE", "ENFILE", "ENOMEM"];

function isOfTheSystem(error: unknown): boolean {
  return error instanceof StorageError && SYSTEM_FAILS.includes(error.code ?? "");
}

/** With those of what caused it. */
function stackOf(error: unknown): string {
  const { stack, cause } = error instanceof Error ? error : new Error(String(error));
  return cause === undefined ? `${stack}` : `${stack}\ncaused by ${stackOf(cause)}`;
}

function say(message: string, io: Io): void {
  io.stderr.write(`causalscope: ${escaped(message.trim().replace(/\s*\n\s*/g, " "))}\n`);
}
