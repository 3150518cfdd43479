// Philox4x32-10 (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011), four counters at a time.

// @ts-ignore: decorator
@inline const M0: u32 = 0xd2511f53;
// @ts-ignore: decorator
@inline const M1: u32 = 0xcd9e8d57;
// @ts-ignore: decorator
@inline const W0: u32 = 0x9e3779b9;
// @ts-ignore: decorator
@inline const W1: u32 = 0xbb67ae85;

/**
 * Writes `low + width · (u + ½)/2³²` for the draws `4 · counter` … of a stream to `out`, `[count rounded up to 16]` doubles.
 * The stream is the key (k0, k1) and the high counter words (c2, c3); the low words count blocks of four draws.
 */
export function uniforms(
  out: usize,
  count: i32,
  k0: u32,
  k1: u32,
  c2: u32,
  c3: u32,
  counter: u32,
  c1: u32,
  low: f64,
  width: f64,
): void {
  const m0 = i32x4.splat(M0);
  const m1 = i32x4.splat(M1);
  const half = f64x2.splat(0.5);
  const unit = f64x2.splat(1.0 / 4294967296.0);
  const lows = f64x2.splat(low);
  const widths = f64x2.splat(width);
  let first = i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3));
  for (let at = 0; at < count; at += 16) {
    let a = first;
    let b = i32x4.splat(c1);
    let c = i32x4.splat(c2);
    let d = i32x4.splat(c3);
    let p = k0;
    let q = k1;
    for (let round = 0; round < 10; round++) {
      const al = i64x2.extmul_low_i32x4_u(a, m0);
      const ah = i64x2.extmul_high_i32x4_u(a, m0);
      const cl = i64x2.extmul_low_i32x4_u(c, m1);
      const ch = i64x2.extmul_high_i32x4_u(c, m1);
      const highA = v128.shuffle<i32>(al, ah, 1, 3, 5, 7);
      const highC = v128.shuffle<i32>(cl, ch, 1, 3, 5, 7);
      a = v128.xor(v128.xor(highC, b), i32x4.splat(p));
      b = v128.shuffle<i32>(cl, ch, 0, 2, 4, 6);
      c = v128.xor(v128.xor(highA, d), i32x4.splat(q));
      d = v128.shuffle<i32>(al, ah, 0, 2, 4, 6);
      p += W0;
      q += W1;
    }
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    store2(out, ab, half, unit, lows, widths);
    store2(out + 16, cd, half, unit, lows, widths);
    store2(out + 32, v128.shuffle<i64>(ab, ab, 1, 1), half, unit, lows, widths);
    store2(out + 48, v128.shuffle<i64>(cd, cd, 1, 1), half, unit, lows, widths);
    store2(out + 64, ab2, half, unit, lows, widths);
    store2(out + 80, cd2, half, unit, lows, widths);
    store2(out + 96, v128.shuffle<i64>(ab2, ab2, 1, 1), half, unit, lows, widths);
    store2(out + 112, v128.shuffle<i64>(cd2, cd2, 1, 1), half, unit, lows, widths);
    out += 128;
    first = i32x4.add(first, i32x4.splat(4));
  }
}

// @ts-ignore: decorator
@inline function store2(out: usize, words: v128, half: v128, unit: v128, low: v128, width: v128): void {
  const u = f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_u(words), half), unit);
  v128.store(out, f64x2.add(low, f64x2.mul(width, u)));
}

/** A stream's name, and where in it the next draw stands, in blocks of four draws. */
@unmanaged
export class Stream {
  k0: u32;
  k1: u32;
  c2: u32;
  c3: u32;
  counter: u64;
}

/** The draws from `4 · (counter + ahead)` on, uniform from `low` to `low + 1`. */
// @ts-ignore: decorator
@inline export function draw(stream: Stream, ahead: u64, out: usize, count: i32, low: f64): void {
  const counter = stream.counter + ahead;
  uniforms(out, count, stream.k0, stream.k1, stream.c2, stream.c3, <u32>counter, <u32>(counter >> 32), low, 1);
}
