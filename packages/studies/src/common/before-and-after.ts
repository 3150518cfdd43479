/** The first network of the paper, before and after learning. */
import type { Model } from "@causalscope/core";
import { createNetwork, train } from "@causalscope/core";
import { yieldToEventLoop } from "@causalscope/core/basics";
import { embeddedData } from "@causalscope/runs";
import { option, widths } from "@causalscope/runs/options";
import { trainingOf } from "./training-options.ts";
import type { PartContext } from "./value-rows.ts";

/** Widths of a network that learns the package's MNIST. */
export const mnistLayers = option(widths(2, 4096, "widths that begin with 25 and end with 5, with hyphens between"), {
  is: "widths from inputs to classes",
  preset: [25, 6, 6, 6, 5],
});

/** Of sigmoids, as the authors train it. */
export async function beforeAndAfter(
  { layers, epochs }: { readonly layers: readonly number[]; readonly epochs: number },
  seed: number,
  { signal, onProgress }: Pick<PartContext, "signal" | "onProgress">,
): Promise<{ epoch: number; model: Model }[]> {
  const network = createNetwork({ layers, activation: "sigmoid", bias: false, seed, inputRange: [0, 1] });
  const data = await embeddedData(trainingOf({ layers }));
  const found: { epoch: number; model: Model }[] = [];
  const rules = { batchSize: 50, learningRate: 0.01, loss: "mse", reduction: "sum", every: epochs } as const;
  const tell = ({ epoch }: { epoch: number }) => onProgress((0.5 * epoch) / epochs);
  for await (const { epoch, model } of train(network, data, {
    ...rules,
    epochs,
    seed,
    signal,
    pause: yieldToEventLoop,
    onProgress: tell,
  })) {
    found.push({ epoch, model });
  }
  return found;
}
