// Walks on polytopes, eight particles at a time, so that what an entry of a direction is is read once for them all. Twin:
// src/kernels/typescript/polytope-walk.ts.
import { exp2 } from "./math";
import { draw, Stream } from "./philox";

@unmanaged
class Walk {
  particles: i32;
  /** `[inputs, particles]`. */
  x: usize;
  /** `[rows, particles]`, all three. */
  z: usize;
  lower: usize;
  upper: usize;
  /** At the first draw of the walk. */
  stream: Stream;
  /** Draws of a direction. */
  draws: usize;
  /** First entry of each run, `[4 · directions + 1]`: coordinates that grow, that fall, rows that grow, that fall. */
  start: usize;
  entries: usize;
  /** `[directions]`. */
  square: usize;
}

/** A coordinate or a row that a direction changes. */
@unmanaged
class Entry {
  value: f64;
  /** 1 / value. */
  inverse: f64;
  /** Bytes to its particles. */
  offset: u32;
  spare: u32;
}

// The chords of eight particles, or of two: the least and the most step, and x · direction.
// @ts-ignore: decorator
@inline const LEAST: usize = 0;
// @ts-ignore: decorator
@inline const MOST: usize = 64;
// @ts-ignore: decorator
@inline const ALONG: usize = 128;
const chord: usize = memory.data(192, 16);

export function walk(
  job: usize,
  from: i32,
  to: i32,
  count: i32,
  half: f64,
  precision: f64,
): void {
  const walk = changetype<Walk>(job);
  const step = to < from ? -1 : 1;
  const draws = ((count + 15) >> 4) << 5;
  let ahead: u64 = 0;
  for (let d = from; d != to; d += step, ahead += draws >> 2) {
    draw(walk.stream, ahead, walk.draws, draws, 0);
    const start = walk.start + (<usize>d << 4);
    const growing = entryAt(walk, load<i32>(start));
    const falling = entryAt(walk, load<i32>(start, 4));
    const rowsGrowing = entryAt(walk, load<i32>(start, 8));
    const rowsFalling = entryAt(walk, load<i32>(start, 12));
    const end = entryAt(walk, load<i32>(start, 16));
    const square = load<f64>(walk.square + (<usize>d << 3));
    const all = <usize>count << 3;
    const accept = walk.draws + (<usize>draws << 2);
    let p: usize = 0;
    for (; p + 64 <= all; p += 64) {
      reset();
      within8(growing, falling, walk.x + p, -half, half);
      within8(falling, rowsGrowing, walk.x + p, half, -half);
      between8(rowsGrowing, rowsFalling, walk.z + p, walk.lower + p, walk.upper + p);
      between8(rowsFalling, end, walk.z + p, walk.upper + p, walk.lower + p);
      for (let q: usize = 0; q < 64; q += 16) choose(q, walk.draws + p + q, accept + p + q, square, precision);
      move8(growing, rowsGrowing, walk.x + p);
      move8(rowsGrowing, end, walk.z + p);
    }
    for (; p < all; p += 16) {
      reset();
      within2(growing, falling, walk.x + p, -half, half);
      within2(falling, rowsGrowing, walk.x + p, half, -half);
      between2(rowsGrowing, rowsFalling, walk.z + p, walk.lower + p, walk.upper + p);
      between2(rowsFalling, end, walk.z + p, walk.upper + p, walk.lower + p);
      choose(0, walk.draws + p, accept + p, square, precision);
      move2(growing, rowsGrowing, walk.x + p);
      move2(rowsGrowing, end, walk.z + p);
    }
  }
}

// @ts-ignore: decorator
@inline function entryAt(walk: Walk, k: i32): usize {
  return walk.entries + <usize>k * offsetof<Entry>();
}

// @ts-ignore: decorator
@inline function reset(): void {
  for (let q: usize = 0; q < 64; q += 16) {
    v128.store(chord + LEAST + q, f64x2.splat(-Infinity));
    v128.store(chord + MOST + q, f64x2.splat(Infinity));
    v128.store(chord + ALONG + q, f64x2.splat(0));
  }
}

/** Draws two particles' steps and whether they are taken, and leaves them as the least. */
// @ts-ignore: decorator
@inline function choose(q: usize, place: usize, accept: usize, square: f64, precision: f64): void {
  const zero = f64x2.splat(0);
  // Rounding may have left a particle just outside: pmin(a, b) is b < a ? b : a.
  const low = f64x2.pmin(v128.load(chord + LEAST + q), zero);
  const high = f64x2.pmax(v128.load(chord + MOST + q), zero);
  const t = f64x2.add(low, f64x2.mul(v128.load(place), f64x2.sub(high, low)));
  const change = f64x2.mul(
    f64x2.mul(f64x2.splat(precision), t),
    f64x2.add(v128.load(chord + ALONG + q), f64x2.mul(f64x2.mul(f64x2.splat(0.5), t), f64x2.splat(square))),
  );
  const taken = f64x2.lt(v128.load(accept), exp2(f64x2.neg(change)));
  v128.store(chord + LEAST + q, v128.and(t, taken));
}

/** Shortens the chords to where the coordinates stay between `below` and `above`. */
// @ts-ignore: decorator
@inline function within8(at: usize, end: usize, x: usize, below: f64, above: f64): void {
  const b = f64x2.splat(below);
  const a = f64x2.splat(above);
  let l0 = v128.load(chord, LEAST);
  let l1 = v128.load(chord, LEAST + 16);
  let l2 = v128.load(chord, LEAST + 32);
  let l3 = v128.load(chord, LEAST + 48);
  let m0 = v128.load(chord, MOST);
  let m1 = v128.load(chord, MOST + 16);
  let m2 = v128.load(chord, MOST + 32);
  let m3 = v128.load(chord, MOST + 48);
  let s0 = v128.load(chord, ALONG);
  let s1 = v128.load(chord, ALONG + 16);
  let s2 = v128.load(chord, ALONG + 32);
  let s3 = v128.load(chord, ALONG + 48);
  for (; at < end; at += offsetof<Entry>()) {
    const value = v128.load64_splat(at, offsetof<Entry>("value"));
    const inverse = v128.load64_splat(at, offsetof<Entry>("inverse"));
    const from = x + load<u32>(at, offsetof<Entry>("offset"));
    let q = v128.load(from);
    l0 = f64x2.pmax(l0, f64x2.mul(f64x2.sub(b, q), inverse));
    m0 = f64x2.pmin(m0, f64x2.mul(f64x2.sub(a, q), inverse));
    s0 = f64x2.add(s0, f64x2.mul(value, q));
    q = v128.load(from, 16);
    l1 = f64x2.pmax(l1, f64x2.mul(f64x2.sub(b, q), inverse));
    m1 = f64x2.pmin(m1, f64x2.mul(f64x2.sub(a, q), inverse));
    s1 = f64x2.add(s1, f64x2.mul(value, q));
    q = v128.load(from, 32);
    l2 = f64x2.pmax(l2, f64x2.mul(f64x2.sub(b, q), inverse));
    m2 = f64x2.pmin(m2, f64x2.mul(f64x2.sub(a, q), inverse));
    s2 = f64x2.add(s2, f64x2.mul(value, q));
    q = v128.load(from, 48);
    l3 = f64x2.pmax(l3, f64x2.mul(f64x2.sub(b, q), inverse));
    m3 = f64x2.pmin(m3, f64x2.mul(f64x2.sub(a, q), inverse));
    s3 = f64x2.add(s3, f64x2.mul(value, q));
  }
  v128.store(chord, l0, LEAST);
  v128.store(chord, l1, LEAST + 16);
  v128.store(chord, l2, LEAST + 32);
  v128.store(chord, l3, LEAST + 48);
  v128.store(chord, m0, MOST);
  v128.store(chord, m1, MOST + 16);
  v128.store(chord, m2, MOST + 32);
  v128.store(chord, m3, MOST + 48);
  v128.store(chord, s0, ALONG);
  v128.store(chord, s1, ALONG + 16);
  v128.store(chord, s2, ALONG + 32);
  v128.store(chord, s3, ALONG + 48);
}

// @ts-ignore: decorator
@inline function within2(at: usize, end: usize, x: usize, below: f64, above: f64): void {
  let l = v128.load(chord, LEAST);
  let m = v128.load(chord, MOST);
  let s = v128.load(chord, ALONG);
  for (; at < end; at += offsetof<Entry>()) {
    const inverse = v128.load64_splat(at, offsetof<Entry>("inverse"));
    const q = v128.load(x + load<u32>(at, offsetof<Entry>("offset")));
    l = f64x2.pmax(l, f64x2.mul(f64x2.sub(f64x2.splat(below), q), inverse));
    m = f64x2.pmin(m, f64x2.mul(f64x2.sub(f64x2.splat(above), q), inverse));
    s = f64x2.add(s, f64x2.mul(v128.load64_splat(at, offsetof<Entry>("value")), q));
  }
  v128.store(chord, l, LEAST);
  v128.store(chord, m, MOST);
  v128.store(chord, s, ALONG);
}

/** Shortens the chords to where the rows stay between their bounds; `near` are those that a step below 0 comes to. */
// @ts-ignore: decorator
@inline function between8(at: usize, end: usize, z: usize, near: usize, far: usize): void {
  let l0 = v128.load(chord, LEAST);
  let l1 = v128.load(chord, LEAST + 16);
  let l2 = v128.load(chord, LEAST + 32);
  let l3 = v128.load(chord, LEAST + 48);
  let m0 = v128.load(chord, MOST);
  let m1 = v128.load(chord, MOST + 16);
  let m2 = v128.load(chord, MOST + 32);
  let m3 = v128.load(chord, MOST + 48);
  for (; at < end; at += offsetof<Entry>()) {
    const inverse = v128.load64_splat(at, offsetof<Entry>("inverse"));
    const offset = <usize>load<u32>(at, offsetof<Entry>("offset"));
    const q = z + offset;
    const n = near + offset;
    const f = far + offset;
    const q0 = v128.load(q);
    const q1 = v128.load(q, 16);
    const q2 = v128.load(q, 32);
    const q3 = v128.load(q, 48);
    l0 = f64x2.pmax(l0, f64x2.mul(f64x2.sub(v128.load(n), q0), inverse));
    m0 = f64x2.pmin(m0, f64x2.mul(f64x2.sub(v128.load(f), q0), inverse));
    l1 = f64x2.pmax(l1, f64x2.mul(f64x2.sub(v128.load(n, 16), q1), inverse));
    m1 = f64x2.pmin(m1, f64x2.mul(f64x2.sub(v128.load(f, 16), q1), inverse));
    l2 = f64x2.pmax(l2, f64x2.mul(f64x2.sub(v128.load(n, 32), q2), inverse));
    m2 = f64x2.pmin(m2, f64x2.mul(f64x2.sub(v128.load(f, 32), q2), inverse));
    l3 = f64x2.pmax(l3, f64x2.mul(f64x2.sub(v128.load(n, 48), q3), inverse));
    m3 = f64x2.pmin(m3, f64x2.mul(f64x2.sub(v128.load(f, 48), q3), inverse));
  }
  v128.store(chord, l0, LEAST);
  v128.store(chord, l1, LEAST + 16);
  v128.store(chord, l2, LEAST + 32);
  v128.store(chord, l3, LEAST + 48);
  v128.store(chord, m0, MOST);
  v128.store(chord, m1, MOST + 16);
  v128.store(chord, m2, MOST + 32);
  v128.store(chord, m3, MOST + 48);
}

// @ts-ignore: decorator
@inline function between2(at: usize, end: usize, z: usize, near: usize, far: usize): void {
  let l = v128.load(chord, LEAST);
  let m = v128.load(chord, MOST);
  for (; at < end; at += offsetof<Entry>()) {
    const inverse = v128.load64_splat(at, offsetof<Entry>("inverse"));
    const offset = <usize>load<u32>(at, offsetof<Entry>("offset"));
    const q = v128.load(z + offset);
    l = f64x2.pmax(l, f64x2.mul(f64x2.sub(v128.load(near + offset), q), inverse));
    m = f64x2.pmin(m, f64x2.mul(f64x2.sub(v128.load(far + offset), q), inverse));
  }
  v128.store(chord, l, LEAST);
  v128.store(chord, m, MOST);
}

/** Takes the steps. */
// @ts-ignore: decorator
@inline function move8(at: usize, end: usize, values: usize): void {
  const t0 = v128.load(chord, LEAST);
  const t1 = v128.load(chord, LEAST + 16);
  const t2 = v128.load(chord, LEAST + 32);
  const t3 = v128.load(chord, LEAST + 48);
  for (; at < end; at += offsetof<Entry>()) {
    const value = v128.load64_splat(at, offsetof<Entry>("value"));
    const to = values + load<u32>(at, offsetof<Entry>("offset"));
    v128.store(to, f64x2.add(v128.load(to), f64x2.mul(t0, value)));
    v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(t1, value)), 16);
    v128.store(to, f64x2.add(v128.load(to, 32), f64x2.mul(t2, value)), 32);
    v128.store(to, f64x2.add(v128.load(to, 48), f64x2.mul(t3, value)), 48);
  }
}

// @ts-ignore: decorator
@inline function move2(at: usize, end: usize, values: usize): void {
  const t = v128.load(chord, LEAST);
  for (; at < end; at += offsetof<Entry>()) {
    const to = values + load<u32>(at, offsetof<Entry>("offset"));
    v128.store(to, f64x2.add(v128.load(to), f64x2.mul(t, v128.load64_splat(at, offsetof<Entry>("value")))));
  }
}
