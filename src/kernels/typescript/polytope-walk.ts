/**
 * Particles that walk on a polytope {x in a cube, lower ≤ W x ≤ upper} along given directions, keeping the density e^(−τ|x|²/2) on it.
 * The compiled twin takes two particles at a time.
 */
import { exp } from "../../information/elementary.ts";
import { Random, type StreamKey } from "../../information/random.ts";

/**
 * Directions as lists: direction d changes the coordinates `index[k]`, k = start[d] … middle[d] − 1, and the rows of W x with k = middle[d]
 * … start[d + 1] − 1, each by `value[k]` times the step.
 */
export interface Directions {
  /** `[directions + 1]`. */
  readonly start: Int32Array;
  /** `[directions]`. */
  readonly middle: Int32Array;
  readonly index: Int32Array;
  readonly value: Float64Array;
}

export interface PolytopeWalkSpec {
  readonly inputs: number;
  readonly rows: number;
  /** Even. */
  readonly particles: number;
  readonly directions: Directions;
}

/** Views of what the kernel works on; they may move whenever a kernel is made, so they are not to be kept. */
export interface PolytopeWalk {
  /** `[inputs, particles]`. */
  readonly x: Float64Array;
  /** W x, `[rows, particles]`. */
  readonly z: Float64Array;
  /** `[rows, particles]`. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /**
   * Moves the first `count` particles, an even number, along the directions `from` … `to` − 1, backwards where `to` < `from` (`from` …
   * `to` + 1). Each step is drawn uniformly from the chord within the cube |x_i| ≤ half and the rows' bounds, and taken with the
   * probability that keeps e^(−τ|x|²/2) (Metropolis), so that each move is its own reversal. Uses draws from `position`, a multiple of
   * 4, on: `drawsOf(count)` for each direction.
   */
  walk(
    from: number,
    to: number,
    count: number,
    half: number,
    precision: number,
    key: StreamKey,
    position: number,
  ): void;
  free(): void;
}

/** Draws that a direction takes, for its steps and for their acceptance. */
export function drawsOf(count: number): number {
  return 32 * Math.ceil(count / 16);
}

export class PlainPolytopeWalk implements PolytopeWalk {
  readonly x: Float64Array;
  readonly z: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly #particles: number;
  readonly #directions: Directions;
  readonly #inverse: Float64Array;

  constructor({ inputs, rows, particles, directions }: PolytopeWalkSpec) {
    this.x = new Float64Array(inputs * particles);
    this.z = new Float64Array(rows * particles);
    this.lower = new Float64Array(rows * particles);
    this.upper = new Float64Array(rows * particles);
    this.#particles = particles;
    this.#directions = directions;
    this.#inverse = directions.value.map((value) => 1 / value);
  }

  walk(
    from: number,
    to: number,
    count: number,
    half: number,
    precision: number,
    key: StreamKey,
    position: number,
  ): void {
    const { x, z, lower, upper } = this;
    const { start, middle, index, value } = this.#directions;
    const inverse = this.#inverse;
    const particles = this.#particles;
    const step = to < from ? -1 : 1;
    const draws = new Float64Array(drawsOf(count));
    let at = position;
    for (let d = from; d !== to; d += step, at += draws.length) {
      new Random(key, at).fill(draws, 0, 1);
      const [first, between, end] = [start[d]!, middle[d]!, start[d + 1]!];
      for (let p = 0; p < count; p++) {
        let low = -Infinity;
        let high = Infinity;
        let along = 0;
        let square = 0;
        for (let k = first; k < between; k++) {
          const q = x[index[k]! * particles + p]!;
          const a = (-half - q) * inverse[k]!;
          const b = (half - q) * inverse[k]!;
          const least = b < a ? b : a;
          const most = a < b ? b : a;
          low = low < least ? least : low;
          high = most < high ? most : high;
          along += value[k]! * q;
          square += value[k]! * value[k]!;
        }
        for (let k = between; k < end; k++) {
          const row = index[k]! * particles + p;
          const a = (lower[row]! - z[row]!) * inverse[k]!;
          const b = (upper[row]! - z[row]!) * inverse[k]!;
          const least = b < a ? b : a;
          const most = a < b ? b : a;
          low = low < least ? least : low;
          high = most < high ? most : high;
        }
        // Rounding may have left a particle just outside.
        low = 0 < low ? 0 : low;
        high = high < 0 ? 0 : high;
        let t = low + draws[p]! * (high - low);
        const change = precision * t * (along + 0.5 * t * square);
        t = draws[draws.length / 2 + p]! < exp(-change) ? t : 0;
        for (let k = first; k < between; k++) x[index[k]! * particles + p]! += t * value[k]!;
        for (let k = between; k < end; k++) z[index[k]! * particles + p]! += t * value[k]!;
      }
    }
  }

  free(): void {}
}
