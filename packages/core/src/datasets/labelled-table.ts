/** A user's own examples: a table of inputs and a label for each row. */
import * as v from "valibot";
import { check } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { listOf } from "../checks/schema/lists.ts";
import { parse } from "../checks/schema/parse.ts";
import { options } from "../checks/schema/records.ts";
import { oneOf, text, whole } from "../checks/schema/scalars.ts";
import { type Dataset, dataset } from "./dataset.ts";
import { type CellTable, columnName, type Missing, missingPolicies, valueAt, wholeRows } from "./number-table.ts";
import { droppedNote } from "./read-table.ts";

/** Where labels come from, and what they may be. */
export interface LabelSource {
  /** The labels' own path, for errors. */
  readonly labels?: string | undefined;
  /** The classes that there are: labels that are whole numbers below it are positions among them. */
  readonly classes?: number;
  /** A clause after the range of labels in errors. */
  readonly because?: string;
  /** What becomes of rows that lack a value. Default: an error. */
  readonly missing?: Missing;
  /** The labels of other examples, class by class, which these must agree with. */
  readonly known?: readonly string[];
}

const labelSource = options({
  labels: v.optional(text),
  classes: v.optional(whole(1)),
  because: v.optional(text),
  missing: v.optional(oneOf(missingPolicies), "refuse"),
  known: v.optional(listOf(text)),
});

/** A data set from a table, with the names of its columns. */
export interface LabelledTable extends Dataset {
  readonly classes: readonly string[];
  /** Of the inputs. */
  readonly columns: readonly string[];
  /** What a reader of results should know: clauses. */
  readonly notes: readonly string[];
}

/**
 * A data set from a table of inputs and labels. Labels may be words or any whole numbers; where they are left out, the
 * table's last column holds them. Labels other than 0 … n − 1 become classes in the order of the numbers or of the
 * alphabet. Inputs are taken as they are; of a column of words, false and true are 0 and 1, and other words are a
 * column each, 1 where it is that word.
 *
 * @param who Names the table in errors: its path. @param source The labels' own path, and the classes that there can
 *   be.
 * @example
 * ```ts
 * const bytes = new TextEncoder().encode("length,colour,kind\n1.5,red,long\n0.5,blue,short\n");
 * const data = labelledTable(tableFrom(bytes, "parts.csv", { words: "categories" }), undefined, "parts.csv");
 * console.log(data.columns.join(" ")); // length colour=blue colour=red
 * console.log(data.classes.join(" "), data.labels?.join(" ")); // long short 0 1
 * ```
 * @throws InvalidInputError for labels that are not whole, another number of them, fewer than two classes, a class
 *   without an example, or missing values, unless rows that have them are to be left out.
 */
export function labelledTable(
  values: CellTable,
  labels: CellTable | undefined,
  who: string,
  source: LabelSource = {},
): LabelledTable {
  const { missing } = parse(labelSource, source, "labelledTable()");
  const labelled = source.labels ?? who;
  const count = values.shape[0]!;
  const width = values.values.length / count;
  check(labels !== undefined || width >= 2, () => ({
    who,
    expected: "columns of inputs and a last column of labels",
    got: `${width} column`,
    remedy: "Pass the labels separately, as `labels`.",
  }));
  // A list may be a row, or a column.
  const list = labels === undefined ? values : { ...labels, shape: [labels.values.length, 1] };
  check(list.shape[0] === count, () => ({
    who: labelled,
    expected: `${count} labels, one per row`,
    got: `${list.shape[0]}`,
  }));
  const at = labels === undefined ? width - 1 : 0;
  const inputs = Array.from({ length: labels === undefined ? width - 1 : width }, (_, column) => column);
  const parts = [
    { table: values, columns: inputs, who },
    { table: list, columns: [at], who: labelled },
  ];
  const { rows, dropped } = wholeRows(parts, missing);
  const notes = [...(values.notes ?? []), ...(labels?.notes ?? [])];
  if (dropped > 0) notes.push(droppedNote(dropped, count));
  const found = classesOf(list, at, rows, labelled, source);
  const wide = inputColumns(values, inputs, rows, who);
  return {
    ...dataset({
      name: who,
      inputs: { data: wide.values, shape: [rows.length, wide.columns.length] },
      labels: found.labels,
      classes: found.classes,
    }),
    classes: found.classes,
    columns: wide.columns,
    notes: [...notes, ...wide.notes, ...found.notes],
  };
}

interface Classes {
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  readonly notes: readonly string[];
}

/** Most classes that there can be. */
const MOST_CLASSES = 65_536;

function classesOf(list: CellTable, column: number, rows: Int32Array, who: string, source: LabelSource): Classes {
  const words = list.categories?.get(column);
  const values = Array.from(rows, (row) => valueAt(list, row, column));
  if (words === undefined) {
    const wrong = values.findIndex((value) => !Number.isSafeInteger(value));
    check(wrong < 0, () => ({
      who,
      expected: "labels that are whole numbers from 0",
      got: `${values[wrong]} in row ${rows[wrong]} (from 0)`,
    }));
  }
  const nameOf = (value: number) => words?.[value] ?? `${value}`;
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const { known, classes: most = MOST_CLASSES, because = "" } = source;
  const isPosition = words === undefined && distinct.every((value) => value >= 0 && value < most);
  const isWhole = isPosition && distinct.every((value, place) => value === place);
  if (known !== undefined) return asKnown(values, rows, nameOf, known, who);
  if (words === undefined && distinct.length > most && source.classes !== undefined) {
    const above = values.findIndex((value) => value < 0 || value >= most);
    const got = `${values[above]} in row ${rows[above]} (from 0)`;
    throw new InvalidInputError({ who, expected: `labels from 0 to ${most - 1}${because}`, got });
  }
  if (isWhole || (isPosition && source.classes !== undefined)) {
    const classes = distinct.at(-1)! + 1;
    requireAll(classes, distinct, who);
    return { labels: Int32Array.from(values), classes: namesUpTo(source.classes ?? classes), notes: [] };
  }
  check(distinct.length >= 2, () => ({
    who,
    expected: "examples of at least two labels",
    got: `only the label ${nameOf(distinct[0]!)}`,
  }));
  const names = distinct.map(nameOf);
  if (source.classes === undefined ? names.length > MOST_CLASSES : names.length !== source.classes) {
    const expected =
      source.classes === undefined ? `at most ${MOST_CLASSES} labels` : `${source.classes} labels${because}`;
    throw new InvalidInputError({ who, expected, got: `${names.length}: ${shownList(names)}` });
  }
  const place = new Map(distinct.map((value, k) => [value, k]));
  return { labels: Int32Array.from(values, (value) => place.get(value)!), classes: names, notes: [mapNote(names)] };
}

function namesUpTo(count: number): string[] {
  return Array.from({ length: Math.max(2, count) }, (_, label) => `${label}`);
}

function mapNote(names: readonly string[]): string {
  const pairs = names.map((name, label) => `${name} → ${label}`);
  return `labels are classes in this order: ${shownList(pairs)}`;
}

function shownList(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 12).join(", ")} … (${names.length})` : names.join(", ");
}

function requireAll(classes: number, distinct: readonly number[], who: string): void {
  const absent = Array.from({ length: classes }, (_, label) => label).find((label, k) => distinct[k] !== label);
  check(classes >= 2 && absent === undefined, () => ({
    who,
    expected: `examples of each label from 0 to ${Math.max(1, classes - 1)}`,
    got: absent === undefined ? "only the label 0" : `none of the label ${absent}`,
  }));
}

function asKnown(
  values: readonly number[],
  rows: Int32Array,
  nameOf: (value: number) => string,
  known: readonly string[],
  who: string,
): Classes {
  const places = new Map(known.map((name, place) => [name, place]));
  const labels = Int32Array.from(values, (value) => places.get(nameOf(value)) ?? -1);
  const wrong = labels.indexOf(-1);
  check(wrong < 0, () => ({
    who,
    expected: `one of the labels of the other examples: ${shownList(known)}`,
    got: `${nameOf(values[wrong]!)} in row ${rows[wrong]} (from 0)`,
  }));
  return { labels, classes: known, notes: [] };
}

/** Words of a column, each of which is an input: more are names, or texts. */
const MOST_WORDS = 1000;

const TRUTHS = ["false,true", "no,yes", "f,t", "n,y"];

/** The inputs as numbers. */
function inputColumns(table: CellTable, columns: readonly number[], rows: Int32Array, who: string) {
  const notes: string[] = [];
  const made: { readonly name: string; readonly of: (value: number) => number; readonly column: number }[] = [];
  for (const column of columns) {
    const name = columnName(table, column);
    const words = table.categories?.get(column);
    if (words === undefined || TRUTHS.includes(words.join(",").toLowerCase())) {
      made.push({ name, column, of: (value) => value });
      if (words !== undefined) notes.push(`${name}: ${words[0]} is 0, ${words[1]} is 1`);
      continue;
    }
    check(words.length <= MOST_WORDS, () => ({
      who: `${who}: ${name}`,
      expected: `numbers, or at most ${MOST_WORDS} different words`,
      got: `${words.length} words`,
      remedy: "Remove the column from the file.",
    }));
    for (const [place, word] of words.entries()) {
      made.push({ name: `${name}=${word}`, column, of: (value) => Number(value === place) });
    }
    notes.push(`${name}: each of its ${words.length} words is an input of its own, 0 or 1`);
  }
  const values = new Float64Array(rows.length * made.length);
  for (const [k, row] of rows.entries()) {
    for (const [i, { column, of }] of made.entries()) values[k * made.length + i] = of(valueAt(table, row, column));
  }
  return { values, columns: made.map(({ name }) => name), notes };
}
