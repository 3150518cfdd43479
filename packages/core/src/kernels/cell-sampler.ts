/** One batch of E_cell H(Ŷ | cell) by counting; compiled where it can be. */
import { digamma } from "../information/digamma.ts";
import { digammaSteps, MAX_DRAWS } from "../information/small-counts.ts";
import { deviationWeights, LANES } from "./deviations.ts";
import { putFields, putLayer, STREAM_BYTES, setStream } from "./layer.ts";
import { kernelPath } from "./path.ts";
import type { CellSampler, CellSamplerSpec, CellStreams, CellSums } from "./typescript/cell-sampler.ts";
import { acquire, type Instance, type KernelExports, release } from "./wasm-instance.ts";

/** Compiled where it can be; undefined elsewhere. */
export function compiledCellSampler(spec: CellSamplerSpec): CellSampler | undefined {
  return kernelPath() === "wasm" ? new CompiledCellSampler(spec) : undefined;
}

/** The plain one is loaded where it is needed: a page with compiled kernels does without. */
export async function createCellSampler(spec: CellSamplerSpec): Promise<CellSampler> {
  const compiled = compiledCellSampler(spec);
  if (compiled !== undefined) return compiled;
  const { PlainCellSampler } = await import("./typescript/cell-sampler.ts");
  return new PlainCellSampler(spec);
}

const SUMS = 11;
const PICKS = 256;
const SLOTS = 4 * MAX_DRAWS;
/** ψ is looked up below this. */
const DIGAMMA = 4096;
const digammas = Float64Array.from({ length: DIGAMMA }, (_, n) => (n === 0 ? 0 : digamma(n)));
// The field of the job that changes.
const PICKED = 19;

class CompiledCellSampler implements CellSampler {
  readonly #instance: Instance<KernelExports>;
  readonly #stream: number;
  readonly #picks: number;
  readonly #sums: number;
  readonly #job: number;

  constructor(spec: CellSamplerSpec) {
    const { inputs, outputs, parts, control, inRange, poolSize } = spec;
    const instance = acquire();
    this.#instance = instance;
    const { cellWeights, reach } = deviationWeights(spec);
    const tables = control.map(({ values }) => instance.put(values));
    this.#stream = instance.alloc(STREAM_BYTES);
    this.#picks = instance.alloc(STREAM_BYTES);
    this.#sums = instance.alloc(8 * SUMS);
    const words = () => instance.alloc(4 * outputs);
    this.#job = putFields(instance, [
      putLayer(instance, spec),
      instance.put(parts),
      instance.put(cellWeights),
      instance.put(reach),
      instance.put(Float64Array.from(control, ({ low }) => low)),
      instance.put(Float64Array.from(control, ({ scale }) => scale)),
      instance.put(Int32Array.from(control, ({ values }) => values.length)),
      instance.put(Int32Array.from(tables)),
      inRange ? 1 : 0,
      poolSize,
      instance.alloc(8 * outputs * (poolSize + MAX_DRAWS)),
      this.#stream,
      this.#picks,
      instance.alloc(8 * inputs * LANES),
      instance.alloc(8 * inputs * LANES),
      instance.alloc(8 * outputs * LANES),
      instance.alloc(8 * outputs * LANES),
      instance.alloc(8 * LANES),
      instance.alloc(8 * PICKS),
      PICKS,
      ...[words(), words(), words(), words(), words()],
      ...[0, 0],
      instance.alloc(4 * (MAX_DRAWS + 2)),
      instance.alloc(MAX_DRAWS + 2),
      instance.alloc(4 * MAX_DRAWS),
      ...[instance.alloc(4 * SLOTS), instance.alloc(4 * SLOTS), instance.alloc(4 * SLOTS)],
      ...[0, 0],
      instance.put(digammas),
      instance.put(digammaSteps()),
      this.#sums,
    ]);
  }

  sample(streams: CellStreams, cells: number, draws: number, withTail: boolean): CellSums {
    const instance = this.#instance;
    setStream(instance, this.#stream, streams.pool, 0);
    instance.exports.fillPool(this.#job);
    setStream(instance, this.#stream, streams.cells, 0);
    setStream(instance, this.#picks, streams.picks, 0);
    instance.i32(this.#job, PICKED + 1)[PICKED] = PICKS;
    instance.f64(this.#sums, SUMS).fill(0);
    instance.exports.sampleCells(this.#job, cells, draws, withTail ? 1 : 0);
    const found = instance.f64(this.#sums, SUMS);
    return {
      cells: found[0]!,
      states: found[1]!,
      draws: found[2]!,
      cut: found[3]!,
      sumH: found[4]!,
      sumA: found[5]!,
      sumAA: found[6]!,
      sumHA: found[7]!,
      controlCells: found[8]!,
      sumControl: found[9]!,
      sumControlSquare: found[10]!,
    };
  }

  free(): void {
    release(this.#instance);
  }
}
