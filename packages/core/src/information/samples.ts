/** Samples of one or more numbers each. */
import { check, requireFinite, requireList } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { anyRecord } from "../checks/schema/records.ts";
import { positiveInteger } from "../checks/schema/scalars.ts";

/** Samples of one or more real numbers each: `[samples, dimensions]`, row-major. */
export interface Samples {
  readonly values: Float64Array;
  readonly dimensions: number;
}

/** How many there are. @throws InvalidInputError unless they are whole, at least one, and finite. */
export function countOf(samples: Samples, who: string): number {
  parse(anyRecord, samples, `${who}: samples`);
  const { values, dimensions } = samples;
  requireList(values, who, "values");
  parse(positiveInteger, dimensions, `${who}: dimensions`);
  const count = values.length / dimensions;
  check(Number.isInteger(count) && count >= 1, {
    who,
    expected: "whole samples, at least one",
    got: `${values.length} values for ${dimensions} dimensions`,
  });
  requireFinite(values, who);
  return count;
}

/** The greatest difference in any of the numbers of two samples: the maximum norm. */
export function distance({ values, dimensions }: Samples, i: number, j: number): number {
  let most = 0;
  for (let d = 0; d < dimensions; d++) {
    const gap = Math.abs(values[i * dimensions + d]! - values[j * dimensions + d]!);
    if (gap > most) most = gap;
  }
  return most;
}

/** Some of the samples, in the order of the rows. */
export function someOf({ values, dimensions }: Samples, rows: Int32Array): Samples {
  const some = new Float64Array(rows.length * dimensions);
  for (const [k, row] of rows.entries()) {
    some.set(values.subarray(row * dimensions, (row + 1) * dimensions), k * dimensions);
  }
  return { values: some, dimensions };
}
