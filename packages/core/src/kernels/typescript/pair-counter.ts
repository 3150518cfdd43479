/** Joint histograms of every pair (input, output) of a dense layer under uniform noise on all inputs. */
import { type Cuts, OUTSIDE } from "../../information/bins.ts";
import type { StreamKey } from "../../information/random.ts";
import { type BlockSamplerSpec, PlainBlockSampler } from "./block-sampler.ts";

export interface PairCounterSpec extends BlockSamplerSpec {
  /** Cuts that drop what the layer's own clamp, where any do. */
  readonly beyond?: Cuts;
}

export interface PairCounter {
  /** Counts the rows `first` … `rows` − 1 of a block. */
  draw(key: StreamKey, block: number, first: number, rows: number): void;
  /** Adds the counts of the pair (i, j), `[input bins, output bins]`, to `into`; samples outside are in none of them. */
  addTo(into: Int32Array, i: number, j: number): void;
  /** Samples with output j outside the output range, whatever becomes of them. */
  outside(j: number): number;
  /** Nothing of it may be used afterwards. */
  free(): void;
}

export class PlainPairCounter implements PairCounter {
  readonly #spec: PairCounterSpec;
  readonly #samples: PlainBlockSampler;
  readonly #beyond: PlainBlockSampler | undefined;
  readonly #tables: Int32Array;
  readonly #outside: Int32Array;

  constructor(spec: PairCounterSpec) {
    const { inputs, outputs, inputBins, cuts, beyond } = spec;
    this.#spec = spec;
    this.#samples = new PlainBlockSampler(spec);
    this.#beyond = beyond && new PlainBlockSampler({ ...spec, cuts: beyond });
    this.#tables = new Int32Array(inputs * outputs * inputBins * cuts.count);
    this.#outside = new Int32Array(outputs);
  }

  draw(key: StreamKey, block: number, first: number, rows: number): void {
    const { inputs, outputs, cuts } = this.#spec;
    const samples = this.#samples;
    samples.draw(key, block, rows);
    this.#beyond?.draw(key, block, rows);
    for (let i = 0; i < inputs; i++) {
      const x = samples.input(i);
      for (let s = first; s < rows; s++) x[s]! *= cuts.count;
    }
    for (let j = 0; j < outputs; j++) {
      const tested = (this.#beyond ?? samples).output(j);
      for (let s = first; s < rows; s++) if (tested[s] === OUTSIDE) this.#outside[j]!++;
      for (let i = 0; i < inputs; i++) this.#count(i, j, first, rows);
    }
  }

  /** One table at a time, so that it stays in the cache. */
  #count(i: number, j: number, first: number, rows: number): void {
    const { outputs, inputBins, cuts } = this.#spec;
    const tables = this.#tables;
    const [x, y] = [this.#samples.input(i), this.#samples.output(j)];
    const table = (i * outputs + j) * inputBins * cuts.count;
    for (let s = first; s < rows; s++) {
      const bin = y[s]!;
      if (bin !== OUTSIDE) tables[table + x[s]! + bin]!++;
    }
  }

  addTo(into: Int32Array, i: number, j: number): void {
    const { outputs, inputBins, cuts } = this.#spec;
    const size = inputBins * cuts.count;
    const from = (i * outputs + j) * size;
    for (let at = 0; at < size; at++) into[at]! += this.#tables[from + at]!;
  }

  outside(j: number): number {
    return this.#outside[j]!;
  }

  free(): void {}
}
