/** `causalscope export RUN`: the rows of a run as CSV, Parquet, JSON or NDJSON. */

import { InvalidInputError } from "@causalscope/core/errors";
import type { StudyRun } from "@causalscope/runs";
import {
  type Column,
  csv,
  jsonRows,
  measurementColumns,
  parquet,
  trainingColumns,
  valueColumns,
} from "@causalscope/runs";
import { tablesOfStudy } from "@causalscope/runs/internal";
import { readStudyRun } from "@causalscope/studies/runs";
import type { Command } from "commander";
import { choiceOption } from "./choices.ts";
import { chosenFormat, ndjson } from "./format.ts";
import { addExamples } from "./help.ts";
import type { Io } from "./io.ts";

const FORMATS = ["csv", "parquet", "json", "ndjson"] as const;
type Format = (typeof FORMATS)[number];

const TABLES = ["measurements", "training", "values"] as const;

interface ExportFlags {
  readonly table?: (typeof TABLES)[number];
  readonly out?: string;
}

export function exportCommand(command: Command, io: Io): void {
  command
    .argument("<run>", "run folder")
    .description(
      "Writes a table of a run, by default its measurements (for a study that trains no network, its values). Text goes to standard output unless --out is given.",
    )
    .allowExcessArguments(false)
    .addOption(
      choiceOption(
        "--format <name>",
        "csv, parquet (needs --out), json (an array of objects) or ndjson",
        FORMATS,
        "csv",
      ),
    )
    .option("--csv", "same as --format csv")
    .option("--parquet", "same as --format parquet")
    .option("--json", "same as --format json")
    .addOption(choiceOption("--table <name>", "measurements, training or values", TABLES))
    .option("--out <file>", "file to write")
    .action((folder: string, flags: ExportFlags) => {
      return runExport(folder, flags, chosenFormat(command, FORMATS) ?? "csv", io);
    });
  addExamples(
    command,
    io,
    [
      ["causalscope export runs/iris > iris.csv"],
      ["causalscope export runs/iris --table training --format json"],
      ["causalscope export runs/edge --format parquet --out edge.parquet"],
    ],
    "docs/run-tables.md describes every column.",
  );
}

async function runExport(folder: string, flags: ExportFlags, format: Format, io: Io): Promise<void> {
  if (format === "parquet" && flags.out === undefined) {
    throw new InvalidInputError({ who: "export", expected: "--out FILE for Parquet, which is not text", got: "none" });
  }
  const run = await readStudyRun(folder, io.storage);
  const content = write(run, flags.table ?? tablesOfStudy(run.study)[0]!, format);
  if (flags.out !== undefined) io.storage.write(flags.out, content);
  else io.stdout.write(content as string);
}

function write({ rows, study, folder }: StudyRun, table: string, format: Format): string | Uint8Array {
  const as = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => {
    if (format === "parquet") return parquet(columns, rows);
    if (format === "ndjson") return ndjson(columns, rows);
    return format === "csv" ? csv(columns, rows) : jsonRows(columns, rows);
  };
  const tables = tablesOfStudy(study);
  if (!tables.some((name) => name === table)) {
    const expected = `${tables.join(" or ")}, the tables of ${folder}`;
    throw new InvalidInputError({ who: "--table", expected, got: JSON.stringify(table) });
  }
  if (table === "values") return as(valueColumns(rows.values), rows.values);
  return table === "training" ? as(trainingColumns, rows.training) : as(measurementColumns, rows.measurements);
}
