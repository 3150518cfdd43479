/** A folder with results: a page, its figures, and the data as CSV and Parquet. What `--out` writes where there is no run. */
import { InvalidInputError } from "@causalscope/core/errors";
import type { NamedFigure } from "@causalscope/report";
import { type Column, csv, parquet } from "@causalscope/runs";
import { type Io, print } from "./io.ts";

export const PAGE = "report.html";
const FIGURES = "figures";

/** Rows, and what is written of each. */
export interface DataTable {
  readonly name: string;
  readonly csv: string;
  readonly parquet: Uint8Array;
}

export function dataTable<Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[]): DataTable {
  return { name, csv: csv(columns, rows), parquet: parquet(columns, rows) };
}

/**
 * To be called before long work.
 *
 * @param tables names of the tables that will be written.
 * @throws InvalidInputError for a folder that holds anything else.
 */
export function requireResultFolder(folder: string, flag: string, tables: readonly string[], io: Io): void {
  const own = [PAGE, FIGURES, ...tables.flatMap((name) => [`${name}.csv`, `${name}.parquet`])];
  const foreign = io.storage.list(folder)?.find((name) => !own.includes(name));
  if (foreign === undefined) return;
  throw new InvalidInputError({
    who: flag,
    expected: "a new folder, or one with a report of the same command",
    got: `${foreign} in ${folder}`,
    remedy: "Choose another folder.",
  });
}

export interface FolderContent {
  readonly page: string;
  readonly figures: readonly NamedFigure[];
  readonly tables: readonly DataTable[];
}

/** Writes the folder, and says where its page is. */
export async function writeResultFolder(
  folder: string,
  { page, figures, tables }: FolderContent,
  io: Io,
): Promise<void> {
  for (const { name, csv, parquet } of tables) {
    io.storage.write(`${folder}/${name}.csv`, csv);
    io.storage.write(`${folder}/${name}.parquet`, parquet);
  }
  await writeFigures(`${folder}/${FIGURES}`, figures, io);
  io.storage.write(`${folder}/${PAGE}`, page);
  print(io.stderr, `Report: ${folder}/${PAGE}\n`);
}

/** Each as SVG and PNG. */
export async function writeFigures(folder: string, figures: readonly NamedFigure[], io: Io): Promise<void> {
  const { png } = await import("@causalscope/report/node");
  for (const { name, svg } of figures) {
    io.storage.write(`${folder}/${name}.svg`, svg);
    io.storage.write(`${folder}/${name}.png`, png(svg));
  }
}
