/**
 * Particles of a Gaussian law confined to a rectangle, one coordinate at a time: the step of the Geweke–Hajivassiliou–Keane simulator.
 * The particles of a step stand side by side; the compiled twin takes two at a time.
 */
import { Random, type StreamKey } from "../../information/random.ts";
import { normalCdf, normalQuantile } from "./normal.ts";

/** Nothing is drawn further out. */
const FAR = 40;

export interface TruncatedNormalsSpec {
  /** Coordinates at the most. */
  readonly units: number;
  /** A multiple of 16. */
  readonly particles: number;
  /** Intervals of all coordinates together, at the most. */
  readonly intervals: number;
}

/** Views of what the kernel works on; they may move whenever a kernel is made, so they are not to be kept. */
export interface TruncatedNormals {
  /** Lower triangle L of the factorisation of the covariance, `[units, units]`. */
  readonly factor: Float64Array;
  /** Where coordinates may be, `[intervals]`: each interval's ends. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Independent standard normals behind the coordinates, z = L η, `[units, particles]`. */
  readonly eta: Float64Array;
  /** The interval that each coordinate of each particle is in, `[units, particles]`. */
  readonly choice: Int32Array;
  /** `[particles]`. */
  readonly weight: Float64Array;
  /**
   * Draws η of coordinate `unit` for all particles, given those before it, so that the coordinate lies in one of the intervals
   * `from` … `to` − 1, and multiplies each weight by the probability of that. Uses the stream's draws from `position`, a multiple of
   * 4, on: one for each particle.
   */
  step(unit: number, from: number, to: number, key: StreamKey, position: number): void;
  free(): void;
}

export class PlainTruncatedNormals implements TruncatedNormals {
  readonly factor: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly eta: Float64Array;
  readonly choice: Int32Array;
  readonly weight: Float64Array;
  readonly #units: number;
  readonly #particles: number;
  readonly #mean: Float64Array;
  readonly #uniform: Float64Array;

  constructor({ units, particles, intervals }: TruncatedNormalsSpec) {
    this.#units = units;
    this.#particles = particles;
    this.factor = new Float64Array(units * units);
    this.lower = new Float64Array(intervals);
    this.upper = new Float64Array(intervals);
    this.eta = new Float64Array(units * particles);
    this.choice = new Int32Array(units * particles);
    this.weight = new Float64Array(particles);
    this.#mean = new Float64Array(particles);
    this.#uniform = new Float64Array(particles);
  }

  step(unit: number, from: number, to: number, key: StreamKey, position: number): void {
    const { factor, lower, upper, eta, choice, weight } = this;
    const particles = this.#particles;
    const mean = this.#mean.fill(0);
    const uniform = this.#uniform;
    new Random(key, position).fill(uniform, 0, 1);
    const row = unit * this.#units;
    for (let k = 0; k < unit; k++) {
      const slope = factor[row + k]!;
      for (let p = 0; p < particles; p++) mean[p]! += slope * eta[k * particles + p]!;
    }
    const scale = 1 / factor[row + unit]!;
    for (let p = 0; p < particles; p++) {
      const u = uniform[p]!;
      let total = 0;
      for (let r = from; r < to; r++) total += mass((lower[r]! - mean[p]!) * scale, (upper[r]! - mean[p]!) * scale);
      let chosen = from;
      let rest = u * total;
      let part = total;
      if (to - from > 1) {
        for (chosen = from; chosen < to; chosen++) {
          part = mass((lower[chosen]! - mean[p]!) * scale, (upper[chosen]! - mean[p]!) * scale);
          if (rest <= part || chosen === to - 1) break;
          rest -= part;
        }
      }
      const a = (lower[chosen]! - mean[p]!) * scale;
      const b = (upper[chosen]! - mean[p]!) * scale;
      // In the upper tail what is drawn is mirrored, for Φ is accurate in the lower.
      const mirrored = a > 0;
      const low = mirrored ? -b : a;
      const high = mirrored ? -a : b;
      let drawn = normalQuantile(normalCdf(low) + Math.min(rest, part));
      drawn = drawn < low ? low : drawn;
      drawn = high < drawn ? high : drawn;
      drawn = drawn < -FAR ? -FAR : drawn;
      drawn = FAR < drawn ? FAR : drawn;
      eta[unit * particles + p] = mirrored ? -drawn : drawn;
      choice[unit * particles + p] = chosen;
      weight[p]! *= total;
    }
  }

  free(): void {}
}

/** P(a < N < b). */
function mass(a: number, b: number): number {
  const mirrored = a > 0;
  return normalCdf(mirrored ? -a : b) - normalCdf(mirrored ? -b : a);
}
