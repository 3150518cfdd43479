/**
 * EI, or one of its two entropies, from probabilities of output states instead of their counts: for layers so wide that no state comes twice.
 *
 * EI = E [log2 p(ŷ | cell) − log2 p(ŷ)]. A surrogate law gives both for many draws (surrogate.ts), a two-sided estimate for some of them
 * (correction.ts); regression puts the two together with control variates whose means are known.
 */

import { square } from "../../information/elementary.ts";
import { here, type Task } from "../../settings/pool.ts";
import type { SamplingOptions } from "../engine.ts";
import { cholesky } from "./cholesky.ts";
import { combined, type Findings, isGaussian, type LikelihoodEstimate, meanOf, SMALL_DEFECT } from "./combine.ts";
import { type CorrectionRecord, correctionRecords } from "./correction.ts";
import { gaussianDefect } from "./gaussian-defect.ts";
import { correctionWork, FEWEST_CORRECTED, FOR_BRACKET, WALKERS, WORK_PER_SAMPLE } from "./likelihood-cost.ts";
import type { RectangleLayer } from "./rectangle-layer.ts";
import {
  cellControls,
  controlsCells,
  type DrawsShard,
  type SurrogateJob,
  type SurrogateRecord,
  surrogateRecords,
  type Wanted,
} from "./surrogate.ts";

export type { LikelihoodEstimate, Wanted };

/** Particles of the surrogate's simulator, where it is corrected afterwards and where it is not. */
const FEW_PARTICLES = 64;
const MANY_PARTICLES = 192;
/** Particles that walk, at the most. */
const MOST_WALKERS = 512;
/** Draws of the first look; more where they cost little, for rare states must have a chance to show. */
const FIRST = 128;
const MOST_FIRST = 4096;
const FIRST_DRAWS_WORK = 4e8;
/** Draws that are corrected in the first look, and likewise. */
const FIRST_CORRECTED = 12;
const MOST_FIRST_CORRECTED = 256;
const FIRST_CORRECTIONS_WORK = 1e9;
/** Centres of cells for each draw, for the control variate's mean. */
const CENTRES = 10;
/** Work that the corrections may take where only the bracket needs them. */
const BRACKET_WORK = 3e10;
/** Work worth being sent to a worker. */
const SHARD = 3e7;

/** Work that the first look may take before it makes do with fewer. */
const FIRST_WORK = 2e10;

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

class Likelihood {
  readonly #layer: RectangleLayer;
  readonly #sumOfOutputs: number;
  readonly #wanted: Wanted;
  readonly #options: SamplingOptions;
  readonly #defect: number;
  readonly #records: SurrogateRecord[] = [];
  readonly #corrections: CorrectionRecord[] = [];
  #job: SurrogateJob;
  #walkers = WALKERS;
  #isScarce = false;
  #centres = { count: 0, sum: 0, squares: 0 };
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

  get #findings(): Findings {
    return {
      layer: this.#layer,
      sumOfOutputs: this.#sumOfOutputs,
      wanted: this.#wanted,
      defect: this.#defect,
      records: this.#records,
      corrections: this.#corrections,
      centres: this.#centres,
      isScarce: this.#isScarce,
    };
  }

  async measure(report: (estimate: LikelihoodEstimate) => void): Promise<LikelihoodEstimate> {
    const { tolerance, samples } = this.#options;
    const budget = WORK_PER_SAMPLE * samples;
    await this.#tuneJitter();
    await this.#draw(Math.round(Math.min(MOST_FIRST, Math.max(FIRST, FIRST_DRAWS_WORK / this.#drawWork()))));
    await this.#correct(this.#firstCorrected());
    await this.#chooseWalkers(budget);
    for (;;) {
      const found = combined(this.#findings);
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
    const found = combined(this.#findings);
    if (found.assumed !== undefined) return;
    const { tolerance } = this.#options;
    const { differenceVariance } = meanOf(this.#findings, "middle");
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
    const cheap = Math.min(MOST_FIRST_CORRECTED, Math.max(FIRST_CORRECTED, FIRST_CORRECTIONS_WORK / each));
    return Math.max(FEWEST_CORRECTED, Math.floor(Math.min(cheap, FIRST_WORK / each)));
  }

  /** How many draws there should be, and how many of them corrected; undefined where there is no work left to spend. */
  #plan(tolerance: number, left: number): { draws: number; corrected: number } | undefined {
    const [draws, corrected] = [this.#records.length, this.#corrections.length];
    const mean = meanOf(this.#findings, "middle");
    const eachDraw = this.#drawWork();
    const eachCorrection = this.#eachCorrection();
    const isCorrected = !isGaussian(this.#findings, mean);
    const cheap = Math.sqrt(mean.cheapVariance * eachDraw);
    const exact = isCorrected ? Math.sqrt(mean.differenceVariance * eachCorrection) : 0;
    // Least work for the tolerance, or the least error for the work, whichever is less (Neyman's allocation), a step at a time.
    const forTolerance = (cheap + exact) / square(0.9 * tolerance);
    const spent = draws * eachDraw + corrected * eachCorrection;
    const forWork = (spent + left) / (cheap + exact);
    const scale = Math.min(forTolerance, forWork);
    const wantedCorrected = isCorrected
      ? Math.min(4 * corrected, Math.ceil((scale * exact) / eachCorrection))
      : Math.min(FOR_BRACKET, Math.floor(BRACKET_WORK / eachCorrection));
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
    const rejected =
      this.#records.reduce((sum, record) => sum + record.rejected, 0) / Math.max(1, this.#records.length);
    return (
      rejected * inputs * rows +
      simulations * (particles * rows * (rows / 4 + 60) + rows * rows * (rows / 6 + 40)) +
      22 * inputs * rows
    );
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
    for (const record of found) this.#records.push(record);
    this.#isScarce ||= this.#records.length < target;
    this.#work += (target - from) * this.#drawWork();
    if (this.#wanted === "output" || !controlsCells(this.#layer)) return;
    const { inputs, rows } = this.#layer;
    const to = CENTRES * target;
    const sums = await this.#run(cellControls, this.#job, this.#centres.count, to, inputs * rows + 40 * rows);
    this.#centres = {
      count: to,
      sum: sums.reduce((total, { sum }) => total + sum, this.#centres.sum),
      squares: sums.reduce((total, { squares }) => total + squares, this.#centres.squares),
    };
  }

  async #correct(target: number): Promise<void> {
    const from = this.#corrections.length;
    const to = Math.min(target, this.#records.length);
    if (to <= from) return;
    const { layer, seed, wanted } = this.#job;
    const job = { layer, seed, wanted, particles: this.#walkers };
    const each = from === 0 ? SHARD : this.#eachCorrection();
    const found = (await this.#run(correctionRecords, job, from, to, each)).flat();
    for (const record of found) this.#corrections.push(record);
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
}
