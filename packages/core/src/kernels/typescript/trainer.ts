/** The trainer in plain TypeScript. Twin of assembly/trainer.ts. */
import { keptScale, type Trainer, type TrainerSpec, type TrainingTable } from "../trainer-spec.ts";
import { activate, TILE, type TileActivation, throughActivation } from "./activate.ts";
import { addOuter, addSums, affine, transposed } from "./dense.ts";
import { exampleLoss, outputDelta } from "./loss.ts";
import { updateParameters } from "./optimizer.ts";

/** Examples that pass together. */
const BLOCK = 32;

/** One layer's share of the flat parameters and gradient, and its tiles of a block. */
interface LayerWork {
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: TileActivation;
  readonly weights: Float64Array;
  readonly bias: Float64Array | undefined;
  readonly weightGradient: Float64Array;
  readonly biasGradient: Float64Array | undefined;
  readonly x: Float64Array;
  /** Pre-activations, values, and the loss's derivative by the pre-activations. */
  readonly z: Float64Array;
  readonly y: Float64Array;
  readonly delta: Float64Array;
  /** Position of the layer's units among the hidden ones. */
  readonly hiddenAt: number;
  /** What a kept unit is multiplied by; 1 where none is dropped. */
  readonly keptScale: number;
}

/** Which hidden units of the examples of a block are kept. */
interface Kept {
  readonly bytes: Uint8Array;
  /** Where the block's first example begins. */
  readonly at: number;
  readonly count: number;
}

export class PlainTrainer implements Trainer {
  readonly parameters: Float64Array;
  readonly moments: readonly Float64Array[];
  readonly order: Int32Array;
  readonly #spec: TrainerSpec;
  readonly #gradient: Float64Array;
  readonly #layers: LayerWork[] = [];
  readonly #last: LayerWork;
  readonly #input: Float64Array;
  readonly #target: Float64Array;
  /** Hidden units of all layers. */
  readonly #hidden: number;

  constructor(spec: TrainerSpec) {
    this.#spec = spec;
    this.parameters = spec.parameters.slice();
    this.moments = spec.moments.map((moment) => moment.slice());
    this.order = new Int32Array(spec.data?.rows ?? 0);
    this.#gradient = new Float64Array(this.parameters.length);
    this.#input = new Float64Array(spec.layers[0]!.inputs * BLOCK);
    let at = 0;
    let x = this.#input;
    let hiddenAt = 0;
    for (const [l, { inputs, outputs, activation, bias }] of spec.layers.entries()) {
      const biasAt = at + inputs * outputs;
      const end = biasAt + (bias ? outputs : 0);
      const y = new Float64Array(outputs * BLOCK);
      this.#layers.push({
        inputs,
        outputs,
        activation,
        weights: this.parameters.subarray(at, biasAt),
        bias: bias ? this.parameters.subarray(biasAt, end) : undefined,
        weightGradient: this.#gradient.subarray(at, biasAt),
        biasGradient: bias ? this.#gradient.subarray(biasAt, end) : undefined,
        x,
        z: new Float64Array(outputs * BLOCK),
        y,
        delta: new Float64Array(outputs * BLOCK),
        hiddenAt,
        keptScale: keptScale(spec, l),
      });
      at = end;
      hiddenAt += outputs;
      // The derivative of an activation needs its value before it was dropped.
      x = spec.dropout === undefined ? y : new Float64Array(outputs * BLOCK);
    }
    this.#hidden = hiddenAt - this.#layers.at(-1)!.outputs;
    this.#last = this.#layers.at(-1)!;
    this.#target = new Float64Array(this.#last.outputs * BLOCK);
  }

  steps(from: number, to: number, step: number, kept?: Uint8Array): void {
    const { batchSize, rule } = this.#spec;
    for (let start = from, made = step; start < to; start += batchSize, made++) {
      this.#batchGradient(start, Math.min(batchSize, to - start), kept, (start - from) * this.#hidden);
      updateParameters(rule, made, this.moments, this.parameters, this.#gradient);
    }
  }

  score({ inputs, targets, labels, rows }: TrainingTable): { total: number; right: number } {
    const { z, y, outputs, activation } = this.#last;
    let total = 0;
    let right = 0;
    for (let from = 0; from < rows; from += BLOCK) {
      const count = Math.min(BLOCK, rows - from);
      gather(inputs, this.#layers[0]!.inputs, undefined, from, count, this.#input);
      gather(targets, outputs, undefined, from, count, this.#target);
      this.#forward(Math.ceil(count / TILE));
      for (let k = 0; k < count; k++) {
        const at = lane(k, outputs);
        total += exampleLoss(this.#spec.loss, activation, z, y, this.#target, at, outputs);
        if (labels !== undefined && answer(y, at, outputs) === labels[from + k]) right++;
      }
    }
    return { total, right };
  }

  forward(inputs: Float64Array, rows: number): Float64Array {
    const { y, outputs } = this.#last;
    const answers = new Float64Array(rows * outputs);
    for (let from = 0, to = 0; from < rows; from += BLOCK) {
      const count = Math.min(BLOCK, rows - from);
      gather(inputs, this.#layers[0]!.inputs, undefined, from, count, this.#input);
      this.#forward(Math.ceil(count / TILE));
      for (let k = 0; k < count; k++) {
        for (let j = 0, at = lane(k, outputs); j < outputs; j++, at += TILE) answers[to++] = y[at]!;
      }
    }
    return answers;
  }

  free(): void {}

  /** Overwrites the gradient with that over the examples `order[start … start + count)`, weight decay included. */
  #batchGradient(start: number, count: number, bytes: Uint8Array | undefined, keptAt: number): void {
    const { data, divisor, l2 } = this.#spec;
    const scale = divisor === 0 ? 1 : 1 / (count * divisor);
    this.#gradient.fill(0);
    for (let at = 0; at < count; at += BLOCK) {
      const size = Math.min(BLOCK, count - at);
      gather(data!.inputs, this.#layers[0]!.inputs, this.order, start + at, size, this.#input);
      gather(data!.targets, this.#last.outputs, this.order, start + at, size, this.#target);
      const kept = bytes && { bytes, at: keptAt + at * this.#hidden, count: size };
      this.#forward(Math.ceil(size / TILE), kept);
      this.#backward(scale, size, kept);
    }
    if (l2 === 0) return;
    for (const { weights, weightGradient } of this.#layers) {
      for (let i = 0; i < weights.length; i++) weightGradient[i]! += l2 * weights[i]!;
    }
  }

  #forward(tiles: number, kept?: Kept): void {
    for (let l = 0; l < this.#layers.length; l++) {
      const { inputs, outputs, activation, weights, bias, x, z, y } = this.#layers[l]!;
      if (l > 0) {
        const before = this.#layers[l - 1]!;
        if (kept !== undefined) this.#drop(before, before.y, x, kept, tiles);
        else if (before.y !== x) x.set(before.y);
      }
      affine(weights, bias, x, z, inputs, outputs, tiles);
      activate(activation, z, y, outputs, tiles);
    }
  }

  /** Adds the gradient of `scale` times the loss over the block's `count` examples. */
  #backward(scale: number, count: number, kept: Kept | undefined): void {
    const last = this.#last;
    const tiles = Math.ceil(count / TILE);
    outputDelta(this.#spec.loss, last.activation, last.y, this.#target, last.delta, last.outputs, tiles, scale);
    for (let k = count; k < tiles * TILE; k++) {
      for (let j = 0, at = lane(k, last.outputs); j < last.outputs; j++, at += TILE) last.delta[at] = 0;
    }
    for (let l = this.#layers.length - 1; l >= 0; l--) {
      const { inputs, outputs, weights, weightGradient, biasGradient, x, delta } = this.#layers[l]!;
      addOuter(delta, x, weightGradient, inputs, outputs, tiles);
      if (biasGradient !== undefined) addSums(delta, biasGradient, outputs, tiles);
      if (l === 0) break;
      const before = this.#layers[l - 1]!;
      transposed(weights, delta, before.delta, inputs, outputs, tiles);
      if (kept !== undefined) this.#drop(before, before.delta, before.delta, kept, tiles);
      throughActivation(before.activation, before.y, before.delta, inputs, tiles);
    }
  }

  /** Units times their scale where they are kept, else times 0; examples that the last tile lacks are dropped. */
  #drop({ outputs, hiddenAt, keptScale }: LayerWork, from: Float64Array, to: Float64Array, kept: Kept, tiles: number) {
    for (let k = 0; k < tiles * TILE; k++) {
      const bytes = kept.at + k * this.#hidden + hiddenAt;
      for (let j = 0, at = lane(k, outputs); j < outputs; j++, at += TILE) {
        to[at] = from[at]! * (k < kept.count ? kept.bytes[bytes + j]! * keptScale : 0);
      }
    }
  }
}

/** Where example `k` of a block has its first value. */
function lane(k: number, units: number): number {
  return (k >> 2) * units * TILE + (k & 3);
}

/**
 * Writes rows `order[from …]` (or from, from + 1 …) of a `[rows, columns]` table into tiles; missing rows become zeros.
 */
function gather(
  table: Float64Array,
  columns: number,
  order: Int32Array | undefined,
  from: number,
  count: number,
  tiles: Float64Array,
): void {
  const lanes = Math.ceil(count / TILE) * TILE;
  for (let k = 0; k < lanes; k++) {
    let at = lane(k, columns);
    if (k < count) {
      const row = (order === undefined ? from + k : order[from + k]!) * columns;
      for (let i = 0; i < columns; i++, at += TILE) tiles[at] = table[row + i]!;
    } else for (let i = 0; i < columns; i++, at += TILE) tiles[at] = 0;
  }
}

/** The greatest output, of equals the first; of a single output, the side of ½ it is on. */
function answer(y: Float64Array, from: number, outputs: number): number {
  if (outputs === 1) return y[from]! > 0.5 ? 1 : 0;
  let best = 0;
  for (let j = 1; j < outputs; j++) if (y[from + j * TILE]! > y[from + best * TILE]!) best = j;
  return best;
}
