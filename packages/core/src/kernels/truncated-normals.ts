/** Particles of a Gaussian law confined to a rectangle; compiled where it can be. */
import type { StreamKey } from "../information/random.ts";
import { putFields, STREAM_BYTES, setStream } from "./layer.ts";
import { type LikelihoodExports, likelihoodKernels } from "./likelihood-instance.ts";
import { kernelPath } from "./path.ts";
import {
  PlainTruncatedNormals,
  type TruncatedNormals,
  type TruncatedNormalsSpec,
} from "./typescript/truncated-normals.ts";
import type { Instance } from "./wasm-instance.ts";

export type { TruncatedNormals, TruncatedNormalsSpec };

export function createTruncatedNormals(spec: TruncatedNormalsSpec): TruncatedNormals {
  return kernelPath() === "wasm" ? new CompiledTruncatedNormals(spec) : new PlainTruncatedNormals(spec);
}

class CompiledTruncatedNormals implements TruncatedNormals {
  readonly #spec: TruncatedNormalsSpec;
  readonly #instance: Instance<LikelihoodExports>;
  readonly #factor: number;
  readonly #lower: number;
  readonly #upper: number;
  readonly #eta: number;
  readonly #choice: number;
  readonly #weight: number;
  readonly #stream: number;
  readonly #job: number;

  constructor(spec: TruncatedNormalsSpec) {
    const { units, particles, intervals } = spec;
    this.#spec = spec;
    const instance = likelihoodKernels.acquire();
    this.#instance = instance;
    this.#factor = instance.alloc(8 * units * units);
    this.#lower = instance.alloc(8 * intervals);
    this.#upper = instance.alloc(8 * intervals);
    this.#eta = instance.alloc(8 * units * particles);
    this.#choice = instance.alloc(4 * units * particles);
    this.#weight = instance.alloc(8 * particles);
    this.#stream = instance.alloc(STREAM_BYTES);
    this.#job = putFields(instance, [
      units,
      particles,
      this.#factor,
      this.#lower,
      this.#upper,
      this.#eta,
      this.#choice,
      this.#weight,
      this.#stream,
      instance.alloc(8 * particles),
      instance.alloc(8 * particles),
      instance.alloc(16 * intervals),
    ]);
  }

  get factor(): Float64Array {
    return this.#instance.f64(this.#factor, this.#spec.units ** 2);
  }

  get lower(): Float64Array {
    return this.#instance.f64(this.#lower, this.#spec.intervals);
  }

  get upper(): Float64Array {
    return this.#instance.f64(this.#upper, this.#spec.intervals);
  }

  get eta(): Float64Array {
    return this.#instance.f64(this.#eta, this.#spec.units * this.#spec.particles);
  }

  get choice(): Int32Array {
    return this.#instance.i32(this.#choice, this.#spec.units * this.#spec.particles);
  }

  get weight(): Float64Array {
    return this.#instance.f64(this.#weight, this.#spec.particles);
  }

  step(unit: number, from: number, to: number, key: StreamKey, position: number): void {
    setStream(this.#instance, this.#stream, key, position);
    this.#instance.exports.truncatedStep(this.#job, unit, from, to);
  }

  free(): void {
    likelihoodKernels.release(this.#instance);
  }
}
