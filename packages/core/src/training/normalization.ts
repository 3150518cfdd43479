/** Batch normalisation as a state: what is learned besides weights and biases. normalized-trainer.ts learns it. */
import type { DenseChain, DenseLayer } from "../model/dense-chain.ts";
import { flatParameters, parameterCount } from "./parameters.ts";

/** What a normalised network is besides the plain one that it amounts to. */
export interface NormalizationState {
  /** Weights and biases as they are learned, layer by layer, then γ and β of each hidden layer. */
  readonly parameters: Float64Array;
  /** Running mean and variance of each hidden layer's units, layer by layer. */
  readonly running: Float64Array;
}

/** γ = 1, β = 0, running mean 0 and variance 1. */
export function firstNormalization(network: DenseChain): NormalizationState {
  const hidden = hiddenLayers(network);
  const each = (value: number) => hidden.map(({ outputs }) => new Array<number>(outputs).fill(value));
  const [zeros, ones] = [each(0), each(1)];
  const scales = hidden.flatMap((_, l) => [...ones[l]!, ...zeros[l]!]);
  const running = hidden.flatMap((_, l) => [...zeros[l]!, ...ones[l]!]);
  return {
    parameters: Float64Array.from([...flatParameters(network), ...scales]),
    running: Float64Array.from(running),
  };
}

/** How many parameters are learned. */
export function normalizedCount(network: DenseChain): number {
  return parameterCount(network) + 2 * hiddenLayers(network).reduce((sum, { outputs }) => sum + outputs, 0);
}

export function hiddenLayers(network: DenseChain): readonly DenseLayer[] {
  return network.layers.slice(0, -1);
}
