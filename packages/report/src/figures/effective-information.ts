/**
 * Effective information over the epochs, above how fast it moves and above the loss, on one epoch axis: whether the
 * causal structure moves when the network learns. The ground is the darker, the faster the mean training loss falls.
 */
import type { RunData } from "@causalscope/runs";
import { fixed, layerLabel } from "../chart.ts";
import { type ReportData, reportData, throughWhat, whoseLines } from "../data.ts";
import { eiMoves, fastestFall, lossFalls, movesWhileLearning } from "../learning.ts";
import { composeFigure, INK, type LegendEntry, MUTED } from "../svg.ts";
import { curvePanel, fallLegend, layerLegend, measureGroups, seedLegend, WIDTH } from "./curves.ts";

/**
 * The EI of each layer in bits, how much it moves, and the loss over the epochs, as a standalone SVG file.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const svg = effectiveInformationFigure(trainingDataOf(await readStudyRun("runs/short")));
 * console.log(svg.startsWith("<svg"), svg.includes("effective information (bits)")); // true true
 * ```
 * @throws InvalidInputError where the run holds no measurement.
 */
export function effectiveInformationFigure(run: RunData): string {
  const data = reportData(run);
  const falls = lossFalls(data);
  const fastest = fastestFall(falls);
  const fallLabel = fastest && `loss falls fastest: epochs ${fastest.from}–${fastest.to}`;
  // A move belongs to the whole step between two checkpoints: each value stands at both its ends.
  const stepEnds = data.epochs.slice(1).flatMap((epoch, k) => [data.epochs[k]!, epoch]);
  const stairs = eiMoves(data).map((series) => series.flatMap((value) => [value, value]));
  const trained = data.checkpoints === undefined;
  const ei = curvePanel(data, {
    yLabel: "effective information (bits)",
    height: 360,
    groups: measureGroups(data, "ei"),
    epochAxis: !trained,
    falls,
    fallLabel,
  });
  const moves = curvePanel(data, {
    yLabel: "bits per epoch",
    note: "changes of EI: sum of |change| over the layers",
    height: 165,
    groups: [{ name: "moves", color: INK, dash: "", values: stairs, epochs: stepEnds }],
    epochAxis: false,
    falls,
  });
  const loss = curvePanel(data, {
    yLabel: "loss",
    note: data.lossName,
    height: 235,
    groups: [
      { name: "train", color: INK, dash: "", values: data.training.trainLoss },
      { name: "test", color: MUTED, dash: "7 4", values: data.training.testLoss },
    ],
    epochAxis: true,
    falls,
  });
  return composeFigure({
    width: WIDTH,
    title: `Effective information of “${data.study}”${throughWhat(data)}`,
    legend: [
      layerLegend(data, (l) => layerLabel(data.layers[l]!)),
      seedLegend(data),
      ...(trained ? [[...lossLegend(), ...fallLegend(falls)]] : []),
    ],
    panels: trained ? (data.epochs.length > 1 ? [ei, moves, loss] : [ei, loss]) : [ei],
    caption: caption(data),
  });
}

function lossLegend(): LegendEntry[] {
  return [
    { kind: "line", color: INK, label: "training loss" },
    { kind: "dashed", color: MUTED, label: "test loss" },
  ];
}

function caption(data: ReportData): string {
  const band = "Shaded: ±2 standard errors of measuring each run, often no wider than its line.";
  const moves = movesWhileLearning(data);
  const learning =
    moves === undefined
      ? ""
      : `The quarter of a run's steps in which its training loss falls fastest contains ${fixed(moves.share * 100, 0)} % of the changes of its EI (${fixed(moves.steps * 100, 0)} % if the two were unrelated).`;
  return [whoseLines(data), band, learning].filter(Boolean).join(" ");
}
