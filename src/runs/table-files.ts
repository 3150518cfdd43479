/** A run's rows as CSV and Parquet: the same columns, in full precision (a float64 comes back to the same bits). */
import { parquetWriteBuffer } from "hyparquet-writer";
import type { MeasurementRow, TrainingRow } from "./table.ts";

type ColumnType = "INT64" | "DOUBLE" | "STRING";

export interface Column<Row> {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (row: Row) => number | string;
}

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
];

export const trainingColumns: readonly Column<TrainingRow>[] = [
  { name: "seed", type: "INT64", of: (row) => row.seed },
  { name: "epoch", type: "INT64", of: (row) => row.epoch },
  { name: "step", type: "INT64", of: (row) => row.step },
  { name: "train_loss", type: "DOUBLE", of: (row) => row.trainLoss },
  { name: "test_loss", type: "DOUBLE", of: (row) => row.testLoss },
  { name: "train_accuracy", type: "DOUBLE", of: (row) => row.trainAccuracy },
  { name: "test_accuracy", type: "DOUBLE", of: (row) => row.testAccuracy },
];

/** RFC 4180 with "\n" line ends and a header; numbers in the shortest form that reads back to the same float64. */
export function csv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ of }) => csvField(of(row))))];
  return lines.map((fields) => `${fields.join(",")}\n`).join("");
}

/** Every column required (no nulls), Snappy; the same rows give the same bytes. */
export function parquet<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Uint8Array {
  const columnData = columns.map(({ name, type, of }) => ({
    name,
    type,
    nullable: false,
    data: rows.map((row) => (type === "INT64" ? BigInt(of(row)) : of(row))),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, createdBy: "causalscope" }));
}

function csvField(value: number | string): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : `${value}`;
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
