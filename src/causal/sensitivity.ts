/** Sensitivity: how well each connection transmits while every other input is held at 0. */
import { engineOptions, type MeasureOptions } from "../engines/engine.ts";
import { exactEngine } from "../engines/exact/exact-engine.ts";
import type { Estimate, EstimateMatrix } from "../information/estimate.ts";
import type { Mechanism } from "../network/mechanism.ts";
import { sumOfPairs } from "./sum.ts";

/**
 * `I(x̂_i; ŷ_j)` under do(x_i = H^max) with every other input held at 0, `[inputs, outputs]`, in bits, each 0 … log2(bins);
 * exact (Mattsson, Michaud & Hoel, "Examining the causal structures of deep neural networks using information theory").
 *
 * @throws InvalidInputError for options out of range; the signal's reason when cancelled.
 */
export async function sensitivityMatrix(mechanism: Mechanism, options: MeasureOptions): Promise<EstimateMatrix> {
  return measure(mechanism, options, "sensitivityMatrix()");
}

/** `Σ_ij I(x̂_i; ŷ_j)`, one input noisy at a time, in bits: the sum of `sensitivityMatrix`, with its options and errors. */
export async function sensitivity(mechanism: Mechanism, options: MeasureOptions): Promise<Estimate> {
  return sumOfPairs(await measure(mechanism, options, "sensitivity()"));
}

async function measure(mechanism: Mechanism, options: MeasureOptions, who: string): Promise<EstimateMatrix> {
  const matrix = await exactEngine.pairwise(mechanism, "one input", engineOptions(options, who));
  const [low, high] = mechanism.inputRange;
  if ((low <= 0 && high >= 0) || mechanism.inputs === 1) return matrix;
  const warning = `the other inputs are held at 0, which is outside the input range (${low}, ${high})`;
  return { ...matrix, warnings: [...matrix.warnings, warning] };
}
