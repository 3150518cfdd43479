/** The shape that an operation gives, from the shapes that it takes; a shape that does not fit is an error. */

import { LIMITS } from "../checks/budget.ts";
import { checkLimit } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";
import type { Operation, Shape, SlidingWindow } from "./graph.ts";
import { elements } from "./tensor.ts";

/**
 * Undefined where a shape that is needed is not known.
 *
 * @param who Names the node in errors.
 * @throws FormatError for shapes that the operation cannot take, TooMuchError for axes and paddings beyond LIMITS.
 */
export function outputShape(
  operation: Operation,
  inputs: readonly (Shape | undefined)[],
  who: string,
): Shape | undefined {
  requireArity(operation, inputs.length, who);
  if (operation.kind === "unknown") return operation.shape && checkedSizes(operation.shape, who);
  const shapes = inputs.filter((shape) => shape !== undefined);
  if (shapes.length < inputs.length) return undefined;
  return checkedSizes(shapeFrom(operation, shapes, who), who);
}

function shapeFrom(operation: Exclude<Operation, { kind: "unknown" }>, inputs: readonly Shape[], who: string): Shape {
  const input = inputs[0]!;
  switch (operation.kind) {
    case "dense": {
      const [first, second] = matrixShape(operation.weights.shape, who);
      const [n, m] = operation.transposed ? [first, second] : [second, first];
      requireBias(operation.bias?.shape, m, who);
      if (input.at(-1) !== n) fail(who, `an input whose last axis has ${n} values, like its weights`, text(input));
      return [...input.slice(0, -1), m];
    }
    case "convolution": {
      const [m = 0, within = 0, ...kernel] = operation.weights.shape;
      const { channels, spatial } = axes(input, operation.channelsLast, kernel.length, who);
      const { groups } = operation;
      if (channels !== within * groups || m % groups !== 0) {
        fail(
          who,
          `${within * groups} channels in ${groups} groups and outputs in as many, like its weights`,
          text(input),
        );
      }
      requireBias(operation.bias?.shape, m, who);
      return joined(input[0]!, m, windows(spatial, kernel, operation, false, who), operation.channelsLast);
    }
    case "affine": {
      for (const constant of [operation.scale, operation.shift]) {
        if (constant === undefined) continue;
        if (constant.values.length !== elements(constant.shape))
          fail(who, "as many values as its shape has", `${constant.values.length}`);
        if (text(broadcast([input, constant.shape], who)) !== text(input)) {
          fail(who, `numbers that broadcast to ${text(input)}`, text(constant.shape));
        }
      }
      return input;
    }
    case "activation":
      return input;
    case "softmax":
      if (operation.axis < 0 || operation.axis >= input.length)
        fail(who, `an axis of ${text(input)}`, `${operation.axis}`);
      return input;
    case "max-pool":
    case "average-pool": {
      const { channels, spatial } = axes(input, operation.channelsLast, operation.kernel.length, who);
      const sizes = windows(spatial, operation.kernel, operation, operation.ceil, who);
      return joined(input[0]!, channels, sizes, operation.channelsLast);
    }
    case "global-average-pool":
    case "global-max-pool": {
      const { channels, spatial } = axes(input, operation.channelsLast, input.length - 2, who);
      return operation.keep
        ? joined(
            input[0]!,
            channels,
            spatial.map(() => 1),
            operation.channelsLast,
          )
        : [input[0]!, channels];
    }
    case "reshape":
      if (elements(operation.shape) !== elements(input)) {
        fail(who, `a shape of as many values as ${text(input)}`, text(operation.shape));
      }
      return operation.shape;
    case "transpose": {
      const sorted = [...operation.permutation].sort((a, b) => a - b);
      if (sorted.length !== input.length || sorted.some((axis, at) => axis !== at)) {
        fail(who, `a permutation of the ${input.length} axes`, text(operation.permutation));
      }
      return operation.permutation.map((axis) => input[axis]!);
    }
    case "sum":
    case "product":
      return broadcast(inputs, who);
    case "concatenate": {
      const { axis } = operation;
      if (axis < 0 || axis >= input.length) fail(who, `an axis of ${text(input)}`, `${axis}`);
      const other = inputs.find(
        (shape) => shape.length !== input.length || shape.some((size, at) => at !== axis && size !== input[at]),
      );
      if (other !== undefined) fail(who, `shapes equal to ${text(input)} except along axis ${axis}`, text(other));
      return input.map((size, at) => (at === axis ? inputs.reduce((sum, shape) => sum + shape[axis]!, 0) : size));
    }
    case "slice": {
      const { starts, steps, shape } = operation;
      const inside = input.every((size, axis) => {
        const last = starts[axis]! + steps[axis]! * (shape[axis]! - 1);
        return starts[axis]! >= 0 && starts[axis]! < size && last >= 0 && last < size;
      });
      if (![starts, steps, shape].every((list) => list.length === input.length) || !inside) {
        fail(who, `a part of ${text(input)}`, `${text(shape)} from ${text(starts)} in steps of ${text(steps)}`);
      }
      return shape;
    }
    case "pad":
      if (operation.before.length !== input.length || operation.after.length !== input.length) {
        fail(who, `padding for ${input.length} axes`, `${operation.before.length}`);
      }
      return input.map((size, axis) => operation.before[axis]! + size + operation.after[axis]!);
  }
}

/** The shape that all of them spread to, as in NumPy. */
export function broadcast(shapes: readonly Shape[], who: string): Shape {
  const rank = shapes.reduce((most, shape) => Math.max(most, shape.length), 0);
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = new Set(shapes.map((shape) => shape[axis - rank + shape.length] ?? 1));
    sizes.delete(1);
    if (sizes.size > 1) fail(who, "shapes that broadcast to each other", shapes.map(text).join(" and "));
    return [...sizes][0] ?? 1;
  });
}

/** Places that a window takes along each axis. */
function windows(spatial: Shape, kernel: Shape, window: SlidingWindow, ceil: boolean, who: string): number[] {
  const { strides, dilations, before, after } = window;
  for (const list of [kernel, strides, dilations, before, after]) {
    if (list.length !== spatial.length) fail(who, `${spatial.length} sizes, one per spatial axis`, text(list));
  }
  if (![...kernel, ...strides, ...dilations].every((size) => size >= 1)) {
    fail(who, "kernel, strides and dilations of at least 1", `${text(kernel)}, ${text(strides)}, ${text(dilations)}`);
  }
  requireLittlePadding(before, who);
  requireLittlePadding(after, who);
  return spatial.map((size, axis) => {
    const span = (kernel[axis]! - 1) * dilations[axis]! + 1;
    const room = size + before[axis]! + after[axis]! - span;
    if (room < 0)
      fail(who, `an input of at least ${span - before[axis]! - after[axis]!} along axis ${axis}`, `${size}`);
    const places = (ceil ? Math.ceil : Math.floor)(room / strides[axis]!) + 1;
    // A last window that would begin in the padding after the input is left out (as in PyTorch and ONNX).
    const beginsOutside = ceil && (places - 1) * strides[axis]! >= size + before[axis]!;
    return beginsOutside ? places - 1 : places;
  });
}

function axes(input: Shape, channelsLast: boolean, spatialAxes: number, who: string) {
  if (spatialAxes < 1 || input.length !== spatialAxes + 2) {
    fail(who, `an input with batch, channels and ${Math.max(1, spatialAxes)} spatial axes`, text(input));
  }
  return channelsLast
    ? { channels: input.at(-1)!, spatial: input.slice(1, -1) }
    : { channels: input[1]!, spatial: input.slice(2) };
}

function joined(batch: number, channels: number, spatial: Shape, channelsLast: boolean): Shape {
  return channelsLast ? [batch, ...spatial, channels] : [batch, channels, ...spatial];
}

function matrixShape(shape: Shape, who: string): readonly [number, number] {
  if (shape.length !== 2) fail(who, "weights with two axes", text(shape));
  return [shape[0]!, shape[1]!];
}

function requireBias(shape: Shape | undefined, outputs: number, who: string): void {
  if (shape !== undefined && elements(shape) !== outputs) fail(who, `a bias of ${outputs} values`, text(shape));
}

function requireArity(operation: Operation, inputs: number, who: string): void {
  const expected =
    operation.kind === "unknown" || operation.kind === "concatenate"
      ? undefined
      : operation.kind === "sum"
        ? operation.coefficients.length
        : operation.kind === "product"
          ? 2
          : 1;
  if (expected === undefined ? operation.kind === "concatenate" && inputs === 0 : inputs !== expected) {
    fail(who, `${expected ?? "at least 1"} inputs`, `${inputs}`);
  }
}

/** @throws FormatError for what is no shape, or more values than any tensor has; TooMuchError for more axes. */
export function checkedSizes(shape: Shape, who: string): Shape {
  checkLimit(shape.length <= LIMITS.axes, () => ({
    who,
    expected: `a tensor of at most ${LIMITS.axes} axes`,
    got: `${shape.length}`,
  }));
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 1) || elements(shape) > LIMITS.values) {
    fail(who, `a shape of whole-number sizes of at least 1 and at most ${LIMITS.values} values`, text(shape));
  }
  return shape;
}

function requireLittlePadding(zeros: readonly number[], who: string): void {
  const most = zeros.find((count) => count > LIMITS.padding);
  checkLimit(most === undefined, () => ({
    who,
    expected: `a padding of at most ${LIMITS.padding.toLocaleString("en")}`,
    got: `${most}`,
  }));
}

function text(shape: readonly (number | undefined)[]): string {
  return `[${shape.map((size) => size ?? "?").join(", ")}]`;
}

function fail(who: string, expected: string, got: string): never {
  throw new FormatError({ who, expected, got });
}
