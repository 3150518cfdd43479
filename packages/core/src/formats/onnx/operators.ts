/** What each ONNX operator becomes in the graph. The support table of the documentation is made from this one. */
import { type ElementwiseActivation, isActivation } from "../../model/activation.ts";
import type { Operation } from "../../model/graph.ts";
import { elements } from "../../model/tensor.ts";
import { type Call, constantFrom, type Reading } from "./call.ts";
import { reshaped, squeezed, unsqueezed } from "./fold.ts";
import { averagePool, convolution, globalPool, maxPool, OPEN } from "./onnx-windows.ts";

export interface OnnxOperator {
  /** What it is to a layer: "weights", "activation", "normalisation" … */
  readonly as: string;
  /** What is taken, where not all of it. */
  readonly remark?: string;
  readonly read: (call: Call) => Reading;
}

const activation = (name: ElementwiseActivation): OnnxOperator => ({
  as: `activation ${name}`,
  read: () => ({ operation: { kind: "activation", activation: name } }),
});

/** An activation whose parameters are attributes. */
const parametrized = (
  family: string,
  attributes: readonly (readonly [name: string, otherwise: number])[],
  plain?: { readonly name: ElementwiseActivation; readonly values: readonly number[] },
): OnnxOperator => ({
  as: `activation ${family}(${attributes.map(([name]) => name).join(", ")})`,
  read: (call) => {
    const values = attributes.map(([name, otherwise]) => call.float(name, otherwise));
    const isPlain = plain?.values.every((value, at) => Math.abs(value - values[at]!) < 1e-6) === true;
    const name = isPlain ? plain!.name : `${family}(${values.join(",")})`;
    return isActivation(name)
      ? { operation: { kind: "activation", activation: name } }
      : { unknown: `${family} with ${values.join(", ")} is not supported` };
  },
});

const DYNAMIC = "its weights are computed at run time";

function gemm(call: Call): Reading {
  const weights = call.weight(1);
  const bias = call.weight(2);
  if (weights === undefined || (call.input(2) !== undefined && bias === undefined)) return { unknown: DYNAMIC };
  if (call.int("transA", 0) !== 0) return { unknown: "a transposed input is not supported" };
  if (weights.shape.length !== 2) return { unknown: "its weights are not a matrix" };
  const transposed = call.int("transB", 0) === 0;
  const [alpha, beta] = [call.float("alpha", 1), call.float("beta", 1)];
  const outputs = weights.shape[transposed ? 1 : 0]!;
  const fits = bias === undefined || elements(bias.shape) === outputs;
  const plain = alpha === 1 && (bias === undefined || beta === 1) && fits;
  const product: Operation = { kind: "dense", weights, transposed, ...(plain && bias && { bias }) };
  if (plain) return { operation: product };
  const shift = bias && constantFrom(bias, call.who);
  const scaled = shift && { shape: shift.shape, values: Float64Array.from(shift.values, (value) => beta * value) };
  const scale = { shape: [], values: Float64Array.of(alpha) };
  const parameters = bias === undefined ? 0 : elements(bias.shape);
  return { chain: [product, { kind: "affine", scale, ...(scaled && { shift: scaled }), parameters }] };
}

function matMul(call: Call): Reading {
  const weights = call.weight(1);
  if (weights !== undefined && weights.shape.length === 2) {
    return { operation: { kind: "dense", weights, transposed: true } };
  }
  if (call.constant(0) !== undefined || weights !== undefined)
    return { unknown: "its weights are not a matrix on the right" };
  return { unknown: "a product of two values that both vary is not supported" };
}

function batchNormalization(call: Call): Reading {
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((at) => call.weight(at));
  if (!scale || !shift || !mean || !variance) return { unknown: DYNAMIC };
  if (call.int("training_mode", 0) !== 0) return { unknown: "it normalizes by the batch, as in training" };
  const rank = call.shape(0)?.length;
  if (rank === undefined) return { unknown: OPEN };
  const [g, b, m, v] = [scale, shift, mean, variance].map((each) => Float64Array.from(each.values())) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  if (![b, m, v].every(({ length }) => length === g.length))
    return { unknown: "its scale, bias, mean and variance differ in length" };
  const epsilon = call.float("epsilon", 1e-5);
  const by = g.map((value, c) => value / Math.sqrt(v[c]! + epsilon));
  const shape = [g.length, ...new Array<number>(Math.max(0, rank - 2)).fill(1)];
  const values = by.map((value, c) => b[c]! - m[c]! * value);
  return {
    operation: {
      kind: "affine",
      scale: { shape, values: by },
      shift: { shape, values },
      parameters: 4 * g.length,
    },
  };
}

/** `sign` of the second input; products and quotients likewise by `invert`. */
function sum(sign: 1 | -1): (call: Call) => Reading {
  return (call) => {
    const [a, b] = [call.constant(0), call.constant(1)];
    if (a === undefined && b === undefined) return { operation: { kind: "sum", coefficients: [1, sign] } };
    const { shape, values } = constantFrom((a ?? b)!, call.who);
    const isShift = a !== undefined || sign === 1;
    const shift = { shape, values: isShift ? values : values.map((value) => -value) };
    const parameters = elements(shape);
    if (!spreads(call, a === undefined ? 0 : 1, shape)) return { unknown: misfit(call, a === undefined ? 0 : 1) };
    const scale = a !== undefined && sign === -1 ? { scale: { shape: [], values: Float64Array.of(-1) } } : {};
    return { operation: { kind: "affine", ...scale, shift, parameters: parameters > 1 ? parameters : 0 } };
  };
}

function product(call: Call): Reading {
  const [a, b] = [call.constant(0), call.constant(1)];
  if (a === undefined && b === undefined) return { operation: { kind: "product" } };
  return scaledBy(call, a === undefined ? 0 : 1, constantFrom((a ?? b)!, call.who));
}

function quotient(call: Call): Reading {
  const b = call.constant(1);
  if (b === undefined) return { unknown: "division by values that vary is not supported" };
  const { shape, values } = constantFrom(b, call.who);
  if (values.includes(0)) return { unknown: "it divides by 0" };
  return scaledBy(call, 0, { shape, values: Float64Array.from(values, (value) => 1 / value) });
}

function scaledBy(
  call: Call,
  at: 0 | 1,
  scale: { shape: readonly number[]; values: Float32Array | Float64Array },
): Reading {
  if (!spreads(call, at, scale.shape)) return { unknown: misfit(call, at) };
  const size = elements(scale.shape);
  return { operation: { kind: "affine", scale, parameters: size > 1 ? size : 0 } };
}

function misfit(call: Call, at: number): string {
  return call.shape(at) === undefined ? OPEN : "a constant that is larger than the other input is not supported";
}

/** Whether a constant's shape spreads over the input, and not the other way round. */
function spreads(call: Call, at: number, shape: readonly number[]): boolean {
  const input = call.shape(at);
  if (elements(shape) === 1 && (input === undefined || shape.length <= input.length)) return true;
  if (input === undefined || shape.length > input.length) return false;
  return shape.every((size, axis) => size === 1 || size === input[axis + input.length - shape.length]);
}

function clip(call: Call): Reading {
  const [low, high] = [call.scalar("min", 1) ?? -Infinity, call.scalar("max", 2) ?? Infinity];
  const isOpen = [1, 2].some((at) => call.input(at) !== undefined && call.constant(at) === undefined);
  const [bottom, top] = [low <= -3.4e38 ? -Infinity : low, high >= 3.4e38 ? Infinity : high];
  const name = bottom === 0 && top === Infinity ? "relu" : `clip(${bottom},${top})`;
  if (isOpen || !isActivation(name)) return { unknown: "limits that are computed at run time are not supported" };
  return { operation: { kind: "activation", activation: name } };
}

function softmax(call: Call): Reading {
  const shape = call.shape(0);
  if (shape === undefined) return { unknown: OPEN };
  const axis = call.axis(call.int("axis", call.opset >= 13 ? -1 : 1), shape.length);
  if (call.opset >= 13 || axis === shape.length - 1) return { operation: { kind: "softmax", axis } };
  // Up to opset 12, all axes from this one on are one.
  const flat = [elements(shape.slice(0, axis)), elements(shape.slice(axis))];
  return {
    chain: [
      { kind: "reshape", shape: flat },
      { kind: "softmax", axis: 1 },
      { kind: "reshape", shape },
    ],
  };
}

function power(call: Call): Reading {
  const exponent = call.scalar("", 1);
  const name = exponent === 1 ? "identity" : `power(${exponent})`;
  return isActivation(name)
    ? { operation: { kind: "activation", activation: name } }
    : { unknown: "powers other than whole numbers from 1 to 16 are not supported" };
}

function reshape(call: Call): Reading {
  const shape = reshaped(call.shape(0), call.list("shape", 1), call.int("allowzero", 0) === 1);
  return shape === undefined ? { unknown: OPEN } : { operation: { kind: "reshape", shape } };
}

function flatten(call: Call): Reading {
  const shape = call.shape(0);
  if (shape === undefined) return { unknown: OPEN };
  const axis = call.int("axis", 1);
  const at = axis < 0 ? axis + shape.length : axis;
  return { operation: { kind: "reshape", shape: [elements(shape.slice(0, at)), elements(shape.slice(at))] } };
}

function viewed(
  by: (call: Call, shape: readonly number[], axes: number[] | undefined) => number[],
): (call: Call) => Reading {
  return (call) => {
    const shape = call.shape(0);
    if (shape === undefined) return { unknown: OPEN };
    return { operation: { kind: "reshape", shape: by(call, shape, call.list("axes", 1)) } };
  };
}

function transpose(call: Call): Reading {
  const rank = call.shape(0)?.length;
  const permutation =
    call.ints("perm") ?? (rank === undefined ? undefined : Array.from({ length: rank }, (_, axis) => rank - 1 - axis));
  return permutation === undefined ? { unknown: OPEN } : { operation: { kind: "transpose", permutation } };
}

function concat(call: Call): Reading {
  const rank = call.shape(0)?.length;
  if (rank === undefined) return { unknown: OPEN };
  if (call.variables.length < call.node.input.length)
    return { unknown: "concatenating values with constants is not supported" };
  return { operation: { kind: "concatenate", axis: call.axis(call.int("axis", 0), rank) } };
}

function slice(call: Call): Reading {
  const shape = call.shape(0);
  const [starts, ends] = [call.list("starts", 1), call.list("ends", 2)];
  if (shape === undefined || starts === undefined || ends === undefined) return { unknown: OPEN };
  const axes = call.list("axes", 3) ?? starts.map((_, at) => at);
  const steps = call.list("steps", 4) ?? starts.map(() => 1);
  const part = { starts: shape.map(() => 0), steps: shape.map(() => 1), shape: [...shape] };
  for (const [k, each] of axes.entries()) {
    const axis = call.axis(each, shape.length);
    const [size, step] = [shape[axis]!, steps[k]!];
    if (!Number.isInteger(step) || step === 0) return { unknown: "its steps are not whole numbers" };
    const clamp = (at: number, least: number, most: number) => Math.min(most, Math.max(least, at < 0 ? at + size : at));
    const start = step > 0 ? clamp(starts[k]!, 0, size) : clamp(starts[k]!, 0, size - 1);
    const end = step > 0 ? clamp(ends[k]!, 0, size) : clamp(ends[k]!, -1, size - 1);
    part.starts[axis] = start;
    part.steps[axis] = step;
    part.shape[axis] = Math.max(0, Math.ceil((end - start) / step));
  }
  return { operation: { kind: "slice", ...part } };
}

function split(call: Call): Reading {
  const shape = call.shape(0);
  if (shape === undefined) return { unknown: OPEN };
  const axis = call.axis(call.int("axis", 0), shape.length);
  const outputs = call.node.output.length;
  const each = Math.ceil(shape[axis]! / outputs);
  const equal = Array.from({ length: outputs }, (_, k) => Math.min(each, shape[axis]! - k * each));
  const sizes = call.list("split", 1) ?? equal;
  if (sizes.length !== outputs) return { unknown: "the number of its parts differs from that of its outputs" };
  let start = 0;
  return {
    each: sizes.map((size) => {
      start += size;
      const starts = shape.map((_, at) => (at === axis ? start - size : 0));
      const part = shape.map((whole, at) => (at === axis ? size : whole));
      return { kind: "slice", starts, steps: shape.map(() => 1), shape: part };
    }),
  };
}

function pad(call: Call): Reading {
  const shape = call.shape(0);
  const pads = call.list("pads", 1);
  if (shape === undefined || pads === undefined) return { unknown: OPEN };
  if (call.text("mode", "constant") !== "constant")
    return { unknown: "padding other than with a constant is not supported" };
  if ((call.scalar("value", 2) ?? 0) !== 0) return { unknown: "padding with numbers other than 0 is not supported" };
  const axes = call.list("", 3) ?? shape.map((_, axis) => axis);
  const [before, after] = [shape.map(() => 0), shape.map(() => 0)];
  for (const [k, each] of axes.entries()) {
    const axis = call.axis(each, shape.length);
    before[axis] = pads[k]!;
    after[axis] = pads[k + axes.length]!;
  }
  if ([...before, ...after].some((size) => !(size >= 0))) return { unknown: "padding below 0 is not supported" };
  return { operation: { kind: "pad", before, after } };
}

/** The mean over all spatial axes. */
function reduceMean(call: Call): Reading {
  const shape = call.shape(0);
  if (shape === undefined) return { unknown: OPEN };
  const axes = call.list("axes", 1)?.map((axis) => call.axis(axis, shape.length));
  if (shape.length < 3 || axes?.length !== shape.length - 2 || axes.some((axis) => axis < 2))
    return { unknown: "means other than over all positions of a map are not supported" };
  return { operation: { kind: "global-average-pool", channelsLast: false, keep: call.int("keepdims", 1) === 1 } };
}

function prelu(call: Call): Reading {
  const slope = call.scalar("", 1);
  const name = `leaky-relu(${slope})`;
  return slope !== undefined && isActivation(name)
    ? { operation: { kind: "activation", activation: name } }
    : { unknown: "slopes that differ between units are not supported" };
}

const same = (as = "passed through"): OnnxOperator => ({ as, read: (call) => ({ same: call.node.input[0]! }) });

function cast(call: Call): Reading {
  const floating = [1, 10, 11, 16].includes(call.int("to", 1));
  return floating ? { same: call.node.input[0]! } : { unknown: "rounding to whole numbers is not supported" };
}

function sumOfAll(call: Call): Reading {
  if (call.variables.length < call.node.input.length)
    return { unknown: "sums of more than two with constants are not supported" };
  return { operation: { kind: "sum", coefficients: call.node.input.map(() => 1) } };
}

/** Operators of the default domain. */
export const onnxOperators: Readonly<Record<string, OnnxOperator>> = {
  Gemm: { as: "dense weights", remark: "constant weights; the input not transposed", read: gemm },
  MatMul: { as: "dense weights", remark: "a constant matrix on the right; an Add after it is its bias", read: matMul },
  Conv: { as: "convolution", remark: "any number of axes, stride, padding, dilation, groups", read: convolution },
  BatchNormalization: { as: "normalization", remark: "folded into its neighbour", read: batchNormalization },
  MaxPool: { as: "pooling", read: maxPool },
  AveragePool: { as: "pooling", read: averagePool },
  GlobalAveragePool: { as: "pooling", read: globalPool("global-average-pool") },
  GlobalMaxPool: { as: "pooling", read: globalPool("global-max-pool") },
  ReduceMean: { as: "pooling", remark: "over all positions of a map", read: reduceMean },
  Relu: activation("relu"),
  Sigmoid: activation("sigmoid"),
  Tanh: activation("tanh"),
  Softplus: activation("softplus"),
  Softsign: activation("softsign"),
  HardSwish: activation("hard-swish"),
  Mish: activation("mish"),
  Erf: activation("erf"),
  Abs: activation("abs"),
  LeakyRelu: parametrized("leaky-relu", [["alpha", 0.01]], { name: "leaky-relu", values: [0.01] }),
  Elu: parametrized("elu", [["alpha", 1]], { name: "elu", values: [1] }),
  Celu: parametrized("celu", [["alpha", 1]], { name: "elu", values: [1] }),
  Selu: parametrized(
    "selu",
    [
      ["alpha", 1.6732632],
      ["gamma", 1.0507009],
    ],
    { name: "selu", values: [1.6732632, 1.0507009] },
  ),
  ThresholdedRelu: parametrized("thresholded-relu", [["alpha", 1]]),
  HardSigmoid: parametrized(
    "hard-sigmoid",
    [
      ["alpha", 0.2],
      ["beta", 0.5],
    ],
    { name: "hard-sigmoid", values: [1 / 6, 0.5] },
  ),
  PRelu: { as: "activation leaky-relu(slope)", remark: "one slope", read: prelu },
  Gelu: {
    as: "activation gelu or gelu-tanh",
    read: (call) => {
      const name = call.text("approximate", "none") === "tanh" ? "gelu-tanh" : "gelu";
      return { operation: { kind: "activation", activation: name } };
    },
  },
  Clip: { as: "activation clip(low, high)", read: clip },
  Pow: { as: "activation power(exponent)", remark: "whole exponents from 1 to 16", read: power },
  Softmax: { as: "softmax", read: softmax },
  Add: { as: "sum", remark: "skip connections; constants are biases", read: sum(1) },
  Sub: { as: "sum", read: sum(-1) },
  Sum: { as: "sum", read: sumOfAll },
  Mul: { as: "product", remark: "constants are scales", read: product },
  Div: { as: "scale", remark: "by constants", read: quotient },
  Neg: { as: "scale", read: (call) => scaledBy(call, 0, { shape: [], values: Float64Array.of(-1) }) },
  Concat: { as: "joining", read: concat },
  Split: { as: "arrangement", read: split },
  Slice: { as: "arrangement", read: slice },
  Pad: { as: "arrangement", remark: "with 0", read: pad },
  Flatten: { as: "arrangement", read: flatten },
  Reshape: { as: "arrangement", read: reshape },
  Transpose: { as: "arrangement", read: transpose },
  Squeeze: { as: "arrangement", read: viewed((call, shape, axes) => squeezed(call, shape, axes)) },
  Unsqueeze: { as: "arrangement", read: viewed((call, shape, axes) => unsqueezed(call, shape, axes ?? [])) },
  Identity: same(),
  Dropout: same(),
  Cast: { as: "passed through", remark: "between floating types", read: cast },
};
