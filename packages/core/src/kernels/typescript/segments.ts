/** Finds the bin of a pre-activation without evaluating φ. Twin of `segment` and `binOf` in assembly/layer.ts. */
import type { Cuts } from "../../information/bins.ts";
import { guideOf } from "../guide.ts";

export class Segments {
  readonly cuts: Cuts;
  readonly #low: number;
  readonly #scale: number;
  readonly #guide: Int32Array;

  constructor(cuts: Cuts) {
    this.cuts = cuts;
    const { low, scale, segments } = guideOf(cuts.thresholds);
    this.#low = low;
    this.#scale = scale;
    this.#guide = segments;
  }

  /** How many thresholds are ≤ z. */
  segment(z: number): number {
    const { thresholds } = this.cuts;
    const part = (z - this.#low) * this.#scale;
    let s = part >= this.#guide.length ? thresholds.length : part > 0 ? this.#guide[part | 0]! : 0;
    while (s < thresholds.length && z >= thresholds[s]!) s++;
    while (s > 0 && z < thresholds[s - 1]!) s--;
    return s;
  }

  /** The bin of z, or `OUTSIDE`. */
  bin(z: number): number {
    return this.cuts.bins[this.segment(z)]!;
  }
}
