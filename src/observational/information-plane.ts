/**
 * The information plane (Shwartz-Ziv & Tishby 2017): what each layer tells of the input, I(X; L), and of the label, I(Y; L), of a
 * deterministic network read with limited precision. Each X is an example of its own, so I(X; L) is at most log2 of their number; where it
 * comes near, the reading is saturated and says nothing of the network.
 */
import type { Dataset } from "../datasets/dataset.ts";
import { InvalidInputError } from "../errors.ts";
import { log, log2 } from "../information/elementary.ts";
import { pairwiseBounds, pairwiseLabelBounds } from "../information/pairwise-bounds.ts";
import type { Network } from "../network/network.ts";
import { activationsOf, requireLabels } from "./activations.ts";
import { learnQuantizer, type QuantizerSpec, quantized } from "./quantizer.ts";

export type PlaneEstimator =
  /** Each unit by a quantizer; the joint state of the layer by plug-in. `fixed` without a range: −1 to 1, or 0 to 1, by the activation. */
  | { readonly kind: "bins"; readonly quantizer: QuantizerSpec }
  /** Kolchinsky & Tracey's bounds under Gaussian noise of this variance. */
  | { readonly kind: "pairwise"; readonly variance: number };

export interface LayerInformation {
  readonly layer: number;
  readonly layerName: string;
  /** Bits; of bounds the upper one. */
  readonly ofInput: number;
  /** Bits; of bounds the upper one. */
  readonly ofLabel: number;
  /** Lower bounds, of `pairwise`. */
  readonly lower?: { readonly ofInput: number; readonly ofLabel: number };
  /** Joint states that occurred; undefined for bounds. */
  readonly cells?: number;
  readonly samples: number;
  readonly warnings: readonly string[];
}

/** Share of examples with a state of their own from which a reading counts as saturated. */
const SATURATED = 0.9;

/** @throws InvalidInputError for data that do not fit, fewer than 2 examples, a class without one, or an estimator that is none. */
export async function layerInformation(
  network: Network,
  data: Dataset,
  estimator: PlaneEstimator,
): Promise<LayerInformation[]> {
  const { labels } = requireLabels(data, "layerInformation()");
  if (data.rows < 2) {
    throw new InvalidInputError({ who: "layerInformation()", expected: "at least 2 examples", got: `${data.rows}` });
  }
  const layers = await activationsOf(network, data);
  return layers.map(({ layer, values }, position) => {
    const place = { layer: position, layerName: layer.name, samples: data.rows };
    if (estimator.kind === "pairwise")
      return { ...place, ...byPairs(values, layer.outputs, labels, estimator.variance) };
    return { ...place, ...byBins(values, layer.outputs, layer.activation, labels, estimator.quantizer) };
  });
}

function byPairs(values: Float64Array, units: number, labels: Int32Array, variance: number) {
  const points = { values, dimensions: units };
  const x = pairwiseBounds(points, variance);
  const y = pairwiseLabelBounds(points, labels, variance);
  const bits = (nats: number) => nats / Math.LN2;
  const warnings = saturation(bits(x.upper), labels.length);
  return {
    ofInput: bits(x.upper),
    ofLabel: bits(y.upper),
    lower: { ofInput: bits(x.lower), ofLabel: bits(y.lower) },
    warnings,
  };
}

function byBins(values: Float64Array, units: number, activation: string, labels: Int32Array, spec: QuantizerSpec) {
  const rows = labels.length;
  // The joint state so far, renumbered after each unit: a pair of small numbers is one number.
  let states = new Int32Array(rows);
  let count = 1;
  const column = new Float64Array(rows);
  for (let unit = 0; unit < units; unit++) {
    for (let row = 0; row < rows; row++) column[row] = values[row * units + unit]!;
    const quantizer = learnQuantizer(spec, column, activation);
    const own = quantized(quantizer, column);
    const seen = new Map<number, number>();
    const next = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const pair = states[row]! * quantizer.states + own[row]!;
      const state = seen.get(pair) ?? seen.size;
      seen.set(pair, state);
      next[row] = state;
    }
    states = next;
    count = seen.size;
  }
  const classes = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  const [all, within] = [new Float64Array(count), new Float64Array(count * classes)];
  const perClass = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    all[states[row]!]!++;
    within[states[row]! * classes + labels[row]!]!++;
    perClass[labels[row]!]!++;
  }
  // Σ n ln n of the states, of the classes, and of both.
  const sum = (counts: Float64Array) => counts.reduce((total, n) => (n > 0 ? total + n * log(n) : total), 0);
  const ofInput = (log(rows) - sum(all) / rows) / Math.LN2;
  const ofLabel = (log(rows) + (sum(within) - sum(all) - sum(perClass)) / rows) / Math.LN2;
  const warnings =
    count > SATURATED * rows
      ? [`${count} states for ${rows} examples: the reading is saturated, I(Y; L) is H(Y) whatever the network does`]
      : [];
  return { ofInput: Math.max(0, ofInput), ofLabel: Math.max(0, ofLabel), cells: count, warnings };
}

function saturation(bits: number, rows: number): string[] {
  const most = log2(rows);
  return bits > SATURATED * most
    ? [`within ${(most - bits).toFixed(2)} bit of log2 ${rows}: the reading is saturated`]
    : [];
}
