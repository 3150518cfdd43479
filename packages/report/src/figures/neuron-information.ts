/** How much single neurons know of the class: a histogram for each layer. */

import { counted, greatest, least } from "@causalscope/core/basics";
import { rankCorrelation } from "@causalscope/core/internal";
import type { NeuronInformation } from "@causalscope/core/neurons";
import type { ValueRow } from "@causalscope/runs";
import * as Plot from "@observablehq/plot";
import { layerColor, nice } from "../chart.ts";
import type { NamedFigure } from "../figures.ts";
import { MILLIMETRES, PAGE, panel } from "../panels.ts";
import { composeFigure, INK, type Panel } from "../svg.ts";

const BINS = 24;

/** A neuron's place and what it knows; of several seeds all together. */
export type KnowingNeuron = Pick<NeuronInformation, "layer" | "layerName" | "information">;

/** The neurons that rows of an ablation hold: a histogram for each layer, and what each knows beside what is lost without it. */
export function neuronFigures(values: readonly ValueRow[]): NamedFigure[] {
  const own = values.filter(({ measure }) => measure === "unitInformation");
  if (own.length === 0) return [];
  const scopes = [...new Set(own.map(({ setting }) => setting.scope as string))];
  const neurons = own.map(
    ({ setting: { scope }, value: bits }): KnowingNeuron => ({
      layer: scopes.indexOf(scope as string),
      layerName: scope as string,
      information: bits,
    }),
  );
  return [neuronInformationFigure(neurons), damageFigure(values, own, scopes)];
}

/** Rises are small: in thousandths. */
const MILLI = 1000;

interface Spot {
  readonly information: number;
  readonly rise: number;
  readonly error: number;
}

/** What is lost without each neuron alone, over what it knows. */
function damageFigure(values: readonly ValueRow[], known: readonly ValueRow[], scopes: readonly string[]): NamedFigure {
  const key = ({ setting: { seed, scope, neuron } }: ValueRow) => `${seed}/${scope}/${neuron}`;
  const rises = new Map(values.filter(({ measure }) => measure === "unitLossRise").map((row) => [key(row), row]));
  const spots = scopes.map((scope) =>
    known
      .filter(({ setting }) => setting.scope === scope)
      .map((row): Spot => {
        const { value: bits, standardError } = rises.get(key(row))!;
        return { information: row.value, rise: MILLI * bits, error: MILLI * standardError };
      }),
  );
  const all = spots.flat();
  const x = nice(
    [
      0,
      greatest(
        all.map(({ information }) => information),
        0.01,
      ),
    ],
    6,
  );
  const y = nice(
    [
      least(
        all.map(({ rise }) => rise),
        0,
      ),
      greatest(
        all.map(({ rise }) => rise),
        0.01,
      ),
    ],
    6,
  );
  const panels = scopes.map(
    (scope, k): Panel =>
      panel({
        heading: `${scope}: ρ = ${rankCorrelation(
          spots[k]!.map(({ information }) => information),
          spots[k]!.map(({ rise }) => rise),
        )
          .toFixed(2)
          .replace("-", "−")}`,
        height: 300,
        x,
        y,
        xLabel: "I(Y; T̂) (bits)",
        yLabel: "rise of the loss (thousandths)",
        marks: [
          Plot.ruleX(spots[k], {
            x: "information",
            y1: ({ rise, error }: Spot) => Math.max(y[0], rise - 2 * error),
            y2: ({ rise, error }: Spot) => Math.min(y[1], rise + 2 * error),
            stroke: layerColor(k),
            strokeOpacity: 0.25,
          }),
          Plot.dot(spots[k], { x: "information", y: "rise", r: 2.4, fill: layerColor(k), fillOpacity: 0.8 }),
        ],
      }),
  );
  return {
    name: "neuron-damage",
    svg: composeFigure({
      width: PAGE,
      millimetres: MILLIMETRES,
      title: "What a neuron knows, and what is lost without it alone",
      legend: [],
      panels: inRows(panels),
      caption:
        "A point for each neuron, with two standard errors over the test examples; ρ: Spearman's rank correlation. What is known twice is not missed once: a weak correlation does not say that information is useless.",
    }),
  };
}

const COLUMNS = 3;

function inRows(panels: readonly Panel[]): Panel[][] {
  const rows: Panel[][] = [];
  for (let k = 0; k < panels.length; k += COLUMNS) rows.push(panels.slice(k, k + COLUMNS));
  return rows;
}

/**
 * A histogram for each layer of what its neurons know of the label, in bits, as SVG.
 *
 * @example
 * ```ts
 * const hidden = { weights: [[1, 1], [1, 1]], bias: [-0.5, -1.5], activation: "relu" as const };
 * const output = { weights: [[-1, 4], [1, -4]], bias: [0.25, -0.25], activation: "sigmoid" as const };
 * const neurons = await neuronInformation(network({ layers: [hidden, output] }), xor());
 * const { name, svg } = neuronInformationFigure(neurons);
 * console.log(name, svg.startsWith("<svg")); // neuron-information true
 * ```
 */
export function neuronInformationFigure(neurons: readonly KnowingNeuron[]): NamedFigure {
  const layers = [...new Set(neurons.map(({ layer }) => layer))];
  const most = greatest(
    neurons.map(({ information }) => information),
    0.01,
  );
  const [, end] = nice([0, most], 6);
  const panels = layers.map((layer): Panel => {
    const own = neurons.filter((neuron) => neuron.layer === layer);
    const counts = new Array<number>(BINS).fill(0);
    for (const { information } of own) counts[Math.min(BINS - 1, Math.floor((information / end) * BINS))]!++;
    const bars = counts.map((count, k) => ({ from: (k * end) / BINS, to: ((k + 1) * end) / BINS, count }));
    const mean = own.reduce((sum, { information }) => sum + information, 0) / own.length;
    return panel({
      heading: `${own[0]!.layerName}: ${counted(own.length, "unit")}, mean ${mean.toFixed(3)} bit`,
      height: 260,
      x: [0, end],
      y: nice([0, greatest(counts, 1)], 5),
      xLabel: "I(Y; T̂) (bits)",
      yLabel: "units",
      marks: [
        Plot.rect(bars, { x1: "from", x2: "to", y1: 0, y2: "count", fill: layerColor(layer), inset: 0.5 }),
        Plot.ruleX([mean], { stroke: INK, strokeDasharray: "5 3" }),
      ],
    });
  });
  return {
    name: "neuron-information",
    svg: composeFigure({
      width: PAGE,
      millimetres: MILLIMETRES,
      title: "What single neurons know about the class",
      legend: [[{ kind: "dashed", color: INK, label: "mean of the layer" }]],
      panels: inRows(panels),
      caption:
        "Plug-in mutual information of each neuron's quantized activation and the class. Layers differ in their values: compare neurons within a layer.",
    }),
  };
}
