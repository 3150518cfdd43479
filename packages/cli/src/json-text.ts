/** What `--format json` prints. */
import { CausalscopeError } from "@causalscope/core/errors";

/** JSON has no NaN: rather than a null that a program takes for a missing value, an error. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(
    value,
    (key, entry) => {
      if (typeof entry === "number" && !Number.isFinite(entry)) {
        throw new CausalscopeError({ who: `JSON: ${key}`, expected: "a finite number", got: `${entry}` });
      }
      return entry;
    },
    2,
  );
  return `${text}\n`;
}
