/** Adds commands to the program that are loaded when they are called. */
import type { Command } from "commander";
import type { Io } from "./io.ts";

/** Gives a command its arguments, options and action. */
type Define = (command: Command, io: Io, version: string) => void | Promise<void>;

export interface CommandEntry {
  readonly name: string;
  readonly alias?: string;
  /** What follows the name in a listing. */
  readonly usage?: string;
  readonly summary: string;
  readonly load: () => Promise<Define>;
}

/** Commands that are not loaded yet, and what loads them. */
const pending = new WeakMap<Command, () => Promise<void>>();

/** Adds commands that are loaded when they are called. Nothing of `parent` that they inherit is to be changed afterwards. */
export function addCommands(parent: Command, entries: readonly CommandEntry[], io: Io, version: string): void {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  for (const { name, alias, summary, load } of entries) {
    const command = parent.command(name).summary(summary);
    if (alias !== undefined) command.alias(alias);
    pending.set(command, async () => (await load())(command, io, version));
  }
  parent.hook("preSubcommand", (_, command) => loadCommand(command));
  // The options of those that are not loaded are not known.
  parent.configureHelp({
    ...parent.configureHelp(),
    subcommandTerm: (command) => {
      const { name, alias, usage } = byName.get(command.name())!;
      return [alias === undefined ? name : `${name}|${alias}`, usage].filter((part) => part !== undefined).join(" ");
    },
  });
}

/** Gives a command its options, unless it has them. */
export async function loadCommand(command: Command): Promise<void> {
  const define = pending.get(command);
  pending.delete(command);
  await define?.();
}

/** Loads all commands below one: for what lists them with their options. */
export async function loadCommands(parent: Command): Promise<void> {
  for (const command of parent.commands) {
    await loadCommand(command);
    await loadCommands(command);
  }
}
