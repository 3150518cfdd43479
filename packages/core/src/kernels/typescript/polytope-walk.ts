/**
 * Particles that walk on a polytope {x in a cube, lower ≤ W x ≤ upper} along given directions, keeping the density e^(−τ|x|²/2) on it.
 * The compiled twin, assembly/polytope-walk.ts, takes eight particles at a time.
 */
import { exp } from "../../information/elementary.ts";
import { Random, type StreamKey } from "../../information/random.ts";
import { type Directions, RUNS, type SortedDirections, sortDirections } from "../directions.ts";

export interface PolytopeWalkSpec {
  /** At the most, as the rows. */
  readonly inputs: number;
  readonly rows: number;
  /** Even. */
  readonly particles: number;
  readonly directions: Directions;
}

/** Views of what the kernel works on; they may move whenever directions are set, so they are not to be kept. */
export interface PolytopeWalk {
  /** `[inputs, particles]`. */
  readonly x: Float64Array;
  /** W x, `[rows, particles]`. */
  readonly z: Float64Array;
  /** `[rows, particles]`. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Takes other directions, of coordinates and rows that there is room for; everything else stays as it is. */
  setDirections(directions: Directions): void;
  /**
   * Moves the first `count` particles, an even number, along the directions `from` … `to` − 1, backwards where `to` < `from` (`from` …
   * `to` + 1). Each step is drawn uniformly from the chord within the cube |x_i| ≤ half and the rows' bounds, and taken with the
   * probability that keeps e^(−τ|x|²/2) (Metropolis), so that each move is its own reversal. Uses draws from `position`, a multiple of
   * 4, on: `drawsOf(count)` for each direction. Many directions in one call cost less than as many calls.
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
  #directions: SortedDirections;

  constructor({ inputs, rows, particles, directions }: PolytopeWalkSpec) {
    this.x = new Float64Array(inputs * particles);
    this.z = new Float64Array(rows * particles);
    this.lower = new Float64Array(rows * particles);
    this.upper = new Float64Array(rows * particles);
    this.#particles = particles;
    this.#directions = sortDirections(directions);
  }

  setDirections(directions: Directions): void {
    this.#directions = sortDirections(directions);
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
    const { start, index, value, inverse, square } = this.#directions;
    const particles = this.#particles;
    const step = to < from ? -1 : 1;
    const draws = new Float64Array(drawsOf(count));
    let at = position;
    for (let d = from; d !== to; d += step, at += draws.length) {
      new Random(key, at).fill(draws, 0, 1);
      const run = RUNS * d;
      const [growing, falling, rowsGrowing] = [start[run]!, start[run + 1]!, start[run + 2]!];
      const [rowsFalling, end] = [start[run + 3]!, start[run + 4]!];
      for (let p = 0; p < count; p++) {
        let low = -Infinity;
        let high = Infinity;
        let along = 0;
        for (let k = growing; k < falling; k++) {
          const q = x[index[k]! * particles + p]!;
          const least = (-half - q) * inverse[k]!;
          const most = (half - q) * inverse[k]!;
          low = low < least ? least : low;
          high = most < high ? most : high;
          along += value[k]! * q;
        }
        for (let k = falling; k < rowsGrowing; k++) {
          const q = x[index[k]! * particles + p]!;
          const least = (half - q) * inverse[k]!;
          const most = (-half - q) * inverse[k]!;
          low = low < least ? least : low;
          high = most < high ? most : high;
          along += value[k]! * q;
        }
        for (let k = rowsGrowing; k < rowsFalling; k++) {
          const row = index[k]! * particles + p;
          const least = (lower[row]! - z[row]!) * inverse[k]!;
          const most = (upper[row]! - z[row]!) * inverse[k]!;
          low = low < least ? least : low;
          high = most < high ? most : high;
        }
        for (let k = rowsFalling; k < end; k++) {
          const row = index[k]! * particles + p;
          const least = (upper[row]! - z[row]!) * inverse[k]!;
          const most = (lower[row]! - z[row]!) * inverse[k]!;
          low = low < least ? least : low;
          high = most < high ? most : high;
        }
        // Rounding may have left a particle just outside.
        low = 0 < low ? 0 : low;
        high = high < 0 ? 0 : high;
        let t = low + draws[p]! * (high - low);
        const change = precision * t * (along + 0.5 * t * square[d]!);
        t = draws[draws.length / 2 + p]! < exp(-change) ? t : 0;
        for (let k = growing; k < rowsGrowing; k++) x[index[k]! * particles + p]! += t * value[k]!;
        for (let k = rowsGrowing; k < end; k++) z[index[k]! * particles + p]! += t * value[k]!;
      }
    }
  }

  free(): void {}
}
