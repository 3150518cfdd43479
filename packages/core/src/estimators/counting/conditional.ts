/**
 * The sampling engine's conditional estimator: EI = H(Ŷ) − E_cell H(Ŷ | cell), each of the two entropies by counting or, where output states
 * do not repeat, from their probabilities.
 *
 * Where counting alone was asked for and says little, the value is the middle of what is provable, its standard error that of a uniform
 * law between the bounds, and a warning says so.
 */

import { checkLimit } from "../../checks/check.ts";
import { hypot, log2, square } from "../../information/elementary.ts";
import { type Estimate, estimate, jointFreedom, unknownWithin } from "../../information/estimate.ts";
import type { DenseMechanism } from "../../model/mechanism.ts";
import type { PreactivationBins } from "../../model/preactivation-bins.ts";
import { type FirstLook, outputCuts, type SamplingOptions } from "../engine.ts";
import { type EntropyBounds, outputEntropyBounds } from "../exact/bounds.ts";
import { binProbabilities, cellLaws, outputLaws } from "../exact/marginals.ts";
import { NOTHING_INSIDE, outsideWarnings, tidyShare } from "../exact/outside.ts";
import type { byLikelihood } from "../likelihood/by-likelihood.ts";
import { type CellBounds, cellBounds } from "./cell-bounds.ts";
import { BATCHES, CellEntropy, type CellEntropyEstimate, LOOKED_UP, poolSize } from "./cell-entropy.ts";
import { foreseen } from "./first-look.ts";
import { listedCells } from "./listed-cells.ts";
import { STATE_BYTES, stoppedByMemory } from "./memory.ts";
import type { EntropyEstimate } from "./output-counts.ts";
import { OutputEntropy } from "./output-entropy.ts";
import { CELL_STATES, FEW, HOPELESS, UNSATURATED } from "./saturation.ts";
import { unitLayer } from "./unit-layer.ts";

/** The first look at H(Ŷ), in samples. */
const PILOT = 20 * 1024;
const MIN_CELLS = 1600;
/** Points of a control table, at the most. */
const CONTROL_POINTS = 1 << 14;
/** Some minutes of one core. */
const MOST_MULTIPLICATIONS = 2e11;
/** As UNSATURATED, where there is another way. */
const UNSATURATED_BESIDE = 0.25;
/** Share of the tolerance that H(Ŷ) may use, and of that, doubt about states not seen yet. */
const OUTPUT_SHARE = 0.8;
const DOUBT_SHARE = 0.4;
/** Samples inside the output range below which the spread of a handful would pass for an error. */
const LEAST_COUNTED = 2048;

/**
 * I(cell of the inputs; Ŷ) of a dense mechanism, `parts[i]` being the bins of input i: 1 for an input that is noise but not looked at.
 */
export async function conditional(
  mechanism: DenseMechanism,
  parts: Float64Array,
  options: SamplingOptions,
): Promise<Estimate> {
  options.signal?.throwIfAborted();
  if (options.method === "likelihood") await requireLikelihood(mechanism, options);
  requireAffordable(mechanism, options.memory);
  const kernels: { free(): void }[] = [];
  try {
    return await measured(mechanism, parts, options, kernels);
  } finally {
    for (const kernel of kernels) kernel.free();
  }
}

/** Of E_cell H(Ŷ | cell), where outputs are left out. */
const NOTHING_KNOWN: CellBounds = { least: 0, most: Infinity };

/** What is known of a layer before any sample. */
interface Setting {
  readonly mechanism: DenseMechanism;
  readonly parts: Float64Array;
  readonly options: SamplingOptions;
  readonly cuts: PreactivationBins;
  readonly warnings: string[];
  /** Whether nothing is left out. */
  readonly inRange: boolean;
  readonly inputBits: number;
  readonly outputBounds: EntropyBounds | undefined;
}

/** `kernels` is given what must be freed in the end. */
async function measured(
  mechanism: DenseMechanism,
  parts: Float64Array,
  options: SamplingOptions,
  kernels: { free(): void }[],
): Promise<Estimate> {
  const cuts = outputCuts(mechanism, options);
  const layer = unitLayer(mechanism, cuts);
  const laws = outputLaws(mechanism);
  const marginals = new Float64Array(mechanism.outputs * cuts.count);
  const dropping = { ...options, outside: "drop" } as const;
  const beyond = options.outside === "clamp" ? outputCuts(mechanism, dropping) : cuts;
  const outsideOf = binProbabilities(laws, beyond, marginals).map(tidyShare);
  const warnings = outsideWarnings(outsideOf, options);
  const clamps = options.outside === "clamp" && outsideOf.some((share) => share > 0);
  if (clamps) binProbabilities(laws, cuts, marginals);
  else if (outsideOf.some((share) => share === 1)) {
    warnings.push(NOTHING_INSIDE);
    return unknownWithin(allowed(mechanism, parts, cuts), { samples: 0, method: "conditional", outside: 1, warnings });
  }
  const inRange = clamps || outsideOf.every((share) => share === 0);
  const inputBits = parts.reduce((bits, count) => bits + log2(count), 0);
  // Of all samples, so not of those inside where some are outside.
  const outputBounds = inRange ? outputEntropyBounds(mechanism, laws, entropyOf(marginals)) : undefined;
  const setting: Setting = { mechanism, parts, options, cuts, warnings, inRange, inputBits, outputBounds };

  const counter = { ...layer, beyond: clamps ? beyond : undefined };
  const entropy = await OutputEntropy.of(counter, options.seed, marginals, inRange);
  kernels.push(entropy);
  const output = await countMore(entropy, await countOutputs(entropy, options), options);
  if (entropy.isFull) warnings.push(stoppedByMemory(entropy.drawn));
  if (output.counted < FEW) return ofFew(setting, entropy, output.counted);

  const { outside } = entropy;
  const { method } = options;
  const isOutputCounted =
    method !== "likelihood" && output.seenOnce <= (method === "auto" ? UNSATURATED_BESIDE : UNSATURATED);
  // Before the cells, whose tables take their time.
  if (!isOutputCounted && method === "auto") await requireLikelihood(mechanism, options);
  const withinCells = cellLaws(mechanism, laws, parts);
  const inCells = inRange ? cellBounds(layer, withinCells, parts, options.seed) : NOTHING_KNOWN;
  if (isOutputCounted && method === "auto") {
    const goal = cellGoal(options.tolerance, output.standardError);
    const listed = await listedCells(mechanism, cuts, parts, inRange, options, goal, options.samples - entropy.drawn);
    if (listed !== undefined) return counted(setting, entropy, output, listed, provable(setting, 0, inCells));
  }
  const cells =
    method === "likelihood" ? undefined : await CellEntropy.of(layer, withinCells, parts, options.seed, inRange);
  if (cells !== undefined) kernels.push(cells);
  const isCellCounted = cells !== undefined && cells.probe() <= CELL_STATES;
  if (!isOutputCounted || !isCellCounted) {
    if (method === "conditional") {
      // The plug-in entropy of the samples is too low in expectation; three errors cover what is chance.
      const least = output.lower - 3 * output.standardError;
      return middleOf(setting, provable(setting, least, inCells), entropy, output.seenOnce);
    }
    await requireLikelihood(mechanism, options);
  }
  const bounds = provable(setting, 0, inCells);
  if (!isOutputCounted && !isCellCounted) {
    return likely({ ...setting, bounds, outside }, { output: "likelihood", cell: "likelihood" }, undefined);
  }
  if (cells === undefined || !isCellCounted) {
    const known = { ...output, draws: entropy.drawn };
    return likely({ ...setting, bounds, outside }, { output: "count", cell: "likelihood" }, known);
  }
  const inner = await countCells(cells, entropy, output, options, isOutputCounted);
  if (inner.cut > 0)
    warnings.push(`rare states were abandoned after 200,000 draws (${inner.cut} in all): EI may be slightly too high`);
  if (!isOutputCounted) {
    const known = { ...inner, degreesOfFreedom: BATCHES - 1 };
    return likely({ ...setting, bounds, outside }, { output: "likelihood", cell: "count" }, known);
  }
  return counted(setting, entropy, output, { ...inner, degreesOfFreedom: BATCHES - 1 }, bounds);
}

/** @throws TooMuchError where the likelihood would take too much. */
async function requireLikelihood(mechanism: DenseMechanism, options: SamplingOptions): Promise<void> {
  const likelihood = await import("../likelihood/likelihood-cost.ts");
  likelihood.requireLikelihood(mechanism, options);
}

/** `byLikelihood()`, which is loaded where counting does not suffice. */
async function likely(...asked: Parameters<typeof byLikelihood>): Promise<Estimate> {
  const { byLikelihood } = await import("../likelihood/by-likelihood.ts");
  return byLikelihood(...asked);
}

/** The difference of two entropies that were both counted. */
function counted(
  { options, warnings }: Setting,
  entropy: OutputEntropy,
  output: EntropyEstimate,
  inner: { bits: number; standardError: number; degreesOfFreedom?: number; draws: number },
  bounds: readonly [lower: number, upper: number],
): Estimate {
  const standardError = hypot(output.standardError, inner.standardError);
  if (options.tolerance > 0 && standardError > options.tolerance) {
    warnings.push(
      `the tolerance of ${options.tolerance} bit was not reached within ${options.samples.toLocaleString("en")} samples`,
    );
  }
  options.onProgress?.(1);
  return estimate({
    bits: output.bits - inner.bits,
    standardError,
    degreesOfFreedom: jointFreedom([output, inner]),
    bounds,
    samples: entropy.drawn + inner.draws,
    method: "conditional",
    outside: entropy.outside,
    warnings,
  });
}

/** 0 … what the bins allow, in bits. */
function allowed(
  { outputs }: DenseMechanism,
  parts: Float64Array,
  cuts: PreactivationBins,
): readonly [lower: number, upper: number] {
  const inputBits = parts.reduce((bits, count) => bits + log2(count), 0);
  return [0, Math.min(inputBits, outputs * log2(cuts.count))];
}

/** How many times the samples so far H(Ŷ) needs, about: doubt about states falls as 1/N, the rest of the error as 1/√N. */
export function excessOf(found: EntropyEstimate, tolerance: number): number {
  const goal = OUTPUT_SHARE * tolerance;
  const excess = Math.max(square(found.standardError / goal), found.doubt / (DOUBT_SHARE * goal));
  return found.counted < LEAST_COUNTED ? Math.max(excess, LEAST_COUNTED / Math.max(1, found.counted)) : excess;
}

/** H(Ŷ) by counting: until the tolerance is reached, the budget spent, or it is plain that states do not repeat. */
async function countOutputs(entropy: OutputEntropy, options: SamplingOptions): Promise<EntropyEstimate> {
  const budget = Math.max(1024, options.samples / 2);
  const progress = (drawn: number) => options.onProgress?.(Math.min(0.5, drawn / (2 * budget)));
  // Where states are not counted, the first look still tells the share outside.
  const isOnlyLook = options.method === "likelihood";
  if (options.look !== undefined) {
    const most = options.method === "auto" ? Math.max(PILOT, budget) : budget;
    return lookAtOutputs(entropy, options, most, options.look);
  }
  for (let target = Math.min(PILOT, budget); ; ) {
    await entropy.draw(target, options, progress);
    const found = entropy.estimate();
    const excess = excessOf(found, options.tolerance);
    if (isOnlyLook && found.counted >= FEW) return found;
    if (excess <= 1 || found.seenOnce > HOPELESS || entropy.drawn >= budget || entropy.isFull) return found;
    target = Math.min(budget, entropy.drawn * Math.min(4, Math.max(1.3, 1.1 * excess)));
  }
}

/**
 * Where so few samples were asked for that states do not repeat, a look as large as that of any other measurement: it takes milliseconds, and
 * where it suffices saves the likelihood's seconds, which no small budget shortens.
 */
async function countMore(
  entropy: OutputEntropy,
  found: EntropyEstimate,
  options: SamplingOptions,
): Promise<EntropyEstimate> {
  const isEnough = options.method !== "auto" || found.seenOnce <= UNSATURATED_BESIDE || entropy.drawn >= PILOT;
  if (isEnough || entropy.isFull || options.look !== undefined) return found;
  await entropy.draw(PILOT, options, () => {});
  const more = entropy.estimate();
  return more.seenOnce <= UNSATURATED_BESIDE ? more : found;
}

/** A first look; the standard error and the states seen once are those foreseen for the whole. */
async function lookAtOutputs(
  entropy: OutputEntropy,
  options: SamplingOptions,
  most: number,
  look: FirstLook,
): Promise<EntropyEstimate> {
  const target = Math.min(most, look.samples);
  const drawnTo = async (samples: number): Promise<EntropyEstimate> => {
    look.begin();
    await entropy.draw(samples, options, () => {});
    look.end();
    return entropy.estimate();
  };
  const looks = [await drawnTo(target / 4), await drawnTo(target / 2), await drawnTo(target)] as const;
  const found = looks[2];
  const { drawn, dimension } = entropy;
  const excess =
    options.method === "likelihood" ? 0 : options.tolerance === 0 ? Infinity : excessOf(found, options.tolerance);
  const { samples, output } = foreseen(looks, { drawn, excess, least: PILOT, most, dimension });
  look.needs(drawn, samples);
  return output;
}

/** E_cell H(Ŷ | cell) by counting, to what the tolerance leaves for it. */
async function countCells(
  cells: CellEntropy,
  entropy: OutputEntropy,
  output: EntropyEstimate,
  options: SamplingOptions,
  isOutputCounted: boolean,
): Promise<CellEntropyEstimate> {
  const { samples: budget, tolerance } = options;
  // The pilot may take half of what is left; where little is inside, most draws go into finding cells.
  const each = 32 + (entropy.outside > 0 ? LOOKED_UP / (1 - entropy.outside) : 0);
  const { look } = options;
  const mostCells = Math.min((budget - entropy.drawn) / (2 * each), (look?.samples ?? budget) / each);
  const pilotCells = Math.floor(mostCells / BATCHES);
  await cells.sample(Math.max(2, Math.min(640 / BATCHES, pilotCells)), options, () => {});
  cells.tune();
  const goal = cellGoal(tolerance, isOutputCounted ? output.standardError : 0);
  if (look !== undefined) {
    const isOutputSpent = isOutputCounted && output.standardError > tolerance;
    return lookAtCells(cells, budget - (isOutputSpent ? budget / 2 : entropy.drawn), options, goal, look);
  }
  let inner = cells.estimate();
  for (;;) {
    const wanted =
      tolerance === 0
        ? inner.cells * ((budget - Math.max(1024, budget / 2)) / inner.draws)
        : Math.max(MIN_CELLS, inner.cells * square(inner.standardError / goal) * 1.1);
    const affordable = inner.cells * ((budget - entropy.drawn) / inner.draws);
    const more = Math.ceil((Math.min(wanted, affordable, 4 * inner.cells + MIN_CELLS) - inner.cells) / BATCHES);
    if (more <= 0) return inner;
    await cells.sample(more, options, (fraction) => options.onProgress?.(0.5 + fraction / 2));
    inner = cells.estimate();
    if (inner.cells >= MIN_CELLS && inner.standardError <= goal) return inner;
  }
}

/** A first look, by as many draws for each cell as the whole will take, at how many cells that needs. */
async function lookAtCells(
  cells: CellEntropy,
  affordable: number,
  { tolerance, signal }: SamplingOptions,
  goal: number,
  look: FirstLook,
): Promise<CellEntropyEstimate> {
  const before = cells.estimate();
  look.begin();
  // Each round sets up pools of its own: beside so many cells as this that is as little as in the whole.
  await cells.sample(Math.max(4, Math.floor((3 * before.cells) / BATCHES)), { signal }, () => {});
  look.end();
  const inner = cells.estimate();
  const draws = inner.draws - before.draws;
  const each = draws / (inner.cells - before.cells);
  const wanted = each * Math.max(MIN_CELLS, inner.cells * square(inner.standardError / goal) * 1.1);
  look.needs(draws, tolerance === 0 ? affordable : Math.min(wanted, affordable));
  return inner;
}

/** What the tolerance leaves for E_cell H(Ŷ | cell). */
function cellGoal(tolerance: number, outputError: number): number {
  return Math.sqrt(Math.max(square(tolerance) - square(outputError), square(tolerance / 2)));
}

export function fewInside(counted: number, drawn: number): string {
  return `only ${counted} of ${drawn.toLocaleString("en")} samples have every output inside the output range: EI is unknown, and the value is the middle of what the bins allow`;
}

/** Too few samples inside the output range to say anything. */
function ofFew({ mechanism, parts, cuts, warnings }: Setting, entropy: OutputEntropy, counted: number): Estimate {
  warnings.push(counted === 0 ? NOTHING_INSIDE : fewInside(counted, entropy.drawn));
  const { drawn, outside } = entropy;
  return unknownWithin(allowed(mechanism, parts, cuts), { samples: drawn, method: "conditional", outside, warnings });
}

/** Bounds on EI from what single outputs tell. `leastOutput`: what H(Ŷ) is known not to be below. */
function provable(
  { mechanism, cuts, inputBits, outputBounds }: Setting,
  leastOutput: number,
  inCells: CellBounds,
): readonly [lower: number, upper: number] {
  const mostOutput = outputBounds?.upper ?? mechanism.outputs * log2(cuts.count);
  const upper = Math.max(0, Math.min(inputBits, mostOutput - inCells.least));
  const least = Math.max(leastOutput, outputBounds?.lower ?? 0) - Math.min(mostOutput, inCells.most);
  return [Math.min(upper, Math.max(0, least)), upper];
}

/** Where states were to be counted and cannot be: the middle of what is provable. */
function middleOf(
  { warnings }: Setting,
  bounds: readonly [number, number],
  entropy: OutputEntropy,
  seenOnce: number,
): Estimate {
  const remedy = 'the value is the middle of its bounds; to measure it, use method "likelihood" or "auto"';
  warnings.push(
    seenOnce > UNSATURATED
      ? `unsaturated: ${Math.round(100 * seenOnce)} % of the samples have an output state of their own; ${remedy}`
      : `unsaturated: too many output states per cell of the inputs to count; ${remedy}`,
  );
  const { drawn, outside } = entropy;
  return unknownWithin(bounds, { samples: drawn, method: "conditional", outside, warnings });
}

/** A layer so large that even the first look would take minutes, or gigabytes, is refused rather than begun. */
function requireAffordable({ name, inputs, outputs }: DenseMechanism, memory: number): void {
  const multiplications = PILOT * inputs * outputs;
  const bytes = 8 * (poolSize(inputs, outputs) + CONTROL_POINTS) * outputs + STATE_BYTES * PILOT;
  checkLimit(multiplications <= MOST_MULTIPLICATIONS && bytes <= memory, () => ({
    who: name,
    expected: `a layer whose first ${PILOT} samples take at most ${MOST_MULTIPLICATIONS} multiplications and ${Math.floor(memory / 1e6)} MB`,
    got: `${inputs} inputs and ${outputs} outputs: ${multiplications.toPrecision(3)} and ${Math.ceil(bytes / 1e6)} MB`,
    remedy: "Measure groups of its units with eiBetweenGroups(), or EI_parts and sensitivity, which need no samples.",
  }));
}

/** Σ_j H(ŷ_j) from the outputs' distributions. */
function entropyOf(marginals: Float64Array): number {
  return marginals.reduce((sum, p) => (p > 0 ? sum - p * log2(p) : sum), 0);
}
