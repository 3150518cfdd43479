// The record of a cell sampler, laid out by packages/core/src/kernels/cell-sampler.ts, and its noise.
import { eight, Layer } from "./layer";
import { draw, Stream } from "./philox";

/** Samples or cells that are made together. */
export const LANES = 16;
export const MAX_DRAWS = 64;
const PICKS = 256;

@unmanaged
export class Cells {
  layer: Layer;
  /** Bins of each input, `[inputs]`. */
  parts: usize;
  /** Weights on U(−½, ½) deviations within a cell, `[outputs, inputs]`. */
  cellWeights: usize;
  /** How far an output deviates from a cell's centre at most, `[outputs]`. */
  reach: usize;
  /** Per output: where its control table begins on the z axis, cells per unit, points, address. */
  controlLow: usize;
  controlScale: usize;
  controlPoints: usize;
  controlTables: usize;
  inRange: i32;
  poolSize: i32;
  /** Deviations, `[outputs, poolSize + MAX_DRAWS]`: the end repeats the beginning. */
  pool: usize;
  stream: Stream;
  picks: Stream;
  /** Room: uniforms `[inputs, LANES]`, the same for cells, centres and deviations `[outputs, LANES]`, control `[LANES]`. */
  noise: usize;
  cells: usize;
  centres: usize;
  deviations: usize;
  control: usize;
  pickNoise: usize;
  picked: i32;
  /** Outputs that a draw can move: their numbers, first and last segments, least bins, and radices. */
  active: usize;
  first: usize;
  last: usize;
  least: usize;
  radix: usize;
  activeCount: i32;
  exactKeys: i32;
  /** Of the deviations at hand: their states, and whether they lie outside. */
  keys: usize;
  isOut: usize;
  drawnKeys: usize;
  seenKeys: usize;
  seenCounts: usize;
  seenStamps: usize;
  stamp: i32;
  distinct: i32;
  digamma: usize;
  /** ψ-sums that the (c + 1)st draw of a state adds, `[MAX_DRAWS]`. */
  steps: usize;
  /** What is found: see `CellSums`. */
  sums: usize;
}

/** Fills `out` with LANES uniforms per input, from `low` to `low + 1`. */
export function chunk(job: Cells, out: usize, low: f64): void {
  const stream = job.stream;
  const count = job.layer.inputs * LANES;
  draw(stream, 0, out, count, low);
  stream.counter += <u64>(count >> 2);
}

/** The next choice, uniform on (0, 1). */
export function pick(job: Cells): f64 {
  if (job.picked == PICKS) {
    draw(job.picks, 0, job.pickNoise, PICKS, 0);
    job.picks.counter += PICKS >> 2;
    job.picked = 0;
  }
  const at = <usize>job.picked << 3;
  job.picked += 1;
  return load<f64>(job.pickNoise + at);
}

/** Σ_i row_i · x_i for LANES columns of `x`, on top of `base`. */
// @ts-ignore: decorator
@inline export function lanes(row: usize, base: f64, inputs: i32, x: usize, out: usize): void {
  eight(row, base, inputs, x, LANES * 8, out);
  eight(row, base, inputs, x + 64, LANES * 8, out + 64);
}
