/** What the readers of our own JSON share: values checked by hand, each refusal an error that names the place. */
import { FormatError } from "../checks/errors.ts";
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

export function numbers(value: unknown, who: string, expected: string): asserts value is number[] {
  if (!Array.isArray(value) || value.length === 0) throw new FormatError({ who, expected, got: shown(value) });
  for (const [at, entry] of value.entries()) {
    if (!isNumber(entry)) throw new FormatError({ who: `${who} [${at}]`, expected: "a number", got: shown(entry) });
    // A number such as 1e999 is JSON, but too large for a float64.
    if (!Number.isFinite(entry)) {
      throw new FormatError({ who: `${who} [${at}]`, expected: "a finite float64", got: `${entry}` });
    }
  }
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

/** `[low, high]` or null; whether low is below high is for whoever takes it. */
export function requireRange(value: unknown, who: string): asserts value is [number, number] | null {
  if (value === null || (Array.isArray(value) && value.length === 2 && value.every(isNumber))) return;
  throw new FormatError({ who, expected: "[low, high], two numbers", got: shown(value) });
}

export function requireText(value: unknown, who: string): asserts value is string {
  if (typeof value === "string" && value !== "") return;
  throw new FormatError({ who, expected: "text that is not empty", got: shown(value) });
}

export function record(value: unknown, who: string, expected: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FormatError({ who, expected, got: shown(value) });
  }
  return value as Record<string, unknown>;
}

export function knownKeys(value: Record<string, unknown>, known: readonly string[], who: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new FormatError({ who, expected: `no keys but ${known.join(", ")}`, got: `the key ${shown(unknown)}` });
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
    if (characters <= MOST_CHARACTERS) return part;
    throw new FormatError({
      who,
      expected: `weights that fit a text of ${MOST_CHARACTERS} characters`,
      got: "more",
      remedy: "Write a safetensors file instead.",
    });
  };
}

export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
