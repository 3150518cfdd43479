import {
  composeFigure,
  extent,
  INK,
  type LegendEntry,
  layerColor,
  MILLIMETRES,
  nice,
  PAGE,
  type Panel,
  panel,
} from "@causalscope/report/internal";
import type { NamedFigure, ValueRow } from "@causalscope/runs";
import { group } from "@causalscope/runs/internal";
import * as Plot from "@observablehq/plot";

const PANELS = [
  ["ei", "EI (bits)"],
  ["phi", "φ (bits)"],
  ["testAccuracy", "test accuracy"],
] as const;

/** EI and φ of every layer, and accuracy, by the fraction of weights that is removed. */
export function pruningFigures(values: readonly ValueRow[]): NamedFigure[] {
  const layers = [...new Set(values.map(({ setting }) => setting.layer as number))].filter((layer) => layer > 0);
  const seeds = new Set(values.map(({ setting }) => setting.seed)).size;
  const legend: LegendEntry[] = layers.map((layer) => ({
    kind: "line",
    color: layerColor(layer - 1),
    label: `layer ${layer}`,
  }));
  return [
    {
      name: "pruning",
      svg: composeFigure({
        width: PAGE,
        millimetres: MILLIMETRES,
        title: "Layers without their smallest weights",
        legend: [
          [...legend, { kind: "errorbar", color: INK, label: `mean ± 1.96 standard errors over seeds (N = ${seeds})` }],
        ],
        panels: [PANELS.map(([measure, label], k) => curvePanel(values, measure, label, `${"abc"[k]}  ${label}`))],
        caption: "The smallest weights of each layer are set to 0, without training in between.",
      }),
    },
  ];
}

interface Spot {
  readonly fraction: number;
  readonly layer: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

function curvePanel(values: readonly ValueRow[], measure: string, yLabel: string, heading: string): Panel {
  const own = values.filter((row) => row.measure === measure);
  const places = new Map(own.map(({ setting: { fraction, layer } }) => [`${fraction}/${layer}`, { fraction, layer }]));
  const spots = [...places.values()].map(({ fraction, layer }): Spot => {
    const rows = own.filter(({ setting }) => setting.fraction === fraction && setting.layer === layer);
    const { mean, error } = group(rows.map(({ value }) => value));
    const reach = 1.96 * error;
    return { fraction: fraction as number, layer: layer as number, mean, low: mean - reach, high: mean + reach };
  });
  const color = ({ layer }: Spot) => (layer === 0 ? INK : layerColor(layer - 1));
  return panel({
    heading,
    height: 300,
    x: [0, 1],
    y:
      measure === "testAccuracy"
        ? [0, 1]
        : nice(extent([0, ...spots.flatMap(({ low, high }) => [low, high])]) ?? [0, 1], 6),
    xLabel: "fraction of weights removed",
    yLabel,
    marks: [
      Plot.ruleX(spots, { x: "fraction", y1: "low", y2: "high", stroke: color, strokeWidth: 1.4 }),
      Plot.line(spots, { x: "fraction", y: "mean", z: "layer", stroke: color, strokeWidth: 1.8 }),
      Plot.dot(spots, { x: "fraction", y: "mean", r: 3.5, fill: color }),
    ],
  });
}
