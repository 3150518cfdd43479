/** Particles in a rectangle of linear images of a cube: how they begin, move, are weighted and replaced. See uniform-rectangle.ts. */
import { exp, square } from "../../information/elementary.ts";
import { Random, type StreamKey } from "../../information/random.ts";
import { createPolytopeWalk, drawsOf, type PolytopeWalk } from "../../kernels/polytope-walk.ts";
import { normalQuantile } from "../../kernels/typescript/normal.ts";
import { GaussianRectangle } from "./gaussian-rectangle.ts";
import type { GreedyOrder, Intervals } from "./greedy-order.ts";
import { byWeight, cumulated, inherit, parentsBesideFrozen, parentsOf } from "./resample.ts";
import type { RowSpace } from "./walk-directions.ts";
import { type Frame, frameOf, type Rectangle } from "./walk-frame.ts";

/** Particles of the simulator for each that goes on: they cost little. */
const FRONT = 8;
/** Stretches of a stream that no run exhausts: a beginning takes two. */
export const STRETCH = 2 ** 40;

export class Walkers {
  /** Σ of the weights is the number of particles after each resampling. */
  readonly weight: Float64Array;
  readonly #rectangle: Rectangle;
  readonly #particles: number;
  /** Standard deviation of the Gaussian law that particles begin with. */
  readonly #sigma: number;
  readonly #key: StreamKey;
  readonly #gaussian: GaussianRectangle;
  readonly #order: GreedyOrder;
  readonly #space: RowSpace;
  /** Rows that are functions of the pivots. */
  readonly #dependent: Int32Array;
  /** Of each row under the Gaussian law. */
  readonly #deviation: Float64Array;
  readonly #walk: PolytopeWalk;
  readonly #directions: number;
  readonly #entries: number;
  readonly #parents: Int32Array;
  readonly #held: Float64Array;
  readonly #uniforms: Float64Array;
  #work = 0;

  /** `key`: of the stream that all positions are in; `frame`: where it is known already. */
  constructor(rectangle: Rectangle, particles: number, sigma: number, key: StreamKey, frame: Frame | undefined) {
    const { inputs, rows, gram, intervals } = rectangle;
    this.#rectangle = rectangle;
    this.#particles = particles;
    this.#sigma = sigma;
    this.#key = key;
    this.#gaussian = new GaussianRectangle(rows, FRONT * particles, intervals.lower.length);
    const covariance = gram.map((value) => value * square(sigma));
    this.#order = this.#gaussian.prepare(covariance, rows, intervals);
    const { order, rank, factor, stride } = this.#order;
    this.#dependent = order.slice(rank);
    this.#deviation = Float64Array.from({ length: rows }, (_, j) => Math.sqrt(covariance[j * rows + j]!));
    const isKnown = frame !== undefined && rank === rows;
    const unscaled = isKnown ? factor : factor.map((value) => value / sigma);
    const { space, directions } = isKnown ? frame : frameOf(rectangle, order.slice(0, rank), unscaled, stride);
    this.#space = space;
    this.#directions = directions.middle.length;
    this.#entries = directions.index.length;
    this.#walk = createPolytopeWalk({ inputs, rows, particles, directions });
    this.weight = new Float64Array(particles);
    this.#parents = new Int32Array(particles);
    this.#held = new Float64Array(particles);
    this.#uniforms = new Float64Array(2 * particles + 16);
  }

  /** What it took, in nanoseconds of one core, about. */
  get work(): number {
    return this.#work;
  }

  /**
   * Draws particles of the Gaussian law in the rectangle of the independent rows, all of weight 1; returns ln of its estimated probability,
   * −∞ where none was found. `frozen`: where the first particle is to be.
   */
  begin(position: number, frozen: Float64Array | undefined): number {
    const { inputs, rows, weights, intervals } = this.#rectangle;
    const { order, factor, rank, stride } = this.#order;
    const { pivots, dual } = this.#space;
    const particles = this.#particles;
    const gaussian = this.#gaussian;
    const { x, lower, upper } = this.#walk;
    const logarithm = gaussian.run(this.#key, position, frozen && this.#factored(frozen));
    if (logarithm === -Infinity) return logarithm;
    const { eta, choice } = gaussian;
    const cumulative = cumulated(gaussian.weight);
    this.#work += FRONT * particles * rank * (75 + rank / 4) + particles * inputs * (2 * rows + 40);
    const front = FRONT * particles;
    this.weight.fill(1);
    // x = g + W⁺ (z − W g), g ~ N(0, σ²).
    const random = new Random(this.#key, position + STRETCH);
    const missing = new Float64Array(rows);
    const own = new Float64Array(inputs);
    for (let p = 0; p < particles; p++) {
      const source = frozen !== undefined && p === 0 ? 0 : byWeight(cumulative, random.uniform());
      for (let i = 0; i < inputs; i++) own[i] = this.#sigma * normalQuantile(random.uniform());
      for (let s = 0; s < rank; s++) {
        let sum = 0;
        for (let k = 0; k <= s; k++) sum += factor[s * stride + k]! * eta[k * front + source]!;
        const j = order[s]!;
        for (let i = 0; i < inputs; i++) sum -= weights[j * inputs + i]! * own[i]!;
        missing[j] = sum;
        lower[j * particles + p] = intervals.lower[choice[s * front + source]!]!;
        upper[j * particles + p] = intervals.upper[choice[s * front + source]!]!;
      }
      for (let s = 0; s < rank; s++) {
        const by = missing[pivots[s]!]!;
        for (let i = 0; i < inputs; i++) own[i]! += by * dual[s * inputs + i]!;
      }
      for (let i = 0; i < inputs; i++) x[i * particles + p] = own[i]!;
    }
    this.#updateRows(particles);
    if (frozen !== undefined) this.place(frozen);
    return logarithm;
  }

  /** What the Gaussian simulator would have drawn for a particle to be at x. */
  #factored(x: Float64Array): { eta: Float64Array; choice: Int32Array } {
    const { inputs, weights, intervals } = this.#rectangle;
    const { order, factor, rank, stride } = this.#order;
    const eta = new Float64Array(rank);
    const choice = new Int32Array(rank);
    for (let s = 0; s < rank; s++) {
      let z = 0;
      for (let i = 0; i < inputs; i++) z += weights[order[s]! * inputs + i]! * x[i]!;
      choice[s] = intervalOf(intervals, order[s]!, z);
      for (let k = 0; k < s; k++) z -= factor[s * stride + k]! * eta[k]!;
      eta[s] = z / factor[s * stride + s]!;
    }
    return { eta, choice };
  }

  /** Lets the dependent rows of the first `count` particles out by so many standard deviations of theirs. */
  letOut(level: number, count: number): void {
    const { start, lower: least, upper: most } = this.#rectangle.intervals;
    const particles = this.#particles;
    const { lower, upper } = this.#walk;
    for (const j of this.#dependent) {
      const by = level * this.#deviation[j]!;
      for (let p = 0; p < count; p++) {
        lower[j * particles + p] = least[start[j]!]! - by;
        upper[j * particles + p] = most[start[j + 1]! - 1]! + by;
      }
    }
  }

  /**
   * Gives weight 0 to what lies outside the cube and the dependent rows' bounds, both let out by so many standard deviations; at level 0 a
   * row's bounds become those of the interval that it is in. A frozen particle is never outside, but for rounding.
   */
  confine(level: number, hasFrozen: boolean): void {
    const { intervals } = this.#rectangle;
    const particles = this.#particles;
    const { x, z, lower, upper } = this.#walk;
    const { weight } = this;
    const kept = weight[0]!;
    this.letOut(level, particles);
    const half = this.half(level);
    for (let at = 0; at < x.length; at++) if (Math.abs(x[at]!) > half) weight[at % particles] = 0;
    for (const j of this.#dependent) {
      for (let p = 0; p < particles; p++) {
        const at = j * particles + p;
        if (level === 0) {
          const chosen = intervalOf(intervals, j, z[at]!);
          lower[at] = intervals.lower[chosen]!;
          upper[at] = intervals.upper[chosen]!;
        }
        if (!(z[at]! >= lower[at]! && z[at]! <= upper[at]!)) weight[p] = 0;
      }
    }
    if (hasFrozen) weight[0] = kept;
  }

  /** Weights for a precision that is lower by so much. */
  flatten(fall: number): void {
    const { x } = this.#walk;
    const particles = this.#particles;
    const squares = this.#held.fill(0);
    for (let at = 0; at < x.length; at += particles) {
      for (let p = 0; p < particles; p++) squares[p]! += x[at + p]! * x[at + p]!;
    }
    for (let p = 0; p < particles; p++) this.weight[p]! *= exp(0.5 * fall * squares[p]!);
  }

  /** Replaces particles by weight; uses draws from `position` on, and returns where the next are. */
  resample(position: number, hasFrozen: boolean): number {
    const { inputs, rows } = this.#rectangle;
    const parents = this.#parents;
    const { x, z, lower, upper } = this.#walk;
    new Random(this.#key, position).fill(this.#uniforms, 0, 1);
    if (hasFrozen) parentsBesideFrozen(this.weight, this.#uniforms, parents);
    else parentsOf(this.weight, this.#uniforms, parents);
    inherit(x, inputs, parents, this.#held);
    for (const values of [z, lower, upper]) inherit(values, rows, parents, this.#held);
    this.weight.fill(1);
    return position + this.#uniforms.length;
  }

  /** Moves the first `count` particles once along every direction; uses draws from `position` on, and returns where the next are. */
  move(count: number, level: number, precision: number, position: number, backwards: boolean): number {
    const { inputs, rows } = this.#rectangle;
    const [from, to] = backwards ? [this.#directions - 1, -1] : [0, this.#directions];
    this.#walk.walk(from, to, count, this.half(level), precision, this.#key, position);
    this.#work += count * (0.9 * this.#entries + 30 * this.#directions + 5 * (inputs + 3 * rows));
    return position + drawsOf(count) * this.#directions;
  }

  /** Half the width of the cube let out by so many standard deviations. */
  half(level: number): number {
    return 0.5 + level * this.#sigma;
  }

  /** Puts the first particle at x. */
  place(at: Float64Array): void {
    const { x } = this.#walk;
    for (let i = 0; i < at.length; i++) x[i * this.#particles] = at[i]!;
    this.#updateRows(1);
  }

  /** Puts the first two particles at x, their rows' bounds being those of the intervals they are in. */
  placePair(at: Float64Array): void {
    const { rows, intervals } = this.#rectangle;
    const particles = this.#particles;
    const { x, z, lower, upper } = this.#walk;
    for (let i = 0; i < at.length; i++) x[i * particles] = x[i * particles + 1] = at[i]!;
    this.#updateRows(2);
    for (let j = 0; j < rows; j++) {
      const own = intervalOf(intervals, j, z[j * particles]!);
      for (let p = 0; p < 2; p++) {
        lower[j * particles + p] = intervals.lower[own]!;
        upper[j * particles + p] = intervals.upper[own]!;
      }
    }
  }

  /** Where the first particle is. */
  first(): Float64Array {
    const { x } = this.#walk;
    return Float64Array.from({ length: this.#rectangle.inputs }, (_, i) => x[i * this.#particles]!);
  }

  /** How far outside each particle is, in standard deviations; 0 or less inside. */
  beyond(): Float64Array {
    const { start, lower, upper } = this.#rectangle.intervals;
    const particles = this.#particles;
    const { x, z } = this.#walk;
    const beyond = new Float64Array(particles).fill(-Infinity);
    for (let at = 0; at < x.length; at++) {
      beyond[at % particles] = Math.max(beyond[at % particles]!, (Math.abs(x[at]!) - 0.5) / this.#sigma);
    }
    for (const j of this.#dependent) {
      const [low, high] = [lower[start[j]!]!, upper[start[j + 1]! - 1]!];
      for (let p = 0; p < particles; p++) {
        const excess = Math.max(low - z[j * particles + p]!, z[j * particles + p]! - high) / this.#deviation[j]!;
        beyond[p] = Math.max(beyond[p]!, excess);
      }
    }
    return beyond;
  }

  free(): void {
    this.#gaussian.free();
    this.#walk.free();
  }

  /** W x of the first `count` particles. */
  #updateRows(count: number): void {
    const { inputs, rows, weights } = this.#rectangle;
    const particles = this.#particles;
    const { x, z } = this.#walk;
    for (let j = 0; j < rows; j++) {
      const row = z.subarray(j * particles, j * particles + count).fill(0);
      for (let i = 0; i < inputs; i++) {
        const weight = weights[j * inputs + i]!;
        if (weight !== 0) for (let p = 0; p < count; p++) row[p]! += weight * x[i * particles + p]!;
      }
    }
  }
}

/** The interval of row j that holds z, or the nearest. */
function intervalOf({ start, lower, upper }: Intervals, j: number, z: number): number {
  let [nearest, least] = [start[j]!, Infinity];
  for (let r = start[j]!; r < start[j + 1]!; r++) {
    const distance = Math.max(lower[r]! - z, z - upper[r]!, 0);
    if (distance < least) [nearest, least] = [r, distance];
  }
  return nearest;
}
