/** TensorFlow operators with weights. */
import type { Operation } from "../../model/graph.ts";
import type { Tensor } from "../../model/tensor.ts";
import {
  batchNormalization,
  convolutionKernel,
  depthwiseKernel,
  OPEN_SIZE,
  type Padding,
  windowOf,
} from "./convolution.ts";
import { type OperatorCall, type OperatorReader, onFirst, Unsupported } from "./graph-call.ts";
import { leaky } from "./keras-activations.ts";

export const linearOperators: Readonly<Record<string, OperatorReader>> = {
  MatMul: { becomes: "dense", remark: "by constant weights", read: (node) => onFirst(node, matrix(node)) },
  _FusedMatMul: {
    becomes: "dense",
    remark: "with bias and activation",
    read: (node) => fused(node, (bias) => matrix(node, bias)),
  },
  Conv2D: { becomes: "convolution", read: (node) => onFirst(node, convolution(node, undefined, false)) },
  _FusedConv2D: {
    becomes: "convolution",
    remark: "with bias and activation",
    read: (node) => fused(node, (bias) => convolution(node, bias, false)),
  },
  DepthwiseConv2dNative: {
    becomes: "convolution",
    remark: "a group per input channel",
    read: (node) => onFirst(node, convolution(node, undefined, true)),
  },
  FusedDepthwiseConv2dNative: {
    becomes: "convolution",
    remark: "with bias and activation",
    read: (node) => fused(node, (bias) => convolution(node, bias, true)),
  },
  FusedBatchNorm: { becomes: "affine", remark: "as at inference", read: normalization },
  FusedBatchNormV2: { becomes: "affine", remark: "as at inference", read: normalization },
  FusedBatchNormV3: { becomes: "affine", remark: "as at inference", read: normalization },
  Prelu: {
    becomes: "activation",
    remark: "with one slope for all units",
    read: (node) => onFirst(node, slope(node, 1)),
  },
};

const WEIGHTS = "its weights are";

function matrix(node: OperatorCall, bias?: Tensor): Operation {
  if (node.attributes.flag("transpose_a")) throw new Unsupported("its input is transposed");
  const weights = node.constant(1, WEIGHTS);
  const transposed = !node.attributes.flag("transpose_b");
  return { kind: "dense", weights, transposed, ...(bias && { bias }) };
}

function convolution(node: OperatorCall, bias: Tensor | undefined, depthwise: boolean): Operation {
  const { attributes } = node;
  const stored = node.constant(1, WEIGHTS);
  if (stored.shape.length !== 4) throw new Unsupported("its kernel does not have four axes");
  const { shape } = node.computed(0);
  const weights = depthwise ? depthwiseKernel(stored) : convolutionKernel(stored);
  const channelsLast = channelsAreLast(node);
  const kernel = stored.shape.slice(0, 2);
  const window = windowOf({
    input: shape,
    kernel,
    strides: spatial(attributes.wholes("strides"), channelsLast),
    dilations: spatial(attributes.wholes("dilations"), channelsLast),
    padding: paddingOf(node, channelsLast),
    channelsLast,
  });
  if (window === undefined) throw new Unsupported(OPEN_SIZE);
  const channels = channelsLast ? shape?.at(-1) : shape?.[1];
  const within = weights.shape[1]!;
  // A kernel for fewer channels than there are is one for each group of them.
  const even = channels !== undefined && within > 0 && channels % within === 0;
  const groups = depthwise ? stored.shape[2]! : even ? channels / within : 1;
  return { kind: "convolution", weights, groups, ...(bias && { bias }), ...window };
}

/** The extra inputs and operations of a fused operator: a bias, then an activation. */
function fused(node: OperatorCall, linear: (bias: Tensor | undefined) => Operation) {
  const names = node.attributes.texts("fused_ops");
  const biased = names[0] === "BiasAdd";
  const [activation, ...more] = biased ? names.slice(1) : names;
  const operations = [linear(biased ? node.constant(2, "its bias is") : undefined)];
  if (more.length > 0) throw new Unsupported(`it is fused with ${names.join(" and ")}`);
  if (activation === "Prelu") operations.push(slope(node, biased ? 3 : 2));
  else if (activation === "LeakyRelu") {
    operations.push(leaky(node.op, node.attributes.float("leakyrelu_alpha", 0.2)));
  } else if (activation !== undefined) {
    const known = Object.hasOwn(fusedActivations, activation) ? fusedActivations[activation] : undefined;
    if (known === undefined) throw new Unsupported(`it is fused with ${activation}`);
    operations.push(known);
  }
  return onFirst(node, ...operations);
}

const fusedActivations: Readonly<Record<string, Operation>> = {
  Relu: { kind: "activation", activation: "relu" },
  Relu6: { kind: "activation", activation: "clip(0,6)" },
  Elu: { kind: "activation", activation: "elu" },
  Sigmoid: { kind: "activation", activation: "sigmoid" },
  Tanh: { kind: "activation", activation: "tanh" },
};

function slope(node: OperatorCall, at: number): Operation {
  const slopes = node.constant(at, "its slopes are").values();
  const first = slopes[0];
  if (first === undefined || !slopes.every((each) => each === first)) {
    throw new Unsupported("a slope per unit is not supported");
  }
  return leaky(node.op, first);
}

function normalization(node: OperatorCall) {
  const { attributes, who } = node;
  // The default of the operator is training; TensorFlow.js runs every model as at inference.
  if (attributes.flag("is_training")) throw new Unsupported("it normalizes by the batch, as in training");
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((at) => node.constant(at, "its moments are"));
  const sizes = [gamma, beta, mean, variance].map((tensor) => tensor!.shape);
  if (sizes.some((shape) => shape.length !== 1 || shape[0] !== sizes[0]![0])) {
    throw new Unsupported("its moments do not have one number per channel");
  }
  const { shape } = node.computed(0);
  const channelsLast = channelsAreLast(node);
  return onFirst(
    node,
    batchNormalization({
      who,
      gamma: gamma,
      beta: beta,
      mean: mean!,
      variance: variance!,
      epsilon: attributes.float("epsilon", 1e-3),
      axesAfter: channelsLast ? 0 : (shape?.length ?? 4) - 2,
    }),
  );
}

export function channelsAreLast(node: OperatorCall): boolean {
  const format = node.attributes.text("data_format", "NHWC");
  if (format !== "NHWC" && format !== "NCHW") throw new Unsupported(`the data format ${format} is not supported`);
  return format === "NHWC";
}

/** The two of four numbers that stand for the spatial axes; 1 where there are none. */
export function spatial(sizes: readonly number[], channelsLast: boolean): readonly number[] {
  if (sizes.length === 0) return [1, 1];
  if (sizes.length !== 4) throw new Unsupported("it does not have four axes");
  return channelsLast ? sizes.slice(1, 3) : sizes.slice(2);
}

export function paddingOf(node: OperatorCall, channelsLast: boolean): Padding {
  const padding = node.attributes.text("padding", "VALID").toUpperCase();
  if (padding === "SAME") return "same";
  if (padding === "VALID") return "valid";
  const pairs = node.attributes.wholes("explicit_paddings");
  if (padding !== "EXPLICIT" || pairs.length !== 8 || pairs.some((zeros) => zeros < 0)) {
    throw new Unsupported(`the padding ${padding.slice(0, 20)} is not supported`);
  }
  const from = channelsLast ? 2 : 4;
  return { before: [pairs[from]!, pairs[from + 2]!], after: [pairs[from + 1]!, pairs[from + 3]!] };
}
