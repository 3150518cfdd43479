/** Mutual information of two sides of a table, by every estimator that fits them: the front door for tables. */

import * as v from "valibot";
import { check } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { kindOfValue } from "../checks/options-check.ts";
import { listOf } from "../checks/schema/lists.ts";
import { parse } from "../checks/schema/parse.ts";
import { anyRecord, described, options as optionsOf } from "../checks/schema/records.ts";
import { flag, oneOf, positive, positiveInteger, seed, whole } from "../checks/schema/scalars.ts";
import {
  type CellTable,
  columnName,
  type Missing,
  missingPolicies,
  type NumberTable,
  valueAt,
  wholeRows,
} from "../datasets/number-table.ts";
import { droppedNote } from "../datasets/read-table.ts";
import { scaleSchema } from "../information/scale.ts";
import {
  type EntropyRow,
  entropyEstimates,
  type MiMethod,
  type MiOptions,
  type MutualInformationEstimate,
  miEstimates,
  miMethods,
  type Side,
} from "./side-information.ts";

/** A column by its name, or by its position from 0. */
export type ColumnSpec = string | number;

/** Which columns `mutualInformation()` compares, and how: what each side is, and by which estimators. */
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

const column = v.union([v.string(), whole(0)], "the name of a column, or its position from 0");
const columns = v.union([column, listOf(column)], "a column by name or position from 0, or several in an array");

/** What each option may be, what it is, and its default. */
export const mutualInformationOptions = optionsOf({
  x: described(columns, "One side: a column, or several as one side."),
  y: described(columns, "The other side."),
  yTable: v.optional(anyRecord),
  discrete: v.optional(
    described(
      oneOf(["x", "y", "both", "none"]),
      "Which sides are discrete. Default: words, and whole numbers with few values.",
    ),
  ),
  missing: v.optional(described(oneOf(missingPolicies), "How rows with missing values are treated."), "refuse"),
  entropies: v.optional(described(flag, "Also the entropy of each side."), false),
  names: v.optional(anyRecord),
  bins: v.optional(described(whole(2, 4096), "Equal-mass bins of continuous sides, to treat them as discrete too."), 8),
  k: v.optional(described(positiveInteger, "Number of nearest neighbours."), 4),
  permutations: v.optional(described(positiveInteger, "Shuffles of the test of independence."), 999),
  neighbourPermutations: v.optional(
    described(whole(0), "Shuffles of one side for p-values of nearest-neighbour estimates; 0 for none."),
    0,
  ),
  jitter: v.optional(described(positive, "Width of the noise that breaks ties of continuous sides.")),
  noise: v.optional(described(positive, "Standard deviation of Gaussian noise on a continuous side.")),
  seed: v.optional(described(seed, "Seed of shuffles, jitter and noise."), 0),
  scale: v.optional(
    described(scaleSchema, "How continuous columns are scaled before distances are computed."),
    "zscore",
  ),
  method: v.optional(described(listOf(oneOf(miMethods)), "Estimators to use. Default: all that apply.")),
} satisfies { readonly [name in keyof MutualInformationOptions]-?: v.GenericSchema });

/** How one side of the table was read. */
export interface SideSummary {
  readonly name: string;
  readonly discrete: boolean;
  /** Columns that are in use: those that have one value in every row are left out. */
  readonly columns: number;
}

/** What `mutualInformation()` returns: I(x; y) by each estimator, in bits, and how each side was read. */
export interface MutualInformation {
  readonly x: SideSummary;
  readonly y: SideSummary;
  /** In use: those that lack a value may be left out. */
  readonly rows: number;
  /** I(x; y) in bits by each estimator, with its standard error where it has one. */
  readonly estimates: readonly MutualInformationEstimate[];
  /** H of each side, where it was asked for. */
  readonly entropies: readonly EntropyRow[] | undefined;
  readonly warnings: readonly string[];
}

export type { EntropyRow, MiMethod, MiOptions, MutualInformationEstimate };

/**
 * I(x; y) in bits of columns of a table, by every estimator that fits: discrete sides by their counts with bias
 * corrections and tests of independence, continuous ones by nearest neighbours (Kraskov, Stögbauer & Grassberger 2004;
 * Gao et al. 2017), one of each by Ross (2014) and by a linear decoder. What the command `causalscope mi` prints.
 *
 * @param table as `tableFrom()` reads it, or `{ shape: [rows, columns], values }`, row-major.
 * @example
 * ```ts
 * const file = new TextEncoder().encode("wet,umbrella\n0,no\n0,no\n0,no\n1,no\n1,yes\n1,yes\n1,yes\n1,yes\n");
 * const table = tableFrom(file, "days.csv", { words: "categories" });
 * const { estimates } = mutualInformation(table, { x: "wet", y: "umbrella", method: ["plug-in"] });
 * console.log(estimates[0]?.bits?.toFixed(3)); // 0.549
 * ```
 * @throws InvalidInputError for columns that are not there, fewer than 2 rows, options out of range or unknown, and
 *   methods that do not fit; FormatError for missing values where they are refused.
 */
export function mutualInformation(table: NumberTable, options: MutualInformationOptions): MutualInformation {
  const given = parse(mutualInformationOptions, options, "mutualInformation()");
  const { yTable = table } = options;
  const { discrete, missing, entropies } = given;
  requireTable(table, "mutualInformation()");
  requireTable(yTable, "mutualInformation(): yTable");
  const [first, second] = [tableSide(table, options, "x"), tableSide(yTable, options, "y")];
  check(first.table.shape[0] === second.table.shape[0], {
    who: second.who,
    expected: `${first.table.shape[0]} rows in the table of y, as in that of x`,
    got: `${second.table.shape[0]}`,
  });
  const said = (side: "x" | "y") => (discrete === undefined ? undefined : discrete === side || discrete === "both");
  const { rows, dropped } = wholeRows([first, second], missing);
  const [x, y] = [sideOf(first, rows, said("x")), sideOf(second, rows, said("y"))];
  check(rows.length >= 2, { who: first.who, expected: "at least 2 rows", got: `${rows.length}` });
  const notes = [...new Set([...(table.notes ?? []), ...(yTable.notes ?? []), ...x.notes, ...y.notes])];
  if (dropped > 0) notes.push(droppedNote(dropped, table.shape[0]!));
  const { bins, k, permutations, neighbourPermutations, seed, scale, jitter, noise, method } = given;
  const full: MiOptions = {
    ...{ bins, k, permutations, neighbourPermutations, seed, scale },
    ...(jitter !== undefined && { jitter }),
    ...(noise !== undefined && { noise }),
    ...(method !== undefined && { method }),
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
  check(Array.isArray(table?.shape) && table.values instanceof Float64Array && table.shape[0]! > 0, {
    who,
    expected: "a table { shape: [rows, columns], values: Float64Array } with at least one row, as tableFrom() gives it",
    got: kindOfValue(table),
  });
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
    const expected = known.length > 0 ? `one of the columns ${known.join(", ")}` : `a column from 0 to ${width - 1}`;
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
  check(worded === undefined || discrete !== false, {
    who,
    expected: "columns of numbers, because discrete says that they are continuous",
    got: `${worded?.name}, of words`,
    remedy: "Words are categories: do not set `discrete`.",
  });
  const notes = all.flatMap(({ name, words }) =>
    words === undefined ? [] : [`${name} is read as ${words.length} categories: ${shownWords(words)}`],
  );
  const still = all.filter(({ values }) => values.every((value) => value === values[0]));
  const used = all.filter((column) => !still.includes(column));
  for (const { name, words, values } of still) {
    const value = words?.[values[0]!] ?? `${values[0]}`;
    notes.push(`${name} is ${value} in every row, and has no information${used.length > 0 ? ": it is left out" : ""}`);
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
