/** The error of a sum over pairs that share their samples. */

import { OUTSIDE } from "../../information/bins.ts";
import { square } from "../../information/elementary.ts";
import { NOISE_BLOCK } from "../../kernels/blocks.ts";
import type { Mechanism } from "../../model/mechanism.ts";
import type { EngineOptions, Intervention } from "../engine.ts";
import type { NoiseSource } from "../noise.ts";
import { BinnedSamples, binsOfEach, overBlocks } from "../plug-in/binned-samples.ts";
import { logOfCount, type PairCounts } from "./pair-counts.ts";

/** Samples that are looked at again: their variance is known to 1 %. */
const LOOKS = 4 * NOISE_BLOCK;

/**
 * The variance of one sample's share in Σ_ij I(x̂_i; ŷ_j), so that the sum's standard error is √(variance / samples): the share is
 * Σ_ij [log2 p(x,y)/(p(x)p(y)) − I] / P(inside) over the pairs that the sample counts in, the plug-in's influence function.
 * Found by drawing the first samples again.
 */
export async function influenceVariance(
  mechanism: Mechanism,
  intervention: Intervention,
  options: EngineOptions,
  source: NoiseSource,
  counts: PairCounts,
): Promise<number> {
  const { inputs, outputs, bins, drawn } = counts;
  const samples = new BinnedSamples(mechanism, binsOfEach(mechanism, options), options, source, intervention);
  const looks = Math.min(LOOKS, drawn);
  const pairs = inputs * outputs;
  // log2 of the counts of rows; of columns, with log2 of their sum taken away and the pair's information added.
  const rowsOf = new Float64Array(pairs * bins.input);
  const columnsOf = new Float64Array(pairs * bins.output);
  /** 1 / P(inside). */
  const scale = new Float64Array(pairs);
  for (let pair = 0; pair < pairs; pair++) {
    const rows = rowsOf.subarray(pair * bins.input, (pair + 1) * bins.input);
    const columns = columnsOf.subarray(pair * bins.output, (pair + 1) * bins.output);
    const found = counts.statistic(Math.floor(pair / outputs), pair % outputs, rows, columns);
    if (found.kept === 0) continue;
    scale[pair] = drawn / found.kept;
    for (const [a, count] of rows.entries()) rows[a] = count > 0 ? logOfCount(count) : 0;
    const offset = found.bits - logOfCount(found.kept);
    for (const [b, count] of columns.entries()) columns[b] = count > 0 ? logOfCount(count) + offset : 0;
  }

  const shares = new Float64Array(NOISE_BLOCK);
  let [sum, squares] = [0, 0];
  const shareOf = (i: number, first: number, rows: number): void => {
    for (let j = 0; j < outputs; j++) {
      const pair = i * outputs + j;
      const table = counts.table(i, j);
      const [row0, column0] = [pair * bins.input, pair * bins.output];
      for (let row = first; row < rows; row++) {
        const b = samples.y[row * outputs + j]!;
        if (b === OUTSIDE) continue;
        const a = samples.x[row * inputs + i]!;
        const log = logOfCount(table[a * bins.output + b]!) - rowsOf[row0 + a]! - columnsOf[column0 + b]!;
        shares[row]! += log * scale[pair]!;
      }
    }
  };
  const visit = async (block: number, first: number, rows: number): Promise<void> => {
    samples.draw(block, rows);
    shares.fill(0);
    if (intervention.noise === "all inputs") await samples.respond(rows);
    for (let i = 0; i < inputs; i++) {
      if (intervention.noise === "one input") await samples.respondTo(i, intervention.rest, rows);
      shareOf(i, first, rows);
    }
    for (let row = first; row < rows; row++) {
      sum += shares[row]!;
      squares += square(shares[row]!);
    }
  };
  try {
    await overBlocks(0, looks, samples.stretch, options.signal, visit);
  } finally {
    samples.free();
  }
  return Math.max(0, squares / looks - square(sum / looks));
}
