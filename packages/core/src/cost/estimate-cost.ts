/** Cost before work: what a measurement will take on this machine. */

import { TooMuchError } from "../checks/error-classes.ts";
import { type Cost, type CostOptions, costOf, countingWork, measuresOf } from "../measures/measure-cost.ts";
import { pairOptions, samplingOptions } from "../measures/measure-options.ts";
import { isDense, type Mechanism, requireMechanism } from "../model/mechanism.ts";
import { slowness } from "./calibrate.ts";
import { computingTime } from "./clock.ts";
import { everyInput, oneInput, type Trial, tryExactPairs, tryJoint, trySampledPairs } from "./trials.ts";

/** What a measurement will take. */
export interface CostEstimate {
  /** Samples that will be drawn, about; 0 where everything is exact. */
  readonly samples: number;
  /** Memory held at the peak, in bytes, beyond what the mechanism takes. */
  readonly bytes: number;
  /**
   * Computing time on this machine, in seconds of one core: between `low` and `high`, which is four times as much. Workers share it: with n
   * of them, and as many free cores, up to n times less time passes.
   */
  readonly seconds: readonly [low: number, high: number];
}

/** How far the time may be from its estimate, in each direction. */
const UNSURE = 2;
/** Samples of a first look: fewer tell too little of the rest. */
const [FEWEST, MOST] = [4096, 81_920];
/** Samples that the engines draw at first. */
const FIRST = 20_480;
/** Evaluations of a mechanism that is known only by its values, to find what one takes. */
const EVALUATED = 256;

/**
 * How long measuring a mechanism with these options will take, how many samples it will draw and how much memory it will hold. Trials with
 * few samples or outputs measure it where they take no more than about `allowed` seconds in all; otherwise it follows from the size of the
 * mechanism and the speed of the machine.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const { samples, seconds } = await estimateCost(layer, { bins: 8, measure: "eiParts" });
 * console.log(samples, seconds[0] < 1); // 0 true
 * ```
 * @throws InvalidInputError for options out of range; what the mechanism's evaluation throws.
 */
export async function estimateCost(mechanism: Mechanism, options: CostOptions, allowed = 0.5): Promise<CostEstimate> {
  requireMechanism(mechanism, "estimateCost()");
  const { measure = "all" } = options;
  const said = costOf(mechanism, options);
  const measures = measuresOf(options);
  let [samples, seconds] = [0, 0];
  for (const each of measures) {
    const isBeside = measure === "all" && each !== "ei";
    // Beside EI, pairs are found in the best way there is.
    const own: CostOptions = isBeside ? { ...options, measure: each, method: "auto" } : { ...options, measure: each };
    const cost = costOf(mechanism, own);
    const trial = await tryOrSay(mechanism, own, cost, allowed / measures.length);
    samples += trial.samples;
    seconds += trial.seconds + (trial.work > 0 ? trial.work * 1e-9 * (await slowness()) : 0);
  }
  return { samples: Math.round(samples), bytes: Math.round(said.bytes), seconds: rangeOf(seconds) };
}

/** The range that an estimated time stands for, in seconds. */
export function rangeOf(seconds: number): readonly [low: number, high: number] {
  return [seconds / UNSURE, seconds * UNSURE];
}

async function tryOrSay(mechanism: Mechanism, options: CostOptions, cost: Cost, allowed: number): Promise<Trial> {
  try {
    const trial =
      options.measure === "ei"
        ? await tryEi(mechanism, options, allowed)
        : await tryPairs(mechanism, options, cost, allowed);
    if (trial !== undefined) return trial;
  } catch (error) {
    // What the measurement refuses takes no time.
    if (error instanceof TooMuchError) return { samples: 0, seconds: 0, work: 0 };
    throw error;
  }
  const { samples, work, evaluations } = cost;
  const evaluating = isDense(mechanism) ? 0 : evaluations * (await secondsPerSample(mechanism));
  return { samples, seconds: evaluating, work };
}

/** By a first look; undefined where that would take too long. */
async function tryEi(mechanism: Mechanism, options: CostOptions, allowed: number): Promise<Trial | undefined> {
  const { measure: _, measures: __, ...own } = options;
  const checked = samplingOptions(own, "estimateCost()");
  const places = checked.offset === "averaged" ? 2 : 1;
  const { perSample, setUp } = countingWork(mechanism);
  if (!isDense(mechanism)) {
    const each = (await secondsPerSample(mechanism)) + perSample * 1e-9;
    const samples = Math.min(FIRST, allowed / (2 * each));
    return samples < FEWEST ? undefined : tryJoint(mechanism, checked, samples, allowed, computingTime);
  }
  const affordable = (allowed * 1e9 * 0.6) / (await slowness()) / places - setUp;
  const samples = Math.min(MOST, affordable / (2 * perSample));
  if (samples >= FEWEST) return tryJoint(mechanism, checked, samples, allowed / 2, computingTime);
  if (checked.method === "auto" || checked.method === "likelihood") {
    try {
      const { requireLikelihood } = await import("../estimators/likelihood/likelihood-cost.ts");
      requireLikelihood(mechanism, checked);
    } catch (error) {
      // Refused after a look at its outputs.
      if (error instanceof TooMuchError) return { samples: FIRST, seconds: 0, work: FIRST * perSample };
      throw error;
    }
  }
  return undefined;
}

async function tryPairs(
  mechanism: Mechanism,
  options: CostOptions,
  { work, evaluations, samples }: Cost,
  allowed: number,
): Promise<Trial | undefined> {
  const { measure, measures: _, ...own } = options;
  const method = own.method === "plug-in" ? "plug-in" : "auto";
  const noise = measure === "sensitivity" ? undefined : own.noise;
  const checked = pairOptions({ ...own, method, noise }, "estimateCost()");
  const intervention = measure === "sensitivity" ? oneInput(mechanism) : everyInput;
  if (samples === 0) {
    const each = (work / mechanism.outputs) * 1e-9 * (await slowness());
    const outputs = Math.min(mechanism.outputs, Math.max(1, Math.floor((0.2 * allowed) / each)));
    if (each > allowed) return undefined;
    return tryExactPairs(mechanism, intervention, checked, { outputs, allowed: 0.5 * allowed }, computingTime);
  }
  const runs = measure === "sensitivity" ? mechanism.inputs : 1;
  const evaluating = isDense(mechanism) ? 0 : (evaluations / samples) * (await secondsPerSample(mechanism));
  const each = runs * (evaluating + (work / samples) * 1e-9 * (await slowness()));
  const tried = Math.min(FIRST, Math.floor((0.3 * allowed) / each));
  if (tried < 256) return undefined;
  return trySampledPairs(mechanism, intervention, checked, tried, computingTime);
}

/** The least of a few, after one that warms up. */
async function secondsPerSample(mechanism: Mechanism): Promise<number> {
  const { inputs, inputRanges } = mechanism;
  const x = Float64Array.from({ length: EVALUATED * inputs }, (_, at) => {
    const [low, high] = inputRanges[at % inputs]!;
    return low + (high - low) * ((at * 0.6180339887498949) % 1);
  });
  let least = Infinity;
  for (let run = 0; run < 3; run++) {
    const start = computingTime();
    await mechanism.evaluate(x, EVALUATED);
    least = Math.min(least, computingTime() - start);
    if (least > 0.05) break;
  }
  return least / EVALUATED;
}
