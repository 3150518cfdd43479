/** Options and records by name, and rules between options. */
import * as v from "valibot";
import type { Problem } from "../error-classes.ts";
import { instance } from "./instance-of.ts";
import { kind } from "./kind.ts";
import { ABORT, isOptionsObject, shownInput } from "./parse.ts";

/**
 * Options or a record by name: unknown names are refused, and so are arrays.
 *
 * @example
 * ```ts
 * const settings = options({ bins: whole(2), seed: v.optional(seed, 0) });
 * console.log(parse(settings, { bins: 8 }, "myStudy()")); // { bins: 8, seed: 0 }
 * console.log(fits(settings, { bins: 8, sed: 1 })); // false
 * ```
 */
export function options<const E extends v.ObjectEntries>(entries: E, words = "an object of options") {
  return v.pipe(noArray(v.strictObject(entries, words), quickly), kind({ kind: "record" }));
}

/**
 * A record of a file that later versions may add to: unknown names are kept as they are.
 *
 * @example
 * ```ts
 * const header = openRecord({ version: whole(1) });
 * console.log(parse(header, { version: 2, author: "me" }, "run.json")); // { version: 2, author: 'me' }
 * ```
 */
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

/**
 * A schema with what a reader must know: what it is, and its unit. In an option with a default, it goes inside:
 * `v.optional(described(positive, "…", "bits"), 0.01)`.
 *
 * @example
 * ```ts
 * const tolerance = described(positive, "Standard error to reach.", "bits");
 * for (const { name, description, unit } of fieldsOf(options({ tolerance })))
 *   console.log(`${name}: ${description} In ${unit}.`); // tolerance: Standard error to reach. In bits.
 * ```
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
 * @example
 * ```ts
 * const ordered = rule(({ least, most }: { least: number; most: number }) =>
 *   least > most ? { at: "most", expected: `at least ${least}`, got: `${most}` } : undefined,
 * );
 * const limits = v.pipe(options({ least: whole(0), most: whole(0) }), ordered);
 * console.log(fits(limits, { least: 1, most: 2 }), fits(limits, { least: 3, most: 2 })); // true false
 * ```
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

/** What `rule()` found wrong, as an error says it. */
export interface RuleProblem extends Pick<Problem, "expected" | "got" | "remedy"> {
  readonly at?: string;
}
