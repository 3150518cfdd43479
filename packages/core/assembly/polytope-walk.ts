// Walks on polytopes, eight particles at a time: what an entry of a direction says is read once for them all, and what they are at lies
// together, copied from rows that may be hundreds of particles wide, so that it stays in the nearest cache for many directions. Twin:
// packages/core/src/kernels/typescript/polytope-walk.ts.
import { exp2 } from "./math";
import { draw, Stream } from "./philox";

@unmanaged
class Walk {
  /** Coordinates and rows that directions change, and those between. */
  inputs: i32;
  rows: i32;
  particles: i32;
  /** `[inputs, particles]`. */
  x: usize;
  /** `[rows, particles]`, all three. */
  z: usize;
  lower: usize;
  upper: usize;
  /** Of eight particles, `[inputs, 8]`. */
  nearX: usize;
  /** Of eight particles: lower bounds, z and upper bounds, `[rows, 3, 8]`. */
  nearZ: usize;
  /** At the first draw of the walk. */
  stream: Stream;
  /** Draws of CHUNK directions. */
  draws: usize;
  /** First entry of each run, `[4 · directions + 1]`: coordinates that grow, that fall, rows that grow, that fall. */
  start: usize;
  /** Of each entry: the coordinate or row that is changed, by how much, and 1 / that. */
  index: usize;
  value: usize;
  inverse: usize;
  /** `[directions]`. */
  square: usize;
}

/** Directions that eight particles walk along before the next eight do. */
// @ts-ignore: decorator
@inline const CHUNK: i32 = 256;
// Bytes to what there is of a row.
// @ts-ignore: decorator
@inline const LOWER: usize = 0;
// @ts-ignore: decorator
@inline const AT: usize = 64;
// @ts-ignore: decorator
@inline const UPPER: usize = 128;
// @ts-ignore: decorator
@inline const ROW: usize = 192;

// The chords of the eight: the least and the most step, and x · direction.
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
  const pitch = <usize>walk.particles << 3;
  const draws = ((count + 15) >> 4) << 5;
  let left = (to - from) * step;
  let ahead: u64 = 0;
  for (let d = from; left > 0; d += step * CHUNK, left -= CHUNK) {
    const directions = min(left, CHUNK);
    drawSteps(walk, ahead, directions, draws, precision);
    ahead += (directions * draws) >> 2;
    for (let p = 0; p < count; p += 8) {
      const bytes = <usize>min(count - p, 8) << 3;
      const beside = <usize>p << 3;
      copy(walk.nearX, 64, walk.x + beside, pitch, walk.inputs, bytes);
      copy(walk.nearZ + LOWER, ROW, walk.lower + beside, pitch, walk.rows, bytes);
      copy(walk.nearZ + AT, ROW, walk.z + beside, pitch, walk.rows, bytes);
      copy(walk.nearZ + UPPER, ROW, walk.upper + beside, pitch, walk.rows, bytes);
      let drawn = walk.draws + beside;
      for (let k = 0; k < directions; k++, drawn += <usize>draws << 3) {
        move(walk, d + step * k, drawn, drawn + (<usize>draws << 2), half, precision);
      }
      copy(walk.x + beside, pitch, walk.nearX, 64, walk.inputs, bytes);
      copy(walk.z + beside, pitch, walk.nearZ + AT, ROW, walk.rows, bytes);
    }
  }
}

/** Draws for the next directions; not for their acceptance if nothing is refused. */
function drawSteps(walk: Walk, ahead: u64, directions: i32, draws: i32, precision: f64): void {
  if (precision != 0) return draw(walk.stream, ahead, walk.draws, directions * draws, 0);
  for (let k = 0; k < directions; k++) {
    draw(walk.stream, ahead + ((k * draws) >> 2), walk.draws + (<usize>(k * draws) << 3), draws >> 1, 0);
  }
}

function copy(to: usize, toPitch: usize, from: usize, fromPitch: usize, rows: i32, bytes: usize): void {
  for (let r = 0; r < rows; r++, to += toPitch, from += fromPitch) {
    for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, v128.load(from + at));
  }
}

/** Moves the eight along a direction. */
function move(walk: Walk, d: i32, places: usize, acceptances: usize, half: f64, precision: f64): void {
  const start = walk.start + (<usize>d << 4);
  const growing = <usize>load<i32>(start);
  const falling = <usize>load<i32>(start, 4);
  const rowsGrowing = <usize>load<i32>(start, 8);
  const rowsFalling = <usize>load<i32>(start, 12);
  const end = <usize>load<i32>(start, 16);
  const square = load<f64>(walk.square + (<usize>d << 3));
  for (let q: usize = 0; q < 64; q += 16) {
    v128.store(chord + q, f64x2.splat(-Infinity), LEAST);
    v128.store(chord + q, f64x2.splat(Infinity), MOST);
    v128.store(chord + q, f64x2.splat(0), ALONG);
  }
  within(walk, growing, falling, -half, half);
  within(walk, falling, rowsGrowing, half, -half);
  between(walk, rowsGrowing, rowsFalling, LOWER, UPPER);
  between(walk, rowsFalling, end, UPPER, LOWER);
  for (let q: usize = 0; q < 64; q += 16) choose(chord + q, places + q, acceptances + q, square, precision);
  take(walk, growing, rowsGrowing, walk.nearX, 64);
  take(walk, rowsGrowing, end, walk.nearZ + AT, ROW);
}

/** Draws two particles' steps and whether they are taken, and leaves them as the least. */
// @ts-ignore: decorator
@inline function choose(chord: usize, place: usize, accept: usize, square: f64, precision: f64): void {
  const zero = f64x2.splat(0);
  // Rounding may have left a particle just outside: pmin(a, b) is b < a ? b : a.
  const low = f64x2.pmin(v128.load(chord, LEAST), zero);
  const high = f64x2.pmax(v128.load(chord, MOST), zero);
  const t = f64x2.add(low, f64x2.mul(v128.load(place), f64x2.sub(high, low)));
  const change = f64x2.mul(
    f64x2.mul(f64x2.splat(precision), t),
    f64x2.add(v128.load(chord, ALONG), f64x2.mul(f64x2.mul(f64x2.splat(0.5), t), f64x2.splat(square))),
  );
  // e^0 is 1, above all that is drawn; what is not a number is never taken.
  const taken =
    precision == 0 ? f64x2.eq(change, change) : f64x2.lt(v128.load(accept), exp2(f64x2.neg(change)));
  v128.store(chord, v128.and(t, taken), LEAST);
}

/** Shortens the chords to where the coordinates stay between `below` and `above`. */
// @ts-ignore: decorator
@inline function within(walk: Walk, first: usize, end: usize, below: f64, above: f64): void {
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
  const nearX = walk.nearX;
  let index = walk.index + (first << 2);
  let at = walk.value + (first << 3);
  let inverted = walk.inverse + (first << 3);
  for (const last = walk.index + (end << 2); index < last; index += 4, at += 8, inverted += 8) {
    const value = v128.load64_splat(at);
    const inverse = v128.load64_splat(inverted);
    const from = nearX + (<usize>load<i32>(index) << 6);
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

/** Shortens the chords to where the rows stay between their bounds; a step below 0 comes to the `near` one. */
// @ts-ignore: decorator
@inline function between(walk: Walk, first: usize, end: usize, near: usize, far: usize): void {
  let l0 = v128.load(chord, LEAST);
  let l1 = v128.load(chord, LEAST + 16);
  let l2 = v128.load(chord, LEAST + 32);
  let l3 = v128.load(chord, LEAST + 48);
  let m0 = v128.load(chord, MOST);
  let m1 = v128.load(chord, MOST + 16);
  let m2 = v128.load(chord, MOST + 32);
  let m3 = v128.load(chord, MOST + 48);
  const nearZ = walk.nearZ;
  let index = walk.index + (first << 2);
  let inverted = walk.inverse + (first << 3);
  for (const last = walk.index + (end << 2); index < last; index += 4, inverted += 8) {
    const inverse = v128.load64_splat(inverted);
    const row = nearZ + <usize>load<i32>(index) * ROW;
    const n = row + near;
    const f = row + far;
    const q0 = v128.load(row, AT);
    const q1 = v128.load(row, AT + 16);
    const q2 = v128.load(row, AT + 32);
    const q3 = v128.load(row, AT + 48);
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

/** Takes the steps. */
// @ts-ignore: decorator
@inline function take(walk: Walk, first: usize, end: usize, values: usize, pitch: usize): void {
  const t0 = v128.load(chord, LEAST);
  const t1 = v128.load(chord, LEAST + 16);
  const t2 = v128.load(chord, LEAST + 32);
  const t3 = v128.load(chord, LEAST + 48);
  let index = walk.index + (first << 2);
  let at = walk.value + (first << 3);
  for (const last = walk.index + (end << 2); index < last; index += 4, at += 8) {
    const value = v128.load64_splat(at);
    const to = values + <usize>load<i32>(index) * pitch;
    v128.store(to, f64x2.add(v128.load(to), f64x2.mul(t0, value)));
    v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(t1, value)), 16);
    v128.store(to, f64x2.add(v128.load(to, 32), f64x2.mul(t2, value)), 32);
    v128.store(to, f64x2.add(v128.load(to, 48), f64x2.mul(t3, value)), 48);
  }
}
