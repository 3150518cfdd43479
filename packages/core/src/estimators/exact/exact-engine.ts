/**
 * The exact engine: I(x̂_i; ŷ_j) of every pair of a dense mechanism, without sampling.
 *
 * Under noise on all inputs, given x_i in bin a, the pre-activation is a known centre plus a sum of independent uniforms; under
 * noise on one input it is uniform. Either way the joint table of (x̂_i, ŷ_j) is a set of differences of one distribution
 * function at the pulled-back bin edges.
 */

import { check, checkLimit } from "../../checks/check.ts";
import type { EstimateMatrix } from "../../information/estimate.ts";
import { isDense, type Mechanism } from "../../model/mechanism.ts";
import { here } from "../../settings/pool.ts";
import { type EngineOptions, type Intervention, outputCuts, type PairwiseEngine } from "../engine.ts";
import { type ExactPairsJob, exactPairs, outputRanges } from "./exact-pairs.ts";
import { outsideWarnings } from "./outside.ts";

export { outsideWarnings } from "./outside.ts";

export const exactEngine: PairwiseEngine = { pairwise };

/** Bytes of a pair: what shards bring, and the matrix of values and errors. */
const PAIR_BYTES = 24;

function requireMemory({ name, inputs, outputs }: Mechanism, memory: number): void {
  const bytes = PAIR_BYTES * inputs * outputs;
  checkLimit(bytes <= memory, () => ({
    who: `${name}: ${inputs} × ${outputs} pairs`,
    expected: `at most ${Math.floor(memory / 1e6)} MB for their values`,
    got: `${Math.ceil(bytes / 1e6)} MB`,
    remedy: `Measure ${Math.max(1, Math.floor(memory / (PAIR_BYTES * inputs)))} of its outputs at a time, or allow more memory.`,
  }));
}

async function pairwise(
  mechanism: Mechanism,
  intervention: Intervention,
  options: EngineOptions,
): Promise<EstimateMatrix> {
  check(isDense(mechanism), () => ({
    who: mechanism.name,
    expected: "one dense layer, for exact values",
    got: "a mechanism known only by its values",
  }));
  const { inputs, outputs, inputRanges, dense } = mechanism;
  requireMemory(mechanism, options.memory);
  const job: ExactPairsJob = {
    // Neither functions nor anything else that a worker has no use for.
    layer: { inputs, outputs, inputRanges, dense: { weights: dense.weights, bias: dense.bias } },
    intervention,
    inputBins: options.bins.input,
    cuts: outputCuts(mechanism, options),
    // Clamped values have bins like the others: what lies outside shows where they are dropped.
    beyond: options.outside === "clamp" ? outputCuts(mechanism, { ...options, outside: "drop" }) : undefined,
  };
  const ranges = outputRanges(job);
  const { signal, onProgress } = options;
  const results = await (options.pool ?? here).run(exactPairs, job, ranges, { signal, onProgress });
  const bits = new Float64Array(inputs * outputs);
  const outside = new Float64Array(outputs);
  for (const [r, { from, to }] of ranges.entries()) {
    const found = results[r]!;
    outside.set(found.outside, from);
    for (let j = from; j < to; j++) {
      for (let i = 0; i < inputs; i++) bits[i * outputs + j] = found.bits[(j - from) * inputs + i]!;
    }
  }
  return {
    shape: [inputs, outputs],
    bits,
    standardError: new Float64Array(inputs * outputs),
    outside,
    samples: 0,
    method: "exact",
    warnings: outsideWarnings(outside, options),
  };
}
