/** The information plane: what each layer tells of the input and of the label, the epochs as colours. */
import * as Plot from "@observablehq/plot";
import type { ValueRow } from "../../runs/table.ts";
import { layerColor, nice } from "../chart.ts";
import type { NamedFigure } from "../figures.ts";
import { MILLIMETRES, PAGE, panel } from "../paper/panels.ts";
import { composeFigure, INK, MUTED, type Panel } from "../svg.ts";

const LETTERS = "abcdefgh";

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly layer: number;
  readonly epoch: number;
}

/** A panel for each activation and estimator: means over the seeds, a line for each layer, a point for each checkpoint, the later the darker. */
export function informationPlaneFigure(values: readonly ValueRow[], samples: number): NamedFigure {
  const own = values.filter(({ measure }) => measure === "inputInformation" || measure === "labelInformation");
  const kinds = [...new Set(own.map(({ setting }) => `${setting.activation}, ${setting.estimator}`))];
  const layers = [...new Set(own.map(({ setting }) => setting.layer as number))].sort((a, b) => a - b);
  const most = Math.log2(samples);
  const panels = kinds.map((kind, k) =>
    planePanel(
      own.filter(({ setting }) => `${setting.activation}, ${setting.estimator}` === kind),
      layers,
      most,
      `${LETTERS[k]}  ${kind}`,
    ),
  );
  const rows: Panel[][] = [];
  for (let k = 0; k < panels.length; k += 2) rows.push(panels.slice(k, k + 2));
  const seeds = new Set(own.map(({ setting }) => setting.seed)).size;
  return {
    name: "information-plane",
    svg: composeFigure({
      width: PAGE,
      millimetres: MILLIMETRES,
      title: "The information plane through training",
      legend: [
        layers.map((layer) => ({ kind: "line", color: layerColor(layer - 1), label: `layer ${layer}` })),
        [
          { kind: "open", color: MUTED, label: "untrained" },
          { kind: "dot", color: MUTED, label: "trained" },
          { kind: "dashed", color: INK, label: `log2 ${samples}: saturated` },
        ],
      ],
      panels: rows,
      caption: `Means over ${seeds} seeds; checkpoints at equal ratios of the epoch, later ones darker. A deterministic network has no I(X; L) but that of how it is read: near the dashed line every example has a state of its own, and I(Y; L) is H(Y) whatever the network does.`,
    }),
  };
}

function planePanel(rows: readonly ValueRow[], layers: readonly number[], most: number, heading: string): Panel {
  const epochs = [...new Set(rows.map(({ setting }) => setting.epoch as number))].sort((a, b) => a - b);
  const mean = (measure: string, layer: number, epoch: number) => {
    const found = rows.filter(
      (row) => row.measure === measure && row.setting.layer === layer && row.setting.epoch === epoch,
    );
    return found.reduce((sum, { bits }) => sum + bits, 0) / found.length;
  };
  const spots = layers.flatMap((layer) =>
    epochs.map(
      (epoch): Spot => ({
        layer,
        epoch,
        x: mean("inputInformation", layer, epoch),
        y: mean("labelInformation", layer, epoch),
      }),
    ),
  );
  const color = (d: Spot) => layerColor(d.layer - 1);
  const shade = (d: Spot) => 0.15 + (0.85 * epochs.indexOf(d.epoch)) / Math.max(1, epochs.length - 1);
  return panel({
    heading,
    height: 420,
    x: nice([0, most * 1.02], 6),
    y: nice([0, Math.max(...spots.map(({ y }) => y))], 5),
    xLabel: "I(X; L) (bits)",
    yLabel: "I(Y; L) (bits)",
    marks: [
      Plot.ruleX([most], { stroke: INK, strokeDasharray: "6 4" }),
      Plot.line(spots, { x: "x", y: "y", z: "layer", stroke: color, strokeOpacity: 0.35, strokeWidth: 1.2 }),
      Plot.dot(spots, { x: "x", y: "y", r: 3.2, fill: color, fillOpacity: shade }),
      Plot.dot(
        spots.filter(({ epoch }) => epoch === epochs[0]),
        { x: "x", y: "y", r: 4.5, fill: "#ffffff", stroke: color, strokeWidth: 1.6 },
      ),
      Plot.dot(
        spots.filter(({ epoch }) => epoch === epochs.at(-1)),
        { x: "x", y: "y", r: 5.5, fill: color, stroke: "#ffffff" },
      ),
    ],
  });
}
