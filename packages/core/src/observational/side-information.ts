/** Every estimate of I(x; y) that fits the kinds of the two sides. */

import { check } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { contingencyTable, gTest, informationFromCounts, permutationTest } from "../information/contingency.ts";
import { entropyFromCounts, entropyMethods } from "../information/entropy-estimators.ts";
import type { Estimate } from "../information/estimate.ts";
import { mixtureInformation } from "../information/gaussian-mixture.ts";
import { jointStates } from "../information/joint-states.ts";
import { linearDecoderBound } from "../information/linear-decoder.ts";
import {
  FEW_TIES,
  jittered,
  type NeighbourOptions,
  type NeighbourVariant,
  neighbourEntropy,
  neighbourInformation,
  neighbourInformationOfLabels,
  type Samples,
  scaledInformation,
  scaledInformationOfLabels,
  tiedShare,
} from "../information/nearest-neighbours.ts";
import { Random, Stream, shuffle } from "../information/random.ts";
import { someOf } from "../information/samples.ts";
import { type Scale, type Scaled, scaledSamples } from "../information/scale.ts";
import { pairwiseLabelBounds } from "./pairwise-bounds.ts";
import { learnQuantizer, quantized } from "./quantizer.ts";

/** Names of estimators. */
export const miMethods = [...entropyMethods, "ksg-1", "ksg-2", "gao", "ross", "decoder"] as const;
/**
 * An estimator of mutual information: of `entropyFromCounts()` for discrete sides, of `neighbourInformation()`
 * (`ksg-1`, `ksg-2`, `gao`), of `neighbourInformationOfLabels()` (`ross`), or `linearDecoderBound()` (`decoder`).
 */
export type MiMethod = (typeof miMethods)[number];

export interface Side {
  readonly name: string;
  readonly columns: readonly Float64Array[];
  readonly discrete: boolean;
  /** Which columns are cut into bins to be read as discrete; default those of a continuous side. */
  readonly binned?: readonly boolean[];
}

/** What the estimators of mutual information are given. */
export interface MiOptions {
  readonly bins: number;
  readonly k: number;
  readonly permutations: number;
  /** Shuffles of one side for p-values of neighbours, each as long as the estimate: 0 for none. */
  readonly neighbourPermutations: number;
  readonly jitter?: number;
  /** Deviation of Gaussian noise through which a continuous side is seen: undefined for none. */
  readonly noise?: number;
  readonly seed: number;
  /** By what each continuous column is divided before distances are taken. */
  readonly scale: Scale;
  /** Default: those that fit, of which Gao's only where there are ties. */
  readonly method?: readonly MiMethod[];
}

/** I(x; y) in bits by one estimator. */
export interface MutualInformationEstimate {
  readonly estimator: string;
  readonly bits: number;
  /** Undefined where there is none. */
  readonly standardError?: number;
  readonly note: string;
}

/** @throws InvalidInputError for a method that does not fit the sides, and what the estimators throw. */
export function miEstimates(
  x: Side,
  y: Side,
  options: MiOptions,
): { rows: MutualInformationEstimate[]; warnings: string[] } {
  const warnings: string[] = [];
  if (x.columns.length === 0 || y.columns.length === 0) {
    const note = "a side with one value in every row has no information, and none can be estimated about it";
    return { rows: [{ estimator: "exact", bits: 0, standardError: 0, note }], warnings };
  }
  const wanted = (method: MiMethod, byItself = true) => options.method?.includes(method) ?? byItself;
  const fitting = new Set<MiMethod>(entropyMethods);
  if (x.discrete !== y.discrete) for (const method of ["ross", "decoder"] as const) fitting.add(method);
  else if (!x.discrete) for (const method of ["ksg-1", "ksg-2", "gao"] as const) fitting.add(method);
  const misfit = options.method?.find((method) => !fitting.has(method));
  const kinds = `${x.discrete ? "discrete" : "continuous"} x and ${y.discrete ? "discrete" : "continuous"} y`;
  check(misfit === undefined, {
    who: "method",
    expected: `some of ${[...fitting].join(", ")} for ${kinds}`,
    got: misfit ?? "",
    remedy: "To change which sides are discrete, set `discrete`.",
  });
  const rows = asDiscrete(x, y, options, wanted, warnings);
  if (x.discrete !== y.discrete) rows.push(...asLabelled(x, y, options, wanted, warnings));
  else if (!x.discrete) rows.push(...asContinuous(x, y, options, wanted, warnings));
  if (options.noise !== undefined) rows.push(...throughNoise(x, y, options));
  return { rows, warnings };
}

type Wanted = (method: MiMethod, byItself?: boolean) => boolean;

/** Each row's joint state as a number, in the order in which states first come; continuous columns by equal-mass bins. */
function statesOf({ columns, discrete, binned }: Side, bins: number): { states: Int32Array; count: number } {
  const own = columns.map((column, k) => {
    const isBinned = binned?.[k] ?? !discrete;
    const kind = isBinned ? ({ kind: "equal-mass", bins } as const) : ({ kind: "unique" } as const);
    return quantized(learnQuantizer(kind, column, "identity"), column);
  });
  const { states, counts } = jointStates(own);
  return { states, count: counts.length };
}

/** The entropy of one side in bits, by one estimator. */
export interface EntropyRow {
  readonly estimator: string;
  readonly side: string;
  /** Of nearest neighbours differential, which may be below 0. */
  readonly bits: number;
  /** Of NSB the deviation of its posterior; undefined of neighbours. */
  readonly standardError?: number;
}

/** H of a side by every estimator: of its states, and of a continuous one by nearest neighbours, too. @throws what these throw. */
export function entropyEstimates(side: Side, options: MiOptions): EntropyRow[] {
  if (side.columns.length === 0) return [{ estimator: "exact", side: side.name, bits: 0, standardError: 0 }];
  const { states, count } = statesOf(side, options.bins);
  const counts = new Int32Array(count);
  for (const state of states) counts[state]!++;
  const binned = side.discrete ? "" : `, ${options.bins} equal-mass bins`;
  const rows = entropyMethods.map((method): EntropyRow => {
    const { bits, standardError } = entropyFromCounts(counts, method);
    return { estimator: `${method}${binned}`, side: side.name, bits, standardError };
  });
  if (side.discrete) return rows;
  const samples = samplesOf(side, 0, options, []);
  // Ties have no distance: there is no density then.
  if (tiedShare(samples) > 0 || options.k >= samples.values.length / samples.dimensions) return rows;
  try {
    const { bits, standardError } = neighbourEntropy(samples, options.k, neighbourOptions(options));
    const error = Number.isFinite(standardError) ? { standardError } : {};
    return [...rows, { estimator: `Kozachenko–Leonenko, k = ${options.k}`, side: side.name, bits, ...error }];
  } catch (error) {
    // Of values on a lattice there is no density either.
    if (error instanceof InvalidInputError) return rows;
    throw error;
  }
}

/** Cochran's rule for χ²: expected counts of about 5. */
const FEW_PER_CELL = 5;

function asDiscrete(
  x: Side,
  y: Side,
  options: MiOptions,
  wanted: Wanted,
  warnings: string[],
): MutualInformationEstimate[] {
  const methods = entropyMethods.filter((method) => wanted(method));
  if (methods.length === 0) return [];
  const { bins, permutations, seed } = options;
  const [a, b] = [statesOf(x, bins), statesOf(y, bins)];
  const rows = a.states.length;
  const table = contingencyTable(a.states, b.states);
  const binned = x.discrete && y.discrete ? "" : `, ${bins} equal-mass bins`;
  if (binned !== "" && bins > rows) warnings.push(`${bins} bins are more than the ${rows} rows`);
  const bias = ((a.count - 1) * (b.count - 1)) / (2 * rows * Math.LN2);
  if (bias > 0.05) {
    const sizes = `${a.count} × ${b.count} states is too high by about ${bias.toFixed(2)} bit at ${rows} rows`;
    warnings.push(`if the sides are independent, the plug-in of ${sizes}${binned}`);
  }
  if (a.count > rows / 2 || b.count > rows / 2)
    warnings.push("half of the rows have a state of their own: treated as discrete, they say nothing");
  const perCell = rows / (a.count * b.count);
  if (perCell < FEW_PER_CELL && methods.includes("plug-in")) {
    warnings.push(
      `the G-test needs large counts, but there are only ${perCell.toPrecision(2)} rows per cell: use the p-value of the shuffles`,
    );
  }
  return methods.map((method) => {
    const { bits, standardError } = informationFromCounts(table, method);
    const estimator = `${method}${binned}`;
    if (method !== "plug-in") return { estimator, bits, standardError, note: "" };
    const [test, shuffled] = [gTest(table), permutationTest(a.states, b.states, { permutations, seed })];
    const shuffles = `${permutations} shuffles p = ${shown(shuffled.pValue)}, ${shuffled.mean.toFixed(4)} bit on average`;
    return { estimator, bits, standardError, note: `G-test p = ${shown(test.pValue)}; ${shuffles}` };
  });
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

function shown(p: number): string {
  return p < 1e-4 ? p.toExponential(1) : p.toFixed(4);
}

function neighbourOptions({ scale, seed }: MiOptions): NeighbourOptions {
  return { scale, seed };
}

/** `part` keeps the noise of the two sides apart. */
function samplesOf({ name, columns }: Side, part: number, { jitter, seed }: MiOptions, warnings: string[]): Samples {
  const dimensions = columns.length;
  const values = new Float64Array(columns[0]!.length * dimensions);
  for (const [d, column] of columns.entries()) {
    for (const [row, value] of column.entries()) values[row * dimensions + d] = value;
  }
  const plain = { values, dimensions };
  if (jitter !== undefined) return jittered(plain, jitter, seed + part);
  const tied = tiedShare(plain);
  if (tied > 0) {
    warnings.push(
      `${percent(tied)} of the values of ${name} occur more than once; nearest-neighbour estimates assume that none do`,
    );
  }
  return plain;
}

/**
 * A row of the table for an estimate by neighbours.
 *
 * @param shuffled bits of the rows of one side with those of the other in another order, which breaks what they share.
 */
function neighbourRow(
  estimator: string,
  { bits, standardError, warnings }: Estimate,
  rows: number,
  options: MiOptions,
  about: string,
  shuffled: (others: Int32Array) => number,
): MutualInformationEstimate {
  const note = [`${shuffleNote(rows, bits, options, shuffled)}${about}`, ...warnings].join("; ");
  const error = Number.isFinite(standardError) ? { standardError } : {};
  return { estimator: `${estimator}, k = ${options.k}`, bits, ...error, note };
}

/** Chance of as much with the rows of one side in random order. */
function shuffleNote(
  rows: number,
  found: number,
  { neighbourPermutations: shuffles, seed }: MiOptions,
  bitsOf: (order: Int32Array) => number,
): string {
  if (shuffles === 0) return "";
  const random = new Random(seed, Stream.order);
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  let [asMuch, mean] = [0, 0];
  for (let n = 0; n < shuffles; n++) {
    shuffle(order, random);
    const bits = bitsOf(order);
    if (bits >= found) asMuch++;
    mean += bits / shuffles;
  }
  return `${shuffles} shuffles p = ${shown((1 + asMuch) / (1 + shuffles))}, ${mean.toFixed(4)} bit on average; `;
}

function asLabelled(
  x: Side,
  y: Side,
  options: MiOptions,
  wanted: Wanted,
  warnings: string[],
): MutualInformationEstimate[] {
  const [labelled, other] = x.discrete ? [x, y] : [y, x];
  const { states: labels } = statesOf(labelled, options.bins);
  const samples = samplesOf(other, 0, options, warnings);
  const found: MutualInformationEstimate[] = [];
  if (wanted("ross")) {
    const estimate = neighbourInformationOfLabels(samples, labels, options.k, neighbourOptions(options));
    const scaled = scaledSamples(samples, options.scale);
    const row = neighbourRow("Ross", estimate, labels.length, options, "discrete and continuous", (others) => {
      const shuffled = Array.from(others, (each) => labels[each]!);
      return scaledInformationOfLabels(scaled, shuffled, options.k).nats / Math.LN2;
    });
    found.push(row);
  }
  if (!wanted("decoder")) return found;
  try {
    const { bits, standardError, accuracy, asked, settled } = linearDecoderBound(samples, labels, {
      seed: options.seed,
    });
    const right = `a linear decoder classifies ${percent(accuracy)} of ${asked} held-out rows correctly`;
    found.push({
      estimator: "decoder, at least",
      bits,
      standardError,
      note: `${right}${settled ? "" : "; it had not converged"}${bits < 0 ? "; worse than guessing" : ""}`,
    });
  } catch (error) {
    if (!(error instanceof InvalidInputError) || options.method !== undefined) throw error;
    warnings.push(`no decoder: ${error.message.replace(/\.$/, "")}`);
  }
  return found;
}

/** Points that are drawn from for the mixture: each costs a look at all others. */
const MOST_DRAWN = 500;

/** What the continuous side tells of the label when it is seen through noise. @throws InvalidInputError for sides of the same kind. */
function throughNoise(x: Side, y: Side, options: MiOptions): MutualInformationEstimate[] {
  check(x.discrete !== y.discrete, {
    who: "noise",
    expected: "one continuous side, to which it is added, and one discrete side",
    got: `two ${x.discrete ? "discrete" : "continuous"} sides`,
    remedy: "To change which sides are discrete, set `discrete`.",
  });
  const [labelled, other] = x.discrete ? [x, y] : [y, x];
  const { states: labels } = statesOf(labelled, options.bins);
  const points = samplesOf(other, 0, options, []);
  const variance = options.noise! * options.noise!;
  const [lower, upper] = pairwiseLabelBounds(points, labels, variance).bounds;
  const { bits, standardError } = mixtureInformation(points, labels, variance, {
    drawn: Math.min(MOST_DRAWN, labels.length),
    seed: options.seed,
  });
  const note = `${other.name} with Gaussian noise of standard deviation ${options.noise}`;
  return [
    { estimator: "pairwise, at least", bits: lower, note },
    { estimator: "pairwise, at most", bits: upper, note },
    { estimator: "mixture, Monte Carlo", bits, standardError, note },
  ];
}

function asContinuous(
  x: Side,
  y: Side,
  options: MiOptions,
  wanted: Wanted,
  warnings: string[],
): MutualInformationEstimate[] {
  const { k, scale } = options;
  const [a, b] = [samplesOf(x, 0, options, warnings), samplesOf(y, 1, options, warnings)];
  const [scaledA, scaledB] = [scaledSamples(a, scale), scaledSamples(b, scale)];
  const rows = x.columns[0]!.length;
  const equal = tiedShare(joined(a, b, rows));
  // Values on a lattice tie at distances where no two rows are equal: KSG 1 counts these, KSG 2 cannot.
  const level = equal === 0 && k < rows ? scaledInformation(scaledA, scaledB, k, 1).tied : 0;
  if (options.method === undefined && equal > 0) {
    const why = `${percent(equal)} of the rows equal another`;
    warnings.push(`KSG is omitted: ${why}; Gao's estimator handles ties, and \`jitter\` breaks them`);
  } else if (options.method === undefined && level > FEW_TIES) {
    const why = `${percent(level)} of the rows have more neighbours than k at the same distance`;
    warnings.push(`KSG 2 is omitted: ${why}; KSG 1 handles ties, and \`jitter\` breaks them`);
  }
  const row = (estimator: string, variant: NeighbourVariant, note: string) => {
    const estimate = neighbourInformation(a, b, k, variant, neighbourOptions(options));
    return neighbourRow(estimator, estimate, rows, options, note, (others) => {
      const shuffled: Scaled = { ...scaledB, ...someOf(scaledB, others) };
      return scaledInformation(scaledA, shuffled, k, variant).nats / Math.LN2;
    });
  };
  const scaling = SCALING[scale];
  return [
    ...(wanted("ksg-1", equal === 0) ? [row("KSG 1", 1, scaling)] : []),
    ...(wanted("ksg-2", equal === 0 && level <= FEW_TIES) ? [row("KSG 2", 2, scaling)] : []),
    ...(wanted("gao", equal > 0) ? [row("Gao", "mixed", `handles ties; ${scaling}`)] : []),
  ];
}

const SCALING: Readonly<Record<Scale, string>> = {
  zscore: "each column divided by its standard deviation",
  minmax: "each column divided by its range",
  none: "columns unscaled: the value changes if one of them is rescaled",
};

function joined(a: Samples, b: Samples, rows: number): Samples {
  const dimensions = a.dimensions + b.dimensions;
  const values = new Float64Array(rows * dimensions);
  for (let row = 0; row < rows; row++) {
    values.set(a.values.subarray(row * a.dimensions, (row + 1) * a.dimensions), row * dimensions);
    values.set(b.values.subarray(row * b.dimensions, (row + 1) * b.dimensions), row * dimensions + a.dimensions);
  }
  return { values, dimensions };
}
