/**
 * The three products of a dense layer over a block of tiles (`[units, 4]` each). Every sum runs in index order, so the
 * result does not depend on how many rows are taken side by side. Twin of assembly/dense.ts.
 */

/** z = W x + b for each tile. */
export function affine(
  weights: Float64Array,
  bias: Float64Array | undefined,
  x: Float64Array,
  z: Float64Array,
  inputs: number,
  outputs: number,
  tiles: number,
): void {
  product(weights, inputs, 1, bias, x, z, inputs, outputs, tiles);
}

/** x' = Wᵀ d for each tile. */
export function transposed(
  weights: Float64Array,
  delta: Float64Array,
  into: Float64Array,
  inputs: number,
  outputs: number,
  tiles: number,
): void {
  product(weights, 1, inputs, undefined, delta, into, outputs, inputs, tiles);
}

/**
 * z_j = b_j + Σ_i w_ji x_i for each tile, the weight w_ji standing at `j · row + i · step`; two outputs at a time, an odd last one
 * computed twice rather than apart.
 */
function product(
  weights: Float64Array,
  row: number,
  step: number,
  bias: Float64Array | undefined,
  x: Float64Array,
  z: Float64Array,
  inputs: number,
  outputs: number,
  tiles: number,
): void {
  for (let t = 0; t < tiles; t++) {
    const from = t * inputs * 4;
    const to = t * outputs * 4;
    for (let j = 0; j < outputs; j += 2) {
      const k = j + 1 < outputs ? j + 1 : j;
      let a0 = bias === undefined ? 0 : bias[j]!;
      let b0 = bias === undefined ? 0 : bias[k]!;
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let b1 = b0;
      let b2 = b0;
      let b3 = b0;
      for (let i = 0, at = from, p = j * row, q = k * row; i < inputs; i++, at += 4, p += step, q += step) {
        const v = weights[p]!;
        const w = weights[q]!;
        const x0 = x[at]!;
        const x1 = x[at + 1]!;
        const x2 = x[at + 2]!;
        const x3 = x[at + 3]!;
        a0 += v * x0;
        a1 += v * x1;
        a2 += v * x2;
        a3 += v * x3;
        b0 += w * x0;
        b1 += w * x1;
        b2 += w * x2;
        b3 += w * x3;
      }
      store(z, to + j * 4, a0, a1, a2, a3);
      store(z, to + k * 4, b0, b1, b2, b3);
    }
  }
}

/**
 * G += Σ d xᵀ over the block's examples, two outputs and two inputs at a time. The even and the odd examples of the
 * block are summed apart, each in order, and their two sums are added; that is added to G.
 */
export function addOuter(
  delta: Float64Array,
  x: Float64Array,
  gradient: Float64Array,
  inputs: number,
  outputs: number,
  tiles: number,
): void {
  const wide = inputs * 4;
  const high = outputs * 4;
  const end = tiles * high;
  for (let j = 0; j < outputs; j += 2) {
    const below = j + 1 < outputs ? 4 : 0;
    for (let i = 0; i < inputs; i += 2) {
      const beside = i + 1 < inputs ? 4 : 0;
      let a0 = 0;
      let a1 = 0;
      let b0 = 0;
      let b1 = 0;
      let c0 = 0;
      let c1 = 0;
      let d0 = 0;
      let d1 = 0;
      for (let at = j * 4, from = i * 4; at < end; at += high, from += wide) {
        const under = at + below;
        const next = from + beside;
        let p = delta[at]!;
        let q = delta[under]!;
        let v = x[from]!;
        let w = x[next]!;
        a0 += p * v;
        b0 += p * w;
        c0 += q * v;
        d0 += q * w;
        p = delta[at + 1]!;
        q = delta[under + 1]!;
        v = x[from + 1]!;
        w = x[next + 1]!;
        a1 += p * v;
        b1 += p * w;
        c1 += q * v;
        d1 += q * w;
        p = delta[at + 2]!;
        q = delta[under + 2]!;
        v = x[from + 2]!;
        w = x[next + 2]!;
        a0 += p * v;
        b0 += p * w;
        c0 += q * v;
        d0 += q * w;
        p = delta[at + 3]!;
        q = delta[under + 3]!;
        v = x[from + 3]!;
        w = x[next + 3]!;
        a1 += p * v;
        b1 += p * w;
        c1 += q * v;
        d1 += q * w;
      }
      const to = j * inputs + i;
      gradient[to]! += a0 + a1;
      if (beside > 0) gradient[to + 1]! += b0 + b1;
      if (below === 0) continue;
      gradient[to + inputs]! += c0 + c1;
      if (beside > 0) gradient[to + inputs + 1]! += d0 + d1;
    }
  }
}

/** g += Σ d over the block's examples, summed as addOuter() sums them. */
export function addSums(delta: Float64Array, gradient: Float64Array, outputs: number, tiles: number): void {
  const high = outputs * 4;
  const end = tiles * high;
  for (let j = 0; j < outputs; j++) {
    let even = 0;
    let odd = 0;
    for (let at = j * 4; at < end; at += high) {
      even = even + delta[at]! + delta[at + 2]!;
      odd = odd + delta[at + 1]! + delta[at + 3]!;
    }
    gradient[j]! += even + odd;
  }
}

function store(tile: Float64Array, at: number, v0: number, v1: number, v2: number, v3: number): void {
  tile[at] = v0;
  tile[at + 1] = v1;
  tile[at + 2] = v2;
  tile[at + 3] = v3;
}
