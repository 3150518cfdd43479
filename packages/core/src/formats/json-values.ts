/** What the readers of our own JSON share: text into values, and numbers into text. */

import { checkFile } from "../checks/check.ts";
import { FormatError, InvalidInputError } from "../checks/error-classes.ts";
import { jsonFault } from "./json-position.ts";

/**
 * A byte order mark at the start is allowed.
 *
 * @throws FormatError with line and column for text that is no JSON.
 */
export function parseJson(text: string, who: string): unknown {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  try {
    return JSON.parse(body);
  } catch (cause) {
    const fault = jsonFault(body);
    const where = fault === undefined ? "" : `, line ${fault.line}, column ${fault.column}`;
    throw new FormatError(
      {
        who: `${who}${where}`,
        expected: "JSON",
        got: fault?.found ?? "a text that cannot be parsed",
        remedy: remedyFor(fault?.found),
      },
      { cause },
    );
  }
}

function remedyFor(found: string | undefined): string | undefined {
  return found !== undefined && /^[+-]?(nan|inf|infinity)$/i.test(found)
    ? "JSON has no such number, and weights must be finite."
    : undefined;
}

/** @throws FormatError for anything but an object. */
export function record(value: unknown, who: string, expected: string): Record<string, unknown> {
  checkFile(typeof value === "object" && value !== null && !Array.isArray(value), () => ({
    who,
    expected,
    got: shown(value),
  }));
  return value as Record<string, unknown>;
}

/** Version 2 of the network file. */
export function isGraphFile(value: unknown): value is object {
  return typeof value === "object" && value !== null && "graph" in value;
}

/** What a call refuses is wrong with the file. @throws FormatError in place of InvalidInputError. */
export function inFile<T>(who: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof InvalidInputError) || error instanceof FormatError) throw error;
    throw new FormatError(`${who}: ${error.message}`, { cause: error });
  }
}

export function list(values: ArrayLike<number>): string {
  return `[${Array.from(values, (value) => (Object.is(value, -0) ? "-0" : `${value}`)).join(", ")}]`;
}

/** A text of more does not fit the strings of JavaScript engines. */
const MOST_CHARACTERS = 500_000_000;

/**
 * Passes texts on that will be parts of one, and counts them.
 *
 * @throws FormatError, at the part that is too much.
 */
export function characterCounter(who: string): (part: string) => string {
  let characters = 0;
  return (part) => {
    characters += part.length;
    checkFile(characters <= MOST_CHARACTERS, () => ({
      who,
      expected: `weights that fit into a text of ${MOST_CHARACTERS} characters`,
      got: "more",
      remedy: "Write a safetensors file instead.",
    }));
    return part;
  };
}

export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "number" ? `${value}` : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
