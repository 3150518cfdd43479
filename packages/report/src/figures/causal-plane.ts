/**
 * The causal plane of a run, printed: one trail per layer and seed through training, older epochs fainter, drawn as the report's page and the app
 * draw it. After Mattsson, Michaud and Hoel, "Examining the causal structures of deep neural networks using information theory".
 */
import type { RunData } from "@causalscope/runs";
import { layerColor, layerLabel, layerSymbol } from "../chart.ts";
import { momentName, type ReportData, reportData, throughWhat } from "../data.ts";
import { AS_UNCERTAIN } from "../plane.ts";
import { composeFigure, INK, type LegendEntry, MUTED, type Panel } from "../svg.ts";
import { markup } from "../views/drawing.ts";
import { LIGHT } from "../views/paint.ts";
import { planeShapes } from "../views/plane-picture.ts";
import { type PlaneAxes, planeScene } from "../views/plane-scene.ts";
import { createStore } from "../views/store.ts";

const WIDTH = 800;
const HEIGHT = 640;

/**
 * The causal plane of a run as a standalone SVG file, with a trail for each layer and seed: effective information to the right and degeneracy upwards
 * on a root scale; or degeneracy to the right and sensitivity upwards, as in the paper. All in bits.
 *
 * @param axes default `"rotated"`.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const svg = causalPlaneFigure(trainingDataOf(await readStudyRun("runs/short")));
 * console.log(svg.startsWith("<svg"), svg.includes("degeneracy")); // true true
 * ```
 * @throws InvalidInputError where the run holds no measurement.
 */
export function causalPlaneFigure(run: RunData, axes: PlaneAxes = "rotated"): string {
  const data = reportData(run);
  return composeFigure({
    width: WIDTH,
    title: `Causal plane of “${data.study}”${throughWhat(data)}`,
    legend: legend(data),
    panels: [planeOf(data, axes, HEIGHT)],
    caption: caption(data, axes),
  });
}

/** The plane alone. */
export function planeOf(data: ReportData, axes: PlaneAxes, height: number): Panel {
  const { state } = createStore(data);
  const store = { data, state: { ...state, axes, band: data.seeds.length > 1 } };
  return {
    height,
    options: (width) => {
      const inside = planeScene(data, axes, { width: width - 24, height });
      const shapes = planeShapes(store, inside, LIGHT, true).map(markup);
      return `<g transform="translate(12,0)">${shapes.join("")}</g>`;
    },
  };
}

/** What marks, bars, boxes and bands mean. */
export function planeMarks(data: ReportData): LegendEntry[] {
  const [first, last] = [data.epochs[0]!, data.epochs[data.epochs.length - 1]!];
  const marks: LegendEntry[] = [{ kind: "dot", color: MUTED, label: momentName(data, last) }];
  if (data.epochs.length > 1) marks.unshift({ kind: "open", color: MUTED, label: momentName(data, first) });
  marks.push({ kind: "errorbar", color: INK, label: "±2 standard errors of measuring" });
  if (data.brackets.degeneracy !== undefined) marks.push({ kind: "band", color: MUTED, label: "bracket" });
  if (data.seeds.length > 1) marks.push({ kind: "area", color: MUTED, label: `all of N = ${data.seeds.length} seeds` });
  return marks;
}

function legend(data: ReportData): LegendEntry[][] {
  const layers = data.layers.map(
    (layer, l): LegendEntry => ({
      kind: "line",
      color: layerColor(l),
      symbol: layerSymbol(l),
      label: layerLabel(layer),
    }),
  );
  return [layers, planeMarks(data)];
}

function caption(data: ReportData, axes: PlaneAxes): string {
  const runs = data.seeds.length === 1 ? "one training run" : `${data.seeds.length} training runs (seeds)`;
  const whose = data.checkpoints === undefined ? runs : "one model";
  const trails =
    data.epochs.length === 1
      ? `One point for each layer, ${whose}.`
      : `One trail for each layer${data.checkpoints === undefined ? " and seed" : ""}, ${whose}; older ${data.checkpoints === undefined ? "epochs" : "checkpoints"} are fainter.`;
  const where =
    axes === "paper"
      ? "The height of a point above the dashed nullcline is its effective information (EI); dotted lines join points of equal EI, in the grey corner EI would be negative."
      : "Effective information (EI) to the right; upwards what single connections transmit beyond it, on a root scale. Where that is negative, bins are too coarse to show what single connections transmit.";
  const last = data.checkpoints === undefined ? "last epoch" : "last checkpoint";
  const exact = "lines where sensitivity is exact, else ellipses, and often smaller than the mark";
  const boxes =
    data.brackets.degeneracy === undefined
      ? ""
      : ` Light boxes: brackets, with 2 standard errors of their ends where these are estimates.${axes === "paper" ? ` ${AS_UNCERTAIN}` : ""}`;
  return `${trails} ${where} Errors are those of the ${last}: ${exact}.${boxes}`;
}
