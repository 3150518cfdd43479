/** What a study will take, before it is begun. */

import type { Mechanism } from "@causalscope/core";
import { estimateCost } from "@causalscope/core";
import { yieldToEventLoop } from "@causalscope/core/basics";
import { rangeOf, slowness } from "@causalscope/core/internal";
import type { Study } from "./study.ts";

/** Computing time, as a range, and memory. */
export interface StudyCost {
  /** Of computing, which workers share. */
  readonly seconds: readonly [low: number, high: number];
  /** Memory held at the peak by measuring, in bytes; 0 where that is not known. */
  readonly bytes: number;
}

/** What is left to do, and how long an estimate may try. */
export interface StudyCostOptions {
  /** Results that are finished already. Default: none. */
  readonly finished?: number;
  /** Of so many. */
  readonly total?: number;
  /** Seconds of computing that trials may take, about. Default: 3. */
  readonly trials?: number;
  /** Cancels the trials: between two of them other work has its turn. */
  readonly signal?: AbortSignal;
}

/** Computing time of the trials of one mechanism, in seconds, at the most. */
const TRIAL = 0.5;
/** Multiplications of a training in a second of one core, on the machine of reference. */
const MULTIPLICATIONS = 6e8;

/**
 * The computing time and memory that a study will take: all of it, or what is left where `finished` of `total` results are there. Where
 * formulas do not tell, it tries the measurements for a few seconds.
 *
 * @example
 * ```ts
 * const edge = await study("edge");
 * const { seconds } = await studyCost(edge, studyOptions(edge, { weightStep: 5 }));
 * console.log(seconds[0] <= seconds[1], seconds[1] < 60); // true true
 * ```
 */
export async function studyCost<Options extends object>(
  study: Study<Options>,
  options: Options,
  { finished = 0, total = 1, trials = 3, signal }: StudyCostOptions = {},
): Promise<StudyCost> {
  const left = 1 - finished / total;
  if (study.work === undefined) {
    const reference = study.parts(options).reduce((sum, { seconds = 0 }) => sum + seconds, 0);
    return { seconds: rangeOf(reference * (await slowness()) * left), bytes: 0 };
  }
  const { mechanisms, learned, options: measured, times, multiplications } = study.work(options);
  const asked: readonly Mechanism[] = [...mechanisms, ...learned];
  const allowed = Math.min(TRIAL, trials / asked.length);
  let [low, high, bytes] = [0, 0, 0];
  for (const mechanism of asked) {
    if (signal !== undefined) await yieldToEventLoop();
    signal?.throwIfAborted();
    const cost = await estimateCost(mechanism, measured, allowed);
    // Half of the checkpoints are like those before learning, half like those after it.
    low += (cost.seconds[0] * times) / 2;
    high += (cost.seconds[1] * times) / 2;
    bytes = Math.max(bytes, cost.bytes);
  }
  const [least, most] = rangeOf((multiplications / MULTIPLICATIONS) * (await slowness()));
  return { seconds: [left * (low + least), left * (high + most)], bytes };
}
