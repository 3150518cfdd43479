/**
 * A dense mechanism made ready for sampling: inputs scaled to U(0, 1), and a guide that finds the bin of a pre-activation without
 * evaluating φ.
 */

import type { DenseMechanism } from "../../network/mechanism.ts";
import type { PreactivationBins } from "../../network/preactivation-bins.ts";

const GUIDE = 256;

export class Sampler {
  readonly inputs: number;
  readonly outputs: number;
  /** Weights on U(0, 1) inputs, `[outputs, inputs]`. */
  readonly weights: Float64Array;
  /** Pre-activation at the low corner of the input box. */
  readonly base: Float64Array;
  readonly cuts: PreactivationBins;
  readonly #low: number;
  readonly #scale: number;
  readonly #guide: Int32Array;

  constructor(mechanism: DenseMechanism, cuts: PreactivationBins) {
    const { inputs, outputs, inputRanges, dense } = mechanism;
    this.inputs = inputs;
    this.outputs = outputs;
    this.weights = dense.weights.map((weight, at) => {
      const [low, high] = inputRanges[at % inputs]!;
      return weight * (high - low);
    });
    this.base = dense.bias.slice();
    for (let j = 0; j < outputs; j++) {
      for (let i = 0; i < inputs; i++) this.base[j]! += dense.weights[j * inputs + i]! * inputRanges[i]![0];
    }
    this.cuts = cuts;
    const { thresholds } = cuts;
    const span = thresholds.length < 2 ? 0 : thresholds.at(-1)! - thresholds[0]!;
    this.#low = thresholds[0] ?? 0;
    this.#scale = span > 0 ? GUIDE / span : 0;
    this.#guide = new Int32Array(GUIDE);
    for (let g = 0, s = 0; g < GUIDE; g++) {
      const edge = this.#low + (span * g) / GUIDE;
      while (s < thresholds.length && thresholds[s]! <= edge) s++;
      this.#guide[g] = s;
    }
  }

  /** The segment of z: how many thresholds are ≤ z. */
  segment(z: number): number {
    const { thresholds } = this.cuts;
    const cell = (z - this.#low) * this.#scale;
    let s = cell >= GUIDE ? thresholds.length : cell > 0 ? this.#guide[cell | 0]! : 0;
    while (s < thresholds.length && z >= thresholds[s]!) s++;
    while (s > 0 && z < thresholds[s - 1]!) s--;
    return s;
  }
}
