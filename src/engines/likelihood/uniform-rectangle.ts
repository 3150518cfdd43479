/**
 * P(lower ≤ W x ≤ upper) for x uniform on the cube [−½, ½]^n, by particles that are led from a Gaussian law, for which the simulator of
 * gaussian-rectangle.ts works, to the uniform one (sequential Monte Carlo: Del Moral, Doucet & Jasra, "Sequential Monte Carlo samplers", 2006):
 *
 * 1. x ~ N(0, σ²) in the rectangle of the independent rows;
 * 2. the cube, and the rows that depend on others, close in (multilevel splitting);
 * 3. the Gaussian's precision 1/σ² falls to 0 in small steps.
 *
 * The estimate of p is unbiased, so −log2 of it is too high in expectation. Run along the reversed path of a true draw x, which is kept
 * as one of the particles (conditional sequential Monte Carlo: Andrieu, Doucet & Holenstein, "Particle Markov chain Monte Carlo methods",
 * 2010), the estimate of 1/p is unbiased, so −log2 is too low: bidirectional Monte Carlo (Grosse, Ghahramani & Adams, 2015).
 */
import { exp, log, square } from "../../information/elementary.ts";
import { Random, type StreamKey } from "../../information/random.ts";
import { createPolytopeWalk, type Directions, drawsOf, type PolytopeWalk } from "../../kernels/polytope-walk.ts";
import { normalQuantile } from "../../kernels/typescript/normal.ts";
import { cholesky } from "./cholesky.ts";
import { directionsOf, type RowSpace, rowSpace } from "./directions.ts";
import { GaussianRectangle } from "./gaussian-rectangle.ts";
import type { GreedyOrder, Intervals } from "./greedy-order.ts";
import { byWeight, cumulated, inherit, parentsBesideFrozen, parentsOf } from "./resample.ts";

/** Standard deviation of the Gaussian law that the particles start from, at the most: about a uniform law's. */
const MOST_SIGMA = 0.28;
/** The same where rows depend on others: they confine the particles beside the cube. */
const CONFINED_SIGMA = 0.25;
/** With more inputs it is smaller, so that a particle has about so many coordinates outside the cube. */
const OUTSIDE_CUBE = 10;
/** Steps in which the precision falls from that of the largest σ; in proportion to the precision. */
const LEAST_STEPS = 10;

function sigmaOf(inputs: number, rows: number): number {
  const most = rows > inputs ? CONFINED_SIGMA : MOST_SIGMA;
  const share = OUTSIDE_CUBE / 2 / inputs;
  return share > 0.1 ? most : Math.min(most, -0.5 / normalQuantile(share));
}

/** Levels of the splitting, at the most: each lets through about half. */
const MOST_LEVELS = 300;
/** The last level is taken when this share reaches it. */
const LAST = 0.35;

export interface Rectangle {
  readonly inputs: number;
  readonly rows: number;
  /** `[rows, inputs]`. */
  readonly weights: Float64Array;
  /** W Wᵀ, `[rows, rows]`. */
  readonly gram: Float64Array;
  /** Where each row of W x may be. */
  readonly intervals: Intervals;
}

/** Particles of the simulator for each that goes on: they cost little. */
const FRONT = 8;
/** Stretches of a stream that no run exhausts. */
const STRETCH = 2 ** 40;
const [PILOT, FORWARD, REVERSE, PATH] = [0, 3 * STRETCH, 6 * STRETCH, 9 * STRETCH];

/** Which way particles can go: the same for all rectangles of the same independent rows. */
export interface Frame {
  readonly space: RowSpace;
  readonly directions: Directions;
}

function frameOf(
  { inputs, rows, weights }: Omit<Rectangle, "intervals">,
  pivots: Int32Array,
  factor: Float64Array,
  stride: number,
): Frame {
  const space = rowSpace(weights, inputs, pivots, factor, stride);
  return { space, directions: directionsOf(weights, inputs, rows, space) };
}

/** The frame of rows that are all independent; undefined where some are not, or nearly not. */
export function commonFrame(rectangle: Omit<Rectangle, "intervals">): Frame | undefined {
  const { rows, gram } = rectangle;
  const factor = cholesky(gram, rows);
  return (
    factor &&
    frameOf(
      rectangle,
      Int32Array.from({ length: rows }, (_, j) => j),
      factor,
      rows,
    )
  );
}

export class UniformRectangle {
  readonly #rectangle: Rectangle;
  readonly #sigma: number;
  readonly #steps: number;
  readonly #particles: number;
  readonly #key: StreamKey;
  readonly #gaussian: GaussianRectangle;
  readonly #order: GreedyOrder;
  readonly #space: RowSpace;
  /** Rows that are functions of the pivots. */
  readonly #dependent: Int32Array;
  readonly #deviation: Float64Array;
  readonly #walk: PolytopeWalk;
  readonly #directions: number;
  readonly #entries: number;
  #work = 0;
  readonly #weight: Float64Array;
  readonly #parents: Int32Array;
  readonly #held: Float64Array;
  readonly #uniforms: Float64Array;
  /** Widths that the cube and the dependent rows are let out by, in standard deviations, falling to 0. */
  readonly #levels: readonly number[];

  /** `key`: of a stream that serves this rectangle alone; `frame`: where it is known already. */
  constructor(rectangle: Rectangle, particles: number, key: StreamKey, frame?: Frame) {
    const { inputs, rows, gram, intervals } = rectangle;
    this.#rectangle = rectangle;
    this.#particles = particles;
    this.#key = key;
    this.#gaussian = new GaussianRectangle(rows, FRONT * particles, intervals.lower.length);
    this.#sigma = sigmaOf(inputs, rows);
    this.#steps = Math.round(LEAST_STEPS * square(MOST_SIGMA / this.#sigma));
    const covariance = gram.map((value) => value * square(this.#sigma));
    this.#order = this.#gaussian.prepare(covariance, rows, intervals);
    const { order, rank, factor, stride } = this.#order;
    this.#dependent = order.slice(rank);
    this.#deviation = Float64Array.from({ length: rows }, (_, j) => Math.sqrt(covariance[j * rows + j]!));
    const { space, directions } =
      frame !== undefined && rank === rows
        ? frame
        : frameOf(
            rectangle,
            order.slice(0, rank),
            factor.map((value) => value / this.#sigma),
            stride,
          );
    this.#space = space;
    this.#directions = directions.middle.length;
    this.#entries = directions.index.length;
    this.#walk = createPolytopeWalk({ inputs, rows, particles, directions });
    this.#weight = new Float64Array(particles);
    this.#parents = new Int32Array(particles);
    this.#held = new Float64Array(particles);
    this.#uniforms = new Float64Array(2 * particles + 16);
    this.#levels = this.#findLevels();
  }

  /** What it took, in nanoseconds of one core, about. */
  get work(): number {
    return this.#work;
  }

  /** ln of the unbiased estimate of p; −∞ where no particle arrives. */
  forward(): number {
    return this.#run(FORWARD, undefined);
  }

  /** ln of the estimate of p whose inverse is unbiased, from a draw x of the uniform law on the rectangle. */
  reverse(x: Float64Array): number {
    return this.#run(REVERSE, this.#pathTo(x));
  }

  free(): void {
    this.#gaussian.free();
    this.#walk.free();
  }

  /** Precision of the Gaussian after a stage. */
  #precision(stage: number): number {
    const step = stage - this.#levels.length + 1;
    const start = 1 / square(this.#sigma);
    return step <= 0 ? start : start * (1 - step / this.#steps);
  }

  #half(stage: number): number {
    return 0.5 + (this.#levels[stage] ?? 0) * this.#sigma;
  }

  /** The states of a particle that ends at x: before the first stage, and after each. */
  #pathTo(x: Float64Array): Float64Array[] {
    const { inputs, rows, intervals } = this.#rectangle;
    const particles = this.#particles;
    const { x: at, z, lower, upper } = this.#walk;
    for (let i = 0; i < inputs; i++) at[i * particles] = at[i * particles + 1] = x[i]!;
    this.#updateRows(2);
    for (let j = 0; j < rows; j++) {
      const own = intervalOf(intervals, j, z[j * particles]!);
      for (let p = 0; p < 2; p++) {
        lower[j * particles + p] = intervals.lower[own]!;
        upper[j * particles + p] = intervals.upper[own]!;
      }
    }
    const path = [x];
    let position = PATH;
    for (let stage = this.#levels.length + this.#steps - 1; stage >= 0; stage--) {
      if (stage < this.#levels.length - 1) this.#letOut(this.#levels[stage]!, 2);
      position = this.#move(2, this.#half(stage), this.#precision(stage), position, true);
      path.push(Float64Array.from({ length: inputs }, (_, i) => at[i * particles]!));
    }
    return path.reverse();
  }

  /** `path`: states of a frozen particle before the first stage and after each. */
  #run(position: number, path: readonly Float64Array[] | undefined): number {
    const levels = this.#levels.length;
    const particles = this.#particles;
    const weight = this.#weight;
    let logarithm = this.#begin(position, path?.[0]);
    if (logarithm === -Infinity) return logarithm;
    // Less the density of the Gaussian law at 0.
    logarithm += 0.5 * this.#rectangle.inputs * log(2 * Math.PI * square(this.#sigma));
    let at = position + 2 * STRETCH;
    for (let stage = 0; stage < levels + this.#steps; stage++) {
      if (stage >= levels) this.#flatten(this.#precision(stage - 1) - this.#precision(stage));
      else this.#confine(stage);
      let [sum, squares] = [0, 0];
      for (const w of weight) {
        sum += w;
        squares += w * w;
      }
      if (!(sum > 0)) return -Infinity;
      logarithm += log(sum / particles);
      // The dead are replaced at once, the light when they are many.
      if (sum * sum < 0.5 * particles * squares || (stage < levels && weight.includes(0))) {
        new Random(this.#key, at).fill(this.#uniforms, 0, 1);
        at += this.#uniforms.length;
        this.#resample(path !== undefined);
      } else for (let p = 0; p < particles; p++) weight[p]! *= particles / sum;
      at = this.#move(particles, this.#half(stage), this.#precision(stage), at, false);
      if (path !== undefined) this.#place(path[stage + 1]!);
    }
    return logarithm;
  }

  /** Particles of the Gaussian law in the rectangle of the pivots; returns ln of its probability. */
  #begin(position: number, frozen: Float64Array | undefined): number {
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
    this.#weight.fill(1);
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
    if (frozen !== undefined) this.#place(frozen);
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
  #letOut(level: number, count: number): void {
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

  /** Gives weight 0 to what lies outside the cube and the dependent rows' bounds of a level. */
  #confine(stage: number): void {
    const { intervals } = this.#rectangle;
    const particles = this.#particles;
    const { x, z, lower, upper } = this.#walk;
    const weight = this.#weight;
    this.#letOut(this.#levels[stage]!, particles);
    const half = this.#half(stage);
    for (let at = 0; at < x.length; at++) if (Math.abs(x[at]!) > half) weight[at % particles] = 0;
    for (const j of this.#dependent) {
      for (let p = 0; p < particles; p++) {
        const at = j * particles + p;
        if (stage === this.#levels.length - 1) {
          const chosen = intervalOf(intervals, j, z[at]!);
          lower[at] = intervals.lower[chosen]!;
          upper[at] = intervals.upper[chosen]!;
        }
        if (!(z[at]! >= lower[at]! && z[at]! <= upper[at]!)) weight[p] = 0;
      }
    }
  }

  /** From one precision to a lower one. */
  #flatten(fall: number): void {
    const { x } = this.#walk;
    const particles = this.#particles;
    const squares = this.#held.fill(0);
    for (let at = 0; at < x.length; at += particles) {
      for (let p = 0; p < particles; p++) squares[p]! += x[at + p]! * x[at + p]!;
    }
    for (let p = 0; p < particles; p++) this.#weight[p]! *= exp(0.5 * fall * squares[p]!);
  }

  #resample(hasFrozen: boolean): void {
    const { inputs, rows } = this.#rectangle;
    const parents = this.#parents;
    const { x, z, lower, upper } = this.#walk;
    if (hasFrozen) parentsBesideFrozen(this.#weight, this.#uniforms, parents);
    else parentsOf(this.#weight, this.#uniforms, parents);
    inherit(x, inputs, parents, this.#held);
    for (const values of [z, lower, upper]) inherit(values, rows, parents, this.#held);
    this.#weight.fill(1);
  }

  #move(count: number, half: number, precision: number, position: number, backwards: boolean): number {
    const [from, to] = backwards ? [this.#directions - 1, -1] : [0, this.#directions];
    this.#walk.walk(from, to, count, half, precision, this.#key, position);
    const { inputs, rows } = this.#rectangle;
    this.#work += count * (0.9 * this.#entries + 30 * this.#directions + 5 * (inputs + 3 * rows));
    return position + drawsOf(count) * this.#directions;
  }

  /** Puts the first particle at x. */
  #place(at: Float64Array): void {
    const { x } = this.#walk;
    for (let i = 0; i < at.length; i++) x[i * this.#particles] = at[i]!;
    this.#updateRows(1);
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

  /** Levels that about half of the particles of a pilot reach, one after another. */
  #findLevels(): number[] {
    const particles = this.#particles;
    const weight = this.#weight;
    const levels: number[] = [];
    if (this.#begin(PILOT, undefined) === -Infinity) return [0];
    let at = PILOT + 2 * STRETCH;
    for (;;) {
      const beyond = this.#beyond();
      // The simulator's weights count too, until the first resampling.
      const total = weight.reduce((sum, w) => sum + w, 0);
      const inside = weight.reduce((sum, w, p) => (beyond[p]! <= 0 ? sum + w : sum), 0);
      if (inside >= LAST * total || levels.length === MOST_LEVELS) return [...levels, 0];
      const level = Math.min(Float64Array.from(beyond).sort()[particles >> 1]!, 0.99 * (levels.at(-1) ?? Infinity));
      levels.push(level);
      for (let p = 0; p < particles; p++) if (beyond[p]! > level) weight[p] = 0;
      if (!weight.some((w) => w > 0)) return [...levels, 0];
      new Random(this.#key, at).fill(this.#uniforms, 0, 1);
      at += this.#uniforms.length;
      this.#resample(false);
      this.#letOut(level, particles);
      at = this.#move(particles, 0.5 + level * this.#sigma, 1 / square(this.#sigma), at, false);
    }
  }

  /** How far outside each particle is, in standard deviations; 0 or less inside. */
  #beyond(): Float64Array {
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
