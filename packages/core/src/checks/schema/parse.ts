/**
 * A value read by a schema: defaults filled in, and a failure as an error in four parts.
 *
 * The message of each schema is what is expected, as a phrase: "a whole number from 2 to 65,536"; a second line, if any, is the remedy.
 */
import * as v from "valibot";
import { FormatError, InvalidInputError, type Problem } from "../error-classes.ts";
import { shownValue, unknownName } from "../options-check.ts";

/** A schema whose values, once parsed, have the type `Value`. */
export type Schema<Value = unknown> = v.GenericSchema<unknown, Value>;

/** What `parse` makes of a value by a schema, with defaults filled in. */
export type Parsed<S extends v.GenericSchema> = v.InferOutput<S>;

/** What a caller may give for a schema: options with a default may be left out. */
export type Given<S extends v.GenericSchema> = v.InferInput<S>;

/**
 * Names the place in messages. A text is followed by the path of what is wrong. A function names one option, `(option) => "--" + option`,
 * and is followed by the path inside it. `at` names every place.
 */
export type Who = string | ((option: string) => string) | { readonly at: (path: Path) => string };

/** The names and positions that lead to a value: `["layers", 2, "weights"]`. */
export type Path = readonly (string | number)[];

/** A class of errors that `parse()` may throw. */
export type ErrorKind = new (problem: Problem) => InvalidInputError;

/**
 * The value as the schema has it, with defaults filled in. Objects come out with their keys in the schema's order.
 *
 * @param who Who complains: `dense()`, a file's path. The path of what is wrong follows: `dense(): inputRanges[2]`.
 * @param remedy What to do where the schema does not say it.
 * @example
 * ```ts
 * const settings = options({ bins: v.optional(whole(2, 64), 8), layer: text });
 * console.log(parse(settings, { layer: "first" }, "myStudy()")); // { bins: 8, layer: 'first' }
 * try {
 *   parse(settings, { layer: "first", bin: 4 }, "myStudy()");
 * } catch (error) {
 *   console.log((error as Error).message);
 *   // myStudy(): expected one of the options bins, layer; got "bin". Did you mean bins?
 * }
 * ```
 * @throws InvalidInputError, or the kind of it that is given, for the first thing that is wrong: a name that is not known, with the
 *   nearest that is; what is missing, of another kind, or outside its limits.
 */
export function parse<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  who: Who,
  Kind: ErrorKind = InvalidInputError,
  remedy?: string,
): Parsed<S> {
  const result = v.safeParse(schema, value, ABORT);
  if (result.success) return result.output;
  const noun = Kind === FormatError ? "keys" : "options";
  // A misspelt name explains what is missing or wrong, so it comes first.
  const entries = schema.type === "strict_object" && isOptionsObject(value) ? entriesOf(schema) : undefined;
  const unknown = entries && Object.keys(Object(value)).find((name) => !Object.hasOwn(entries, name));
  throw new Kind({
    ...(remedy !== undefined && { remedy }),
    ...(unknown === undefined
      ? problemOf(result.issues[0], { schema, value, who, noun })
      : unknownName(unknown, Object.keys(entries!), placeOf(who, []), noun)),
  });
}

/**
 * Whether a value fits a schema, for callers that say themselves what is wrong.
 *
 * @example
 * ```ts
 * console.log(fits(whole(1, 9), 4), fits(whole(1, 9), 12)); // true false
 * ```
 */
export function fits<S extends v.GenericSchema>(schema: S, value: unknown): value is Parsed<S> {
  return v.safeParse(schema, value, ABORT).success;
}

export const ABORT = { abortEarly: true, abortPipeEarly: true } as const;

type Entries = Readonly<Record<string, v.GenericSchema>>;

interface Reading {
  readonly schema: v.GenericSchema;
  readonly value: unknown;
  readonly who: Who;
  /** What names are: a file has keys. */
  readonly noun: "options" | "keys";
}

function problemOf(issue: v.BaseIssue<unknown>, reading: Reading, above: Path = []): Problem {
  const { schema, value, who, noun } = reading;
  const path = [...above, ...(issue.path ?? []).map(({ key }) => key as string | number)];
  // Of a union, the branch that took this kind of value and refused something inside it.
  const inside = issue.issues?.find((each) => each.path !== undefined);
  if (inside !== undefined) return problemOf(inside as v.BaseIssue<unknown>, reading, path);
  const last = issue.path?.at(-1);
  if (last?.origin === "key") {
    const parent = path.slice(0, -1);
    const entries = entriesAt(schema, parent, value) ?? {};
    const isStrict = issue.type === "strict_object";
    const unknown = Object.keys(Object(last.input)).find((name) => isStrict && !Object.hasOwn(entries, name));
    if (unknown !== undefined) return unknownName(unknown, Object.keys(entries), placeOf(who, parent), noun);
    const missing = v.safeParse(entries[String(last.key)] ?? v.never("a value"), undefined, ABORT).issues?.[0];
    return { ...said(missing?.message ?? "a value"), who: placeOf(who, path), got: "nothing" };
  }
  // A rule between options says itself what it got.
  const got = issue.type === "raw_check" ? issue.received : shownInput(issue.input);
  return { ...said(issue.message), who: placeOf(who, path), got };
}

export function said(message: string): Pick<Problem, "expected" | "remedy"> {
  const [expected, remedy] = message.split("\n");
  return { expected: expected!, ...(remedy !== undefined && { remedy }) };
}

/** `dense(): inputRanges[2]`; where `who` is a function, it names the first key. */
function placeOf(who: Who, keys: Path): string {
  if (typeof who === "object") return who.at(keys);
  const [first, ...rest] = keys;
  if (typeof who === "function") {
    return first === undefined ? who("") : `${who(String(first))}${rest.map(step).join("")}`;
  }
  return keys.length === 0 ? who : `${who}: ${pathText(keys)}`;
}

/** `layers[2].weights` */
export function pathText(path: Path): string {
  return path.map(step).join("").replace(/^\./, "");
}

function step(key: string | number): string {
  return typeof key === "number" ? `[${key}]` : `.${key}`;
}

/** The names that an object schema knows. */
export function entriesOf(schema: v.GenericSchema): Entries | undefined {
  const { entries, wrapped } = schema as { entries?: Entries; wrapped?: v.GenericSchema };
  return entries ?? (wrapped && entriesOf(wrapped));
}

/** The entries of the object at a path; of a union's branches, those of the one that is meant. */
function entriesAt(schema: v.GenericSchema, keys: Path, value: unknown): Entries | undefined {
  const { getter, wrapped, options, item, items, entries } = schema as {
    getter?: (value: unknown) => v.GenericSchema;
    wrapped?: v.GenericSchema;
    options?: readonly v.GenericSchema[];
    item?: v.GenericSchema;
    items?: readonly v.GenericSchema[];
    entries?: Entries;
  };
  if (getter !== undefined) return entriesAt(getter(value), keys, value);
  if (wrapped !== undefined) return entriesAt(wrapped, keys, value);
  if (typeof options?.[0] === "object") {
    const branches = options.filter((each) => entriesOf(each) !== undefined);
    const meant = branches.find((each) => isMeant(entriesOf(each)!, value)) ?? branches[0];
    return meant && entriesAt(meant, keys, value);
  }
  const [key, ...rest] = keys;
  if (key === undefined) return entries;
  const inner = entries?.[key] ?? item ?? items?.[key as number];
  return inner && entriesAt(inner, rest, (value as Record<string, unknown> | undefined)?.[key]);
}

/** Whether an object has the names, such as `kind: "gaussian"`, of a branch. */
function isMeant(entries: Entries, value: unknown): boolean {
  return Object.entries(entries).every(
    ([name, entry]) => (entry.type !== "literal" && entry.type !== "picklist") || v.is(entry, Object(value)[name]),
  );
}

/**
 * A value as a message shows it; of short lists, what is in them.
 *
 * @example
 * ```ts
 * console.log(shownInput([1, 2]), shownInput("a")); // [1, 2] "a"
 * ```
 */
export function shownInput(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) {
    if (value.length === 0) return "an empty array";
    if (value.length <= SHOWN && value.every((each) => typeof each !== "object" || each === null)) {
      const text = `[${value.map(shownValue).join(", ")}]`;
      if (text.length <= 80) return text;
    }
    return `an array of ${value.length}`;
  }
  const text = shownValue(value);
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}

const SHOWN = 8;

export function isOptionsObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
