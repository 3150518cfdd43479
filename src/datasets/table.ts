/** Numbers with a shape, as the readers of data files give them. */
import { FormatError } from "../errors.ts";

export interface NumberTable {
  /** Rows first: axis 0 counts examples. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float64Array;
  /** Of the columns, where a file of text has them. */
  readonly names?: readonly string[];
}

/** No table has more values than this: 2 GB. */
const MOST_VALUES = 2 ** 28;

/**
 * How many values a shape has, before they are allocated.
 *
 * @param held Values that the bytes hold.
 * @throws FormatError unless the shape has just as many, at least 1 and at most 2^28.
 */
export function checkedElements(shape: readonly number[], held: number, who: string): number {
  const count = shape.every((size) => Number.isSafeInteger(size) && size >= 1)
    ? shape.reduce((product, size) => product * size, 1)
    : Number.NaN;
  const said = `the shape [${shape.join(", ")}]`;
  if (!(count <= MOST_VALUES)) {
    throw new FormatError({ who, expected: `sizes of at least 1 and at most ${MOST_VALUES} values`, got: said });
  }
  if (count !== held) throw new FormatError({ who, expected: `${count} values, as ${said} has`, got: `${held}` });
  return count;
}
