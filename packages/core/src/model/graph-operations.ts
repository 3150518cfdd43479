/** One operation of a graph, computed in doubles: values in, values out, row-major. */
import { check } from "../checks/check.ts";
import { exp } from "../information/elementary.ts";
import { activationOf } from "./activation.ts";
import type { Constant, Operation, Shape } from "./graph.ts";
import { convolution, globalPool, pool } from "./graph-windows.ts";
import { matrixProduct } from "./matrix-product.ts";
import { gather, scatter, spreadStrides, stridesOf } from "./strided.ts";
import { elements } from "./tensor.ts";

export interface TensorValues {
  readonly shape: Shape;
  readonly values: Float64Array;
}

type Known = Exclude<Operation, { kind: "unknown" }>;
type Of<Kind> = Extract<Operation, { kind: Kind }>;

/**
 * @param shape The output's, as graph-shapes.ts finds it.
 * @param who Names the node in errors.
 * @returns Values of their own or, where the operation changes none, the input's.
 * @throws InvalidInputError for a pooling window that lies wholly in the padding, or padding below 0.
 */
export function operate(operation: Known, inputs: readonly TensorValues[], shape: Shape, who: string): Float64Array {
  const input = inputs[0]!;
  switch (operation.kind) {
    case "dense":
      return dense(operation, input, shape.at(-1)!);
    case "convolution":
      return convolution(operation, input.values, input.shape, shape);
    case "affine":
      return affine(operation, input);
    case "activation":
      return input.values.map(activationOf(operation.activation).value);
    case "softmax":
      return softmax(input, operation.axis);
    case "max-pool":
    case "average-pool":
      return pool(operation, input.values, input.shape, shape, who);
    case "global-average-pool":
    case "global-max-pool":
      return globalPool(operation, input.values, input.shape);
    case "reshape":
      return input.values;
    case "transpose": {
      const strides = stridesOf(input.shape);
      return gather(
        input.values,
        shape,
        operation.permutation.map((axis) => strides[axis]!),
      );
    }
    case "sum":
      return sum(operation, inputs, shape);
    case "product":
      return product(inputs, shape);
    case "concatenate":
      return concatenate(operation, inputs, shape);
    case "slice": {
      const strides = stridesOf(input.shape);
      const start = operation.starts.reduce((sum, from, axis) => sum + from * strides[axis]!, 0);
      return gather(
        input.values,
        shape,
        strides.map((stride, axis) => stride * operation.steps[axis]!),
        start,
      );
    }
    case "pad":
      return pad(operation, input, shape, who);
  }
}

function dense(
  { weights, bias, transposed }: Of<"dense">,
  { shape, values }: TensorValues,
  outputs: number,
): Float64Array {
  const inputs = shape.at(-1)!;
  return matrixProduct(values, values.length / inputs, inputs, weights.values(), outputs, bias?.values(), transposed);
}

function affine({ scale, shift }: Of<"affine">, { shape, values }: TensorValues): Float64Array {
  const y = values.slice();
  if (scale !== undefined) {
    const factors = spread(scale, shape);
    for (let at = 0; at < y.length; at++) y[at]! *= factors[at]!;
  }
  if (shift !== undefined) {
    const terms = spread(shift, shape);
    for (let at = 0; at < y.length; at++) y[at]! += terms[at]!;
  }
  return y;
}

/** The greatest value is taken away before exp, which then cannot overflow. */
function softmax({ shape, values }: TensorValues, axis: number): Float64Array {
  const y = new Float64Array(values.length);
  const size = shape[axis]!;
  const stride = elements(shape.slice(axis + 1));
  for (let group = 0; group < values.length; group += size * stride) {
    for (let from = group; from < group + stride; from++) {
      const end = from + size * stride;
      let [most, sum] = [-Infinity, 0];
      for (let at = from; at < end; at += stride) most = Math.max(most, values[at]!);
      for (let at = from; at < end; at += stride) {
        y[at] = exp(values[at]! - most);
        sum += y[at]!;
      }
      for (let at = from; at < end; at += stride) y[at]! /= sum;
    }
  }
  return y;
}

function sum({ coefficients }: Of<"sum">, inputs: readonly TensorValues[], shape: Shape): Float64Array {
  const y = new Float64Array(elements(shape));
  for (const [k, input] of inputs.entries()) {
    const coefficient = coefficients[k]!;
    const terms = spread(input, shape);
    for (let at = 0; at < y.length; at++) y[at]! += coefficient * terms[at]!;
  }
  return y;
}

function product(inputs: readonly TensorValues[], shape: Shape): Float64Array {
  const y = new Float64Array(elements(shape)).fill(1);
  for (const input of inputs) {
    const factors = spread(input, shape);
    for (let at = 0; at < y.length; at++) y[at]! *= factors[at]!;
  }
  return y;
}

function concatenate({ axis }: Of<"concatenate">, inputs: readonly TensorValues[], shape: Shape): Float64Array {
  const y = new Float64Array(elements(shape));
  const strides = stridesOf(shape);
  let start = 0;
  for (const input of inputs) {
    scatter(input.values, input.shape, y, strides, start);
    start += input.shape[axis]! * strides[axis]!;
  }
  return y;
}

function pad({ before, after }: Of<"pad">, input: TensorValues, shape: Shape, who: string): Float64Array {
  const negative = [...before, ...after].find((size) => size < 0);
  check(negative === undefined, () => ({ who, expected: "padding of at least 0", got: `${negative}` }));
  const y = new Float64Array(elements(shape));
  const strides = stridesOf(shape);
  const start = before.reduce((sum, size, axis) => sum + size * strides[axis]!, 0);
  scatter(input.values, input.shape, y, strides, start);
  return y;
}

/** The values repeated to that shape. */
function spread({ shape, values }: TensorValues | Constant, to: Shape): Float32Array | Float64Array {
  return values.length === elements(to) ? values : gather(values, to, spreadStrides(shape, to));
}
