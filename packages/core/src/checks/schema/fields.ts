/** What forms, flags, help and tables are generated from. */
import * as v from "valibot";
import type { Kind } from "./kind.ts";
import { ABORT, entriesOf, type Parsed, said } from "./parse.ts";

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

/**
 * The options of an object schema, in their order. Empty for any other schema.
 *
 * @example
 * ```ts
 * const settings = options({ bins: whole(2, 64), seed: v.optional(seed, 0) });
 * for (const { name, expected, required } of fieldsOf(settings)) console.log(name, required, expected);
 * // bins true a whole number from 2 to 64
 * // seed false a whole number from 0 to 2^53 − 1
 * ```
 */
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

/**
 * The defaults of all options that have one.
 *
 * @example
 * ```ts
 * const settings = options({ bins: v.optional(whole(2), 8), seed: v.optional(seed, 0) });
 * console.log(defaultsOf(settings)); // { bins: 8, seed: 0 }
 * ```
 */
export function defaultsOf<S extends v.GenericSchema>(schema: S): Partial<Parsed<S>> {
  const known = fieldsOf(schema).filter(({ default: preset }) => preset !== undefined);
  return Object.fromEntries(known.map(({ name, default: preset }) => [name, preset])) as Partial<Parsed<S>>;
}
