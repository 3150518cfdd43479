/** Row-major tensors seen along other axes: what transposing, slicing, padding and spreading have in common. */
import type { Shape } from "./graph.ts";
import { elements } from "./tensor.ts";

/** How far apart neighbours along each axis are. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Strides at which a tensor is read so that it spreads over `to`, as in NumPy: 0 where its one value is repeated. */
export function spreadStrides(shape: Shape, to: Shape): number[] {
  const own = stridesOf(shape);
  const missing = to.length - shape.length;
  return to.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : own[axis - missing]!));
}

/** The value at `start + Σ index · stride` for each index of `shape`, row-major. */
export function gather(x: ArrayLike<number>, shape: Shape, strides: readonly number[], start = 0): Float64Array {
  const y = new Float64Array(elements(shape));
  eachRun(shape, strides, start, (at, from, length, stride) => {
    for (let k = 0; k < length; k++) y[from + k] = x[at + k * stride]!;
  });
  return y;
}

/** Puts the values of `x`, of that shape, to `start + Σ index · stride` of `into`. */
export function scatter(
  x: Float64Array,
  shape: Shape,
  into: Float64Array,
  strides: readonly number[],
  start: number,
): void {
  eachRun(shape, strides, start, (at, from, length, stride) => {
    for (let k = 0; k < length; k++) into[at + k * stride] = x[from + k]!;
  });
}

/** Calls for each run along the last axis: where it begins with these strides and in row-major order, its length, its stride. */
function eachRun(
  shape: Shape,
  strides: readonly number[],
  start: number,
  run: (at: number, from: number, length: number, stride: number) => void,
): void {
  const length = shape.at(-1) ?? 1;
  const stride = strides.at(-1) ?? 1;
  const runs = elements(shape) / length;
  const index = new Array<number>(Math.max(0, shape.length - 1)).fill(0);
  let at = start;
  for (let k = 0; k < runs; k++) {
    run(at, k * length, length, stride);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}
