/** How well a trainer answers, and what it can learn from. Apart from what makes one to ask it, which training does not. */

import { check } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { oneOf } from "../checks/schema/scalars.ts";
import { type Dataset, requireDataset } from "../datasets/dataset.ts";
import type { Trainer } from "../kernels/trainer-spec.ts";
import { trainableActivations } from "../model/activation.ts";
import type { DenseChain } from "../model/dense-chain.ts";

/** Loss and accuracy over a data set. */
export interface Score {
  /** Mean over the examples of the loss summed over the outputs (for mse: summed squared error per example). */
  readonly loss: number;
  /**
   * Fraction of the rows whose label is the greatest output (of equals, the first), or with a single output, the side of
   * 0.5 it is on (1 above, else 0). NaN for a data set without labels.
   */
  readonly accuracy: number;
}

/** `evaluate` without its checks, by a trainer that is there already. */
export function score(trainer: Trainer, data: Dataset): Score {
  const { total, right } = trainer.score(data);
  return { loss: total / data.rows, accuracy: data.labels === undefined ? Number.NaN : right / data.rows };
}

const trainable = oneOf(trainableActivations);

/** @throws InvalidInputError for a layer with an activation that the trainer does not know. */
export function requireTrainable(network: DenseChain, who: string): void {
  for (const { name, activation } of network.layers) parse(trainable, activation, `${who}: ${name}: activation`);
}

/** @throws InvalidInputError unless the trainer knows the activations and the data set has the network's inputs and outputs. */
export function requireWidths(network: DenseChain, data: Dataset, who: string): void {
  requireTrainable(network, who);
  requireDataset(data, who);
  const inputs = network.layers[0]!.inputs;
  const outputs = network.layers.at(-1)!.outputs;
  check(data.features === inputs && data.outputs === outputs, {
    who,
    expected: `data with ${inputs} features and ${outputs} outputs, as the network has`,
    got: `${data.features} and ${data.outputs} in ${data.name}`,
  });
}
