// Joint histograms of every (input, output) pair: noise, layer and bins in columns of samples, then one table at a time over them all.
import { binOf, BLOCK, Cuts, eight, Layer, PART, partNoise } from "./layer";
import { Stream } from "./philox";

@unmanaged
class Pairs {
  layer: Layer;
  /** At the block that is drawn. */
  stream: Stream;
  /** Cuts that tell what lies outside the output range, where these clamp; 0 where the layer's own do. */
  beyond: usize;
  /** Noise, `[inputs, PART]`, and room for eight pre-activations. */
  noise: usize;
  z: usize;
  /** Bins of the inputs, times the tables' row length, and of the outputs: `[units, capacity]`, two bytes each or four. */
  x: usize;
  y: usize;
  capacity: i32;
  isWide: i32;
  inputBins: i32;
  /** Cells in a table's row: the output bins, and one more where samples outside are dropped. */
  rowLength: i32;
  /** What stands for an output outside. */
  outsideCode: i32;
  /** `[inputs, outputs, inputBins, rowLength]`. */
  tables: usize;
  /** Samples outside the output range, per output. */
  outside: usize;
}

/** Fills the columns from `slot · BLOCK` on with the rows `first` … `rows` − 1 of a block (and some around them). */
export function pairColumns(
  job: usize,
  slot: i32,
  first: i32,
  rows: i32,
): void {
  const pairs = changetype<Pairs>(job);
  const layer = pairs.layer;
  const cuts = layer.cuts;
  const inputs = layer.inputs;
  for (let part = first & ~(PART - 1); part < rows; part += PART) {
    const column = slot * BLOCK + part;
    partNoise(pairs.stream, part, inputs, pairs.noise);
    for (let i = 0; i < inputs; i++) inputCodes(pairs, i, pairs.noise + <usize>i * PART * 8, column);
    for (let j = 0; j < layer.outputs; j++) {
      const row = layer.weights + (<usize>(j * inputs) << 3);
      const base = load<f64>(layer.base + (<usize>j << 3));
      const outside = pairs.outside + (<usize>j << 2);
      for (let s = 0; s < PART; s += 8) {
        eight(row, base, inputs, pairs.noise + (<usize>s << 3), PART * 8, pairs.z);
        for (let k = 0; k < 8; k++) {
          const z = load<f64>(pairs.z + (<usize>k << 3));
          const bin = binOf(cuts, z);
          const at = part + s + k;
          const isOut = pairs.beyond != 0 ? binOf(changetype<Cuts>(pairs.beyond), z) < 0 : bin < 0;
          if (isOut && at >= first && at < rows) store<i32>(outside, load<i32>(outside) + 1);
          const code = bin < 0 ? pairs.outsideCode : bin;
          const place = <usize>(j * pairs.capacity + column + s + k);
          if (pairs.isWide) store<u32>(pairs.y + (place << 2), code);
          else store<u16>(pairs.y + (place << 1), <u16>code);
        }
      }
    }
  }
}

/** Bins of one input, times the row length. */
function inputCodes(pairs: Pairs, i: i32, noise: usize, column: i32): void {
  const place = <usize>(i * pairs.capacity + column);
  const bins = f64x2.splat(pairs.inputBins);
  const length = i32x4.splat(pairs.rowLength);
  for (let s = 0; s < PART; s += 8) {
    const from = noise + (<usize>s << 3);
    const low = i32x4.mul(four(from, bins), length);
    const high = i32x4.mul(four(from + 32, bins), length);
    if (pairs.isWide) {
      v128.store(pairs.x + ((place + s) << 2), low);
      v128.store(pairs.x + ((place + s) << 2), high, 16);
    } else v128.store(pairs.x + ((place + s) << 1), i16x8.narrow_i32x4_u(low, high));
  }
}

// @ts-ignore: decorator
@inline function four(from: usize, bins: v128): v128 {
  const a = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(v128.load(from), bins));
  const b = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(v128.load(from, 16), bins));
  return v128.shuffle<i32>(a, b, 0, 1, 4, 5);
}

// @ts-ignore: decorator
@inline function count(table: usize, code: u32): void {
  const cell = table + (<usize>code << 2);
  store<i32>(cell, load<i32>(cell) + 1);
}

/** Counts the columns' samples `from` … `to` − 1 for every pair. */
export function pairCount(job: usize, from: i32, to: i32): void {
  const pairs = changetype<Pairs>(job);
  const inputs = pairs.layer.inputs;
  const outputs = pairs.layer.outputs;
  const size = <usize>(pairs.inputBins * pairs.rowLength) << 2;
  const shift: usize = pairs.isWide ? 2 : 1;
  let table = pairs.tables;
  for (let i = 0; i < inputs; i++) {
    const x = pairs.x + (<usize>(i * pairs.capacity + from) << shift);
    for (let j = 0; j < outputs; j++) {
      const y = pairs.y + (<usize>(j * pairs.capacity + from) << shift);
      if (pairs.isWide) countWide(table, x, y, to - from);
      else countNarrow(table, x, y, to - from);
      table += size;
    }
  }
}

/** Codes of two bytes, eight at a time. */
function countNarrow(table: usize, x: usize, y: usize, samples: i32): void {
  let s = 0;
  for (; s + 8 <= samples; s += 8, x += 16, y += 16) {
    const codes = i16x8.add(v128.load(x), v128.load(y));
    count(table, i16x8.extract_lane_u(codes, 0));
    count(table, i16x8.extract_lane_u(codes, 1));
    count(table, i16x8.extract_lane_u(codes, 2));
    count(table, i16x8.extract_lane_u(codes, 3));
    count(table, i16x8.extract_lane_u(codes, 4));
    count(table, i16x8.extract_lane_u(codes, 5));
    count(table, i16x8.extract_lane_u(codes, 6));
    count(table, i16x8.extract_lane_u(codes, 7));
  }
  for (; s < samples; s++, x += 2, y += 2) count(table, <u32>load<u16>(x) + <u32>load<u16>(y));
}

/** Codes of four bytes, four at a time. */
function countWide(table: usize, x: usize, y: usize, samples: i32): void {
  let s = 0;
  for (; s + 4 <= samples; s += 4, x += 16, y += 16) {
    const codes = i32x4.add(v128.load(x), v128.load(y));
    count(table, i32x4.extract_lane(codes, 0));
    count(table, i32x4.extract_lane(codes, 1));
    count(table, i32x4.extract_lane(codes, 2));
    count(table, i32x4.extract_lane(codes, 3));
  }
  for (; s < samples; s++, x += 4, y += 4) count(table, load<u32>(x) + load<u32>(y));
}
