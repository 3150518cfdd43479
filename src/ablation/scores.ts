/** Scores by which units are ordered: what they know of the labels, how much they weigh, what breaks without each. */
import type { Dataset } from "../datasets/dataset.ts";
import type { Network } from "../network/network.ts";
import { activationsOf } from "../observational/activations.ts";
import { type NeuronInformation, neuronInformation } from "../observational/neuron-information.ts";
import type { QuantizerSpec } from "../observational/quantizer.ts";
import { Ablator } from "./ablator.ts";
import { placeKey, placesOf, type ReplacementSpec, replacementOf, type UnitScores } from "./cumulative.ts";

export const scoreNames = [
  "information",
  "information8",
  "kl-selectivity",
  "entropy",
  "weight-spread",
  "damage",
] as const;
export type ScoreName = (typeof scoreNames)[number];

const EIGHT: QuantizerSpec = { kind: "equal-mass", bins: 8 };

/**
 * Scores of all hidden units, from training data alone.
 *
 * `information` I(Y; T̂) at one threshold, `information8` at eight equal-mass bins, `kl-selectivity`, `entropy` H(T̂), `weight-spread` ‖w_out‖
 * times the standard deviation of T, `damage` the rise of the training loss when the unit alone is replaced.
 */
export async function unitScores(
  network: Network,
  train: Dataset,
  names: readonly ScoreName[],
  { replacement = "zero", seed = 0 }: { readonly replacement?: ReplacementSpec; readonly seed?: number } = {},
): Promise<Record<ScoreName, UnitScores>> {
  const found: Partial<Record<ScoreName, UnitScores>> = {};
  const of = (neurons: readonly NeuronInformation[], value: (neuron: NeuronInformation) => number) =>
    new Map(neurons.map((neuron) => [placeKey(neuron), value(neuron)]));
  const needsOne = names.some((name) => name === "information" || name === "kl-selectivity" || name === "entropy");
  const one = needsOne ? await neuronInformation(network, train) : [];
  if (names.includes("information")) found.information = of(one, (neuron) => neuron.information);
  if (names.includes("kl-selectivity")) found["kl-selectivity"] = of(one, (neuron) => neuron.klSelectivity);
  if (names.includes("entropy")) found.entropy = of(one, (neuron) => neuron.entropy);
  if (names.includes("information8")) {
    const eight = await neuronInformation(network, train, { quantizer: EIGHT });
    found.information8 = of(eight, (neuron) => neuron.information);
  }
  if (names.includes("weight-spread")) found["weight-spread"] = await weightSpread(network, train);
  if (names.includes("damage")) found.damage = await damage(network, train, replacement, seed);
  return found as Record<ScoreName, UnitScores>;
}

async function weightSpread(network: Network, train: Dataset): Promise<UnitScores> {
  const layers = await activationsOf(network, train);
  const scores = new Map<string, number>();
  for (const place of placesOf(network, "network")) {
    const { values, layer } = layers[place.layer]!;
    const above = network.layers[place.layer + 1]!;
    let [sum, square, norm] = [0, 0, 0];
    for (let row = 0; row < train.rows; row++) {
      const value = values[row * layer.outputs + place.unit]!;
      sum += value;
      square += value * value;
    }
    for (let j = 0; j < above.outputs; j++) norm += above.weights[j * above.inputs + place.unit]! ** 2;
    const variance = Math.max(0, square / train.rows - (sum / train.rows) * (sum / train.rows));
    scores.set(placeKey(place), Math.sqrt(norm * variance));
  }
  return scores;
}

/** Rise of the loss when each unit alone is replaced. */
export async function damage(
  network: Network,
  data: Dataset,
  replacement: ReplacementSpec,
  seed: number,
): Promise<UnitScores> {
  const base = await Ablator.of(network, data, await replacementOf(network, data, data, replacement, seed));
  const whole = base.answers().loss;
  const scores = new Map<string, number>();
  for (const place of placesOf(network, "network")) {
    const one = base.fresh();
    await one.hold([place]);
    scores.set(placeKey(place), one.answers().loss - whole);
  }
  return scores;
}
