/**
 * The published estimator: mutual information of the frequencies of sampled states. For comparison with the reference implementation, and
 * for pairs of mechanisms known only by their values. It is biased until every joint state was seen many times, and says so.
 */
import { hypot, log2 } from "../../information/elementary.ts";
import { type Estimate, type EstimateMatrix, estimate, unknownWithin } from "../../information/estimate.ts";
import { NOISE_BLOCK } from "../../kernels/blocks.ts";
import type { Mechanism } from "../../model/mechanism.ts";
import { drawPairs } from "../counting/draw-pairs.ts";
import { type JointStatistic, PlugInCounts } from "../counting/joint-counts.ts";
import { stoppedByMemory } from "../counting/memory.ts";
import { unseenBits } from "../counting/output-counts.ts";
import { PairCounts, requireCountable } from "../counting/pair-counts.ts";
import { influenceVariance } from "../counting/pair-influence.ts";
import type { EngineOptions, Intervention, SamplingOptions } from "../engine.ts";
import { NOTHING_INSIDE, outsideWarnings, samplesOutside } from "../exact/outside.ts";
import type { NoiseSource } from "../noise.ts";
import { BinnedSamples, overBlocks } from "./binned-samples.ts";

/** Distinct states per sample above which the frequencies say little. */
const UNSATURATED = 0.1;
const FIRST = 5 * NOISE_BLOCK;

export interface PlugInOptions extends SamplingOptions {
  /** Subtract Miller's first-order bias from every pair; a pair may then come out a little below 0. Default false: the raw plug-in. */
  readonly correct?: boolean;
}

/** Counts of the samples numbered `from` … `to` − 1, a shard that merges with others; `into` continues an earlier one. */
export async function drawJoint(
  mechanism: Mechanism,
  parts: Float64Array,
  options: EngineOptions,
  source: NoiseSource,
  [from, to]: readonly [number, number],
  into = new PlugInCounts(parts, mechanism.outputs, options.bins.output),
  progress?: (done: number) => void,
): Promise<PlugInCounts> {
  const samples = new BinnedSamples(mechanism, parts, options, source);
  const visit = async (block: number, first: number, rows: number) => {
    into.isFull = into.bytesAfter(rows - first) > options.memory;
    if (into.isFull) return false;
    samples.draw(block, rows);
    await samples.respond(rows);
    into.add(samples.x, samples.y, samples.beyond, first, rows);
  };
  try {
    await overBlocks(from, to, samples.stretch, options.signal, visit, progress);
  } finally {
    samples.free();
  }
  return into;
}

/**
 * Plug-in `I(X̂; Ŷ) = H(X̂) + H(Ŷ) − H(X̂, Ŷ)` in bits, `parts[i]` being the bins of input i and 1 meaning that it is noise but not looked
 * at. A sample with an output outside the output range is left out as a whole, or clamped. The standard error holds
 * that of sampling and the first-order bias; where states do not repeat it is that of a uniform law over what the bins allow.
 *
 * With tolerance 0, exactly `samples` samples; otherwise until both the standard error and the first-order bias are below it.
 *
 * @throws InvalidInputError for noise outside the input range and for black boxes that break their promise; the signal's reason.
 */
export async function plugInJoint(
  mechanism: Mechanism,
  parts: Float64Array,
  options: SamplingOptions,
  source: NoiseSource,
): Promise<Estimate> {
  const counts = new PlugInCounts(parts, mechanism.outputs, options.bins.output);
  const tell = (done: number) => options.onProgress?.(Math.min(1, done / options.samples));
  let target = options.tolerance === 0 ? options.samples : Math.min(FIRST, options.samples);
  for (;;) {
    await drawJoint(mechanism, parts, options, source, [counts.drawn, target], counts, tell);
    const reached = options.tolerance === 0 || isClose(counts.statistic(), counts, options.tolerance);
    if (reached || target >= options.samples || counts.isFull) break;
    target = Math.min(options.samples, 2 * target);
  }
  options.onProgress?.(1);
  return jointEstimate(counts, options, source);
}

function isClose(found: JointStatistic, { kept }: PlugInCounts, tolerance: number): boolean {
  if (kept === 0 || found.states.joint > UNSATURATED * kept) return false;
  return hypot(found.standardError, found.bias) <= tolerance;
}

/** The estimate that counts allow, with its warnings. */
export function jointEstimate(
  counts: PlugInCounts,
  options: Pick<SamplingOptions, "outside" | "tolerance">,
  source: Pick<NoiseSource, "warnings">,
): Estimate {
  const { drawn, kept } = counts;
  const outside = counts.beyond / drawn;
  const warnings = [...(source.warnings ?? [])];
  if (counts.isFull) warnings.push(stoppedByMemory(drawn));
  if (outside > 0) warnings.push(samplesOutside(outside, options));
  const bounds = [0, counts.most] as const;
  if (kept === 0) {
    warnings.push(NOTHING_INSIDE);
    return unknownWithin(bounds, { samples: drawn, method: "plug-in", outside, warnings });
  }
  const found = counts.statistic();
  const unsaturated = unsaturatedWarning(found, kept);
  if (unsaturated !== undefined) warnings.push(unsaturated);
  else if (Math.abs(found.bias) > 0.5 * found.standardError && Math.abs(found.bias) > 1e-9) {
    warnings.push(biasWarning(found.bias));
  }
  if (options.tolerance > 0 && !isClose(found, counts, options.tolerance)) {
    warnings.push(
      `the tolerance of ${options.tolerance} bit was not reached within ${drawn.toLocaleString("en")} samples`,
    );
  }
  const { bits } = found;
  if (unsaturated === undefined) {
    const standardError = hypot(hypot(found.standardError, found.bias), unseenBits(kept));
    return estimate({ bits, standardError, bounds, samples: drawn, method: "plug-in", outside, warnings });
  }
  // Where states do not repeat, the value says little more than the bins: the error is that of a uniform law over what they allow.
  return estimate({
    bits,
    standardError: counts.most / Math.sqrt(12),
    bounds,
    samples: drawn,
    method: "plug-in",
    outside,
    warnings,
  });
}

function unsaturatedWarning({ states, once, outputEntropy, bits }: JointStatistic, kept: number): string | undefined {
  const percent = (share: number) => `${Math.floor(100 * share)} %`;
  if (states.input > UNSATURATED * kept && once.input >= 0.5) {
    return (
      `unsaturated: ${percent(once.input)} of the input states were seen once; the plug-in returns ` +
      `H(Ŷ) = ${outputEntropy.toFixed(2)} bit of these samples at most and is biased`
    );
  }
  if (states.joint > UNSATURATED * kept) {
    return (
      `unsaturated: ${percent(once.joint)} of the joint states were seen once; the plug-in, ${bits.toFixed(2)} bit, ` +
      "is biased, usually upwards"
    );
  }
  return undefined;
}

function biasWarning(bias: number): string {
  const way = bias > 0 ? "high" : "low";
  return `the plug-in is too ${way} by about ${Math.abs(bias).toPrecision(2)} bit (first order), which its error includes`;
}

/**
 * Plug-in `I(x̂_i; ŷ_j)` in bits of every pair, `[inputs, outputs]`; a sample is left out of the pairs whose output lies outside the
 * output range. With noise on one input, `samples` is the number per input, and the others rest. Standard errors are those of sampling;
 * what remains of the bias comes as a warning, and enters the error of the sum (`plugInParts`).
 *
 * With tolerance 0, exactly `samples` samples; otherwise until the error of the sum, and its first-order bias unless corrected, are below.
 *
 * @throws InvalidInputError for histograms above 1 GB, more than 2^31 − 1 samples, noise outside the input range, and black boxes that
 *   break their promise; the signal's reason.
 */
export async function plugInPairwise(
  mechanism: Mechanism,
  intervention: Intervention,
  options: PlugInOptions,
  source: NoiseSource,
): Promise<EstimateMatrix> {
  const counts = await countPairs(mechanism, intervention, options, source);
  const { matrix } = matrixOf(counts, intervention, options, source);
  // The sum keeps what the correction puts below 0, which balances what it leaves above; a single pair cannot be there.
  const most = mostOfPair(options.bins);
  return { ...matrix, bits: matrix.bits.map((bits) => Math.max(0, Math.min(most, bits))) };
}

/**
 * The sum of `plugInPairwise`: EI_parts, or sensitivity for noise on one input. Its standard error counts that pairs share their
 * samples, which a sum of squares over the matrix does not.
 */
export async function plugInParts(
  mechanism: Mechanism,
  intervention: Intervention,
  options: PlugInOptions,
  source: NoiseSource,
): Promise<Estimate> {
  const counts = await countPairs(mechanism, intervention, options, source);
  return pairsEstimate(mechanism, intervention, options, source, counts);
}

/** The estimate of the sum over pairs that counts allow, with its warnings. */
export async function pairsEstimate(
  mechanism: Mechanism,
  intervention: Intervention,
  options: Omit<PlugInOptions, "method">,
  source: NoiseSource,
  counts: PairCounts,
): Promise<Estimate> {
  const { matrix, bias } = matrixOf(counts, intervention, options, source);
  const variance = await influenceVariance(mechanism, intervention, options, source, counts);
  return estimate({
    bits: matrix.bits.reduce((sum, bits) => sum + bits, 0),
    standardError: hypot(Math.sqrt(variance / counts.drawn), bias),
    bounds: [0, mechanism.inputs * mechanism.outputs * mostOfPair(options.bins)],
    samples: matrix.samples,
    method: "plug-in",
    outside: matrix.outside.reduce((sum, share) => sum + share, 0) / matrix.outside.length,
    warnings: matrix.warnings,
  });
}

/** What the bins allow a pair to tell, in bits. */
function mostOfPair({ input, output }: EngineOptions["bins"]): number {
  return log2(Math.min(input, output));
}

async function countPairs(
  mechanism: Mechanism,
  intervention: Intervention,
  options: PlugInOptions,
  source: NoiseSource,
): Promise<PairCounts> {
  requireCountable(options.samples, mechanism.name);
  const counts = new PairCounts(mechanism.name, mechanism.inputs, mechanism.outputs, options.bins, options.memory);
  const tell = (done: number) => options.onProgress?.(Math.min(1, done / options.samples));
  let target = options.tolerance === 0 ? options.samples : Math.min(FIRST, options.samples);
  for (;;) {
    await drawPairs(mechanism, intervention, options, source, [counts.drawn, target], counts, tell);
    if (target >= options.samples) break;
    const { error, bias } = matrixOf(counts, intervention, options, source);
    if (hypot(error, bias) <= options.tolerance) break;
    target = Math.min(options.samples, 2 * target);
  }
  options.onProgress?.(1);
  return counts;
}

/** Every pair's estimate; with them the error of the sum as if pairs were independent, and the bias left in it. */
function matrixOf(
  counts: PairCounts,
  intervention: Intervention,
  options: Omit<PlugInOptions, "method">,
  source: Pick<NoiseSource, "warnings">,
): { matrix: EstimateMatrix; error: number; bias: number } {
  const { inputs, outputs, bins, drawn } = counts;
  const bits = new Float64Array(inputs * outputs);
  const standardError = new Float64Array(inputs * outputs);
  const [rows, columns] = [new Float64Array(bins.input), new Float64Array(bins.output)];
  let [error, bias, unsaturated, empty] = [0, 0, 0, 0];
  for (let i = 0, pair = 0; i < inputs; i++) {
    for (let j = 0; j < outputs; j++, pair++) {
      const found = counts.statistic(i, j, rows, columns);
      bits[pair] = options.correct ? found.bits - found.bias : found.bits;
      standardError[pair] = found.standardError;
      error = hypot(error, found.standardError);
      bias += found.bias;
      if (found.kept === 0) empty++;
      else if (found.cells > UNSATURATED * found.kept) unsaturated++;
    }
  }
  const runs = intervention.noise === "one input" ? inputs : 1;
  const outside = counts.beyond.map((count) => count / (drawn * runs));
  const warnings = [...(source.warnings ?? []), ...outsideWarnings(outside, options)];
  const pairs = inputs * outputs;
  if (empty > 0)
    warnings.push(`${empty} of ${pairs} pairs have no sample inside the output range: their value is set to 0`);
  if (unsaturated > 0) {
    warnings.push(
      `unsaturated: ${unsaturated} of ${pairs} pairs have more than ${UNSATURATED} occupied cells per sample; ` +
        `the plug-in is too high, by about ${bias.toPrecision(2)} bit in total (first order)${options.correct ? ", subtracted" : ""}`,
    );
  } else if (!options.correct && Math.abs(bias) > 0.5 * error && Math.abs(bias) > 1e-9) {
    warnings.push(biasWarning(bias));
  }
  const left = options.correct && unsaturated === 0 ? 0 : bias;
  if (options.tolerance > 0 && hypot(error, left) > options.tolerance) {
    warnings.push(
      `the tolerance of ${options.tolerance} bit was not reached within ${drawn.toLocaleString("en")} samples`,
    );
  }
  const matrix: EstimateMatrix = {
    shape: [inputs, outputs],
    bits,
    standardError,
    outside,
    samples: drawn,
    method: "plug-in",
    warnings,
  };
  return { matrix, error, bias: left };
}
