/** Cost before work: what a measurement will take on this machine. */
import { type CostOptions, costOf } from "../causal/cost.ts";
import { isDense, type Mechanism } from "../network/mechanism.ts";
import { slowness } from "./calibrate.ts";

export interface CostEstimate {
  /** Samples that will be drawn; 0 where everything is exact. */
  readonly samples: number;
  /** Memory held at the peak, in bytes, beyond what the mechanism takes. */
  readonly bytes: number;
  /** On this machine, with the workers of `options.pool`; good to a factor of two or three. */
  readonly seconds: number;
}

/** Part of the work that workers can share. */
const SHARED = 0.9;
const TRIAL = 256;

/**
 * What measuring a mechanism with these options will take. The machine is timed once, in some milliseconds; a mechanism that is known
 * only by its values is evaluated for 256 samples.
 *
 * @throws InvalidInputError for options out of range; what the mechanism's evaluation throws.
 */
export async function estimateCost(mechanism: Mechanism, options: CostOptions): Promise<CostEstimate> {
  const { samples, bytes, work, evaluations } = costOf(mechanism, options);
  const alone = work * 1e-9 * slowness();
  const workers = Math.max(1, options.pool?.workers ?? 1);
  // Starting workers pays from some tens of milliseconds on.
  const shared = workers > 1 && alone > 0.1 ? alone * (1 - SHARED + SHARED / workers) : alone;
  const evaluating = evaluations > 0 && !isDense(mechanism) ? evaluations * (await secondsPerSample(mechanism)) : 0;
  return { samples: Math.round(samples), bytes: Math.round(bytes), seconds: shared + evaluating };
}

async function secondsPerSample(mechanism: Mechanism): Promise<number> {
  const { inputs, inputRanges } = mechanism;
  const x = Float64Array.from({ length: TRIAL * inputs }, (_, at) => {
    const [low, high] = inputRanges[at % inputs]!;
    return low + (high - low) * ((at * 0.6180339887498949) % 1);
  });
  await mechanism.evaluate(x, TRIAL);
  const start = performance.now();
  await mechanism.evaluate(x, TRIAL);
  return (performance.now() - start) / 1000 / TRIAL;
}
