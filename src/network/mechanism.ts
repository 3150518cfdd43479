/** The thing measured: `x → y` between two layers, with the ranges of both sides. */

import { InvalidInputError } from "../errors.ts";
import { type Range, validRange } from "../information/bins.ts";
import { type Activation, type ActivationName, activations, DEFAULT_INPUT_RANGE, isActivation } from "./activation.ts";
import { type DenseLayer, denseLayer, type Network, type WeightsSpec } from "./network.ts";

/** `y_j = φ(Σ_i W_ji x_i + b_j)`. */
export interface DenseStructure {
  /** `[outputs, inputs]`, row-major. */
  readonly weights: Float64Array;
  /** `[outputs]`; zeros where the layer has no bias. */
  readonly bias: Float64Array;
  readonly activation: Activation;
}

export interface Mechanism {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Every input is uniform on this range under do(L1 = H^max). */
  readonly inputRange: Range;
  /** The range that the output bins divide. */
  readonly outputRange: Range;
  readonly dense: DenseStructure;
}

export interface DenseSpec {
  readonly name?: string;
  /** `[outputs][inputs]` rows, or `{ data, shape: [outputs, inputs] }`. */
  readonly weights: WeightsSpec;
  readonly bias?: ArrayLike<number> | null;
  readonly activation: ActivationName;
  /** Default (−10, 10), the range of values that no known activation produced. */
  readonly inputRange?: readonly [number, number];
  /** Default by activation: sigmoid (0, 1), tanh (−1, 1), relu (0, 10), identity (−10, 10). */
  readonly outputRange?: readonly [number, number];
}

/**
 * One dense layer with its activation as a mechanism.
 *
 * @throws InvalidInputError for empty or ragged weights, values that are not finite, a bias of another length, an unknown
 *   activation, or a range that is reversed or has no width.
 */
export function dense(spec: DenseSpec): Mechanism {
  return mechanismOf(denseLayer(spec, "dense()"), spec);
}

export interface RangeOptions {
  readonly inputRange?: readonly [number, number];
  readonly outputRange?: readonly [number, number];
}

/** A layer as a mechanism; ranges that are not given follow MEASURES' defaults. */
export function mechanismOf(layer: DenseLayer, ranges: RangeOptions = {}): Mechanism {
  if (!isActivation(layer.activation)) {
    throw new InvalidInputError({
      who: layer.name,
      expected: "an activation that acts on each unit alone, to measure the layer",
      got: layer.activation,
      remedy: "Softmax mixes its units; measure the layers before it, or give this one the activation identity.",
    });
  }
  const activation = activations[layer.activation];
  return {
    name: layer.name,
    inputs: layer.inputs,
    outputs: layer.outputs,
    inputRange: validRange(ranges.inputRange ?? DEFAULT_INPUT_RANGE, `${layer.name}: inputRange`),
    outputRange: validRange(ranges.outputRange ?? activation.defaultRange, `${layer.name}: outputRange`),
    dense: { weights: layer.weights, bias: layer.bias ?? new Float64Array(layer.outputs), activation },
  };
}

/** Every layer of a network as a mechanism; a layer's input range is the default range of the activation before it. */
export function mechanisms(network: Network, ranges: Pick<RangeOptions, "inputRange"> = {}): Mechanism[] {
  return network.layers.map((layer, index) => {
    const before = network.layers[index - 1]?.activation;
    const inputRange =
      index === 0
        ? (ranges.inputRange ?? network.inputRange)
        : isActivation(before)
          ? activations[before].defaultRange
          : ([0, 1] as const);
    return mechanismOf(layer, { inputRange });
  });
}
