/** Scores by which units are ordered: what they know of the labels, how much they weigh, what breaks without each. */
import * as v from "valibot";
import { check } from "../checks/check.ts";
import { listOf } from "../checks/schema/lists.ts";
import { parse } from "../checks/schema/parse.ts";
import { options as optionsOf } from "../checks/schema/records.ts";
import { oneOf, seed as seedSchema } from "../checks/schema/scalars.ts";
import type { Dataset } from "../datasets/dataset.ts";
import type { Model } from "../model/model.ts";
import { unitsOf } from "../model/model-units.ts";
import { type NeuronInformation, neuronInformation } from "../observational/neuron-information.ts";
import { type QuantizerSpec, quantizerSchema } from "../observational/quantizer.ts";
import { unitActivations } from "../observational/unit-activations.ts";
import { placeKey } from "./ablator.ts";
import { placesOf, type UnitScores } from "./cumulative.ts";
import { unitEffects } from "./effects.ts";
import { outgoingSquares } from "./outgoing-weights.ts";
import { type ReplacementSpec, replacementSchema } from "./replacement.ts";

/** The names of the scores: see `unitScores()`. */
export const scoreNames = [
  "information",
  "information8",
  "information-share",
  "information-rank",
  "kl-selectivity",
  "class-selectivity",
  "entropy",
  "weight-spread",
  "damage",
] as const;
/** A score by which units are ordered: see `unitScores()`. */
export type ScoreName = (typeof scoreNames)[number];

const EIGHT: QuantizerSpec = { kind: "equal-mass", bins: 8 };

/** How scores read activations, and what `damage` puts in a unit's place. */
export interface ScoreOptions {
  /** Of `damage`. Default zero. */
  readonly replacement?: ReplacementSpec;
  /** Of values that are resampled. */
  readonly seed?: number;
  /** By which activations are read, but for `information8`. Default: one threshold, by the activation. */
  readonly quantizer?: QuantizerSpec;
  /** What `neuronInformation` gives by this quantizer, where it is there already. */
  readonly neurons?: readonly NeuronInformation[];
}

const scoreList = listOf(oneOf(scoreNames), { least: 0, words: `an array of scores out of ${scoreNames.join(", ")}` });

const scoreOptions = optionsOf({
  replacement: v.optional(replacementSchema, "zero"),
  seed: v.optional(seedSchema, 0),
  quantizer: v.optional(quantizerSchema),
  neurons: v.optional(v.custom(Array.isArray, "the result of neuronInformation()")),
});

/**
 * Scores of all hidden units, from training data alone; greater means more important.
 *
 * - `information`: I(Y; T̂) in bits, by the quantizer, one threshold by default; `information8` at eight equal-mass
 *   bins.
 * - `information-share`: I(Y; T̂)/H(T̂), 0 … 1, 0 for a constant unit, and `information-rank`: the share of the
 *   layer's units that know less. These two can be compared across layers.
 * - `kl-selectivity` in bits, and `class-selectivity`: as in `neuronInformation()`.
 * - `entropy`: H(T̂) in bits.
 * - `weight-spread`: ‖w_out‖ times the standard deviation of T.
 * - `damage`: the rise of the training loss when the unit alone is replaced.
 *
 * @example
 * ```ts
 * // Two hidden units, OR and AND of the inputs.
 * const hidden = { weights: [[1, 1], [1, 1]], bias: [-0.5, -1.5], activation: "relu" as const };
 * const output = { weights: [[-1, 4], [1, -4]], bias: [0.25, -0.25], activation: "softmax" as const };
 * const scores = await unitScores(network({ layers: [hidden, output] }), xor(), ["information", "entropy"]);
 * console.log(scores.information.get("0/0")?.toFixed(3), scores.entropy.get("0/0")?.toFixed(3)); // 0.311 0.811
 * ```
 * @throws InvalidInputError as `neuronInformation`; for the class selectivity of units with negative activations.
 */
export async function unitScores(
  model: Model,
  train: Dataset,
  names: readonly ScoreName[],
  options: ScoreOptions = {},
): Promise<Record<ScoreName, UnitScores>> {
  parse(scoreOptions, options, "unitScores()");
  parse(scoreList, names, "unitScores(): names");
  const { replacement = "zero", seed = 0, quantizer = { kind: "threshold" }, neurons } = options;
  const found: Partial<Record<ScoreName, UnitScores>> = {};
  const isHidden = ({ layer }: NeuronInformation) => layer < unitsOf(model).layers.length - 1;
  const of = (neurons: readonly NeuronInformation[], value: (neuron: NeuronInformation) => number) =>
    new Map(neurons.map((neuron) => [placeKey(neuron), value(neuron)]));
  const fromOne = names.filter((name): name is keyof typeof OF_NEURON => name in OF_NEURON);
  const needsOne = fromOne.length > 0 || names.includes("information-rank");
  const known = neurons ?? (needsOne ? await neuronInformation(model, train, { quantizer }) : []);
  const one = known.filter(isHidden);
  for (const name of fromOne) found[name] = of(one, OF_NEURON[name]);
  if (names.includes("information-rank")) found["information-rank"] = rankWithinLayers(one);
  if (names.includes("information8")) {
    const eight = await neuronInformation(model, train, { quantizer: EIGHT });
    found.information8 = of(eight.filter(isHidden), (neuron) => neuron.information);
  }
  if (names.includes("weight-spread")) found["weight-spread"] = await weightSpread(model, train);
  if (names.includes("damage")) {
    const effects = await unitEffects(model, train, placesOf(model, "network"), { replacement, seed });
    found.damage = new Map(effects.map(({ place, lossRise }) => [placeKey(place), lossRise]));
  }
  return found as Record<ScoreName, UnitScores>;
}

/** Scores that the information at one threshold holds already. */
const OF_NEURON = {
  information: ({ information }: NeuronInformation) => information,
  "information-share": ({ information, entropy }: NeuronInformation) => (entropy === 0 ? 0 : information / entropy),
  "kl-selectivity": ({ klSelectivity }: NeuronInformation) => klSelectivity,
  "class-selectivity": selectivityOf,
  entropy: ({ entropy }: NeuronInformation) => entropy,
};

function selectivityOf({ classSelectivity, layerName, unit }: NeuronInformation): number {
  check(classSelectivity !== undefined, {
    who: "score class-selectivity",
    expected: "activations of at least 0",
    got: `negative ones at unit ${unit} of ${layerName}`,
    remedy: "Use kl-selectivity, which accepts any activation.",
  });
  return classSelectivity;
}

function rankWithinLayers(neurons: readonly NeuronInformation[]): UnitScores {
  return new Map(
    neurons.map((neuron) => {
      const own = neurons.filter(({ layer }) => layer === neuron.layer);
      const less = own.filter(({ information }) => information < neuron.information).length;
      return [placeKey(neuron), less / own.length];
    }),
  );
}

async function weightSpread(model: Model, train: Dataset): Promise<UnitScores> {
  const layers = await unitActivations(model, train);
  const squares = outgoingSquares(model);
  const scores = new Map<string, number>();
  for (const place of placesOf(model, "network")) {
    const { values, layer } = layers[place.layer]!;
    const norm = squares[place.layer]![place.unit]!;
    let [sum, square] = [0, 0];
    for (let row = 0; row < train.rows; row++) {
      const value = values[row * layer.outputs + place.unit]!;
      sum += value;
      square += value * value;
    }
    const variance = Math.max(0, square / train.rows - (sum / train.rows) * (sum / train.rows));
    scores.set(placeKey(place), Math.sqrt(norm * variance));
  }
  return scores;
}
