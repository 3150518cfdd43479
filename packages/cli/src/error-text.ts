/** What is said of an error on one line. */

import { escaped } from "@causalscope/core/basics";
import { CausalscopeError } from "@causalscope/core/errors";
import { CommanderError } from "commander";

/** The message; of what is no error of ours, which nobody foresaw, that it is one to report. */
export function messageOf(error: unknown): string {
  const known = error instanceof Error ? error : new Error(String(error));
  const message = known.message === "" ? known.name : known.message;
  const line = escaped(message.trim().replace(/\s*\n\s*/g, " "));
  if (known instanceof CausalscopeError || known instanceof CommanderError) return line;
  const what = known.name === "Error" || known.message === "" ? line : `${known.name}: ${line}`;
  return `internal error, please report it with the command and its files: ${what} (--debug prints where)`;
}
