/**
 * How much of the output range the outputs use: the number of output bins that hold nearly all of their probability, and the range that would
 * fit. A range that is far too wide puts all outputs into one bin, and the measures near 0.
 */
import { OUTSIDE, type Range } from "../information/bins.ts";
import type { Estimate } from "../information/estimate.ts";
import { activationOf, isActivation, isBounded } from "../model/activation.ts";
import { isDense, type Mechanism } from "../model/mechanism.ts";
import type { NoiseSpec } from "../settings/noise-spec.ts";
import { type EngineOptions, outputCuts } from "./engine.ts";
import { binProbabilities, type OutputLaw, outputLaws } from "./exact/marginals.ts";
import { Binner } from "./plug-in/binner.ts";

/** The probability that the bins counted hold together. */
const HELD = 0.999;
/** Samples from which distributions are taken that are not known exactly. */
const SAMPLES = 4096;
/** Of the bins: below this a default range does not fit. */
const FEW = 0.25;
/** Share outside: above this a default range does not fit. */
const MANY = 0.5;

export type OccupiedOptions = Pick<EngineOptions, "bins" | "outside"> & { readonly noise?: NoiseSpec };

export interface Occupied {
  /** Output bins, 1 … all of them, that hold 99.9 % of the probability of the outputs inside the range, all outputs taken together. */
  readonly occupied: number;
  readonly warnings: readonly string[];
}

/** The same mechanism is asked for by each of its measures. */
const known = new WeakMap<Mechanism, Map<string, Promise<Occupied | undefined>>>();

/** The estimate with the bins that the outputs occupy, and a warning where the range does not fit. */
export async function withOccupied(
  estimate: Estimate,
  mechanism: Mechanism,
  options: OccupiedOptions,
): Promise<Estimate> {
  const use = await occupiedBins(mechanism, options);
  const warnings = [...estimate.warnings, ...(use?.warnings ?? [])];
  if (estimate.outside > MANY && hasUnboundedDefault(mechanism)) {
    const [low, high] = mechanism.outputRange;
    warnings.push(
      `${low} … ${high}, the default range of an activation without bounds, is too narrow${await wouldFit(mechanism)}`,
    );
  }
  return use === undefined ? { ...estimate, warnings } : { ...estimate, occupied: use.occupied, warnings };
}

/** What ends a warning about a default range. */
async function wouldFit(mechanism: Mechanism): Promise<string> {
  const fitting = await fittingRange(mechanism);
  return fitting === undefined ? "" : `; ${fitting[0]} … ${fitting[1]} would fit`;
}

/** Undefined where nothing is inside the output range. */
export function occupiedBins(mechanism: Mechanism, options: OccupiedOptions): Promise<Occupied | undefined> {
  const { bins, outside, noise } = options;
  const uniform = noise === undefined || noise.kind === "uniform";
  if (!uniform) return found(mechanism, options);
  const ofMechanism = known.get(mechanism) ?? new Map<string, Promise<Occupied | undefined>>();
  known.set(mechanism, ofMechanism);
  const key = `${bins.output} ${outside}`;
  const value = ofMechanism.get(key) ?? found(mechanism, options);
  ofMechanism.set(key, value);
  return value;
}

async function found(mechanism: Mechanism, options: OccupiedOptions): Promise<Occupied | undefined> {
  const shares = await sharesOf(mechanism, options);
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (!(total > 0)) return undefined;
  let [held, occupied] = [0, 0];
  for (const share of shares.sort().reverse()) {
    if (held >= HELD * total) break;
    held += share;
    occupied++;
  }
  const warnings: string[] = [];
  if (occupied < FEW * options.bins.output && hasUnboundedDefault(mechanism)) {
    const [low, high] = mechanism.outputRange;
    warnings.push(
      `99.9 % of the outputs lie in ${occupied} of ${options.bins.output} bins of ${low} … ${high}, the default range of an activation without bounds${await wouldFit(mechanism)}`,
    );
  }
  return { occupied, warnings };
}

/** Probability of each output bin, summed over the outputs: exact for a dense layer under uniform noise. */
async function sharesOf(mechanism: Mechanism, { bins, outside, noise }: OccupiedOptions): Promise<Float64Array> {
  const { outputs, outputRange } = mechanism;
  const shares = new Float64Array(bins.output);
  if (isDense(mechanism) && (noise === undefined || noise.kind === "uniform")) {
    const cuts = outputCuts(mechanism, { bins, outside });
    const table = new Float64Array(outputs * cuts.count);
    binProbabilities(outputLaws(mechanism), cuts, table);
    for (let at = 0; at < table.length; at++) shares[at % cuts.count]! += table[at]!;
    return shares;
  }
  const binner = new Binner(bins.output, outputRange, outside === "clamp");
  for (const value of await samplesOf(mechanism, noise)) {
    const bin = binner.binOf(value);
    if (bin !== OUTSIDE) shares[bin]!++;
  }
  return shares;
}

/** Outputs of `SAMPLES` draws of the noise, `[SAMPLES, outputs]`. */
async function samplesOf(mechanism: Mechanism, noise: NoiseSpec | undefined): Promise<Float64Array> {
  const x = new Float64Array(SAMPLES * mechanism.inputs);
  const { noiseSource } = await import("./noise.ts");
  noiseSource(mechanism, noise, 0).fill(x, SAMPLES, 0);
  return mechanism.evaluate(x, SAMPLES);
}

/** Whether nobody said a range, and the activation does not say one either. */
export function hasUnboundedDefault(mechanism: Mechanism): boolean {
  const { activation, outputRange } = mechanism;
  const named = isActivation(activation) ? activationOf(activation) : activationOf("identity");
  const function_ = isDense(mechanism) ? mechanism.dense.activation : named;
  if (isBounded(function_)) return false;
  const [low, high] = function_.defaultRange;
  return outputRange[0] === low && outputRange[1] === high;
}

/**
 * The range that holds all but 0.0005 of every output's probability on either side, rounded outwards to two digits of its width: from the
 * exact distributions of single outputs of a dense layer, else from samples. Undefined where no output varies.
 */
export async function fittingRange(mechanism: Mechanism): Promise<Range | undefined> {
  let [low, high] = [Infinity, -Infinity];
  const take = (value: number) => {
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  if (isDense(mechanism)) {
    const { activation } = mechanism.dense;
    for (const law of outputLaws(mechanism)) {
      const ends = [quantile(law, TAIL), quantile(law, 1 - TAIL)] as const;
      for (const z of [...ends, ...activation.turningPoints.filter((z) => z > ends[0] && z < ends[1])]) {
        take(activation.value(z));
      }
    }
  } else {
    const { outputs } = mechanism;
    const y = await samplesOf(mechanism, undefined);
    for (let j = 0; j < outputs; j++) {
      const column = Float64Array.from({ length: SAMPLES }, (_, row) => y[row * outputs + j]!).sort();
      take(column[Math.floor(TAIL * SAMPLES)]!);
      take(column[SAMPLES - 1 - Math.floor(TAIL * SAMPLES)]!);
    }
  }
  if (!(low < high) || !Number.isFinite(high - low)) return undefined;
  const step = 10 ** (Math.floor(Math.log10(high - low)) - 1);
  const rounded = (value: number, to: (x: number) => number) => Number((to(value / step) * step).toPrecision(12));
  return [rounded(low, Math.floor), rounded(high, Math.ceil)];
}

const TAIL = (1 - HELD) / 2;

/** Of a pre-activation, by bisection. */
function quantile({ cdf, scale, centre }: OutputLaw, p: number): number {
  if (cdf === undefined) return centre;
  let [low, high] = [-cdf.halfWidth, cdf.halfWidth];
  for (let step = 0; step < 60; step++) {
    const middle = low + (high - low) / 2;
    if (cdf.at(middle) < p) low = middle;
    else high = middle;
  }
  return centre + (low + (high - low) / 2) / scale;
}
