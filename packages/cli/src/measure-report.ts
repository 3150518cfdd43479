/** `causalscope measure --report`: a folder with the page, its figures, and the values as tables. */

import { basename } from "node:path";
import { InvalidInputError } from "@causalscope/core/errors";
import { binsText } from "@causalscope/core/internal";
import { DEFAULT_MEMORY, DEFAULT_TOLERANCE } from "@causalscope/core/measures";
import type { ModelReportSpec } from "@causalscope/report";
import { csv, measurementColumns, parquet } from "@causalscope/runs";
import type { Io } from "./io.ts";
import type { MeasuredFile } from "./measure-files.ts";
import { rangesText } from "./measure-flags.ts";
import type { Asked } from "./measure-json.ts";

/** Files that a report consists of, beside its figures. */
const PAGE = "report.html";
const TABLES = ["measurements.csv", "measurements.parquet"];

/** @throws InvalidInputError for a folder that holds something else. */
export function requireReportFolder(folder: string, io: Io): void {
  const held = io.storage.list(folder) ?? [];
  const foreign = held.find((name) => ![PAGE, ...TABLES, "figures"].includes(name));
  if (foreign === undefined) return;
  const remedy = "Choose another folder.";
  throw new InvalidInputError({
    who: "--report",
    expected: "a new folder, or one with a report",
    got: `${foreign} in ${folder}`,
    remedy,
  });
}

export async function writeModelReport(
  folder: string,
  files: readonly MeasuredFile[],
  asked: Asked,
  io: Io,
): Promise<void> {
  const { modelFigures, modelReportHtml, modelRows, png } = await import("@causalscope/report");
  const { flags, bins, version } = asked;
  const names = files.map(({ who }) => basename(who));
  const { seed, tolerance, samples, outside, offset, memory = DEFAULT_MEMORY, method } = flags;
  const spec: ModelReportSpec = {
    title: names.length === 1 ? names[0]! : `${names.length} checkpoints, ${names[0]} to ${names.at(-1)}`,
    version,
    seed,
    settings: [
      ["files", files.map(({ who }) => who).join(", ")],
      ["bins", binsText(bins)],
      ["ranges", rangesText(flags)],
      ["outside the range", outside],
      ["output bins begin", offset],
      ["EI by", method],
      ["tolerance", `${tolerance ?? (samples === undefined ? DEFAULT_TOLERANCE : "none")} bits`],
      ["seed", `${seed}`],
      ["memory for a layer", `${memory / 1e6} MB`],
    ],
    models: files.map(({ who, found, unmeasured }) => ({
      who,
      layers: found,
      notMeasured: unmeasured,
    })),
  };
  const rows = modelRows(spec);
  io.storage.write(`${folder}/${TABLES[0]}`, csv(measurementColumns, rows));
  io.storage.write(`${folder}/${TABLES[1]}`, parquet(measurementColumns, rows));
  for (const { name, svg } of modelFigures(spec)) {
    io.storage.write(`${folder}/figures/${name}.svg`, svg);
    io.storage.write(`${folder}/figures/${name}.png`, png(svg));
  }
  io.storage.write(`${folder}/${PAGE}`, modelReportHtml(spec));
  io.stderr.write(`Report: ${folder}/${PAGE}\n`);
}
