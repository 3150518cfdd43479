// The states that draws from a cell find, as keys.
import { Cells, chunk, LANES, lanes } from "./cell-job";
import { segment } from "./layer";

/** Thresholds that are tried one by one, two samples at a time. */
const FEW = 8;

/** Finds the outputs that a draw from the first lane's cell can move, and how their bins make one whole number. */
export function activate(job: Cells): void {
  const cuts = job.layer.cuts;
  let active = 0;
  let states: f64 = 1;
  for (let j = 0; j < job.layer.outputs; j++) {
    const z = load<f64>(job.centres + <usize>j * LANES * 8);
    const reach = load<f64>(job.reach + (<usize>j << 3));
    const from = segment(cuts, z - reach);
    const to = segment(cuts, z + reach);
    if (from == to) continue;
    let least = i32.MAX_VALUE;
    let most = -1;
    for (let s = from; s <= to; s++) {
      const bin = load<i32>(cuts.bins + (<usize>s << 2));
      if (bin >= 0 && bin < least) least = bin;
      if (bin > most) most = bin;
    }
    const at = <usize>active << 2;
    const radix = most - least + 1;
    store<i32>(job.active + at, j);
    store<i32>(job.first + at, from);
    store<i32>(job.last + at, to);
    store<i32>(job.least + at, least);
    store<i32>(job.radix + at, radix);
    states *= <f64>radix;
    active++;
  }
  job.activeCount = active;
  job.exactKeys = states <= 2147483648.0 ? 1 : 0;
}

/**
 * Keys of `count` deviations (rounded up to two) of the first lane's cell, −1 outside; the deviation of output j begins at
 * `from + j · stride`.
 */
export function makeKeys(job: Cells, from: usize, stride: usize, count: i32): void {
  const cuts = job.layer.cuts;
  memory.fill(job.keys, 0, <usize>(count + 1) << 2);
  memory.fill(job.isOut, 0, <usize>(count + 1));
  for (let k: usize = 0; k < <usize>job.activeCount; k++) {
    const j = <usize>load<i32>(job.active + (k << 2));
    const first = load<i32>(job.first + (k << 2));
    const last = load<i32>(job.last + (k << 2));
    const least = load<i32>(job.least + (k << 2));
    const radix = load<i32>(job.radix + (k << 2));
    const centre = f64x2.splat(load<f64>(job.centres + j * (LANES * 8)));
    const row = from + j * stride;
    const bins = cuts.bins;
    for (let s: usize = 0; s < <usize>count; s += 2) {
      const z = f64x2.add(centre, v128.load(row + (s << 3)));
      let one: i32;
      let other: i32;
      if (last - first <= FEW) {
        let above = i64x2.splat(0);
        for (let t = first; t < last; t++) {
          above = i64x2.sub(above, f64x2.ge(z, v128.load64_splat(cuts.thresholds + (<usize>t << 3))));
        }
        one = first + <i32>i64x2.extract_lane(above, 0);
        other = first + <i32>i64x2.extract_lane(above, 1);
      } else {
        one = segment(cuts, f64x2.extract_lane(z, 0));
        other = segment(cuts, f64x2.extract_lane(z, 1));
      }
      addDigit(job, s, load<i32>(bins + (<usize>one << 2)), least, radix);
      addDigit(job, s + 1, load<i32>(bins + (<usize>other << 2)), least, radix);
    }
  }
}

// @ts-ignore: decorator
@inline function addDigit(job: Cells, s: usize, bin: i32, least: i32, radix: i32): void {
  const at = job.keys + (s << 2);
  const key = load<i32>(at);
  if (bin < 0) store<u8>(job.isOut + s, 1);
  else if (job.exactKeys) store<i32>(at, key * radix + bin - least);
  else {
    let mixed: u32 = <u32>(key ^ bin) * 0x9e3779b1;
    mixed ^= mixed >>> 15;
    store<i32>(at, <i32>mixed);
  }
}

/** −1 outside, else a word of 31 bits. */
// @ts-ignore: decorator
@inline export function keyAt(job: Cells, s: i32): i32 {
  return load<u8>(job.isOut + <usize>s) ? -1 : load<i32>(job.keys + (<usize>s << 2)) & 0x7fffffff;
}

/** Deviations that are not from the pool, and their keys. */
export function freshKeys(job: Cells): void {
  const inputs = job.layer.inputs;
  chunk(job, job.noise, -0.5);
  for (let k: usize = 0; k < <usize>job.activeCount; k++) {
    const j = load<i32>(job.active + (k << 2));
    lanes(job.cellWeights + (<usize>(j * inputs) << 3), 0, inputs, job.noise, job.deviations + <usize>j * LANES * 8);
  }
  makeKeys(job, job.deviations, LANES * 8, LANES);
}
