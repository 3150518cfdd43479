// E_cell H(Ŷ | cell) by counting: see packages/core/src/kernels/typescript/cell-sampler.ts, which says what is done and why.
import { Cells, chunk, LANES, lanes, MAX_DRAWS, pick } from "./cell-job";
import { activate, freshKeys, keyAt, makeKeys } from "./cell-keys";
import { binOf } from "./layer";
import { log2lanes } from "./math";

const MAX_TAIL: i32 = 200_000;
const SLOTS = 256;
const DIGAMMA = 4096;

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
    for (let lane: usize = 0; lane < <usize>LANES; lane++) {
      const at = (load<f64>(job.centres + ((j * LANES + lane) << 3)) - low) * scale;
      if (!(at >= 0 && at < last)) continue;
      const step = Math.floor(at);
      const entry = table + (<usize>(<i32>step) << 3);
      const value = load<f64>(entry) + (at - step) * (load<f64>(entry, 8) - load<f64>(entry));
      const total = job.control + (lane << 3);
      store<f64>(total, load<f64>(total) + value);
    }
  }
  for (let lane: usize = 0; lane < <usize>LANES; lane++) {
    const value = load<f64>(job.control + (lane << 3));
    addTo(job, CONTROL_CELLS, 1);
    addTo(job, SUM_CONTROL, value);
    addTo(job, SUM_CONTROL_SQUARE, value * value);
  }
  return load<f64>(job.control);
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

/** ψ of a whole number, as packages/core/src/information/digamma.ts. */
function digamma(job: Cells, n: i32): f64 {
  if (n < DIGAMMA) return load<f64>(job.digamma + (<usize>n << 3));
  const x = <f64>n;
  const r = 1 / (x * x);
  const log = f64x2.extract_lane(log2lanes(f64x2.splat(x)), 0);
  return log - 0.5 / x - r * (1.0 / 12 - r * (1.0 / 120 - r / 252));
}
