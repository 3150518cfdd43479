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
import { log, square } from "../../information/elementary.ts";
import type { StreamKey } from "../../information/random.ts";
import { normalQuantile } from "../../kernels/typescript/normal.ts";
import type { Frame, Rectangle } from "./walk-frame.ts";
import { STRETCH, Walkers } from "./walkers.ts";

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
/** Where in its stream a run begins. */
const [PILOT, FORWARD, REVERSE, PATH] = [0, 3 * STRETCH, 6 * STRETCH, 9 * STRETCH];

export class UniformRectangle {
  readonly #inputs: number;
  readonly #particles: number;
  readonly #sigma: number;
  /** In which the precision falls. */
  readonly #steps: number;
  readonly #walkers: Walkers;
  /** Widths that the cube and the dependent rows are let out by, in standard deviations, falling to 0. */
  readonly #levels: readonly number[];

  /** `key`: of a stream that serves this rectangle alone; `frame`: where it is known already. */
  constructor(rectangle: Rectangle, particles: number, key: StreamKey, frame?: Frame) {
    this.#inputs = rectangle.inputs;
    this.#particles = particles;
    this.#sigma = sigmaOf(rectangle.inputs, rectangle.rows);
    this.#steps = Math.round(LEAST_STEPS * square(MOST_SIGMA / this.#sigma));
    this.#walkers = new Walkers(rectangle, particles, this.#sigma, key, frame);
    this.#levels = this.#findLevels();
  }

  /** What it took, in nanoseconds of one core, about. */
  get work(): number {
    return this.#walkers.work;
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
    this.#walkers.free();
  }

  /** Precision of the Gaussian after a stage: each level is one, and then each step. */
  #precision(stage: number): number {
    const step = stage - this.#levels.length + 1;
    const start = 1 / square(this.#sigma);
    return step <= 0 ? start : start * (1 - step / this.#steps);
  }

  #level(stage: number): number {
    return this.#levels[stage] ?? 0;
  }

  /** The states of a particle that ends at x: before the first stage, and after each. */
  #pathTo(x: Float64Array): Float64Array[] {
    const walkers = this.#walkers;
    walkers.placePair(x);
    const path = [x];
    let at = PATH;
    for (let stage = this.#levels.length + this.#steps - 1; stage >= 0; stage--) {
      if (this.#level(stage) > 0) walkers.letOut(this.#level(stage), 2);
      at = walkers.move(2, this.#level(stage), this.#precision(stage), at, true);
      path.push(walkers.first());
    }
    return path.reverse();
  }

  /** `path`: states of a frozen particle before the first stage and after each. */
  #run(position: number, path: readonly Float64Array[] | undefined): number {
    const levels = this.#levels.length;
    const particles = this.#particles;
    const walkers = this.#walkers;
    const { weight } = walkers;
    const hasFrozen = path !== undefined;
    let logarithm = walkers.begin(position, path?.[0]);
    // Less the density of the Gaussian law at 0.
    logarithm += 0.5 * this.#inputs * log(2 * Math.PI * square(this.#sigma));
    let at = position + 2 * STRETCH;
    for (let stage = 0; stage < levels + this.#steps && logarithm > -Infinity; stage++) {
      if (stage < levels) walkers.confine(this.#level(stage), hasFrozen);
      else walkers.flatten(this.#precision(stage - 1) - this.#precision(stage));
      let [sum, squares] = [0, 0];
      for (const w of weight) {
        sum += w;
        squares += w * w;
      }
      if (!(sum > 0)) return -Infinity;
      logarithm += log(sum / particles);
      // The dead are replaced at once, the light when they are many.
      const isCrowded = sum * sum < 0.5 * particles * squares || (stage < levels && weight.includes(0));
      if (isCrowded) at = walkers.resample(at, hasFrozen);
      else for (let p = 0; p < particles; p++) weight[p]! *= particles / sum;
      at = walkers.move(particles, this.#level(stage), this.#precision(stage), at, false);
      if (hasFrozen) walkers.place(path[stage + 1]!);
    }
    return logarithm;
  }

  /** Levels that about half of the particles of a pilot reach, one after another. */
  #findLevels(): number[] {
    const particles = this.#particles;
    const walkers = this.#walkers;
    const { weight } = walkers;
    const levels: number[] = [];
    if (walkers.begin(PILOT, undefined) === -Infinity) return [0];
    let at = PILOT + 2 * STRETCH;
    for (;;) {
      const beyond = walkers.beyond();
      const inside = beyond.reduce((count, far) => (far <= 0 ? count + 1 : count), 0);
      if (inside >= LAST * particles || levels.length === MOST_LEVELS) return [...levels, 0];
      const level = Math.min(Float64Array.from(beyond).sort()[particles >> 1]!, 0.99 * (levels.at(-1) ?? Infinity));
      levels.push(level);
      for (let p = 0; p < particles; p++) if (beyond[p]! > level) weight[p] = 0;
      if (!weight.some((w) => w > 0)) return [...levels, 0];
      at = walkers.resample(at, false);
      walkers.letOut(level, particles);
      at = walkers.move(particles, level, 1 / square(this.#sigma), at, false);
    }
  }
}
