/** What a network answers, and how well. */
import type { Dataset } from "../datasets/dataset.ts";
import { InvalidInputError } from "../errors.ts";
import { isTrainableActivation, trainableActivations } from "../network/activation.ts";
import type { Network } from "../network/network.ts";
import { TILE } from "./activate.ts";
import { forwardTile, gather, type Workspace, workspace } from "./backpropagation.ts";
import { exampleLoss, type LossName, requireLoss, requireTargets } from "./loss.ts";

export interface Score {
  /** Mean over the examples of the loss summed over the outputs (for mse: summed squared error per example). */
  readonly loss: number;
  /**
   * Fraction of the rows whose label is the greatest output (of equals, the first), or with a single output, the side of
   * 0.5 it is on (1 above, else 0). NaN for a data set without labels.
   */
  readonly accuracy: number;
}

/**
 * The network's outputs for `inputs` (`[rows, features]`, row-major), as `[rows, outputs]`.
 *
 * @throws InvalidInputError unless the inputs make whole rows.
 */
export function forward(network: Network, inputs: Float64Array): Float64Array {
  const work = workspace(network);
  const features = work.layers[0]!.inputs;
  if (inputs.length % features !== 0) {
    throw new InvalidInputError({
      who: "forward()",
      expected: `whole rows of ${features} inputs`,
      got: `${inputs.length} values`,
    });
  }
  const rows = inputs.length / features;
  const { y, outputs } = work.last;
  const answers = new Float64Array(rows * outputs);
  const order = inOrder(rows);
  for (let from = 0; from < rows; from += TILE) {
    const count = Math.min(TILE, rows - from);
    gather(inputs, features, order, from, count, work.input);
    forwardTile(work);
    for (let k = 0; k < count; k++) {
      for (let j = 0; j < outputs; j++) answers[(from + k) * outputs + j] = y[j * TILE + k]!;
    }
  }
  return answers;
}

/**
 * Loss and accuracy over a whole data set.
 *
 * @throws InvalidInputError where the data set does not fit the network, or the loss does not fit either.
 */
export function evaluate(network: Network, data: Dataset, loss: LossName): Score {
  const work = workspace(network);
  requireLoss(loss, work.last.activation, "evaluate()");
  requireWidths(network, data, "evaluate()");
  requireTargets(loss, work.last.activation, data, "evaluate()");
  return score(work, data, loss);
}

/** `evaluate` without its checks, in room that is there already. */
export function score(work: Workspace, data: Dataset, loss: LossName): Score {
  const { rows, labels } = data;
  const { y, z, outputs, activation } = work.last;
  const order = inOrder(rows);
  let total = 0;
  let right = 0;
  for (let from = 0; from < rows; from += TILE) {
    const count = Math.min(TILE, rows - from);
    gather(data.inputs, data.features, order, from, count, work.input);
    gather(data.targets, outputs, order, from, count, work.target);
    forwardTile(work);
    for (let k = 0; k < count; k++) {
      total += exampleLoss(loss, activation, z, y, work.target, outputs, k);
      if (labels !== undefined && answer(y, outputs, k) === labels[from + k]) right++;
    }
  }
  return { loss: total / rows, accuracy: labels === undefined ? Number.NaN : right / rows };
}

/** @throws InvalidInputError unless the trainer knows the activations and the data set has the network's inputs and outputs. */
export function requireWidths(network: Network, data: Dataset, who: string): void {
  for (const { name, activation } of network.layers) {
    if (isTrainableActivation(activation)) continue;
    const known = trainableActivations.join(", ");
    throw new InvalidInputError({ who: `${who}: ${name}`, expected: `an activation out of ${known}`, got: activation });
  }
  const inputs = network.layers[0]!.inputs;
  const outputs = network.layers.at(-1)!.outputs;
  if (data.features !== inputs || data.outputs !== outputs) {
    throw new InvalidInputError({
      who,
      expected: `data with ${inputs} features and ${outputs} outputs, as the network has`,
      got: `${data.features} and ${data.outputs} in ${data.name}`,
    });
  }
}

function answer(y: Float64Array, outputs: number, k: number): number {
  if (outputs === 1) return y[k]! > 0.5 ? 1 : 0;
  let best = 0;
  for (let j = 1; j < outputs; j++) if (y[j * TILE + k]! > y[best * TILE + k]!) best = j;
  return best;
}

export function inOrder(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
