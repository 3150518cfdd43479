/**
 * Minibatch gradient descent on a multilayer perceptron in float64: parameters, moments and data lie where the kernel
 * works, and one call makes many steps.
 *
 * Four examples make a tile, `[units, 4]`, so that each weight is read once for four; eight tiles make a block, over
 * which the gradient is summed before it is written. The order of every sum is that of dense.ts, whatever the path.
 */

import { kernelPath } from "./path.ts";
import { keptScale, type Trainer, type TrainerSpec, type TrainingTable } from "./trainer-spec.ts";
import type { TileActivation } from "./typescript/activate.ts";
import type { TileLoss } from "./typescript/loss.ts";
import type { UpdateRule } from "./typescript/optimizer.ts";
import { acquire, type Instance, type KernelExports, release } from "./wasm-instance.ts";

/** More data than this stay where they are, and plain TypeScript learns from them: a kernel's memory ends at 4 GiB. */
const MOST_BYTES = 2 ** 30;

/** Compiled where it can be; undefined elsewhere. */
export function compiledTrainer(spec: TrainerSpec): Trainer | undefined {
  const { data, parameters } = spec;
  const values = (data?.inputs.length ?? 0) + (data?.targets.length ?? 0) + 4 * parameters.length;
  return kernelPath() === "wasm" && 8 * values <= MOST_BYTES ? new CompiledTrainer(spec) : undefined;
}

/** Examples in a block, as in assembly/trainer.ts. */
const BLOCK = 32;
/** Examples that score() and forward() hand over at a time. */
const SLAB = 8 * BLOCK;
const activations: readonly TileActivation[] = ["sigmoid", "tanh", "relu", "identity", "softmax"];
const losses: readonly TileLoss[] = ["mse", "cross-entropy"];
const rules: readonly UpdateRule["name"][] = ["sgd", "momentum", "adam"];

/** Numbers and words of the struct Trainer in assembly/trainer.ts. */
const NUMBERS = 7;
const WORDS = 20;
/** Words of the struct Layer there. */
const LAYER_WORDS = 14;
const TOTAL = 6;
const RIGHT = 0;
const KEPT = 18;
/** Bytes of kept units that are handed over at a time, unless a batch has more. */
const KEPT_BYTES = 1 << 20;

class CompiledTrainer implements Trainer {
  readonly parameters: Float64Array;
  readonly moments: readonly Float64Array[];
  readonly order: Int32Array;
  readonly #instance: Instance<KernelExports>;
  readonly #features: number;
  readonly #outputs: number;
  /** Address of the struct, its numbers and its words. */
  readonly #at: number;
  readonly #numbers: Float64Array;
  readonly #words: Int32Array;
  readonly #batch: number;
  /** Room for which units are kept, of so many rows: whole batches. */
  readonly #kept: { at: number; hidden: number; rows: number };
  readonly #slab: { inputs: number; targets: number; labels: number; order: number };

  constructor(spec: TrainerSpec) {
    const { layers, parameters, moments, data } = spec;
    const count = parameters.length;
    this.#features = layers[0]!.inputs;
    this.#outputs = layers.at(-1)!.outputs;
    const instance = acquire();
    this.#instance = instance;
    const at = {
      struct: instance.alloc(8 * NUMBERS + 4 * WORDS),
      parameters: instance.put(parameters),
      gradient: instance.alloc(8 * count),
      moments: moments.map((moment) => instance.put(moment)),
      inputs: data === undefined ? 0 : instance.put(data.inputs),
      targets: data === undefined ? 0 : instance.put(data.targets),
      order: instance.alloc(4 * (data?.rows ?? 0)),
      input: instance.alloc(8 * BLOCK * this.#features),
      target: instance.alloc(8 * BLOCK * this.#outputs),
      nothing: instance.alloc(8 * Math.max(this.#features, this.#outputs)),
    };
    const table = layerTable(instance, spec, at.parameters, at.gradient, at.input);
    const hidden = layers.slice(0, -1).reduce((sum, { outputs }) => sum + outputs, 0);
    const batchBytes = hidden * spec.batchSize;
    const batches = Math.max(1, Math.floor(KEPT_BYTES / Math.max(1, batchBytes)));
    this.#kept = {
      at: spec.dropout === undefined ? 0 : instance.alloc(batches * batchBytes),
      hidden,
      rows: batches * spec.batchSize,
    };
    this.#slab = {
      inputs: instance.alloc(8 * SLAB * this.#features),
      targets: instance.alloc(8 * SLAB * this.#outputs),
      labels: instance.alloc(4 * SLAB),
      order: instance.put(Int32Array.from({ length: SLAB }, (_, row) => row)),
    };
    // Nothing grows the memory from here on, so views stay good.
    this.#at = at.struct;
    this.#numbers = instance.f64(at.struct, NUMBERS);
    this.#words = instance.i32(at.struct + 8 * NUMBERS, WORDS);
    this.parameters = instance.f64(at.parameters, count);
    this.moments = at.moments.map((address) => instance.f64(address, count));
    this.order = instance.i32(at.order, data?.rows ?? 0);
    this.#numbers.set([...ruleNumbers(spec.rule), spec.l2, spec.divisor, 0]);
    this.#words.set([
      0,
      rules.indexOf(spec.rule.name),
      losses.indexOf(spec.loss),
      spec.batchSize,
      table.first,
      table.last,
      count,
      at.parameters,
      at.gradient,
      at.moments[0] ?? 0,
      at.moments[1] ?? 0,
      this.#features,
      at.inputs,
      at.targets,
      at.order,
      at.input,
      at.target,
      at.nothing,
      0,
      hidden,
    ]);
    this.#batch = spec.batchSize;
  }

  steps(from: number, to: number, step: number, kept?: Uint8Array): void {
    const { exports } = this.#instance;
    if (kept === undefined) {
      this.#words[KEPT] = 0;
      exports.trainSteps(this.#at, from, to, step);
      return;
    }
    const { at, hidden, rows } = this.#kept;
    for (let start = from; start < to; start += rows) {
      const end = Math.min(to, start + rows);
      const bytes = kept.subarray((start - from) * hidden, (end - from) * hidden);
      this.#instance.bytes(at, bytes.length).set(bytes);
      this.#words[KEPT] = at;
      exports.trainSteps(this.#at, start, end, step + (start - from) / this.#batch);
    }
  }

  score({ rows, inputs, targets, labels }: TrainingTable): { total: number; right: number } {
    const { exports } = this.#instance;
    const at = this.#slab;
    this.#numbers[TOTAL] = 0;
    this.#words[RIGHT] = 0;
    for (let from = 0; from < rows; from += SLAB) {
      const count = Math.min(SLAB, rows - from);
      this.#copyRows(inputs, this.#features, from, count, at.inputs);
      this.#copyRows(targets, this.#outputs, from, count, at.targets);
      if (labels !== undefined) this.#instance.i32(at.labels, count).set(labels.subarray(from, from + count));
      exports.score(this.#at, at.inputs, at.targets, labels === undefined ? 0 : at.labels, at.order, count);
    }
    return { total: this.#numbers[TOTAL], right: this.#words[RIGHT] };
  }

  forward(inputs: Float64Array, rows: number): Float64Array {
    const { exports } = this.#instance;
    const at = this.#slab;
    const answers = new Float64Array(rows * this.#outputs);
    for (let from = 0; from < rows; from += SLAB) {
      const count = Math.min(SLAB, rows - from);
      this.#copyRows(inputs, this.#features, from, count, at.inputs);
      exports.forward(this.#at, at.inputs, at.targets, at.order, count);
      answers.set(this.#instance.f64(at.targets, count * this.#outputs), from * this.#outputs);
    }
    return answers;
  }

  free(): void {
    release(this.#instance);
  }

  #copyRows(table: Float64Array, columns: number, from: number, count: number, to: number): void {
    const rows = table.subarray(from * columns, (from + count) * columns);
    this.#instance.f64(to, rows.length).set(rows);
  }
}

/** Learning rate, then μ or the betas, then ε. */
function ruleNumbers(rule: UpdateRule): [number, number, number, number] {
  if (rule.name === "sgd") return [rule.learningRate, 0, 0, 0];
  if (rule.name === "momentum") return [rule.learningRate, rule.momentum, 0, 0];
  return [rule.learningRate, ...rule.betas, rule.epsilon];
}

/** Writes the structs Layer of assembly/trainer.ts; addresses of the first and the last. */
function layerTable(
  instance: Instance,
  spec: Pick<TrainerSpec, "layers" | "dropout">,
  parameters: number,
  gradient: number,
  input: number,
): { first: number; last: number } {
  const words: number[] = [];
  let offset = 0;
  let x = input;
  let hiddenAt = 0;
  for (const [l, { inputs, outputs, activation, bias }] of spec.layers.entries()) {
    const biasOffset = offset + 8 * inputs * outputs;
    const [z, y, delta] = [0, 0, 0].map(() => instance.alloc(8 * BLOCK * outputs)) as [number, number, number];
    words.push(inputs, outputs, activations.indexOf(activation));
    words.push(parameters + offset, bias ? parameters + biasOffset : 0);
    words.push(gradient + offset, bias ? gradient + biasOffset : 0);
    words.push(x, z, y, delta, hiddenAt);
    words.push(...new Int32Array(Float64Array.of(keptScale(spec, l)).buffer));
    offset = biasOffset + (bias ? 8 * outputs : 0);
    hiddenAt += outputs;
    // The derivative of an activation needs its value before it was dropped.
    x = spec.dropout === undefined ? y : instance.alloc(8 * BLOCK * outputs);
  }
  const first = instance.put(Int32Array.from(words));
  return { first, last: first + 4 * LAYER_WORDS * (spec.layers.length - 1) };
}
