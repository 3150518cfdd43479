/**
 * Schemas of what callers and files give: options, settings, lines of a journal. A schema is a value of valibot's; here are the kinds of
 * value that Causalscope takes, `parse`, which turns a failure into an error in four parts, and `fieldsOf`, from which forms, flags, help
 * and tables are generated.
 *
 * The message of each schema is what is expected, as a phrase: "a whole number from 2 to 65,536"; a second line, if any, is the remedy.
 */
import * as v from "valibot";
import { FormatError, InvalidInputError, type Problem } from "./errors.ts";
import { nearestName, shownValue, unknownName } from "./options-check.ts";

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

type ErrorKind = new (problem: Problem) => InvalidInputError;

/**
 * The value as the schema has it, with defaults filled in. Objects come out with their keys in the schema's order.
 *
 * @param who Who complains: `dense()`, a file's path. The path of what is wrong follows: `dense(): inputRanges[2]`.
 * @param remedy What to do where the schema does not say it.
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

/** Whether a value fits, for callers that say themselves what is wrong. */
export function fits<S extends v.GenericSchema>(schema: S, value: unknown): value is Parsed<S> {
  return v.safeParse(schema, value, ABORT).success;
}

const ABORT = { abortEarly: true, abortPipeEarly: true } as const;

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

function said(message: string): Pick<Problem, "expected" | "remedy"> {
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
function entriesOf(schema: v.GenericSchema): Entries | undefined {
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

/** A value as a message shows it; of short lists, what is in them. */
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

/** A number as prose has it: 65,536. */
function digits(value: number): string {
  return Number.isInteger(value) && Math.abs(value) >= 10_000 && Math.abs(value) < 1e15
    ? String(value).replace(/\B(?=(?:\d{3})+$)/g, ",")
    : String(value);
}

function limits(least: number, most: number): string {
  if (most === Infinity || most === Number.MAX_SAFE_INTEGER) {
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
export const seed = whole(0, Number.MAX_SAFE_INTEGER, "a whole number from 0 to 2^53 − 1");

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

/** A number above a limit, which may be Infinity; one with `words` may be the limit too. */
export function unboundedAbove(least: number, words?: string) {
  const expected = words ?? `a number above ${digits(least)}`;
  const limit =
    words === undefined
      ? v.gtValue<number, number, string>(least, expected)
      : v.minValue<number, number, string>(least, expected);
  return v.pipe(
    v.number(expected),
    limit,
    kind({ kind: "number", least, ...(words === undefined && { above: true }) }),
  );
}

/** 0 … 1. */
export const probability = number(0, 1);

export const flag = v.pipe(v.boolean("true or false"), kind({ kind: "flag" }));

export const text = v.pipe(v.string("a string"), kind({ kind: "text" }));

/** One of some names. */
export function oneOf<const Names extends readonly string[]>(names: Names, words?: string) {
  const quoted = names.map((name) => JSON.stringify(name));
  const listed =
    names.length < 2 || names.length > 3 ? quoted.join(", ") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  const expected = words ?? (names.length > 3 ? `one of ${listed}` : listed);
  const message = ({ input }: { readonly input: unknown }) => {
    const nearest = typeof input === "string" ? nearestName(input, names) : undefined;
    return nearest === undefined ? expected : `${expected}\nDid you mean ${JSON.stringify(nearest)}?`;
  };
  return v.pipe(v.picklist(names, message), kind({ kind: "choice", names }));
}

const BAD_RANGE = "a range [low, high] of two finite numbers with low < high";

/** `[low, high]`, finite and of a finite width, low below high. */
export const range = v.pipe(
  v.custom<readonly [low: number, high: number]>(isRange, ({ input }) =>
    Array.isArray(input) && input.length === 2 && input.every(Number.isFinite) && input[0] < input[1]
      ? "a range of a finite width"
      : BAD_RANGE,
  ),
  v.metadata<readonly [number, number], { readonly json: JsonSchema }>({
    json: { type: "array", items: { type: "number" }, minItems: 2, maxItems: 2 },
  }),
  kind({ kind: "range" }),
);

export function isRange(value: unknown): value is readonly [low: number, high: number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [low, high] = value as readonly unknown[];
  return typeof low === "number" && typeof high === "number" && low < high && Number.isFinite(high - low);
}

/** Bins of a side. */
export const MAX_BINS = 2 ** 16;

const BAD_BINS = `a whole number from 2 to ${digits(MAX_BINS)}, or { input, output } of such`;

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
  return v.pipe(noArray(v.strictObject(entries, words), quickly), kind({ kind: "record" }));
}

/** A record of a file that later versions may add to: unknown names are kept as they are. */
export function openRecord<const E extends v.ObjectEntries>(entries: E, words = "a record") {
  return v.pipe(noArray(v.looseObject(entries, words)), kind({ kind: "record" }));
}

/**
 * valibot takes an array for an object, and an empty one for options that are all left out.
 *
 * @param quick What is tried first: undefined where valibot is to say what is wrong.
 */
function noArray<S extends v.GenericSchema>(
  schema: S,
  quick?: (schema: S, value: object, config: Config) => object | undefined,
): S {
  const run = schema["~run"];
  const isolated: Pick<v.GenericSchema, "~run"> = {
    "~run"(dataset, config) {
      const { value } = dataset;
      if (!isOptionsObject(value)) {
        v._addIssue(schema as Parameters<typeof v._addIssue>[0], "type", dataset, config);
        return dataset as unknown as ReturnType<typeof run>;
      }
      const made = quick?.(schema, value, config);
      return made === undefined ? run.call(schema, dataset, config) : { typed: true, value: made };
    },
  };
  return Object.assign(schema, isolated);
}

type Config = Parameters<v.GenericSchema["~run"]>[1];

/** Options of a call, most of which are left out: those cost nothing. Undefined for what does not fit. */
function quickly(
  { entries }: v.StrictObjectSchema<v.ObjectEntries, string>,
  given: object,
  config: Config,
): object | undefined {
  for (const name in given) if (!Object.hasOwn(entries, name)) return undefined;
  const made: Record<string, unknown> = {};
  for (const name in entries) {
    const entry = entries[name] as v.GenericSchema & { readonly default?: unknown };
    const value = (given as Record<string, unknown>)[name];
    if (value === undefined && entry.type === "optional" && typeof entry.default !== "object") {
      if (entry.default !== undefined) made[name] = entry.default;
      continue;
    }
    const found = entry["~run"]({ value }, config);
    if (found.issues !== undefined) return undefined;
    made[name] = found.value;
  }
  return made;
}

/** Any object, of JSON or of options. */
export const anyRecord = instance<Readonly<Record<string, unknown>>>(isOptionsObject, "an object", { type: "object" });

/** Values by name, in an object or a Map, each of one kind. Passed on as it is, whatever the names. */
export function byName<S extends v.GenericSchema>(item: S, words = "an object or a Map by name") {
  type Named = Readonly<Record<string, v.InferOutput<S>>> | ReadonlyMap<string, v.InferOutput<S>>;
  return v.pipe(
    v.custom<Named>((value) => isOptionsObject(value), words),
    v.rawCheck<Named>(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const named = dataset.value;
      const entries = named instanceof Map ? named : Object.entries(named);
      for (const [name, value] of entries as Iterable<readonly [string, unknown]>) {
        const issue = v.safeParse(item, value, ABORT).issues?.[0];
        if (issue === undefined) continue;
        const path: [v.UnknownPathItem] = [{ type: "unknown", origin: "value", input: named, key: name, value }];
        addIssue({ message: issue.message, received: shownInput(issue.input), path });
        return;
      }
    }),
    v.metadata<Named, { readonly item: S }>({ item }),
    kind({ kind: "other" }),
  );
}

function isOptionsObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** A part of a JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What no schema describes, such as a function or a mechanism, and what must be fast, such as a long list of numbers: passed on as it is.
 *
 * @param json The JSON Schema of it; undefined for what JSON does not have.
 */
export function instance<T>(test: (value: unknown) => boolean, words: string, json?: JsonSchema) {
  return v.pipe(
    v.custom<T>(test, words),
    v.metadata<T, { readonly is: Kind; readonly json?: JsonSchema }>({ is: { kind: "other" }, json }),
  );
}

/** Finite numbers, in an array or a typed array, of any length: neither copied nor checked by a schema each. */
export function numbers(least = 1, words?: string) {
  const expected =
    words ??
    (least === 0 ? "finite numbers" : `at least ${least === 1 ? "one finite number" : `${least} finite numbers`}`);
  return instance<ArrayLike<number>>((value) => isNumbers(value) && value.length >= least, expected, {
    type: "array",
    minItems: least,
    items: { type: "number" },
  });
}

/** What a long list holds. */
export interface LongListItem<T> {
  readonly fits: (value: unknown) => value is T;
  /** What is expected of each, as a phrase. */
  readonly words: string | ((value: unknown) => string);
  readonly json: JsonSchema;
}

/** An array that may have millions of values: checked in one loop, and not copied. Messages name the position. */
export function longList<T>(item: LongListItem<T>, expected: string, least = 0) {
  return v.pipe(
    v.custom<readonly T[]>((value) => Array.isArray(value) && value.length >= least, expected),
    v.rawCheck<readonly T[]>(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const values: readonly unknown[] = dataset.value;
      for (let at = 0; at < values.length; at++) {
        if (item.fits(values[at])) continue;
        const message = typeof item.words === "string" ? item.words : item.words(values[at]);
        addIssue({ message, received: shownInput(values[at]), path: [pathItem(values, at)] });
        return;
      }
    }),
    v.metadata<readonly T[], { readonly json: JsonSchema }>({
      json: { type: "array", ...(least > 0 && { minItems: least }), items: item.json },
    }),
    kind({ kind: "list", length: [least, Infinity] }),
  );
}

/** A step of an issue's path. */
export function pathItem(input: unknown, key: string | number): v.UnknownPathItem {
  return { type: "unknown", origin: "value", input, key, value: (input as Record<string, unknown>)[key] };
}

const NOT_FINITE = (value: unknown) => (typeof value === "number" ? "a finite float64" : "a number");

/** Finite numbers of a file. */
export const numberItem: LongListItem<number> = {
  fits: (value): value is number => Number.isFinite(value),
  words: NOT_FINITE,
  json: { type: "number" },
};

export const textItem: LongListItem<string> = {
  fits: (value): value is string => typeof value === "string",
  words: "a string",
  json: { type: "string" },
};

/** Whole numbers within limits. */
export function wholeItem(
  least: number,
  words = `a whole number${limits(least, Number.MAX_SAFE_INTEGER)}`,
): LongListItem<number> {
  const fits = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= least;
  return {
    fits,
    words,
    json: { type: "integer", minimum: Math.max(least, -Number.MAX_SAFE_INTEGER), maximum: Number.MAX_SAFE_INTEGER },
  };
}

/** A string that is not empty. */
export const name = v.pipe(
  v.string("a string that is not empty"),
  v.nonEmpty("a string that is not empty"),
  kind({ kind: "text" }),
);

/** So many finite numbers, in an array or a typed array. */
export function numbersOf(
  count: number,
  words = count === 1 ? "one finite number" : `${digits(count)} finite numbers`,
) {
  return instance<ArrayLike<number>>((value) => isNumbers(value) && value.length === count, words);
}

/** Whether a value is a list of finite numbers. */
export function isNumbers(value: unknown): value is ArrayLike<number> {
  if (typeof value !== "object" || value === null) return false;
  const { length } = value as { length?: unknown };
  if (!Number.isSafeInteger(length)) return false;
  const list = value as ArrayLike<unknown>;
  for (let at = 0; at < (length as number); at++) if (!Number.isFinite(list[at])) return false;
  return true;
}

// biome-ignore lint/suspicious/noExplicitAny: any function is meant.
export const callback = instance<(...values: any[]) => any>((value) => typeof value === "function", "a function");

/** Ends work before its time. */
export const signal = instance<AbortSignal>(
  (value) => typeof (value as AbortSignal | null)?.throwIfAborted === "function",
  "an AbortSignal: the signal of an AbortController",
);

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
    if (inner.type === "optional") required = false;
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
