/** The command line as a function: arguments and streams in, exit status out. */

import { escaped, escapedLines } from "@causalscope/core/basics";
import { CausalscopeError, InvalidInputError, StorageError } from "@causalscope/core/errors";
import { Command, CommanderError } from "commander";
import { addCommands, loadCommand } from "./add-commands.ts";
import { commands } from "./commands.ts";
import { messageOf } from "./error-text.ts";
import { inFlags } from "./flag-names.ts";
import { addExamples, type Example, helpConfiguration, helpWidth } from "./help.ts";
import { Interrupted, type Io, packageVersion, print } from "./io.ts";
import { styled } from "./style.ts";
import { suggestion } from "./suggestion.ts";
import { colourFlag, terminalOutput } from "./terminal.ts";

/** Exit statuses. */
export const DONE = 0;
export const FAILED = 1;
export const MISUSED = 2;
/** As shells say it of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/** Runs one command; never throws. Everything that goes wrong is one line on stderr. */
export async function main(argv: readonly string[], streams: Io): Promise<number> {
  const { env, signal } = streams;
  const colours = colourFlag(argv);
  // Whatever a command prints, no name from a file reaches a terminal as more than text.
  const stdout = terminalOutput(streams.stdout, env, colours);
  const stderr = terminalOutput(streams.stderr, env, colours);
  const io = { ...streams, stdout, stderr, signal };
  let called: Command | undefined;
  const remember = (_: Command, command: Command) => {
    called = command;
  };
  // Before its options are read, and again for a command of a command.
  const root = program(io).hook("preSubcommand", remember).hook("preAction", remember);
  try {
    // `help measure` is `measure --help`.
    if (argv[0] === "help") await requireCommand(argv.slice(1), root);
    await root.parseAsync(argv[0] === "help" ? [...argv.slice(1), "--help"] : [...argv], { from: "user" });
    return DONE;
  } catch (error) {
    return report(await named(error, argv), io, called, argv.includes("--debug") || Boolean(env.CAUSALSCOPE_DEBUG));
  }
}

const EXAMPLES: readonly Example[] = [
  ["causalscope study iris", "train a network, measure it as it learns"],
  ["causalscope study iris --resume", "continue a run that was interrupted"],
  ["causalscope measure model.onnx", "effective information of every layer"],
  ["causalscope measure model.onnx --format json", "the same as JSON"],
  ["causalscope show model.onnx", "its layers, and what measuring them costs"],
  ["causalscope ablate model.onnx --data data.csv", "which neurons it can lose"],
  ["causalscope reproduce", "the paper's figures, and which claims hold"],
];

const STATUS =
  "`causalscope COMMAND --help` or `causalscope help COMMAND` lists the options of a command.\n\nExit status: 0 success; 1 failure, such as a full disk; 2 invalid arguments, files or folders; 130 or 143 interrupted.";

/** The command line, with its commands not loaded yet. */
export function program(io: Io): Command {
  const version = packageVersion();
  const root = new Command("causalscope")
    .description("Shows what does what inside a neural network, in bits.")
    .version(version, "-V, --version", "print the version")
    .option("--color", "use colours, even when the output is not a terminal")
    .option("--no-color", "use no colours (the environment variable NO_COLOR does the same)")
    .option("--debug", "print the stack trace of an error")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .exitOverride()
    .configureHelp(helpConfiguration)
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // `report` says it once, in our words.
      outputError: () => {},
      // Marks become colours, or nothing, where they are written.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      getOutHelpWidth: () => helpWidth(io.stdout),
      getErrHelpWidth: () => helpWidth(io.stderr),
    });
  addExamples(root, io, EXAMPLES, STATUS);
  addCommands(root, commands, io, version);
  return root;
}

/** @throws CommanderError for a word that is no command: commander shows the help of what is above it. */
async function requireCommand([word, ...below]: readonly string[], parent: Command): Promise<void> {
  if (word === undefined || word.startsWith("-") || parent.commands.length === 0) return;
  const namesOf = (command: Command) => [command.name(), ...command.aliases()];
  const found = parent.commands.find((command) => namesOf(command).includes(word));
  if (found !== undefined) {
    await loadCommand(found);
    return requireCommand(below, found);
  }
  const known = parent.commands.flatMap(namesOf);
  const meant = suggestion(word, known);
  const message = `unknown command '${word}'${meant === "" ? "" : ` (${meant})`}`;
  throw new CommanderError(1, "commander.unknownCommand", message);
}

/** Who calls a study as if it were a command is told how. */
async function named(error: unknown, argv: readonly string[]): Promise<unknown> {
  if (!(error instanceof CommanderError) || error.code !== "commander.unknownCommand") return error;
  const { studies } = await import("@causalscope/studies");
  const study = argv.find((word) => studies.some(({ name }) => name === word));
  if (study === undefined || !error.message.includes(`'${study}'`)) return error;
  const message = `unknown command '${study}' (Did you mean causalscope study ${study}?)`;
  return new CommanderError(error.exitCode, error.code, message);
}

function report(error: unknown, io: Io, command: Command | undefined, debug: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return DONE;
    // Without a command, the help was printed.
    if (error.code !== "commander.help") say(`${error.message.replace(/^error: /, "")}${remedyOf(error, command)}`, io);
    return MISUSED;
  }
  if (error instanceof Interrupted || (io.signal.aborted && error === io.signal.reason)) {
    say(error instanceof Interrupted ? error.message : "interrupted", io);
    return INTERRUPTED;
  }
  say(error instanceof CausalscopeError ? inFlags(messageOf(error), command) : messageOf(error), io);
  if (debug) io.stderr.write(`${escapedLines(stackOf(error))}\n`);
  return error instanceof InvalidInputError && !isOfTheSystem(error) ? MISUSED : FAILED;
}

/** Where to look for what is missing. */
function remedyOf({ code }: CommanderError, command: Command | undefined): string {
  if (command === undefined || !/^commander\.missing(?:MandatoryOptionValue|Argument)$/.test(code)) return "";
  const names: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) names.unshift(at.name());
  return `. \`${names.join(" ")} --help\` lists the arguments and options.`;
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
  const line = escaped(message.trim().replace(/\s*\n\s*/g, " "));
  print(io.stderr, `${styled("red", "causalscope:")} ${line}\n`);
}
