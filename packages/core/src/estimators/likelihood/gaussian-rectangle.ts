/**
 * P(z in a rectangle) of a Gaussian vector by sequential importance sampling with resampling: the Geweke–Hajivassiliou–Keane simulator
 * (Keane, "A computationally practical simulation estimator for panel data", Econometrica 62, 1994) with particles. Unbiased.
 */
import { log } from "../../information/elementary.ts";
import { Random, type StreamKey } from "../../information/random.ts";
import { createTruncatedNormals } from "../../kernels/truncated-normals.ts";
import type { TruncatedNormals } from "../../kernels/typescript/truncated-normals.ts";
import { type GreedyOrder, greedyOrder, type Intervals } from "./greedy-order.ts";
import { inherit, parentsBesideFrozen, parentsOf } from "./resample.ts";

/** Weights below this are scaled up, for products of hundreds of probabilities underflow. */
const SMALL = 1e-60;

export class GaussianRectangle {
  readonly #kernel: TruncatedNormals;
  readonly #particles: number;
  readonly #units: number;
  readonly #parents: Int32Array;
  readonly #uniforms: Float64Array;
  readonly #held: Float64Array;
  #order: GreedyOrder | undefined;
  #intervals: Intervals | undefined;

  /** For at most so many coordinates, with so many intervals together. `particles`: a multiple of 16. */
  constructor(units: number, particles: number, intervals: number) {
    this.#kernel = createTruncatedNormals({ units: Math.max(1, units), particles, intervals });
    this.#units = Math.max(1, units);
    this.#particles = particles;
    this.#parents = new Int32Array(particles);
    this.#uniforms = new Float64Array(2 * particles + 16);
    this.#held = new Float64Array(particles);
  }

  /** Takes up a rectangle: `covariance` is `[count, count]`, the coordinates' means are 0. */
  prepare(covariance: Float64Array, count: number, intervals: Intervals): GreedyOrder {
    const { factor, lower, upper } = this.#kernel;
    this.#order = greedyOrder(covariance, count, intervals, factor, this.#units);
    this.#intervals = intervals;
    lower.set(intervals.lower);
    upper.set(intervals.upper);
    return this.#order;
  }

  /** Standard normals behind the independent coordinates, `[rank, particles]`, after `run()`. */
  get eta(): Float64Array {
    return this.#kernel.eta;
  }

  /** Weights with mean 1, after `run()`. */
  get weight(): Float64Array {
    return this.#kernel.weight;
  }

  /** The interval that independent coordinate s of particle p lies in, at `s · particles + p`. */
  get choice(): Int32Array {
    return this.#kernel.choice;
  }

  /**
   * ln of the estimated probability; −∞ where it is estimated as 0. Uses the stream's draws from `position`, a multiple of 4, on. `frozen`: η of a particle that is kept as the first, drawn from the law
   * confined to the rectangle, and its intervals: then 1 / probability is unbiased instead, but for rectangles that the simulator would miss.
   */
  run(key: StreamKey, position: number, frozen?: { eta: Float64Array; choice: Int32Array }): number {
    const { order, rank } = this.#order!;
    const { start } = this.#intervals!;
    const particles = this.#particles;
    const kernel = this.#kernel;
    const { eta, choice, weight } = kernel;
    weight.fill(1);
    let at = position;
    let logarithm = 0;
    for (let s = 0; s < rank; s++) {
      const unit = order[s]!;
      kernel.step(s, start[unit]!, start[unit + 1]!, key, at);
      at += particles;
      if (frozen !== undefined) {
        eta[s * particles] = frozen.eta[s]!;
        choice[s * particles] = frozen.choice[s]!;
      }
      let [sum, squares] = [0, 0];
      for (const w of weight) {
        sum += w;
        squares += w * w;
      }
      if (!(sum > 0)) return -Infinity;
      const crowded = sum * sum < 0.5 * particles * squares;
      if (crowded) {
        new Random(key, at).fill(this.#uniforms, 0, 1);
        at += this.#uniforms.length;
        const parents = this.#parents;
        if (frozen === undefined) parentsOf(weight, this.#uniforms, parents);
        else parentsBesideFrozen(weight, this.#uniforms, parents);
        inherit(eta, s + 1, parents, this.#held);
        inherit(choice, s + 1, parents, this.#held);
        weight.fill(1);
      }
      if (crowded || sum < SMALL * particles) {
        logarithm += log(sum / particles);
        if (!crowded) for (let p = 0; p < particles; p++) weight[p]! *= particles / sum;
      }
    }
    let sum = 0;
    for (const w of weight) sum += w;
    for (let p = 0; p < particles; p++) weight[p]! *= particles / sum;
    return logarithm + log(sum / particles);
  }

  free(): void {
    this.#kernel.free();
  }
}
