/** What a network answers, and how well. */

import { check, requireFinite, requireList } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { oneOf } from "../checks/schema/scalars.ts";
import { type Dataset, requireDataset } from "../datasets/dataset.ts";
import { createTrainer } from "../kernels/trainer.ts";
import type { Trainer } from "../kernels/trainer-spec.ts";
import { trainableActivations } from "../model/activation.ts";
import type { DenseChain } from "../model/dense-chain.ts";
import { type Model, requireChain } from "../model/model.ts";
import { type LossName, requireLoss, requireTargets } from "./loss.ts";
import { flatParameters, trainerLayers } from "./parameters.ts";

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

/**
 * The outputs of a network of dense layers for `inputs` (`[rows, features]`, row-major), as `[rows, outputs]`.
 *
 * @example
 * ```ts
 * const model = network({ layers: [{ weights: [[1, 2]], bias: [-1], activation: "relu" }] });
 * const outputs = forward(model, Float64Array.of(1, 1, 3, 0, 0, 0));
 * console.log([...outputs]); // [ 2, 2, 0 ]
 * ```
 * @throws InvalidInputError for activations the trainer does not know, or unless the inputs make whole rows.
 */
export function forward(model: Model, inputs: Float64Array): Float64Array {
  const network = requireChain(model, "forward()");
  requireList(inputs, "forward()", "inputs");
  requireFinite(inputs, "forward()");
  return throughChain(network, inputs);
}

/** As `forward`, of dense layers. */
export function throughChain(network: DenseChain, inputs: Float64Array): Float64Array {
  requireTrainable(network, "forward()");
  const features = network.layers[0]!.inputs;
  check(inputs.length % features === 0, {
    who: "forward()",
    expected: `whole rows of ${features} inputs`,
    got: `${inputs.length} values`,
  });
  const answering = answerer(network, "mse");
  try {
    return answering.forward(inputs, inputs.length / features);
  } finally {
    answering.free();
  }
}

/**
 * Loss and accuracy of a network over a whole data set.
 *
 * @example
 * ```ts
 * const hidden = { weights: [[1, 1], [1, 1]], bias: [-0.5, -1.5], activation: "relu" as const };
 * const output = { weights: [[-1, 4], [1, -4]], bias: [0.25, -0.25], activation: "softmax" as const };
 * const { accuracy, loss } = evaluate(network({ layers: [hidden, output] }), xor(), "cross-entropy");
 * console.log(accuracy, loss.toFixed(3)); // 1 0.406
 * ```
 * @throws InvalidInputError where the data set does not fit the network, or the loss does not fit either.
 */
export function evaluate(model: Model, data: Dataset, loss: LossName): Score {
  const network = requireChain(model, "evaluate()");
  const { activation } = network.layers.at(-1)!;
  requireLoss(loss, activation, "evaluate()");
  requireWidths(network, data, "evaluate()");
  requireTargets(loss, activation, data, "evaluate()");
  const answering = answerer(network, loss);
  try {
    return score(answering, data);
  } finally {
    answering.free();
  }
}

/** `evaluate` without its checks, by a trainer that is there already. */
export function score(trainer: Trainer, data: Dataset): Score {
  const { total, right } = trainer.score(data);
  return { loss: total / data.rows, accuracy: data.labels === undefined ? Number.NaN : right / data.rows };
}

/** A trainer that makes no steps. */
function answerer(network: DenseChain, loss: LossName): Trainer {
  return createTrainer({
    layers: trainerLayers(network),
    parameters: flatParameters(network),
    moments: [],
    loss,
    rule: { name: "sgd", learningRate: 0 },
    batchSize: 1,
    divisor: 0,
    l2: 0,
    data: undefined,
  });
}

const trainable = oneOf(trainableActivations);

/** @throws InvalidInputError for a layer with an activation that the trainer does not know. */
function requireTrainable(network: DenseChain, who: string): void {
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
