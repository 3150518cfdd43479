/**
 * The sampling engine's conditional estimator: EI = H(Ŷ) − E_cell H(Ŷ | cell), both entropies by counting.
 *
 * Where output states do not repeat, counting says little: then the value is the middle of what is provable, its standard error
 * that of a uniform law between the bounds, and a warning says so.
 */
import { type Estimate, estimate } from "../../information/estimate.ts";
import type { DenseMechanism } from "../../network/mechanism.ts";
import { breathe } from "../breathe.ts";
import { outputCuts, type SamplingOptions } from "../engine.ts";
import { outsideWarnings } from "../exact/exact-engine.ts";
import { binProbabilities, cellLaws, outputLaws } from "../exact/marginals.ts";
import { BATCHES, CellEntropy } from "./cell-entropy.ts";
import { OutputEntropy } from "./output-entropy.ts";
import { Sampler } from "./sampler.ts";

/** The first look at H(Ŷ), in samples. */
const PILOT = 20 * 1024;
/** States seen once above this share of the samples: more samples will not help. */
const HOPELESS = 0.6;
/** States seen once above this share: the bias correction is not to be trusted. */
const UNSATURATED = 0.1;
/** More distinct states than this among 32 draws of a cell: its entropy cannot be counted. */
const CELL_STATES = 22;
/** Samples inside the output range that are too few to say anything. */
const FEW = 200;
const MIN_CELLS = 1600;
/** Share of the tolerance that H(Ŷ) may use. */
const OUTPUT_SHARE = 0.8;
/** Draws between two looks at the signal. */
const STRETCH = 1 << 17;

/**
 * I(cell of the inputs; Ŷ) of a dense mechanism, `parts[i]` being the bins of input i: 1 for an input that is noise but not looked at.
 */
export async function conditional(
  mechanism: DenseMechanism,
  parts: Float64Array,
  options: SamplingOptions,
): Promise<Estimate> {
  options.signal?.throwIfAborted();
  const cuts = outputCuts(mechanism, options);
  const sampler = new Sampler(mechanism, cuts);
  const laws = outputLaws(mechanism);
  const marginals = new Float64Array(mechanism.outputs * cuts.count);
  const outsideOf = binProbabilities(laws, cuts, marginals).map((share) =>
    share < 1e-14 ? 0 : share > 1 - 1e-14 ? 1 : share,
  );
  const warnings = outsideWarnings(outsideOf, options);
  if (outsideOf.some((share) => share === 1)) {
    warnings.push("no sample has every output inside the output range: EI is undefined and given as 0");
    return estimate({ bits: 0, standardError: 0, samples: 0, method: "conditional", outside: 1, warnings });
  }
  const inRange = outsideOf.every((share) => share === 0);
  const budget = options.samples;

  const entropy = new OutputEntropy(sampler, options.seed, marginals, inRange);
  const outputBudget = Math.max(1024, budget / 2);
  let target = Math.min(PILOT, outputBudget);
  let output = entropy.estimate();
  for (;;) {
    while (entropy.drawn < target) {
      entropy.draw();
      if (entropy.drawn % STRETCH === 0) await pause(options, entropy.drawn / (2 * outputBudget));
    }
    output = entropy.estimate();
    const excess = output.standardError / (OUTPUT_SHARE * options.tolerance);
    if (excess <= 1 || output.seenOnce > HOPELESS || entropy.drawn >= outputBudget) break;
    target = Math.min(outputBudget, entropy.drawn * Math.min(4, Math.max(1.3, excess ** 1.5)));
  }
  const outside = 1 - output.counted / entropy.drawn;
  if (output.counted < FEW) {
    warnings.push(
      `only ${output.counted} of ${entropy.drawn} samples have every output inside the output range: too few to measure`,
    );
    const most = mechanism.outputs * Math.log2(cuts.count);
    return estimate({
      bits: 0,
      standardError: most,
      bracket: [0, most],
      samples: entropy.drawn,
      method: "conditional",
      outside,
      warnings,
    });
  }

  const cells = new CellEntropy(sampler, cellLaws(mechanism, laws, parts), parts, options.seed, inRange);
  const probe = cells.probe();
  const countable = probe.states <= CELL_STATES;
  if (output.seenOnce > UNSATURATED || !countable) {
    const bounds = bracketOf(mechanism, parts, options, output.lower, marginals, inRange, probe);
    warnings.push(
      output.seenOnce > UNSATURATED
        ? `unsaturated: ${Math.round(100 * output.seenOnce)} % of the samples found an output state of their own; the value is the middle of its bounds`
        : "unsaturated: too many output states per cell of the inputs to count; the value is the middle of its bounds",
    );
    const [lower, upper] = bounds;
    return estimate({
      bits: (lower + upper) / 2,
      standardError: (upper - lower) / Math.sqrt(12),
      bracket: bounds,
      samples: entropy.drawn,
      method: "conditional",
      outside,
      warnings,
    });
  }

  // The pilot may take half of what is left.
  const pilotCells = Math.floor((budget - entropy.drawn) / (2 * 32 * BATCHES));
  cells.sample(Math.max(2, Math.min(40, pilotCells)));
  cells.tune();
  const goal = Math.sqrt(Math.max(options.tolerance ** 2 - output.standardError ** 2, (options.tolerance / 2) ** 2));
  const onlyBudget = options.tolerance === 0;
  let inner = cells.estimate();
  for (;;) {
    const wanted = onlyBudget
      ? inner.cells * ((budget - outputBudget) / inner.draws)
      : Math.max(MIN_CELLS, inner.cells * (inner.standardError / goal) ** 2 * 1.1);
    const affordable = inner.cells * ((budget - entropy.drawn) / inner.draws);
    const more = Math.ceil((Math.min(wanted, affordable, 4 * inner.cells + MIN_CELLS) - inner.cells) / BATCHES);
    if (more <= 0) break;
    // A few cells at a time, so that a signal is heard.
    const step = Math.max(1, Math.ceil(STRETCH / (BATCHES * inner.drawsPerCell)));
    for (let done = 0; done < more; done += step) {
      cells.sample(Math.min(step, more - done));
      if (more > step) await pause(options, 0.5 + (0.5 * done) / more);
    }
    inner = cells.estimate();
    if (inner.cells >= MIN_CELLS && inner.standardError <= goal) break;
  }
  if (inner.cut > 0)
    warnings.push(`a rare state was given up after 200,000 draws, ${inner.cut} times: EI may be a little high`);
  const standardError = Math.hypot(output.standardError, inner.standardError);
  if (options.tolerance > 0 && standardError > options.tolerance) {
    warnings.push(`the tolerance of ${options.tolerance} bit was not reached within ${budget} samples`);
  }
  options.onProgress?.(1);
  return estimate({
    // Sampling can put a value near 0 just below it.
    bits: output.bits - inner.bits,
    standardError,
    samples: entropy.drawn + inner.draws,
    method: "conditional",
    outside,
    warnings,
  });
}

async function pause(options: SamplingOptions, fraction: number): Promise<void> {
  options.onProgress?.(Math.min(1, fraction));
  await breathe();
  options.signal?.throwIfAborted();
}

/** H(Ŷ) lies between its plug-in estimate (too low in expectation) and Σ_j H(ŷ_j); so does E H(Ŷ | cell) between one output's and the sum. */
function bracketOf(
  mechanism: DenseMechanism,
  parts: Float64Array,
  options: SamplingOptions,
  lowerH: number,
  marginals: Float64Array,
  inRange: boolean,
  probe: { control: number; perOutput: Float64Array },
): [number, number] {
  const inputBits = parts.reduce((bits, count) => bits + Math.log2(count), 0);
  const outputBits = inRange
    ? marginals.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0)
    : mechanism.outputs * Math.log2(options.bins.output);
  const leastInner = inRange ? probe.perOutput.reduce((most, h) => Math.max(most, h), 0) : 0;
  const mostInner = inRange ? probe.control : mechanism.outputs * Math.log2(options.bins.output);
  const upper = Math.max(0, Math.min(inputBits, outputBits - leastInner));
  return [Math.min(upper, Math.max(0, lowerH - mostInner)), upper];
}
