/** φ_feedforward over the epochs: how much of a layer's effective information only the whole layer carries. */
import type { RunData } from "@causalscope/runs";
import { layerLabel } from "../chart.ts";
import { reportData, throughWhat, whoseLines } from "../data.ts";
import { composeFigure } from "../svg.ts";
import { curvePanel, layerLegend, measureGroups, seedLegend, WIDTH } from "./curves.ts";

/**
 * The feed-forward φ of each layer in bits over the epochs, as a standalone SVG file.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const svg = integrationFigure(trainingDataOf(await readStudyRun("runs/short")));
 * console.log(svg.startsWith("<svg"), svg.includes("φ feedforward (bits)")); // true true
 * ```
 * @throws InvalidInputError where the run holds no measurement.
 */
export function integrationFigure(run: RunData): string {
  const data = reportData(run);
  return composeFigure({
    width: WIDTH,
    title: `Integration of “${data.study}”${throughWhat(data)}`,
    legend: [layerLegend(data, (l) => layerLabel(data.layers[l]!)), seedLegend(data)],
    panels: [
      curvePanel(data, {
        yLabel: "φ feedforward (bits)",
        height: 440,
        groups: measureGroups(data, "phi"),
        epochAxis: true,
      }),
    ],
    caption: `φ = EI − EI_parts. Above zero: information that only the whole layer carries; below zero: single connections carry the same information several times. ${whoseLines(data)} Shaded: ±2 standard errors of measuring each run.`,
  });
}
