/**
 * Small recurrent networks, trained by backpropagation through time with Adam, in plain TypeScript. One input, one answer at each step,
 * a cell between them:
 *
 * elman: h' = tanh(W x + U h + b).
 * gru (Cho et al. 2014, as PyTorch writes it): z = σ(W_z x + U_z h + b_z), r = σ(W_r x + U_r h + b_r),
 * n = tanh(W_n x + b_n + r (U_n h + c)), h' = (1 − z) n + z h.
 *
 * The answer is σ(v · h' + a); the loss is its cross-entropy, averaged over all steps that ask for one.
 */
import * as v from "valibot";
import { DivergedError } from "../checks/error-classes.ts";
import { signal as abortSignal, callback } from "../checks/schema/instance-of.ts";
import { parse } from "../checks/schema/parse.ts";
import { described, options as optionsOf } from "../checks/schema/records.ts";
import { oneOf, positive, positiveInteger, seed as seedSchema, whole } from "../checks/schema/scalars.ts";
import type { Sequences } from "../datasets/sequences.ts";
import { exp, log1p, tanh } from "../information/elementary.ts";
import { Random, Stream, shuffle } from "../information/random.ts";
import { updateParameters } from "../kernels/typescript/optimizer.ts";

/** The kinds of recurrent cells: see `CellKind`. */
export const cellKinds = ["elman", "gru"] as const;
/** A kind of recurrent cell: `elman`, h' = tanh(W x + U h + b), or `gru` (Cho et al. 2014), as PyTorch writes it. */
export type CellKind = (typeof cellKinds)[number];

/**
 * A recurrent cell of one input. `parameters` holds gate after gate, each with W `[units]`, U `[units, units]` and b
 * `[units]`: one gate of elman; z, r and n of gru, and c `[units]` after them.
 */
export interface Cell {
  readonly kind: CellKind;
  readonly units: number;
  readonly parameters: Float64Array;
}

/** The cell after `epoch` epochs, with its scores. */
export interface RecurrentCheckpoint {
  readonly epoch: number;
  readonly cell: Cell;
  /** v, then a. */
  readonly readout: Float64Array;
  /** Mean cross-entropy over the steps that ask, in nats. */
  readonly loss: number;
  readonly accuracy: number;
}

/** How `trainRecurrent()` trains, and what cell. */
export interface RecurrentOptions {
  readonly kind: CellKind;
  readonly units: number;
  readonly epochs: number;
  /** A checkpoint every so many epochs, besides epoch 0 and the last. */
  readonly every: number;
  /** Sequences per step. */
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly epoch: number; readonly epochs: number }) => void;
  /** Awaited after every epoch, so that others get their turn. */
  readonly pause?: () => Promise<void>;
}

const recurrentOptions = optionsOf({
  kind: described(oneOf(cellKinds), "Kind of the cell."),
  units: described(positiveInteger, "Units of the cell."),
  epochs: described(whole(0), "Passes through the sequences."),
  every: described(positiveInteger, "Epochs between checkpoints, besides epoch 0 and the last."),
  batchSize: described(positiveInteger, "Sequences per step."),
  learningRate: described(positive, "Step of Adam."),
  seed: described(seedSchema, "Seed of the initial weights and the order of the sequences."),
  signal: v.optional(abortSignal),
  onProgress: v.optional(callback),
  pause: v.optional(callback),
});

const GATES: Readonly<Record<CellKind, number>> = { elman: 1, gru: 3 };

function gateSize(units: number): number {
  return units * (units + 2);
}

function cellSize(kind: CellKind, units: number): number {
  return GATES[kind] * gateSize(units) + (kind === "gru" ? units : 0);
}

/** One step: the next state from an input and a state, `[units]`. */
export function step(cell: Cell, x: number, h: ArrayLike<number>): Float64Array {
  return stepped(cell, x, h).next;
}

/** What a step computes on its way, which its derivative needs. */
interface Stepped {
  readonly next: Float64Array;
  readonly z: Float64Array;
  readonly r: Float64Array;
  readonly n: Float64Array;
  /** U_n h + c. */
  readonly inner: Float64Array;
}

const NONE = new Float64Array(0);

function stepped({ kind, units, parameters }: Cell, x: number, h: ArrayLike<number>): Stepped {
  const gate = (g: number, withInput: boolean) => {
    const from = g * gateSize(units);
    const sums = new Float64Array(units);
    for (let j = 0; j < units; j++) {
      let sum = withInput ? parameters[from + j]! * x + parameters[from + units * (units + 1) + j]! : 0;
      for (let i = 0; i < units; i++) sum += parameters[from + units + j * units + i]! * h[i]!;
      sums[j] = sum;
    }
    return sums;
  };
  if (kind === "elman") return { next: gate(0, true).map(tanh), z: NONE, r: NONE, n: NONE, inner: NONE };
  const [z, r] = [gate(0, true).map(sigmoid), gate(1, true).map(sigmoid)];
  const inner = gate(2, false);
  const from = 2 * gateSize(units);
  const n = new Float64Array(units);
  const next = new Float64Array(units);
  for (let j = 0; j < units; j++) {
    inner[j]! += parameters[3 * gateSize(units) + j]!;
    n[j] = tanh(parameters[from + j]! * x + parameters[from + units * (units + 1) + j]! + r[j]! * inner[j]!);
    next[j] = (1 - z[j]!) * n[j]! + z[j]! * h[j]!;
  }
  return { next, z, r, n, inner };
}

function sigmoid(value: number): number {
  return 1 / (1 + exp(-value));
}

/** Adds to `gradient` what a step contributes, and to `dh` what it passes back; `dNext` is the loss's derivative by its result. */
function backStep(
  { kind, units, parameters }: Cell,
  x: number,
  h: ArrayLike<number>,
  { next, z, r, n, inner }: Stepped,
  dNext: Float64Array,
  gradient: Float64Array,
  dh: Float64Array,
): void {
  const gate = (g: number, delta: Float64Array, withInput: boolean) => {
    const from = g * gateSize(units);
    for (let j = 0; j < units; j++) {
      const slope = delta[j]!;
      if (withInput) {
        gradient[from + j]! += slope * x;
        gradient[from + units * (units + 1) + j]! += slope;
      }
      for (let i = 0; i < units; i++) {
        gradient[from + units + j * units + i]! += slope * h[i]!;
        dh[i]! += slope * parameters[from + units + j * units + i]!;
      }
    }
  };
  if (kind === "elman") {
    gate(
      0,
      dNext.map((slope, j) => slope * (1 - next[j]! * next[j]!)),
      true,
    );
    return;
  }
  const [dz, dr, dn, dInner] = [0, 0, 0, 0].map(() => new Float64Array(units)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const from = 2 * gateSize(units);
  for (let j = 0; j < units; j++) {
    const slope = dNext[j]!;
    dh[j]! += slope * z[j]!;
    dz[j] = slope * (h[j]! - n[j]!) * z[j]! * (1 - z[j]!);
    dn[j] = slope * (1 - z[j]!) * (1 - n[j]! * n[j]!);
    dr[j] = dn[j]! * inner[j]! * r[j]! * (1 - r[j]!);
    dInner[j] = dn[j]! * r[j]!;
    gradient[from + j]! += dn[j]! * x;
    gradient[from + units * (units + 1) + j]! += dn[j]!;
    gradient[3 * gateSize(units) + j]! += dInner[j]!;
  }
  gate(0, dz, true);
  gate(1, dr, true);
  gate(2, dInner, false);
}

/** Loss, summed over the steps that ask, of one sequence; its gradient is added where there is room for it. */
function sequence(
  cell: Cell,
  readout: Float64Array,
  inputs: Float64Array,
  targets: Float64Array,
  gradient: Float64Array | undefined,
): { loss: number; right: number; asked: number } {
  const { units } = cell;
  const size = cell.parameters.length;
  const states: Float64Array[] = [new Float64Array(units)];
  const made: Stepped[] = [];
  const errors: number[] = [];
  let [loss, right, asked] = [0, 0, 0];
  for (let t = 0; t < inputs.length; t++) {
    const one = stepped(cell, inputs[t]!, states[t]!);
    made.push(one);
    states.push(one.next);
    const target = targets[t]!;
    if (Number.isNaN(target)) {
      errors.push(0);
      continue;
    }
    let value = readout[units]!;
    for (let j = 0; j < units; j++) value += readout[j]! * one.next[j]!;
    loss += Math.max(0, value) - target * value + log1p(exp(-Math.abs(value)));
    right += Number(value > 0 === target > 0.5);
    asked++;
    errors.push(sigmoid(value) - target);
  }
  if (gradient === undefined) return { loss, right, asked };
  let back = new Float64Array(units);
  for (let t = inputs.length - 1; t >= 0; t--) {
    const one = made[t]!;
    for (let j = 0; j < units; j++) {
      gradient[size + j]! += errors[t]! * one.next[j]!;
      back[j]! += errors[t]! * readout[j]!;
    }
    gradient[size + units]! += errors[t]!;
    const before = new Float64Array(units);
    backStep(cell, inputs[t]!, states[t]!, one, back, gradient, before);
    back = before;
  }
  return { loss, right, asked };
}

/** Mean loss over the steps that ask, and its gradient by the cell's parameters and then the readout's. */
export function recurrentGradient(
  cell: Cell,
  readout: Float64Array,
  data: Sequences,
): { loss: number; gradient: Float64Array } {
  const gradient = new Float64Array(cell.parameters.length + readout.length);
  const rows = Int32Array.from({ length: data.sequences }, (_, row) => row);
  const { loss, asked } = over(cell, readout, data, rows, gradient);
  return { loss: loss / asked, gradient: gradient.map((slope) => slope / asked) };
}

function over(
  cell: Cell,
  readout: Float64Array,
  data: Sequences,
  rows: Int32Array,
  gradient: Float64Array | undefined,
) {
  let [loss, right, asked] = [0, 0, 0];
  for (const row of rows) {
    const [from, to] = [row * data.steps, (row + 1) * data.steps];
    const one = sequence(cell, readout, data.inputs.subarray(from, to), data.targets.subarray(from, to), gradient);
    loss += one.loss;
    right += one.right;
    asked += one.asked;
  }
  return { loss, right, asked };
}

/** A cell and a readout with weights uniform within ±1/√units, as PyTorch begins. */
export function createCell(kind: CellKind, units: number, seed: number): { cell: Cell; readout: Float64Array } {
  parse(recurrentOptions.entries.kind, kind, "createCell(): kind");
  parse(recurrentOptions.entries.units, units, "createCell(): units");
  const random = new Random(seed, Stream.weights);
  const bound = 1 / Math.sqrt(units);
  const parameters = new Float64Array(cellSize(kind, units));
  const readout = new Float64Array(units + 1);
  random.fill(parameters, -bound, bound);
  random.fill(readout, -bound, bound);
  return { cell: { kind, units, parameters }, readout };
}

/**
 * Trains a recurrent cell on sequences by backpropagation through time, with Adam. Yields a checkpoint at epoch 0,
 * every `every` epochs, and at the last epoch. The same data and options give the same bytes.
 *
 * @example
 * ```ts
 * const data = delayedRecall({ sequences: 64, steps: 8, delay: 1, seed: 0 });
 * const cell = { kind: "elman", units: 4 } as const;
 * const options = { epochs: 40, every: 40, batchSize: 16, learningRate: 0.05, seed: 0 };
 * for await (const { epoch, accuracy } of trainRecurrent(data, { ...cell, ...options }))
 *   if (epoch === 40) console.log(accuracy.toFixed(2)); // 1.00
 * ```
 * @throws InvalidInputError for options out of range; DivergedError where the loss ceases to be a number; the signal's
 *   reason.
 */
export async function* trainRecurrent(
  data: Sequences,
  options: RecurrentOptions,
): AsyncGenerator<RecurrentCheckpoint, void> {
  const given = parse(recurrentOptions, options, "trainRecurrent()");
  const { kind, units, epochs, every, batchSize, learningRate, seed, signal, onProgress, pause } = given;
  const first = createCell(kind, units, seed);
  const size = first.cell.parameters.length;
  const all = Float64Array.from([...first.cell.parameters, ...first.readout]);
  const cell: Cell = { kind, units, parameters: all.subarray(0, size) };
  const readout = all.subarray(size);
  const moments = [new Float64Array(all.length), new Float64Array(all.length)];
  const rule = { name: "adam", learningRate, betas: [0.9, 0.999], epsilon: 1e-8 } as const;
  const order = Int32Array.from({ length: data.sequences }, (_, row) => row);
  const checkpoint = (epoch: number): RecurrentCheckpoint => {
    const rows = Int32Array.from({ length: data.sequences }, (_, row) => row);
    const { loss, right, asked } = over(cell, readout, data, rows, undefined);
    const copy = { ...cell, parameters: cell.parameters.slice() };
    return { epoch, cell: copy, readout: readout.slice(), loss: loss / asked, accuracy: right / asked };
  };
  yield checkpoint(0);
  let made = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (let row = 0; row < order.length; row++) order[row] = row;
    shuffle(order, new Random(seed, Stream.order, epoch));
    for (let from = 0; from < order.length; from += batchSize) {
      const gradient = new Float64Array(all.length);
      const { asked } = over(cell, readout, data, order.subarray(from, from + batchSize), gradient);
      if (asked === 0) continue;
      for (let i = 0; i < gradient.length; i++) gradient[i]! /= asked;
      updateParameters(rule, ++made, moments, all, gradient);
    }
    if (!all.every(Number.isFinite)) {
      const who = `trainRecurrent(): epoch ${epoch}`;
      throw new DivergedError({ who, expected: "finite weights", got: "others", remedy: "Use a lower learning rate." });
    }
    onProgress?.({ epoch, epochs });
    await pause?.();
    signal?.throwIfAborted();
    if (epoch % every === 0 || epoch === epochs) yield checkpoint(epoch);
  }
}
