/** The tables of a run by the names of their files. */
import type { StoredResult } from "./journal-rows.ts";
import { joinedRows, type TableName } from "./row-tables.ts";
import { csv, measurementColumns, parquet, trainingColumns, valueColumns } from "./table-files.ts";

/** What makes the tables, by the names of their files. One whose columns come from its rows is not there before its first row. */
export function tableMakers(
  finished: readonly StoredResult[],
  tables: readonly TableName[],
): Record<string, () => string | Uint8Array> {
  const rows = joinedRows(finished);
  return {
    ...(tables.includes("measurements") && {
      "measurements.csv": () => csv(measurementColumns, rows.measurements),
      "measurements.parquet": () => parquet(measurementColumns, rows.measurements),
    }),
    ...(tables.includes("training") && {
      "training.csv": () => csv(trainingColumns, rows.training),
      "training.parquet": () => parquet(trainingColumns, rows.training),
    }),
    ...(tables.includes("values") &&
      rows.values.length > 0 && {
        "values.csv": () => csv(valueColumns(rows.values), rows.values),
        "values.parquet": () => parquet(valueColumns(rows.values), rows.values),
      }),
  };
}

/** The tables by the names of their files. */
export function tablesOf(
  finished: readonly StoredResult[],
  tables: readonly TableName[],
): Record<string, string | Uint8Array> {
  return Object.fromEntries(Object.entries(tableMakers(finished, tables)).map(([name, make]) => [name, make()]));
}
