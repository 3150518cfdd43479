/**
 * What a measurement will cost, before it is begun, by its size alone: samples, the memory at its peak, and work in units of which a machine
 * does some number in a second. packages/core/src/cost/ finds out how many, and tries what can be tried instead, which tells much more.
 */

import { poolSize } from "../estimators/counting/cell-entropy.ts";
import { tableBytes } from "../estimators/counting/pair-counts.ts";
import { outputCuts } from "../estimators/engine.ts";
import { binProbabilities, outputLaws } from "../estimators/exact/marginals.ts";
import { likelihoodBytes, likelihoodWork } from "../estimators/likelihood/likelihood-cost.ts";
import { power, square } from "../information/elementary.ts";
import { type DenseMechanism, isDense, type Mechanism } from "../model/mechanism.ts";
import { type DirectMeasure, MEASURES, type MeasureName, neededFor } from "./measure-names.ts";
import {
  DEFAULT_TOLERANCE,
  type EffectiveInformationOptions,
  pairOptions,
  samplingOptions,
} from "./measure-options.ts";

export interface Cost {
  /** Samples that will be drawn, for all of the measures; 0 where they are exact. */
  readonly samples: number;
  /** Memory held at the peak, in bytes, beyond what the mechanism takes. */
  readonly bytes: number;
  /** Nanoseconds of compiled kernels on the machine that the constants were fitted on. */
  readonly work: number;
  /** Evaluations of a mechanism that is known only by its values, in samples: their time is not in `work`. */
  readonly evaluations: number;
}

/** What is to be measured: all that `measureLayer` does, or one of its measures. */
export type CostOf = "all" | Exclude<MeasureName, "degeneracy" | "phi">;

/** What `estimateCost()` takes: the measure, and the options that it is to be measured with. */
export interface CostOptions extends EffectiveInformationOptions {
  /** Default `"all"`. */
  readonly measure?: CostOf;
  /** Those of all that are measured, as `measureSome` takes them. Default: all of them. */
  readonly measures?: readonly MeasureName[];
}

type PairMethod = "auto" | "plug-in";

/** By measure, in the order in which `measureLayer` finds them. */
const COSTS: Readonly<
  Record<DirectMeasure, (mechanism: Mechanism, options: CostOptions, pairMethod: PairMethod) => Cost>
> = {
  eiParts: (mechanism, options, method) => costOfPairs(mechanism, options, method, false),
  sensitivity: (mechanism, options, method) => costOfPairs(mechanism, options, method, true),
  ei: costOfEi,
};

/** What must be measured, in the order in which `measureLayer` does it. */
export function measuresOf({ measure = "all", measures = MEASURES }: CostOptions): readonly DirectMeasure[] {
  const needed: ReadonlySet<string> = measure === "all" ? neededFor(measures) : new Set([measure]);
  return (Object.keys(COSTS) as DirectMeasure[]).filter((each) => needed.has(each));
}

/** Samples of the first look at H(Ŷ), and bits above which it finds hardly any state twice. */
const FIRST_LOOK = 20_480;
const HOPELESS_BITS = 26;

/** Nanoseconds of a sample of H(Ŷ) of a dense layer, and of what is set up for its cells, whatever their number. */
export function countingWork({ inputs, outputs }: Mechanism): { readonly perSample: number; readonly setUp: number } {
  return {
    perSample: inputs * (3.5 + 0.6 * outputs) + 6 * outputs + 60,
    setUp: 32 * poolSize(inputs, outputs) * inputs * (2.4 + 0.35 * outputs) + 4e5 * outputs + 1e6,
  };
}

const NOTHING: Cost = { samples: 0, bytes: 0, work: 0, evaluations: 0 };

/** @throws InvalidInputError for options out of range. */
export function costOf(mechanism: Mechanism, options: CostOptions): Cost {
  const { measure = "all" } = options;
  // Beside EI, pairs are found in the best way there is.
  const method = measure !== "all" && options.method === "plug-in" ? "plug-in" : "auto";
  const parts = measuresOf(options).map((each) => COSTS[each](mechanism, options, method));
  return parts.reduce(
    (sum, part) => ({
      samples: sum.samples + part.samples,
      bytes: Math.max(sum.bytes, part.bytes),
      work: sum.work + part.work,
      evaluations: sum.evaluations + part.evaluations,
    }),
    NOTHING,
  );
}

function costOfEi(mechanism: Mechanism, options: CostOptions): Cost {
  const { bins, samples: budget, tolerance, method, noise, outside } = samplingOptions(options, "estimateCost()");
  const { inputs, outputs } = mechanism;
  const uniform = noise === undefined || noise.kind === "uniform";
  if (!isDense(mechanism)) {
    // A few hundred thousand evaluations reach 0.01 bit in small black boxes; the rest is the budget's.
    const samples = tolerance === 0 ? budget : Math.min(budget, 400_000 * square(0.01 / tolerance));
    return { samples, bytes: 200 * samples, work: samples * (inputs + outputs + 60), evaluations: samples };
  }
  const { perSample, setUp } = countingWork(mechanism);
  if (method === "plug-in" || !uniform) {
    const samples = tolerance === 0 ? budget : Math.min(budget, FIRST_LOOK * Math.max(1, square(0.05 / tolerance)));
    return {
      samples,
      bytes: 300 * samples,
      work: samples * (perSample + 4 * (inputs + outputs) + 250),
      evaluations: 0,
    };
  }
  const bits = sumOfOutputs(mechanism, { bins, outside });
  if (method === "likelihood" || (method === "auto" && bits > HOPELESS_BITS)) {
    const work = likelihoodWork(inputs, outputs, { bits, tolerance: tolerance || DEFAULT_TOLERANCE, samples: budget });
    const lookUps = FIRST_LOOK * perSample + (method === "likelihood" ? 0 : setUp);
    return { samples: FIRST_LOOK, bytes: likelihoodBytes(inputs, outputs), work: work + lookUps, evaluations: 0 };
  }
  // Spread and unseen states grow with what there is to see, until counting is hopeless, which the first look tells.
  const needed = tolerance === 0 ? budget : 800 * power(Math.max(2, bits), 2.7) * square(0.01 / tolerance);
  const samples = bits > HOPELESS_BITS ? FIRST_LOOK : Math.min(budget, Math.max(2 * FIRST_LOOK, needed));
  const states = Math.min(samples / 2, bits < 50 ? 2 ** bits : Infinity);
  // Tables of states twice, for they are copied as they grow; pools and control tables.
  const bytes = 170 * states + outputs * (8 * 1088 + 8 * 16_384) + 16 * inputs * outputs + 4e6;
  return { samples, bytes, work: setUp + samples * perSample, evaluations: 0 };
}

function costOfPairs(mechanism: Mechanism, options: CostOptions, method: PairMethod, single: boolean): Cost {
  const checked = pairOptions({ ...options, method }, "estimateCost()");
  const { bins, samples: budget, tolerance, noise, pool, memory } = checked;
  const { inputs, outputs } = mechanism;
  const pairs = inputs * outputs;
  const cells = bins.input * bins.output;
  const uniform = noise === undefined || noise.kind === "uniform" || single;
  if (method === "auto" && isDense(mechanism) && uniform) {
    const each = single ? 5.4 * (bins.input + bins.output) + 40 : exactPairWork(inputs, bins.input, bins.output);
    return { samples: 0, bytes: 24 * pairs + 1e7, work: pairs * each, evaluations: 0 };
  }
  const samples =
    tolerance === 0 ? budget : Math.min(budget, FIRST_LOOK * Math.max(1, square((0.02 * pairs) / tolerance)));
  const runs = single ? inputs : 1;
  const counting = isDense(mechanism) ? (single ? 12 : 2.2) : 6;
  return {
    samples: samples * runs,
    bytes: tableBytes(pool, pairs * cells, memory),
    work: samples * pairs * counting + pairs * cells * 12,
    evaluations: isDense(mechanism) ? 0 : samples * (mechanism.alone === undefined ? runs : Math.max(1, runs * ALONE)),
  };
}

/** What one input alone takes of an evaluation of all, where a mechanism knows how. */
const ALONE = 0.1;

/** Terms of the Fourier series of so many inputs of like widths. */
const TERMS = [0, 0, 0, 0, 0, 0, 2000, 750, 400, 270, 190, 150];

/** Nanoseconds for one pair: rows from polynomials, from a table, or as products of matrices, and the logarithms of its cells. */
function exactPairWork(inputs: number, inputBins: number, outputBins: number): number {
  const cells = inputBins * outputBins;
  const logarithms = 2.8 * cells;
  if (inputs <= 5) return 25_000 * inputs + (cells > 600 ? 175_000 + 30 * cells : 80 * cells) + logarithms;
  const terms = TERMS[inputs] ?? 10;
  const products = terms * inputBins * (0.2 * outputBins + 5);
  const table = terms * 180 + 30 * cells;
  return 4000 + Math.min(products, table) + logarithms;
}

/** Σ_j H(ŷ_j) in bits, which H(Ŷ) cannot pass. */
function sumOfOutputs(mechanism: DenseMechanism, options: Parameters<typeof outputCuts>[1]): number {
  const cuts = outputCuts(mechanism, options);
  const shares = new Float64Array(mechanism.outputs * cuts.count);
  binProbabilities(outputLaws(mechanism), cuts, shares);
  return shares.reduce((bits, p) => (p > 0 ? bits - p * Math.log2(p) : bits), 0);
}
