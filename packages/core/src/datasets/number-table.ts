/** Numbers with a shape, as the readers of data files give them. */

import { checkFile } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";

/** Numbers with a shape, as the readers of data files return them. */
export interface NumberTable {
  /** Rows first: axis 0 counts examples. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float64Array;
  /** Of the columns, where a file of text has them. */
  readonly names?: readonly string[];
  /** Of columns of words, by position from 0: the words in alphabetical order; the values are positions among them. */
  readonly categories?: ReadonlyMap<number, readonly string[]>;
  /** What a reader of results should know of how the file was read: clauses. */
  readonly notes?: readonly string[];
}

/** A table in which cells may be missing: these are NaN. */
export interface CellTable extends NumberTable {
  /** Where rows stand in the file, for errors: lines from 1 of text, else undefined. */
  readonly lines?: Int32Array;
  /** The first cell of each column of words, as it stands in the file, and its line. */
  readonly firstWords?: ReadonlyMap<number, { readonly line: number; readonly text: string }>;
}

/** What becomes of rows that lack a value. */
export type Missing = "refuse" | "drop-rows";

export const missingPolicies = ["refuse", "drop-rows"] as const satisfies readonly Missing[];

/** The name of a column for errors and notes: its name, or its position from 1. */
export function columnName({ names }: Pick<NumberTable, "names">, column: number): string {
  return names?.[column] || `column ${column + 1}`;
}

/** Rows, from 0, that have a value in all of these columns, where others lack one. */
export interface WholeRows {
  readonly rows: Int32Array;
  readonly dropped: number;
}

/**
 * The rows in which none of the columns of any table lacks a value.
 *
 * @param parts Tables with as many rows each, the columns that matter, and what they are called in errors.
 * @throws FormatError for the first missing value, where these are refused.
 */
export function wholeRows(
  parts: readonly { readonly table: CellTable; readonly columns: readonly number[]; readonly who: string }[],
  missing: Missing,
): WholeRows {
  const count = parts[0]!.table.shape[0]!;
  const kept = new Int32Array(count);
  let size = 0;
  for (let row = 0; row < count; row++) {
    const lacking = parts.find(({ table, columns }) =>
      columns.some((column) => Number.isNaN(valueAt(table, row, column))),
    );
    if (lacking === undefined) kept[size++] = row;
    else if (missing === "refuse") throw missingAt(lacking.table, row, lacking.columns, lacking.who);
  }
  checkFile(size !== 0, () => ({
    who: parts[0]!.who,
    expected: "at least one row without missing values",
    got: `${count === 1 ? "1 row" : `${count} rows`} with missing values`,
  }));
  return { rows: kept.subarray(0, size), dropped: count - size };
}

function missingAt(table: CellTable, row: number, columns: readonly number[], who: string): FormatError {
  const remedy = "To drop such rows, set `missing` to drop-rows.";
  const line = table.lines?.[row];
  // Arrays of numbers have no cells that could be empty.
  if (line === undefined) {
    return new FormatError({ who, expected: "finite numbers", got: `NaN in row ${row} (from 0)`, remedy });
  }
  const column = columns.find((each) => Number.isNaN(valueAt(table, row, each)))!;
  const name = table.names?.[column];
  const at = `${who}, line ${line}, column ${column + 1}${name ? ` (${name})` : ""}`;
  return new FormatError({ who: at, expected: "a value", got: "a missing value", remedy });
}

/** @param column of all values of a row, from 0. */
export function valueAt({ shape, values }: NumberTable, row: number, column: number): number {
  return values[row * (values.length / shape[0]!) + column]!;
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
  checkFile(count <= MOST_VALUES, () => ({
    who,
    expected: `sizes of at least 1 and at most ${MOST_VALUES} values`,
    got: said,
  }));
  checkFile(count === held, () => ({ who, expected: `${count} values, as ${said} has`, got: `${held}` }));
  return count;
}
