/**
 * H(Ŷ) of a dense mechanism by counting: noise on all inputs, joint states of the output bins. Control variate:
 * Σ_j −log2 p_j(ŷ_j), whose mean Σ_j H(ŷ_j) the exact engine knows.
 */

import { OUTSIDE } from "../../information/bins.ts";
import { Random, Stream } from "../../information/random.ts";
import { type EntropyEstimate, OutputCounts } from "./output-counts.ts";
import type { Sampler } from "./sampler.ts";

/** Samples per block; a block's noise depends on the seed and the block's number alone. */
export const BLOCK = 1024;

export class OutputEntropy {
  readonly #sampler: Sampler;
  readonly #seed: number;
  readonly #counts: OutputCounts;
  /** −log2 p of each output's bin, `[outputs, bins]`. */
  readonly #surprisal: Float64Array;
  readonly #meanSurprisal: number | undefined;
  readonly #noise: Float64Array;
  readonly #state: Int32Array;
  /** Tells which outputs lie outside their range, where these are clamped. */
  readonly #beyond: Sampler | undefined;
  #blocks = 0;
  #inside = 0;

  /**
   * `marginals`: exact P(bin) of every output, `[outputs, bins]`; `inRange`: nothing is left out for falling outside the
   * output range; `beyond`: the sampler that drops what this one clamps, where there is any.
   */
  constructor(sampler: Sampler, seed: number, marginals: Float64Array, inRange: boolean, beyond?: Sampler) {
    this.#sampler = sampler;
    this.#seed = seed;
    this.#beyond = beyond;
    this.#counts = new OutputCounts(sampler.outputs, sampler.cuts.count);
    this.#surprisal = marginals.map((p) => (p > 0 ? -Math.log2(p) : 0));
    // The mean over the samples inside is not known exactly where some fall outside.
    this.#meanSurprisal = inRange ? marginals.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0) : undefined;
    this.#noise = new Float64Array(BLOCK * sampler.inputs);
    this.#state = new Int32Array(sampler.outputs);
  }

  /** Share of the samples with an output outside its range. */
  get outside(): number {
    return 1 - this.#inside / this.drawn;
  }

  get drawn(): number {
    return this.#blocks * BLOCK;
  }

  /** One more block of samples. */
  draw(): void {
    const sampler = this.#sampler;
    const { inputs, outputs, weights, base, cuts } = sampler;
    const noise = this.#noise;
    const state = this.#state;
    new Random(this.#seed, Stream.noise, 0, this.#blocks).fill(noise, 0, 1);
    for (let s = 0; s < BLOCK; s++) {
      const x = s * inputs;
      let surprisal = 0;
      let inside = true;
      let beyond = false;
      for (let j = 0, w = 0; j < outputs && inside; j++) {
        let z = base[j]!;
        for (let i = 0; i < inputs; i++) z += weights[w++]! * noise[x + i]!;
        const bin = cuts.bins[sampler.segment(z)]!;
        state[j] = bin;
        if (this.#beyond !== undefined && this.#beyond.cuts.bins[this.#beyond.segment(z)] === OUTSIDE) beyond = true;
        if (bin === OUTSIDE) inside = false;
        else surprisal += this.#surprisal[j * cuts.count + bin]!;
      }
      if (!inside) continue;
      if (!beyond) this.#inside++;
      this.#counts.add(state, 0, outputs, surprisal);
    }
    this.#blocks++;
  }

  estimate(): EntropyEstimate {
    return this.#counts.estimate(this.#meanSurprisal);
  }
}
