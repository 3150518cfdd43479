/** What a form, a flag or a table needs to know of a kind of value, and how numbers stand in messages. */
import * as v from "valibot";

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

export const kind = <T>(is: Kind) => v.metadata<T, { readonly is: Kind }>({ is });

/** A number as prose has it: 65,536. */
export function digits(value: number): string {
  return Number.isInteger(value) && Math.abs(value) >= 10_000 && Math.abs(value) < 1e15
    ? String(value).replace(/\B(?=(?:\d{3})+$)/g, ",")
    : String(value);
}

export function limits(least: number, most: number): string {
  if (most === Infinity || most === Number.MAX_SAFE_INTEGER) {
    return Number.isFinite(least) && least !== -Number.MAX_SAFE_INTEGER ? ` of at least ${digits(least)}` : "";
  }
  return Number.isFinite(least) ? ` from ${digits(least)} to ${digits(most)}` : ` of at most ${digits(most)}`;
}
