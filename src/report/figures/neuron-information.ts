/** How much single neurons know of the class: a histogram for each layer. */
import * as Plot from "@observablehq/plot";
import type { NeuronInformation } from "../../observational/neuron-information.ts";
import { layerColor, nice } from "../chart.ts";
import type { NamedFigure } from "../figures.ts";
import { MILLIMETRES, PAGE, panel } from "../paper/panels.ts";
import { composeFigure, INK, type Panel } from "../svg.ts";

const BINS = 24;

export function neuronInformationFigure(neurons: readonly NeuronInformation[]): NamedFigure {
  const layers = [...new Set(neurons.map(({ layer }) => layer))];
  const most = Math.max(0.01, ...neurons.map(({ information }) => information));
  const [, end] = nice([0, most], 6);
  const panels = layers.map((layer): Panel => {
    const own = neurons.filter((neuron) => neuron.layer === layer);
    const counts = new Array<number>(BINS).fill(0);
    for (const { information } of own) counts[Math.min(BINS - 1, Math.floor((information / end) * BINS))]!++;
    const bars = counts.map((count, k) => ({ from: (k * end) / BINS, to: ((k + 1) * end) / BINS, count }));
    const mean = own.reduce((sum, { information }) => sum + information, 0) / own.length;
    return panel({
      heading: `${own[0]!.layerName}: ${own.length} units, mean ${mean.toFixed(3)} bit`,
      height: 260,
      x: [0, end],
      y: nice([0, Math.max(1, ...counts)], 5),
      xLabel: "I(Y; T̂) (bits)",
      yLabel: "units",
      marks: [
        Plot.rect(bars, { x1: "from", x2: "to", y1: 0, y2: "count", fill: layerColor(layer), inset: 0.5 }),
        Plot.ruleX([mean], { stroke: INK, strokeDasharray: "5 3" }),
      ],
    });
  });
  const rows: Panel[][] = [];
  for (let k = 0; k < panels.length; k += 3) rows.push(panels.slice(k, k + 3));
  return {
    name: "neuron-information",
    svg: composeFigure({
      width: PAGE,
      millimetres: MILLIMETRES,
      title: "What single neurons know of the class",
      legend: [[{ kind: "dashed", color: INK, label: "mean of the layer" }]],
      panels: rows,
      caption:
        "Plug-in information of each neuron's quantized activation with the class. Layers differ in their values: compare neurons within a layer.",
    }),
  };
}
