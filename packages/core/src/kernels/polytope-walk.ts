/** Particles that walk on a polytope; compiled where it can be. */
import type { StreamKey } from "../information/random.ts";
import { type Directions, sortDirections } from "./directions.ts";
import { putFields, STREAM_BYTES, setStream } from "./layer.ts";
import { type LikelihoodExports, likelihoodKernels } from "./likelihood-instance.ts";
import { kernelPath } from "./path.ts";
import { drawsOf, PlainPolytopeWalk, type PolytopeWalk, type PolytopeWalkSpec } from "./typescript/polytope-walk.ts";
import type { Instance } from "./wasm-instance.ts";

export type { Directions, PolytopeWalk, PolytopeWalkSpec };
export { drawsOf };

// Fields of the job that directions set, first and last, as assembly/polytope-walk.ts has them.
const [INPUTS, ROWS, DIRECTIONS, FIELDS] = [0, 1, 11, 16];
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
  readonly #instance: Instance<LikelihoodExports>;
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
    const instance = likelihoodKernels.acquire();
    this.#instance = instance;
    this.#inputs = inputs * particles;
    this.#rows = rows * particles;
    this.#x = instance.alloc(8 * this.#inputs);
    this.#z = instance.alloc(8 * this.#rows);
    this.#lower = instance.alloc(8 * this.#rows);
    this.#upper = instance.alloc(8 * this.#rows);
    this.#stream = instance.alloc(STREAM_BYTES);
    this.#job = putFields(instance, [
      0,
      0,
      particles,
      this.#x,
      this.#z,
      this.#lower,
      this.#upper,
      instance.alloc(COORDINATE * inputs),
      instance.alloc(ROW * rows),
      this.#stream,
      instance.alloc(8 * CHUNK * drawsOf(particles)),
      ...new Int32Array(FIELDS - DIRECTIONS),
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
    const { start, index, value, inverse, square, inputs, rows } = sortDirections(directions);
    const places = [start, index, value, inverse, square].map((list) => instance.put(list));
    const fields = instance.i32(this.#job, FIELDS);
    fields[INPUTS] = inputs;
    fields[ROWS] = rows;
    fields.set(places, DIRECTIONS);
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
    likelihoodKernels.release(this.#instance);
  }
}
