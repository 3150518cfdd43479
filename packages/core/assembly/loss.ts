// The losses of packages/core/src/training/loss.ts over tiles: what starts the backward pass, and what an example costs. Twin:
// packages/core/src/kernels/typescript/loss.ts.
import { SIGMOID, throughActivation } from "./activate";
import { UNIT } from "./dense";
import { exp2, log2lanes } from "./math";

export const MSE: i32 = 0;

/** Writes `scale` times the loss's derivative by the outputs' pre-activations. */
export function outputDelta(
  loss: i32,
  activation: i32,
  y: usize,
  target: usize,
  delta: usize,
  units: i32,
  tiles: i32,
  scale: f64,
): void {
  const factor = f64x2.splat(loss == MSE ? 2 * scale : scale);
  const bytes = <usize>units * UNIT * <usize>tiles;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(delta + at, f64x2.mul(factor, f64x2.sub(v128.load(y + at), v128.load(target + at))));
  }
  if (loss == MSE) throughActivation(activation, y, delta, units, tiles);
}

/** The losses of two examples of a tile, each summed over the outputs. */
export function exampleLosses(loss: i32, activation: i32, z: usize, y: usize, target: usize, units: i32): v128 {
  const high = <usize>units * UNIT;
  const zero = f64x2.splat(0);
  let sum = zero;
  if (loss == MSE) {
    for (let at: usize = 0; at < high; at += UNIT) {
      const distance = f64x2.sub(v128.load(y + at), v128.load(target + at));
      sum = f64x2.add(sum, f64x2.mul(distance, distance));
    }
  } else if (activation == SIGMOID) {
    for (let at: usize = 0; at < high; at += UNIT) {
      const value = v128.load(z + at);
      const straight = f64x2.sub(f64x2.pmax(value, zero), f64x2.mul(v128.load(target + at), value));
      sum = f64x2.add(sum, f64x2.add(straight, log1p(exp2(f64x2.neg(f64x2.abs(value))))));
    }
  } else {
    let most = f64x2.splat(-Infinity);
    for (let at: usize = 0; at < high; at += UNIT) most = f64x2.pmax(most, v128.load(z + at));
    let total = zero;
    for (let at: usize = 0; at < high; at += UNIT) total = f64x2.add(total, exp2(f64x2.sub(v128.load(z + at), most)));
    const logSum = f64x2.add(most, log2lanes(total));
    for (let at: usize = 0; at < high; at += UNIT) {
      sum = f64x2.add(sum, f64x2.mul(v128.load(target + at), f64x2.sub(logSum, v128.load(z + at))));
    }
  }
  return sum;
}

/** ln(1 + u) for 0 ≤ u ≤ 1: what rounding 1 + u lost is put back to first order. */
// @ts-ignore: decorator
@inline function log1p(u: v128): v128 {
  const one = f64x2.splat(1);
  const w = f64x2.add(one, u);
  return f64x2.add(log2lanes(w), f64x2.div(f64x2.sub(u, f64x2.sub(w, one)), w));
}
