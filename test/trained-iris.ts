/** A small classifier that has learned two thirds of the flowers: what measures of a trained network are tested on. */
import { scaleInputs, split } from "../packages/core/src/datasets/dataset.ts";
import { iris } from "../packages/core/src/datasets/iris.ts";
import type { TrainableActivation } from "../packages/core/src/model/activation.ts";
import type { Model } from "../packages/core/src/model/model.ts";
import { createNetwork } from "../packages/core/src/training/initialize.ts";
import { train } from "../packages/core/src/training/train.ts";

export const flowers = split(scaleInputs(iris(), 1 / 8), 100, 0);

/** @param hidden widths, and their activations; a softmax of three classes follows. */
export async function trainedOnFlowers(
  hidden: readonly number[],
  activations: readonly TrainableActivation[],
  { seed = 2, epochs = 60 } = {},
): Promise<Model> {
  let network = createNetwork({
    layers: [4, ...hidden, 3],
    activation: [...activations, "softmax"],
    initializer: "he",
    seed,
  });
  const rules = { epochs, every: epochs, batchSize: 10, learningRate: 0.01, seed: 0 } as const;
  const how = { optimizer: "adam", loss: "cross-entropy" } as const;
  for await (const found of train(network, flowers, { ...rules, ...how })) network = found.model;
  return network;
}
