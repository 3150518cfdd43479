/** `causalscope export RUN`: the rows of a run as CSV, Parquet or JSON. */

import { InvalidInputError } from "@causalscope/core/errors";
import {
  type Column,
  csv,
  jsonRows,
  measurementColumns,
  parquet,
  type ReadRun,
  readRun,
  trainingColumns,
  valueColumns,
} from "@causalscope/runs";
import type { Command } from "commander";
import type { Io } from "./io.ts";

const FORMATS = ["csv", "parquet", "json"] as const;
type Format = (typeof FORMATS)[number];

interface ExportFlags extends Partial<Record<Format, boolean>> {
  readonly table?: string;
  readonly out?: string;
}

export function exportCommand(command: Command, io: Io): void {
  command
    .argument("<run>")
    .description(
      "Writes a table of a run: its measurements (of a study without training its values), or --table training.\nWithout --out, CSV and JSON go to standard output.",
    )
    .allowExcessArguments(false)
    .option("--csv", "comma-separated values (the default)")
    .option("--parquet", "Parquet, for DuckDB and pandas; needs --out")
    .option("--json", "an array of objects")
    .option("--table <name>", "measurements, training or values")
    .option("--out <file>", "file to write")
    .addHelpText(
      "after",
      `
Examples:
  $ causalscope export runs/iris --csv > iris.csv
  $ causalscope export runs/iris --table training --json
  $ causalscope export runs/edge --parquet --out edge.parquet

docs/runs.md describes every column.`,
    )
    .action((folder: string, flags: ExportFlags) => runExport(folder, flags, io));
}

function runExport(folder: string, flags: ExportFlags, io: Io): void {
  const chosen = FORMATS.filter((format) => flags[format] === true);
  if (chosen.length > 1) {
    const got = chosen.map((format) => `--${format}`).join(" and ");
    throw new InvalidInputError({ who: "export", expected: "one of --csv, --parquet, --json", got });
  }
  const format = chosen[0] ?? "csv";
  if (format === "parquet" && flags.out === undefined) {
    throw new InvalidInputError({ who: "export", expected: "--out FILE for Parquet, which is not text", got: "none" });
  }
  const run = readRun(folder, io.storage);
  const content = write(run, flags.table ?? (run.study.kind === "training" ? "measurements" : "values"), format);
  if (flags.out !== undefined) io.storage.write(flags.out, content);
  else io.stdout.write(content as string);
}

function write(run: ReadRun, table: string, format: Format): string | Uint8Array {
  const { finished, values, study, folder } = run;
  const as = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => {
    if (format === "parquet") return parquet(columns, rows);
    return format === "csv" ? csv(columns, rows) : jsonRows(columns, rows);
  };
  const tables = study.kind === "training" ? ["measurements", "training"] : ["values"];
  if (!tables.includes(table)) {
    const expected = `${tables.join(" or ")}, the tables of ${folder}`;
    throw new InvalidInputError({ who: "--table", expected, got: JSON.stringify(table) });
  }
  if (table === "values") return as(valueColumns(values), values);
  if (table === "training")
    return as(
      trainingColumns,
      finished.map(({ training }) => training),
    );
  return as(
    measurementColumns,
    finished.flatMap(({ measurements }) => measurements),
  );
}
