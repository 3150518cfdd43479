/** Figures of the studies of what the authors left open: a measure for each variant, its mean and every seed. */

import {
  composeFigure,
  ERROR_REACH,
  extent,
  INK,
  layerColor,
  MILLIMETRES,
  MUTED,
  nice,
  PAGE,
  type Panel,
  ticks,
} from "@causalscope/report/internal";
import type { NamedFigure, ValueRow } from "@causalscope/runs";
import { group, overSeeds } from "@causalscope/runs/internal";
import * as Plot from "@observablehq/plot";

const MEASURES = { ei: "EI", eiParts: "EI_parts", phi: "φ", testAccuracy: "test accuracy" } as const;
type Shown = keyof typeof MEASURES;

/** What is not varied on purpose. */
const PLACE = new Set(["seed", "epoch", "layer"]);

/** Sums over the layers before and after training, for each variant: EI, EI_parts, φ; and the accuracy on test examples. */
export function openFigure(study: string, title: string, values: readonly ValueRow[]): NamedFigure {
  const variants = [...new Map(values.map(({ setting }) => [nameOf(setting), setting])).keys()];
  const epochs = [...new Set(values.map(({ setting }) => setting.epoch as number))].sort((a, b) => a - b);
  const last = epochs.at(-1)!;
  const present = (Object.keys(MEASURES) as Shown[]).filter((measure) => values.some((row) => row.measure === measure));
  const panels = present.map((measure, k) =>
    variantPanel(values, measure, variants, last, `${"abcd"[k]}  ${MEASURES[measure]}`),
  );
  const rows = [panels.slice(0, 2), panels.slice(2)].filter((row) => row.length > 0);
  const seeds = new Set(values.map(({ setting }) => setting.seed)).size;
  return {
    name: `open-${study}`,
    svg: composeFigure({
      width: PAGE,
      millimetres: MILLIMETRES,
      title,
      legend: [
        [
          { kind: "dot", color: layerColor(0), label: "trained: one seed" },
          { kind: "open", color: MUTED, label: "untrained: mean" },
          { kind: "errorbar", color: INK, label: `trained: mean ±2 standard errors over seeds (N = ${seeds})` },
        ],
        [{ kind: "thin", color: layerColor(0), label: "upright, through a seed: ±2 standard errors of measuring" }],
      ],
      panels: rows,
      caption: `Sums over all layers, in bits; ${seeds} seeds for each variant.`,
    }),
  };
}

/** Of the sum over the layers of one seed. */
function measuringError(rows: readonly ValueRow[], fits: (setting: ValueRow["setting"]) => boolean): number {
  return Math.sqrt(rows.reduce((sum, row) => (fits(row.setting) ? sum + row.standardError ** 2 : sum), 0));
}

function nameOf(setting: ValueRow["setting"]): string {
  const varied = Object.entries(setting).filter(([name]) => !PLACE.has(name));
  return varied.map(([name, value]) => (typeof value === "number" ? `${name} ${value}` : value)).join(", ");
}

function variantPanel(
  values: readonly ValueRow[],
  measure: Shown,
  variants: readonly string[],
  last: number,
  heading: string,
): Panel {
  const spots = variants.flatMap((name, k) => {
    const own = values.filter((row) => row.measure === measure && nameOf(row.setting) === name);
    const seeds = [...new Set(own.map(({ setting }) => setting.seed))];
    const sums = seeds.map((seed) => overSeeds(own, measure, (s) => s.epoch === last && s.seed === seed).mean);
    const before = overSeeds(own, measure, (s) => s.epoch === 0).mean;
    const errors = seeds.map((seed) => measuringError(own, (s) => s.epoch === last && s.seed === seed));
    return [{ k, name, sums, errors, before, all: group(sums) }];
  });
  const reached = spots.flatMap(({ sums, errors, before, all }) => [
    ...sums.flatMap((sum, s) => [sum - ERROR_REACH * errors[s]!, sum + ERROR_REACH * errors[s]!]),
    ...[before, all.mean - ERROR_REACH * all.error, all.mean + ERROR_REACH * all.error],
  ]);
  const [low, high] = extent(reached) ?? [0, 1];
  // Room for whole marks at the edges.
  const room = (high - low) * 0.03;
  const y = nice([measure === "testAccuracy" ? low - room : Math.min(0, low - room), high + room], 6);
  const rows = ticks(y, 6);
  const dots = spots.flatMap(({ k, sums, errors }) =>
    sums.map((value, s) => ({
      ...{ x: k + 0.3 * ((s + 0.5) / sums.length - 0.5), value, k },
      ...{ low: value - ERROR_REACH * errors[s]!, high: value + ERROR_REACH * errors[s]! },
    })),
  );
  const lines = Math.max(...variants.map((name) => name.split(", ").length));
  return {
    heading,
    height: 256 + 16 * lines,
    options: {
      marginLeft: 70,
      marginRight: 16,
      marginTop: 10,
      marginBottom: 22 + 16 * lines,
      x: { domain: [-0.6, variants.length - 0.4], label: null },
      y: { domain: [...y], label: null },
      marks: [
        Plot.gridY(rows, { stroke: "#d5d9de", strokeOpacity: 1 }),
        Plot.axisY(rows, {
          label: measure === "testAccuracy" ? "fraction" : "bits",
          labelAnchor: "center",
          labelArrow: "none",
          labelOffset: 56,
          fontSize: 14,
        }),
        Plot.axisX(
          variants.map((_, k) => k),
          {
            tickFormat: (k: number) => (variants[k] ?? "").replaceAll(", ", "\n"),
            fontSize: variants.length > 5 ? 10 : 12,
            label: null,
          },
        ),
        Plot.frame({ stroke: INK }),
        Plot.ruleX(dots, { x: "x", y1: "low", y2: "high", stroke: layerColor(0), strokeWidth: 1.2 }),
        Plot.dot(dots, { x: "x", y: "value", r: 4, fill: layerColor(0), fillOpacity: 0.75 }),
        Plot.dot(spots, {
          x: (d: { k: number }) => d.k - 0.32,
          y: "before",
          r: 4,
          fill: "#ffffff",
          stroke: MUTED,
          strokeWidth: 1.6,
        }),
        Plot.link(spots, {
          x1: (d: { k: number }) => d.k + 0.28,
          x2: (d: { k: number }) => d.k + 0.28,
          y1: (d: { all: { mean: number; error: number } }) => d.all.mean - ERROR_REACH * d.all.error,
          y2: (d: { all: { mean: number; error: number } }) => d.all.mean + ERROR_REACH * d.all.error,
          stroke: INK,
          strokeWidth: 1.6,
        }),
        Plot.dot(spots, {
          x: (d: { k: number }) => d.k + 0.28,
          y: (d: { all: { mean: number } }) => d.all.mean,
          r: 3,
          fill: INK,
          symbol: "square",
        }),
      ],
    },
  };
}
