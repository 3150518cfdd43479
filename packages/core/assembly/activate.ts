// Activations over a block of tiles (`[units, 4]` each), forwards and backwards. Twin:
// packages/core/src/kernels/typescript/activate.ts.
import { UNIT } from "./dense";
import { exp2 } from "./math";

export const SIGMOID: i32 = 0;
export const TANH: i32 = 1;
export const RELU: i32 = 2;
export const SOFTMAX: i32 = 4;

/** y = φ(z). */
export function activate(activation: i32, z: usize, y: usize, units: i32, tiles: i32): void {
  const bytes = <usize>units * UNIT * <usize>tiles;
  if (activation == SIGMOID) {
    for (let at: usize = 0; at < bytes; at += 16) v128.store(y + at, sigmoid(v128.load(z + at)));
  } else if (activation == TANH) {
    for (let at: usize = 0; at < bytes; at += 16) v128.store(y + at, tanh(v128.load(z + at)));
  } else if (activation == RELU) {
    // pmax keeps a NaN, so that it is found.
    for (let at: usize = 0; at < bytes; at += 16) v128.store(y + at, f64x2.pmax(v128.load(z + at), f64x2.splat(0)));
  } else if (activation == SOFTMAX) {
    const high = <usize>units * UNIT;
    for (let at: usize = 0; at < bytes; at += high) {
      softmax(z + at, y + at, high);
      softmax(z + at + 16, y + at + 16, high);
    }
  } else memory.copy(y, z, bytes);
}

// @ts-ignore: decorator
@inline function sigmoid(z: v128): v128 {
  const one = f64x2.splat(1);
  return f64x2.div(one, f64x2.add(one, exp2(f64x2.neg(z))));
}

/** Cephes' tanh (Moshier 1984): a rational function below 0.625, and 1 − 2/(e^2|z| + 1) above. */
// @ts-ignore: decorator
@inline function tanh(z: v128): v128 {
  const s = f64x2.mul(z, z);
  let p = f64x2.add(f64x2.mul(s, f64x2.splat(-9.64399179425052238628e-1)), f64x2.splat(-9.92877231001918586564e1));
  p = f64x2.add(f64x2.mul(s, p), f64x2.splat(-1.61468768441708447952e3));
  let q = f64x2.add(s, f64x2.splat(1.12811678491632931402e2));
  q = f64x2.add(f64x2.mul(s, q), f64x2.splat(2.23548839060100448583e3));
  q = f64x2.add(f64x2.mul(s, q), f64x2.splat(4.84406305325125486048e3));
  const small = f64x2.add(z, f64x2.mul(z, f64x2.div(f64x2.mul(s, p), q)));
  const size = f64x2.abs(z);
  const one = f64x2.splat(1);
  const large = f64x2.sub(one, f64x2.div(f64x2.splat(2), f64x2.add(exp2(f64x2.add(size, size)), one)));
  const signed = v128.bitselect(z, large, f64x2.splat(-0.0));
  return v128.bitselect(small, signed, f64x2.lt(size, f64x2.splat(0.625)));
}

/** Two examples of a tile. */
function softmax(z: usize, y: usize, high: usize): void {
  let most = f64x2.splat(-Infinity);
  for (let at: usize = 0; at < high; at += UNIT) most = f64x2.pmax(most, v128.load(z + at));
  let sum = f64x2.splat(0);
  for (let at: usize = 0; at < high; at += UNIT) {
    const power = exp2(f64x2.sub(v128.load(z + at), most));
    v128.store(y + at, power);
    sum = f64x2.add(sum, power);
  }
  for (let at: usize = 0; at < high; at += UNIT) v128.store(y + at, f64x2.div(v128.load(y + at), sum));
}

/** Turns `delta` from dL/dy into dL/dz. */
export function throughActivation(activation: i32, y: usize, delta: usize, units: i32, tiles: i32): void {
  const bytes = <usize>units * UNIT * <usize>tiles;
  const one = f64x2.splat(1);
  if (activation == SIGMOID) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const value = v128.load(y + at);
      const slope = f64x2.mul(value, f64x2.sub(one, value));
      v128.store(delta + at, f64x2.mul(v128.load(delta + at), slope));
    }
  } else if (activation == TANH) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const value = v128.load(y + at);
      const slope = f64x2.sub(one, f64x2.mul(value, value));
      v128.store(delta + at, f64x2.mul(v128.load(delta + at), slope));
    }
  } else if (activation == RELU) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const on = f64x2.gt(v128.load(y + at), f64x2.splat(0));
      v128.store(delta + at, v128.and(v128.load(delta + at), on));
    }
  } else if (activation == SOFTMAX) {
    const high = <usize>units * UNIT;
    for (let at: usize = 0; at < bytes; at += high) {
      throughSoftmax(y + at, delta + at, high);
      throughSoftmax(y + at + 16, delta + at + 16, high);
    }
  }
}

function throughSoftmax(y: usize, delta: usize, high: usize): void {
  let mean = f64x2.splat(0);
  for (let at: usize = 0; at < high; at += UNIT) {
    mean = f64x2.add(mean, f64x2.mul(v128.load(y + at), v128.load(delta + at)));
  }
  for (let at: usize = 0; at < high; at += UNIT) {
    v128.store(delta + at, f64x2.mul(v128.load(y + at), f64x2.sub(v128.load(delta + at), mean)));
  }
}
