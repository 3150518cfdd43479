/**
 * Options of studies as schemas. Each says what it is, how it is written on a command line and what it is where it is not given; flags,
 * help, validation, forms and tables of documentation are all made of that.
 */

import {
  above,
  bins,
  type Field,
  fieldsOf,
  fits,
  flag,
  type Given,
  oneOf,
  type Parsed,
  parse,
  range,
  type Who,
  whole,
} from "@causalscope/core/schema";
import { SCHEDULE, scheduleSchema } from "@causalscope/core/internal";
import type { Schedule } from "@causalscope/core/training";
import * as v from "valibot";
import type { Study } from "./study.ts";

/** What a reader must know of an option. */
export interface About<Preset = unknown> {
  /** A phrase: "passes through the training examples". */
  readonly is: string;
  /** What it is where it is not given. Without one, the study says what follows from the other options. */
  readonly preset?: Preset;
  /** What stands for the value in help: "bits". Default: by its kind. */
  readonly value?: string;
  /** Another flag for it: "--reg". */
  readonly alias?: string;
  /** Given by programs and kept in run.json, without a flag or a field. */
  readonly hidden?: boolean;
}

/** How a value is written on a command line, where its kind alone does not tell. */
export type Written = "seeds" | "widths" | "numbers" | "names" | "name or number" | "schedule";

/** What is shown of an option beside its description and its default. */
export interface Shown extends Omit<About, "is" | "preset"> {
  readonly written?: Written;
}

const shown = <T>(metadata: Shown) => v.metadata<T, { readonly shown: Shown }>({ shown: metadata });

function aboutOf<S extends v.GenericSchema>(schema: S, { is, value, alias, hidden }: About) {
  const { written } = shownOf(schema);
  const own = {
    ...(written && { written }),
    ...(value && { value }),
    ...(alias && { alias }),
    ...(hidden && { hidden }),
  };
  return v.pipe(schema, v.description<v.InferOutput<S>, string>(is), shown<v.InferOutput<S>>(own));
}

function shownOf(schema: v.GenericSchema): Shown {
  return (v.getMetadata(schema) as { shown?: Shown }).shown ?? {};
}

/** The schema of an option, with what is shown of it. */
export type DescribedOption<S extends v.GenericSchema> = ReturnType<typeof aboutOf<S>>;

/**
 * An option of a study: what it takes, and what there is to know of it.
 *
 * @example
 * ```ts
 * const settings = options({ epochs: option(whole(1), { is: "passes through the examples", preset: 100 }) });
 * console.log(parse(settings, {}, "my study")); // { epochs: 100 }
 * ```
 */
export function option<S extends v.GenericSchema, const Preset extends v.InferInput<S>>(
  schema: S,
  about: About<Preset> & { readonly preset: Preset },
): v.OptionalSchema<DescribedOption<S>, Preset>;
export function option<S extends v.GenericSchema>(
  schema: S,
  about: About,
): v.OptionalSchema<DescribedOption<S>, undefined>;
export function option(schema: v.GenericSchema, about: About): v.GenericSchema {
  return v.optional(aboutOf(schema, about), about.preset);
}

/**
 * An option that can be null: unset, or whatever follows from the others.
 *
 * @example
 * ```ts
 * const rows = optionOrNull(whole(1), { is: "rows to learn from; null: all", preset: null });
 * const settings = options({ rows });
 * console.log(parse(settings, {}, "my study")); // { rows: null }
 * console.log(parse(settings, { rows: 50 }, "my study")); // { rows: 50 }
 * ```
 */
export function optionOrNull<S extends v.GenericSchema, const Preset extends v.InferInput<S> | null>(
  schema: S,
  about: About<Preset> & { readonly preset: Preset },
): v.OptionalSchema<v.NullableSchema<DescribedOption<S>, undefined>, Preset>;
export function optionOrNull<S extends v.GenericSchema>(
  schema: S,
  about: About,
): v.OptionalSchema<v.NullableSchema<DescribedOption<S>, undefined>, undefined>;
export function optionOrNull(schema: v.GenericSchema, about: About): v.GenericSchema {
  return v.optional(v.nullable(aboutOf(schema, about)), about.preset);
}

// ——— Kinds of value beside those of schema.ts ———

/** A number above 0. */
export const aboveZero = above(0, Infinity, "a finite number above 0");

/** The standard error of EI, in bits. */
export const bitsAboveZero = above(0, Infinity, "a finite number of bits above 0");

/**
 * The option of the standard error of EI, in bits, at which sampling stops.
 *
 * @example
 * ```ts
 * const [field] = fieldsOf(options({ tolerance: toleranceOption(0.01) }));
 * console.log(field?.description, field?.default); // standard error of EI at which sampling stops 0.01
 * ```
 */
export function toleranceOption<const Preset extends number>(preset: Preset) {
  return option(bitsAboveZero, {
    is: "standard error of EI at which sampling stops",
    value: "bits",
    preset,
  });
}

/**
 * The option of how many times a training passes through its examples.
 *
 * @example
 * ```ts
 * console.log(parse(options({ epochs: epochsOption(400) }), {}, "my study")); // { epochs: 400 }
 * ```
 */
export function epochsOption<const Preset extends number>(preset: Preset, most = 1e7) {
  return option(whole(1, most), { is: "passes through the training examples", preset });
}

/**
 * The option of the seeds, with a run or a training for each.
 *
 * @example
 * ```ts
 * console.log(parse(options({ seeds: seedsOption([0, 1, 2]) }), {}, "my study")); // { seeds: [ 0, 1, 2 ] }
 * ```
 */
export function seedsOption(preset: readonly number[]) {
  return option(seedList, { is: "number of seeds (3: seeds 0, 1, 2), or a list (0,1,5)", preset });
}

/**
 * Whole numbers within limits, at least one, all different.
 *
 * @param words Said in place of "at least one whole number from 2 to 8, all different".
 * @example
 * ```ts
 * console.log(fits(wholes(2, 64), [8, 16]), fits(wholes(2, 64), [8, 8])); // true false
 * ```
 */
export function wholes(least: number, most: number, words?: string) {
  const expected = words ?? `at least one whole number from ${least} to ${most}, all different`;
  const fits = (value: unknown) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
  return list<number>((values) => values.every(fits) && new Set(values).size === values.length, expected, "numbers");
}

/**
 * Numbers that pass a test, at least `least` of them.
 *
 * @example
 * ```ts
 * const shares = numbers((value) => value > 0 && value < 1, "shares between 0 and 1");
 * console.log(fits(shares, [0.1, 0.5]), fits(shares, [0.5, 1])); // true false
 * ```
 */
export function numbers(fits: (value: number) => boolean, expected: string, least = 1) {
  const all = (values: readonly unknown[]) =>
    values.length >= least &&
    values.every((value) => typeof value === "number" && Number.isFinite(value) && fits(value));
  return list<number>(all, expected, "numbers");
}

/**
 * Some of the names, at least one, all different.
 *
 * @example
 * ```ts
 * const measures = someOf(["ei", "phi"]);
 * console.log(fits(measures, ["phi"]), fits(measures, []), fits(measures, ["bits"])); // true false false
 * ```
 */
export function someOf<const Names extends readonly string[]>(names: Names) {
  const known = (values: readonly unknown[]) =>
    values.every((value) => names.some((name) => name === value)) && new Set(values).size === values.length;
  return v.pipe(
    list<Names[number]>(known, `some of ${names.join(", ")}, all different`, "names"),
    v.metadata<readonly Names[number][], { readonly is: unknown }>({
      is: { kind: "list", names },
    }),
  );
}

/** Seeds, each for a run or a training of its own. */
export const seedList = list<number>(
  (values) =>
    values.every((value) => Number.isSafeInteger(value) && (value as number) >= 0) &&
    new Set(values).size === values.length,
  "at least one seed: whole numbers from 0, all different",
  "seeds",
);

/** The widest layer that a study trains. */
export const MAX_WIDTH = 4096;

/**
 * Widths of layers, one after another, at least `least` of them.
 *
 * @example
 * ```ts
 * const hidden = widths(1, 1000, "at least one width from 1 to 1000");
 * console.log(fits(hidden, [30, 30]), fits(hidden, [0])); // true false
 * ```
 */
export function widths(least: number, most: number, words: string) {
  const fits = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most;
  return list<number>((values) => values.length >= least && values.every(fits), words, "widths");
}

function list<T>(fits: (values: readonly unknown[]) => boolean, expected: string, written: Written) {
  return v.pipe(
    v.custom<readonly T[]>((value) => Array.isArray(value) && value.length > 0 && fits(value), expected),
    v.metadata<readonly T[], { readonly is: unknown }>({ is: { kind: "list" } }),
    shown<readonly T[]>({ written }),
  );
}

/**
 * One of some names, or a number.
 *
 * @example
 * ```ts
 * const range = nameOrNumber(["data", "fit"]);
 * console.log(fits(range, "data"), fits(range, 2.5), fits(range, "none")); // true true false
 * ```
 */
export function nameOrNumber<const Names extends readonly string[]>(names: Names) {
  const expected = `${names.join(", ")} or a number`;
  return v.pipe(
    v.custom<Names[number] | number>(
      (value) => names.some((name) => name === value) || (typeof value === "number" && Number.isFinite(value)),
      expected,
    ),
    v.metadata<Names[number] | number, { readonly is: unknown }>({ is: { kind: "other", names } }),
    shown<Names[number] | number>({ written: "name or number" }),
  );
}

/** The epochs at which something is measured: `"sqrt:51"`, or a list of them. */
export const schedule = v.pipe(
  v.custom<Schedule>((value) => fits(scheduleSchema, value), SCHEDULE),
  v.metadata<Schedule, { readonly is: unknown }>({ is: { kind: "other" } }),
  shown<Schedule>({ written: "schedule" }),
);

/**
 * One of some names; an error lists them as prose.
 *
 * @example
 * ```ts
 * const data = named(["iris", "mnist"]);
 * console.log(fits(data, "iris"), fits(data, "cifar")); // true false
 * ```
 */
export function named<const Names extends readonly string[]>(names: Names) {
  return oneOf(names, `one of ${names.join(", ")}`);
}

export { bins, flag, type Given, type Parsed, range };

// ——— What is made of them ———

/**
 * All options of a study, those left out as they are by default.
 *
 * @param who Names an option in an error: `(option) => "--" + option`.
 * @example
 * ```ts
 * const { bins, weightStep } = studyOptions(await study("edge"), { weightStep: 0.5 });
 * console.log(bins, weightStep); // [ 8, 16, 32, 64 ] 0.5
 * ```
 * @throws InvalidInputError for an option that there is not, a value out of range, or values that do not go together.
 */
export function studyOptions<Options extends object>(
  study: Pick<Study<Options>, "name" | "options">,
  given: Readonly<Record<string, unknown>> = {},
  who: Who = (option) => (option === "" ? `study ${study.name}` : `study ${study.name}: ${option}`),
): Options {
  return parse(study.options, given, who);
}

/** An option of a study, as a form shows it: plain data. */
export interface StudyField extends Omit<Field, "default" | "items" | "fields"> {
  /** What it is where nothing is given; null where it follows from something else, or is none. */
  readonly default: unknown;
  /** On a command line. */
  readonly flag: string;
  readonly alias?: string;
  /** What stands for the value in help: "bits"; not of what is true or false. */
  readonly value?: string;
  readonly written?: Written;
}

/** The form of a study: what can be asked of it, as plain data. */
export interface StudyForm {
  readonly name: string;
  readonly summary: string;
  readonly files?: Study["files"];
  readonly fields: readonly StudyField[];
}

const VALUES: Readonly<Record<string, string>> = {
  seeds: "n|list",
  widths: "widths",
  numbers: "list",
  names: "list",
  "name or number": "value",
  schedule: "sqrt:n|list",
  range: "low,high",
  choice: "name",
  text: "text",
};

/**
 * The form of a study: what flags, help, forms and documentation show of its options.
 *
 * @example
 * ```ts
 * const { fields } = formOf(await study("edge"));
 * for (const { flag, expected } of fields) console.log(flag, expected);
 * // --bins at least one whole number from 2 to 65536, all different
 * // --greatest-weight a finite number above 0
 * // --weight-step a finite number above 0
 * ```
 */
export function formOf(study: Study): StudyForm {
  const presets = studyOptions(study) as Readonly<Record<string, unknown>>;
  const { entries } = study.options as unknown as { readonly entries: Readonly<Record<string, v.GenericSchema>> };
  const fields = fieldsOf(study.options).flatMap(({ items, fields: _, ...field }): StudyField[] => {
    const { hidden, written, value, alias } = shownOf(innermost(entries[field.name]!));
    if (hidden === true) return [];
    const stands = value ?? VALUES[written ?? field.kind] ?? "n";
    return [
      {
        ...field,
        default: presets[field.name] ?? null,
        flag: flagOf(field.name),
        ...(alias !== undefined && { alias }),
        ...(field.kind !== "flag" && { value: stands }),
        ...(written !== undefined && { written }),
      },
    ];
  });
  const { name, summary, files } = study;
  return { name, summary, ...(files !== undefined && { files }), fields };
}

function innermost(schema: v.GenericSchema): v.GenericSchema {
  const { wrapped } = schema as { wrapped?: v.GenericSchema };
  return wrapped === undefined ? schema : innermost(wrapped);
}

/**
 * The flag of an option on a command line.
 *
 * @example
 * ```ts
 * console.log(flagOf("splitSeed")); // --split-seed
 * ```
 */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
