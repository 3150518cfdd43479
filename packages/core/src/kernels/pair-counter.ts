/** Joint histograms of every pair (input, output) of a dense layer, compiled where it can be. */
import type { StreamKey } from "../information/random.ts";
import { NOISE_BLOCK } from "./blocks.ts";
import { putCuts, putFields, putLayer, STREAM_BYTES, setStream } from "./layer.ts";
import { type PairExports, pairKernels } from "./pair-instance.ts";
import { kernelPath } from "./path.ts";
import { type PairCounter, type PairCounterSpec, PlainPairCounter } from "./typescript/pair-counter.ts";
import type { Instance } from "./wasm-instance.ts";

export type { PairCounter, PairCounterSpec };

/** Blocks that are counted together: each table then stays in the fastest cache for as many samples. */
const SLOTS = 4;
/** Samples whose noise is at hand at one time. */
const PART = 256;

export function createPairCounter(spec: PairCounterSpec): PairCounter {
  return kernelPath() === "wasm" ? new CompiledPairCounter(spec) : new PlainPairCounter(spec);
}

class CompiledPairCounter implements PairCounter {
  readonly #spec: PairCounterSpec;
  readonly #instance: Instance<PairExports>;
  readonly #job: number;
  readonly #stream: number;
  readonly #rowLength: number;
  readonly #tables: number;
  readonly #outside: number;
  /** Columns in use: samples from `#from` to `#to`. */
  #from = 0;
  #to = 0;

  constructor(spec: PairCounterSpec) {
    const { inputs, outputs, inputBins, cuts, beyond } = spec;
    this.#spec = spec;
    const drops = cuts.bins.includes(-1);
    this.#rowLength = cuts.count + (drops ? 1 : 0);
    const isWide = inputBins * this.#rowLength > 2 ** 16;
    const capacity = SLOTS * NOISE_BLOCK;
    const bytes = isWide ? 4 : 2;
    const instance = pairKernels.acquire();
    this.#instance = instance;
    this.#stream = instance.alloc(STREAM_BYTES);
    this.#tables = instance.alloc(4 * inputs * outputs * inputBins * this.#rowLength);
    this.#outside = instance.alloc(4 * outputs);
    this.#job = putFields(instance, [
      putLayer(instance, spec),
      this.#stream,
      beyond === undefined ? 0 : putCuts(instance, beyond),
      instance.alloc(8 * inputs * PART),
      instance.alloc(64),
      instance.alloc(bytes * inputs * capacity),
      instance.alloc(bytes * outputs * capacity),
      capacity,
      isWide ? 1 : 0,
      inputBins,
      this.#rowLength,
      cuts.count,
      this.#tables,
      this.#outside,
    ]);
  }

  draw(key: StreamKey, block: number, first: number, rows: number): void {
    if (first > 0) this.#count();
    const slot = this.#to / NOISE_BLOCK;
    setStream(this.#instance, this.#stream, key, block * this.#spec.inputs * NOISE_BLOCK);
    this.#instance.exports.pairColumns(this.#job, slot, first, rows);
    if (slot === 0) this.#from = first;
    this.#to = slot * NOISE_BLOCK + rows;
    if (rows < NOISE_BLOCK || slot + 1 === SLOTS) this.#count();
  }

  #count(): void {
    if (this.#to > this.#from) this.#instance.exports.pairCount(this.#job, this.#from, this.#to);
    this.#from = 0;
    this.#to = 0;
  }

  addTo(into: Int32Array, i: number, j: number): void {
    this.#count();
    const { outputs, inputBins, cuts } = this.#spec;
    const size = inputBins * this.#rowLength;
    const table = this.#instance.i32(this.#tables + 4 * size * (i * outputs + j), size);
    for (let a = 0, at = 0; a < inputBins; a++) {
      const row = a * this.#rowLength;
      for (let b = 0; b < cuts.count; b++, at++) into[at]! += table[row + b]!;
    }
  }

  outside(j: number): number {
    return this.#instance.i32(this.#outside + 4 * j, 1)[0]!;
  }

  free(): void {
    pairKernels.release(this.#instance);
  }
}
