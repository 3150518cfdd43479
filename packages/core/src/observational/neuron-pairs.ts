/** What two neurons of a layer tell of the label together: the same, each something of its own, or something that only both tell. */

import * as v from "valibot";
import { check } from "../checks/check.ts";
import { signal as abortSignal } from "../checks/schema/instance-of.ts";
import { listOf } from "../checks/schema/lists.ts";
import { parse } from "../checks/schema/parse.ts";
import { anyRecord, described, options as optionsOf } from "../checks/schema/records.ts";
import { oneOf, seed as seedSchema, whole } from "../checks/schema/scalars.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { jointStates } from "../information/joint-states.ts";
import {
  jointInformation,
  type MultivariateInformation,
  multivariateInformation,
} from "../information/o-information.ts";
import {
  interactionBits,
  type PartialInformation,
  partialInformation,
  type Redundancy,
  redundancies,
} from "../information/partial-information.ts";
import { derivedSeed, Random, Stream, shuffle } from "../information/random.ts";
import { type SourceTable, sourceInformation, sourceTable } from "../information/source-table.ts";
import type { Model } from "../model/model.ts";
import { type ChannelReading, channelReading } from "../model/model-units.ts";
import { requireLabels } from "./activations-on-data.ts";
import { falseDiscoveryRates, MUCH_BIAS } from "./neuron-information.ts";
import { type QuantizerSpec, quantizerSchema } from "./quantizer.ts";
import { unitActivations } from "./unit-activations.ts";
import { unitStates } from "./unit-states.ts";

/** What two neurons tell of the label together; informations in bits. */
export interface NeuronPair {
  readonly first: number;
  readonly second: number;
  /** I(Y; T̂₁), I(Y; T̂₂) and I(Y; T̂₁, T̂₂), plug-in. */
  readonly information: readonly [first: number, second: number, both: number];
  /** I(Y; T̂₁) + I(Y; T̂₂) − I(Y; T̂₁, T̂₂): above 0 redundancy rules, below 0 synergy. */
  readonly interaction: number;
  /** Mean interaction under shuffled labels, which is the bias of the plug-in: below 0. */
  readonly chance: number;
  /** Two-sided, that it is no further from `chance` than shuffled labels are; and corrected for how many pairs there are. */
  readonly pValue: number;
  readonly qValue: number;
  /** By each measure of redundancy that was asked for, which do not agree. */
  readonly parts: readonly PartialInformation[];
}

/** All pairs of some units of a layer, and what the units have in common; informations in bits. */
export interface NeuronPairs {
  readonly layerName: string;
  /** The units that were paired. */
  readonly units: readonly number[];
  readonly pairs: readonly NeuronPair[];
  /** I(Y; T̂ of all these units), plug-in. */
  readonly joint: number;
  /** What these units have in common, whatever the labels. */
  readonly common: MultivariateInformation;
  readonly warnings: readonly string[];
}

/** Which units `neuronPairs()` pairs, and how. */
export interface NeuronPairOptions {
  /** Position of the layer, from 0. */
  readonly layer: number;
  /** At least 2, and few: pairs grow with the square. */
  readonly units: readonly number[];
  /** Default: one threshold, by the activation. */
  readonly quantizer?: QuantizerSpec;
  /** How the values of a convolution's channel become one number: their mean (the default) or maximum over all positions. */
  readonly channels?: ChannelReading;
  /** Data that the edges are learned from. Default: the data themselves. */
  readonly learnFrom?: Dataset;
  /** Default: all three. */
  readonly measures?: readonly Redundancy[];
  /** Shuffles of the labels; default 200. */
  readonly permutations?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

const pairOptions = optionsOf({
  layer: described(whole(0), "Position of the layer."),
  units: described(
    listOf(whole(0), { least: 2, distinct: true, words: "at least 2 different units" }),
    "Positions of the units.",
  ),
  quantizer: v.optional(quantizerSchema),
  channels: v.optional(channelReading),
  learnFrom: v.optional(anyRecord),
  measures: v.optional(listOf(oneOf(redundancies))),
  permutations: v.optional(described(whole(0), "Shuffles of the labels."), 200),
  seed: v.optional(described(seedSchema, "Seed of the shuffles."), 0),
  signal: v.optional(abortSignal),
});

/** States of a pair of neurons, above which parts are left out: their computation grows with the cube. */
const MOST_STATES = 64;

/**
 * What the units of a layer tell of the label in pairs, in bits: interaction information (McGill 1954), and its
 * decomposition into redundant, unique and synergistic parts (Williams & Beer 2010; Bertschinger et al. 2014).
 *
 * @example
 * ```ts
 * // Two hidden units, OR and AND of the inputs: together they tell more of exclusive or than each by itself.
 * const hidden = { weights: [[1, 1], [1, 1]], bias: [-0.5, -1.5], activation: "relu" as const };
 * const output = { weights: [[-1, 4], [1, -4]], bias: [0.25, -0.25], activation: "sigmoid" as const };
 * const model = network({ layers: [hidden, output] });
 * const { pairs } = await neuronPairs(model, xor(), { layer: 0, units: [0, 1] });
 * console.log(pairs[0]?.information.map((bits) => bits.toFixed(3)).join(" ")); // 0.311 0.311 1.000
 * console.log(pairs[0]?.interaction.toFixed(3)); // -0.377
 * ```
 * @throws InvalidInputError for a layer or units that are not there, fewer than 2 units, data that do not fit, or a
 *   class without an example.
 */
export async function neuronPairs(model: Model, data: Dataset, options: NeuronPairOptions): Promise<NeuronPairs> {
  const given = parse(pairOptions, options, "neuronPairs()");
  const { layer, units, quantizer: spec = { kind: "threshold" }, channels, measures = redundancies } = given;
  const { permutations, seed, signal } = given;
  const { learnFrom } = options;
  const { labels, classes } = requireLabels(data, "neuronPairs()");
  const own = (await unitActivations(model, data, channels))[layer];
  const outputs = own?.layer.outputs ?? 0;
  check(own !== undefined && units.every((unit) => unit < outputs), {
    who: "neuronPairs()",
    expected: own === undefined ? "a layer of the network" : `units from 0 to ${outputs - 1}`,
    got: `layer ${layer}, units ${units.join(", ")}`,
  });
  const learned = learnFrom === undefined ? own : (await unitActivations(model, learnFrom, channels))[layer]!;
  const states = units.map((unit) => unitStates(own, learned, unit, spec).states);
  const shuffles = Array.from({ length: permutations }, (_, n) => {
    const order = labels.slice();
    shuffle(order, new Random(derivedSeed(seed, n), Stream.labels));
    return order;
  });
  const pairs: Omit<NeuronPair, "qValue">[] = [];
  let large = 0;
  for (let a = 0; a < units.length; a++) {
    for (let b = a + 1; b < units.length; b++) {
      signal?.throwIfAborted();
      const table = sourceTable(states[a]!, states[b]!, labels);
      const small = table.first + table.second <= MOST_STATES;
      if (!small) large++;
      const { first, second, both } = sourceInformation(table);
      pairs.push({
        first: units[a]!,
        second: units[b]!,
        information: [first, second, both],
        ...interactionTest(states[a]!, states[b]!, table, shuffles),
        parts: small ? measures.map((measure) => partialInformation(table, measure)) : [],
      });
    }
  }
  const bias = ((jointStates(states).counts.length - 1) * (classes - 1)) / (2 * labels.length * Math.LN2);
  const q = falseDiscoveryRates(pairs.map(({ pValue }) => pValue));
  return {
    layerName: own.layer.name,
    units,
    pairs: pairs.map((pair, k) => ({ ...pair, qValue: q[k]! })),
    joint: jointInformation(states, labels).bits,
    common: multivariateInformation(states),
    warnings: [
      ...(large === 0 ? [] : [`${large} pairs have more than ${MOST_STATES} states: their parts are omitted`]),
      ...(bias > MUCH_BIAS
        ? [`information of all ${units.length} units together is too high by up to ${bias.toFixed(2)} bit`]
        : []),
    ],
  };
}

function interactionTest(
  a: Int32Array,
  b: Int32Array,
  table: SourceTable,
  shuffles: readonly Int32Array[],
): Pick<NeuronPair, "interaction" | "chance" | "pValue"> {
  const interaction = interactionBits(table);
  const drawn = shuffles.map((labels) => interactionBits(sourceTable(a, b, labels)));
  const chance = drawn.reduce((sum, value) => sum + value, 0) / Math.max(1, drawn.length);
  const asFar = drawn.filter((value) => Math.abs(value - chance) >= Math.abs(interaction - chance) - 1e-12).length;
  return { interaction, chance, pValue: (1 + asFar) / (1 + drawn.length) };
}
