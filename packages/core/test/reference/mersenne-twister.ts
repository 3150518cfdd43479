/**
 * MT19937 (Matsumoto & Nishimura 1998) and the uniform single-precision numbers that the reference implementation's framework makes
 * of it: 24 low bits of each word, scaled in float32.
 */
import type { NoiseSource } from "../../src/estimators/noise.ts";
import { NOISE_BLOCK } from "../../src/kernels/blocks.ts";

const SIZE = 624;
const SHIFT = 397;

export class MersenneTwister {
  readonly #state = new Uint32Array(SIZE);
  #next = SIZE;

  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed;
    for (let k = 1; k < SIZE; k++) {
      const before = state[k - 1]! ^ (state[k - 1]! >>> 30);
      state[k] = Math.imul(1812433253, before) + k;
    }
  }

  nextUint32(): number {
    if (this.#next === SIZE) this.#twist();
    let word = this.#state[this.#next++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let k = 0; k < SIZE; k++) {
      const joined = (state[k]! & 0x80000000) | (state[(k + 1) % SIZE]! & 0x7fffffff);
      state[k] = state[(k + SHIFT) % SIZE]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}

/** `count` numbers of the stream that a seed starts, on [low, high), in float32 arithmetic. */
export function uniformStream(seed: number, count: number, [low, high]: readonly [number, number]): Float32Array {
  const twister = new MersenneTwister(seed);
  const [from, width] = [Math.fround(low), Math.fround(high - low)];
  const out = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const unit = (twister.nextUint32() & 0xffffff) / 2 ** 24;
    out[k] = Math.fround(width * unit) + from;
  }
  return out;
}

/** Samples in the reference's order: unit by unit within a sample, or all samples of input 0, then of input 1, … */
export function referenceNoise(
  seed: number,
  samples: number,
  inputs: number,
  range: readonly [number, number],
  order: "by sample" | "by input" = "by sample",
): NoiseSource {
  const stream = uniformStream(seed, samples * inputs, range);
  return {
    fill(out, rows, block) {
      const first = block * NOISE_BLOCK;
      if (order === "by sample") {
        out.set(stream.subarray(first * inputs, (first + rows) * inputs));
        return;
      }
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < inputs; i++) out[row * inputs + i] = stream[i * samples + first + row]!;
      }
    },
  };
}
