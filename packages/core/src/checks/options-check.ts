/** Names of options: one that nobody reads is a mistake, not a wish that may be passed over. */
import { InvalidInputError, type Problem } from "./error-classes.ts";

/** The names of all options of a kind, in full: the compiler sees that none is missing. */
export type OptionNames<T> = { readonly [name in keyof T]-?: true };

/**
 * @param options What a caller gave; undefined for none.
 * @throws InvalidInputError for what is no object, and for a name that is none of the known ones; it tells the nearest of these.
 */
export function requireOptions<T extends object>(options: T | undefined, known: OptionNames<T>, who: string): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new InvalidInputError({ who, expected: "an object of options", got: shownValue(options) });
  }
  requireNames(Object.keys(options), Object.keys(known), who);
}

/** As `requireOptions`, of options that a call cannot do without. @throws InvalidInputError for none, too. */
export function requireSpec<T extends object>(spec: T, known: OptionNames<T>, who: string): void {
  const required: unknown = spec;
  if (required === undefined) throw new InvalidInputError({ who, expected: "an object of options", got: "nothing" });
  requireOptions(spec, known, who);
}

/** @throws InvalidInputError for a name that is none of the known ones. */
export function requireNames(names: readonly string[], known: readonly string[], who: string): void {
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined) return;
  throw new InvalidInputError(unknownName(wrong, known, who, "options"));
}

/** What is wrong with a name that is not known. @param noun What names are: a file has keys. */
export function unknownName(name: string, known: readonly string[], who: string, noun: "options" | "keys"): Problem {
  const nearest = nearestName(name, known);
  const listed = noun === "keys" ? `only the keys ${known.join(", ")}` : `one of the options ${known.join(", ")}`;
  const shown = shownText(name);
  return {
    who,
    expected: known.length === 0 ? `no ${noun}` : listed,
    got: noun === "keys" ? `the key ${shown}` : shown,
    ...(nearest !== undefined && { remedy: `Did you mean ${nearest}?` }),
  };
}

/** In quotes, and no longer than a message bears. */
function shownText(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 99)}…` : text);
}

/** What a caller gave in place of something of another kind, for the message: "a mechanism", "bytes", "an object with the keys a, b". */
export function kindOfValue(value: unknown): string {
  if (value === null || value === undefined) return `${value}`;
  if (typeof value === "function") return "a function";
  if (typeof value === "string") return `the string ${shownText(value)}`.slice(0, 80);
  if (typeof value !== "object") return `the ${typeof value} ${String(value)}`.slice(0, 80);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return "bytes or numbers";
  if (Array.isArray(value)) return "an array";
  if (value instanceof Promise) return "a promise";
  if ("nodes" in value && "shapes" in value) return "a model";
  if ("evaluate" in value && "inputRanges" in value) return "a mechanism";
  const own = Object.prototype.toString.call(value).slice("[object ".length, -1);
  const name = own === "Object" ? (value.constructor?.name ?? own) : own;
  if (name !== "Object") return `an object of the class ${name}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? "an empty object" : `an object with the keys ${keys.slice(0, 8).join(", ")}`;
}

/** The known name with the fewest edits to the given one, regardless of case; undefined where none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  for (const each of known) {
    const [a, b] = [name.toLowerCase(), each.toLowerCase()];
    const edits = Math.min(editsBetween(a, b), a.length >= WORD && b.includes(a) ? PART : Infinity);
    if (edits < least) [best, least] = [each, edits];
  }
  return least <= Math.max(2, Math.ceil(name.length / 2)) ? best : undefined;
}

/** A value as a message shows it: text in quotes, so that "3" is not taken for 3. */
export function shownValue(value: unknown): string {
  if (typeof value === "string") return shownText(value);
  return typeof value === "object" || typeof value === "function" ? kindOfValue(value) : String(value);
}

/** A name of so many letters that is part of a known one, as range is of inputRange, is as near as so many edits. */
const WORD = 4;
const PART = 2;

/** No name is compared beyond this length. */
const MOST_LETTERS = 100;

/** Letters inserted, left out, replaced, or exchanged with the next (optimal string alignment). */
function editsBetween(a: string, b: string): number {
  const [from, to] = [a.slice(0, MOST_LETTERS), b.slice(0, MOST_LETTERS)];
  let [before, above] = [[] as number[], Array.from({ length: to.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let least = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + Number(!same));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        least = Math.min(least, before[j - 2]! + 1);
      }
      row.push(least);
    }
    [before, above] = [above, row];
  }
  return above[to.length]!;
}
