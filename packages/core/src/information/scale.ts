/** Columns brought to one scale, so that the greatest difference over columns does not depend on the unit of any of them. */

import { parse } from "../checks/schema/parse.ts";
import { oneOf } from "../checks/schema/scalars.ts";
import type { Samples } from "./samples.ts";

export const scales = ["zscore", "minmax", "none"] as const;

export const scaleSchema = oneOf(scales);

/** Each column divided by its standard deviation, or by the range of its values, or taken as it is. */
export type Scale = (typeof scales)[number];

/** @throws InvalidInputError for a scale that is none. */
export function validScale(scale: unknown, who: string): Scale {
  return parse(scaleSchema, scale, who);
}

export interface Scaled extends Samples {
  /** Distances that differ by no more are equal but for the rounding of the values. */
  readonly tolerance: number;
  /** What each column was divided by; 1 of one that does not vary. */
  readonly divisors: Float64Array;
  /** Columns, from 0, that have one value in all samples. */
  readonly constant: readonly number[];
}

/** Rounding of arithmetic on double numbers, as in 0.1 + 0.2, some of it added up; and of numbers that were kept in 32 bits. */
const ROUNDING = 2 ** -42;
const SINGLE_ROUNDING = 2 ** -22;
/** A tolerance wider than this share of a column's deviation would take what differs for equal. */
const MOST_TOLERANCE = 1e-4;

/**
 * Every column moved to a mean of 0 and divided by its spread; those that do not vary are 0.
 *
 * @param samples Finite numbers.
 */
export function scaledSamples({ values, dimensions }: Samples, scale: Scale): Scaled {
  const count = values.length / dimensions;
  const found = new Float64Array(values.length);
  const divisors = new Float64Array(dimensions).fill(1);
  const constant: number[] = [];
  let tolerance = 0;
  for (let d = 0; d < dimensions; d++) {
    const { least, most, single } = rangeOf(values, d, dimensions);
    if (least === most) {
      constant.push(d);
      continue;
    }
    // Numbers near the largest ones there are would overflow in a sum.
    const unit = Math.max(Math.abs(least), Math.abs(most));
    let mean = 0;
    for (let at = d; at < values.length; at += dimensions) mean += values[at]! / unit / count;
    let square = 0;
    for (let at = d; at < values.length; at += dimensions) square += (values[at]! / unit - mean) ** 2;
    const deviation = Math.sqrt(square / Math.max(1, count - 1));
    const spread = { zscore: deviation, minmax: most / unit - least / unit, none: 1 / unit }[scale];
    divisors[d] = spread * unit;
    for (let at = d; at < values.length; at += dimensions) found[at] = (values[at]! / unit - mean) / spread;
    const rounding = single ? Math.min(SINGLE_ROUNDING, MOST_TOLERANCE * deviation) : ROUNDING;
    tolerance = Math.max(tolerance, rounding / spread);
  }
  return { values: found, dimensions, tolerance, divisors, constant };
}

/** @returns also whether the values look like numbers of 32 bits that are not whole, whose steps are rounded more coarsely. */
function rangeOf(values: Float64Array, first: number, step: number): { least: number; most: number; single: boolean } {
  let [least, most, single, whole] = [Infinity, -Infinity, true, true];
  for (let at = first; at < values.length; at += step) {
    const value = values[at]!;
    if (value < least) least = value;
    if (value > most) most = value;
    single &&= Math.fround(value) === value;
    whole &&= Number.isInteger(value);
  }
  return { least, most, single: single && !whole };
}
