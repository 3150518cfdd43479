/** Particles that walk on a polytope; compiled where it can be. */
import type { StreamKey } from "../information/random.ts";
import { type Directions, RUNS, sortDirections } from "./directions.ts";
import { acquire, type Instance, release } from "./instance.ts";
import { putFields, STREAM_BYTES, setStream } from "./layer.ts";
import { kernelPath } from "./path.ts";
import { drawsOf, PlainPolytopeWalk, type PolytopeWalk, type PolytopeWalkSpec } from "./typescript/polytope-walk.ts";

export type { Directions, PolytopeWalk, PolytopeWalkSpec };
export { drawsOf };

// Fields of the job from the directions on, and words of an entry, as assembly/polytope-walk.ts has them.
const DIRECTIONS = 11;
const FIELDS = 14;
const [ENTRY_WORDS, OFFSET] = [6, 4];
/** Particles that walk together, and the directions they do before others. */
const TOGETHER = 8;
const CHUNK = 256;
/** Bytes of a coordinate, and of a row with its bounds, of so many particles. */
const COORDINATE = 8 * TOGETHER;
const ROW = 3 * COORDINATE;

export function createPolytopeWalk(spec: PolytopeWalkSpec): PolytopeWalk {
  return kernelPath() === "wasm" ? new CompiledPolytopeWalk(spec) : new PlainPolytopeWalk(spec);
}

class CompiledPolytopeWalk implements PolytopeWalk {
  readonly #instance: Instance;
  readonly #inputs: number;
  readonly #rows: number;
  readonly #x: number;
  readonly #z: number;
  readonly #lower: number;
  readonly #upper: number;
  readonly #stream: number;
  readonly #job: number;
  /** Where the memory of directions begins; they come last, so that others can take it. */
  readonly #directions: number;

  constructor({ inputs, rows, particles, directions }: PolytopeWalkSpec) {
    const instance = acquire();
    this.#instance = instance;
    this.#inputs = inputs * particles;
    this.#rows = rows * particles;
    this.#x = instance.alloc(8 * this.#inputs);
    this.#z = instance.alloc(8 * this.#rows);
    this.#lower = instance.alloc(8 * this.#rows);
    this.#upper = instance.alloc(8 * this.#rows);
    this.#stream = instance.alloc(STREAM_BYTES);
    this.#job = putFields(instance, [
      inputs,
      rows,
      particles,
      this.#x,
      this.#z,
      this.#lower,
      this.#upper,
      instance.alloc(COORDINATE * inputs),
      instance.alloc(ROW * rows),
      this.#stream,
      instance.alloc(8 * CHUNK * drawsOf(particles)),
      0,
      0,
      0,
    ]);
    this.#directions = instance.top;
    this.setDirections(directions);
  }

  get x(): Float64Array {
    return this.#instance.f64(this.#x, this.#inputs);
  }

  get z(): Float64Array {
    return this.#instance.f64(this.#z, this.#rows);
  }

  get lower(): Float64Array {
    return this.#instance.f64(this.#lower, this.#rows);
  }

  get upper(): Float64Array {
    return this.#instance.f64(this.#upper, this.#rows);
  }

  setDirections(directions: Directions): void {
    const instance = this.#instance;
    instance.top = this.#directions;
    const { start, index, value, inverse, square } = sortDirections(directions);
    const places = [instance.put(start), instance.alloc(4 * ENTRY_WORDS * index.length), instance.put(square)];
    const reals = instance.f64(places[1]!, (ENTRY_WORDS / 2) * index.length);
    const words = instance.i32(places[1]!, ENTRY_WORDS * index.length);
    const putEntries = (from: number, to: number, bytes: number): void => {
      for (let k = from; k < to; k++) {
        reals[(ENTRY_WORDS / 2) * k] = value[k]!;
        reals[(ENTRY_WORDS / 2) * k + 1] = inverse[k]!;
        words[ENTRY_WORDS * k + OFFSET] = bytes * index[k]!;
      }
    };
    for (let d = 0; d < square.length; d++) {
      const [first, between, end] = [start[RUNS * d]!, start[RUNS * d + 2]!, start[RUNS * (d + 1)]!];
      putEntries(first, between, COORDINATE);
      putEntries(between, end, ROW);
    }
    instance.i32(this.#job, FIELDS).set(places, DIRECTIONS);
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
    setStream(this.#instance, this.#stream, key, position);
    this.#instance.exports.walk(this.#job, from, to, count, half, precision);
  }

  free(): void {
    release(this.#instance);
  }
}
