// A dense layer on inputs that are uniform on (0, 1), and the cuts of its pre-activations. Laid out by packages/core/src/kernels/layer.ts.

import { draw, Stream } from "./philox";

/** Samples per block of noise. */
export const BLOCK = 4096;
/** Samples whose noise is at hand at one time. */
export const PART: i32 = 256;

@unmanaged
export class Cuts {
  low: f64;
  scale: f64;
  /** Thresholds; there is one segment more. */
  count: i32;
  thresholds: usize;
  /** Bin of each segment, −1 outside. */
  bins: usize;
  /** Segment at the low end of each of 256 equal parts of the thresholds' span. */
  guide: usize;
}

@unmanaged
export class Layer {
  inputs: i32;
  outputs: i32;
  /** `[outputs, inputs]`. */
  weights: usize;
  base: usize;
  cuts: Cuts;
}

/** How many thresholds are ≤ z. */
// @ts-ignore: decorator
@inline export function segment(cuts: Cuts, z: f64): i32 {
  const thresholds = cuts.thresholds;
  const count = cuts.count;
  const cell = (z - cuts.low) * cuts.scale;
  let s = cell >= 256 ? count : cell > 0 ? load<i32>(cuts.guide + (<usize>(<i32>cell) << 2)) : 0;
  while (s < count && z >= load<f64>(thresholds + (<usize>s << 3))) s++;
  while (s > 0 && z < load<f64>(thresholds + (<usize>s << 3) - 8)) s--;
  return s;
}

/** The bin of z, −1 outside. */
// @ts-ignore: decorator
@inline export function binOf(cuts: Cuts, z: f64): i32 {
  return load<i32>(cuts.bins + (<usize>segment(cuts, z) << 2));
}

/**
 * Pre-activations of eight samples that stand side by side in the columns of `x` (`stride` bytes apart), written to `z`. The sum runs in
 * the order of the inputs.
 */
// @ts-ignore: decorator
@inline export function eight(row: usize, base: f64, inputs: i32, x: usize, stride: usize, z: usize): void {
  let a = f64x2.splat(base);
  let b = a;
  let c = a;
  let d = a;
  for (let i = 0; i < inputs; i++) {
    const w = v128.load64_splat(row + (<usize>i << 3));
    a = f64x2.add(a, f64x2.mul(w, v128.load(x)));
    b = f64x2.add(b, f64x2.mul(w, v128.load(x, 16)));
    c = f64x2.add(c, f64x2.mul(w, v128.load(x, 32)));
    d = f64x2.add(d, f64x2.mul(w, v128.load(x, 48)));
    x += stride;
  }
  v128.store(z, a);
  v128.store(z, b, 16);
  v128.store(z, c, 32);
  v128.store(z, d, 48);
}

/** Noise of the samples `part` … `part + PART − 1` of the block where the stream stands, `[inputs, PART]`: sample s has as its input i draw `i · BLOCK + s`. */
export function partNoise(stream: Stream, part: i32, inputs: i32, noise: usize): void {
  for (let i = 0; i < inputs; i++) {
    draw(stream, <u64>(i * (BLOCK >> 2) + (part >> 2)), noise + <usize>i * PART * 8, PART, 0);
  }
}
