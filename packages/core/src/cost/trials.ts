/**
 * What a measurement takes, by trials: the code that measures runs on few samples, or for few outputs, and tells what the whole needs. The
 * clock is given, in seconds.
 */

import { TooMuchError } from "../checks/error-classes.ts";
import type { SamplingOptions } from "../estimators/engine.ts";
import { ALL_INPUTS, type FirstLook, type Intervention } from "../estimators/engine.ts";
import { type JointOptions, joint } from "../estimators/joint.ts";
import { occupiedBins } from "../estimators/occupied.ts";
import { type PairwiseOptions, pairwise, pairwiseSum } from "../estimators/pairwise.ts";
import { hypot, square } from "../information/elementary.ts";
import { PLACES } from "../measures/effective-information.ts";
import type { Mechanism } from "../model/mechanism.ts";
import { withOutputs } from "../model/parts-of.ts";

export interface Trial {
  /** Computing time of the whole, in seconds. */
  readonly seconds: number;
  readonly samples: number;
  /** Nanoseconds of the machine of reference that come on top: of what was not tried. */
  readonly work: number;
}

type Clock = () => number;

/** Samples that the engines draw at first, to be doubled. */
const FIRST = 20_480;
/** Code that has run for long is faster than in a trial: by so much over the layers of bench/cost.bench.mjs. */
const WARM = 0.75;
/** Trials in all; the first one warms up. */
const MOST_TRIALS = 3;
/** Seconds of a trial beside which what disturbs it is little. */
const STEADY = 0.02;

/** The least of some trials: what disturbs only adds. */
async function least(trial: () => Promise<Trial>, allowed: number): Promise<Trial> {
  let best = await trial();
  for (let count = 1; count < MOST_TRIALS && best.seconds < allowed; count++) {
    const again = await trial();
    const isSteady = best.seconds > STEADY && again.seconds > 0.8 * best.seconds;
    if (again.seconds < best.seconds) best = again;
    if (isSteady) break;
  }
  return best;
}

/** EI: each part of it is counted for `samples` samples at the most. */
export function tryJoint(
  mechanism: Mechanism,
  options: SamplingOptions & JointOptions,
  samples: number,
  allowed: number,
  clock: Clock,
): Promise<Trial> {
  const isUniform = options.noise === undefined || options.noise.kind === "uniform";
  const quiet = { ...options, pool: undefined, signal: undefined, onProgress: undefined, onPartial: undefined };
  if (options.method === "plug-in" || !isUniform) return tryPlugIn(mechanism, quiet, samples, clock);
  if (options.offset !== "averaged") return least(() => firstLook(mechanism, quiet, samples, clock), allowed);
  const place = {
    ...quiet,
    shift: 0.5,
    tolerance: quiet.tolerance * Math.sqrt(PLACES),
    samples: Math.max(1, Math.floor(quiet.samples / PLACES)),
  };
  return least(() => firstLook(mechanism, place, samples, clock), allowed).then((trial) => times(trial, PLACES));
}

function times({ seconds, samples, work }: Trial, count: number): Trial {
  return { seconds: count * seconds, samples: count * samples, work: count * work };
}

async function firstLook(
  mechanism: Mechanism,
  options: SamplingOptions,
  samples: number,
  clock: Clock,
): Promise<Trial> {
  let last = clock();
  const since = () => {
    const now = clock();
    const passed = now - last;
    last = now;
    return passed;
  };
  const sum = { seconds: 0, samples: 0, work: 0 };
  let drawing = 0;
  const look: FirstLook = {
    samples,
    begin: () => {
      sum.seconds += since();
    },
    end: () => {
      drawing += since();
    },
    needs: (taken, needed) => {
      // Of cells that no input divides, nothing is drawn.
      sum.seconds += drawing * (taken > 0 ? needed / taken : 1);
      sum.samples += needed;
      drawing = 0;
    },
    byLikelihood: (work) => {
      sum.work += work;
    },
  };
  try {
    await joint(mechanism, { ...options, look });
  } catch (error) {
    // What is refused takes no more than what came before.
    if (!(error instanceof TooMuchError)) throw error;
  }
  sum.seconds = WARM * (sum.seconds + since());
  return sum;
}

async function timed<T>(run: () => Promise<T>, clock: Clock): Promise<{ found: T; seconds: number }> {
  const start = clock();
  const found = await run();
  return { found, seconds: clock() - start };
}

/** How many samples the doubling ends at that draws until it has `needed`. */
function doubled(needed: number, budget: number): number {
  let samples = FIRST;
  while (samples < Math.min(needed, budget)) samples *= 2;
  return Math.min(budget, samples);
}

/** The plug-in of whole layers. */
async function tryPlugIn(
  mechanism: Mechanism,
  options: SamplingOptions & JointOptions,
  samples: number,
  clock: Clock,
): Promise<Trial> {
  const tried = Math.min(samples, options.samples);
  const { found, seconds } = await timed(
    () => joint(mechanism, { ...options, samples: tried, tolerance: 0, threshold: undefined }),
    clock,
  );
  const { tolerance } = options;
  const goal = options.threshold ?? tolerance;
  const needed = goal === 0 ? options.samples : tried * square(found.standardError / goal);
  const drawn = goal === 0 ? options.samples : doubled(needed, options.samples);
  return { seconds: seconds * (drawn / tried), samples: drawn, work: 0 };
}

/** Exact pairs: those of as many outputs as `most` seconds allow where one takes `each`. */
export function tryExactPairs(
  mechanism: Mechanism,
  intervention: Intervention,
  options: PairwiseOptions,
  { outputs, allowed }: { readonly outputs: number; readonly allowed: number },
  clock: Clock,
): Promise<Trial> {
  const all = mechanism.outputs;
  // A copy: what is kept with a mechanism once it was measured would hide what that takes.
  const part = () => (outputs >= all ? { ...mechanism } : withOutputs(mechanism, spread(all, outputs)));
  const share = all / Math.min(all, outputs);
  return least(async () => {
    const copy = part();
    const { seconds } = await timed(async () => {
      await pairwise(copy, intervention, quiet(options));
      await occupiedBins(copy, options);
    }, clock);
    return { seconds: share * seconds, samples: 0, work: 0 };
  }, share * allowed);
}

function spread(all: number, some: number): number[] {
  return Array.from({ length: some }, (_, k) => Math.floor(((k + 0.5) * all) / some));
}

function quiet(options: PairwiseOptions): PairwiseOptions {
  return { ...options, pool: undefined, signal: undefined, onProgress: undefined };
}

/** Sampled pairs, `samples` of them being tried (for each input, where one is noise at a time). */
export async function trySampledPairs(
  mechanism: Mechanism,
  intervention: Intervention,
  options: PairwiseOptions,
  samples: number,
  clock: Clock,
): Promise<Trial> {
  const { tolerance, threshold, bins, samples: budget } = options;
  const tried = Math.min(samples, budget);
  const runOf = (count: number) => ({
    ...quiet(options),
    samples: count,
    tolerance: 0,
    threshold: undefined,
    extrapolate: false,
  });
  const matrix = (count: number) => timed(() => pairwise(mechanism, intervention, runOf(count)), clock);
  const few = Math.max(1, tried >> 2);
  // The first run warms up.
  const first = await matrix(few);
  const small = Math.min(first.seconds, (await matrix(few)).seconds);
  const { found, seconds: large } = await matrix(tried);
  const sum = await timed(async () => pairwiseSum(mechanism, intervention, runOf(tried)), clock);
  const each = Math.max(large - small, large / 2) / Math.max(1, tried - few);
  const looking = Math.max(0, small - few * each);
  let [drawn, rounds] = [budget, 1];
  if (options.extrapolate === true) drawn = EXTRAPOLATED;
  else if (threshold !== undefined) drawn = doubled(DOUBLED_BY_THRESHOLD, budget);
  else if (tolerance > 0) {
    const error = found.standardError.reduce((total, one) => hypot(total, one), 0);
    // Where more than a tenth of the samples find a cell of their own, bias is not to be trusted as subtracted.
    const cells = options.method === "auto" ? 5 * bins.input * bins.output : 0;
    drawn = doubled(Math.max(tried * square(error / tolerance), cells), budget);
    rounds += Math.round(Math.log2(Math.max(1, drawn / FIRST)));
  }
  // Some samples are drawn again for the error of the sum.
  const again = Math.max(0, sum.seconds - large) * (Math.min(AGAIN, drawn) / Math.min(AGAIN, tried));
  const runs = intervention.noise === "one input" ? mechanism.inputs : 1;
  return { seconds: each * drawn + looking * rounds + again, samples: runs * drawn, work: 0 };
}

/** Samples that are drawn again, at the most. */
const AGAIN = 16_384;
/** Samples of the extrapolation, and those by which the published rule has mostly ended. */
const EXTRAPOLATED = 2_000_000;
const DOUBLED_BY_THRESHOLD = 160_000;

export const everyInput: Intervention = ALL_INPUTS;

/** One input at a time, the others at 0. */
export function oneInput({ inputs }: Mechanism): Intervention {
  return { noise: "one input", rest: new Float64Array(inputs) };
}
