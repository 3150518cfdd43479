/**
 * The sampling engine's conditional estimator: EI = H(Ŷ) − E_cell H(Ŷ | cell), both entropies by counting.
 *
 * Where output states do not repeat, counting says little: then the value is the middle of what is provable, its standard error
 * that of a uniform law between the bounds, and a warning says so.
 */

import { InvalidInputError } from "../../errors.ts";
import { hypot, log2, square } from "../../information/elementary.ts";
import { type Estimate, estimate, jointFreedom } from "../../information/estimate.ts";
import type { DenseMechanism } from "../../network/mechanism.ts";
import { outputCuts, type SamplingOptions } from "../engine.ts";
import { outputEntropyBounds } from "../exact/bounds.ts";
import { outsideWarnings } from "../exact/exact-engine.ts";
import { binProbabilities, cellLaws, outputLaws } from "../exact/marginals.ts";
import { BATCHES, CellEntropy, poolSize } from "./cell-entropy.ts";
import { STATE_BYTES, stoppedByMemory } from "./memory.ts";
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
const MOST_BYTES = 1e9;
/** What the control variate's table may be off by, in bits. */
const CONTROL_ERROR = 1e-3;
/** Share of the tolerance that H(Ŷ) may use. */
const OUTPUT_SHARE = 0.8;

/**
 * I(cell of the inputs; Ŷ) of a dense mechanism, `parts[i]` being the bins of input i: 1 for an input that is noise but not looked at.
 */
export async function conditional(
  mechanism: DenseMechanism,
  parts: Float64Array,
  options: SamplingOptions,
): Promise<Estimate> {
  options.signal?.throwIfAborted();
  requireAffordable(mechanism, options.memory);
  const kernels: { free(): void }[] = [];
  try {
    return await measured(mechanism, parts, options, kernels);
  } finally {
    for (const kernel of kernels) kernel.free();
  }
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
  const outsideOf = binProbabilities(laws, beyond, marginals).map((share) =>
    share < 1e-14 ? 0 : share > 1 - 1e-14 ? 1 : share,
  );
  const warnings = outsideWarnings(outsideOf, options);
  const clamps = options.outside === "clamp" && outsideOf.some((share) => share > 0);
  if (clamps) binProbabilities(laws, cuts, marginals);
  else if (outsideOf.some((share) => share === 1)) {
    warnings.push("no sample has every output inside the output range: EI is undefined and given as 0");
    return estimate({ bits: 0, standardError: 0, samples: 0, method: "conditional", outside: 1, warnings });
  }
  const inRange = clamps || outsideOf.every((share) => share === 0);
  const budget = options.samples;
  const inputBits = parts.reduce((bits, count) => bits + log2(count), 0);
  // Of all samples, so not of those inside where some are outside.
  const bounds = inRange ? outputEntropyBounds(mechanism, laws, entropyOf(marginals)) : undefined;

  const entropy = new OutputEntropy(
    { ...layer, beyond: clamps ? beyond : undefined },
    options.seed,
    marginals,
    inRange,
  );
  kernels.push(entropy);
  const outputBudget = Math.max(1024, budget / 2);
  let target = Math.min(PILOT, outputBudget);
  let output = entropy.estimate();
  for (;;) {
    await entropy.draw(target, options, (drawn) => options.onProgress?.(Math.min(0.5, drawn / (2 * outputBudget))));
    output = entropy.estimate();
    const excess = output.standardError / (OUTPUT_SHARE * options.tolerance);
    if (excess <= 1 || output.seenOnce > HOPELESS || entropy.drawn >= outputBudget || entropy.isFull) break;
    target = Math.min(outputBudget, entropy.drawn * Math.min(4, Math.max(1.3, excess * Math.sqrt(excess))));
  }
  const { outside } = entropy;
  if (entropy.isFull) warnings.push(stoppedByMemory(entropy.drawn));
  if (output.counted < FEW) {
    warnings.push(
      `only ${output.counted} of ${entropy.drawn} samples have every output inside the output range: too few to measure`,
    );
    const most = mechanism.outputs * log2(cuts.count);
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

  const cells = new CellEntropy(layer, cellLaws(mechanism, laws, parts), parts, options.seed, inRange);
  kernels.push(cells);
  const probe = cells.probe();
  const countable = probe.states <= CELL_STATES;
  if (output.seenOnce > UNSATURATED || !countable) {
    warnings.push(
      output.seenOnce > UNSATURATED
        ? `unsaturated: ${Math.round(100 * output.seenOnce)} % of the samples found an output state of their own; the value is the middle of its bounds`
        : "unsaturated: too many output states per cell of the inputs to count; the value is the middle of its bounds",
    );
    const mostOutput = bounds?.upper ?? mechanism.outputs * log2(cuts.count);
    const leastOutput = Math.max(output.lower, bounds?.lower ?? 0);
    const mostInner = inRange ? probe.control : mostOutput;
    const leastInner = inRange ? probe.perOutput.reduce((most, h) => Math.max(most, h), 0) : 0;
    const upper = Math.max(0, Math.min(inputBits, mostOutput - leastInner));
    const lower = Math.min(upper, Math.max(0, leastOutput - mostInner));
    return estimate({
      bits: (lower + upper) / 2,
      standardError: (upper - lower) / Math.sqrt(12),
      bracket: [lower, upper],
      samples: entropy.drawn,
      method: "conditional",
      outside,
      warnings,
    });
  }

  // The pilot may take half of what is left.
  const pilotCells = Math.floor((budget - entropy.drawn) / (2 * 32 * BATCHES));
  await cells.sample(Math.max(2, Math.min(640 / BATCHES, pilotCells)), options, () => {});
  cells.tune();
  const goal = Math.sqrt(
    Math.max(square(options.tolerance) - square(output.standardError), square(options.tolerance / 2)),
  );
  const onlyBudget = options.tolerance === 0;
  let inner = cells.estimate();
  for (;;) {
    const wanted = onlyBudget
      ? inner.cells * ((budget - outputBudget) / inner.draws)
      : Math.max(MIN_CELLS, inner.cells * square(inner.standardError / goal) * 1.1);
    const affordable = inner.cells * ((budget - entropy.drawn) / inner.draws);
    const more = Math.ceil((Math.min(wanted, affordable, 4 * inner.cells + MIN_CELLS) - inner.cells) / BATCHES);
    if (more <= 0) break;
    await cells.sample(more, options, (fraction) => options.onProgress?.(0.5 + fraction / 2));
    inner = cells.estimate();
    if (inner.cells >= MIN_CELLS && inner.standardError <= goal) break;
  }
  if (inner.cut > 0)
    warnings.push(`rare states were given up after 200,000 draws (${inner.cut} in all): EI may be a little high`);
  const standardError = hypot(output.standardError, inner.standardError);
  if (options.tolerance > 0 && standardError > options.tolerance) {
    warnings.push(`the tolerance of ${options.tolerance} bit was not reached within ${budget} samples`);
  }
  options.onProgress?.(1);
  const bracket =
    bounds &&
    ([
      Math.max(0, bounds.lower - inner.sumOfOutputs - 3 * inner.sumOfOutputsError - CONTROL_ERROR),
      Math.min(inputBits, bounds.upper),
    ] as const);
  return estimate({
    // Sampling can put a value near 0 just below it.
    bits: output.bits - inner.bits,
    standardError,
    degreesOfFreedom: jointFreedom([output, { ...inner, degreesOfFreedom: BATCHES - 1 }]),
    ...(bracket && { bracket }),
    samples: entropy.drawn + inner.draws,
    method: "conditional",
    outside,
    warnings,
  });
}

/** A layer so large that even the first look would take minutes, or gigabytes, is refused rather than begun. */
function requireAffordable({ name, inputs, outputs }: DenseMechanism, memory = MOST_BYTES): void {
  const multiplications = PILOT * inputs * outputs;
  const bytes = 8 * (poolSize(inputs, outputs) + CONTROL_POINTS) * outputs + STATE_BYTES * PILOT;
  if (multiplications <= MOST_MULTIPLICATIONS && bytes <= memory) return;
  throw new InvalidInputError({
    who: name,
    expected: `a layer whose first ${PILOT} samples take at most ${MOST_MULTIPLICATIONS} multiplications and ${Math.floor(memory / 1e6)} MB`,
    got: `${inputs} inputs and ${outputs} outputs: ${multiplications.toPrecision(3)} and ${Math.ceil(bytes / 1e6)} MB`,
    remedy: "Measure groups of its units with eiBetweenGroups(), or EI_parts and sensitivity, which need no samples.",
  });
}

/** Σ_j H(ŷ_j) from the outputs' distributions. */
function entropyOf(marginals: Float64Array): number {
  return marginals.reduce((sum, p) => (p > 0 ? sum - p * log2(p) : sum), 0);
}
