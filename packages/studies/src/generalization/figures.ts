/** Bounds on the generalization gap beside the gap that was seen, over the number of examples; what says nothing is shaded. */

import {
  composeFigure,
  INK,
  type LayerSymbol,
  type LegendEntry,
  layerColor,
  MILLIMETRES,
  MUTED,
  PAGE,
  type Panel,
  panel,
  plotSymbol,
} from "@causalscope/report/internal";
import type { NamedFigure, ValueRow } from "@causalscope/runs";
import { group } from "@causalscope/runs/internal";
import * as Plot from "@observablehq/plot";
import { GUESSING } from "./guessing.ts";

/** Bounds above this stand at the upper edge, as triangles. */
const TOP = 1.5;
/** The loss cannot exceed this. */
const ALL = 1;

interface Spot {
  readonly examples: number;
  readonly value: number;
  readonly error: number;
  readonly beyond: boolean;
}

/** A panel for each way to learn: its bounds and its gap, means over the seeds with two standard errors. */
export function generalizationFigure(values: readonly ValueRow[]): NamedFigure {
  const own = values.filter(({ measure }) => measure === "generalizationBound");
  const names = [...new Set(own.map(({ setting }) => setting.bound as string))];
  const kinds = [...new Set(own.map(({ setting }) => setting.learning as string))];
  const sizes = [...new Set(own.map(({ setting }) => setting.examples as number))].sort((a, b) => a - b);
  const seeds = new Set(own.map(({ setting }) => setting.seed)).size;
  const spots = (measure: string, fits: (setting: ValueRow["setting"]) => boolean): Spot[] =>
    sizes.flatMap((examples) => {
      const found = values.filter(
        ({ measure: m, setting }) => m === measure && setting.examples === examples && fits(setting),
      );
      if (found.length === 0) return [];
      const { mean, error } = group(found.map(({ value }) => value));
      return [{ examples, value: Math.min(mean, TOP), error: mean > TOP ? 0 : error, beyond: mean > TOP }];
    });
  const gaps = kinds.flatMap((kind) => spots("generalizationGap", ({ learning }) => learning === kind));
  const bottom = gaps.some((spot) => low(spot) < 0) ? -0.25 : 0;
  const panels = kinds.map((kind, k): Panel => {
    const here = names.filter((name) => own.some(({ setting }) => setting.learning === kind && setting.bound === name));
    // Each way to learn has a gap; that of the pairs is the mean over most trainings.
    const gap = spots("generalizationGap", ({ learning, bound }) => learning === kind && bound === here[0]);
    return panel({
      heading: `${"abcd"[k]}  ${kind}`,
      height: 320,
      x: [sizes[0]! / 1.3, sizes.at(-1)! * 1.3],
      y: [bottom, TOP],
      xLabel: "training examples",
      yLabel: "fraction of errors",
      logarithmic: true,
      xTicks: sizes,
      marks: [
        Plot.rect([0], {
          x1: sizes[0]! / 1.3,
          x2: sizes.at(-1)! * 1.3,
          y1: ALL,
          y2: TOP,
          fill: MUTED,
          fillOpacity: 0.16,
        }),
        Plot.ruleY([GUESSING], { stroke: MUTED, strokeDasharray: "3 4" }),
        ...here.flatMap((name) =>
          curve(
            spots("generalizationBound", ({ learning, bound }) => learning === kind && bound === name),
            names.indexOf(name),
            here.indexOf(name),
          ),
        ),
        Plot.line(gap, { x: "examples", y: "value", stroke: INK, strokeWidth: 2, strokeDasharray: "7 4" }),
        Plot.ruleX(gap, { x: "examples", y1: low, y2: high, stroke: INK }),
      ],
    });
  });
  const legend = names.map(
    (label, k): LegendEntry => ({ kind: "line", color: layerColor(k), symbol: boundSymbol(k), label }),
  );
  return {
    name: "generalization",
    svg: composeFigure({
      width: PAGE,
      millimetres: MILLIMETRES,
      title: "Bounds on the generalization gap, and the gap",
      legend: [
        legend.slice(0, 4),
        legend.slice(4),
        [
          { kind: "dashed", color: INK, label: "observed gap" },
          { kind: "band", color: MUTED, label: "vacuous: no gap can be as large" },
        ],
      ],
      panels: [panels.slice(0, 2), panels.slice(2)],
      caption: `Means over ${seeds} seeds, ± 2 standard errors over seeds. Triangles at the upper edge: larger bounds. Dotted line: guessing. Bounds that contain an estimate are not certificates; information in the weights is infinite for a network trained without noise.`,
    }),
  };
}

/** No triangle: that is what a bound beyond the edge is. */
const boundSymbol = (k: number): LayerSymbol => (["circle", "square", "diamond"] as const)[k % 3]!;

const low = ({ value, error }: Spot) => value - 2 * error;
const high = ({ value, error }: Spot) => Math.min(TOP, value + 2 * error);

/** @param place among the panel's bounds: the first have larger marks, so that equal ones are both seen. */
function curve(spots: readonly Spot[], k: number, place: number): Plot.Markish[] {
  const within = spots.filter(({ beyond }) => !beyond);
  const at = { x: "examples", y: "value" } as const;
  return [
    Plot.line(spots, { ...at, stroke: layerColor(k), strokeWidth: 1.6 }),
    Plot.ruleX(within, { x: "examples", y1: low, y2: high, stroke: layerColor(k) }),
    Plot.dot(within, {
      ...at,
      r: place === 0 ? 7 : 4,
      symbol: plotSymbol(boundSymbol(k)),
      fill: layerColor(k),
      stroke: "#ffffff",
    }),
    Plot.dot(
      spots.filter(({ beyond }) => beyond),
      { ...at, r: place === 0 ? 8 : 5, symbol: "triangle", fill: layerColor(k), dy: -1 },
    ),
  ];
}
