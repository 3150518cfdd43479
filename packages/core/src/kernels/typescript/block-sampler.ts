/**
 * Samples of a dense layer as bins, block by block. Sample s of block b has as its input i the draw `(b · inputs + i) · NOISE_BLOCK + s`
 * of a stream, so that any stretch of samples can be drawn by itself.
 */
import { Random, type StreamKey } from "../../information/random.ts";
import { NOISE_BLOCK } from "../blocks.ts";
import type { UnitLayer } from "../layer.ts";
import { Segments } from "./segments.ts";

export interface BlockSamplerSpec extends UnitLayer {
  readonly inputBins: number;
}

export interface BlockSampler {
  /** Draws the first `rows` samples of a block; what was drawn before is overwritten. */
  draw(key: StreamKey, block: number, rows: number): void;
  /** `[NOISE_BLOCK]`: the bins of input i. */
  input(i: number): Int32Array;
  /** `[NOISE_BLOCK]`: the bins of output j, or `OUTSIDE`. */
  output(j: number): Int32Array;
  /** Nothing of it may be used afterwards. */
  free(): void;
}

export class PlainBlockSampler implements BlockSampler {
  readonly #spec: BlockSamplerSpec;
  readonly #segments: Segments;
  readonly #noise: Float64Array;
  readonly #z = new Float64Array(NOISE_BLOCK);
  readonly #x: Int32Array;
  readonly #y: Int32Array;

  constructor(spec: BlockSamplerSpec) {
    this.#spec = spec;
    this.#segments = new Segments(spec.cuts);
    this.#noise = new Float64Array(spec.inputs * NOISE_BLOCK);
    this.#x = new Int32Array(spec.inputs * NOISE_BLOCK);
    this.#y = new Int32Array(spec.outputs * NOISE_BLOCK);
  }

  draw(key: StreamKey, block: number, rows: number): void {
    const { inputs, outputs, weights, base, inputBins } = this.#spec;
    const z = this.#z;
    for (let i = 0; i < inputs; i++) {
      const column = this.#noise.subarray(i * NOISE_BLOCK, i * NOISE_BLOCK + rows);
      new Random(key, (block * inputs + i) * NOISE_BLOCK).fill(column, 0, 1);
      const bins = this.input(i);
      for (let s = 0; s < rows; s++) bins[s] = Math.floor(column[s]! * inputBins);
    }
    for (let j = 0; j < outputs; j++) {
      z.fill(base[j]!, 0, rows);
      for (let i = 0; i < inputs; i++) {
        const weight = weights[j * inputs + i]!;
        const from = i * NOISE_BLOCK;
        for (let s = 0; s < rows; s++) z[s]! += weight * this.#noise[from + s]!;
      }
      const bins = this.output(j);
      for (let s = 0; s < rows; s++) bins[s] = this.#segments.bin(z[s]!);
    }
  }

  input(i: number): Int32Array {
    return this.#x.subarray(i * NOISE_BLOCK, (i + 1) * NOISE_BLOCK);
  }

  output(j: number): Int32Array {
    return this.#y.subarray(j * NOISE_BLOCK, (j + 1) * NOISE_BLOCK);
  }

  free(): void {}
}
