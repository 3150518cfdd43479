/**
 * Gradient descent with Gaussian noise on clipped gradients: w ← w − η g + N(0, s² I), ‖g‖ ≤ L. What such a training can know of its
 * examples is bounded (Pensia, Jog & Loh, "Generalization error bounds for noisy, iterative algorithms", 2018), where that of noiseless
 * training is not.
 */
import * as v from "valibot";
import { signal as abortSignal } from "../checks/schema/instance-of.ts";
import { parse } from "../checks/schema/parse.ts";
import { described, options as optionsOf } from "../checks/schema/records.ts";
import { number, oneOf, positive, positiveInteger, seed as seedSchema } from "../checks/schema/scalars.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { normals } from "../information/normals.ts";
import { Random, Stream } from "../information/random.ts";
import { createTrainer } from "../kernels/trainer.ts";
import { type Model, modelOfChain, requireChain } from "../model/model.ts";
import { type LossName, lossNames, reductionDivisor, requireLoss, requireTargets } from "./loss.ts";
import { flatParameters, trainerLayers, withParameters } from "./parameters.ts";
import { requireWidths } from "./trainer-score.ts";

/** How `trainNoisily()` trains. */
export interface NoisyTrainingOptions {
  readonly steps: number;
  /** η. */
  readonly learningRate: number;
  /** L: gradients of the mean loss that are longer are shortened to this. */
  readonly clip: number;
  /** s: deviation of what is added to each weight at each step. */
  readonly noise: number;
  /** Default cross-entropy. */
  readonly loss?: LossName;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

const noisyOptions = optionsOf({
  steps: described(positiveInteger, "Steps, each on all examples."),
  learningRate: described(positive, "Step of gradient descent."),
  clip: described(positive, "Maximum length of a gradient; longer ones are clipped."),
  noise: described(number(0), "Standard deviation of the noise on each weight at each step."),
  loss: v.optional(described(oneOf(lossNames), "Loss function."), "cross-entropy"),
  seed: described(seedSchema, "Seed of the noise."),
  signal: v.optional(abortSignal),
});

/** The trained network, and the steps as `noisyTrainingBound()` takes them. */
export interface NoisilyTrained {
  readonly model: Model;
  /** Each step as a bound on what it can know needs it. */
  readonly steps: readonly { readonly learningRate: number; readonly noise: number; readonly norm: number }[];
}

/**
 * Trains a copy of a network with Gaussian noise on clipped gradients: w ← w − η g + N(0, s² I), ‖g‖ ≤ L, each step on
 * all examples (Pensia, Jog & Loh 2018). What such weights can know of the examples is bounded.
 *
 * @example
 * ```ts
 * const model = createNetwork({ layers: [4, 3], activation: "softmax", seed: 0 });
 * const noisy = { steps: 30, learningRate: 0.5, clip: 1, noise: 0.2, seed: 0 };
 * const { model: trained, steps } = trainNoisily(model, scaleInputs(iris(), 1 / 8), noisy);
 * console.log(evaluate(trained, scaleInputs(iris(), 1 / 8), "cross-entropy").accuracy.toFixed(2)); // 0.65
 * console.log(noisyTrainingBound(steps, 15, 150).bound.toFixed(2)); // 0.51
 * ```
 * @throws InvalidInputError for data that do not fit the network or the loss, or options that are not above 0 (noise
 *   may be 0).
 */
export function trainNoisily(model: Model, data: Dataset, options: NoisyTrainingOptions): NoisilyTrained {
  const who = "trainNoisily()";
  const { steps, learningRate, clip, noise, loss, seed, signal } = parse(noisyOptions, options, who);
  const network = requireChain(model, who);
  requireWidths(network, data, who);
  requireLoss(loss, network.layers.at(-1)!.activation, who);
  requireTargets(loss, network.layers.at(-1)!.activation, data, who);
  const normal = normals(new Random(seed, Stream.noise));
  const { activation, outputs } = network.layers.at(-1)!;
  const trainer = createTrainer({
    layers: trainerLayers(network),
    parameters: flatParameters(network),
    moments: [],
    loss,
    // A step of rate 1 takes away the gradient.
    rule: { name: "sgd", learningRate: 1 },
    batchSize: data.rows,
    divisor: reductionDivisor(loss, "mean", activation, outputs),
    l2: 0,
    data,
  });
  try {
    trainer.order.set(Int32Array.from({ length: data.rows }, (_, row) => row));
    for (let step = 1; step <= steps; step++) {
      signal?.throwIfAborted();
      const weights = trainer.parameters.slice();
      trainer.steps(0, data.rows, step);
      const gradient = trainer.parameters.map((after, k) => weights[k]! - after);
      const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
      const factor = learningRate * (norm > clip ? clip / norm : 1);
      for (let k = 0; k < weights.length; k++) {
        trainer.parameters[k] = weights[k]! - factor * gradient[k]! + (noise > 0 ? noise * normal() : 0);
      }
    }
    const each = { learningRate, noise, norm: clip };
    return { model: modelOfChain(withParameters(network, trainer.parameters)), steps: new Array(steps).fill(each) };
  } finally {
    trainer.free();
  }
}
