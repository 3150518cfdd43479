/** A run's rows as CSV and Parquet: the same columns, in full precision (a float64 comes back to the same bits). */

import type { Estimate } from "@causalscope/core";
import { escapedLines } from "@causalscope/core/basics";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { MeasurementRow, TrainingRow, ValueRow } from "./row-tables.ts";

/** The types of columns, as Parquet calls them. */
export type ColumnType = "INT64" | "DOUBLE" | "STRING";

/** A column of a table that is written to a file: its name, its type, and its value in a row. */
export interface Column<Row> {
  readonly name: string;
  readonly type: ColumnType;
  /** Undefined in a row that has none: an empty field in CSV, null in Parquet, where the column must be nullable. */
  readonly of: (row: Row) => number | string | undefined;
  readonly nullable?: boolean;
}

/**
 * The columns of an estimated bracket: the standard errors of its ends, the proved bounds, and the evidence behind it.
 *
 * @example
 * ```ts
 * const columns = evidenceColumns<Estimate>((estimate) => estimate);
 * console.log(columns.slice(0, 2).map(({ name }) => name)); // [ 'bracket_lower_error', 'bracket_upper_error' ]
 * ```
 */
export function evidenceColumns<Row>(
  value: (row: Row) => Pick<Estimate, "bracketError" | "bounds" | "evidence">,
): Column<Row>[] {
  return [
    { name: "bracket_lower_error", type: "DOUBLE", nullable: true, of: (row) => value(row).bracketError?.[0] },
    { name: "bracket_upper_error", type: "DOUBLE", nullable: true, of: (row) => value(row).bracketError?.[1] },
    { name: "bound_lower", type: "DOUBLE", nullable: true, of: (row) => value(row).bounds?.[0] },
    { name: "bound_upper", type: "DOUBLE", nullable: true, of: (row) => value(row).bounds?.[1] },
    { name: "route_output", type: "STRING", nullable: true, of: (row) => value(row).evidence?.routes.output },
    { name: "route_cell", type: "STRING", nullable: true, of: (row) => value(row).evidence?.routes.cell },
    { name: "effective_samples", type: "DOUBLE", nullable: true, of: (row) => value(row).evidence?.effectiveSamples },
    { name: "guarded", type: "INT64", nullable: true, of: (row) => value(row).evidence?.guarded },
  ];
}

/** The columns of the table of measurements, as a run folder has them. */
export const measurementColumns: readonly Column<MeasurementRow>[] = [
  { name: "seed", type: "INT64", of: (row) => row.seed },
  { name: "epoch", type: "INT64", of: (row) => row.epoch },
  { name: "layer", type: "INT64", of: (row) => row.layer },
  { name: "layer_name", type: "STRING", of: (row) => row.layerName },
  { name: "measure", type: "STRING", of: (row) => row.measure },
  { name: "bits", type: "DOUBLE", of: (row) => row.bits },
  { name: "standard_error", type: "DOUBLE", of: (row) => row.standardError },
  { name: "method", type: "STRING", of: (row) => row.method },
  { name: "samples", type: "INT64", of: (row) => row.samples },
  { name: "outside", type: "DOUBLE", of: (row) => row.outside },
  { name: "warnings", type: "STRING", of: (row) => row.warnings },
  { name: "bracket_lower", type: "DOUBLE", nullable: true, of: (row) => row.bracket?.[0] },
  { name: "bracket_upper", type: "DOUBLE", nullable: true, of: (row) => row.bracket?.[1] },
  ...evidenceColumns((row: MeasurementRow) => row),
];

/** The columns of the table of training, as a run folder has them. */
export const trainingColumns: readonly Column<TrainingRow>[] = [
  { name: "seed", type: "INT64", of: (row) => row.seed },
  { name: "epoch", type: "INT64", of: (row) => row.epoch },
  { name: "step", type: "INT64", of: (row) => row.step },
  { name: "train_loss", type: "DOUBLE", of: (row) => row.trainLoss },
  { name: "test_loss", type: "DOUBLE", of: (row) => row.testLoss },
  { name: "train_accuracy", type: "DOUBLE", of: (row) => row.trainAccuracy },
  { name: "test_accuracy", type: "DOUBLE", of: (row) => row.testAccuracy },
];

/**
 * The columns of a table of values: one for each thing that was varied, as the first row names them, then the value.
 *
 * @example
 * ```ts
 * const edge = await study("edge");
 * const [part] = edge.parts(studyOptions(edge, { weightStep: 5 }));
 * for await (const { rows } of edge.run(part, {})) {
 *   const columns = valueColumns(rows.values ?? []);
 *   console.log(columns.slice(0, 4).map(({ name }) => name)); // [ 'activation', 'bins', 'weight', 'measure' ]
 * }
 * ```
 */
export function valueColumns(rows: readonly ValueRow[]): Column<ValueRow>[] {
  const varied = Object.keys(rows[0]?.setting ?? {}).map((name): Column<ValueRow> => {
    const type = rows.some(({ setting }) => typeof setting[name] === "string") ? "STRING" : "DOUBLE";
    return {
      name: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      type,
      of: (row) => row.setting[name],
    };
  });
  return [
    ...varied,
    { name: "measure", type: "STRING", of: (row) => row.measure },
    { name: "value", type: "DOUBLE", of: (row) => row.value },
    { name: "unit", type: "STRING", of: (row) => row.unit },
    { name: "standard_error", type: "DOUBLE", of: (row) => row.standardError },
    { name: "method", type: "STRING", of: (row) => row.method },
    { name: "samples", type: "INT64", of: (row) => row.samples },
  ];
}

/**
 * The rows as CSV: RFC 4180 with "\n" line ends and a header; numbers in the shortest form that reads back to the same float64. A text that
 * a spreadsheet would take for a formula gets a ' before it (as OWASP advises against CSV injection), and control characters but line ends
 * are written out.
 *
 * @example
 * ```ts
 * const columns: Column<{ layer: string; bits: number }>[] = [
 *   { name: "layer", type: "STRING", of: ({ layer }) => layer },
 *   { name: "bits", type: "DOUBLE", of: ({ bits }) => bits },
 * ];
 * console.log(csv(columns, [{ layer: "first", bits: 2.5 }]).split("\n")); // [ 'layer,bits', 'first,2.5', '' ]
 * ```
 */
export function csv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ of }) => csvField(of(row))))];
  return lines.map((fields) => `${fields.join(",")}\n`).join("");
}

/**
 * The rows as JSON: an array of objects with the columns' names, a row on each line. A value that a row does not have is null.
 *
 * @example
 * ```ts
 * const columns: Column<{ layer: string; bits: number }>[] = [
 *   { name: "layer", type: "STRING", of: ({ layer }) => layer },
 *   { name: "bits", type: "DOUBLE", of: ({ bits }) => bits },
 * ];
 * const json = jsonRows(columns, [{ layer: "first", bits: 2.5 }]);
 * console.log(JSON.parse(json)); // [ { layer: 'first', bits: 2.5 } ]
 * ```
 */
export function jsonRows<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = rows.map((row) =>
    JSON.stringify(Object.fromEntries(columns.map(({ name, of }) => [name, of(row) ?? null]))),
  );
  return `[\n${lines.join(",\n")}\n]\n`;
}

/**
 * The rows as the bytes of a Parquet file, packed by Snappy; the same rows give the same bytes. Columns have no nulls unless they are
 * nullable.
 *
 * @example
 * ```ts
 * const columns: Column<{ layer: string; bits: number }>[] = [
 *   { name: "layer", type: "STRING", of: ({ layer }) => layer },
 *   { name: "bits", type: "DOUBLE", of: ({ bits }) => bits },
 * ];
 * const bytes = parquet(columns, [{ layer: "first", bits: 2.5 }]);
 * console.log(new TextDecoder().decode(bytes.subarray(0, 4))); // PAR1
 * ```
 */
export function parquet<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Uint8Array {
  const columnData = columns.map(({ name, type, nullable = false, of }) => ({
    name,
    type,
    nullable,
    data: rows.map(of).map((value) => (value === undefined ? null : type === "INT64" ? BigInt(value) : value)),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, createdBy: "causalscope" }));
}

/** How formulas begin in spreadsheets, in characters of full width too, and after quotes and spaces that some of them pass over. */
const FORMULA = /^["\s]*[=+\-@＝＋－＠]/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

function csvField(value: number | string | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : `${value}`;
  const text = escapedLines(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
