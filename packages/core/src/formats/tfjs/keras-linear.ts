/** Keras layers with weights. */
import { FormatError } from "../../checks/error-classes.ts";
import type { Operation } from "../../model/graph.ts";
import type { Tensor } from "../../model/tensor.ts";
import { batchNormalization, convolutionKernel, depthwiseKernel, OPEN_SIZE, unknown, windowOf } from "./convolution.ts";
import { activationOperations, leaky } from "./keras-activations.ts";
import { type KerasLayer, type LayerReader, type Step, steps } from "./keras-layer.ts";

export const linearLayers: Readonly<Record<string, LayerReader>> = {
  Dense: { becomes: "dense", remark: "along the last axis", read: dense },
  Conv1D: { becomes: "convolution", remark: "padding valid, same, causal", read: (layer) => convolution(layer, 1) },
  Conv2D: { becomes: "convolution", remark: "padding valid, same; groups", read: (layer) => convolution(layer, 2) },
  DepthwiseConv2D: { becomes: "convolution", remark: "a group per input channel", read: (layer) => depthwise(layer) },
  SeparableConv2D: { becomes: "convolution", remark: "two: depthwise, then pointwise", read: separable },
  BatchNormalization: { becomes: "affine", remark: "as at inference, with the moving averages", read: normalization },
  PReLU: { becomes: "activation", remark: "with one slope for all units", read: prelu },
};

function dense(layer: KerasLayer): readonly Step[] {
  const { config, shapes } = layer;
  const units = config.get("units") === undefined ? undefined : config.whole("units", 1);
  const weights = layer.weight("kernel", [shapes[0]?.at(-1), units]);
  const bias = biasOf(layer, weights.shape[1]!);
  return steps(
    { kind: "dense", weights, transposed: true, ...(bias && { bias }) },
    ...activationOperations(config.activation(), shapes[0]?.length),
  );
}

function convolution(layer: KerasLayer, axes: number): readonly Step[] {
  const { config } = layer;
  const kernel = config.sizes("kernel_size", axes, []);
  const groups = config.whole("groups", 1);
  if (groups < 1) fail(layer, "groups of at least 1", groups);
  const filters = config.get("filters") === undefined ? undefined : config.whole("filters", 1);
  const stored = layer.weight("kernel", [...kernel, undefined, filters]);
  return convolved(layer, convolutionKernel(stored), kernel, groups, biasOf(layer, stored.shape.at(-1)!), true);
}

function depthwise(layer: KerasLayer, bias?: Tensor | null, activated = true): readonly Step[] {
  const { config } = layer;
  const kernel = config.sizes("kernel_size", 2, []);
  // Keras 3 names it like any other kernel.
  const name = layer.weightShape("depthwise_kernel") === undefined && layer.weightShape("kernel") !== undefined;
  // TensorFlow.js leaves it out of separable convolutions.
  const multiplier = config.get("depth_multiplier") === undefined ? undefined : config.whole("depth_multiplier", 1);
  const stored = layer.weight(name ? "kernel" : "depthwise_kernel", [...kernel, undefined, multiplier]);
  const outputs = stored.shape[2]! * stored.shape[3]!;
  const own = bias === undefined ? biasOf(layer, outputs) : (bias ?? undefined);
  return convolved(layer, depthwiseKernel(stored), kernel, stored.shape[2]!, own, activated);
}

function separable(layer: KerasLayer): readonly Step[] {
  const { config } = layer;
  const first = depthwise(layer, null, false);
  const weights = convolutionKernel(layer.weight("pointwise_kernel", [1, 1, undefined, undefined]));
  const bias = biasOf(layer, weights.shape[0]!);
  const window = {
    strides: [1, 1],
    dilations: [1, 1],
    before: [0, 0],
    after: [0, 0],
    channelsLast: config.channelsLast(),
  };
  const pointwise: Operation = { kind: "convolution", weights, groups: 1, ...(bias && { bias }), ...window };
  return [...first, ...steps(pointwise, ...channelActivation(layer, 4))];
}

function convolved(
  layer: KerasLayer,
  weights: Tensor,
  kernel: readonly number[],
  groups: number,
  bias: Tensor | undefined,
  activated: boolean,
): readonly Step[] {
  const axes = kernel.length;
  const one = kernel.map(() => 1);
  const window = windowOf({
    input: layer.shapes[0],
    kernel,
    strides: layer.config.sizes("strides", axes, one),
    dilations: layer.config.sizes("dilation_rate", axes, one),
    padding: layer.config.padding(),
    channelsLast: layer.config.channelsLast(),
  });
  const rest = activated ? channelActivation(layer, axes + 2) : [];
  if (window === undefined) return steps(unknown(layer.className, OPEN_SIZE), ...rest);
  return steps({ kind: "convolution", weights, groups, ...(bias && { bias }), ...window }, ...rest);
}

function channelActivation(layer: KerasLayer, rank: number): readonly Operation[] {
  return activationOperations(layer.config.activation(), rank);
}

function normalization(layer: KerasLayer): readonly Step[] {
  const { config, shapes, who } = layer;
  const axes = config.list("axis", -MOST_AXES) ?? [-1];
  const axis = axes[0]!;
  const rank = shapes[0]?.length;
  if (axes.length !== 1) return steps(unknown(layer.className, "it normalizes over several axes"));
  if (rank === undefined && axis !== -1) {
    return steps(unknown(layer.className, "its axis depends on an unknown shape"));
  }
  if (rank !== undefined && (axis >= rank || axis < -rank)) fail(layer, `an axis of ${rank} axes`, axis);
  const axesAfter = axis < 0 ? -1 - axis : rank! - 1 - axis;
  const channels = shapes[0]?.at(-1 - axesAfter);
  const mean = layer.weight("moving_mean", [channels]);
  const sizes = mean.shape;
  const gamma = config.flag("scale", true) ? layer.weight("gamma", sizes) : undefined;
  const beta = config.flag("center", true) ? layer.weight("beta", sizes) : undefined;
  const variance = layer.weight("moving_variance", sizes);
  const epsilon = config.number("epsilon", 1e-3);
  return steps(
    batchNormalization({ who, mean, variance, epsilon, axesAfter, ...(gamma && { gamma }), ...(beta && { beta }) }),
  );
}

function prelu(layer: KerasLayer): readonly Step[] {
  const shape = layer.weightShape("alpha");
  const slopes = layer.weight("alpha", shape ?? []).values();
  const slope = slopes[0];
  if (slope === undefined || !slopes.every((each) => each === slope)) {
    return steps(unknown(layer.className, "a slope per unit is not supported", layer.shapes[0]));
  }
  return steps(leaky(layer.className, slope));
}

const MOST_AXES = 16;

function biasOf(layer: KerasLayer, outputs: number): Tensor | undefined {
  return layer.config.flag("use_bias", true) ? layer.weight("bias", [outputs]) : undefined;
}

function fail(layer: KerasLayer, expected: string, got: number): never {
  throw new FormatError({ who: layer.who, expected, got: `${got}` });
}
