// Minibatch gradient descent on a multilayer perceptron. A batch passes in blocks of eight tiles of four examples: few
// enough to stay in the caches, enough that weights and gradient are read once for many examples. Twin:
// packages/core/src/kernels/typescript/trainer.ts.
import { activate, throughActivation } from "./activate";
import { addOuter, addSums, affine, transposed, UNIT } from "./dense";
import { exampleLosses, outputDelta } from "./loss";
import { adam, momentum, sgd } from "./optimizer";

// @ts-ignore: decorator
@inline const TILE: i32 = 4;
// @ts-ignore: decorator
@inline const BLOCK: i32 = 32;

/** As packages/core/src/kernels/trainer.ts writes it: the numbers first, then 32-bit words. */
@unmanaged
class Trainer {
  rate: f64;
  /** μ of momentum, β₁ of adam. */
  first: f64;
  second: f64;
  epsilon: f64;
  decay: f64;
  /** What the mean divides by for each example; 0 for a sum. */
  divisor: f64;
  /** Of score(): the loss so far. */
  total: f64;
  /** Of score(): rows answered rightly so far. */
  right: i32;
  optimizer: i32;
  loss: i32;
  batch: i32;
  layers: usize;
  last: usize;
  count: i32;
  parameters: usize;
  gradient: usize;
  mean: usize;
  square: usize;
  features: i32;
  inputs: usize;
  targets: usize;
  order: usize;
  input: usize;
  target: usize;
  /** A row of zeros, for examples that a tile lacks. */
  nothing: usize;
  /** Bytes, 1 where a hidden unit is kept: those of the step's first example; 0 where nothing is dropped. */
  kept: usize;
  /** Hidden units: bytes from one example's to the next one's. */
  hidden: i32;
}

@unmanaged
class Layer {
  inputs: i32;
  outputs: i32;
  activation: i32;
  weights: usize;
  /** 0 where there is none. */
  bias: usize;
  weightGradient: usize;
  biasGradient: usize;
  /** Tiles of a block. */
  x: usize;
  z: usize;
  y: usize;
  delta: usize;
  /** Position of the layer's units among the hidden ones. */
  hiddenAt: i32;
  /** What a kept unit is multiplied by; 1 where none is dropped. */
  keptScale: f64;
}

/**
 * Makes the steps over the batches that begin at `from` … before `to` of the order; the first of them is number `step`.
 */
export function trainSteps(trainer: usize, from: i32, to: i32, step: u32): void {
  const t = changetype<Trainer>(trainer);
  for (; from < to; from += t.batch, step++) {
    const count = min(t.batch, to - from);
    batchGradient(t, from, count);
    if (t.kept != 0) t.kept += <usize>count * <usize>t.hidden;
    if (t.optimizer == 0) sgd(t.parameters, t.gradient, t.count, t.rate);
    else if (t.optimizer == 1) momentum(t.parameters, t.gradient, t.mean, t.count, t.rate, t.first);
    else adam(t.parameters, t.gradient, t.mean, t.square, t.count, step, t.rate, t.first, t.second, t.epsilon);
  }
}

/**
 * Adds the losses of `rows` examples, in order, to `total`, and those whose answer is their label to `right`. `labels`
 * may be 0.
 */
export function score(trainer: usize, inputs: usize, targets: usize, labels: usize, order: usize, rows: i32): void {
  const t = changetype<Trainer>(trainer);
  const last = changetype<Layer>(t.last);
  const high = <usize>last.outputs * UNIT;
  for (let from = 0; from < rows; from += BLOCK) {
    const count = min(BLOCK, rows - from);
    const tiles = (count + TILE - 1) / TILE;
    const rowsOfBlock = order + (<usize>from << 2);
    gather(inputs, t.features, rowsOfBlock, count, t.input, t.nothing);
    gather(targets, last.outputs, rowsOfBlock, count, t.target, t.nothing);
    forwardBlock(t, tiles, 0, 0);
    for (let k = 0; k < count; k += 2) {
      const at = <usize>(k >> 2) * high + (<usize>(k & 2) << 3);
      const losses = exampleLosses(t.loss, last.activation, last.z + at, last.y + at, t.target + at, last.outputs);
      t.total += f64x2.extract_lane(losses, 0);
      if (k + 1 < count) t.total += f64x2.extract_lane(losses, 1);
    }
    if (labels == 0) continue;
    for (let k = 0; k < count; k++) {
      const y = last.y + <usize>(k >> 2) * high + (<usize>(k & 3) << 3);
      t.right += i32(answer(y, last.outputs) == load<i32>(labels + (<usize>(from + k) << 2)));
    }
  }
}

/** The outputs of `rows` examples, in order, row-major. */
export function forward(trainer: usize, inputs: usize, answers: usize, order: usize, rows: i32): void {
  const t = changetype<Trainer>(trainer);
  const last = changetype<Layer>(t.last);
  for (let from = 0; from < rows; from += BLOCK) {
    const count = min(BLOCK, rows - from);
    gather(inputs, t.features, order + (<usize>from << 2), count, t.input, t.nothing);
    forwardBlock(t, (count + TILE - 1) / TILE, 0, 0);
    for (let k = 0; k < count; k++) {
      let y = last.y + <usize>(k >> 2) * <usize>last.outputs * UNIT + (<usize>(k & 3) << 3);
      for (let j = 0; j < last.outputs; j++, y += UNIT, answers += 8) store<f64>(answers, load<f64>(y));
    }
  }
}

/** Overwrites the gradient with that over `count` examples of the order from `start`, weight decay included. */
function batchGradient(t: Trainer, start: i32, count: i32): void {
  const last = changetype<Layer>(t.last);
  const scale: f64 = t.divisor == 0 ? 1 : 1 / (<f64>count * t.divisor);
  memory.fill(t.gradient, 0, <usize>t.count << 3);
  for (let at = 0; at < count; at += BLOCK) {
    const size = min(BLOCK, count - at);
    const order = t.order + (<usize>(start + at) << 2);
    gather(t.inputs, t.features, order, size, t.input, t.nothing);
    gather(t.targets, last.outputs, order, size, t.target, t.nothing);
    const kept = t.kept == 0 ? 0 : t.kept + <usize>at * <usize>t.hidden;
    forwardBlock(t, (size + TILE - 1) / TILE, kept, size);
    backwardBlock(t, scale, size, kept);
  }
  if (t.decay == 0) return;
  const decay = f64x2.splat(t.decay);
  for (let layer = t.layers; layer <= t.last; layer += offsetof<Layer>()) {
    const l = changetype<Layer>(layer);
    const bytes = <usize>(l.inputs * l.outputs) << 3;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const gradient = v128.load(l.weightGradient + i);
      v128.store(l.weightGradient + i, f64x2.add(gradient, f64x2.mul(decay, v128.load(l.weights + i))));
    }
    if (i < bytes) {
      store<f64>(l.weightGradient + i, load<f64>(l.weightGradient + i) + t.decay * load<f64>(l.weights + i));
    }
  }
}

/** Writes rows of a `[rows, columns]` table into tiles; the last tile's missing rows become zeros. */
function gather(table: usize, columns: i32, order: usize, count: i32, tile: usize, nothing: usize): void {
  const row = <usize>columns << 3;
  for (let k = 0; k < count; k += TILE, order += 16) {
    let a = table + <usize>load<i32>(order) * row;
    let b = k + 1 < count ? table + <usize>load<i32>(order, 4) * row : nothing;
    let c = k + 2 < count ? table + <usize>load<i32>(order, 8) * row : nothing;
    let d = k + 3 < count ? table + <usize>load<i32>(order, 12) * row : nothing;
    for (const end = a + row; a < end; a += 8, b += 8, c += 8, d += 8, tile += UNIT) {
      v128.store(tile, v128.load64_lane(b, v128.load64_zero(a), 1));
      v128.store(tile, v128.load64_lane(d, v128.load64_zero(c), 1), 16);
    }
  }
}

/** @param kept bytes of the block's `count` examples; 0: nothing is dropped. */
function forwardBlock(t: Trainer, tiles: i32, kept: usize, count: i32): void {
  for (let layer = t.layers; layer <= t.last; layer += offsetof<Layer>()) {
    const l = changetype<Layer>(layer);
    if (layer > t.layers) {
      const before = changetype<Layer>(layer - offsetof<Layer>());
      if (kept != 0) drop(before.y, l.x, kept + <usize>before.hiddenAt, t.hidden, l.inputs, tiles, count, before.keptScale);
      else if (before.y != l.x) memory.copy(l.x, before.y, <usize>(l.inputs * tiles) * UNIT);
    }
    affine(l.weights, l.bias, l.x, l.z, l.inputs, l.outputs, tiles);
    activate(l.activation, l.z, l.y, l.outputs, tiles);
  }
}

/** Units times their scale where they are kept, else times 0; `to` may be `from`. Examples that the last tile lacks are dropped. */
function drop(from: usize, to: usize, kept: usize, hidden: i32, units: i32, tiles: i32, count: i32, scale: f64): void {
  for (let k = 0; k < tiles * TILE; k++, kept += hidden) {
    let at = <usize>(k >> 2) * <usize>units * UNIT + (<usize>(k & 3) << 3);
    for (let j = 0; j < units; j++, at += UNIT) {
      const factor: f64 = k < count ? <f64>load<u8>(kept + j) * scale : 0;
      store<f64>(to + at, load<f64>(from + at) * factor);
    }
  }
}

/** Adds the gradient of `scale` times the loss over the block's `count` examples. */
function backwardBlock(t: Trainer, scale: f64, count: i32, kept: usize): void {
  const tiles = (count + TILE - 1) / TILE;
  const last = changetype<Layer>(t.last);
  outputDelta(t.loss, last.activation, last.y, t.target, last.delta, last.outputs, tiles, scale);
  for (let k = count; k < tiles * TILE; k++) {
    let at = last.delta + <usize>(tiles - 1) * <usize>last.outputs * UNIT + (<usize>(k & 3) << 3);
    for (let j = 0; j < last.outputs; j++, at += UNIT) store<f64>(at, 0);
  }
  for (let layer = t.last; layer >= t.layers; layer -= offsetof<Layer>()) {
    const l = changetype<Layer>(layer);
    addOuter(l.delta, l.x, l.weightGradient, l.inputs, l.outputs, tiles);
    if (l.bias != 0) addSums(l.delta, l.biasGradient, l.outputs, tiles);
    if (layer == t.layers) break;
    const before = changetype<Layer>(layer - offsetof<Layer>());
    transposed(l.weights, l.delta, before.delta, l.inputs, l.outputs, tiles);
    if (kept != 0) {
      drop(before.delta, before.delta, kept + <usize>before.hiddenAt, t.hidden, l.inputs, tiles, count, before.keptScale);
    }
    throughActivation(before.activation, before.y, before.delta, l.inputs, tiles);
  }
}

/** The greatest output, of equals the first; of a single output, the side of ½ it is on. */
function answer(y: usize, outputs: i32): i32 {
  if (outputs == 1) return i32(load<f64>(y) > 0.5);
  let best = 0;
  let most = load<f64>(y);
  for (let j = 1; j < outputs; j++) {
    const value = load<f64>(y + <usize>j * UNIT);
    if (value > most) {
      best = j;
      most = value;
    }
  }
  return best;
}
