/**
 * Schemas of what callers and files give: options, settings, lines of a journal. A schema is a value of valibot's; here are the kinds of
 * value that Causalscope takes, `parse`, which turns a failure into an error in four parts, and `fieldsOf`, from which forms, flags, help
 * and tables are generated.
 *
 * The message of each schema is what is expected, as a phrase: "a whole number from 2 to 65,536"; a second line, if any, is the remedy.
 */
import * as v from "valibot";
import { InvalidInputError, type Problem } from "./errors.ts";
import { nearestName, shownValue } from "./options-check.ts";

export type Schema<Value = unknown> = v.GenericSchema<unknown, Value>;

/** What `parse` makes of a value by a schema, with defaults filled in. */
export type Parsed<S extends v.GenericSchema> = v.InferOutput<S>;

/** What a caller may give for a schema: options with a default may be left out. */
export type Given<S extends v.GenericSchema> = v.InferInput<S>;

/** Names the place in messages; as a function, of one option: `(option) => "--" + option`. */
export type Who = string | ((option: string) => string);

type ErrorKind = new (problem: Problem) => InvalidInputError;

/**
 * The value as the schema has it, with defaults filled in. Objects come out with their keys in the schema's order.
 *
 * @param who Who complains: `dense()`, a file's path. The path of what is wrong follows: `dense(): inputRanges[2]`.
 * @throws InvalidInputError, or the kind of it that is given, for the first thing that is wrong: a name that is not known, with the
 *   nearest that is; what is missing, of another kind, or outside its limits.
 */
export function parse<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  who: Who,
  Kind: ErrorKind = InvalidInputError,
): Parsed<S> {
  const result = v.safeParse(schema, value, ABORT);
  if (result.success) return result.output;
  // A misspelt name explains what is missing or wrong, so it comes first.
  const entries = isOptionsObject(value) ? entriesOf(schema) : undefined;
  const unknown = entries && Object.keys(Object(value)).find((name) => !Object.hasOwn(entries, name));
  throw new Kind(
    unknown === undefined
      ? problemOf(result.issues[0], schema, who)
      : unknownName(unknown, Object.keys(entries!), placeOf(who, [])),
  );
}

/** Whether a value fits, for callers that say themselves what is wrong. */
export function fits<S extends v.GenericSchema>(schema: S, value: unknown): value is Parsed<S> {
  return v.safeParse(schema, value, ABORT).success;
}

const ABORT = { abortEarly: true, abortPipeEarly: true } as const;

type Entries = Readonly<Record<string, v.GenericSchema>>;
type Keys = readonly (string | number)[];

function problemOf(issue: v.BaseIssue<unknown>, schema: v.GenericSchema, who: Who, above: Keys = []): Problem {
  const keys = [...above, ...(issue.path ?? []).map(({ key }) => key as string | number)];
  // Of a union, the branch that took this kind of value and refused something inside it.
  const inside = issue.issues?.find((each) => each.path !== undefined);
  if (inside !== undefined) return problemOf(inside as v.BaseIssue<unknown>, schema, who, keys);
  const last = issue.path?.at(-1);
  if (last?.origin === "key") {
    const parent = keys.slice(0, -1);
    const entries = entriesAt(schema, parent, String(last.key)) ?? {};
    const unknown = Object.keys(Object(last.input)).find((name) => !Object.hasOwn(entries, name));
    if (unknown !== undefined) return unknownName(unknown, Object.keys(entries), placeOf(who, parent));
    const missing = v.safeParse(entries[String(last.key)] ?? v.never("a value"), undefined, ABORT).issues?.[0];
    return { ...said(missing?.message ?? "a value"), who: placeOf(who, keys), got: "nothing" };
  }
  // A rule between options says itself what it got.
  const got = issue.type === "raw_check" ? issue.received : shownInput(issue.input);
  return { ...said(issue.message), who: placeOf(who, keys), got };
}

function said(message: string): Pick<Problem, "expected" | "remedy"> {
  const [expected, remedy] = message.split("\n");
  return { expected: expected!, ...(remedy !== undefined && { remedy }) };
}

function unknownName(name: string, known: readonly string[], who: string): Problem {
  const nearest = nearestName(name, known);
  return {
    who,
    expected: known.length === 0 ? "no options" : `options out of ${known.join(", ")}`,
    got: JSON.stringify(name),
    ...(nearest !== undefined && { remedy: `Did you mean ${nearest}?` }),
  };
}

/** `dense(): inputRanges[2]`; where `who` is a function, it names the first key. */
function placeOf(who: Who, keys: Keys): string {
  const [first, ...rest] = keys;
  if (typeof who === "function") {
    return first === undefined ? who("") : `${who(String(first))}${rest.map(step).join("")}`;
  }
  const path = keys.map(step).join("");
  return path === "" ? who : `${who}: ${path.startsWith(".") ? path.slice(1) : path}`;
}

function step(key: string | number): string {
  return typeof key === "number" ? `[${key}]` : `.${key}`;
}

/** The names that an object schema knows. */
function entriesOf(schema: v.GenericSchema): Entries | undefined {
  const { entries, wrapped } = schema as { entries?: Entries; wrapped?: v.GenericSchema };
  return entries ?? (wrapped && entriesOf(wrapped));
}

/** The entries of the object at a path; of a union's branches, those of one that knows the name, else of the first object. */
function entriesAt(schema: v.GenericSchema, keys: Keys, name: string): Entries | undefined {
  const { wrapped, options, item, items, entries } = schema as {
    wrapped?: v.GenericSchema;
    options?: readonly v.GenericSchema[];
    item?: v.GenericSchema;
    items?: readonly v.GenericSchema[];
    entries?: Entries;
  };
  if (wrapped !== undefined) return entriesAt(wrapped, keys, name);
  if (Array.isArray(options) && typeof options[0] === "object") {
    const found = options.map((each) => entriesAt(each, keys, name)).filter((each) => each !== undefined);
    return found.find((each) => Object.hasOwn(each, name)) ?? found[0];
  }
  const [key, ...rest] = keys;
  if (key === undefined) return entries;
  const inner = entries?.[key] ?? item ?? items?.[key as number];
  return inner && entriesAt(inner, rest, name);
}

/** A value as a message shows it; of short lists, what is in them. */
function shownInput(value: unknown): string {
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

// ——— Kinds of value ———

/** What a form, a flag or a table needs to know of a kind of value. */
export interface Kind {
  readonly kind:
    | "whole number"
    | "number"
    | "flag"
    | "choice"
    | "text"
    | "range"
    | "bins"
    | "list"
    | "record"
    | "other";
  /** Of numbers. */
  readonly least?: number;
  readonly most?: number;
  /** The value must be above `least`, not at it. */
  readonly above?: boolean;
  /** Of a choice. */
  readonly names?: readonly string[];
  /** Of a list: how many at least and at most, and of what. */
  readonly length?: readonly [least: number, most: number];
}

const kind = <T>(is: Kind) => v.metadata<T, { readonly is: Kind }>({ is });

/** A number as prose has it: 65,536; 2^53 − 1. */
function digits(value: number): string {
  if (value === Number.MAX_SAFE_INTEGER) return "2^53 − 1";
  return Number.isInteger(value) && Math.abs(value) >= 10_000 && Math.abs(value) < 1e15
    ? String(value).replace(/\B(?=(?:\d{3})+$)/g, ",")
    : String(value);
}

function limits(least: number, most: number): string {
  if (most === Infinity || (most === Number.MAX_SAFE_INTEGER && least !== 0)) {
    return Number.isFinite(least) && least !== -Number.MAX_SAFE_INTEGER ? ` of at least ${digits(least)}` : "";
  }
  return Number.isFinite(least) ? ` from ${digits(least)} to ${digits(most)}` : ` of at most ${digits(most)}`;
}

/** A whole number within limits; both count. @param words Said in place of "a whole number from 1 to 10". */
export function whole(least = -Number.MAX_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER, words?: string) {
  const expected = words ?? `a whole number${limits(least, most)}`;
  return v.pipe(
    v.number(expected),
    v.safeInteger(expected),
    v.minValue(least, expected),
    v.maxValue(most, expected),
    kind({ kind: "whole number", least, most }),
  );
}

/** 0 … 2^53 − 1; 0 is a seed. */
export const seed = whole(0);

export const positiveInteger = whole(1);

/** A finite number within limits; both count. */
export function number(least = -Infinity, most = Infinity, words?: string) {
  const expected = words ?? (limits(least, most) === "" ? "a finite number" : `a number${limits(least, most)}`);
  return v.pipe(
    v.number(expected),
    v.finite(expected),
    v.minValue(least, expected),
    v.maxValue(most, expected),
    kind({ kind: "number", ...(least > -Infinity && { least }), ...(most < Infinity && { most }) }),
  );
}

export const finite = number();

/** A finite number above a limit, and not at it. */
export function above(least: number, most = Infinity, words?: string) {
  const expected =
    words ?? `a number above ${digits(least)}${most < Infinity ? ` and of at most ${digits(most)}` : ""}`;
  return v.pipe(
    v.number(expected),
    v.finite(expected),
    v.gtValue(least, expected),
    v.maxValue(most, expected),
    kind({ kind: "number", least, above: true, ...(most < Infinity && { most }) }),
  );
}

export const positive = above(0);

/** 0 … 1. */
export const probability = number(0, 1);

export const flag = v.pipe(v.boolean("true or false"), kind({ kind: "flag" }));

export const text = v.pipe(v.string("a text"), kind({ kind: "text" }));

/** One of some names. */
export function oneOf<const Names extends readonly string[]>(names: Names, words?: string) {
  const expected = words ?? `one of ${names.map((name) => JSON.stringify(name)).join(", ")}`;
  return v.pipe(v.picklist(names, expected), kind({ kind: "choice", names }));
}

const BAD_RANGE = "a range [low, high] of two finite numbers with low < high";

/** `[low, high]`, finite and of a finite width, low below high. */
export const range = v.pipe(
  v.strictTuple(
    [v.pipe(v.number(BAD_RANGE), v.finite(BAD_RANGE)), v.pipe(v.number(BAD_RANGE), v.finite(BAD_RANGE))],
    BAD_RANGE,
  ),
  v.check(([low, high]) => low < high, BAD_RANGE),
  v.check(([low, high]) => Number.isFinite(high - low), "a range of a finite width"),
  v.readonly(),
  kind({ kind: "range" }),
);

/** Bins of a side. */
export const MAX_BINS = 2 ** 16;

const BAD_BINS = `bins, a whole number from 2 to ${digits(MAX_BINS)}, or { input, output } of such`;

/** Bins of both sides, or { input, output }. */
export const bins = v.pipe(
  v.union(
    [whole(2, MAX_BINS, BAD_BINS), v.strictObject({ input: whole(2, MAX_BINS), output: whole(2, MAX_BINS) }, BAD_BINS)],
    BAD_BINS,
  ),
  kind({ kind: "bins", least: 2, most: MAX_BINS }),
);

export interface ListOptions {
  /** Default 1. */
  readonly least?: number;
  /** Default: any number. */
  readonly most?: number;
  /** No value twice. */
  readonly distinct?: boolean;
  /** Said in place of "an array of at least one". */
  readonly words?: string;
}

/** An array, each of one kind. For thousands of numbers take `numbers`. */
export function listOf<S extends v.GenericSchema>(item: S, options: ListOptions = {}) {
  const { least = 1, most = Infinity, distinct = false } = options;
  const expected = options.words ?? `an array${lengthWords(least, most)}${distinct ? ", none twice" : ""}`;
  return v.pipe(
    v.array(item, expected),
    v.minLength(least, expected),
    v.check(({ length }) => length <= most, expected),
    v.check((values) => !distinct || new Set(values).size === values.length, expected),
    kind({ kind: "list", length: [least, most] }),
  );
}

function lengthWords(least: number, most: number): string {
  if (least === most) return ` of ${digits(least)}`;
  if (most < Infinity) return ` of ${digits(least)} to ${digits(most)}`;
  return least === 0 ? "" : ` of at least ${least === 1 ? "one" : digits(least)}`;
}

/** Options or a record by name: unknown names are refused, and so are arrays. */
export function options<const E extends v.ObjectEntries>(entries: E, words = "an object of options") {
  const schema = v.strictObject(entries, words);
  const run = schema["~run"];
  // valibot takes an array for an object, and an empty one for options that are all left out.
  Object.assign(schema, {
    "~run"(dataset, config) {
      if (isOptionsObject(dataset.value)) return run.call(schema, dataset, config);
      v._addIssue(schema, "type", dataset, config);
      return dataset as unknown as ReturnType<typeof run>;
    },
  } satisfies Pick<typeof schema, "~run">);
  return v.pipe(schema, kind({ kind: "record" }));
}

function isOptionsObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** What no schema describes, such as a function or a mechanism: passed on as it is. */
export function instance<T>(test: (value: unknown) => boolean, words: string) {
  return v.pipe(v.custom<T>(test, words), kind({ kind: "other" }));
}

// biome-ignore lint/suspicious/noExplicitAny: any function is meant.
export const callback = instance<(...values: any[]) => any>((value) => typeof value === "function", "a function");

/**
 * A schema with what a reader must know: what it is, and its unit. In an option with a default, it goes inside:
 * `v.optional(described(positive, "…", "bits"), 0.01)`.
 */
export function described<S extends v.GenericSchema>(schema: S, description: string, unit?: string) {
  return v.pipe(
    schema,
    v.description<v.InferOutput<S>, string>(description),
    v.metadata<v.InferOutput<S>, { readonly unit?: string }>(unit === undefined ? {} : { unit }),
  );
}

/**
 * A rule between options of an object: the problem, or undefined where there is none. `at` is the option that is named.
 *
 * @example v.pipe(options({ … }), rule(({ extrapolate, samples }) => extrapolate && samples ? { at: "samples", expected: …, got: … } : undefined))
 */
export function rule<T>(problem: (value: T) => RuleProblem | undefined) {
  return v.rawCheck<T>(({ dataset, addIssue }) => {
    const wrong = dataset.typed ? problem(dataset.value) : undefined;
    if (wrong === undefined) return;
    const { at, expected, got, remedy } = wrong;
    const value = dataset.value as Record<string, unknown>;
    addIssue({
      message: remedy === undefined ? expected : `${expected}\n${remedy}`,
      received: got,
      ...(at !== undefined && {
        path: [{ type: "object", origin: "value", input: value, key: at, value: value[at] }],
      }),
    });
  });
}

export interface RuleProblem extends Pick<Problem, "expected" | "got" | "remedy"> {
  readonly at?: string;
}

// ——— What forms, flags, help and tables are generated from ———

/** An option, as a form or a table shows it. */
export interface Field extends Kind {
  readonly name: string;
  /** One sentence; empty where the schema has none. */
  readonly description: string;
  readonly unit?: string;
  /** What is expected, as a phrase: "a whole number from 1 to 10". */
  readonly expected: string;
  readonly required: boolean;
  /** Undefined where there is none. */
  readonly default?: unknown;
  /** What a list holds. */
  readonly items?: Omit<Field, "name">;
  /** What a record holds. */
  readonly fields?: readonly Field[];
}

/** The options of an object schema, in their order. Empty for any other schema. */
export function fieldsOf(schema: v.GenericSchema): Field[] {
  return Object.entries(entriesOf(schema) ?? {}).map(([name, entry]) => ({ name, ...fieldOf(entry) }));
}

function fieldOf(entry: v.GenericSchema): Omit<Field, "name"> {
  let [inner, required, preset] = [entry, true, undefined as unknown];
  for (let wrapped = wrappedBy(inner); wrapped !== undefined; wrapped = wrappedBy(inner)) {
    required = false;
    preset ??= v.getDefault(inner as Parameters<typeof v.getDefault>[0]);
    inner = wrapped;
  }
  const { is, unit } = v.getMetadata(inner) as { is?: Kind; unit?: string };
  const issue = v.safeParse(inner, NOTHING, ABORT).issues?.[0];
  const { item } = inner as { item?: v.GenericSchema };
  const fields = fieldsOf(inner);
  return {
    kind: "other",
    ...is,
    description: v.getDescription(inner) ?? v.getDescription(entry) ?? "",
    ...(unit !== undefined && { unit }),
    expected: issue === undefined ? "anything" : said(issue.message).expected,
    required,
    ...(preset !== undefined && { default: preset }),
    ...(item !== undefined && { items: fieldOf(item) }),
    ...(fields.length > 0 && { fields }),
  };
}

/** No schema takes it. */
const NOTHING = Symbol("nothing");

function wrappedBy(schema: v.GenericSchema): v.GenericSchema | undefined {
  return (schema as { wrapped?: v.GenericSchema }).wrapped;
}

/** The defaults of all options that have one. */
export function defaultsOf<S extends v.GenericSchema>(schema: S): Partial<Parsed<S>> {
  const known = fieldsOf(schema).filter(({ default: preset }) => preset !== undefined);
  return Object.fromEntries(known.map(({ name, default: preset }) => [name, preset])) as Partial<Parsed<S>>;
}
