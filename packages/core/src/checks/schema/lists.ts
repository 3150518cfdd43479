/** Lists: short ones, each value by a schema, and long ones, in one loop. */
import * as v from "valibot";
import { instance, type JsonSchema } from "./instance-of.ts";
import { digits, kind, limits } from "./kind.ts";
import { shownInput } from "./parse.ts";

/** How many values a list may have, and whether one may come twice. */
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

/**
 * An array, each of one kind. For thousands of numbers take `numbers`.
 *
 * @example
 * ```ts
 * const widths = listOf(whole(1), { most: 3, distinct: true });
 * console.log(fits(widths, [4, 5]), fits(widths, [4, 4]), fits(widths, [])); // true false false
 * ```
 */
export function listOf<S extends v.GenericSchema>(item: S, options: ListOptions = {}) {
  const { least = 1, most = Infinity, distinct = false } = options;
  const expected = options.words ?? `an array${lengthWords(least, most)}${distinct ? ", all different" : ""}`;
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

/**
 * At least `least` finite numbers, in an array or a typed array of any length. They are not copied.
 *
 * @example
 * ```ts
 * const weights = numbers(2);
 * console.log(fits(weights, Float64Array.of(0.5, 1)), fits(weights, [0.5, Number.NaN])); // true false
 * ```
 */
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
