/**
 * The conditional estimator for mechanisms known only by their values: chains of layers, softmax, any function. As for dense
 * layers (conditional.ts), but every draw is an evaluation, and no exact marginals help.
 */

import { InvalidInputError } from "../../checks/error-classes.ts";
import { OUTSIDE, type Range } from "../../information/bins.ts";
import { digamma } from "../../information/digamma.ts";
import { hypot, log2, square } from "../../information/elementary.ts";
import { type Estimate, estimate, jointFreedom, unknownWithin } from "../../information/estimate.ts";
import { Random, Stream } from "../../information/random.ts";
import { SmallCounts } from "../../information/small-counts.ts";
import { StateKey } from "../../information/state-key.ts";
import { StateTable } from "../../information/state-table.ts";
import type { Mechanism } from "../../model/mechanism.ts";
import { yieldToEventLoop } from "../../settings/yield-to-event-loop.ts";
import { excessOf, fewInside } from "../counting/conditional.ts";
import { foreseen } from "../counting/first-look.ts";
import { STATE_BYTES, stoppedByMemory } from "../counting/memory.ts";
import { type EntropyEstimate, entropyOfStates } from "../counting/output-counts.ts";
import { CELL_STATES, FEW, HOPELESS, UNSATURATED } from "../counting/saturation.ts";
import type { SamplingOptions } from "../engine.ts";
import { NOTHING_INSIDE, samplesOutside } from "../exact/outside.ts";
import { Binner } from "./binner.ts";

const BLOCK = 4096;
const BATCHES = 16;
/** Draws per cell. */
const DRAWS = 32;
const CELLS_PER_ROUND = 16;
/** Fresh draws, and at most how many of them, while a tail waits for its state. */
const TAIL_BLOCK = 64;
const MAX_TAIL = 20_000;
const PILOT = 5 * BLOCK;
/** Rounds of cells of a first look. */
const LOOK_ROUNDS = 3;

export async function conditionalOfBlackBox(
  mechanism: Mechanism,
  parts: Float64Array,
  options: SamplingOptions,
): Promise<Estimate> {
  const { inputs, outputs, inputRanges } = mechanism;
  const binner = new Binner(options.bins.output, mechanism.outputRange, options.outside === "clamp");
  const warnings: string[] = [];
  const outputBudget = Math.max(BLOCK, options.samples / 2);

  const counts = new StateTable();
  const key = new StateKey(new Float64Array(outputs).fill(binner.count));
  const [low, high] = mechanism.outputRange;
  let [drawn, beyond] = [0, 0];
  const isFull = () => drawn > 0 && STATE_BYTES * (counts.size + BLOCK) > options.memory;
  const evaluated = async (x: Float64Array, rows: number) => {
    const y = await mechanism.evaluate(x, rows);
    const unknown = y.findIndex((value) => Number.isNaN(value));
    if (unknown >= 0) {
      const row = Math.floor(unknown / outputs);
      throw new InvalidInputError({
        who: mechanism.name,
        expected: "numbers",
        got: `NaN at output ${unknown % outputs} for the inputs [${x.subarray(row * inputs, (row + 1) * inputs).join(", ")}]`,
      });
    }
    return y;
  };
  const binned = (y: ArrayLike<number>) => Int32Array.from(y, (value) => binner.binOf(value));
  const states = async (x: Float64Array, rows: number) => binned(await evaluated(x, rows));
  const drawBlock = async (): Promise<void> => {
    const x = new Float64Array(BLOCK * inputs);
    new Random(options.seed, Stream.noise, 0, drawn / BLOCK).fill(x, 0, 1);
    for (let at = 0; at < x.length; at++) x[at] = into(x[at]!, inputRanges[at % inputs]!);
    const y = await evaluated(x, BLOCK);
    const bins = binned(y);
    for (let at = 0; at < bins.length; at += outputs) {
      // Clamped values have bins like the others: what lies outside shows in the values.
      if (y.subarray(at, at + outputs).some((value) => value < low || value > high)) beyond++;
      if (bins.subarray(at, at + outputs).includes(OUTSIDE)) continue;
      key.set(bins, at);
      counts.add(key.low, key.high);
    }
    drawn += BLOCK;
    options.onProgress?.(Math.min(1, drawn / (2 * outputBudget)));
    await yieldToEventLoop();
    options.signal?.throwIfAborted();
  };
  const { look } = options;
  look?.begin();
  let target = Math.min(PILOT, outputBudget, look === undefined ? PILOT : 4 * BLOCK);
  const dimension = Math.min(inputs, outputs);
  let output = entropyOfStates(counts.list(), undefined, dimension);
  const earlier: EntropyEstimate[] = [];
  for (const blocks of look === undefined ? [] : [1, 2]) {
    while (drawn < blocks * BLOCK) await drawBlock();
    look?.end();
    earlier.push(entropyOfStates(counts.list(), undefined, dimension));
    look?.begin();
  }
  for (;;) {
    while (drawn < target && !isFull()) await drawBlock();
    look?.end();
    output = entropyOfStates(counts.list(), undefined, dimension);
    const excess = excessOf(output, options.tolerance);
    if (look !== undefined) {
      const foretold = foreseen([earlier[0]!, earlier[1]!, output], {
        drawn,
        excess: options.tolerance === 0 ? Infinity : excess,
        least: PILOT,
        most: outputBudget,
        dimension,
      });
      look.needs(drawn, foretold.samples);
      output = foretold.output;
      break;
    }
    if (excess <= 1 || output.seenOnce > HOPELESS || drawn >= outputBudget || isFull()) break;
    target = Math.min(outputBudget, drawn * Math.min(4, Math.max(1.3, 1.1 * excess)));
  }
  if (drawn < target) warnings.push(stoppedByMemory(drawn));
  const outside = options.outside === "clamp" ? beyond / drawn : 1 - output.counted / drawn;
  if (outside > 0) warnings.push(samplesOutside(outside, options));
  const most = Math.min(
    outputs * log2(binner.count),
    parts.reduce((bits, count) => bits + log2(count), 0),
  );
  if (output.counted < FEW) {
    warnings.push(output.counted === 0 ? NOTHING_INSIDE : fewInside(output.counted, drawn));
    return unknownWithin([0, most], { samples: drawn, method: "conditional", outside, warnings });
  }

  const batches = Array.from({ length: BATCHES }, (_, r) => new CellRounds(mechanism, parts, states, options, r));
  const tails = output.seenOnce <= UNSATURATED;
  let [bits, standardError, samples] = [0, Infinity, 0];
  const goal = Math.sqrt(
    Math.max(square(options.tolerance) - square(output.standardError), square(options.tolerance / 2)),
  );
  look?.begin();
  for (let round = 0; ; round++) {
    for (const batch of batches) {
      await batch.round(tails);
      options.signal?.throwIfAborted();
    }
    await yieldToEventLoop();
    bits = batches.reduce((sum, batch) => sum + batch.mean, 0) / BATCHES;
    samples = batches.reduce((sum, batch) => sum + batch.draws, 0);
    const spread = batches.reduce((sum, batch) => sum + square(batch.mean - bits), 0);
    // A cell so rare that none was found may be there, with a bit or so.
    const cells = batches.reduce((sum, batch) => sum + batch.cells, 0);
    standardError = hypot(Math.sqrt(spread / (BATCHES * (BATCHES - 1))), 1 / Math.max(1, cells));
    const distinct = batches.reduce((sum, batch) => sum + batch.states, 0) / BATCHES;
    if (!tails || distinct > CELL_STATES) {
      const upper = Math.min(most, outputs * log2(binner.count) - bits);
      warnings.push(
        `unsaturated: ${Math.round(100 * output.seenOnce)} % of the samples have an output state of their own; the value is the middle of its bounds`,
      );
      return unknownWithin([0, Math.max(0, upper)], {
        samples: drawn + samples,
        method: "conditional",
        outside,
        warnings,
      });
    }
    const perRound = samples / (round + 1);
    if (look !== undefined && (round >= LOOK_ROUNDS || drawn + samples > 2 * look.samples)) {
      // A round's error alone says little of the rounds it takes.
      const wanted = Math.max(4 * perRound, goal > 0 ? samples * square(standardError / goal) : Infinity);
      look.end();
      look.needs(samples, Math.min(Math.max(0, options.samples - drawn), wanted));
      break;
    }
    if ((round >= 3 && standardError <= goal) || drawn + samples + perRound > options.samples) break;
  }
  const cut = batches.reduce((sum, batch) => sum + batch.cut, 0);
  if (cut > 0)
    warnings.push(`rare states were abandoned after ${MAX_TAIL} draws (${cut} in all): EI may be slightly too high`);
  const error = hypot(output.standardError, standardError);
  if (options.tolerance > 0 && error > options.tolerance) {
    warnings.push(
      `the tolerance of ${options.tolerance} bit was not reached within ${options.samples.toLocaleString("en")} samples`,
    );
  }
  options.onProgress?.(1);
  return estimate({
    bits: output.bits - bits,
    standardError: error,
    degreesOfFreedom: jointFreedom([output, { standardError, degreesOfFreedom: BATCHES - 1 }]),
    bounds: [0, most],
    samples: drawn + samples,
    method: "conditional",
    outside,
    warnings,
  });
}

function into(u: number, [low, high]: Range): number {
  return low + (high - low) * u;
}

/** One batch's cells: some per round, each with `DRAWS` draws and, where a random one is a singleton, a tail. */
class CellRounds {
  draws = 0;
  cut = 0;
  readonly #mechanism: Mechanism;
  readonly #parts: Float64Array;
  readonly #states: (x: Float64Array, rows: number) => Promise<Int32Array>;
  readonly #options: SamplingOptions;
  readonly #batch: number;
  #rounds = 0;
  #cells = 0;
  #sum = 0;
  #distinct = 0;
  readonly #seen = new SmallCounts();

  constructor(
    mechanism: Mechanism,
    parts: Float64Array,
    states: (x: Float64Array, rows: number) => Promise<Int32Array>,
    options: SamplingOptions,
    batch: number,
  ) {
    this.#mechanism = mechanism;
    this.#parts = parts;
    this.#states = states;
    this.#options = options;
    this.#batch = batch;
  }

  get cells(): number {
    return this.#cells;
  }

  get mean(): number {
    return this.#cells === 0 ? 0 : this.#sum / this.#cells;
  }

  /** Mean number of distinct states among a cell's draws. */
  get states(): number {
    return this.#distinct / this.#cells;
  }

  async round(withTails: boolean): Promise<void> {
    const { inputs } = this.#mechanism;
    const random = new Random(this.#options.seed, Stream.noise, 1, this.#batch, this.#rounds++);
    const corners = await this.#corners(random);
    const cells = corners.length / inputs;
    const keys = await this.#drawKeys(corners, cells, DRAWS, random);
    for (let cell = 0; cell < cells; cell++) {
      const own = keys.subarray(cell * DRAWS, (cell + 1) * DRAWS).filter((key) => key !== OUTSIDE);
      const corner = corners.subarray(cell * inputs, (cell + 1) * inputs);
      this.#seen.clear();
      for (const key of own) this.#seen.add(key);
      // A cell that is hardly inside the output range gives few draws; its estimate has no bias at any number of them.
      const made = own.length;
      if (made === 0) continue;
      let nats = digamma(made) - this.#seen.sum / made;
      const watched = own[random.below(made)]!;
      if (withTails && this.#seen.count(watched) === 1) nats += await this.#tail(corner, watched, made, random);
      this.#cells++;
      this.#distinct += (this.#seen.distinct * DRAWS) / made;
      this.#sum += nats / Math.LN2;
    }
  }

  /** Low corners of the cells that random samples inside the output range lie in, as cell numbers per input. */
  async #corners(random: Random): Promise<Float64Array> {
    const { inputs, outputs, inputRanges } = this.#mechanism;
    const x = new Float64Array(CELLS_PER_ROUND * inputs);
    random.fill(x, 0, 1);
    const values = x.map((u, at) => into(u, inputRanges[at % inputs]!));
    const bins = await this.#states(values, CELLS_PER_ROUND);
    this.draws += CELLS_PER_ROUND;
    const kept: number[] = [];
    for (let row = 0; row < CELLS_PER_ROUND; row++) {
      if (bins.subarray(row * outputs, (row + 1) * outputs).includes(OUTSIDE)) continue;
      for (let i = 0; i < inputs; i++) kept.push(Math.floor(x[row * inputs + i]! * this.#parts[i]!));
    }
    return Float64Array.from(kept);
  }

  /** States of `draws` random points in each cell, as words; `OUTSIDE` for points whose outputs lie outside. */
  async #drawKeys(corners: Float64Array, cells: number, draws: number, random: Random): Promise<Int32Array> {
    const { inputs, outputs, inputRanges } = this.#mechanism;
    const x = new Float64Array(cells * draws * inputs);
    random.fill(x, 0, 1);
    for (let at = 0; at < x.length; at++) {
      const i = at % inputs;
      const cell = Math.floor(at / (draws * inputs));
      x[at] = into((corners[cell * inputs + i]! + x[at]!) / this.#parts[i]!, inputRanges[i]!);
    }
    const bins = await this.#states(x, cells * draws);
    this.draws += cells * draws;
    return Int32Array.from({ length: cells * draws }, (_, row) => keyOf(bins, row * outputs, outputs));
  }

  async #tail(corner: Float64Array, watched: number, made: number, random: Random): Promise<number> {
    let extra = 0;
    while (extra < MAX_TAIL) {
      for (const key of await this.#drawKeys(corner, 1, TAIL_BLOCK, random)) {
        if (key === OUTSIDE) continue;
        extra++;
        if (key === watched) return digamma(made + extra - 1) - digamma(made);
      }
      if (extra === 0) break;
    }
    this.cut++;
    return digamma(made + Math.max(extra, 1) - 1) - digamma(made);
  }
}

/** A joint state as one word, hashed. */
function keyOf(bins: Int32Array, from: number, outputs: number): number {
  let key = 0;
  for (let j = from; j < from + outputs; j++) {
    if (bins[j] === OUTSIDE) return OUTSIDE;
    key = Math.imul(key ^ bins[j]!, 0x9e3779b1) + 0x7f4a7c15;
    key ^= key >>> 15;
  }
  return key & 0x7fffffff;
}
