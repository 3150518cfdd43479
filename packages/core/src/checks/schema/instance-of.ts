/** What no schema of valibot's describes. */
import * as v from "valibot";
import type { Kind } from "./kind.ts";

/** A part of a JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What no schema describes, such as a function or a mechanism, and what must be fast, such as a long list of numbers: passed on as it is.
 *
 * @param json The JSON Schema of it; undefined for what JSON does not have.
 * @example
 * ```ts
 * const points = instance<Set<number>>((value) => value instanceof Set, "a set of numbers");
 * console.log(fits(points, new Set([1, 2])), fits(points, [1, 2])); // true false
 * ```
 */
export function instance<T>(test: (value: unknown) => boolean, words: string, json?: JsonSchema) {
  return v.pipe(
    v.custom<T>(test, words),
    v.metadata<T, { readonly is: Kind; readonly json?: JsonSchema }>({ is: { kind: "other" }, json }),
  );
}

/** A function; what it takes is not checked. */
// biome-ignore lint/suspicious/noExplicitAny: any function is meant.
export const callback = instance<(...values: any[]) => any>((value) => typeof value === "function", "a function");

/** An `AbortSignal`, which ends work before its time. */
export const signal = instance<AbortSignal>(
  (value) => typeof (value as AbortSignal | null)?.throwIfAborted === "function",
  "an AbortSignal: the signal of an AbortController",
);
