/** All measures of one mechanism at several numbers of bins: EI(bins) and its companions. */

import { check } from "../checks/check.ts";
import type { BinsSpec } from "../information/bins.ts";
import { derivedSeed } from "../information/random.ts";
import { type Mechanism, requireMechanism } from "../model/mechanism.ts";
import type { LayerMeasures } from "./measure-layer.ts";
import { measureLayers, type SeveralOptions } from "./measure-layers.ts";
import { samplingOptions } from "./measure-options.ts";

/** All measures at one number of bins. */
export interface BinSweepPoint {
  readonly bins: BinsSpec;
  readonly measures: LayerMeasures;
}

/**
 * The measures at each number of bins, in the order given. EI of a deterministic layer grows without limit as bins get finer, by
 * one bit per doubling and transmitted dimension: compare layers at equal bins, or by this curve.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * for (const { bins, measures } of await binSweep(layer, [4, 8, 16], { tolerance: 0.02 }))
 *   console.log(bins, measures.ei.bits.toFixed(2)); // 4 2.19
 * // 8 3.49
 * // 16 4.96
 * ```
 * @throws InvalidInputError for an empty list, or options out of range.
 */
export async function binSweep(
  mechanism: Mechanism,
  bins: readonly BinsSpec[],
  options: Omit<SeveralOptions, "bins">,
): Promise<BinSweepPoint[]> {
  requireMechanism(mechanism, "binSweep()");
  check(Array.isArray(bins) && bins.length > 0, () => ({
    who: "binSweep()",
    expected: "a list of at least one number of bins",
    got: JSON.stringify(bins) ?? "none",
  }));
  for (const each of bins) samplingOptions({ ...options, bins: each, onPartial: undefined }, "binSweep()");
  const { seed = 0 } = options;
  const asked = bins.map((each, index) => ({ mechanism, bins: each, seed: derivedSeed(seed, index) }));
  const found = await measureLayers(asked, options);
  return bins.map((each, index) => ({ bins: each, measures: found[index]! }));
}
