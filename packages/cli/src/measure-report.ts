/** `causalscope measure --out`: a folder with the page, its figures, and the values as tables. */

import { basename } from "node:path";
import { binsText } from "@causalscope/core/internal";
import { DEFAULT_MEMORY, DEFAULT_TOLERANCE } from "@causalscope/core/measures";
import type { ModelReportSpec } from "@causalscope/report";
import { measurementColumns } from "@causalscope/runs";
import type { Io } from "./io.ts";
import type { MeasuredFile } from "./measure-files.ts";
import { rangesText } from "./measure-flags.ts";
import type { MeasureRequest } from "./measure-json.ts";
import { dataTable, writeResultFolder } from "./result-folder.ts";

/** Name of the tables with every value. */
export const TABLE = "measurements";

export async function writeModelReport(
  folder: string,
  files: readonly MeasuredFile[],
  request: MeasureRequest,
  io: Io,
): Promise<void> {
  const { modelFigures, modelReportHtml, modelRows } = await import("@causalscope/report");
  const { flags, bins, version } = request;
  const names = files.map(({ file }) => basename(file));
  const { seed, tolerance, samples, outside, offset, memory = DEFAULT_MEMORY, method } = flags;
  const spec: ModelReportSpec = {
    title: names.length === 1 ? names[0]! : `${names.length} checkpoints, ${names[0]} to ${names.at(-1)}`,
    version,
    seed,
    settings: [
      ["files", files.map(({ file }) => file).join(", ")],
      ["bins", binsText(bins)],
      ["ranges", rangesText(flags)],
      ["outside the range", outside],
      ["output bins begin", offset],
      ["EI by", method],
      ["tolerance", `${tolerance ?? (samples === undefined ? DEFAULT_TOLERANCE : "none")} bits`],
      ["seed", `${seed}`],
      ["memory for a layer", `${memory / 1e6} MB`],
    ],
    models: files.map(({ file, layers, notMeasured }) => ({ who: file, layers, notMeasured })),
  };
  const content = {
    page: modelReportHtml(spec),
    figures: modelFigures(spec),
    tables: [dataTable(TABLE, measurementColumns, modelRows(spec))],
  };
  await writeResultFolder(folder, content, io);
}
