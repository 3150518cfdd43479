/** Means over seeds, with their standard errors, as findings and figures give them. */
import { greatest, least } from "@causalscope/core/basics";
import { momentsOf } from "@causalscope/core/internal";
import type { ValueRow } from "./row-tables.ts";

export interface Group {
  readonly mean: number;
  /** Standard error of the mean over the seeds; 0 for one seed. */
  readonly error: number;
  readonly low: number;
  readonly high: number;
  readonly seeds: number;
}

/** Mean over seeds of a measure summed over layers (or of layer 0's scores), among rows that `fits` picks. */
export function overSeeds(
  rows: readonly ValueRow[],
  measure: string,
  fits: (setting: ValueRow["setting"]) => boolean,
): Group {
  const sums = new Map<ValueRow["setting"][string], number>();
  for (const row of rows) {
    if (row.measure !== measure || !fits(row.setting)) continue;
    sums.set(row.setting.seed!, (sums.get(row.setting.seed!) ?? 0) + row.value);
  }
  return group([...sums.values()]);
}

/** Of one value for each seed; NaN for none. */
export function group(values: readonly number[]): Group {
  const { mean, deviation } = momentsOf(values);
  const error = deviation / Math.sqrt(values.length || 1);
  return { mean, error, low: least(values), high: greatest(values), seeds: values.length };
}

/** "3.25 ± 0.04 (N = 3)", the standard error over seeds; of one seed, which has no spread, "3.25". `SPREAD_NOTE` says so where it is shown. */
export function plusMinus(group: Group, decimals = 2): string {
  return `${withError(group, decimals)}${group.seeds < 2 ? "" : ` (N = ${group.seeds})`}`;
}

/** "3.25 ± 0.04, 2.10 ± 0.10 (N = 3)", of groups of as many seeds each. */
export function allPlusMinus(groups: readonly Group[], decimals = 2): string {
  if (new Set(groups.map(({ seeds }) => seeds)).size > 1)
    return groups.map((each) => plusMinus(each, decimals)).join(", ");
  const seeds = groups[0]?.seeds ?? 0;
  return `${groups.map((each) => withError(each, decimals)).join(", ")}${seeds < 2 ? "" : ` (N = ${seeds})`}`;
}

function withError({ mean, error, seeds }: Group, decimals: number): string {
  return seeds < 2 ? mean.toFixed(decimals) : `${mean.toFixed(decimals)} ± ${error.toFixed(decimals)}`;
}
