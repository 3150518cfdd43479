/** Samples of a mechanism as bins: noise in, outputs by evaluation (or, for dense layers, by the cuts of the pre-activation). */

import { check } from "../../checks/check.ts";
import { InvalidInputError } from "../../checks/error-classes.ts";
import { OUTSIDE } from "../../information/bins.ts";
import type { StreamKey } from "../../information/random.ts";
import { type BlockSampler, createBlockSampler } from "../../kernels/block-sampler.ts";
import { blocksOf, NOISE_BLOCK } from "../../kernels/blocks.ts";
import { Segments } from "../../kernels/typescript/segments.ts";
import type { Evaluate } from "../../model/evaluate-layers.ts";
import { isDense, type Mechanism } from "../../model/mechanism.ts";
import { yieldToEventLoop } from "../../settings/yield-to-event-loop.ts";
import { unitLayer } from "../counting/unit-layer.ts";
import { ALL_INPUTS, type EngineOptions, type Intervention, outputCuts } from "../engine.ts";
import type { NoiseSource } from "../noise.ts";
import { Binner } from "./binner.ts";

/** Samples of a dense mechanism between two looks at the signal; other mechanisms are slower. */
const STRETCH = 8 * NOISE_BLOCK;

export class BinnedSamples {
  /** By input: what the mechanism makes of it alone. All calls have the same `rest`. */
  readonly #alone: Evaluate[] = [];
  readonly inputs: number;
  readonly outputs: number;
  /** Bins of the inputs, `[NOISE_BLOCK, inputs]`. */
  readonly x: Int32Array;
  /** Bins of the outputs, `[NOISE_BLOCK, outputs]`; `OUTSIDE` for values outside the output range where these are dropped. */
  readonly y: Int32Array;
  /** 1 where an output lies outside the output range, whatever becomes of it. */
  readonly beyond: Uint8Array;
  readonly #mechanism: Mechanism;
  readonly #source: NoiseSource;
  readonly #key: StreamKey | undefined;
  readonly #noise: Float64Array;
  readonly #inputBinners: readonly (Binner | undefined)[];
  /** For dense mechanisms, cuts of the pre-activation; the second where values outside are clamped. */
  readonly #cuts: readonly [Segments, Segments | undefined] | undefined;
  /** Where the kernels draw all samples by themselves; the second where values outside are clamped. */
  readonly #kernels: readonly [BlockSampler, BlockSampler | undefined] | undefined;
  readonly #outputBinners: readonly [Binner, Binner | undefined];

  /** `parts[i]`: bins of input i, 1 for an input that is not looked at. To be freed in the end. */
  constructor(
    mechanism: Mechanism,
    parts: Float64Array,
    options: Pick<EngineOptions, "bins" | "outside">,
    source: NoiseSource,
    intervention: Intervention = ALL_INPUTS,
  ) {
    const { inputs, outputs, outputRange } = mechanism;
    this.inputs = inputs;
    this.outputs = outputs;
    this.x = new Int32Array(NOISE_BLOCK * inputs);
    this.y = new Int32Array(NOISE_BLOCK * outputs);
    this.beyond = new Uint8Array(NOISE_BLOCK * outputs);
    this.#mechanism = mechanism;
    this.#source = source;
    this.#noise = new Float64Array(NOISE_BLOCK * inputs);
    this.#inputBinners = mechanism.inputRanges.map((range, i) =>
      parts[i]! > 1 ? new Binner(parts[i]!, range, false) : undefined,
    );
    const clamps = options.outside === "clamp";
    this.#outputBinners = [
      new Binner(options.bins.output, outputRange, false),
      clamps ? new Binner(options.bins.output, outputRange, true) : undefined,
    ];
    if (!isDense(mechanism)) return;
    const cutsOf = (outside: "drop" | "clamp") => outputCuts(mechanism, { bins: options.bins, outside });
    this.#cuts = [new Segments(cutsOf("drop")), clamps ? new Segments(cutsOf("clamp")) : undefined];
    const inputBins = options.bins.input;
    const allLooked = parts.every((count) => count === 1 || count === inputBins);
    if (source.uniform === undefined || !allLooked || intervention.noise === "one input") return;
    this.#key = source.uniform;
    const sampler = (outside: "drop" | "clamp") =>
      createBlockSampler({ ...unitLayer(mechanism, cutsOf(outside)), inputBins });
    this.#kernels = [sampler("drop"), clamps ? sampler("clamp") : undefined];
  }

  /** Nothing of it may be used afterwards. */
  free(): void {
    for (const kernel of this.#kernels ?? []) kernel?.free();
  }

  /** Samples between two looks at the signal. */
  get stretch(): number {
    return isDense(this.#mechanism) ? STRETCH : NOISE_BLOCK;
  }

  /** Draws the first `rows` samples of a block and bins the inputs. */
  draw(block: number, rows: number): void {
    const { inputs } = this;
    if (this.#kernels !== undefined) {
      for (const kernel of this.#kernels) kernel?.draw(this.#key!, block, rows);
      const [kernel] = this.#kernels;
      for (let i = 0; i < inputs; i++)
        if (this.#inputBinners[i] !== undefined) spread(kernel.input(i), this.x, i, inputs, rows);
      return;
    }
    this.#source.fill(this.#noise, rows, block);
    for (let i = 0; i < inputs; i++) {
      const binner = this.#inputBinners[i];
      if (binner === undefined) continue;
      for (let row = 0, at = i; row < rows; row++, at += inputs) {
        const bin = binner.binOf(this.#noise[at]!);
        if (!(bin >= 0)) this.#refuseInput(i, this.#noise[at]!);
        this.x[at] = bin;
      }
    }
  }

  /** Bins the outputs, every input being noise. */
  async respond(rows: number): Promise<void> {
    const { inputs, outputs } = this;
    const mechanism = this.#mechanism;
    if (this.#kernels !== undefined) return this.#collect(this.#kernels, rows);
    if (!isDense(mechanism)) return this.#evaluate(this.#noise, rows);
    const { weights, bias } = mechanism.dense;
    const cuts = this.#cuts!;
    const noise = this.#noise;
    for (let row = 0, at = 0; row < rows; row++) {
      const x = row * inputs;
      for (let j = 0, w = 0; j < outputs; j++, at++) {
        let z = bias[j]!;
        for (let i = 0; i < inputs; i++) z += weights[w++]! * noise[x + i]!;
        this.#placeDense(at, z, cuts);
      }
    }
  }

  /** Bins the outputs, input i alone being noise and every other one at `rest`. */
  async respondTo(i: number, rest: Float64Array, rows: number): Promise<void> {
    const { inputs, outputs } = this;
    const mechanism = this.#mechanism;
    if (mechanism.alone !== undefined) {
      this.#alone[i] ??= mechanism.alone(i, rest);
      const x = Float64Array.from({ length: rows }, (_, row) => this.#noise[row * inputs + i]!);
      return this.#take(await this.#alone[i]!(x, rows), x, rows, 1);
    }
    if (!isDense(mechanism)) {
      const x = new Float64Array(rows * inputs);
      for (let row = 0; row < rows; row++) {
        x.set(rest, row * inputs);
        x[row * inputs + i] = this.#noise[row * inputs + i]!;
      }
      return this.#evaluate(x, rows);
    }
    const { weights, bias } = mechanism.dense;
    const cuts = this.#cuts!;
    const noise = this.#noise;
    for (let j = 0; j < outputs; j++) {
      let base = bias[j]!;
      for (let k = 0; k < inputs; k++) if (k !== i) base += weights[j * inputs + k]! * rest[k]!;
      const weight = weights[j * inputs + i]!;
      for (let row = 0; row < rows; row++) {
        this.#placeDense(row * outputs + j, base + weight * noise[row * inputs + i]!, cuts);
      }
    }
  }

  #collect([kernel, clamped]: readonly [BlockSampler, BlockSampler | undefined], rows: number): void {
    const { outputs } = this;
    for (let j = 0; j < outputs; j++) {
      const bins = kernel.output(j);
      for (let row = 0, at = j; row < rows; row++, at += outputs) this.beyond[at] = bins[row] === OUTSIDE ? 1 : 0;
      spread((clamped ?? kernel).output(j), this.y, j, outputs, rows);
    }
  }

  async #evaluate(x: Float64Array, rows: number): Promise<void> {
    const { inputs } = this;
    this.#take(await this.#mechanism.evaluate(x.subarray(0, rows * inputs), rows), x, rows, inputs);
  }

  /** @param x `[rows, inputs]`, what gave these values. */
  #take(y: Float64Array, x: Float64Array, rows: number, inputs: number): void {
    const { outputs } = this;
    check(y.length === rows * outputs, () => ({
      who: this.#mechanism.name,
      expected: `${rows * outputs} values (${rows} samples of ${outputs} outputs)`,
      got: `${y.length}`,
    }));
    for (let at = 0; at < y.length; at++) {
      if (Number.isNaN(y[at])) {
        const row = Math.floor(at / outputs);
        const sample = Array.from(x.subarray(row * inputs, row * inputs + Math.min(inputs, 8))).join(", ");
        const got = `NaN at output ${at % outputs} for the inputs [${sample}]`;
        throw new InvalidInputError({ who: this.#mechanism.name, expected: "numbers", got });
      }
      this.#place(at, y[at]!);
    }
  }

  /** The bin of a value. */
  #place(at: number, value: number): void {
    const [binner, clamped] = this.#outputBinners;
    const bin = binner.binOf(value);
    this.beyond[at] = bin === OUTSIDE ? 1 : 0;
    this.y[at] = bin === OUTSIDE && clamped !== undefined ? clamped.binOf(value) : bin;
  }

  /** The bin of a pre-activation. */
  #placeDense(at: number, z: number, [cuts, clamped]: readonly [Segments, Segments | undefined]): void {
    const bin = cuts.bin(z);
    this.beyond[at] = bin === OUTSIDE ? 1 : 0;
    this.y[at] = bin === OUTSIDE && clamped !== undefined ? clamped.bin(z) : bin;
  }

  #refuseInput(i: number, value: number): never {
    const [low, high] = this.#mechanism.inputRanges[i]!;
    throw new InvalidInputError({
      who: `${this.#mechanism.name}: noise`,
      expected: `values of input ${i} inside its range (${low}, ${high})`,
      got: `${value}`,
    });
  }
}

/** The same bins on every input. */
export function binsOfEach(mechanism: Mechanism, options: Pick<EngineOptions, "bins">): Float64Array {
  return new Float64Array(mechanism.inputs).fill(options.bins.input);
}

/** Writes a column's first `rows` values to a table with `units` columns. */
function spread(column: Int32Array, table: Int32Array, unit: number, units: number, rows: number): void {
  for (let row = 0, at = unit; row < rows; row++, at += units) table[at] = column[row]!;
}

/**
 * Calls `visit(block, first, rows)` for the samples numbered from … to − 1: rows `first` … `rows` − 1 of each block, until one answers false. Between blocks the
 * signal is heard; `progress` is told how many samples are done.
 */
export async function overBlocks(
  from: number,
  to: number,
  stretch: number,
  signal: AbortSignal | undefined,
  visit: (block: number, first: number, rows: number) => Promise<unknown>,
  progress?: (done: number) => void,
): Promise<void> {
  let rested = from;
  for (const { block, first, rows } of blocksOf(from, to)) {
    signal?.throwIfAborted();
    if ((await visit(block, first, rows)) === false) break;
    const at = block * NOISE_BLOCK + rows;
    if (at - rested >= stretch || at === to) {
      rested = at;
      progress?.(at);
      await yieldToEventLoop();
    }
  }
  signal?.throwIfAborted();
}
