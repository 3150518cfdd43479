/** What a run of a study leaves for its reader: figures, as SVG and PNG, and one page. */
import { runData } from "@causalscope/runs";
import type { Figure } from "@causalscope/runs/internal";
import type { Rows } from "@causalscope/runs";
import type { Study } from "@causalscope/runs";
import { settingsOf } from "@causalscope/runs";
import { reportHtml } from "./html.ts";
import { png } from "./png.ts";
import { valuesReportHtml } from "./values-report.ts";

/** A run of a study that is drawn. */
export interface DrawnStudy<Options extends object> {
  readonly study: Study<Options>;
  readonly options: Options;
  readonly rows: Rows;
  /** Of Causalscope. */
  readonly version: string;
}

/**
 * The figures of a study, as SVG and PNG, and its report, an HTML file that needs nothing else: of networks that are
 * followed through training the interactive one, else findings and figures. `performStudy()` takes it as `draw`.
 *
 * @example
 * ```ts
 * const ofEdge = await study("edge");
 * await performStudy(ofEdge, "runs/edge-drawn", { options: ofEdge.quick, draw: drawStudy });
 * console.log(readRun("runs/edge-drawn").file.figures); // [ 'figure-1' ]
 * ```
 */
export async function drawStudy<Options extends object>({
  study,
  options,
  rows,
  version,
}: DrawnStudy<Options>): Promise<{ readonly figures: readonly Figure[]; readonly report: string }> {
  const drawn = await study.figures(options, rows);
  const figures = drawn.map(({ name, svg }) => ({ name, svg, png: png(svg) }));
  const training = runData(study, options, rows, version);
  if (training !== undefined) return { figures, report: reportHtml(training) };
  const report = valuesReportHtml({
    title: `Study “${study.name}”`,
    summary: study.summary,
    settings: settingsOf(study, options),
    findings: study.findings(options, rows),
    figures: drawn,
    version,
    where: "in values.csv and values.parquet beside this page",
  });
  return { figures, report };
}
