/** What the likelihood route costs, before it is begun; fitted to layers of 6 to 784 inputs. */
import { checkLimit } from "../../checks/check.ts";
import { square } from "../../information/elementary.ts";
import type { DenseMechanism } from "../../model/mechanism.ts";
import type { SamplingOptions } from "../engine.ts";

/** Particles that walk, at first. */
export const WALKERS = 32;
/** Draws that are corrected where each takes long. */
export const FEWEST_CORRECTED = 4;
/** Draws that are corrected where only the bracket needs them. */
export const FOR_BRACKET = 16;
/** Nanoseconds of one core that a sample of the budget stands for. */
export const WORK_PER_SAMPLE = 1e4;
/** Work of the first corrections, in nanoseconds of one core, above which it must be asked for: a minute. */
const MOST_WORK = 6e10;
/** Stages that particles pass, as often as they are led along them for one probability. */
const STAGES = 70;

/** Nanoseconds of one core that the two-sided estimate of one draw takes, about. */
export function correctionWork(inputs: number, outputs: number): number {
  const rank = Math.min(inputs, outputs);
  const entries = inputs * outputs + rank * (inputs + outputs - rank) + (inputs > outputs ? inputs * inputs : 0);
  // Outputs beyond the inputs close in by levels, the more of them the more they are.
  const levels = outputs > inputs ? 3 * Math.max(1, rank / 50) : 1;
  return 2 * WALKERS * STAGES * levels * entries;
}

/** Draws of the first look, and nanoseconds that those that are cheap may take. */
const [FIRST_DRAWS, FIRST_WORK] = [128, 4e8];
/** Work on corrections in the first look. */
const FIRST_CORRECTIONS = 1e9;
/** Most work on corrections where only the bracket needs them. */
const BRACKET_WORK = 3e10;
/** What draws and corrections vary by, in bits², for each bit of Σ_j H(ŷ_j): fitted to layers of 6 to 784 inputs, good to a factor of three. */
const SPREAD = 0.06;
/** Times as long as their work is counted. */
const [DRAWN, CORRECTED] = [1.2, 1];

/**
 * Nanoseconds of one core of the machine of reference, about, that a measurement to a tolerance takes; `bits`: Σ_j H(ŷ_j). The effort is shared
 * between draws and corrections as likelihood.ts does.
 */
export function likelihoodWork(
  inputs: number,
  outputs: number,
  { bits, tolerance, samples }: { bits: number; tolerance: number; samples: number },
): number {
  const isGaussian = inputs >= 3 * outputs;
  const correction = 0.8 * correctionWork(inputs, outputs) + 4e5;
  const particles = isGaussian ? 192 : 64;
  const draw =
    2 * (particles * outputs * (outputs / 4 + 60) + square(outputs) * (outputs / 6 + 40)) + 22 * inputs * outputs;
  const budget = WORK_PER_SAMPLE * samples;
  const spread = (outputs > inputs ? 3 : 1) * SPREAD * bits;
  // Where only the bracket is corrected, chance may add little to the doubt about the value.
  const goal = square(0.9 * (isGaussian ? tolerance / 2 : tolerance));
  const ofBoth = isGaussian ? spread * draw : spread * square(Math.sqrt(draw) + Math.sqrt(correction));
  const part = isGaussian ? 1 : Math.sqrt(draw) / (Math.sqrt(draw) + Math.sqrt(correction));
  const wanted = goal > 0 ? ofBoth / goal : budget;
  const most = isGaussian ? Math.min(FOR_BRACKET * correction, BRACKET_WORK) : 0;
  const firstCorrections = Math.max(FEWEST_CORRECTED * correction, Math.min(256 * correction, FIRST_CORRECTIONS));
  const corrections = Math.max(firstCorrections, most, (1 - part) * Math.min(wanted, budget));
  const draws = Math.max(FIRST_DRAWS * draw, FIRST_WORK, part * Math.min(wanted, Math.max(0, budget - most)));
  return DRAWN * draws + CORRECTED * corrections;
}

/** Bytes that it holds, about: tables of the layer, and the directions of one estimate. */
export function likelihoodBytes(inputs: number, outputs: number): number {
  const directions = inputs * outputs * 2 + (inputs > outputs ? inputs * Math.min(inputs, 6 * outputs) : 0);
  return 8 * outputs * (2 * inputs + 6 * outputs + 2100) + 80 * directions + 64 * 8 * WALKERS * (inputs + 4 * outputs);
}

/** @throws TooMuchError for a layer so large that even the first look would take many minutes or gigabytes, unless forced. */
export function requireLikelihood(
  { name, inputs, outputs }: Pick<DenseMechanism, "name" | "inputs" | "outputs">,
  { force = false, memory }: Pick<SamplingOptions, "force" | "memory">,
): void {
  const bytes = likelihoodBytes(inputs, outputs);
  checkLimit(bytes <= memory, () => ({
    who: name,
    expected: `a layer whose EI needs at most ${Math.floor(memory / 1e6)} MB`,
    got: `${inputs} inputs and ${outputs} outputs: about ${Math.ceil(bytes / 1e6)} MB`,
    remedy: "Allow more memory, or measure groups of its units with eiBetweenGroups().",
  }));
  const work = FEWEST_CORRECTED * correctionWork(inputs, outputs);
  checkLimit(force || work <= MOST_WORK, () => ({
    who: name,
    expected: `a layer whose first look takes less than ${MOST_WORK / 1e9} seconds on one core`,
    got: `${inputs} inputs and ${outputs} outputs: about ${Math.round(work / 1e9)} seconds`,
    remedy:
      "Set `force` to run it anyway, or measure groups of its units with eiBetweenGroups(), or EI_parts and sensitivity, which need no samples.",
  }));
}
