/** Entropies of single outputs: what each can say at most. */

import { check } from "../checks/check.ts";
import { type MeasureOptions, outputCuts } from "../estimators/engine.ts";
import { outsideWarnings } from "../estimators/exact/exact-engine.ts";
import { binProbabilities, outputLaws } from "../estimators/exact/marginals.ts";
import { log } from "../information/elementary.ts";
import { type Estimate, estimate } from "../information/estimate.ts";
import { isDense, type Mechanism, requireMechanism } from "../model/mechanism.ts";
import { exactOptions } from "./measure-options.ts";

/**
 * `H(ŷ_j)` in bits for each output under do(L1 = H^max), 0 … log2(bins); exact. Their sum is a bound on EI, and
 * `Σ_i I(x̂_i; ŷ_j) ≤ H(ŷ_j)`.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const entropies = await outputEntropies(layer, { bins: 8 });
 * console.log(entropies.map(({ bits }) => bits.toFixed(3))); // [ '2.485', '2.485' ]
 * ```
 * @throws InvalidInputError for a mechanism that is not one dense layer, or bins that are none.
 */
export async function outputEntropies(mechanism: Mechanism, options: MeasureOptions): Promise<Estimate[]> {
  const who = "outputEntropies()";
  requireMechanism(mechanism, who);
  const checked = exactOptions(options, who);
  check(isDense(mechanism), () => ({
    who,
    expected: "one dense layer",
    got: `${mechanism.name}, known only by its values`,
  }));
  const { count } = outputCuts(mechanism, checked);
  const table = new Float64Array(mechanism.outputs * count);
  const outside = binProbabilities(outputLaws(mechanism), outputCuts(mechanism, checked), table);
  return Array.from(outside, (share, j) => {
    const row = table.subarray(j * count, (j + 1) * count);
    const inside = row.reduce((sum, p) => sum + p, 0);
    const nats = row.reduce((sum, p) => (p > 0 ? sum - (p / inside) * log(p / inside) : sum), 0);
    const tidy = share < 1e-14 ? 0 : Math.min(1, share);
    return estimate({
      bits: Math.max(0, nats / Math.LN2),
      standardError: 0,
      samples: 0,
      method: "exact",
      outside: tidy,
      warnings: outsideWarnings(Float64Array.of(tidy), checked),
    });
  });
}
