/**
 * The information plane (Shwartz-Ziv & Tishby 2017): what each layer tells of the input, I(X; L), and of the label, I(Y; L). Each X is an
 * example of its own, so I(X; L) is at most log2 of their number; where it comes near, the reading is saturated and says nothing of the
 * network. Of a deterministic network the information is that of how it is read: with limited precision, or through noise.
 */
import * as v from "valibot";
import { parse } from "../checks/schema/parse.ts";
import { options } from "../checks/schema/records.ts";
import { positive } from "../checks/schema/scalars.ts";
import { type Dataset, requireDataset } from "../datasets/dataset.ts";
import { chanceInformation } from "../information/chance-information.ts";
import { log, log2, power } from "../information/elementary.ts";
import { entropyFromCounts } from "../information/entropy-estimators.ts";
import { JointStates } from "../information/joint-states.ts";
import { decoderOptions, type LinearDecoderOptions, linearDecoderBound } from "../information/linear-decoder.ts";
import type { DenseChain, DenseLayer } from "../model/dense-chain.ts";
import { type Model, requireChain } from "../model/model.ts";
import { activationsOf, requireFeatures, requireLabels, requireSeveral } from "./activations-on-data.ts";
import { type NoisyOptions, noisyInformation, noisyOptions } from "./noisy-network.ts";
import { pairwiseLabelBounds } from "./pairwise-bounds.ts";
import { learnQuantizer, type QuantizerSpec, quantized, quantizerSchema } from "./quantizer.ts";

/** How `layerInformation()` reads layers: by bins, through noise, or by a decoder. */
export type PlaneEstimator =
  /** Each unit by a quantizer, learned from its own values, or for `adaptive` from all of the layer; the joint state by plug-in. */
  | { readonly kind: "bins"; readonly quantizer: QuantizerSpec }
  /** Kolchinsky & Tracey's bounds under Gaussian noise of this variance, added to what is read. */
  | { readonly kind: "pairwise"; readonly variance: number }
  /** The network with noise in it (Goldfeld et al. 2019), by Monte Carlo. */
  | ({ readonly kind: "noisy" } & NoisyOptions)
  /** I(Y; L) ≥ H(Y) − the cross-entropy of a linear decoder on examples that it has not learned from; nothing of X. */
  | ({ readonly kind: "decoder" } & LinearDecoderOptions);

const estimatorSchema = v.variant(
  "kind",
  [
    options({ kind: v.literal("bins"), quantizer: quantizerSchema }),
    options({ kind: v.literal("pairwise"), variance: positive }),
    options({ kind: v.literal("noisy"), ...noisyOptions }),
    options({ kind: v.literal("decoder"), ...decoderOptions.entries }),
  ],
  'an estimator of the kind "bins", "pairwise", "noisy" or "decoder"',
);

/** One layer's place in the plane; all informations in bits. */
export interface LayerInformation {
  readonly layer: number;
  readonly layerName: string;
  /** The estimator and its parameters, in words. */
  readonly estimator: string;
  /** 0 … `most.ofInput`; of bounds the upper one; undefined of `decoder`, which reads labels alone. */
  readonly ofInput: number | undefined;
  /** 0 … `most.ofLabel`; of bounds the upper one; of `decoder` a lower bound, below 0 where it does worse than none. */
  readonly ofLabel: number;
  /** Lower bounds, of `pairwise`. */
  readonly lower?: { readonly ofInput: number; readonly ofLabel: number };
  /** Differences of upper and of lower bounds, which bound nothing but are often printed as I(Y; L); of `pairwise`. */
  readonly differences?: { readonly upper: number; readonly lower: number };
  /** Of what is sampled: `noisy` and `decoder`. */
  readonly standardErrors?: { readonly ofInput: number | undefined; readonly ofLabel: number };
  /** Joint states that occurred, of `bins`. */
  readonly cells?: number;
  /** What I(Y; L) would be on average were the labels shuffled among the examples, of `bins`: the bias of a plug-in by few examples. */
  readonly chance?: number;
  /** Share of labels that the decoder finds, 0 … 1. */
  readonly accuracy?: number;
  /** States that are told apart, for each example, 0 … 1: cells / samples, or 2^I(X; L) / samples; undefined of `decoder`. */
  readonly saturation?: number;
  /** What cannot be exceeded: log2 of the samples, and H(Y). */
  readonly most: { readonly ofInput: number; readonly ofLabel: number };
  readonly samples: number;
  readonly warnings: readonly string[];
}

/** Saturation from which a reading is said to be saturated. */
export const SATURATED = 0.9;

type Reading = Omit<LayerInformation, "layer" | "layerName" | "estimator" | "most" | "samples" | "warnings"> & {
  readonly warnings?: readonly string[];
};

/**
 * What each layer tells of the input, I(X; L), and of the label, I(Y; L), in bits, by one estimator: the network's
 * path through the information plane (Shwartz-Ziv & Tishby 2017). At most log2 of the number of examples, and H(Y).
 *
 * @param model A feed-forward network of dense layers.
 * @example
 * ```ts
 * // Two hidden units, OR and AND of the inputs: three states of four examples, which tell exclusive or whole.
 * const hidden = { weights: [[1, 1], [1, 1]], bias: [-0.5, -1.5], activation: "relu" as const };
 * const output = { weights: [[-1, 4], [1, -4]], bias: [0.25, -0.25], activation: "sigmoid" as const };
 * const estimator = { kind: "bins", quantizer: { kind: "threshold" } } as const;
 * const [first] = await layerInformation(network({ layers: [hidden, output] }), xor(), estimator);
 * console.log(first?.ofInput, first?.ofLabel); // 1.5 1
 * ```
 * @throws InvalidInputError for data that do not fit, fewer than 2 examples, a class without one, activations that are
 *   not finite, or an estimator whose parameters are out of range.
 */
export async function layerInformation(
  model: Model,
  data: Dataset,
  estimator: PlaneEstimator,
): Promise<LayerInformation[]> {
  const network = requireChain(model, "layerInformation()");
  parse(estimatorSchema, estimator, "layerInformation(): estimator");
  requireDataset(data, "layerInformation()");
  requireSeveral(data, "layerInformation()");
  const { labels, classes } = requireLabels(data, "layerInformation()");
  requireFeatures(network, data, "layerInformation()");
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]!++;
  const shared = {
    estimator: estimatorText(estimator),
    most: { ofInput: log2(data.rows), ofLabel: entropyFromCounts(counts, "plug-in").bits },
    samples: data.rows,
  };
  const found: LayerInformation[] = [];
  for await (const { layer, reading } of readings(network, data, labels, counts, estimator)) {
    const warnings = [...saturationWarnings(reading, data.rows), ...(reading.warnings ?? [])];
    found.push({ layer: found.length, layerName: layer.name, ...shared, ...reading, warnings });
  }
  return found;
}

/** The estimator and its parameters, as a caption names them. */
export function estimatorText(estimator: PlaneEstimator): string {
  if (estimator.kind === "pairwise") return `pairwise bounds, noise of variance ${estimator.variance}`;
  if (estimator.kind === "noisy") return `noise of deviation ${estimator.beta} in the network`;
  if (estimator.kind === "decoder") return "linear decoder, a lower bound";
  const { quantizer } = estimator;
  switch (quantizer.kind) {
    case "threshold":
      return quantizer.threshold === undefined ? "two states" : `two states, threshold ${quantizer.threshold}`;
    case "uniform":
      return `${quantizer.bins} bins over the observed range`;
    case "equal-mass":
      return `${quantizer.bins} bins of equal mass`;
    case "width":
      return `bins of width ${Number(quantizer.width.toPrecision(3))}`;
    case "fixed":
      return `${quantizer.bins} bins from ${quantizer.range[0]} to ${quantizer.range[1]}`.replaceAll("-", "−");
    case "adaptive":
      return `${quantizer.bins} adaptive bins`;
    case "unique":
      return "distinct values";
  }
}

async function* readings(
  network: DenseChain,
  data: Dataset,
  labels: Int32Array,
  counts: Int32Array,
  estimator: PlaneEstimator,
): AsyncGenerator<{ layer: DenseLayer; reading: Reading }, void> {
  if (estimator.kind === "noisy") {
    for await (const { layer, ofInput, ofLabel } of noisyInformation(network, data, labels, estimator)) {
      yield {
        layer,
        reading: {
          ofInput: ofInput.bits,
          ofLabel: ofLabel.bits,
          standardErrors: { ofInput: ofInput.standardError, ofLabel: ofLabel.standardError },
          saturation: power(2, ofInput.bits) / data.rows,
        },
      };
    }
    return;
  }
  for (const { layer, values } of await activationsOf(network, data)) {
    const reading =
      estimator.kind === "pairwise"
        ? byPairs(values, layer.outputs, labels, estimator.variance)
        : estimator.kind === "decoder"
          ? byDecoder(values, layer.outputs, labels, ofDecoder(estimator))
          : byBins(values, layer, labels, counts, estimator.quantizer);
    yield { layer, reading };
  }
}

function byPairs(values: Float64Array, units: number, labels: Int32Array, variance: number): Reading {
  const { ofPoints, differences, bounds } = pairwiseLabelBounds({ values, dimensions: units }, labels, variance);
  const [lower, upper] = ofPoints.bounds;
  return {
    ofInput: upper,
    ofLabel: bounds[1],
    lower: { ofInput: lower, ofLabel: bounds[0] },
    differences,
    saturation: power(2, upper) / labels.length,
  };
}

function ofDecoder({ seed, learning, penalty }: LinearDecoderOptions): LinearDecoderOptions {
  return { seed, learning, penalty };
}

function byDecoder(values: Float64Array, units: number, labels: Int32Array, options: LinearDecoderOptions): Reading {
  const { bits, standardError, accuracy, settled } = linearDecoderBound({ values, dimensions: units }, labels, options);
  return {
    ofInput: undefined,
    ofLabel: bits,
    standardErrors: { ofInput: undefined, ofLabel: standardError },
    accuracy,
    warnings: settled ? [] : ["the decoder has not converged: a better one may give a higher bound"],
  };
}

function byBins(
  values: Float64Array,
  { outputs: units, activation }: DenseLayer,
  labels: Int32Array,
  counts: Int32Array,
  spec: QuantizerSpec,
): Reading {
  const rows = labels.length;
  const shared = spec.kind === "adaptive" ? learnQuantizer(spec, values, activation) : undefined;
  const joint = new JointStates(rows);
  let bins = 1;
  const column = new Float64Array(rows);
  for (let unit = 0; unit < units; unit++) {
    for (let row = 0; row < rows; row++) column[row] = values[row * units + unit]!;
    const quantizer = shared ?? learnQuantizer(spec, column, activation);
    bins = Math.max(bins, quantizer.states);
    joint.add(quantized(quantizer, column));
  }
  const { states, counts: all } = joint;
  const cells = all.length;
  const classes = counts.length;
  const within = new Int32Array(cells * classes);
  for (let row = 0; row < rows; row++) within[states[row]! * classes + labels[row]!]!++;
  // Σ n ln n of the states, of the classes, and of both.
  const sum = (of: Int32Array) => of.reduce((total, n) => (n > 0 ? total + n * log(n) : total), 0);
  const ofInput = (log(rows) - sum(all) / rows) / Math.LN2;
  const ofLabel = (log(rows) + (sum(within) - sum(all) - sum(counts)) / rows) / Math.LN2;
  const chance = chanceInformation(all, counts);
  const warnings =
    bins > rows && spec.kind !== "unique"
      ? [`${bins} bins of a unit for ${rows} examples: shuffled labels would have I(Y; L) of ${chance.toFixed(2)} bit`]
      : [];
  return {
    ofInput: Math.max(0, ofInput),
    ofLabel: Math.max(0, ofLabel),
    cells,
    chance,
    saturation: cells / rows,
    warnings,
  };
}

function saturationWarnings({ cells, chance, ofInput, saturation = 0 }: Reading, rows: number): string[] {
  if (!(saturation > SATURATED)) return [];
  if (cells === undefined) {
    return [`within ${Math.max(0, log2(rows) - ofInput!).toFixed(2)} bit of log2 ${rows}: the reading is saturated`];
  }
  return [
    `${cells} states for ${rows} examples: the reading is saturated; shuffled labels would have I(Y; L) of ${chance!.toFixed(2)} bit`,
  ];
}
