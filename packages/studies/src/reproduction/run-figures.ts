/** Figures of training runs: 2, 4, 5 and 8 of the paper, and the causal planes by depth. */

import type { ReportData } from "@causalscope/report/internal";
import {
  bandPanel,
  composeFigure,
  errorText,
  INK,
  type LegendEntry,
  layerBands,
  layersLegend,
  MILLIMETRES,
  PAGE,
  type Panel,
  planePanel,
  runTitle,
  seedsLegend,
} from "@causalscope/report/internal";
import type { NamedFigure } from "@causalscope/runs";

export interface NamedRun {
  /** "MNIST", for a heading. */
  readonly title: string;
  readonly data: ReportData;
}

const LETTERS = "abcdefgh";

function heading(k: number, { title, data }: NamedRun, more = ""): string {
  return `${LETTERS[k]}  ${title}${more === "" ? ` (${runTitle(data)})` : more}`;
}

function figure(
  name: string,
  title: string,
  runs: readonly NamedRun[],
  panels: readonly (readonly Panel[])[],
  marks: readonly LegendEntry[],
  caption: string,
): NamedFigure {
  const legend = [[...layersLegend(runs.map(({ data }) => data))], [...marks]];
  return { name, svg: composeFigure({ width: PAGE, millimetres: MILLIMETRES, title, legend, panels, caption }) };
}

function errors(runs: readonly NamedRun[]): string {
  return `Standard error of a single EI at most ${runs.map(({ title, data }) => `${errorText(data)} (${title})`).join(", ")} bit; EI_parts and sensitivity are exact.`;
}

/** Figure 2: the loss above, the EI of every layer below. */
export function figure2(runs: readonly NamedRun[]): NamedFigure {
  const losses = runs.map((run, k) =>
    bandPanel(
      run.data,
      [
        { color: INK, dash: "", values: run.data.training.trainLoss },
        { color: "#8a939c", dash: "6 3", values: run.data.training.testLoss },
      ],
      { heading: heading(k, run), yLabel: "loss", height: 230 },
    ),
  );
  const ei = runs.map((run, k) =>
    bandPanel(run.data, layerBands(run.data, "ei"), {
      heading: heading(runs.length + k, run, ", EI"),
      yLabel: "EI (bits)",
      height: 320,
    }),
  );
  const marks: LegendEntry[] = [
    ...seedsLegend("bands"),
    { kind: "line", color: INK, label: "training loss" },
    { kind: "dashed", color: "#8a939c", label: "test loss" },
  ];
  const losing = runs.map(({ data }) => data.lossName);
  const caption = `Loss: ${[...new Set(losing)].join("; ")}. ${errors(runs)}`;
  return figure("figure-2", "Loss and effective information through training", runs, [losses, ei], marks, caption);
}

function planes(name: string, title: string, runs: readonly NamedRun[], rotated: boolean): NamedFigure {
  const panels = runs.map((run, k) =>
    planePanel(run.data, { heading: heading(k, run), height: runs.length > 2 ? 360 : 440, rotated }),
  );
  const coordinates = rotated
    ? "The plane rotated by 45°, as in the paper: the further right of the nullcline, the larger EI."
    : "The height of a point above the nullcline is its EI.";
  return figure(name, title, runs, [panels], seedsLegend("trails"), `${coordinates} ${errors(runs)}`);
}

/** Figure 4: the causal plane. */
export function figure4(runs: readonly NamedRun[]): NamedFigure {
  return planes("figure-4", "The causal plane through training", runs, false);
}

export function rotatedPlanes(runs: readonly NamedRun[]): NamedFigure {
  return planes("causal-plane-rotated", "The causal plane in the coordinates of the paper", runs, true);
}

export function planesByDepth(runs: readonly NamedRun[]): NamedFigure {
  return planes("planes-by-depth", "Causal planes of networks of several depths", runs, false);
}

/** Figure 5: what only the whole layer carries. */
export function figure5(runs: readonly NamedRun[]): NamedFigure {
  const panels = runs.map((run, k) =>
    bandPanel(run.data, layerBands(run.data, "phi"), {
      heading: heading(k, run),
      yLabel: "φ = EI − EI_parts (bits)",
      height: 360,
    }),
  );
  return figure("figure-5", "Integration φ through training", runs, [panels], seedsLegend("bands"), errors(runs));
}

/** Figure 8: other activations. */
export function figure8(runs: readonly NamedRun[]): NamedFigure {
  return planes("figure-8", "The causal plane with other activations", runs, false);
}
