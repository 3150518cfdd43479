/** What a study will take. */

import type { Mechanism } from "@causalscope/core";
import { estimateCost } from "@causalscope/core";
import { rangeOf, slowness } from "@causalscope/core/internal";
import type { Question } from "@causalscope/runs";
import type { Study } from "@causalscope/studies/internal";
import { TRIAL, TRIALS } from "./cost.ts";

export interface StudyCost {
  /** Of computing, which workers share. */
  readonly seconds: readonly [low: number, high: number];
  /** Memory held at the peak by measuring; 0 where that is not known. */
  readonly bytes: number;
}

/**
 * What a study takes where nothing of it is finished, or all but `finished` checkpoints or parts of `total`.
 *
 * @param trials seconds of computing that trials may take, about.
 */
export async function studyCost(
  study: Study,
  question: Question,
  { finished = 0, total = 1, trials = TRIALS }: { finished?: number; total?: number; trials?: number } = {},
): Promise<StudyCost> {
  const left = 1 - finished / total;
  if (study.kind === "values") return { seconds: rangeOf(study.seconds(question) * slowness() * left), bytes: 0 };
  const { mechanisms, learned, options, times, multiplications } = study.work(question);
  const asked: readonly Mechanism[] = [...mechanisms, ...learned];
  const allowed = Math.min(TRIAL, trials / asked.length);
  let [low, high, bytes] = [0, 0, 0];
  for (const mechanism of asked) {
    const cost = await estimateCost(mechanism, options, allowed);
    // Half of the checkpoints are like those before learning, half like those after it.
    low += (cost.seconds[0] * times) / 2;
    high += (cost.seconds[1] * times) / 2;
    bytes = Math.max(bytes, cost.bytes);
  }
  const [least, most] = rangeOf((multiplications / MULTIPLICATIONS) * slowness());
  return { seconds: [left * (low + least), left * (high + most)], bytes };
}

/** Multiplications of a training in a second of one core, on the machine of reference. */
const MULTIPLICATIONS = 6e8;
