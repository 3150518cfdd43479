/** What flags and reports say of tables of the user's own. */
import { InvalidInputError } from "@causalscope/core/errors";
import { type Missing, missingPolicies } from "@causalscope/core/internal";
import type { FileProvenance } from "@causalscope/runs/internal";

export function missingOption(text: string): Missing {
  const found = missingPolicies.find((known) => known === text);
  if (found !== undefined) return found;
  throw new InvalidInputError({ who: "--missing", expected: missingPolicies.join(" or "), got: JSON.stringify(text) });
}

/** For a table of settings or a line of text. */
export function provenanceText({ file, array, sha256, rows, columns }: FileProvenance): string {
  const count = typeof columns === "number" ? columns : columns.length;
  return `${file}${array === undefined ? "" : `:${array}`}, ${rows} rows, ${count} columns, SHA-256 ${sha256}`;
}
