/**
 * An output range that follows the mechanism instead of its activation, with output bins of the input's bin width: one range for all
 * outputs and all measures. (The reference implementation's "dynamic" ranges differ between its measures, and between outputs.)
 */

import * as v from "valibot";
import { check } from "../checks/check.ts";
import { numbersOf } from "../checks/schema/lists.ts";
import { parse } from "../checks/schema/parse.ts";
import { options } from "../checks/schema/records.ts";
import { MAX_BINS, positiveInteger, seed, whole } from "../checks/schema/scalars.ts";
import type { BinCounts, Range } from "../information/bins.ts";
import { NOISE_BLOCK } from "../kernels/blocks.ts";
import { type DenseMechanism, isDense, type Mechanism, requireMechanism } from "../model/mechanism.ts";
import { noiseSource } from "./noise.ts";

/** What `dynamicOutput()` takes. */
export interface DynamicOutputOptions {
  /** For mechanisms that must be sampled. Default 0. */
  readonly seed?: number;
  /** How many samples such a mechanism's range is taken from. Default 10,000, the reference implementation's. */
  readonly samples?: number;
  /** Where sensitivity holds the other inputs; these points are inside the range too. `[inputs]`, default 0 for all. */
  readonly rest?: ArrayLike<number>;
}

/** A mechanism with an output range that its values fill, and the bins to measure it with. */
export interface DynamicOutput {
  /** The same mechanism with the range found. */
  readonly mechanism: Mechanism;
  readonly bins: BinCounts;
  /** Samples that the range was taken from; 0 where it is exact. */
  readonly samples: number;
  readonly warnings: readonly string[];
}

function optionsOf(inputs: number) {
  return options({
    seed: v.optional(seed, 0),
    samples: v.optional(positiveInteger, 10_000),
    rest: v.optional(
      v.pipe(
        numbersOf(inputs),
        v.transform((rest) => Float64Array.from(rest)),
      ),
    ),
  });
}

/**
 * The mechanism with an output range from the least to the greatest value that any output takes, upwards to a whole number of bins as wide as
 * the (narrowest) input bins. Exact for a dense layer: the extremes of φ over the input box and over the resting values beside
 * one noisy input. Otherwise from samples of uniform noise: values beyond them can occur, and fall to the policy for outside values.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "relu", inputRange: [-1, 1] });
 * const { mechanism, bins } = await dynamicOutput(layer, 8);
 * console.log(mechanism.outputRange, bins); // [ 0, 10 ] { input: 8, output: 40 }
 * const { bits } = await effectiveInformation(mechanism, { bins });
 * console.log(bits.toFixed(3)); // 3.686
 * ```
 * @throws InvalidInputError for input bins or samples that are none, outputs that never change, and ranges of more than 65,536 bins.
 */
export async function dynamicOutput(
  mechanism: Mechanism,
  inputBins: number,
  given: DynamicOutputOptions = {},
): Promise<DynamicOutput> {
  requireMechanism(mechanism, "dynamicOutput()");
  const who = `${mechanism.name}: dynamicOutput()`;
  parse(whole(2, MAX_BINS), inputBins, `${who}: inputBins`);
  const { seed, samples, rest = new Float64Array(mechanism.inputs) } = parse(optionsOf(mechanism.inputs), given, who);
  const exact = isDense(mechanism);
  const [low, high] = exact ? denseExtremes(mechanism, rest) : await sampledExtremes(mechanism, rest, samples, seed);
  check(low < high && Number.isFinite(high - low), () => ({
    who,
    expected: "outputs that vary, and are finite",
    got: `values from ${low} to ${high}`,
    remedy: "Set outputRange instead.",
  }));
  const width = mechanism.inputRanges.reduce((least, [from, to]) => Math.min(least, (to - from) / inputBins), Infinity);
  // A range of a whole number of bins, up to rounding, needs no further one.
  const count = Math.max(2, Math.ceil((high - low) / width - 1e-9));
  check(count <= MAX_BINS, () => ({
    who,
    expected: `at most ${MAX_BINS} output bins`,
    got: `${count}, of width ${width} from ${low} to ${high}`,
    remedy: "Use fewer input bins, or set outputRange and the number of output bins.",
  }));
  const outputRange: Range = [low, Math.max(high, low + count * width)];
  const found = exact
    ? "exactly"
    : `from ${samples.toLocaleString("en")} samples, so that rarer values may lie outside it`;
  return {
    mechanism: { ...mechanism, outputRange },
    bins: { input: inputBins, output: count },
    samples: exact ? 0 : samples,
    warnings: [
      `the output range (${low}, ${outputRange[1]}) was determined ${found}; ${count} output bins, as wide as the input bins`,
    ],
  };
}

/** Extremes of all outputs over the box, and with one input noisy while the others rest. */
function denseExtremes({ inputs, outputs, inputRanges, dense }: DenseMechanism, rest: Float64Array): [number, number] {
  const { value, turningPoints } = dense.activation;
  let [least, most] = [Infinity, -Infinity];
  const span = (from: number, to: number): void => {
    for (const z of [from, to, ...turningPoints.filter((turn) => turn > from && turn < to)]) {
      least = Math.min(least, value(z));
      most = Math.max(most, value(z));
    }
  };
  for (let j = 0; j < outputs; j++) {
    let [from, to, atRest] = [dense.bias[j]!, dense.bias[j]!, dense.bias[j]!];
    for (let i = 0; i < inputs; i++) {
      const weight = dense.weights[j * inputs + i]!;
      const [a, b] = [weight * inputRanges[i]![0], weight * inputRanges[i]![1]];
      from += Math.min(a, b);
      to += Math.max(a, b);
      atRest += weight * rest[i]!;
    }
    span(from, to);
    // Resting values inside the box add nothing.
    if (rest.every((at, i) => at >= inputRanges[i]![0] && at <= inputRanges[i]![1])) continue;
    for (let i = 0; i < inputs; i++) {
      const weight = dense.weights[j * inputs + i]!;
      const [low, high] = inputRanges[i]!;
      const [atLow, atHigh] = [atRest + weight * (low - rest[i]!), atRest + weight * (high - rest[i]!)];
      span(Math.min(atLow, atHigh), Math.max(atLow, atHigh));
    }
  }
  return [least, most];
}

/** Extremes over uniform noise, and with one input at an end of its range while the others rest. */
async function sampledExtremes(
  mechanism: Mechanism,
  rest: Float64Array,
  samples: number,
  seed: number,
): Promise<[number, number]> {
  const { inputs, inputRanges } = mechanism;
  const source = noiseSource(mechanism, undefined, seed);
  let [least, most] = [Infinity, -Infinity];
  const see = async (x: Float64Array, rows: number): Promise<void> => {
    for (const y of await mechanism.evaluate(x, rows)) {
      if (Number.isNaN(y)) [least, most] = [Number.NaN, Number.NaN];
      least = Math.min(least, y);
      most = Math.max(most, y);
    }
  };
  for (let block = 0, left = samples; left > 0; block++, left -= NOISE_BLOCK) {
    const rows = Math.min(left, NOISE_BLOCK);
    const x = new Float64Array(rows * inputs);
    source.fill(x, rows, block);
    await see(x, rows);
  }
  const ends = new Float64Array(2 * inputs * inputs);
  for (let row = 0; row < 2 * inputs; row++) {
    ends.set(rest, row * inputs);
    ends[row * inputs + (row >> 1)] = inputRanges[row >> 1]![row & 1]!;
  }
  await see(ends, 2 * inputs);
  return [least, most];
}
