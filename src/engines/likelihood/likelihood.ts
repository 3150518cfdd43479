/**
 * EI, or one of its two entropies, from probabilities of output states instead of their counts: for layers so wide that no state comes twice.
 *
 * EI = E [log2 p(ŷ | cell) − log2 p(ŷ)]. A surrogate law gives both for many draws (surrogate.ts), a two-sided estimate for some of them
 * (correction.ts); regression puts the two together with control variates whose means are known.
 */

import { InvalidInputError } from "../../errors.ts";
import { hypot, log2, square } from "../../information/elementary.ts";
import type { DenseMechanism } from "../../network/mechanism.ts";
import type { SamplingOptions } from "../engine.ts";
import { here, type Task } from "../pool.ts";
import { cholesky } from "./cholesky.ts";
import { type CorrectionRecord, correctionRecords } from "./correction.ts";
import { gaussianDefect } from "./gaussian-defect.ts";
import type { RectangleLayer } from "./rectangle-layer.ts";
import { type Control, controlledMean, type Mean, twoPhaseMean } from "./regression.ts";
import {
  cellControls,
  type DrawsShard,
  type SurrogateJob,
  type SurrogateRecord,
  surrogateRecords,
  type Wanted,
} from "./surrogate.ts";

export type { Wanted };

export interface LikelihoodEstimate {
  readonly bits: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  readonly bracket: readonly [lower: number, upper: number];
  readonly bracketError: readonly [lower: number, upper: number];
  readonly effectiveSamples: number;
  readonly guarded: number;
  readonly draws: number;
  /** Bits of the standard error that more draws do not lessen. */
  readonly doubt: number;
  /** Bits that the value may be off by where its shape was assumed to be Gaussian; undefined where that was corrected. */
  readonly assumed: number | undefined;
  /** Whether draws inside the output range were too rare. */
  readonly isScarce: boolean;
}

/** Particles of the surrogate's simulator, where it is corrected afterwards and where it is not. */
const FEW_PARTICLES = 64;
const MANY_PARTICLES = 192;
/** Particles that walk, at first, and at the most. */
const WALKERS = 32;
const MOST_WALKERS = 512;
/** Draws of the first look. */
const FIRST = 128;
const FIRST_CORRECTED = 12;
/** Draws that are corrected where only the bracket needs them. */
const FOR_BRACKET = 16;
/** Centres of cells for each draw, for the control variate's mean. */
const CENTRES = 10;
/** Share of the work that they may take. */
const BRACKET_SHARE = 0.5;
/** Gaussian defects, in bits, below which no correction is needed. */
const SMALL_DEFECT = 0.05;
/** Share of the gap between the two sides that their middle may be off by. */
const MIDDLE_DOUBT = 0.05;
/** Nanoseconds of one core that the default number of samples stands for. */
const WORK_PER_SAMPLE = 1e4;
/** Work worth being sent to a worker. */
const SHARD = 3e7;

/** Work of the first corrections, in nanoseconds of one core, that is refused without being asked for: some minutes. */
const MOST_WORK = 1.5e11;
/** Corrections of the first look where each takes long. */
const FEWEST_CORRECTED = 4;
/** Work that the first look may take before it makes do with fewer. */
const FIRST_WORK = 2e10;
/** Stages that particles pass, as often as they are led along them for one probability. */
const STAGES = 70;

const JITTERS = [0.01, 0.05, 0.2];

/**
 * EI of a layer, or E −log2 p(ŷ), or E −log2 p(ŷ | cell); with outputs left out, all given that none is. `report` is told of every value
 * on the way.
 */
export function likelihood(
  layer: RectangleLayer,
  sumOfOutputs: number,
  wanted: Wanted,
  options: SamplingOptions,
  report: (estimate: LikelihoodEstimate) => void,
): Promise<LikelihoodEstimate> {
  return new Likelihood(layer, sumOfOutputs, wanted, options).measure(report);
}

/** Nanoseconds of one core that the two-sided estimate of one draw takes, about. */
export function correctionWork(inputs: number, outputs: number): number {
  const rank = Math.min(inputs, outputs);
  const entries = inputs * outputs + rank * (inputs + outputs - rank) + (inputs > outputs ? inputs * inputs : 0);
  const levels = outputs > inputs ? 3 : 1;
  return 2 * WALKERS * STAGES * levels * entries;
}

/** Nanoseconds of one core, about, that a measurement to a tolerance takes; `bits`: Σ_j H(ŷ_j). */
export function likelihoodWork(
  inputs: number,
  outputs: number,
  { bits, tolerance, samples }: { bits: number; tolerance: number; samples: number },
): number {
  const each = correctionWork(inputs, outputs);
  // What draws and corrections spread by, fitted to layers of 10 to 784 inputs.
  const draws = Math.max(FIRST, 0.35 * bits * square(1 / tolerance));
  const isGaussian = inputs > 3 * outputs;
  const corrected = isGaussian ? FOR_BRACKET : Math.max(FEWEST_CORRECTED, 2 * square((0.025 * bits) / tolerance));
  const wanted = corrected * each + draws * (FEW_PARTICLES * outputs * (outputs / 2 + 150) + 22 * inputs * outputs);
  return Math.max(Math.min(wanted, WORK_PER_SAMPLE * samples), FEWEST_CORRECTED * each);
}

/** Bytes that it holds, about: tables of the layer, and the directions of one estimate. */
export function likelihoodBytes(inputs: number, outputs: number): number {
  const directions = inputs * outputs * 2 + (inputs > outputs ? inputs * Math.min(inputs, 6 * outputs) : 0);
  return 8 * outputs * (2 * inputs + 6 * outputs + 2100) + 80 * directions + 64 * 8 * WALKERS * (inputs + 4 * outputs);
}

/** What a measurement may hold where no limit is given. */
const MOST_BYTES = 1e9;

/** @throws InvalidInputError for a layer so large that even the first look would take many minutes or gigabytes, unless forced. */
export function requireLikelihood(
  { name, inputs, outputs }: Pick<DenseMechanism, "name" | "inputs" | "outputs">,
  { force = false, memory }: Pick<SamplingOptions, "force" | "memory">,
): void {
  const bytes = likelihoodBytes(inputs, outputs);
  if (bytes > (memory ?? (force ? Infinity : MOST_BYTES))) {
    throw new InvalidInputError({
      who: name,
      expected: `a layer whose EI takes at most ${Math.floor((memory ?? MOST_BYTES) / 1e6)} MB`,
      got: `${inputs} inputs and ${outputs} outputs: about ${Math.ceil(bytes / 1e6)} MB`,
      remedy: "Allow more memory, or measure groups of its units with eiBetweenGroups().",
    });
  }
  const work = FEWEST_CORRECTED * correctionWork(inputs, outputs);
  if (force || work <= MOST_WORK) return;
  throw new InvalidInputError({
    who: name,
    expected: `a layer whose EI takes less than ${Math.round(MOST_WORK / 6e10)} minutes of one core for a first look`,
    got: `${inputs} inputs and ${outputs} outputs: about ${Math.round(work / 6e10)} minutes`,
    remedy:
      "Begin nevertheless with force (--force), measure groups of its units with eiBetweenGroups(), or EI_parts and sensitivity, which need no samples.",
  });
}

class Likelihood {
  readonly #layer: RectangleLayer;
  readonly #sumOfOutputs: number;
  readonly #wanted: Wanted;
  readonly #options: SamplingOptions;
  /** Gaussian defect of the rows' law, on the cube or in a cell. */
  readonly #defect: number;
  readonly #records: SurrogateRecord[] = [];
  readonly #corrections: CorrectionRecord[] = [];
  #job: SurrogateJob;
  #walkers = WALKERS;
  #isScarce = false;
  #centres = 0;
  #centreSum = 0;
  #centreSquares = 0;
  #work = 0;

  constructor(layer: RectangleLayer, sumOfOutputs: number, wanted: Wanted, options: SamplingOptions) {
    this.#layer = layer;
    this.#sumOfOutputs = sumOfOutputs;
    this.#wanted = wanted;
    this.#options = options;
    const { rows, inputs, weights, gram } = layer;
    const factor = cholesky(gram, rows);
    this.#defect = inputs < 3 * rows ? Infinity : gaussianDefect(weights, rows, inputs, factor);
    const jitter = factor === undefined ? JITTERS[0]! : 0;
    const particles = this.#defect < SMALL_DEFECT ? MANY_PARTICLES : FEW_PARTICLES;
    this.#job = { layer, seed: options.seed, particles, jitter, cellJitter: jitter, wanted };
  }

  async measure(report: (estimate: LikelihoodEstimate) => void): Promise<LikelihoodEstimate> {
    const { tolerance, samples } = this.#options;
    const budget = WORK_PER_SAMPLE * samples;
    await this.#tuneJitter();
    await this.#draw(FIRST);
    await this.#correct(this.#firstCorrected());
    await this.#chooseWalkers(budget);
    for (;;) {
      const found = this.#estimate();
      report(found);
      this.#options.onProgress?.(Math.min(1, Math.max(this.#work / budget, square(tolerance / found.standardError))));
      if (this.#isScarce || found.standardError <= tolerance) return found;
      // What draws can still mend; the doubt is left as it is.
      const goal = Math.sqrt(Math.max(square(tolerance) - square(found.doubt), square(tolerance / 3)));
      const plan = this.#plan(goal, budget - this.#work);
      if (plan === undefined) return found;
      await this.#draw(plan.draws);
      await this.#correct(plan.corrected);
    }
  }

  /**
   * The two sides lie apart in inverse proportion to the particles, which no number of draws mends: as many particles as make the least error
   * of both together, or as the tolerance asks for. What was corrected with fewer is forgotten.
   */
  async #chooseWalkers(budget: number): Promise<void> {
    const found = this.#estimate();
    if (found.assumed !== undefined) return;
    const { tolerance } = this.#options;
    const { differenceVariance } = this.#mean("middle");
    const each = this.#eachCorrection();
    const errorWith = (times: number) =>
      square(found.doubt / times) + (differenceVariance * each * times) / Math.max(1, budget - this.#work);
    let times = 1;
    while (
      WALKERS * times < MOST_WALKERS &&
      found.doubt / times > tolerance / 3 &&
      errorWith(2 * times) < errorWith(times)
    ) {
      times *= 2;
    }
    if (times === 1) return;
    this.#walkers = WALKERS * times;
    this.#corrections.length = 0;
    await this.#correct(this.#firstCorrected());
  }

  /** Work of a correction, by those that there are. */
  #eachCorrection(): number {
    return this.#corrections.reduce((sum, { work }) => sum + work, 0) / Math.max(1, this.#corrections.length);
  }

  #firstCorrected(): number {
    const { inputs, rows } = this.#layer;
    const each = (correctionWork(inputs, rows) * this.#walkers) / WALKERS;
    const affordable = Math.floor(FIRST_WORK / each);
    return Math.max(FEWEST_CORRECTED, Math.min(FIRST_CORRECTED, affordable));
  }

  /** How many draws there should be, and how many of them corrected; undefined where there is no work left to spend. */
  #plan(tolerance: number, left: number): { draws: number; corrected: number } | undefined {
    const [draws, corrected] = [this.#records.length, this.#corrections.length];
    const mean = this.#mean("middle");
    const eachDraw = this.#drawWork();
    const eachCorrection = this.#eachCorrection();
    const isCorrected = !this.#isGaussian(mean);
    const cheap = Math.sqrt(mean.cheapVariance * eachDraw);
    const exact = isCorrected ? Math.sqrt(mean.differenceVariance * eachCorrection) : 0;
    // Least work for the tolerance, or the least error for the work, whichever is less (Neyman's allocation), a step at a time.
    const forTolerance = (cheap + exact) / square(0.9 * tolerance);
    const spent = draws * eachDraw + corrected * eachCorrection;
    const forWork = (spent + left) / (cheap + exact);
    const scale = Math.min(forTolerance, forWork);
    const wantedCorrected = isCorrected
      ? Math.min(4 * corrected, Math.ceil((scale * exact) / eachCorrection))
      : Math.min(FOR_BRACKET, Math.floor((BRACKET_SHARE * (spent + left)) / eachCorrection));
    const wantedDraws = Math.max(wantedCorrected, Math.min(4 * draws, Math.ceil((scale * cheap) / eachDraw)));
    const isLittle = wantedDraws < 1.05 * draws && wantedCorrected < 1.05 * corrected;
    if (isLittle || left <= 0 || !(cheap + exact > 0)) return undefined;
    return { draws: Math.max(draws, wantedDraws), corrected: Math.max(corrected, wantedCorrected) };
  }

  /** Nanoseconds of one core that a draw takes, about. */
  #drawWork(): number {
    const { rows, inputs } = this.#layer;
    const simulations = (this.#wanted === "both" ? 2 : 1) + (this.#layer.inRange ? 0 : 0.5);
    const { particles } = this.#job;
    return simulations * (particles * rows * (rows / 4 + 60) + rows * rows * (rows / 6 + 40)) + 22 * inputs * rows;
  }

  async #tuneJitter(): Promise<void> {
    const { rows, inputs } = this.#layer;
    if (inputs >= 2 * rows) return;
    const tries = [this.#job.jitter === 0 ? 0 : JITTERS[0]! / 10, ...JITTERS];
    let [best, bestCell] = [Infinity, Infinity];
    let chosen = this.#job;
    for (const jitter of tries) {
      const found = await this.#surrogate(0, FIRST_CORRECTED, { ...this.#job, jitter, cellJitter: jitter });
      const sum = (of: (record: SurrogateRecord) => number) => found.reduce((total, record) => total + of(record), 0);
      const [output, cell] = [sum((record) => record.output), sum((record) => record.cell)];
      if (output < best) [best, chosen] = [output, { ...chosen, jitter }];
      if (cell < bestCell) [bestCell, chosen] = [cell, { ...chosen, cellJitter: jitter }];
    }
    this.#job = chosen;
  }

  async #surrogate(from: number, to: number, job: SurrogateJob): Promise<SurrogateRecord[]> {
    const found = await this.#run(surrogateRecords, job, from, to, this.#drawWork());
    return found.flat();
  }

  async #draw(target: number): Promise<void> {
    const from = this.#records.length;
    if (target <= from) return;
    const found = await this.#surrogate(from, target, this.#job);
    this.#records.push(...found);
    this.#isScarce ||= this.#records.length < target;
    this.#work += (target - from) * this.#drawWork();
    if (this.#wanted === "output" || !this.#layer.inRange) return;
    const { inputs, rows } = this.#layer;
    const centres = CENTRES * target;
    const sums = await this.#run(cellControls, this.#job, this.#centres, centres, inputs * rows + 40 * rows);
    for (const { sum, squares } of sums) {
      this.#centreSum += sum;
      this.#centreSquares += squares;
    }
    this.#centres = centres;
  }

  async #correct(target: number): Promise<void> {
    const from = this.#corrections.length;
    const to = Math.min(target, this.#records.length);
    if (to <= from) return;
    const { layer, seed, wanted } = this.#job;
    const job = { layer, seed, wanted, particles: this.#walkers };
    const each = from === 0 ? SHARD : this.#eachCorrection();
    const found = (await this.#run(correctionRecords, job, from, to, each)).flat();
    this.#corrections.push(...found);
    this.#work += found.reduce((sum, { work }) => sum + work, 0);
  }

  /** Shards of a task worth being sent; `each`: work of one draw. */
  #run<Job, Result>(
    task: Task<Job, DrawsShard, Result>,
    job: Job,
    from: number,
    to: number,
    each: number,
  ): Promise<Result[]> {
    const size = Math.max(1, Math.round(SHARD / each));
    const shards: DrawsShard[] = [];
    for (let at = from; at < to; at += size) shards.push({ from: at, to: Math.min(to, at + size) });
    const { pool = here, signal } = this.#options;
    return pool.run(task, job, shards, { signal });
  }

  #controls(): Control[] {
    // The means are known only where nothing is left out.
    if (!this.#layer.inRange) return [];
    const column = (of: (record: SurrogateRecord) => number): Control => ({
      values: Float64Array.from(this.#records, of),
      meanVariance: 0,
    });
    const controls: Control[] = [];
    const { rows } = this.#layer;
    const hasOutput = this.#wanted !== "cell";
    const hasCell = this.#wanted !== "output";
    if (hasOutput) controls.push(column(({ marginal }) => marginal - this.#sumOfOutputs));
    if (hasCell) {
      controls.push(column(({ cellMarginal, cellEntropy }) => cellMarginal - cellEntropy));
      const mean = this.#centreSum / this.#centres;
      const variance = Math.max(0, this.#centreSquares / this.#centres - square(mean)) / this.#centres;
      controls.push({ values: Float64Array.from(this.#records, (r) => r.cellEntropy - mean), meanVariance: variance });
    }
    if (hasOutput && rows > 0) controls.push(column(({ spread }) => spread));
    if (hasCell) controls.push(column(({ cellSpread }) => cellSpread));
    return controls;
  }

  #mean(side: "surrogate" | "lower" | "upper" | "middle"): Mean {
    const sign = this.#wanted === "both" ? -1 : 1;
    const controls = this.#controls();
    const cheap = Float64Array.from(this.#records, ({ output, cell }) => output + sign * cell);
    if (side === "surrogate") return controlledMean(cheap, controls);
    const exact = Float64Array.from(this.#corrections, ({ outputLow, outputHigh, cellLow, cellHigh }) => {
      const lower = outputLow + (sign < 0 ? -cellHigh : cellLow);
      const upper = outputHigh + (sign < 0 ? -cellLow : cellHigh);
      return side === "lower" ? lower : side === "upper" ? upper : (lower + upper) / 2;
    });
    return twoPhaseMean(cheap, exact, controls);
  }

  /** Whether the value is better taken from the surrogate alone, which is a matter of assuming its shape. */
  #isGaussian(corrected: Mean): boolean {
    return (
      this.#defect < SMALL_DEFECT &&
      hypot(this.#mean("surrogate").standardError, this.#defect) < corrected.standardError
    );
  }

  #estimate(): LikelihoodEstimate {
    // With outputs left out, p(ŷ) is that of all draws: the share that is inside is the same for each.
    const rejected = this.#records.reduce((sum, record) => sum + record.rejected, 0);
    const inside = this.#records.length / (this.#records.length + rejected);
    const shift = this.#wanted === "cell" ? 0 : log2(inside);
    const shiftError = shift === 0 ? 0 : Math.sqrt((1 - inside) / this.#records.length) / Math.LN2;
    const [lower, middle, upper] = [this.#mean("lower"), this.#mean("middle"), this.#mean("upper")];
    const gap = Math.max(0, upper.mean - lower.mean);
    const isGaussian = this.#isGaussian(middle);
    const mean = isGaussian ? this.#mean("surrogate") : middle;
    const doubt = isGaussian ? this.#defect : MIDDLE_DOUBT * gap;
    const standardError = hypot(hypot(mean.standardError, doubt), shiftError);
    const spread = middle.cheapVariance + middle.differenceVariance;
    return {
      bits: mean.mean + shift,
      standardError,
      degreesOfFreedom: mean.degreesOfFreedom,
      bracket: [lower.mean + shift, upper.mean + shift],
      bracketError: [hypot(lower.standardError, shiftError), hypot(upper.standardError, shiftError)],
      effectiveSamples: standardError > 0 ? spread / square(standardError) : this.#records.length,
      guarded:
        this.#records.reduce((sum, record) => sum + record.guarded, 0) +
        this.#corrections.reduce((sum, record) => sum + record.guarded, 0),
      draws: this.#records.length + rejected,
      doubt,
      assumed: isGaussian ? this.#defect : undefined,
      isScarce: this.#isScarce,
    };
  }
}
