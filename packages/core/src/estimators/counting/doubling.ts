/**
 * The reference implementation's rule for how many samples are enough: double until the value hardly changes. For comparison only:
 * it looks at the last change, not at an error, and the plug-in's bias can stand still for many doublings.
 */
import { check } from "../../checks/check.ts";
import { type Estimate, estimate } from "../../information/estimate.ts";
import type { Mechanism } from "../../model/mechanism.ts";
import type { Intervention, SamplingOptions } from "../engine.ts";
import type { NoiseSource } from "../noise.ts";
import { drawJoint, jointEstimate, pairsEstimate } from "../plug-in/plug-in.ts";
import { drawPairs } from "./draw-pairs.ts";
import { PlugInCounts } from "./joint-counts.ts";
import { PairCounts, requireCountable } from "./pair-counts.ts";

const FIRST_TOTAL = 10_000;

export interface DoublingOptions extends Omit<SamplingOptions, "tolerance" | "method"> {
  /** For sums of pairs a relative change, for whole layers a change in bits. The reference's default is 0.05. */
  readonly threshold: number;
}

/**
 * Plug-in EI_parts (or sensitivity) at 10,000 · 2^k samples, cumulative, until 2 (EI_{k−1} − EI_k) / EI_k ≤ threshold: at a bias that
 * falls as 1/N, four times stricter than the change itself. A value that rises stops it at once; so does 0. At most `samples`.
 *
 * @throws InvalidInputError for a threshold that is not above 0, and as `plugInPairwise`.
 */
export async function doublingParts(
  mechanism: Mechanism,
  intervention: Intervention,
  options: DoublingOptions,
  source: NoiseSource,
): Promise<Estimate> {
  const limit = checked(options, mechanism.name);
  const counts = new PairCounts(mechanism.name, mechanism.inputs, mechanism.outputs, options.bins, options.memory);
  let before = Number.NaN;
  for (let target = Math.min(FIRST_TOTAL, limit); ; target = Math.min(limit, 2 * target)) {
    await drawPairs(mechanism, intervention, options, source, [counts.drawn, target], counts);
    options.onProgress?.(Math.min(1, target / limit));
    const found = counts.total();
    const settled = found === 0 || (2 * (before - found)) / found <= options.threshold;
    if (settled || target >= limit) {
      const value = await pairsEstimate(mechanism, intervention, { ...options, tolerance: 0 }, source, counts);
      return said(value, found > before, settled, options.threshold);
    }
    before = found;
  }
}

/**
 * Plug-in I(X̂; Ŷ) of whole layers at 10,000 · 2^k samples, cumulative, until it changes by less than `threshold` bits. At most `samples`.
 *
 * @throws InvalidInputError for a threshold that is not above 0, and as `plugInJoint`.
 */
export async function doublingJoint(
  mechanism: Mechanism,
  parts: Float64Array,
  options: DoublingOptions,
  source: NoiseSource,
): Promise<Estimate> {
  const limit = checked(options, mechanism.name);
  const counts = new PlugInCounts(parts, mechanism.outputs, options.bins.output);
  let before = Number.NaN;
  for (let target = Math.min(FIRST_TOTAL, limit); ; target = Math.min(limit, 2 * target)) {
    await drawJoint(mechanism, parts, options, source, [counts.drawn, target], counts);
    options.onProgress?.(Math.min(1, target / limit));
    const found = counts.kept === 0 ? 0 : counts.statistic().bits;
    const settled = Math.abs(found - before) < options.threshold;
    if (settled || target >= limit || counts.isFull) {
      const value = jointEstimate(counts, { ...options, tolerance: 0 }, source);
      return said(value, found > before, settled, options.threshold);
    }
    before = found;
  }
}

function checked({ threshold, samples }: DoublingOptions, name: string): number {
  requireCountable(samples, name);
  check(Number.isFinite(threshold) && threshold > 0, () => ({
    who: `${name}: doubling`,
    expected: "threshold, a number above 0",
    got: `${threshold}`,
  }));
  return samples;
}

function said(value: Estimate, rose: boolean, settled: boolean, threshold: number): Estimate {
  const rule = settled
    ? `stopped by the published rule (threshold ${threshold}) at ${value.samples.toLocaleString("en")} samples: it compares the last two values only, ` +
      `so a constant bias${rose ? ", or a rising value as here," : " or a plateau"} looks like convergence`
    : `the published rule (threshold ${threshold}) was not met within ${value.samples.toLocaleString("en")} samples`;
  return estimate({ ...value, warnings: [...value.warnings, rule] });
}
