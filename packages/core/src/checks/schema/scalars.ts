/** Kinds of single values: numbers, names, switches, ranges and bins. */
import * as v from "valibot";
import { nearestName } from "../options-check.ts";
import type { JsonSchema } from "./instance-of.ts";
import { digits, kind, limits } from "./kind.ts";

/**
 * A whole number within limits; both count. @param words Said in place of "a whole number from 1 to 10".
 *
 * @example
 * ```ts
 * const bins = whole(2, 64);
 * console.log(fits(bins, 8), fits(bins, 8.5), fits(bins, 100)); // true false false
 * ```
 */
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

/** A seed: a whole number from 0 to 2^53 − 1. 0 is a seed like any other. */
export const seed = whole(0, Number.MAX_SAFE_INTEGER, "a whole number from 0 to 2^53 − 1");

/** A whole number from 1 on. */
export const positiveInteger = whole(1);

/**
 * A finite number within limits; both count.
 *
 * @example
 * ```ts
 * const share = number(0, 1);
 * console.log(fits(share, 1), fits(share, 1.5)); // true false
 * ```
 */
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

/** Any finite number. */
export const finite = number();

/**
 * A finite number above a limit, and not at it.
 *
 * @example
 * ```ts
 * const tolerance = above(0, 1);
 * console.log(fits(tolerance, 0.01), fits(tolerance, 0)); // true false
 * ```
 */
export function above(least: number, most = Infinity, words?: string) {
  const expected = words ?? `a number above ${digits(least)}${most < Infinity ? ` and at most ${digits(most)}` : ""}`;
  return v.pipe(
    v.number(expected),
    v.finite(expected),
    v.gtValue(least, expected),
    v.maxValue(most, expected),
    kind({ kind: "number", least, above: true, ...(most < Infinity && { most }) }),
  );
}

/** A finite number above 0. */
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

/** A number from 0 to 1; both count. */
export const probability = number(0, 1);

/** True or false. */
export const flag = v.pipe(v.boolean("true or false"), kind({ kind: "flag" }));

/** Any string. */
export const text = v.pipe(v.string("a string"), kind({ kind: "text" }));

/**
 * One of some names.
 *
 * @example
 * ```ts
 * const layout = oneOf(["out,in", "in,out"]);
 * console.log(fits(layout, "in,out"), fits(layout, "rows")); // true false
 * ```
 */
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

/** The greatest number of bins of a side. */
export const MAX_BINS = 2 ** 16;

const BAD_BINS = `a whole number from 2 to ${digits(MAX_BINS)}, or { input, output } with two of them`;

/** A number of bins, or `{ input, output }`. */
export const bins = v.pipe(
  v.union(
    [whole(2, MAX_BINS, BAD_BINS), v.strictObject({ input: whole(2, MAX_BINS), output: whole(2, MAX_BINS) }, BAD_BINS)],
    BAD_BINS,
  ),
  kind({ kind: "bins", least: 2, most: MAX_BINS }),
);

/** A string that is not empty. */
export const name = v.pipe(v.string("a non-empty string"), v.nonEmpty("a non-empty string"), kind({ kind: "text" }));
