/** EI: what noise on a whole layer tells about the next layer's joint state. */

import { joint } from "../estimators/joint.ts";
import { withOccupied } from "../estimators/occupied.ts";
import { requireAveragable } from "../estimators/pairwise.ts";
import { log2, square } from "../information/elementary.ts";
import { type Estimate, estimate } from "../information/estimate.ts";
import { derivedSeed } from "../information/random.ts";
import { type Mechanism, requireMechanism } from "../model/mechanism.ts";
import { type EffectiveInformationOptions, samplingOptions } from "./measure-options.ts";

/**
 * Effective information `I(X̂; Ŷ)` of the binned joint states under do(L1 = H^max): every input independent and uniform on the
 * input range (Mattsson, Michaud & Hoel, "Examining the causal structures of deep neural networks using information theory").
 *
 * Between 0 and min(inputs · log2 Bx, outputs · log2 By) bits. Estimated as H(Ŷ) − E_cell H(Ŷ | cell), with its standard error;
 * exact for one input and one output.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const { bits, standardError } = await effectiveInformation(layer, { bins: 8, tolerance: 0.005 });
 * console.log(bits.toFixed(3), standardError < 0.005); // 3.496 true
 * ```
 * @throws InvalidInputError for options out of range; the signal's reason when cancelled.
 */
export async function effectiveInformation(
  mechanism: Mechanism,
  options: EffectiveInformationOptions,
): Promise<Estimate> {
  requireMechanism(mechanism, "effectiveInformation()");
  const checked = samplingOptions(options, "effectiveInformation()");
  const found = checked.offset === "averaged" ? await averaged(mechanism, checked) : await joint(mechanism, checked);
  return withOccupied(found, mechanism, checked);
}

/** Places at which the bins begin: the middles of as many equal parts of a bin. */
export const PLACES = 16;

/**
 * The mean over where the output bins begin. Its error is that of sampling, and of the places being few: a quarter of the difference of the
 * even and the odd ones, where that is more than chance.
 */
async function averaged(mechanism: Mechanism, options: ReturnType<typeof samplingOptions>): Promise<Estimate> {
  requireAveragable(mechanism, options);
  const found: Estimate[] = [];
  for (let place = 0; place < PLACES; place++) {
    found.push(
      await joint(mechanism, {
        ...options,
        shift: (place + 0.5) / PLACES,
        seed: derivedSeed(options.seed, place),
        tolerance: options.tolerance * Math.sqrt(PLACES),
        samples: Math.max(1, Math.floor(options.samples / PLACES)),
        onProgress: (fraction) => options.onProgress?.((place + fraction) / PLACES),
        onPartial: undefined,
      }),
    );
  }
  const mean = (of: (each: Estimate, place: number) => number) =>
    found.reduce((sum, each, place) => sum + of(each, place), 0) / PLACES;
  const sampling = mean(({ standardError }) => square(standardError)) / PLACES;
  const halves = mean(({ bits }, place) => (place % 2 === 0 ? bits : -bits));
  // Half the difference is the error of either half; with twice as many places the mean is at least twice as near.
  const standardError = Math.sqrt(sampling + Math.max(0, square(halves) - sampling) / 4);
  const warnings = found
    .flatMap(({ warnings }) => warnings)
    .filter((warning) => !warning.startsWith("the tolerance of"));
  if (options.tolerance > 0 && standardError > options.tolerance) {
    warnings.push(
      `the tolerance of ${options.tolerance} bit was not reached: the mean over ${PLACES} positions of the bins used ${options.samples.toLocaleString("en")} samples`,
    );
  }
  const inputBits = mechanism.inputs * log2(options.bins.input);
  return estimate({
    bits: mean(({ bits }) => bits),
    standardError,
    bounds: [0, Math.min(inputBits, mechanism.outputs * log2(options.bins.output + 1))],
    samples: found.reduce((sum, { samples }) => sum + samples, 0),
    method: found[0]!.method,
    outside: mean(({ outside }) => outside),
    warnings: [...new Set(warnings)],
  });
}
