/**
 * Options of studies as schemas. Each says what it is, how it is written on a command line and what it is where it is not given; flags,
 * help, validation, forms and tables of documentation are all made of that.
 */

import {
  above,
  bins,
  type Field,
  fieldsOf,
  flag,
  type Given,
  oneOf,
  type Parsed,
  parse,
  range,
  type Who,
  whole,
} from "@causalscope/core/schema";
import * as v from "valibot";
import type { Study } from "./study.ts";

/** What a reader must know of an option. */
export interface About<Preset = unknown> {
  /** A phrase: "passes through the examples". */
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
export type Written = "seeds" | "widths" | "numbers" | "names" | "name or number";

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

type Described<S extends v.GenericSchema> = ReturnType<typeof aboutOf<S>>;

/** An option of a study: what it takes, and what there is to know of it. */
export function option<S extends v.GenericSchema, const Preset extends v.InferInput<S>>(
  schema: S,
  about: About<Preset> & { readonly preset: Preset },
): v.OptionalSchema<Described<S>, Preset>;
export function option<S extends v.GenericSchema>(schema: S, about: About): v.OptionalSchema<Described<S>, undefined>;
export function option(schema: v.GenericSchema, about: About): v.GenericSchema {
  return v.optional(aboutOf(schema, about), about.preset);
}

/** An option that can be null: unset, or whatever follows from the others. */
export function optionOrNull<S extends v.GenericSchema, const Preset extends v.InferInput<S> | null>(
  schema: S,
  about: About<Preset> & { readonly preset: Preset },
): v.OptionalSchema<v.NullableSchema<Described<S>, undefined>, Preset>;
export function optionOrNull<S extends v.GenericSchema>(
  schema: S,
  about: About,
): v.OptionalSchema<v.NullableSchema<Described<S>, undefined>, undefined>;
export function optionOrNull(schema: v.GenericSchema, about: About): v.GenericSchema {
  return v.optional(v.nullable(aboutOf(schema, about)), about.preset);
}

// ——— Kinds of value beside those of schema.ts ———

/** A number above 0. */
export const aboveZero = above(0, Infinity, "a finite number above 0");

/** The standard error of EI, in bits. */
export const bitsAboveZero = above(0, Infinity, "a finite number of bits above 0");

/** The standard error of EI at which sampling stops. */
export function toleranceOption<const Preset extends number>(preset: Preset) {
  return option(bitsAboveZero, {
    is: "standard error of EI at which sampling stops",
    value: "bits",
    preset,
  });
}

/** How many passes a training takes. */
export function epochsOption<const Preset extends number>(preset: Preset, most = 1e7) {
  return option(whole(1, most), { is: "passes through the examples", preset });
}

/** One run, or one training, each. */
export function seedsOption(preset: readonly number[]) {
  return option(seedList, { is: "how many seeds (3: seeds 0, 1, 2), or which (0,1,5)", preset });
}

/** Whole numbers within limits, at least one, none twice. @param words Said in place of "at least one whole number from 2 to 8, none twice". */
export function wholes(least: number, most: number, words?: string) {
  const expected = words ?? `at least one whole number from ${least} to ${most}, none twice`;
  const fits = (value: unknown) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
  return list<number>((values) => values.every(fits) && new Set(values).size === values.length, expected, "numbers");
}

/** Numbers that fit, at least one. */
export function numbers(fits: (value: number) => boolean, expected: string, least = 1) {
  const all = (values: readonly unknown[]) =>
    values.length >= least &&
    values.every((value) => typeof value === "number" && Number.isFinite(value) && fits(value));
  return list<number>(all, expected, "numbers");
}

/** Some of the names, at least one, none twice. */
export function someOf<const Names extends readonly string[]>(names: Names) {
  const known = (values: readonly unknown[]) =>
    values.every((value) => names.some((name) => name === value)) && new Set(values).size === values.length;
  return v.pipe(
    list<Names[number]>(known, `some of ${names.join(", ")}, none twice`, "names"),
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
  "at least one seed, whole numbers from 0, none twice",
  "seeds",
);

/** Widths of layers, one after another. */
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

/** One of some names, or a number. */
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

/** One of some names, as prose lists them. */
export function named<const Names extends readonly string[]>(names: Names) {
  return oneOf(names, `one of ${names.join(", ")}`);
}

export { bins, flag, type Given, type Parsed, range };

// ——— What is made of them ———

/**
 * All options of a study, those left out as they are by default.
 *
 * @param who Names an option in an error: `(option) => "--" + option`.
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
  range: "low,high",
  choice: "name",
  text: "text",
};

/** What flags, help, forms and documentation show. */
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

/** `splitSeed` is `--split-seed`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
