/** The error of a sum over pairs that share their samples. */

import { OUTSIDE } from "../../information/bins.ts";
import { log2, square } from "../../information/elementary.ts";
import { NOISE_BLOCK } from "../../kernels/block-sampler.ts";
import type { Mechanism } from "../../network/mechanism.ts";
import type { EngineOptions, Intervention } from "../engine.ts";
import type { NoiseSource } from "../noise.ts";
import { BinnedSamples, binsOfEach, overBlocks } from "./binned-samples.ts";
import type { PairCounts } from "./pair-counts.ts";

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
  const rowsOf = new Float64Array(pairs * bins.input);
  const columnsOf = new Float64Array(pairs * bins.output);
  const kept = new Float64Array(pairs);
  const bits = new Float64Array(pairs);
  for (let pair = 0; pair < pairs; pair++) {
    const rows = rowsOf.subarray(pair * bins.input, (pair + 1) * bins.input);
    const columns = columnsOf.subarray(pair * bins.output, (pair + 1) * bins.output);
    const [i, j] = [Math.floor(pair / outputs), pair % outputs];
    bits[pair] = counts.statistic(i, j, rows, columns).bits;
    kept[pair] = rows.reduce((sum, count) => sum + count, 0);
  }

  const shares = new Float64Array(NOISE_BLOCK);
  let [sum, squares] = [0, 0];
  const shareOf = (i: number, first: number, rows: number): void => {
    for (let j = 0; j < outputs; j++) {
      const pair = i * outputs + j;
      const table = counts.table(i, j);
      for (let row = first; row < rows; row++) {
        const b = samples.y[row * outputs + j]!;
        if (b === OUTSIDE) continue;
        const a = samples.x[row * inputs + i]!;
        const count = table[a * bins.output + b]!;
        const expected = (rowsOf[pair * bins.input + a]! * columnsOf[pair * bins.output + b]!) / kept[pair]!;
        shares[row]! += ((log2(count / expected) - bits[pair]!) * drawn) / kept[pair]!;
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
