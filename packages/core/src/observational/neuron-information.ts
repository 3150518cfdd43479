/**
 * What single neurons know of the labels: entropy of a neuron's state, its information on the class, and how selective it is
 * (Amjad, Liu & Geiger, "Understanding neural networks and individual neuron importance via information-ordered cumulative ablation",
 * 2021; Morcos et al. 2018; DeWeese & Meister 1999). All in bits but class selectivity.
 */
import * as v from "valibot";
import { signal as abortSignal, callback } from "../checks/schema/instance-of.ts";
import { parse } from "../checks/schema/parse.ts";
import { anyRecord, described, options as optionsOf } from "../checks/schema/records.ts";
import { seed as seedSchema, whole } from "../checks/schema/scalars.ts";
import type { Dataset } from "../datasets/dataset.ts";
import {
  type ContingencyTable,
  classDivergences,
  gTest,
  informationFromCounts,
  margins,
  specificInformation,
} from "../information/contingency.ts";
import { log } from "../information/elementary.ts";
import { entropyFromCounts } from "../information/entropy-estimators.ts";
import { normals } from "../information/normals.ts";
import { derivedSeed, Random, Stream } from "../information/random.ts";
import { type SampledStates, type ShuffleTest, shufflesInTurns } from "../information/shuffles.ts";
import type { Model } from "../model/model.ts";
import { type ChannelReading, channelReading } from "../model/model-units.ts";
import { yieldToEventLoop } from "../settings/yield-to-event-loop.ts";
import { requireLabels, requireSeveral } from "./activations-on-data.ts";
import { type Quantizer, type QuantizerSpec, quantizerSchema } from "./quantizer.ts";
import { type UnitActivations, unitActivations } from "./unit-activations.ts";
import { unitStates } from "./unit-states.ts";

/** What one neuron tells of the label; entropies and informations in bits. */
export interface NeuronInformation {
  /** Position of the layer, from 0. */
  readonly layer: number;
  readonly layerName: string;
  readonly unit: number;
  readonly quantizer: Quantizer;
  /** H(T̂), plug-in. */
  readonly entropy: number;
  /** I(Y; T̂), plug-in: too high by about (states − 1)(classes − 1)/(2 N ln 2). */
  readonly information: number;
  /** The same, less that bias (Miller–Madow); may be below 0. */
  readonly corrected: number;
  /** 95 % bootstrap interval of `corrected`, less the bootstrap's own bias; undefined without a bootstrap. */
  readonly interval?: readonly [low: number, high: number];
  /** max_y D(P(T̂|y) ‖ P(T̂)), and the class of the maximum. */
  readonly klSelectivity: number;
  readonly klClass: number;
  /** (μ_max − μ_others)/(μ_max + μ_others) of the class means of the activation; undefined where activations are negative. */
  readonly classSelectivity?: number;
  /** i(t) for each state, NaN for one that does not occur: may be negative; its mean is the information. */
  readonly specific: readonly number[];
  /**
   * Chance of as much information with labels that have nothing to do with the neuron: by the G-test, or by shuffles where these were asked
   * for; and corrected for how many neurons were tested (Benjamini & Hochberg 1995).
   */
  readonly pValue: number;
  readonly qValue: number;
  /** "dead", "constant after quantization", or a bias that matters. */
  readonly warnings: readonly string[];
}

/** How `neuronInformation()` reads activations, and which errors and tests it adds. */
export interface NeuronOptions {
  /** Default: one threshold, by the activation; for a channel with many positions the median of its values. */
  readonly quantizer?: QuantizerSpec;
  /** How the values of a convolution's channel become one number: their mean (the default) or maximum over all positions. */
  readonly channels?: ChannelReading;
  /** Data that the edges are learned from. Default: the data themselves. */
  readonly learnFrom?: Dataset;
  /** Resamples of the bootstrap; default 0, none. */
  readonly bootstrap?: number;
  /** Shuffles of the labels for p-values that do not assume large counts; default 0: the G-test. */
  readonly permutations?: number;
  /** Of the bootstrap and the shuffles; default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (fraction: number) => void;
}

const neuronOptions = optionsOf({
  quantizer: v.optional(quantizerSchema),
  channels: v.optional(channelReading),
  learnFrom: v.optional(anyRecord),
  bootstrap: v.optional(described(whole(0), "Resamples of the bootstrap; 0 for none."), 0),
  permutations: v.optional(described(whole(0), "Shuffles of the labels for p-values; 0: the G-test."), 0),
  seed: v.optional(described(seedSchema, "Seed of the bootstrap and the shuffles."), 0),
  signal: v.optional(abortSignal),
  onProgress: v.optional(callback),
});

/** A bias above this is said, in bits. */
export const MUCH_BIAS = 0.05;

/**
 * What each hidden and output neuron tells of the label, I(Y; T̂) in bits, layer by layer; of a graph's convolutions,
 * the channels. T̂ is the neuron's activation as a quantizer reads it: by default above or below one threshold, so at
 * most 1 bit.
 *
 * @example
 * ```ts
 * // Two hidden units, OR and AND of the inputs: each tells 1 − ¾ H(⅓) bits of exclusive or.
 * const hidden = { weights: [[1, 1], [1, 1]], bias: [-0.5, -1.5], activation: "relu" as const };
 * const output = { weights: [[-1, 4], [1, -4]], bias: [0.25, -0.25], activation: "sigmoid" as const };
 * const neurons = await neuronInformation(network({ layers: [hidden, output] }), xor());
 * console.log(neurons.map(({ information }) => information.toFixed(3)).join(" ")); // 0.311 0.311 1.000 1.000
 * ```
 * @throws InvalidInputError for data that do not fit, a class without an example, fewer than 2 examples, activations
 *   that are not finite, or options out of range.
 */
export async function neuronInformation(
  model: Model,
  data: Dataset,
  options: NeuronOptions = {},
): Promise<NeuronInformation[]> {
  parse(neuronOptions, options, "neuronInformation()");
  const { learnFrom, channels, signal, onProgress } = options;
  const { labels, classes } = requireLabels(data, "neuronInformation()");
  requireSeveral(data, "neuronInformation()");
  const found: NeuronInformation[] = [];
  // Kept for shuffles only: a number for each neuron and example.
  const states: SampledStates[] | undefined = options.permutations ? [] : undefined;
  const layers = await unitActivations(model, data, channels);
  const learned = learnFrom === undefined ? layers : await unitActivations(model, learnFrom, channels);
  for (const [l, own] of layers.entries()) {
    await yieldToEventLoop();
    signal?.throwIfAborted();
    for (const neuron of ofLayer(own, learned[l]!, l, labels, classes, options, states)) found.push(neuron);
    onProgress?.((l + 1) / layers.length);
  }
  const { permutations = 0, seed = 0 } = options;
  const p =
    states === undefined
      ? found.map(({ pValue }) => pValue)
      : (await inTurns(shufflesInTurns(states, labels, classes, { permutations, seed }), signal)).map(
          ({ pValue }) => pValue,
        );
  const q = falseDiscoveryRates(p);
  return found.map((neuron, k) => ({ ...neuron, pValue: p[k]!, qValue: q[k]! }));
}

/** Signals run between the turns. @throws the signal's reason when cancelled. */
async function inTurns(work: Generator<void, ShuffleTest[]>, signal: AbortSignal | undefined): Promise<ShuffleTest[]> {
  for (;;) {
    await yieldToEventLoop();
    signal?.throwIfAborted();
    const turn = work.next();
    if (turn.done === true) return turn.value;
  }
}

function ofLayer(
  own: UnitActivations,
  learned: UnitActivations,
  position: number,
  labels: Int32Array,
  classes: number,
  { quantizer: spec = { kind: "threshold" }, bootstrap = 0, seed = 0 }: NeuronOptions,
  kept: SampledStates[] | undefined,
): NeuronInformation[] {
  const rows = labels.length;
  const found: NeuronInformation[] = [];
  const { layer } = own;
  for (let unit = 0; unit < layer.outputs; unit++) {
    const { quantizer, values: column, states } = unitStates(own, learned, unit, spec);
    kept?.push({ states, count: quantizer.states });
    const counts = new Float64Array(quantizer.states * classes);
    for (let row = 0; row < rows; row++) counts[states[row]! * classes + labels[row]!]!++;
    const table = { rows: quantizer.states, columns: classes, counts };
    const random = new Random(derivedSeed(seed, position, unit), Stream.noise);
    const neuron = { layer: position, layerName: layer.name, unit, quantizer, ...ofTable(table) };
    const interval = bootstrap > 0 ? bootstrapInterval(table, neuron.corrected, bootstrap, random) : undefined;
    const selectivity = classSelectivity(column, labels, classes);
    found.push({
      ...neuron,
      ...(interval !== undefined && { interval }),
      ...(selectivity !== undefined && { classSelectivity: selectivity }),
      qValue: Number.NaN,
      warnings: warningsOf(column, neuron, classes, rows),
    });
  }
  return found;
}

/** All that the table of states and classes says. */
export function ofTable(table: ContingencyTable) {
  const { ofRows } = margins(table);
  const divergences = classDivergences(table);
  const klClass = divergences.reduce((best, value, label) => (value > divergences[best]! ? label : best), 0);
  const information = informationFromCounts(table).bits;
  return {
    entropy: entropyFromCounts(ofRows, "plug-in").bits,
    information: Math.max(0, information),
    corrected: informationFromCounts(table, "miller-madow").bits,
    klSelectivity: divergences[klClass]!,
    klClass,
    specific: [...specificInformation(table)],
    pValue: gTest(table).pValue,
  };
}

function warningsOf(
  values: Float64Array,
  neuron: { quantizer: Quantizer; entropy: number },
  classes: number,
  rows: number,
): string[] {
  const warnings: string[] = [];
  if (values.every((value) => value === values[0])) warnings.push(values[0] === 0 ? "dead: always 0" : "constant");
  else if (neuron.entropy === 0) warnings.push("one state after quantization: its information is 0");
  const bias = ((neuron.quantizer.states - 1) * (classes - 1)) / (2 * rows * Math.LN2);
  if (neuron.quantizer.states > rows) warnings.push(`more bins (${neuron.quantizer.states}) than examples (${rows})`);
  if (bias > MUCH_BIAS) warnings.push(`plug-in information is too high by up to ${bias.toFixed(2)} bit`);
  return warnings;
}

/** Undefined where an activation is negative: the ratio then means nothing. 0 for a unit that is always 0. */
function classSelectivity(values: Float64Array, labels: Int32Array, classes: number): number | undefined {
  const [sums, counts] = [new Float64Array(classes), new Float64Array(classes)];
  for (const [row, value] of values.entries()) {
    if (value < 0) return undefined;
    sums[labels[row]!]! += value;
    counts[labels[row]!]!++;
  }
  const means = sums.map((sum, label) => sum / counts[label]!);
  const top = means.reduce((best, value, label) => (value > means[best]! ? label : best), 0);
  const others = means.reduce((sum, value, label) => (label === top ? sum : sum + value), 0) / (classes - 1);
  return means[top]! + others === 0 ? 0 : (means[top]! - others) / (means[top]! + others);
}

/** Counts above which a binomial number is drawn as a rounded normal one. */
const MANY = 50;

/**
 * 95 % of the corrected information of tables drawn from this one: multinomial, cell by cell as binomials of what is left; where many are
 * expected on either side these are rounded normal numbers.
 *
 * A table drawn from a sample has the bias of a sample twice, and is corrected once: the draws lie too high by about that bias, which for a
 * neuron that knows little is more than their spread. So they are moved to have the mean that the sample has.
 */
function bootstrapInterval(
  table: ContingencyTable,
  corrected: number,
  resamples: number,
  random: Random,
): [number, number] {
  const total = table.counts.reduce((sum, count) => sum + count, 0);
  const values = new Float64Array(resamples);
  const counts = new Float64Array(table.counts.length);
  const normal = normals(random);
  for (let n = 0; n < resamples; n++) {
    let [left, mass] = [total, total];
    for (const [k, count] of table.counts.entries()) {
      counts[k] = mass <= count ? left : binomial(left, count / mass, random, normal);
      left -= counts[k]!;
      mass -= count;
    }
    values[n] = correctedInformation({ ...table, counts });
  }
  values.sort();
  const bias = values.reduce((sum, value) => sum + value, 0) / resamples - corrected;
  const at = (share: number) => values[Math.min(resamples - 1, Math.max(0, Math.round(share * (resamples - 1))))]!;
  return [at(0.025) - bias, at(0.975) - bias];
}

/** As `informationFromCounts` by Miller and Madow, without the error, which thousands of tables do not need. */
function correctedInformation(table: ContingencyTable): number {
  const { ofRows, ofColumns } = margins(table);
  const total = ofRows.reduce((sum, count) => sum + count, 0);
  let [nats, states] = [0, -1];
  for (const [counts, sign] of [
    [ofRows, -1],
    [ofColumns, -1],
    [table.counts, 1],
  ] as const) {
    for (const count of counts) {
      if (count === 0) continue;
      nats += (sign * count * log(count)) / total;
      states -= sign;
    }
  }
  return (nats + log(total) + states / (2 * total)) / Math.LN2;
}

function binomial(n: number, p: number, random: Random, normal: () => number): number {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (n * p > MANY && n * (1 - p) > MANY) {
    return Math.min(n, Math.max(0, Math.round(n * p + normal() * Math.sqrt(n * p * (1 - p)))));
  }
  // From gap to gap between successes, of the rarer side.
  const rare = Math.min(p, 1 - p);
  const fall = log(1 - rare);
  let [at, found] = [0, 0];
  for (;;) {
    at += Math.floor(log(random.uniform()) / fall) + 1;
    if (at > n) break;
    found++;
  }
  return p === rare ? found : n - found;
}

/** Benjamini & Hochberg 1995: the least false discovery rate at which each test is called. */
export function falseDiscoveryRates(pValues: readonly number[]): number[] {
  const order = pValues.map((_, k) => k).sort((a, b) => pValues[a]! - pValues[b]!);
  const found = new Array<number>(pValues.length);
  let least = 1;
  for (let rank = order.length; rank >= 1; rank--) {
    const k = order[rank - 1]!;
    least = Math.min(least, (pValues[k]! * order.length) / rank);
    found[k] = least;
  }
  return found;
}
