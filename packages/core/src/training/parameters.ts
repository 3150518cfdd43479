/**
 * A network's parameters end to end, as trainers and optimisers hold them: layer by layer weights row-major, then the
 * bias.
 */
import type { TrainerLayer } from "../kernels/trainer-spec.ts";
import type { TrainableActivation } from "../model/activation.ts";
import type { DenseChain } from "../model/dense-chain.ts";

export function parameterCount(network: DenseChain): number {
  return network.layers.reduce((sum, { weights, bias }) => sum + weights.length + (bias?.length ?? 0), 0);
}

/** A copy. */
export function flatParameters(network: DenseChain): Float64Array {
  const parameters = new Float64Array(parameterCount(network));
  let at = 0;
  for (const { weights, bias } of network.layers) {
    parameters.set(weights, at);
    at += weights.length;
    if (bias === undefined) continue;
    parameters.set(bias, at);
    at += bias.length;
  }
  return parameters;
}

/** The network with other parameters, copied. */
export function withParameters(network: DenseChain, parameters: Float64Array): DenseChain {
  let at = 0;
  const take = (count: number) => {
    at += count;
    return parameters.slice(at - count, at);
  };
  const layers = network.layers.map((layer) => ({
    ...layer,
    weights: take(layer.weights.length),
    bias: layer.bias && take(layer.bias.length),
  }));
  return { ...network, layers };
}

/**
 * The layers as a trainer wants them. Every way in has checked that their activations are trainable:
 * requireTrainable().
 */
export function trainerLayers(network: DenseChain): TrainerLayer[] {
  return network.layers.map(({ inputs, outputs, activation, bias }) => ({
    inputs,
    outputs,
    activation: activation as TrainableActivation,
    bias: bias !== undefined,
  }));
}
