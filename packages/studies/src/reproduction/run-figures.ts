/** Figures of training runs: 2, 4, 5 and 8 of the paper, and the causal planes by depth. */

import { greatest } from "@causalscope/core/basics";
import type { ReportData } from "@causalscope/report/internal";
import {
  bandPanel,
  composeFigure,
  eiErrors,
  fixed,
  INK,
  type LegendEntry,
  layerBands,
  layersLegend,
  MILLIMETRES,
  MOST_ERROR,
  PAGE,
  type Panel,
  planeMarks,
  planeOf,
  planePanel,
  runTitle,
  seedsLegend,
  widthsOf,
} from "@causalscope/report/internal";
import type { NamedFigure } from "@causalscope/runs";

export interface NamedRun {
  /** "MNIST", for a heading. */
  readonly title: string;
  readonly data: ReportData;
}

const LETTERS = "abcdefgh";

function heading(k: number, { title, data }: NamedRun, more = ""): string {
  // "tanh (25-6-6-6-5, 3 seeds)": the activation once.
  const about = runTitle(data).replace(`, ${title.toLowerCase()},`, ",");
  return `${LETTERS[k]}  ${title}${more === "" ? ` (${about})` : more}`;
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
  const all = runs.map(({ title, data }) => ({ title, ...eiErrors(data) }));
  const largest = all.map((run) => `${fixed(run.largest, 3)} bits (${run.title})`).join(", ");
  const left = all.filter((run) => run.left > 0).map((run) => `${run.left} of ${run.all} values (${run.title})`);
  const without =
    left.length === 0 ? "" : ` Not drawn: ${left.join(", ")}, whose EI has a standard error above ${MOST_ERROR} bit.`;
  return `Largest standard error of an EI: ${largest}.${without} EI_parts and sensitivity are exact.`;
}

/** The most seeds of a run. */
function seedsOf(runs: readonly NamedRun[]): number {
  return greatest(runs.map(({ data }) => data.seeds.length));
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
    ...seedsLegend("bands", seedsOf(runs)),
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
  return figure(name, title, runs, [panels], seedsLegend("trails", seedsOf(runs)), `${coordinates} ${errors(runs)}`);
}

/** Figure 4: the causal plane. */
export function figure4(runs: readonly NamedRun[]): NamedFigure {
  return planes("figure-4", "The causal plane through training", runs, false);
}

export function rotatedPlanes(runs: readonly NamedRun[]): NamedFigure {
  return planes("causal-plane-rotated", "The causal plane in the coordinates of the paper", runs, true);
}

/** Not a figure of the paper: drawn in the plane that is easier to read. */
export function planesByDepth(runs: readonly NamedRun[]): NamedFigure {
  const panels = runs.map(({ title, data }, k) => ({
    ...planeOf(data, "rotated", 380),
    heading: `${LETTERS[k]}  ${title} (${widthsOf(data)})`,
  }));
  const marks = runs.flatMap(({ data }) => planeMarks(data));
  const caption = `EI to the right; upwards degeneracy, on a root scale. Where it is negative, bins are too coarse to show what single connections transmit. ${errors(runs)}`;
  return figure(
    "planes-by-depth",
    "Causal planes of networks of several depths",
    runs,
    [panels],
    [...new Map(marks.map((mark) => [mark.label, mark])).values()],
    caption,
  );
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
  return figure(
    "figure-5",
    "Integration φ through training",
    runs,
    [panels],
    seedsLegend("bands", seedsOf(runs)),
    errors(runs),
  );
}

/** Figure 8: other activations. */
export function figure8(runs: readonly NamedRun[]): NamedFigure {
  return planes("figure-8", "The causal plane with other activations", runs, false);
}
