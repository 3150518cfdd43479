/** What a command says before it starts long work. */

import type { Mechanism } from "@causalscope/core";
import { estimateCost } from "@causalscope/core";
import type { CostEstimate, CostOptions } from "@causalscope/core/measures";
import { type Output, print } from "./io.ts";

/** Shorter work needs no announcement. */
const LONG = 5;

/** Computing time of all trials together, in seconds, and of those of one mechanism, at the most. */
export const TRIALS = 3;
export const TRIAL = 0.5;

/** One line on what measuring will take, where that is more than some seconds: all of these mechanisms, `times` each. */
export async function announceCost(
  mechanisms: readonly Mechanism[],
  options: readonly CostOptions[],
  stderr: Output,
  times = 1,
): Promise<void> {
  let [low, high, size] = [0, 0, 0];
  const allowed = Math.min(TRIAL, TRIALS / (mechanisms.length * options.length));
  for (const mechanism of mechanisms) {
    for (const each of options) {
      const cost = await estimateCost(mechanism, each, allowed);
      low += cost.seconds[0] * times;
      high += cost.seconds[1] * times;
      size = Math.max(size, cost.bytes);
    }
  }
  sayCost({ seconds: [low, high], bytes: size }, stderr);
}

/** One line, of what takes more than some seconds; of no memory where that is not known. */
export function sayCost(cost: Pick<CostEstimate, "seconds" | "bytes">, stderr: Output): void {
  const [low, high] = cost.seconds;
  if (Math.sqrt(low * high) <= LONG) return;
  const memory = cost.bytes > 0 ? `; up to ${bytes(cost.bytes)} of memory` : "";
  print(stderr, `Estimated computing time ${timeRange(cost.seconds)}, shared by the workers${memory}.\n`);
}

/** "20–40 s", "50 s – 3 min": two digits, as more would promise too much. */
export function timeRange([low, high]: readonly [low: number, high: number]): string {
  if (high < 1) return "< 1 s";
  const [from, to] = [timeParts(low), timeParts(high)];
  return from.unit === to.unit ? `${from.value}–${to.value} ${to.unit}` : `${seconds(low)} – ${seconds(high)}`;
}

export function seconds(time: number): string {
  const { value, unit } = timeParts(time);
  return `${value} ${unit}`;
}

function timeParts(time: number): { value: string; unit: string } {
  const [size, unit] = time < 100 ? ([1, "s"] as const) : time < 6000 ? ([60, "min"] as const) : ([3600, "h"] as const);
  const count = time / size;
  return { value: count < 3 ? `${Number(count.toFixed(1))}` : `${Number(count.toPrecision(2))}`, unit };
}

export function bytes(size: number): string {
  return size < 1e9 ? `${Math.max(1, Math.round(size / 1e6))} MB` : `${(size / 1e9).toFixed(1)} GB`;
}
