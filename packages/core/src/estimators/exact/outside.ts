/** Shares of outputs that leave the output range. */
import { OUTSIDE, type PreactivationBins } from "../../model/preactivation-bins.ts";
import type { EngineOptions } from "../engine.ts";
import { binProbabilities, type OutputLaw } from "./marginals.ts";

export function outsideOfLaw(law: OutputLaw, cuts: PreactivationBins): number {
  return binProbabilities([law], cuts, new Float64Array(cuts.count))[0]!;
}

/** 0 or 1: of an output that is always z before its activation. */
export function outsideOfConstant(cuts: PreactivationBins, z: number): number {
  let s = 0;
  while (s < cuts.thresholds.length && z >= cuts.thresholds[s]!) s++;
  return cuts.bins[s] === OUTSIDE ? 1 : 0;
}

/** Sums of many shares miss 0 and 1 by rounding. */
export function tidyShare(share: number): number {
  return share < 1e-14 ? 0 : share > 1 - 1e-14 ? 1 : share;
}

/** Sentences about outputs that leave the output range. */
export function outsideWarnings(outside: Float64Array, options: Pick<EngineOptions, "outside">): string[] {
  const all = outside.reduce((count, share) => count + (share === 1 ? 1 : 0), 0);
  const some = outside.reduce((count, share) => count + (share > 0 && share < 1 ? 1 : 0), 0);
  const fate = options.outside === "drop" ? "dropped, and the rest renormalized" : "counted in the end bins";
  const warnings: string[] = [];
  if (all > 0) warnings.push(`${all} of ${outside.length} outputs lie entirely outside the output range: ${fate}`);
  if (some > 0) {
    const most = outside.reduce((max, share) => (share < 1 && share > max ? share : max), 0);
    warnings.push(
      `${some} of ${outside.length} outputs lie partly outside the output range (${percent(most)} at most): ${fate}`,
    );
  }
  return warnings;
}

/** What becomes of samples with an output outside its range, of which `outside` is the share. */
export function samplesOutside(outside: number, options: Pick<EngineOptions, "outside">): string {
  const fate = options.outside === "drop" ? "dropped, and the rest renormalized" : "counted in the end bins";
  return `${percent(outside)} of the samples have an output outside the output range: ${fate}`;
}

/** Said where EI of the samples inside is asked for, and there are none. */
export const NOTHING_INSIDE =
  "no sample has every output inside the output range: EI is unknown, and the value is the middle of what the bins allow";

function percent(share: number): string {
  return share > 0.995 ? "more than 99 %" : `${(100 * share).toPrecision(2)} %`;
}
