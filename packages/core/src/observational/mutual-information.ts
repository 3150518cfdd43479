/** Mutual information of two sides of a table, by every estimator that fits them: the front door for tables. */

import { InvalidInputError } from "../checks/errors.ts";
import { kindOfValue, type OptionNames, requireList, requireOptions } from "../checks/options-check.ts";
import { droppedNote } from "../datasets/read-table.ts";
import { type CellTable, columnName, type Missing, type NumberTable, valueAt, wholeRows } from "../datasets/table.ts";
import {
  type EntropyRow,
  entropyEstimates,
  type MiMethod,
  type MiOptions,
  miEstimates,
  type Row,
  type Side,
} from "./side-information.ts";

/** A column by its name, or by its position from 0. */
export type ColumnSpec = string | number;

export interface MutualInformationOptions extends Partial<MiOptions> {
  /** One side: a column, or several as one side. */
  readonly x: ColumnSpec | readonly ColumnSpec[];
  /** The other. */
  readonly y: ColumnSpec | readonly ColumnSpec[];
  /** The table of `y`, with as many rows. Default: the same table. */
  readonly yTable?: NumberTable;
  /** Which sides are discrete: others are continuous. Default by looking: words, and whole numbers with few values, are discrete. */
  readonly discrete?: "x" | "y" | "both" | "none";
  /** What becomes of rows that lack a value. Default `"refuse"`. */
  readonly missing?: Missing;
  /** Also the entropy of each side. */
  readonly entropies?: boolean;
  /** What messages and results call the sides. Default: their columns. */
  readonly names?: { readonly x: string; readonly y: string; readonly table?: string; readonly yTable?: string };
}

const OPTIONS: OptionNames<MutualInformationOptions> = {
  x: true,
  y: true,
  yTable: true,
  discrete: true,
  missing: true,
  entropies: true,
  names: true,
  bins: true,
  k: true,
  permutations: true,
  neighbourPermutations: true,
  jitter: true,
  noise: true,
  seed: true,
  scale: true,
  method: true,
};

export interface SideSummary {
  readonly name: string;
  readonly discrete: boolean;
  /** Columns that are in use: those that have one value in every row are left out. */
  readonly columns: number;
}

export interface MutualInformation {
  readonly x: SideSummary;
  readonly y: SideSummary;
  /** In use: those that lack a value may be left out. */
  readonly rows: number;
  /** I(x; y) in bits by each estimator, with its standard error where it has one. */
  readonly estimates: readonly Row[];
  /** H of each side, where it was asked for. */
  readonly entropies: readonly EntropyRow[] | undefined;
  readonly warnings: readonly string[];
}

export type { EntropyRow, MiMethod };
export type MutualInformationEstimate = Row;

/**
 * I(x; y) in bits of columns of a table, by every estimator that fits: discrete sides by their counts with bias corrections and tests of
 * independence, continuous ones by nearest neighbours (Kraskov, Stögbauer & Grassberger 2004; Gao et al. 2017), one of each by Ross (2014)
 * and by a linear decoder. What the command `causalscope mi` prints.
 *
 * @param table as `tableFrom()` reads it, or `{ shape: [rows, columns], values }`, row-major.
 * @example
 * ```ts
 * const table = tableFrom(await readFile("flowers.csv"), "flowers.csv", { words: "categories" });
 * const { estimates } = mutualInformation(table, { x: "sepal_length", y: "species" });
 * for (const { estimator, bits, standardError } of estimates) console.log(estimator, bits, "±", standardError);
 * ```
 * @throws InvalidInputError for columns that are not there, fewer than 2 rows, options out of range or unknown, and methods that do not
 *   fit; FormatError for missing values where they are refused.
 */
export function mutualInformation(table: NumberTable, options: MutualInformationOptions): MutualInformation {
  requireOptions(options ?? {}, OPTIONS, "mutualInformation()");
  if (options?.x === undefined || options.y === undefined) {
    const got = options?.x === undefined ? "no x" : "no y";
    throw new InvalidInputError({ who: "mutualInformation()", expected: "columns x and y", got });
  }
  requireList(options.method, "mutualInformation(): method");
  const { yTable = table, discrete, missing = "refuse", entropies = false } = options;
  requireTable(table, "mutualInformation()");
  requireTable(yTable, "mutualInformation(): yTable");
  const [first, second] = [tableSide(table, options, "x"), tableSide(yTable, options, "y")];
  if (first.table.shape[0] !== second.table.shape[0]) {
    const expected = `${first.table.shape[0]} rows in the table of y, as in that of x`;
    throw new InvalidInputError({ who: second.who, expected, got: `${second.table.shape[0]}` });
  }
  if (discrete !== undefined && !["x", "y", "both", "none"].includes(discrete)) {
    const got = JSON.stringify(discrete);
    throw new InvalidInputError({ who: "mutualInformation(): discrete", expected: "x, y, both or none", got });
  }
  const said = (side: "x" | "y") => (discrete === undefined ? undefined : discrete === side || discrete === "both");
  const { rows, dropped } = wholeRows([first, second], missing);
  const [x, y] = [sideOf(first, rows, said("x")), sideOf(second, rows, said("y"))];
  if (rows.length < 2) {
    throw new InvalidInputError({ who: first.who, expected: "at least 2 rows", got: `${rows.length}` });
  }
  const notes = [...new Set([...(table.notes ?? []), ...(yTable.notes ?? []), ...x.notes, ...y.notes])];
  if (dropped > 0) notes.push(droppedNote(dropped, table.shape[0]!));
  const full: MiOptions = {
    bins: options.bins ?? 8,
    k: options.k ?? 4,
    permutations: options.permutations ?? 999,
    neighbourPermutations: options.neighbourPermutations ?? 0,
    seed: options.seed ?? 0,
    scale: options.scale ?? "zscore",
    ...(options.jitter !== undefined && { jitter: options.jitter }),
    ...(options.noise !== undefined && { noise: options.noise }),
    ...(options.method !== undefined && { method: options.method }),
  };
  const found = miEstimates(x, y, full);
  return {
    x: summaryOf(x),
    y: summaryOf(y),
    rows: rows.length,
    estimates: found.rows,
    entropies: entropies ? [x, y].flatMap((side) => entropyEstimates(side, full)) : undefined,
    warnings: [...notes, ...found.warnings],
  };
}

function summaryOf({ name, discrete, columns }: Side): SideSummary {
  return { name, discrete, columns: columns.length };
}

function requireTable(table: NumberTable, who: string): void {
  const isTable = Array.isArray(table?.shape) && table.values instanceof Float64Array && table.shape[0] > 0;
  if (isTable) return;
  const expected =
    "a table { shape: [rows, columns], values: Float64Array } with at least one row, as tableFrom() gives it";
  throw new InvalidInputError({ who, expected, got: kindOfValue(table) });
}

interface TableSide {
  readonly table: CellTable;
  /** From 0. */
  readonly columns: readonly number[];
  readonly name: string;
  readonly who: string;
}

function tableSide(table: CellTable, options: MutualInformationOptions, side: "x" | "y"): TableSide {
  const spec = options[side];
  const who = options.names?.[side] ?? `mutualInformation(): ${side}`;
  const asked: readonly ColumnSpec[] = Array.isArray(spec) ? spec : [spec as ColumnSpec];
  const width = table.values.length / table.shape[0]!;
  const columns = asked.map((column) => {
    const at = typeof column === "number" ? column : (table.names ?? []).indexOf(column);
    if (Number.isInteger(at) && at >= 0 && at < width) return at;
    const known = (table.names ?? []).filter((name) => name !== "");
    const expected = known.length > 0 ? `a column out of ${known.join(", ")}` : `a column from 0 to ${width - 1}`;
    throw new InvalidInputError({ who, expected, got: JSON.stringify(column) ?? "none" });
  });
  const name = options.names?.[side] ?? columns.map((column) => columnName(table, column)).join(", ");
  const file = side === "x" ? options.names?.table : (options.names?.yTable ?? options.names?.table);
  return { table, columns: [...new Set(columns)], name, who: file ?? who };
}

/** Values that a discrete column may have, where nobody says. */
const FEW = 32;

/** @param discrete as said; undefined: by looking. @throws InvalidInputError for words that are to be continuous. */
function sideOf(
  { table, columns, name: text, who }: TableSide,
  rows: Int32Array,
  discrete: boolean | undefined,
): Side & { notes: string[] } {
  const all = columns.map((column) => ({
    name: columnName(table, column),
    words: table.categories?.get(column),
    values: Float64Array.from(rows, (row) => valueAt(table, row, column)),
  }));
  const worded = all.find(({ words }) => words !== undefined);
  if (worded !== undefined && discrete === false) {
    throw new InvalidInputError({
      who,
      expected: "columns of numbers, as discrete says",
      got: `${worded.name}, of words`,
      remedy: "Words are categories: leave discrete out.",
    });
  }
  const notes = all.flatMap(({ name, words }) =>
    words === undefined ? [] : [`${name} is read as ${words.length} categories: ${shownWords(words)}`],
  );
  const still = all.filter(({ values }) => values.every((value) => value === values[0]));
  const used = all.filter((column) => !still.includes(column));
  for (const { name, words, values } of still) {
    const value = words?.[values[0]!] ?? `${values[0]}`;
    notes.push(`${name} is ${value} in every row, and tells nothing${used.length > 0 ? ": it is left out" : ""}`);
  }
  const looks = used.map(({ values, words }) => words !== undefined || looksDiscrete(values));
  const isDiscrete = discrete ?? (worded !== undefined || looks.every(Boolean));
  return {
    name: text,
    columns: used.map(({ values }) => values),
    discrete: isDiscrete,
    // Numbers beside words are discrete only by bins.
    binned: looks.map((each) => !isDiscrete || (discrete === undefined && !each)),
    notes,
  };
}

function looksDiscrete(values: Float64Array): boolean {
  return new Set(values).size <= FEW && values.every(Number.isInteger);
}

function shownWords(words: readonly string[]): string {
  return words.length > 8 ? `${words.slice(0, 8).join(", ")} …` : words.join(", ");
}
