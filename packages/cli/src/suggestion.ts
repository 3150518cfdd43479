/** "Did you mean …?" for words of a list, as commander says it for commands and options. */
import { Command, CommanderError } from "commander";

/** `Did you mean iris?`, or nothing where no word of the list is like it. */
export function suggestion(word: string, known: readonly string[]): string {
  if (word.startsWith("-")) return "";
  const probe = new Command()
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  for (const name of known) probe.addCommand(new Command(name));
  try {
    probe.parse([word], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return /\((Did you mean .*\?)\)/.exec(error.message)?.[1] ?? "";
    throw error;
  }
  return "";
}
