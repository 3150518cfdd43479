/**
 * H(Ŷ) by counting: noise on all inputs, joint states of the output bins, and an estimate that knows about the states not yet
 * seen.
 *
 * Control variate: Σ_j −log2 p_j(ŷ_j), whose mean Σ_j H(ŷ_j) the exact engine knows. Bias: what Chao–Wang–Jost still misses is
 * proportional to the share f₁/N of samples whose state was seen once, over the range that matters; the factor is read off the
 * same counts (the estimate expected of half the samples), the correction is made, and `BIAS_DOUBT` of it enters the error.
 */
import { chaoWangJost, chaoWangJostOfHalf } from "../../information/entropy.ts";
import { Random, Stream } from "../../information/random.ts";
import { StateTable } from "../../information/state-table.ts";
import { OUTSIDE } from "../../network/activation.ts";
import type { Sampler } from "./sampler.ts";

/** Samples per block; a block's noise depends on the seed and the block's number alone. */
export const BLOCK = 1024;

/** Standard error that a bias correction of size c carries: BIAS_DOUBT · c. */
const BIAS_DOUBT = 0.5;

export interface EntropyEstimate {
  readonly bits: number;
  readonly standardError: number;
  /** The plug-in estimate: too low in expectation, whatever the law. */
  readonly lower: number;
  /** Share of samples whose state was seen once: near 0 where counting saturates. */
  readonly seenOnce: number;
  /** Samples inside the output range. */
  readonly counted: number;
}

export class OutputEntropy {
  readonly #sampler: Sampler;
  readonly #seed: number;
  readonly #counts = new StateTable();
  /** −log2 p of each output's bin, `[outputs, bins]`. */
  readonly #surprisal: Float64Array;
  readonly #meanSurprisal: number;
  readonly #inRange: boolean;
  readonly #noise: Float64Array;
  #blocks = 0;

  /** `marginals`: exact P(bin) of every output, `[outputs, bins]`; `inRange`: nothing falls outside the output range. */
  constructor(sampler: Sampler, seed: number, marginals: Float64Array, inRange: boolean) {
    this.#sampler = sampler;
    this.#seed = seed;
    this.#surprisal = marginals.map((p) => (p > 0 ? -Math.log2(p) : 0));
    this.#meanSurprisal = marginals.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);
    this.#inRange = inRange;
    this.#noise = new Float64Array(BLOCK * sampler.inputs);
  }

  get drawn(): number {
    return this.#blocks * BLOCK;
  }

  /** One more block of samples. */
  draw(): void {
    const { inputs, outputs, weights, base, cuts } = this.#sampler;
    const sampler = this.#sampler;
    const noise = this.#noise;
    const surprisals = this.#surprisal;
    new Random(this.#seed, Stream.noise, 0, this.#blocks).fill(noise, 0, 1);
    const exactKeys = cuts.count ** outputs <= 2 ** 31;
    for (let s = 0; s < BLOCK; s++) {
      const x = s * inputs;
      let low = 0;
      let high = 0;
      let surprisal = 0;
      let inside = true;
      for (let j = 0, w = 0; j < outputs; j++) {
        let z = base[j]!;
        for (let i = 0; i < inputs; i++) z += weights[w++]! * noise[x + i]!;
        const bin = cuts.bins[sampler.segment(z)]!;
        if (bin === OUTSIDE) {
          inside = false;
          break;
        }
        surprisal += surprisals[j * cuts.count + bin]!;
        if (exactKeys) low = low * cuts.count + bin;
        else {
          low = Math.imul(low ^ bin, 0x9e3779b1) ^ (low >>> 15);
          high = Math.imul(high + bin, 0x2c1b3c6d) ^ (high >>> 13);
        }
      }
      if (inside) this.#counts.add(low | 0, high, surprisal);
    }
    this.#blocks++;
  }

  estimate(): EntropyEstimate {
    const counted = this.#counts.total;
    if (counted < 2) return { bits: 0, standardError: Number.POSITIVE_INFINITY, lower: 0, seenOnce: 1, counted };
    const spectrum = new Map<number, number>();
    let [meanL, meanG, varL, varG, both] = [0, 0, 0, 0, 0];
    this.#counts.forEach((count, surprisal) => {
      spectrum.set(count, (spectrum.get(count) ?? 0) + 1);
      meanL -= (count / counted) * Math.log2(count / counted);
      meanG += (count / counted) * surprisal;
    });
    this.#counts.forEach((count, surprisal) => {
      const l = -Math.log2(count / counted) - meanL;
      const g = surprisal - meanG;
      varL += (count / counted) * l * l;
      varG += (count / counted) * g * g;
      both += (count / counted) * l * g;
    });
    const useControl = this.#inRange && varG > 1e-12;
    const slope = useControl ? both / varG : 0;
    const variance = Math.max(0, varL - slope * both) / counted;

    const seenOnce = (spectrum.get(1) ?? 0) / counted;
    const whole = chaoWangJost(spectrum, counted);
    const half = chaoWangJostOfHalf(spectrum, counted);
    const correction =
      half.once > seenOnce ? Math.max(0, ((whole - half.bits) / (half.once - seenOnce)) * seenOnce) : 0;
    return {
      bits: whole + correction - (useControl ? slope * (meanG - this.#meanSurprisal) : 0),
      standardError: Math.hypot(Math.sqrt(variance), BIAS_DOUBT * correction),
      lower: meanL,
      seenOnce,
      counted,
    };
  }
}
