/** What a network answers, and how well. */

import { check, requireFinite, requireList } from "../checks/check.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { createTrainer } from "../kernels/trainer.ts";
import type { Trainer } from "../kernels/trainer-spec.ts";
import type { DenseChain } from "../model/dense-chain.ts";
import { type Model, requireChain } from "../model/model.ts";
import { type LossName, requireLoss, requireTargets } from "./loss.ts";
import { flatParameters, trainerLayers } from "./parameters.ts";
import { requireTrainable, requireWidths, type Score, score } from "./trainer-score.ts";

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
