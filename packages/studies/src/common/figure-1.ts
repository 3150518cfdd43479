/** Figure 1 of the paper, of one study or both that it needs, and what others share with it. */

import { greatest } from "@causalscope/core/basics";
import {
  composeFigure,
  extent,
  heatPanel,
  type LegendEntry,
  layerColor,
  MILLIMETRES,
  MUTED,
  nice,
  PAGE,
  type Panel,
  panel,
} from "@causalscope/report/internal";
import type { NamedFigure, ValueRow } from "@causalscope/runs";
import * as Plot from "@observablehq/plot";

const ACTIVATIONS = ["sigmoid", "tanh", "relu"] as const;
const NAMES = { sigmoid: "sigmoid", tanh: "tanh", relu: "ReLU" } as const;
export const LETTERS = "abcdefgh";

/** Figure 1: a to c, EI of one connection by its weight; d to f, EI of two inputs by both weights. Panels whose rows are missing are left out. */
export function figure1(edge: readonly ValueRow[], surface: readonly ValueRow[]): NamedFigure {
  const bins = distinct(edge, "bins");
  const rows = [
    edge.length === 0
      ? []
      : ACTIVATIONS.map((activation, k) => edgePanel(edge, activation, bins, `${LETTERS[k]}  ${NAMES[activation]}`)),
    surface.length === 0
      ? []
      : ACTIVATIONS.map((activation, k) =>
          surfacePanel(
            surface,
            activation,
            "ei",
            `${LETTERS[edge.length === 0 ? k : k + 3]}  ${NAMES[activation]}, EI`,
          ),
        ),
  ].filter((row) => row.length > 0);
  return {
    name: "figure-1",
    svg: composeFigure({
      width: PAGE,
      millimetres: MILLIMETRES,
      title: "Effective information of one connection, and of two",
      legend: edge.length === 0 ? [] : [[...binsLegend(bins), { kind: "dot", color: MUTED, label: "greatest" }]],
      panels: rows,
      caption: [
        "All values are exact.",
        edge.length === 0
          ? ""
          : "One input, one output: EI by the weight, with several numbers of bins; a dot marks the largest value of each curve.",
        surface.length === 0
          ? ""
          : `Two inputs, one output: EI by both weights, with ${surface[0]!.setting.bins} bins.`,
        "Inputs are uniform on 0…1 for sigmoid and ReLU, and on −1…1 for tanh; outputs are binned on the same ranges.",
      ]
        .filter(Boolean)
        .join(" "),
    }),
  };
}

function edgePanel(edge: readonly ValueRow[], activation: string, bins: readonly number[], heading: string): Panel {
  const rows = edge
    .filter(({ setting }) => setting.activation === activation)
    .map(({ setting, value: bits }) => ({ weight: setting.weight as number, bins: setting.bins as number, bits }));
  const best = bins.map((each) => rows.filter((row) => row.bins === each).reduce((a, b) => (b.bits > a.bits ? b : a)));
  const color = (d: { bins: number }) => layerColor(bins.indexOf(d.bins));
  return panel({
    heading,
    height: 300,
    x: nice(extent(rows.map(({ weight }) => weight)) ?? [0, 1], 5),
    y: nice([0, greatest(edge.map(({ value }) => value))], 6),
    xLabel: "weight",
    yLabel: "EI (bits)",
    marks: [
      Plot.line(rows, { x: "weight", y: "bits", z: "bins", stroke: color, strokeWidth: 1.6 }),
      Plot.dot(best, { x: "weight", y: "bits", r: 4, fill: color, stroke: "#ffffff" }),
    ],
  });
}

export function binsLegend(bins: readonly number[]): LegendEntry[] {
  return bins.map((each, k) => ({ kind: "line", color: layerColor(k), label: `${each} bins` }));
}

/** A measure of two inputs by both weights. */
export function surfacePanel(
  surface: readonly ValueRow[],
  activation: string,
  measure: string,
  heading: string,
): Panel {
  const own = surface.filter((row) => row.measure === measure && row.setting.activation === activation);
  const weights = distinct(own, "weightA");
  const positions = new Map(weights.map((weight, k) => [weight, k]));
  const values = new Float64Array(weights.length * weights.length).fill(Number.NaN);
  for (const { setting, value: bits } of own) {
    values[positions.get(setting.weightB as number)! * weights.length + positions.get(setting.weightA as number)!] =
      bits;
  }
  return heatPanel({ heading, height: 262, width: PAGE / 3, weights, values, barLabel: "bits" });
}

/** The numbers that were varied by that name, ascending. */
export function distinct(rows: readonly ValueRow[], name: string): number[] {
  return [...new Set(rows.map(({ setting }) => setting[name] as number))].sort((a, b) => a - b);
}
