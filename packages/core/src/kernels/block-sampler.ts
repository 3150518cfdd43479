/** Samples of a dense layer as bins, block by block: the same samples as the pair counter's. Compiled where it can be. */
import type { StreamKey } from "../information/random.ts";
import { NOISE_BLOCK } from "./blocks.ts";
import { putFields, putLayer, STREAM_BYTES, setStream } from "./layer.ts";
import { type PairExports, pairKernels } from "./pair-instance.ts";
import { kernelPath } from "./path.ts";
import { type BlockSampler, type BlockSamplerSpec, PlainBlockSampler } from "./typescript/block-sampler.ts";
import type { Instance } from "./wasm-instance.ts";

export type { BlockSampler, BlockSamplerSpec };

/** Samples whose noise is at hand at one time. */
const PART = 256;

export function createBlockSampler(spec: BlockSamplerSpec): BlockSampler {
  return kernelPath() === "wasm" ? new CompiledBlockSampler(spec) : new PlainBlockSampler(spec);
}

class CompiledBlockSampler implements BlockSampler {
  readonly #inputs: number;
  readonly #instance: Instance<PairExports>;
  readonly #job: number;
  readonly #stream: number;
  readonly #x: number;
  readonly #y: number;

  constructor(spec: BlockSamplerSpec) {
    const { inputs, outputs, inputBins } = spec;
    this.#inputs = inputs;
    const instance = pairKernels.acquire();
    this.#instance = instance;
    this.#stream = instance.alloc(STREAM_BYTES);
    this.#x = instance.alloc(4 * inputs * NOISE_BLOCK);
    this.#y = instance.alloc(4 * outputs * NOISE_BLOCK);
    const [layer, noise, z] = [putLayer(instance, spec), instance.alloc(8 * inputs * PART), instance.alloc(64)];
    const outside = instance.alloc(4 * outputs);
    // The pair counter's record, without its tables: four bytes a code, and codes that are the bins themselves.
    const codes = [this.#x, this.#y, NOISE_BLOCK, 1, inputBins, 1, -1, 0, outside];
    this.#job = putFields(instance, [layer, this.#stream, 0, noise, z, ...codes]);
  }

  draw(key: StreamKey, block: number, rows: number): void {
    setStream(this.#instance, this.#stream, key, block * this.#inputs * NOISE_BLOCK);
    this.#instance.exports.pairColumns(this.#job, 0, 0, rows);
  }

  input(i: number): Int32Array {
    return this.#instance.i32(this.#x + 4 * i * NOISE_BLOCK, NOISE_BLOCK);
  }

  output(j: number): Int32Array {
    return this.#instance.i32(this.#y + 4 * j * NOISE_BLOCK, NOISE_BLOCK);
  }

  free(): void {
    pairKernels.release(this.#instance);
  }
}
