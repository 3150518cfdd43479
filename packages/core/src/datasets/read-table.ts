/** A table from the bytes of a file, whatever its format: CSV, .npy, .npz or IDX, packed by gzip or not. */
import * as v from "valibot";
import { checkFile } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";
import { parse } from "../checks/schema/parse.ts";
import { described, options as optionsOf } from "../checks/schema/records.ts";
import { oneOf, text } from "../checks/schema/scalars.ts";
import { gunzipped, isGzip, isZip } from "./compressed.ts";
import { readCsv } from "./csv.ts";
import { isIdx, readIdx } from "./idx.ts";
import { isNpy, readNpy, readNpz } from "./npy.ts";
import { type CellTable, type Missing, missingPolicies, type NumberTable, wholeRows } from "./number-table.ts";

/** How `tableFrom()` reads what is not a number. */
export interface TableOptions {
  /** Which array of an .npz file. */
  readonly array?: string;
  /** Columns of words: refused (the default), or each word a number, by `categories` of the table. */
  readonly words?: "refuse" | "categories";
  /** Rows that lack a value (an empty cell, NA, NaN): refused (the default), or left out, which the table's notes say. */
  readonly missing?: Missing;
}

/** What each option may be, what it is, and its default. */
export const tableOptions = optionsOf({
  array: v.optional(described(text, "Name of an array in an .npz file.")),
  words: v.optional(
    described(oneOf(["refuse", "categories"]), "Columns of words: an error, or each word becomes a number."),
    "refuse",
  ),
  missing: v.optional(described(oneOf(missingPolicies), "Rows with missing values: an error, or dropped."), "refuse"),
});

/**
 * The table in the bytes of a file: CSV or other separated text, NumPy's .npy and .npz, IDX, and any of these packed
 * by gzip. The format is told by the content, not by a name.
 *
 * @param who Names the bytes in errors: the file's path.
 * @example
 * ```ts
 * const bytes = new TextEncoder().encode("length,kind\n1.5,long\n0.5,short\n");
 * const { shape, values, categories } = tableFrom(bytes, "parts.csv", { words: "categories" });
 * console.log(shape, [...values], categories?.get(1)); // [ 2, 2 ] [ 1.5, 0, 0.5, 1 ] [ 'long', 'short' ]
 * ```
 * @throws FormatError for bytes that are none of these, damaged or cut off, infinite values, and words or missing
 *   values where they are refused.
 */
export function tableFrom(bytes: Uint8Array, who = "table", options: TableOptions = {}): NumberTable {
  const { words, missing } = parse(tableOptions, options, "tableFrom()");
  const table = cellTable(bytes, who, options);
  const { shape, values, names, categories, notes = [] } = table;
  if (words === "refuse") refuseWords(table, who);
  const width = values.length / shape[0]!;
  const gaps = values.some(Number.isNaN);
  if (gaps && missing === "refuse") refuseMissing(table, who);
  const rest = { ...(names && { names }), ...(categories && { categories }) };
  if (!gaps) return { shape, values, ...rest, ...(notes.length > 0 && { notes }) };
  const columns = Array.from({ length: width }, (_, column) => column);
  const { rows, dropped } = wholeRows([{ table, columns, who }], missing);
  const kept = new Float64Array(rows.length * width);
  for (const [k, row] of rows.entries()) kept.set(values.subarray(row * width, (row + 1) * width), k * width);
  return {
    shape: [rows.length, ...shape.slice(1)],
    values: kept,
    ...rest,
    notes: [...notes, droppedNote(dropped, shape[0]!)],
  };
}

export function droppedNote(dropped: number, rows: number): string {
  return `${dropped} of ${rows} rows have missing values and were dropped`;
}

/** As `tableFrom`, with words as categories and NaN for what is missing. @throws FormatError as `tableFrom`, but for these. */
export function cellTable(bytes: Uint8Array, who: string, { array }: Pick<TableOptions, "array"> = {}): CellTable {
  const content = isGzip(bytes) ? gunzipped(bytes, who) : bytes;
  const table = readAny(content, who, array);
  const at = table.values.findIndex((value) => value === Infinity || value === -Infinity);
  checkFile(at < 0, () => ({
    who,
    expected: "finite numbers",
    got: `${table.values[at]} in row ${rowOf(table, at)} (from 0)`,
  }));
  return table;
}

function rowOf({ shape, values }: NumberTable, at: number): number {
  return Math.floor(at / (values.length / shape[0]!));
}

function refuseWords({ firstWords }: CellTable, who: string): void {
  for (const [column, { line, text }] of firstWords ?? []) {
    const got = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
    const remedy = 'To read words as categories, set words: "categories".';
    throw new FormatError({
      who: `${who}, line ${line}, column ${column + 1}`,
      expected: "a finite number",
      got,
      remedy,
    });
  }
}

function refuseMissing(table: CellTable, who: string): void {
  const at = table.values.findIndex(Number.isNaN);
  const row = rowOf(table, at);
  checkFile(table.lines !== undefined, () => ({ who, expected: "finite numbers", got: `NaN in row ${row} (from 0)` }));
  const column = at % table.shape[1]!;
  const where = `${who}, line ${table.lines[row]}, column ${column + 1}`;
  throw new FormatError({ who: where, expected: "a finite number", got: "an empty cell" });
}

function readAny(bytes: Uint8Array, who: string, array: string | undefined): CellTable {
  if (isZip(bytes)) return readNpz(bytes, who, array);
  checkFile(array === undefined, () => ({
    who,
    expected: `an .npz archive, to read the array ${array} from`,
    got: "another file",
  }));
  if (isNpy(bytes)) return readNpy(bytes, who);
  if (isIdx(bytes)) return readIdx(bytes, who);
  return readCsv(textOf(bytes, who), who);
}

function textOf(bytes: Uint8Array, who: string): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Said below.
  }
  throw new FormatError({ who, expected: "CSV, .npy, .npz or IDX", got: "a file of another format" });
}
