/**
 * How words look on a terminal. Marks travel within the text, so that no table or sentence needs to know where it is written; the program's
 * outputs turn them into colours, or into nothing (`program.ts`).
 */
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";

/** Names of `util.inspect.colors`. */
export type Style = "bold" | "dim" | LayerColour | "red" | "yellow";
export type LayerColour = (typeof LAYER_COLOURS)[number];

/** Told apart on dark and light ground; layers past the last begin again, and have other letters. */
export const LAYER_COLOURS = ["blue", "yellow", "green", "magenta", "cyan", "red"] as const;

/** Part of every mark: no text out of a file can hold one, not even on purpose. */
const KEY = randomBytes(8).toString("hex");
const MARK = new RegExp(`\u001b${KEY}\\[(\\w*)\\]`, "g");

export function styled(style: Style, text: string): string {
  return text === "" ? "" : `\u001b${KEY}[${style}]${text}\u001b${KEY}[]`;
}

export const heading = (text: string): string => styled("bold", text);
export const dim = (text: string): string => styled("dim", text);

/** The text alone. */
export function withoutMarks(text: string): string {
  return text.includes(KEY) ? text.replace(MARK, "") : text;
}

/** The text with colours in place of the marks, or without; `safe` makes what stands between them safe for a terminal. */
export function withColours(text: string, colours: boolean, safe: (text: string) => string): string {
  if (!text.includes(KEY)) return safe(text);
  let result = "";
  let at = 0;
  let open: string | undefined;
  for (const match of text.matchAll(MARK)) {
    result += safe(text.slice(at, match.index));
    at = match.index + match[0].length;
    const style = match[1] === "" ? open : match[1];
    if (colours && style !== undefined) result += sequence(style, match[1] === "" ? 1 : 0);
    open = match[1] === "" ? undefined : match[1];
  }
  return result + safe(text.slice(at));
}

/** What a terminal understands: the beginning of a style, or its end. */
function sequence(style: string, end: 0 | 1): string {
  return `\u001b[${inspect.colors[style]![end]}m`;
}

/**
 * Whether an output shows colours: as a flag says, else NO_COLOR (https://no-color.org) and FORCE_COLOR, else whether somebody looks.
 *
 * @param flag of `--color` or `--no-color`.
 */
export function showsColours(
  isTerminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
  flag?: boolean,
): boolean {
  if (flag !== undefined) return flag;
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  return isTerminal && env.TERM !== "dumb";
}
