/** What the units of a network do on data. */

import { check, requireFinite } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { type Dataset, requireDataset } from "../datasets/dataset.ts";
import { isTrainableActivation } from "../model/activation.ts";
import type { DenseChain, DenseLayer } from "../model/dense-chain.ts";
import { evaluateLayer } from "../model/evaluate-layers.ts";
import { throughChain } from "../training/score.ts";

export interface LayerActivations {
  readonly layer: DenseLayer;
  /** `[rows, units]`, after the activation. */
  readonly values: Float64Array;
}

/**
 * The activations of every layer, each computed once from those before.
 *
 * @throws InvalidInputError for data of another width, or values that are not finite.
 */
export async function activationsOf(network: DenseChain, data: Dataset): Promise<LayerActivations[]> {
  requireFeatures(network, data, "activationsOf()");
  const found: LayerActivations[] = [];
  let values = data.inputs;
  for (const layer of network.layers) {
    values = await through(layer, values);
    requireFiniteUnits(values, layer.outputs, layer.name);
    found.push({ layer, values });
  }
  return found;
}

/** @throws InvalidInputError for data of another width than the network's inputs. */
export function requireFeatures(network: DenseChain, data: Dataset, who: string): void {
  requireDataset(data, who);
  const { features, name } = data;
  const { inputs } = network.layers[0]!;
  check(features === inputs, { who, expected: `data with ${inputs} features`, got: `${features} in ${name}` });
}

/** @param values `[rows, units]`. @throws InvalidInputError for NaN or infinity, and says where. */
export function requireFiniteUnits(values: Float64Array, units: number, layer: string): void {
  const place = (at: number) => `unit ${at % units}, example ${Math.floor(at / units)}`;
  requireFinite(values, `activations of ${layer}`, InvalidInputError, place);
}

/** @throws InvalidInputError for fewer examples than two, which have no information. */
export function requireSeveral({ rows }: Dataset, who: string): void {
  check(rows >= 2, { who, expected: "at least 2 examples", got: `${rows}` });
}

/** What a layer makes of rows of inputs: compiled, where the trainer knows its activation. */
export async function through(layer: DenseLayer, inputs: Float64Array): Promise<Float64Array> {
  if (isTrainableActivation(layer.activation)) return throughChain({ layers: [layer], inputRange: undefined }, inputs);
  return evaluateLayer(layer, inputs, inputs.length / layer.inputs);
}

export interface Labelled {
  /** Of each row, 0 … classes − 1. */
  readonly labels: Int32Array;
  readonly classes: number;
}

/** Labels of a data set that has them, each class at least once. @throws InvalidInputError otherwise. */
export function requireLabels(data: Dataset, who: string): Labelled {
  requireDataset(data, who);
  const { labels, name, outputs } = data;
  check(labels !== undefined, { who, expected: "data with labels", got: `${name}, which has none` });
  const classes = Math.max(2, outputs);
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]!++;
  const absent = counts.indexOf(0);
  check(absent < 0, {
    who,
    expected: `examples of every class in ${name}`,
    got: `none of class ${absent}`,
    remedy: "Leave the class out, or use data that contain it.",
  });
  return { labels, classes };
}
