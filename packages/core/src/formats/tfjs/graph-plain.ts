/** TensorFlow operators without weights of their own. */
import type { ElementwiseActivation } from "../../model/activation.ts";
import type { Constant, Operation } from "../../model/graph.ts";
import { elements, type Tensor } from "../../model/tensor.ts";
import { OPEN_SIZE, windowOf } from "./convolution.ts";
import { type OperatorCall, type OperatorReader, onFirst, type Result, Unsupported } from "./graph-call.ts";
import { folding } from "./graph-fold.ts";
import { channelsAreLast, paddingOf, spatial } from "./graph-linear.ts";
import { leaky, parametrized } from "./keras-activations.ts";
import { filled } from "./keras-plain.ts";

const elementwise = (activation: ElementwiseActivation): OperatorReader => ({
  becomes: "activation",
  read: (node) => onFirst(node, { kind: "activation", activation }),
});

export const plainOperators: Readonly<Record<string, OperatorReader>> = {
  Identity: { becomes: "nothing", remark: "passed through", read: (node) => onFirst(node) },
  Relu: elementwise("relu"),
  Relu6: elementwise("clip(0,6)"),
  Sigmoid: elementwise("sigmoid"),
  Tanh: elementwise("tanh"),
  Elu: elementwise("elu"),
  Selu: elementwise("selu"),
  Softplus: elementwise("softplus"),
  Softsign: elementwise("softsign"),
  Erf: elementwise("erf"),
  Abs: elementwise("abs"),
  Square: elementwise("power(2)"),
  LeakyRelu: {
    becomes: "activation",
    read: (node) => onFirst(node, leaky(node.op, node.attributes.float("alpha", 0.2))),
  },
  Maximum: { becomes: "activation", remark: "with one number", read: (node) => clipped(node, true) },
  Minimum: { becomes: "activation", remark: "with one number", read: (node) => clipped(node, false) },
  Softmax: {
    becomes: "softmax",
    read: (node) => onFirst(node, { kind: "softmax", axis: node.shapeOf(0).length - 1 }),
  },
  BiasAdd: { becomes: "affine", read: biasAdd },
  Add: { becomes: "sum", remark: "with a constant: affine", read: (node) => arithmetic(node, 1) },
  AddV2: { becomes: "sum", remark: "with a constant: affine", read: (node) => arithmetic(node, 1) },
  Sub: { becomes: "sum", remark: "with a constant: affine", read: (node) => arithmetic(node, -1) },
  Mul: { becomes: "product", remark: "with a constant: affine", read: product },
  RealDiv: { becomes: "affine", remark: "by a constant", read: quotient },
  MaxPool: { becomes: "max-pool", read: (node) => pooling(node, "max-pool") },
  AvgPool: { becomes: "average-pool", read: (node) => pooling(node, "average-pool") },
  Mean: {
    becomes: "global-average-pool",
    remark: "over all spatial axes",
    read: (node) => over(node, "global-average-pool"),
  },
  Max: { becomes: "global-max-pool", remark: "over all spatial axes", read: (node) => over(node, "global-max-pool") },
  Reshape: { becomes: "reshape", read: (node) => folding.Reshape!(node) ?? reshape(node) },
  Squeeze: { becomes: "reshape", read: (node) => folding.Squeeze!(node) ?? squeeze(node) },
  ExpandDims: { becomes: "reshape", read: (node) => folding.ExpandDims!(node) ?? expand(node) },
  Transpose: { becomes: "transpose", read: transpose },
  ConcatV2: { becomes: "concatenate", read: (node) => folding.ConcatV2!(node) ?? concatenate(node) },
  Pad: { becomes: "pad", read: pad },
  PadV2: { becomes: "pad", remark: "with zeros", read: pad },
  Shape: { becomes: "a constant", remark: "where the shape is known", read: (node) => folded(node) },
  Pack: { becomes: "a constant", remark: "of constants", read: (node) => folded(node) },
  StridedSlice: { becomes: "a constant", remark: "of shapes", read: (node) => folded(node) },
  Prod: { becomes: "a constant", remark: "of shapes", read: (node) => folded(node) },
  Cast: { becomes: "a constant", remark: "of shapes", read: (node) => folded(node) },
};

function folded(node: OperatorCall): Result {
  const result = folding[node.op]!(node);
  if (result === undefined) throw new Unsupported("it is supported for shapes only");
  return result;
}

/** Numbers that spread over the input, which keeps its shape. */
function constantFor(node: OperatorCall, tensor: Tensor, at: number, change: (value: number) => number): Constant {
  const { shape } = node.computed(at);
  const spreads =
    shape === undefined ||
    (tensor.shape.length <= shape.length &&
      tensor.shape.every((size, axis) => size === 1 || size === shape[shape.length - tensor.shape.length + axis]));
  if (!spreads) throw new Unsupported("its constant is larger than its input");
  const values = Float64Array.from(tensor.values(), change);
  if (!values.every(Number.isFinite)) throw new Unsupported("it divides by zero");
  return { shape: tensor.shape, values };
}

/** The places of the computed and of the constant input. */
function sides(node: OperatorCall): { readonly at: number; readonly constant: Tensor } | undefined {
  const right = node.constantOr(1);
  if (right !== undefined) return { at: 0, constant: right };
  const left = node.constantOr(0);
  return left && { at: 1, constant: left };
}

function affine(node: OperatorCall, at: number, terms: { scale?: Constant; shift?: Constant }): Result {
  const parameters = elements((terms.scale ?? terms.shift)!.shape);
  return { from: [node.computed(at)], operations: [{ kind: "affine", ...terms, parameters }] };
}

function arithmetic(node: OperatorCall, sign: 1 | -1): Result {
  const known = folding[node.op]?.(node);
  if (known !== undefined) return known;
  const found = sides(node);
  if (found === undefined) {
    return { from: [node.computed(0), node.computed(1)], operations: [{ kind: "sum", coefficients: [1, sign] }] };
  }
  const { at, constant } = found;
  if (at === 0) return affine(node, 0, { shift: constantFor(node, constant, 0, (value) => sign * value) });
  const shift = constantFor(node, constant, 1, (value) => value);
  return affine(node, 1, { shift, ...(sign < 0 && { scale: { shape: [], values: Float64Array.of(-1) } }) });
}

function product(node: OperatorCall): Result {
  const known = folding.Mul!(node);
  if (known !== undefined) return known;
  const found = sides(node);
  if (found === undefined) {
    return { from: [node.computed(0), node.computed(1)], operations: [{ kind: "product" }] };
  }
  return affine(node, found.at, { scale: constantFor(node, found.constant, found.at, (value) => value) });
}

function quotient(node: OperatorCall): Result {
  const divisor = node.constant(1, "what it divides by is");
  return affine(node, 0, { scale: constantFor(node, divisor, 0, (value) => 1 / value) });
}

function biasAdd(node: OperatorCall): Result {
  const bias = node.constant(1, "its bias is");
  const { shape } = node.computed(0);
  const after = channelsAreLast(node) ? 0 : (shape?.length ?? 4) - 2;
  const spread = { ...bias, shape: [...bias.shape, ...Array.from({ length: after }, () => 1)] };
  return affine(node, 0, { shift: constantFor(node, spread, 0, (value) => value) });
}

function clipped(node: OperatorCall, below: boolean): Result {
  const found = sides(node);
  if (found === undefined || elements(found.constant.shape) !== 1) {
    throw new Unsupported("it is supported with one number only");
  }
  const bound = found.constant.values()[0]!;
  const operation: Operation =
    below && bound === 0
      ? { kind: "activation", activation: "relu" }
      : parametrized(node.op, "clip", ...(below ? [bound, Infinity] : [-Infinity, bound]));
  return { from: [node.computed(found.at)], operations: [operation] };
}

function pooling(node: OperatorCall, kind: "max-pool" | "average-pool"): Result {
  const channelsLast = channelsAreLast(node);
  const kernel = spatial(node.attributes.wholes("ksize"), channelsLast);
  const window = windowOf({
    input: node.computed(0).shape,
    kernel,
    strides: spatial(node.attributes.wholes("strides"), channelsLast),
    dilations: [1, 1],
    padding: paddingOf(node, channelsLast),
    channelsLast,
  });
  if (window === undefined) throw new Unsupported(OPEN_SIZE);
  if (kind === "max-pool") return onFirst(node, { kind, kernel, ceil: false, ...window });
  return onFirst(node, { kind, kernel, ceil: false, countPadding: false, ...window });
}

function over(node: OperatorCall, kind: "global-average-pool" | "global-max-pool"): Result {
  const rank = node.shapeOf(0).length;
  const axes = node.wholes(1, "its axes are").map((axis) => (axis < 0 ? axis + rank : axis));
  const sorted = [...new Set(axes)].sort((a, b) => a - b);
  const count = rank - 2;
  // With one spatial axis, the axis itself says which of the two the channels are.
  const channelsLast = sorted[0] === 1;
  const all = sorted.length === count && sorted.every((axis, at) => axis === at + (channelsLast ? 1 : 2));
  if (count < 1 || !all) throw new Unsupported("it is supported over all spatial axes only");
  return onFirst(node, { kind, channelsLast, keep: node.attributes.flag("keep_dims") });
}

function reshape(node: OperatorCall): Result {
  const input = node.shapeOf(0);
  const shape = filled(node.wholes(1, "its shape is"), elements(input));
  if (shape === undefined) throw new Unsupported("its shape does not fit its input");
  return onFirst(node, { kind: "reshape", shape });
}

function squeeze(node: OperatorCall): Result {
  const input = node.shapeOf(0);
  const named = node.attributes.wholes("squeeze_dims").map((axis) => (axis < 0 ? axis + input.length : axis));
  // With none named all go, but not the batch, which is 1 for us alone.
  const gone = (size: number, axis: number) => (named.length === 0 ? size === 1 && axis > 0 : named.includes(axis));
  return onFirst(node, { kind: "reshape", shape: input.filter((size, axis) => !gone(size, axis)) });
}

function expand(node: OperatorCall): Result {
  const input = node.shapeOf(0);
  const [axis = 0] = node.wholes(1, "its axis is");
  const at = axis < 0 ? axis + input.length + 1 : axis;
  if (at < 0 || at > input.length) throw new Unsupported("its axis is not an axis of its input");
  return onFirst(node, { kind: "reshape", shape: input.toSpliced(at, 0, 1) });
}

function transpose(node: OperatorCall): Result {
  return onFirst(node, { kind: "transpose", permutation: node.wholes(1, "its order of axes is") });
}

function concatenate(node: OperatorCall): Result {
  const rank = node.shapeOf(0).length;
  const last = node.values.length - 1;
  const [axis = 0] = node.wholes(last, "its axis is");
  const from = node.values.slice(0, last).map((_, at) => node.computed(at));
  return { from, operations: [{ kind: "concatenate", axis: axis < 0 ? axis + rank : axis }] };
}

function pad(node: OperatorCall): Result {
  const zeros = node.wholes(1, "its padding is");
  const filler = node.values.length > 2 ? node.wholes(2, "its value is") : [0];
  if (filler.some((value) => value !== 0)) throw new Unsupported("it pads with values other than 0");
  if (zeros.length % 2 !== 0 || zeros.some((count) => count < 0)) throw new Unsupported("its padding is invalid");
  const side = (parity: number) => zeros.filter((_, at) => at % 2 === parity);
  return onFirst(node, { kind: "pad", before: side(0), after: side(1) });
}
