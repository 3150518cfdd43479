// Optimisers over flat parameters, two at a time; arrays have room for an even number of values. Twin:
// packages/core/src/kernels/typescript/optimizer.ts.

/** w −= η g. */
export function sgd(parameters: usize, gradient: usize, count: i32, rate: f64): void {
  const rates = f64x2.splat(rate);
  const bytes = <usize>count << 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    const moved = f64x2.sub(v128.load(parameters + at), f64x2.mul(rates, v128.load(gradient + at)));
    v128.store(parameters + at, moved);
  }
}

/** v = μ v + g; w −= η v. */
export function momentum(parameters: usize, gradient: usize, velocity: usize, count: i32, rate: f64, keep: f64): void {
  const rates = f64x2.splat(rate);
  const kept = f64x2.splat(keep);
  const bytes = <usize>count << 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    const v = f64x2.add(f64x2.mul(kept, v128.load(velocity + at)), v128.load(gradient + at));
    v128.store(velocity + at, v);
    v128.store(parameters + at, f64x2.sub(v128.load(parameters + at), f64x2.mul(rates, v)));
  }
}

/** w −= η m̂ / (√v̂ + ε). */
export function adam(
  parameters: usize,
  gradient: usize,
  mean: usize,
  square: usize,
  count: i32,
  step: u32,
  rate: f64,
  first: f64,
  second: f64,
  epsilon: f64,
): void {
  const rates = f64x2.splat(rate / (1 - power(first, step)));
  const share = f64x2.splat(1 / (1 - power(second, step)));
  const keep = f64x2.splat(first);
  const take = f64x2.splat(1 - first);
  const keepSquare = f64x2.splat(second);
  const takeSquare = f64x2.splat(1 - second);
  const floor = f64x2.splat(epsilon);
  const bytes = <usize>count << 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = v128.load(gradient + at);
    const m = f64x2.add(f64x2.mul(keep, v128.load(mean + at)), f64x2.mul(take, g));
    const v = f64x2.add(f64x2.mul(keepSquare, v128.load(square + at)), f64x2.mul(f64x2.mul(takeSquare, g), g));
    v128.store(mean + at, m);
    v128.store(square + at, v);
    const move = f64x2.div(f64x2.mul(rates, m), f64x2.add(f64x2.sqrt(f64x2.mul(v, share)), floor));
    v128.store(parameters + at, f64x2.sub(v128.load(parameters + at), move));
  }
}

/** base^exponent by squaring: Math.pow does not promise the same bits everywhere. */
function power(base: f64, exponent: u32): f64 {
  let result: f64 = 1;
  for (let square = base; exponent > 0; exponent >>= 1, square *= square) {
    if (exponent & 1) result *= square;
  }
  return result;
}
