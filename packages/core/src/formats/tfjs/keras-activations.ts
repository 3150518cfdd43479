/** Activations by the names that Keras and TensorFlow give them. */
import { type ElementwiseActivation, isActivation } from "../../model/activation.ts";
import type { Operation } from "../../model/graph.ts";

/** Lower case, without underscores: "hard_sigmoid" and "hardSigmoid" are one. Keras' hard sigmoid is 0.2 z + 0.5, its leaky ReLU 0.2 z. */
const named: Readonly<Record<string, ElementwiseActivation>> = {
  linear: "identity",
  relu: "relu",
  relu6: "clip(0,6)",
  sigmoid: "sigmoid",
  tanh: "tanh",
  elu: "elu",
  selu: "selu",
  softplus: "softplus",
  softsign: "softsign",
  hardsigmoid: "hard-sigmoid(0.2,0.5)",
  swish: "silu",
  silu: "silu",
  gelu: "gelu",
  gelunew: "gelu-tanh",
  mish: "mish",
  leakyrelu: "leaky-relu(0.2)",
  hardswish: "hard-swish",
  hardsilu: "hard-swish",
};

/**
 * What an activation of Keras does, none for the linear one; an unknown node for one that is not known.
 *
 * @param rank How many axes the tensor has, batch included: softmax runs along the last.
 */
export function activationOperations(name: string, rank: number | undefined): readonly Operation[] {
  const key = name.toLowerCase().replaceAll("_", "");
  if (key === "softmax" && rank !== undefined) return [{ kind: "softmax", axis: rank - 1 }];
  if (key === "linear") return [];
  const activation = Object.hasOwn(named, key) ? named[key] : undefined;
  if (activation !== undefined) return [{ kind: "activation", activation }];
  const reason = key === "softmax" ? "its axis depends on an unknown shape" : "this activation is unknown";
  return [{ kind: "unknown", operator: name, reason }];
}

/** An activation with parameters, or an unknown node where they are out of bounds. */
export function parametrized(operator: string, family: string, ...parameters: readonly number[]): Operation {
  const activation = `${family}(${parameters.join(",")})`;
  if (isActivation(activation)) return { kind: "activation", activation };
  return { kind: "unknown", operator, reason: `the activation ${activation} cannot be measured` };
}

/** max(z, 0) for z ≥ 0 and slope · z below: the plain names where they mean the same. */
export function leaky(operator: string, slope: number): Operation {
  if (slope === 0) return { kind: "activation", activation: "relu" };
  return parametrized(operator, "leaky-relu", slope);
}
