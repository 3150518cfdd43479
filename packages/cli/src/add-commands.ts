/** Adds commands to the program that are loaded when they are called. */
import type { Command } from "commander";
import type { Io } from "./io.ts";

/** Gives a command its arguments, options and action. */
type Define = (command: Command, io: Io, version: string) => void;

export interface CommandEntry {
  readonly name: string;
  readonly alias?: string;
  /** What follows the name in a listing. */
  readonly usage?: string;
  readonly summary: string;
  readonly load: () => Promise<Define>;
}

/** Adds commands that are loaded when they are called. Nothing of `parent` that they inherit is to be changed afterwards. */
export function addCommands(parent: Command, entries: readonly CommandEntry[], io: Io, version: string): void {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  for (const { name, alias, summary } of entries) {
    const command = parent.command(name).summary(summary);
    if (alias !== undefined) command.alias(alias);
  }
  parent.hook("preSubcommand", async (_, command) => {
    const define = await byName.get(command.name())!.load();
    define(command, io, version);
  });
  // The options of those that are not loaded are not known.
  parent.configureHelp({
    subcommandTerm: (command) => {
      const { name, alias, usage } = byName.get(command.name())!;
      return [alias === undefined ? name : `${name}|${alias}`, usage].filter((part) => part !== undefined).join(" ");
    },
  });
}
