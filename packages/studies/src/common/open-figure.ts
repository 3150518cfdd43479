/** Figures of the studies of what the authors left open: a measure for each variant, its mean and every seed. */

import {
  composeFigure,
  extent,
  INK,
  layerColor,
  MILLIMETRES,
  MUTED,
  nice,
  PAGE,
  type Panel,
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
          { kind: "errorbar", color: INK, label: `trained: mean ± 1.96 standard errors over seeds (N = ${seeds})` },
        ],
      ],
      panels: rows,
      caption: `Sums over all layers, in bits; ${seeds} seeds for each variant.`,
    }),
  };
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
    return [{ k, name, sums, before, all: group(sums) }];
  });
  const [low, high] = extent(spots.flatMap(({ sums, before }) => [...sums, before])) ?? [0, 1];
  const y = measure === "testAccuracy" ? nice([low, high], 5) : nice([Math.min(0, low), high], 6);
  const dots = spots.flatMap(({ k, sums }) =>
    sums.map((value, s) => ({ x: k + 0.3 * ((s + 0.5) / sums.length - 0.5), value, k })),
  );
  return {
    heading,
    height: 300,
    options: {
      marginLeft: 70,
      marginRight: 16,
      marginTop: 10,
      marginBottom: 66,
      x: { domain: [-0.6, variants.length - 0.4], label: null },
      y: { domain: [...y], label: null },
      marks: [
        Plot.gridY({ stroke: "#d5d9de", strokeOpacity: 1 }),
        Plot.axisY({
          label: measure === "testAccuracy" ? "fraction" : "bits",
          labelAnchor: "center",
          labelArrow: "none",
          labelOffset: 56,
          fontSize: 14,
          ticks: 6,
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
          y1: (d: { all: { mean: number; error: number } }) => d.all.mean - 1.96 * d.all.error,
          y2: (d: { all: { mean: number; error: number } }) => d.all.mean + 1.96 * d.all.error,
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
