// The three products of a dense layer over a block of tiles; a tile is `[units, 4]`, two vectors per unit. Every sum
// runs in index order in each lane, so the result does not depend on how many rows are taken side by side. An odd last
// row is computed twice rather than apart.

/** Bytes of a unit in a tile. */
// @ts-ignore: decorator
@inline export const UNIT: usize = 32;

/** Inputs whose tiles of a block take 8 KiB. */
// @ts-ignore: decorator
@inline const STRIP: i32 = 32;

/** z = W x + b for each tile; `bias` is 0 where there is none. */
export function affine(weights: usize, bias: usize, x: usize, z: usize, inputs: i32, outputs: i32, tiles: i32): void {
  product(weights, <usize>inputs << 3, 8, bias, x, z, inputs, outputs, tiles);
}

/** x' = Wᵀ d for each tile. */
export function transposed(weights: usize, delta: usize, into: usize, inputs: i32, outputs: i32, tiles: i32): void {
  product(weights, 8, <usize>inputs << 3, 0, delta, into, outputs, inputs, tiles);
}

/** z_j = b_j + Σ_i w_ji x_i for each tile; the weight w_ji stands at `weights + j · row + i · step`. */
function product(
  weights: usize,
  row: usize,
  step: usize,
  bias: usize,
  x: usize,
  z: usize,
  inputs: i32,
  outputs: i32,
  tiles: i32,
): void {
  const wide = <usize>inputs * UNIT;
  const high = <usize>outputs * UNIT;
  let j = 0;
  for (; j + 4 <= outputs; j += 4) {
    const first = weights + <usize>j * row;
    let from = x;
    let to = z + <usize>j * UNIT;
    for (let t = 0; t < tiles; t++, to += high) {
      let a0 = start(bias, j);
      let b0 = start(bias, j + 1);
      let c0 = start(bias, j + 2);
      let d0 = start(bias, j + 3);
      let a1 = a0;
      let b1 = b0;
      let c1 = c0;
      let d1 = d0;
      let w0 = first;
      let w1 = w0 + row;
      let w2 = w1 + row;
      let w3 = w2 + row;
      for (const end = from + wide; from < end; from += UNIT, w0 += step, w1 += step, w2 += step, w3 += step) {
        const x0 = v128.load(from);
        const x1 = v128.load(from, 16);
        let w = v128.load64_splat(w0);
        a0 = f64x2.add(a0, f64x2.mul(w, x0));
        a1 = f64x2.add(a1, f64x2.mul(w, x1));
        w = v128.load64_splat(w1);
        b0 = f64x2.add(b0, f64x2.mul(w, x0));
        b1 = f64x2.add(b1, f64x2.mul(w, x1));
        w = v128.load64_splat(w2);
        c0 = f64x2.add(c0, f64x2.mul(w, x0));
        c1 = f64x2.add(c1, f64x2.mul(w, x1));
        w = v128.load64_splat(w3);
        d0 = f64x2.add(d0, f64x2.mul(w, x0));
        d1 = f64x2.add(d1, f64x2.mul(w, x1));
      }
      v128.store(to, a0);
      v128.store(to, a1, 16);
      v128.store(to, b0, 32);
      v128.store(to, b1, 48);
      v128.store(to, c0, 64);
      v128.store(to, c1, 80);
      v128.store(to, d0, 96);
      v128.store(to, d1, 112);
    }
  }
  for (; j < outputs; j += 2) {
    const k = min(j + 1, outputs - 1);
    const first = weights + <usize>j * row;
    const second = weights + <usize>k * row;
    let from = x;
    let to = z;
    for (let t = 0; t < tiles; t++, to += high) {
      let a0 = start(bias, j);
      let b0 = start(bias, k);
      let a1 = a0;
      let b1 = b0;
      let w0 = first;
      let w1 = second;
      for (const end = from + wide; from < end; from += UNIT, w0 += step, w1 += step) {
        const x0 = v128.load(from);
        const x1 = v128.load(from, 16);
        let w = v128.load64_splat(w0);
        a0 = f64x2.add(a0, f64x2.mul(w, x0));
        a1 = f64x2.add(a1, f64x2.mul(w, x1));
        w = v128.load64_splat(w1);
        b0 = f64x2.add(b0, f64x2.mul(w, x0));
        b1 = f64x2.add(b1, f64x2.mul(w, x1));
      }
      store2(to + <usize>j * UNIT, a0, a1);
      store2(to + <usize>k * UNIT, b0, b1);
    }
  }
}

/**
 * G += Σ d xᵀ over the block's examples. The even and the odd examples of the block are summed apart, each in order,
 * and their two sums are added; that is added to G. So G is read and written once per block.
 */
export function addOuter(delta: usize, x: usize, gradient: usize, inputs: i32, outputs: i32, tiles: i32): void {
  const row = <usize>inputs << 3;
  const wide = <usize>inputs * UNIT;
  const high = <usize>outputs * UNIT;
  const ends = delta + <usize>tiles * high;
  // A strip of the inputs stays in the first cache while all outputs pass.
  for (let first = 0; first < inputs; first += STRIP) {
    const past = min(first + STRIP, inputs);
    let j = 0;
    for (; j + 4 <= outputs; j += 4) {
      for (let i = first; i < past; i += 2) {
        let a0 = f64x2.splat(0);
        let a1 = a0;
        let b0 = a0;
        let b1 = a0;
        let c0 = a0;
        let c1 = a0;
        let d0 = a0;
        let d1 = a0;
        let from = x + <usize>i * UNIT;
        for (let at = delta + <usize>j * UNIT; at < ends; at += high, from += wide) {
          // Beyond an odd last input stands the next tile, or the room to spare: what comes of it is not stored.
          let x0 = v128.load(from);
          let x1 = v128.load(from, 32);
          let d = v128.load(at);
          a0 = f64x2.add(a0, f64x2.mul(d, x0));
          a1 = f64x2.add(a1, f64x2.mul(d, x1));
          d = v128.load(at, 32);
          b0 = f64x2.add(b0, f64x2.mul(d, x0));
          b1 = f64x2.add(b1, f64x2.mul(d, x1));
          d = v128.load(at, 64);
          c0 = f64x2.add(c0, f64x2.mul(d, x0));
          c1 = f64x2.add(c1, f64x2.mul(d, x1));
          d = v128.load(at, 96);
          d0 = f64x2.add(d0, f64x2.mul(d, x0));
          d1 = f64x2.add(d1, f64x2.mul(d, x1));
          x0 = v128.load(from, 16);
          x1 = v128.load(from, 48);
          d = v128.load(at, 16);
          a0 = f64x2.add(a0, f64x2.mul(d, x0));
          a1 = f64x2.add(a1, f64x2.mul(d, x1));
          d = v128.load(at, 48);
          b0 = f64x2.add(b0, f64x2.mul(d, x0));
          b1 = f64x2.add(b1, f64x2.mul(d, x1));
          d = v128.load(at, 80);
          c0 = f64x2.add(c0, f64x2.mul(d, x0));
          c1 = f64x2.add(c1, f64x2.mul(d, x1));
          d = v128.load(at, 112);
          d0 = f64x2.add(d0, f64x2.mul(d, x0));
          d1 = f64x2.add(d1, f64x2.mul(d, x1));
        }
        const to = gradient + <usize>j * row + (<usize>i << 3);
        const paired = i + 1 < inputs;
        addPair(to, a0, a1, paired);
        addPair(to + row, b0, b1, paired);
        addPair(to + 2 * row, c0, c1, paired);
        addPair(to + 3 * row, d0, d1, paired);
      }
    }
    for (; j < outputs; j++) {
      for (let i = first; i < past; i += 2) {
        let a0 = f64x2.splat(0);
        let a1 = a0;
        let from = x + <usize>i * UNIT;
        for (let at = delta + <usize>j * UNIT; at < ends; at += high, from += wide) {
          let d = v128.load(at);
          a0 = f64x2.add(a0, f64x2.mul(d, v128.load(from)));
          a1 = f64x2.add(a1, f64x2.mul(d, v128.load(from, 32)));
          d = v128.load(at, 16);
          a0 = f64x2.add(a0, f64x2.mul(d, v128.load(from, 16)));
          a1 = f64x2.add(a1, f64x2.mul(d, v128.load(from, 48)));
        }
        addPair(gradient + <usize>j * row + (<usize>i << 3), a0, a1, i + 1 < inputs);
      }
    }
  }
}

/** g += Σ d over the block's examples, summed as addOuter() sums them. */
export function addSums(delta: usize, gradient: usize, outputs: i32, tiles: i32): void {
  const high = <usize>outputs * UNIT;
  const ends = delta + <usize>tiles * high;
  for (let j = 0; j < outputs; j++) {
    let sum = f64x2.splat(0);
    for (let at = delta + <usize>j * UNIT; at < ends; at += high) {
      sum = f64x2.add(f64x2.add(sum, v128.load(at)), v128.load(at, 16));
    }
    addPair(gradient + (<usize>j << 3), sum, sum, false);
  }
}

// @ts-ignore: decorator
@inline function start(bias: usize, j: i32): v128 {
  return bias == 0 ? f64x2.splat(0) : v128.load64_splat(bias + (<usize>j << 3));
}

// @ts-ignore: decorator
@inline function store2(to: usize, low: v128, high: v128): void {
  v128.store(to, low);
  v128.store(to, high, 16);
}

/** Adds the lanes' sums of two neighbours, or of the first alone. */
// @ts-ignore: decorator
@inline function addPair(to: usize, first: v128, second: v128, paired: bool): void {
  const even = v128.shuffle<f64>(first, second, 0, 2);
  const odd = v128.shuffle<f64>(first, second, 1, 3);
  const sum = f64x2.add(even, odd);
  if (paired) v128.store(to, f64x2.add(v128.load(to), sum));
  else store<f64>(to, load<f64>(to) + f64x2.extract_lane(sum, 0));
}
