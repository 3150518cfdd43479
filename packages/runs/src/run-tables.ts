/** The tables of a run by the names of their files. */
import type { StoredResult } from "./journal-rows.ts";
import { joinedRows, type TableName } from "./row-tables.ts";
import { csv, measurementColumns, parquet, trainingColumns, valueColumns } from "./table-files.ts";

/** The tables by the names of their files. One whose columns come from its rows is not there before its first row. */
export function tablesOf(
  finished: readonly StoredResult[],
  tables: readonly TableName[],
): Record<string, string | Uint8Array> {
  const rows = joinedRows(finished);
  const made: Record<string, string | Uint8Array> = {};
  if (tables.includes("measurements")) {
    made["measurements.csv"] = csv(measurementColumns, rows.measurements);
    made["measurements.parquet"] = parquet(measurementColumns, rows.measurements);
  }
  if (tables.includes("training")) {
    made["training.csv"] = csv(trainingColumns, rows.training);
    made["training.parquet"] = parquet(trainingColumns, rows.training);
  }
  if (tables.includes("values") && rows.values.length > 0) {
    const columns = valueColumns(rows.values);
    made["values.csv"] = csv(columns, rows.values);
    made["values.parquet"] = parquet(columns, rows.values);
  }
  return made;
}
