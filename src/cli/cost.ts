/** What a command says before it begins work that takes long. */
import type { CostOptions } from "../causal/cost.ts";
import { estimateCost } from "../cost/estimate-cost.ts";
import type { Mechanism } from "../network/mechanism.ts";
import type { Output } from "./io.ts";

/** Shorter work needs no announcement. */
const LONG = 5;

/** One line on what measuring will take, where that is more than some seconds: all of these mechanisms, `times` each. */
export async function announceCost(
  asked: readonly Mechanism[],
  options: readonly CostOptions[],
  stderr: Output,
  times = 1,
): Promise<void> {
  let [time, size] = [0, 0];
  for (const mechanism of asked) {
    for (const each of options) {
      const cost = await estimateCost(mechanism, each);
      time += cost.seconds * times;
      size = Math.max(size, cost.bytes);
    }
  }
  if (time > LONG) stderr.write(`This will take about ${seconds(time)} and ${bytes(size)}.\n`);
}

export function seconds(time: number): string {
  if (time < 120) return `${Math.max(1, Math.round(time))} s`;
  return time < 7200 ? `${Math.round(time / 60)} min` : `${Math.round(time / 3600)} h`;
}

export function bytes(size: number): string {
  return size < 1e9 ? `${Math.max(1, Math.round(size / 1e6))} MB` : `${(size / 1e9).toFixed(1)} GB`;
}
