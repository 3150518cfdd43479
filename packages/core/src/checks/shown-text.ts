/**
 * Text as it is shown: counts in words, and names from files, of layers, of tensors. In these, characters that a terminal obeys (they clear the screen, set its
 * title, forge rows of a table) and those that turn the direction of writing are written out, as in JavaScript: \u001b.
 */

/** Controls (C0, C1, delete), ends of lines, marks and overrides of direction, and tags, none of which can be seen. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** On one line. */
export function escaped(text: string): string {
  return text.replace(UNSEEN, (found) => Array.from({ length: found.length }, (_, at) => unitText(found, at)).join(""));
}

/** With its lines: for what a program has put together. */
export function escapedLines(text: string): string {
  return text.replace(UNSEEN, (found) => (found === "\n" ? found : escaped(found)));
}

/** Plain data with all its texts escaped; arrays of numbers stay the same objects. */
export function escapedAll<T>(value: T): T {
  if (typeof value === "string") return escaped(value) as T;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((each) => escapedAll(each)) as T;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, escapedAll(each)])) as T;
}

function unitText(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`;
}

/** A number of things in words: `1 epoch`, `2 epochs`. The plural, where it is not the word with an s. */
export const counted = (count: number, thing: string, things = `${thing}s`) =>
  `${count} ${count === 1 ? thing : things}`;
