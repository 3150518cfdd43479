// E_cell H(Ŷ | cell) by counting: see src/kernels/typescript/cell-sampler.ts, which says what is done and why.
import { binOf, eight, Layer, segment } from "./layer";
import { log2lanes } from "./math";
import { uniforms } from "./philox";

/** Samples or cells that are made together. */
const LANES = 16;
const MAX_DRAWS = 64;
const MAX_TAIL: i32 = 200_000;
const SLOTS = 256;
const PICKS = 256;
const DIGAMMA = 4096;
/** Thresholds that are tried one by one, two samples at a time. */
const FEW = 8;

@unmanaged
class Stream {
  k0: u32;
  k1: u32;
  c2: u32;
  c3: u32;
  counter: u64;
}

@unmanaged
class Cells {
  layer: Layer;
  /** Bins of each input, `[inputs]`. */
  parts: usize;
  /** Weights on U(−½, ½) deviations within a cell, `[outputs, inputs]`. */
  cellWeights: usize;
  /** How far an output deviates from a cell's centre at most, `[outputs]`. */
  reach: usize;
  /** Per output: where its control table begins on the z axis, cells per unit, points, address. */
  controlLow: usize;
  controlScale: usize;
  controlPoints: usize;
  controlTables: usize;
  inRange: i32;
  poolSize: i32;
  /** Deviations, `[outputs, poolSize + MAX_DRAWS]`: the end repeats the beginning. */
  pool: usize;
  stream: Stream;
  picks: Stream;
  /** Room: uniforms `[inputs, LANES]`, the same for cells, centres and deviations `[outputs, LANES]`, control `[LANES]`. */
  noise: usize;
  cells: usize;
  centres: usize;
  deviations: usize;
  control: usize;
  pickNoise: usize;
  picked: i32;
  /** Outputs that a draw can move: their numbers, first and last segments, least bins, and radices. */
  active: usize;
  first: usize;
  last: usize;
  least: usize;
  radix: usize;
  activeCount: i32;
  exactKeys: i32;
  /** Of the deviations at hand: their states, and whether they lie outside. */
  keys: usize;
  isOut: usize;
  drawnKeys: usize;
  seenKeys: usize;
  seenCounts: usize;
  seenStamps: usize;
  stamp: i32;
  distinct: i32;
  digamma: usize;
  /** ψ-sums that the (c + 1)st draw of a state adds, `[MAX_DRAWS]`. */
  steps: usize;
  /** What is found: see `CellSums`. */
  sums: usize;
  perOutput: usize;
}

// Places in `sums`.
const CELLS = 0;
const STATES = 8;
const DRAWS = 16;
const CUT = 24;
const SUM_H = 32;
const SUM_A = 40;
const SUM_AA = 48;
const SUM_HA = 56;
const CONTROL_CELLS = 64;
const SUM_CONTROL = 72;
const SUM_CONTROL_SQUARE = 80;

// @ts-ignore: decorator
@inline function addTo(job: Cells, place: usize, value: f64): void {
  store<f64>(job.sums + place, load<f64>(job.sums + place) + value);
}

/** Fills `out` with LANES uniforms per input, from `low` to `low + 1`. */
function chunk(job: Cells, out: usize, low: f64): void {
  const stream = job.stream;
  const count = job.layer.inputs * LANES;
  const counter = stream.counter;
  uniforms(out, count, stream.k0, stream.k1, stream.c2, stream.c3, <u32>counter, <u32>(counter >> 32), low, 1);
  stream.counter = counter + <u64>(count >> 2);
}

/** The next choice, uniform on (0, 1). */
function pick(job: Cells): f64 {
  if (job.picked == PICKS) {
    const stream = job.picks;
    const counter = stream.counter;
    uniforms(job.pickNoise, PICKS, stream.k0, stream.k1, stream.c2, stream.c3, <u32>counter, <u32>(counter >> 32), 0, 1);
    stream.counter = counter + (PICKS >> 2);
    job.picked = 0;
  }
  const at = <usize>job.picked << 3;
  job.picked += 1;
  return load<f64>(job.pickNoise + at);
}

/** Σ_i row_i · x_i for LANES columns of `x`, on top of `base`. */
// @ts-ignore: decorator
@inline function lanes(row: usize, base: f64, inputs: i32, x: usize, out: usize): void {
  eight(row, base, inputs, x, LANES * 8, out);
  eight(row, base, inputs, x + 64, LANES * 8, out + 64);
}

/** Draws the pool from the stream at hand. */
export function fillPool(address: usize): void {
  const job = changetype<Cells>(address);
  const inputs = job.layer.inputs;
  const outputs = job.layer.outputs;
  const column = <usize>(job.poolSize + MAX_DRAWS) << 3;
  for (let first = 0; first < job.poolSize; first += LANES) {
    chunk(job, job.noise, -0.5);
    for (let j = 0; j < outputs; j++) {
      const out = job.pool + <usize>j * column + (<usize>first << 3);
      lanes(job.cellWeights + (<usize>(j * inputs) << 3), 0, inputs, job.noise, out);
    }
  }
  for (let j = 0; j < outputs; j++) {
    const from = job.pool + <usize>j * column;
    memory.copy(from + (<usize>job.poolSize << 3), from, MAX_DRAWS * 8);
  }
}

export function sampleCells(address: usize, cells: i32, draws: i32, withTail: i32): void {
  const job = changetype<Cells>(address);
  for (let cell = 0; cell < cells; cell++) {
    drawCells(job);
    const control = lookUp(job);
    const entropy = cellEntropy(job, draws, withTail);
    addTo(job, CELLS, 1);
    addTo(job, SUM_H, entropy);
    addTo(job, SUM_A, control);
    addTo(job, SUM_AA, control * control);
    addTo(job, SUM_HA, entropy * control);
  }
}

function drawCells(job: Cells): void {
  const inputs = job.layer.inputs;
  for (let filled = 0; filled < LANES; ) {
    chunk(job, job.noise, 0);
    for (let lane = 0; lane < LANES && filled < LANES; lane++) {
      if (!job.inRange && !isInside(job, lane)) {
        addTo(job, DRAWS, 1);
        continue;
      }
      for (let i: usize = 0; i < <usize>inputs; i++) {
        const count = load<f64>(job.parts + (i << 3));
        const u = load<f64>(job.noise + ((i * LANES + lane) << 3));
        store<f64>(job.cells + ((i * LANES + filled) << 3), (Math.floor(u * count) + 0.5) / count);
      }
      filled++;
    }
  }
  for (let j = 0; j < job.layer.outputs; j++) {
    const base = load<f64>(job.layer.base + (<usize>j << 3));
    const out = job.centres + <usize>j * LANES * 8;
    lanes(job.layer.weights + (<usize>(j * inputs) << 3), base, inputs, job.cells, out);
  }
}

function isInside(job: Cells, lane: i32): bool {
  const layer = job.layer;
  const inputs = layer.inputs;
  for (let j = 0; j < layer.outputs; j++) {
    let z = load<f64>(layer.base + (<usize>j << 3));
    for (let i = 0; i < inputs; i++) {
      z += load<f64>(layer.weights + (<usize>(j * inputs + i) << 3)) * load<f64>(job.noise + (<usize>(i * LANES + lane) << 3));
    }
    if (binOf(layer.cuts, z) < 0) return false;
  }
  return true;
}

function lookUp(job: Cells): f64 {
  memory.fill(job.control, 0, LANES * 8);
  for (let j: usize = 0; j < <usize>job.layer.outputs; j++) {
    const low = load<f64>(job.controlLow + (j << 3));
    const scale = load<f64>(job.controlScale + (j << 3));
    const last = <f64>(load<i32>(job.controlPoints + (j << 2)) - 1);
    const table = <usize>load<u32>(job.controlTables + (j << 2));
    let sum: f64 = 0;
    for (let lane: usize = 0; lane < <usize>LANES; lane++) {
      const at = (load<f64>(job.centres + ((j * LANES + lane) << 3)) - low) * scale;
      if (!(at >= 0 && at < last)) continue;
      const step = Math.floor(at);
      const entry = table + (<usize>(<i32>step) << 3);
      const value = load<f64>(entry) + (at - step) * (load<f64>(entry, 8) - load<f64>(entry));
      const total = job.control + (lane << 3);
      store<f64>(total, load<f64>(total) + value);
      sum += value;
    }
    const mean = job.perOutput + (j << 3);
    store<f64>(mean, load<f64>(mean) + sum);
  }
  for (let lane: usize = 0; lane < <usize>LANES; lane++) {
    const value = load<f64>(job.control + (lane << 3));
    addTo(job, CONTROL_CELLS, 1);
    addTo(job, SUM_CONTROL, value);
    addTo(job, SUM_CONTROL_SQUARE, value * value);
  }
  return load<f64>(job.control);
}

function activate(job: Cells): void {
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
function makeKeys(job: Cells, from: usize, stride: usize, count: i32): void {
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
@inline function keyAt(job: Cells, s: i32): i32 {
  return load<u8>(job.isOut + <usize>s) ? -1 : load<i32>(job.keys + (<usize>s << 2)) & 0x7fffffff;
}

/** Deviations that are not from the pool, and their keys. */
function freshKeys(job: Cells): void {
  const inputs = job.layer.inputs;
  chunk(job, job.noise, -0.5);
  for (let k: usize = 0; k < <usize>job.activeCount; k++) {
    const j = load<i32>(job.active + (k << 2));
    lanes(job.cellWeights + (<usize>(j * inputs) << 3), 0, inputs, job.noise, job.deviations + <usize>j * LANES * 8);
  }
  makeKeys(job, job.deviations, LANES * 8, LANES);
}

function find(job: Cells, key: i32): usize {
  let slot: usize = ((<u32>key * 0x9e3779b1) >>> 20) & (SLOTS - 1);
  while (
    load<i32>(job.seenStamps + (slot << 2)) == job.stamp &&
    load<i32>(job.seenKeys + (slot << 2)) != key
  ) slot = (slot + 1) & (SLOTS - 1);
  return slot;
}

/** Counts a key; returns what it adds to Σ c ψ(c). */
function addKey(job: Cells, key: i32): f64 {
  const at = find(job, key) << 2;
  if (load<i32>(job.seenStamps + at) != job.stamp) {
    store<i32>(job.seenStamps + at, job.stamp);
    store<i32>(job.seenKeys + at, key);
    store<i32>(job.seenCounts + at, 0);
    job.distinct += 1;
  }
  const count = load<i32>(job.seenCounts + at);
  store<i32>(job.seenCounts + at, count + 1);
  return load<f64>(job.steps + (<usize>count << 3));
}

function cellEntropy(job: Cells, wanted: i32, withTail: i32): f64 {
  activate(job);
  if (job.activeCount == 0) {
    addTo(job, STATES, 1);
    return 0;
  }
  job.stamp += 1;
  job.distinct = 0;
  let drawn = 0;
  let looked = 0;
  let sum: f64 = 0;
  let start = <i32>Math.floor(pick(job) * <f64>job.poolSize);
  for (let tries = 0; drawn < wanted && tries < job.poolSize; ) {
    const count = min(wanted - drawn, job.poolSize - tries);
    makeKeys(job, job.pool + (<usize>start << 3), <usize>(job.poolSize + MAX_DRAWS) << 3, count);
    for (let s = 0; s < count; s++) {
      const key = keyAt(job, s);
      looked++;
      if (key < 0) continue;
      sum += addKey(job, key);
      store<i32>(job.drawnKeys + (<usize>drawn << 2), key);
      drawn++;
    }
    tries += count;
    start += count;
    if (start >= job.poolSize) start -= job.poolSize;
  }
  while (drawn < wanted) {
    freshKeys(job);
    for (let s = 0; s < LANES && drawn < wanted; s++) {
      const key = keyAt(job, s);
      looked++;
      if (key < 0) continue;
      sum += addKey(job, key);
      store<i32>(job.drawnKeys + (<usize>drawn << 2), key);
      drawn++;
    }
  }
  addTo(job, DRAWS, looked);
  addTo(job, STATES, job.distinct);
  let nats = digamma(job, wanted) - sum / <f64>wanted;
  const watched = load<i32>(job.drawnKeys + (<usize>(<i32>Math.floor(pick(job) * <f64>wanted)) << 2));
  if (withTail && load<i32>(job.seenCounts + (find(job, watched) << 2)) == 1) nats += tail(job, watched, wanted);
  return nats / Math.LN2;
}

function tail(job: Cells, watched: i32, made: i32): f64 {
  let extra = 0;
  while (true) {
    freshKeys(job);
    for (let s = 0; s < LANES; s++) {
      const key = keyAt(job, s);
      addTo(job, DRAWS, 1);
      if (key < 0) continue;
      extra++;
      if (key != watched && extra < MAX_TAIL) continue;
      if (key != watched) addTo(job, CUT, 1);
      return digamma(job, made + extra - 1) - digamma(job, made);
    }
  }
  return 0;
}

/** ψ of a whole number, as src/information/digamma.ts. */
function digamma(job: Cells, n: i32): f64 {
  if (n < DIGAMMA) return load<f64>(job.digamma + (<usize>n << 3));
  const x = <f64>n;
  const r = 1 / (x * x);
  const log = f64x2.extract_lane(log2lanes(f64x2.splat(x)), 0);
  return log - 0.5 / x - r * (1.0 / 12 - r * (1.0 / 120 - r / 252));
}
