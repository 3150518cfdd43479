/** Examples to learn from: a table of inputs, a table of targets, and for classes the label of each row. */

import { check, countClasses, requireCount, requireFinite, requireList } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { kindOfValue, requireOptions } from "../checks/options-check.ts";
import { parse, shownInput } from "../checks/schema/parse.ts";
import { positiveInteger, seed as seedSchema } from "../checks/schema/scalars.ts";
import { Random, Stream, shuffle } from "../information/random.ts";

/** Examples to learn from: a table of inputs, a table of targets, and for classes the label of each row. */
export interface Dataset {
  readonly name: string;
  readonly rows: number;
  readonly features: number;
  readonly outputs: number;
  /** `[rows, features]`, row-major. */
  readonly inputs: Float64Array;
  /** `[rows, outputs]`, row-major: one-hot for classes, any numbers for a regression. */
  readonly targets: Float64Array;
  /** `[rows]`: the class of each row; undefined for a regression. */
  readonly labels: Int32Array | undefined;
  /** The classes' names, in the order of the labels. */
  readonly classes: readonly string[] | undefined;
}

/** One array per row, or flat and row-major with its shape. */
export type TableSpec =
  | readonly ArrayLike<number>[]
  | { readonly data: ArrayLike<number>; readonly shape: readonly [rows: number, columns: number] };

/** What `dataset()` makes a data set of: inputs, and targets, labels or both. */
export interface DatasetSpec {
  readonly name: string;
  readonly inputs: TableSpec;
  /** One-hot targets are made from `labels` where this is left out. */
  readonly targets?: TableSpec;
  /** With several outputs, 0 … outputs − 1; with a single output, 0 or 1 and equal to the target. */
  readonly labels?: ArrayLike<number>;
  readonly classes?: readonly string[];
}

/** @throws InvalidInputError for anything but a data set, and for one whose tables do not have the size that it says. */
export function requireDataset(value: unknown, who: string): asserts value is Dataset {
  const isOne =
    typeof value === "object" && value !== null && "inputs" in value && "rows" in value && "features" in value;
  if (isOne) return requireTables(value as unknown as Dataset, who);
  const isSplit = typeof value === "object" && value !== null && "train" in value;
  const remedy = isSplit
    ? "Pass one of its parts, such as data.train."
    : "dataset() creates one from inputs and labels.";
  throw new InvalidInputError({ who, expected: "a data set", got: kindOfValue(value), remedy });
}

function requireTables(data: Dataset, who: string): void {
  const { rows, features, outputs, inputs, targets, labels } = data;
  for (const [what, size] of Object.entries({ rows, features, outputs }))
    parse(positiveInteger, size, `${who}: ${what}`);
  requireCount(inputs, rows * features, `${who}: inputs`, `values, ${rows} × ${features}`);
  requireFinite(inputs, `${who}: inputs`);
  requireCount(targets, rows * outputs, `${who}: targets`, `values, ${rows} × ${outputs}`);
  requireFinite(targets, `${who}: targets`);
  if (labels === undefined) return;
  requireCount(labels, rows, `${who}: labels`, "labels, one for each row (undefined for a regression)");
  countClasses(labels, `${who}: labels`, Math.max(2, outputs));
}

/**
 * A data set of your own, checked and copied. Labels make one-hot targets, one output for each class.
 *
 * @example
 * ```ts
 * const and = dataset({ name: "AND", inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], labels: [0, 0, 0, 1] });
 * console.log(and.rows, and.outputs, and.targets.join("")); // 4 2 10101001
 * ```
 * @throws InvalidInputError for no rows, ragged rows, values that are not finite, tables and labels of different
 *   lengths, neither targets nor labels, labels without an output of their own, or classes that do not fit the labels.
 */
export function dataset(spec: DatasetSpec): Dataset {
  check(typeof spec?.name === "string" && spec.name !== "", () => ({
    who: "dataset()",
    expected: "a name",
    got: JSON.stringify(spec?.name) ?? "none",
  }));
  const who = `data set "${spec.name}"`;
  requireOptions(spec, { name: true, inputs: true, targets: true, labels: true, classes: true }, who);
  const inputs = readTable(spec.inputs, `${who}: inputs`);
  const labels = spec.labels === undefined ? undefined : readLabels(spec.labels, inputs.rows, who);
  check(spec.targets !== undefined || labels !== undefined, () => ({
    who,
    expected: "targets, or labels from which to make them",
    got: "neither",
  }));
  const targets =
    spec.targets === undefined
      ? oneHot(labels!, spec.classes?.length ?? labels!.reduce((most, label) => Math.max(most, label + 1), 2))
      : readTable(spec.targets, `${who}: targets`);
  check(targets.rows === inputs.rows, () => ({
    who: `${who}: targets`,
    expected: `${inputs.rows} rows, as many as inputs`,
    got: `${targets.rows}`,
  }));
  if (labels !== undefined) requireFit(labels, targets.data, targets.columns, who);
  const kinds = labels === undefined ? 0 : Math.max(2, targets.columns);
  check(spec.classes === undefined || spec.classes.length === kinds, () => ({
    who: `${who}: classes`,
    expected: labels === undefined ? "labels if classes are named" : `${kinds} names`,
    got: `${spec.classes?.length} names`,
  }));
  return {
    name: spec.name,
    rows: inputs.rows,
    features: inputs.columns,
    outputs: targets.columns,
    inputs: inputs.data,
    targets: targets.data,
    labels,
    classes: spec.classes === undefined ? undefined : [...spec.classes],
  };
}

/**
 * Shuffles the rows once and cuts them in two: the first `trainRows` to learn from, the rest to test on. The same seed
 * gives the same parts.
 *
 * @example
 * ```ts
 * const { train: toLearnFrom, test } = split(iris(), 100, 0);
 * console.log(toLearnFrom.rows, test.rows); // 100 50
 * ```
 * @throws InvalidInputError for what is no data set, and unless `trainRows` is whole and leaves at least one row on both sides.
 */
export function split(whole: Dataset, trainRows: number, seed: number): { train: Dataset; test: Dataset } {
  requireDataset(whole, "split()");
  check(Number.isInteger(trainRows) && trainRows >= 1 && trainRows < whole.rows, () => ({
    who: "split()",
    expected: `training rows, a whole number from 1 to ${whole.rows - 1}`,
    got: String(trainRows),
  }));
  parse(seedSchema, seed, "split(): seed");
  const order = Int32Array.from({ length: whole.rows }, (_, row) => row);
  shuffle(order, new Random(seed, Stream.split));
  return {
    train: pick(whole, order.subarray(0, trainRows), `${whole.name} (training)`),
    test: pick(whole, order.subarray(trainRows), `${whole.name} (test)`),
  };
}

/**
 * The same data set with every input multiplied by `factor`.
 *
 * @example
 * ```ts
 * // The longest measurement of an iris is 7.9 cm: after division by 8 all are within 0 and 1.
 * const { inputs } = scaleInputs(iris(), 1 / 8);
 * console.log(inputs.reduce((most, value) => Math.max(most, value))); // 0.9875
 * ```
 * @throws InvalidInputError for a factor that is 0 or not finite.
 */
export function scaleInputs(whole: Dataset, factor: number): Dataset {
  requireDataset(whole, "scaleInputs()");
  check(Number.isFinite(factor) && factor !== 0, () => ({
    who: "scaleInputs()",
    expected: "a finite, non-zero factor",
    got: String(factor),
  }));
  return { ...whole, inputs: whole.inputs.map((value) => value * factor) };
}

/**
 * Some rows of a data set, in the order given; a row may be given more than once.
 *
 * @param rows From 0. @param name Of the new data set.
 * @example
 * ```ts
 * const three = pick(iris(), [0, 50, 100], "one of each species");
 * console.log(three.rows, three.labels); // 3 Int32Array(3) [ 0, 1, 2 ]
 * ```
 * @throws InvalidInputError for a row that the data set does not have.
 */
export function pick(whole: Dataset, rows: ArrayLike<number>, name: string): Dataset {
  const who = "pick()";
  requireDataset(whole, who);
  requireList(rows, who, "rows");
  for (let at = 0; at < rows.length; at++) {
    const row: unknown = rows[at];
    if (Number.isInteger(row) && (row as number) >= 0 && (row as number) < whole.rows) continue;
    throw new InvalidInputError({
      who,
      expected: `rows from 0 to ${whole.rows - 1}`,
      got: `${shownInput(row)} at ${at}`,
    });
  }
  const { features, outputs } = whole;
  const inputs = new Float64Array(rows.length * features);
  const targets = new Float64Array(rows.length * outputs);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    inputs.set(whole.inputs.subarray(row * features, (row + 1) * features), at * features);
    targets.set(whole.targets.subarray(row * outputs, (row + 1) * outputs), at * outputs);
  }
  const labels = whole.labels === undefined ? undefined : Int32Array.from(rows, (row) => whole.labels![row]!);
  return { ...whole, name, rows: rows.length, inputs, targets, labels };
}

interface Table {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

function readTable(spec: TableSpec, who: string): Table {
  if (spec !== null && typeof spec === "object" && "data" in spec) {
    const [rows, columns] = spec.shape;
    check(isCount(rows) && isCount(columns) && spec.data.length === rows * columns, () => ({
      who,
      expected: "a shape [rows, columns], both at least 1, and a matching number of values",
      got: `shape [${spec.shape.join(", ")}] and ${spec.data.length} values`,
    }));
    const data = new Float64Array(rows * columns);
    copyNumbers(spec.data, data, 0, columns, who);
    return { rows, columns, data };
  }
  const rows = Array.isArray(spec) ? spec.length : 0;
  const columns = rows === 0 ? 0 : ((spec as readonly ArrayLike<number>[])[0]?.length ?? 0);
  check(rows !== 0 && columns !== 0, () => ({
    who,
    expected: "at least one row and one column",
    got: `${rows} rows of ${columns}`,
  }));
  const data = new Float64Array(rows * columns);
  for (const [row, values] of (spec as readonly ArrayLike<number>[]).entries()) {
    check(values?.length === columns, () => ({
      who,
      expected: `rows of ${columns} values, like row 0`,
      got: `${values?.length ?? "none"} in row ${row}`,
    }));
    copyNumbers(values, data, row * columns, columns, who);
  }
  return { rows, columns, data };
}

/** A typed array turns null and "1" into numbers; only finite numbers pass here. */
function copyNumbers(
  values: ArrayLike<number>,
  into: Float64Array,
  offset: number,
  columns: number,
  who: string,
): void {
  for (let i = 0; i < values.length; i++) {
    const value: unknown = values[i];
    if (typeof value !== "number" || !Number.isFinite(value)) {
      const at = offset + i;
      throw new InvalidInputError({
        who,
        expected: "finite numbers",
        got: `${value} in row ${Math.floor(at / columns)}, column ${at % columns}`,
      });
    }
    into[offset + i] = value;
  }
}

function readLabels(values: ArrayLike<number>, rows: number, who: string): Int32Array {
  check(values.length === rows, () => ({
    who: `${who}: labels`,
    expected: `${rows}, one per row`,
    got: `${values.length}`,
  }));
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const label = values[row]!;
    if (!Number.isInteger(label) || label < 0 || label >= 2 ** 16) {
      throw new InvalidInputError({
        who: `${who}: labels`,
        expected: "whole numbers from 0 to 65,535",
        got: `${label} in row ${row}`,
      });
    }
    labels[row] = label;
  }
  return labels;
}

function oneHot(labels: Int32Array, classes: number): Table {
  const columns = Math.max(2, classes);
  const data = new Float64Array(labels.length * columns);
  for (const [row, label] of labels.entries()) if (label < columns) data[row * columns + label] = 1;
  return { rows: labels.length, columns, data };
}

function requireFit(labels: Int32Array, targets: Float64Array, outputs: number, who: string): void {
  for (const [row, label] of labels.entries()) {
    if (outputs === 1 ? label !== targets[row] || label > 1 : label >= outputs) {
      throw new InvalidInputError({
        who: `${who}: labels`,
        expected: outputs === 1 ? "0 or 1, equal to the only target" : `labels below ${outputs}, the number of outputs`,
        got: `${label} in row ${row}`,
      });
    }
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
