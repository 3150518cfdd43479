/** What the units of a network do on data. */
import type { Dataset } from "../datasets/dataset.ts";
import { InvalidInputError } from "../errors.ts";
import { isTrainableActivation } from "../network/activation.ts";
import { evaluateLayer } from "../network/evaluate.ts";
import type { DenseLayer, Network } from "../network/network.ts";
import { forward } from "../training/evaluate.ts";

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
export async function activationsOf(network: Network, data: Dataset): Promise<LayerActivations[]> {
  const { inputs: width } = network.layers[0]!;
  if (data.features !== width) {
    const got = `${data.features} in ${data.name}`;
    throw new InvalidInputError({ who: "activationsOf()", expected: `data with ${width} features`, got });
  }
  const found: LayerActivations[] = [];
  let values = data.inputs;
  for (const layer of network.layers) {
    values = await through(layer, values);
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      const got = `${values[wrong]} at unit ${wrong % layer.outputs}, example ${Math.floor(wrong / layer.outputs)}`;
      throw new InvalidInputError({ who: `activations of ${layer.name}`, expected: "finite numbers", got });
    }
    found.push({ layer, values });
  }
  return found;
}

/** What a layer makes of rows of inputs: compiled, where the trainer knows its activation. */
export async function through(layer: DenseLayer, inputs: Float64Array): Promise<Float64Array> {
  if (isTrainableActivation(layer.activation)) return forward({ layers: [layer], inputRange: undefined }, inputs);
  return evaluateLayer(layer, inputs, inputs.length / layer.inputs);
}

/** Labels of a data set that has them, each class at least once. @throws InvalidInputError otherwise. */
export function requireLabels(
  { labels, name, outputs }: Dataset,
  who: string,
): { labels: Int32Array; classes: number } {
  if (labels === undefined) {
    throw new InvalidInputError({ who, expected: "data with labels", got: `${name}, which has none` });
  }
  const classes = Math.max(2, outputs);
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]!++;
  const absent = counts.indexOf(0);
  if (absent >= 0) {
    const remedy = "Leave the class out, or give data that have it.";
    throw new InvalidInputError({
      who,
      expected: `examples of every class in ${name}`,
      got: `none of class ${absent}`,
      remedy,
    });
  }
  return { labels, classes };
}
