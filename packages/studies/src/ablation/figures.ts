/**
 * Curves of cumulative ablation: accuracy by how many units are removed, over the whole network beside each layer. Side by side they show
 * whether the ranking over all layers says the opposite of those within (Simpson's paradox).
 */

import { greatest, least } from "@causalscope/core/basics";
import {
  composeFigure,
  heatColor,
  type LegendEntry,
  layerColor,
  MILLIMETRES,
  MUTED,
  neuronFigures,
  nice,
  PAGE,
  type Panel,
  panel,
} from "@causalscope/report/internal";
import type { NamedFigure, ValueRow } from "@causalscope/runs";
import * as Plot from "@observablehq/plot";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** One figure for each score: a panel for the network and one for each layer; thin lines are seeds, the grey band random orders. */
function ablationFigures(values: readonly ValueRow[]): NamedFigure[] {
  const curves = values.filter((row) => row.measure === "testAccuracy");
  const scores = [
    ...new Set(curves.flatMap(({ setting: { score } }) => (score === "random" ? [] : [score as string]))),
  ];
  const scopes = [...new Set(curves.map(({ setting: { scope } }) => scope as string))];
  const legend: LegendEntry[] = [
    { kind: "line", color: layerColor(0), label: "low scores first" },
    { kind: "line", color: layerColor(1), label: "high scores first" },
    { kind: "dashed", color: MUTED, label: "random orders, mean" },
    { kind: "band", color: MUTED, label: "minimum to maximum" },
  ];
  return scores.map((score) => {
    const panels = scopes.map((scope, k) =>
      curvePanel(curves, score, scope, `${LETTERS[k]}  ${scope === "network" ? "whole network" : scope}`),
    );
    const rows: Panel[][] = [];
    for (let k = 0; k < panels.length; k += 3) rows.push(panels.slice(k, k + 3));
    return {
      name: `ablation-${score}`,
      svg: composeFigure({
        width: PAGE,
        millimetres: MILLIMETRES,
        title: `Cumulative ablation by ${score}`,
        legend: [legend],
        panels: rows,
        caption:
          "Accuracy on test examples by the number of removed units, one line per seed, with two standard errors over resamples of these examples. A score measures importance if removing low scores first keeps more accuracy than random orders do. Only the first panel ranks scores of different layers together: if it contradicts the others, that is Simpson's paradox.",
      }),
    };
  });
}

interface Point {
  readonly removed: number;
  readonly accuracy: number;
  /** Standard deviation over resamples of the test examples; 0 without any. */
  readonly error: number;
  readonly line: string;
}

function curvePanel(curves: readonly ValueRow[], score: string, scope: string, heading: string): Panel {
  const own = curves.filter(({ setting }) => setting.scope === scope);
  const points = (name: string, direction: string): Point[] =>
    own
      .filter(({ setting }) => setting.score === name && setting.direction === direction)
      .map(({ setting, value: bits, standardError }) => ({
        removed: setting.removed as number,
        accuracy: bits,
        error: standardError,
        line: `${setting.seed}/${setting.repetition}`,
      }));
  const random = points("random", "random");
  const stops = [...new Set(random.map(({ removed }) => removed))].sort((a, b) => a - b);
  const band = stops.map((removed) => {
    const found = random.filter((point) => point.removed === removed).map(({ accuracy }) => accuracy);
    const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
    return { removed, mean, low: least(found), high: greatest(found) };
  });
  const most = greatest(own.map(({ setting }) => setting.removed as number));
  const line = (rows: Point[], color: string) => [
    Plot.areaY(rows, {
      x: "removed",
      y1: ({ accuracy, error }: Point) => Math.max(0, accuracy - 2 * error),
      y2: ({ accuracy, error }: Point) => Math.min(1, accuracy + 2 * error),
      z: "line",
      fill: color,
      fillOpacity: 0.13,
    }),
    Plot.line(rows, { x: "removed", y: "accuracy", z: "line", stroke: color, strokeWidth: 1.6 }),
  ];
  return panel({
    heading,
    height: 330,
    x: nice([0, most], 5),
    y: [0, 1],
    xLabel: "units removed",
    yLabel: "test accuracy",
    marks: [
      Plot.areaY(band, { x: "removed", y1: "low", y2: "high", fill: MUTED, fillOpacity: 0.22 }),
      Plot.line(band, { x: "removed", y: "mean", stroke: MUTED, strokeWidth: 1.6, strokeDasharray: "7 4" }),
      ...line(points(score, "ascending"), layerColor(0)),
      ...line(points(score, "descending"), layerColor(1)),
    ],
  });
}

/** Accuracy of each class by the units removed, in the orders of the first score: whose neurons go first. */
function classFigure(values: readonly ValueRow[]): NamedFigure[] {
  const own = values.filter(({ measure }) => measure === "classAccuracy");
  if (own.length === 0) return [];
  const score = own[0]!.setting.score as string;
  const scopes = [...new Set(own.map(({ setting }) => setting.scope as string))];
  const classes = [...new Set(own.map(({ setting }) => setting.class as string))];
  const panels = scopes.map((scope, k) =>
    (["ascending", "descending"] as const).map((direction, d): Panel => {
      const here = own.filter(({ setting: s }) => s.score === score && s.scope === scope && s.direction === direction);
      const stops = [...new Set(here.map(({ setting }) => setting.removed as number))].sort((a, b) => a - b);
      const cells = classes.flatMap((label, row) =>
        stops.map((removed, n) => {
          const found = here.filter(({ setting: s }) => s.class === label && s.removed === removed);
          const mean = found.reduce((sum, { value }) => sum + value, 0) / found.length;
          return { row, from: removed, to: stops[n + 1] ?? removed + (removed - (stops[n - 1] ?? 0)), mean };
        }),
      );
      const end = greatest(cells.map(({ to }) => to));
      return panel({
        heading: `${LETTERS[2 * k + d]}  ${scope === "network" ? "whole network" : scope}, ${d === 0 ? "low" : "high"} first`,
        height: 60 + 24 * classes.length,
        x: [0, end],
        y: [-0.5, classes.length - 0.5],
        xLabel: "units removed",
        yLabel: "class",
        marks: [
          Plot.rect(cells, {
            x1: "from",
            x2: "to",
            y1: ({ row }) => row - 0.5,
            y2: ({ row }) => row + 0.5,
            fill: ({ mean }) => heatColor(mean),
          }),
        ],
      });
    }),
  );
  const seeds = new Set(own.map(({ setting }) => setting.seed)).size;
  return [
    {
      name: "ablation-classes",
      svg: composeFigure({
        width: PAGE,
        millimetres: MILLIMETRES,
        title: `Accuracy of each class, by ${score}`,
        legend: [
          [0, 0.25, 0.5, 0.75, 1].map((share) => ({ kind: "dot", color: heatColor(share), label: `${100 * share} %` })),
        ],
        panels,
        caption: `Means over ${seeds} ${seeds === 1 ? "seed" : "seeds"}, on test examples, at 21 fractions of removed units.`,
      }),
    },
  ];
}

/** All that rows of an ablation are drawn as. */
export function figuresOfAblation(values: readonly ValueRow[]): NamedFigure[] {
  return [...ablationFigures(values), ...classFigure(values), ...neuronFigures(values)];
}
