/**
 * Entropy and information of continuous samples from distances to nearest neighbours, by the maximum norm over the columns, each of
 * which is divided by its standard deviation unless told otherwise: without that, a column of large numbers hides the others. All are
 * unbiased enough to fall on either side of the truth: a small negative information is no error.
 *
 * Distances that differ by rounding alone are equal, so that no estimate depends on the unit of a column. Samples that tie (rounded
 * numbers, counts, atoms) are counted as what they are by the "mixed" estimator and by that of labels; the others refuse what they cannot
 * tell.
 */
import * as v from "valibot";
import { check, requireCount } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { parse } from "../checks/schema/parse.ts";
import { described, options } from "../checks/schema/records.ts";
import { positiveInteger, seed, whole } from "../checks/schema/scalars.ts";
import { digamma } from "./digamma.ts";
import { hypot, log, log2 } from "./elementary.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { Least, Projection } from "./projection.ts";
import { Random, Stream } from "./random.ts";
import { countOf, distance, type Samples, someOf } from "./samples.ts";
import { type Scale, type Scaled, scaledSamples, scaleSchema } from "./scale.ts";
import { halfEstimates } from "./split-error.ts";

export type { Samples } from "./samples.ts";
export type { Scale } from "./scale.ts";

/** How the estimators by nearest neighbours scale columns, and where their standard error comes from. */
export interface NeighbourOptions {
  /** Of each column. Default "zscore": divided by its standard deviation. */
  readonly scale?: Scale;
  /** Random splits into halves from which the standard error comes; default 10. */
  readonly splits?: number;
  /** Of the splits; default 0. */
  readonly seed?: number;
}

const neighbourOptions = options({
  scale: v.optional(described(scaleSchema, "Scaling of each column."), "zscore"),
  splits: v.optional(described(positiveInteger, "Random splits into halves, for the standard error."), 10),
  seed: v.optional(described(seed, "Seed of the splits."), 0),
});

/** Which estimator of I(X; Y): the first or second of Kraskov, Stögbauer & Grassberger, or the one that counts ties. */
export type NeighbourVariant = 1 | 2 | "mixed";

const variants = v.picklist([1, 2, "mixed"], '1, 2 or "mixed"');

/** Ties at the distance that counts, in more samples than this share, are no accident of a density. */
export const FEW_TIES = 0.01;

function requireNeighbours(k: number, count: number, who: string): void {
  parse(whole(1, count - 1, `neighbours from 1 to ${count - 1}, fewer than the samples`), k, who);
}

function allRows(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}

/**
 * The share of samples that another one equals in every number, 0 … 1. The estimators by nearest neighbours assume
 * that it is 0, but for "mixed" and that of labels.
 *
 * @example
 * ```ts
 * const measured = { values: Float64Array.of(0.1, 0.2, 0.2, 0.4), dimensions: 1 };
 * console.log(tiedShare(measured)); // 0.5
 * ```
 * @throws InvalidInputError for no samples, or values that are not finite.
 */
export function tiedShare(samples: Samples): number {
  const count = countOf(samples, "tiedShare()");
  if (count < 2) return 0;
  const scaled = scaledSamples(samples, "zscore");
  const projection = new Projection(scaled, allRows(count));
  let tied = 0;
  for (let i = 0; i < count; i++) if (projection.within(i, scaled.tolerance) > 0) tied++;
  return tied / count;
}

/**
 * The differential entropy of samples with a density, in bits, with its standard error (Kozachenko & Leonenko 1987).
 * It may be negative: a uniform variable on an interval of width w has log2 w. Scaling changes by which neighbours a
 * density is found, not what it is the density of.
 *
 * @param k Neighbours, 1 … samples − 1: more give a smaller error and a larger bias.
 * @example
 * ```ts
 * // 1,000 values spread at random over an interval of width 4: log2 4 bits.
 * const values = Float64Array.from({ length: 1000 }, (_, n) => 4 * Math.abs((1e4 * Math.sin(n)) % 1));
 * const { bits, standardError } = neighbourEntropy({ values, dimensions: 1 }, 4);
 * console.log(bits.toFixed(2), "±", standardError.toFixed(2)); // 2.00 ± 0.03
 * ```
 * @throws InvalidInputError for no samples, values that are not finite, fewer than k + 1 samples, or tied samples,
 *   which have no density.
 */
export function neighbourEntropy(samples: Samples, k: number, options: NeighbourOptions = {}): Estimate {
  const who = "neighbourEntropy()";
  const given = parse(neighbourOptions, options, who);
  const count = countOf(samples, who);
  requireNeighbours(k, count, who);
  const scaled = scaledSamples(samples, given.scale);
  if (scaled.constant.length > 0) throw tied(who, `column ${scaled.constant[0]! + 1} has one value`);
  const shift = scaled.divisors.reduce((sum, divisor) => sum + log2(divisor), 0);
  const whole = scaledEntropy(scaled, k);
  if (whole.equal > 0) throw tied(who, "more equal samples than neighbours");
  if (whole.tied > FEW_TIES) throw tied(who, `${percent(whole.tied)} of them with neighbours at the same distance`);
  const of = (rows: Int32Array) => bitsOf(scaledEntropy({ ...scaled, ...someOf(scaled, rows) }, k)) + shift;
  return estimated(bitsOf(whole) + shift, count, k, of, options, {});
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)} %`;
}

/** What was found of samples: nats, and the shares of those that tie. */
interface Found {
  readonly nats: number;
  /** With more neighbours than asked for at the distance that counts. */
  readonly tied: number;
  /** Where that distance is 0. */
  readonly equal: number;
}

function bitsOf({ nats }: Found): number {
  return nats / Math.LN2;
}

function scaledEntropy(samples: Scaled, k: number): Found {
  const count = samples.values.length / samples.dimensions;
  const projection = new Projection(samples, allRows(count));
  const least = new Least(Math.min(k + 1, count - 1));
  let [sum, ties, equal] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    least.clear();
    projection.nearest(i, least);
    const reach = least.values[k - 1]!;
    if (least.values.length > k && least.last <= reach + samples.tolerance) ties++;
    if (reach <= samples.tolerance) equal++;
    // Of more equal samples than neighbours there is no density: it is refused, but for halves of what was not.
    sum += log(2 * Math.max(reach, samples.tolerance));
  }
  return {
    nats: digamma(count) - digamma(k) + (samples.dimensions * sum) / count,
    tied: ties / count,
    equal: equal / count,
  };
}

function tied(who: string, got: string): InvalidInputError {
  return new InvalidInputError({
    who,
    expected: "samples that are not tied",
    got,
    remedy: 'The "mixed" estimator of information (gao in mi) handles ties; rounded values can also be jittered.',
  });
}

/**
 * I(X; Y) in bits with its standard error: by the first (1) or second (2) estimator of Kraskov, Stögbauer &
 * Grassberger 2004, or by the one for laws with atoms, counts and rounded numbers ("mixed"): Gao, Kannan, Oh &
 * Viswanath 2017, with all samples within reach counted, those at the very distance too, as in Mesner & Shalizi 2021.
 * Without ties "mixed" is the first one, which counts them the same way but refuses equal samples. A small negative
 * value is no error.
 *
 * The error comes from halves of the samples. An estimate that still grows with their number, as that of a noiseless
 * relation does, is said to be at its ceiling: then its error holds the growth from half of the samples to all, and
 * the true value may be anything above.
 *
 * Time grows with N² times the share of samples within reach in the first number of x; for one number on each side
 * about as N^1.5.
 *
 * @param k Neighbours, 1 … samples − 1.
 * @example
 * ```ts
 * // Petal length and petal width of 150 iris flowers.
 * const { inputs, features } = iris();
 * const column = (c: number) => ({ values: inputs.filter((_, n) => n % features === c), dimensions: 1 });
 * const { bits, standardError } = neighbourInformation(column(2), column(3), 4, "mixed");
 * console.log(bits.toFixed(2), "±", standardError.toFixed(2)); // 1.66 ± 0.10
 * ```
 * @throws InvalidInputError for different numbers of samples, fewer than k + 1 of them, or ties (1 and 2).
 */
export function neighbourInformation(
  x: Samples,
  y: Samples,
  k: number,
  variant: NeighbourVariant = 1,
  options: NeighbourOptions = {},
): Estimate {
  const who = "neighbourInformation()";
  const given = parse(neighbourOptions, options, who);
  const count = countOf(x, who);
  requireCount({ length: countOf(y, who) }, count, who, "samples on both sides");
  parse(variants, variant, `${who}: variant`);
  requireNeighbours(k, count, who);
  const sides = [scaledSamples(x, given.scale), scaledSamples(y, given.scale)] as const;
  const still = sides.findIndex(({ constant, dimensions }) => constant.length === dimensions);
  if (still >= 0) return nothing(count, `${still === 0 ? "x" : "y"} has one value in every sample`);
  const [a, b] = sides;
  const whole = scaledInformation(a, b, k, variant);
  if (variant !== "mixed" && whole.equal > 0) throw tied(who, "more equal samples than neighbours");
  if (variant === 2 && whole.tied > FEW_TIES) {
    throw tied(who, `${percent(whole.tied)} of them with neighbours at the same distance`);
  }
  const of = (rows: Int32Array) =>
    bitsOf(scaledInformation({ ...a, ...someOf(a, rows) }, { ...b, ...someOf(b, rows) }, k, variant));
  // All neighbours on one side are neighbours on the other, and no further sample is.
  const ceiling = (digamma(count) - digamma(k) - (variant === 2 ? 1 / k : 0)) / Math.LN2;
  return estimated(bitsOf(whole), count, k, of, options, { ceiling });
}

/** @returns nats, and how many samples tie at the distance of their k-th neighbour; of checked and scaled samples. */
export function scaledInformation(x: Scaled, y: Scaled, k: number, variant: NeighbourVariant): Found {
  const count = x.values.length / x.dimensions;
  const tolerance = Math.max(x.tolerance, y.tolerance);
  const rows = allRows(count);
  const [alongX, alongY] = [new Projection(x, rows), new Projection(y, rows)];
  // One more, to see whether it is at the same distance.
  const least = new Least(Math.min(k + 1, count - 1));
  let [sum, ties, equal] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    least.clear();
    alongX.nearest(i, least, y);
    const reach = least.values[k - 1]!;
    const isTied = least.values.length > k && least.last <= reach + tolerance;
    if (isTied) ties++;
    if (reach <= tolerance) equal++;
    if (variant === 2) {
      let [reachX, reachY] = [0, 0];
      for (const j of least.from.subarray(0, k)) {
        reachX = Math.max(reachX, distance(x, i, j));
        reachY = Math.max(reachY, distance(y, i, j));
      }
      sum -= digamma(alongX.within(i, reachX + tolerance)) + digamma(alongY.within(i, reachY + tolerance));
      continue;
    }
    const near = isTied ? alongX.within(i, reach + tolerance, y) : k;
    const [nearX, nearY] = [alongX.within(i, reach + tolerance), alongY.within(i, reach + tolerance)];
    if (reach <= tolerance && near >= 2 * k) {
      // An atom of so many samples would be the neighbourhood whatever its number: there it is unbiased to count the sample itself.
      sum += digamma(near + 1) - digamma(nearX + 1) - digamma(nearY + 1);
      continue;
    }
    // On a side that has no sample at the very distance, all within reach are nearer, and one more is counted for the edge.
    const edge = (near: number, along: Projection) => Math.max(near, along.within(i, reach - tolerance) + 1);
    sum += digamma(near) - digamma(edge(nearX, alongX)) - digamma(edge(nearY, alongY));
  }
  const constant = digamma(count) + (variant === 2 ? digamma(k) - 1 / k : 0);
  return { nats: constant + sum / count, tied: ties / count, equal: equal / count };
}

/**
 * I(label; X) in bits with its standard error, for real numbers X and labels (Ross 2014). Labels are any numbers,
 * equal ones the same. A label that occurs once says nothing of distances and is left out. Ties are counted as the
 * ties that they are.
 *
 * @param k Neighbours of the same label, 1 … samples − 1.
 * @example
 * ```ts
 * // What the petal length of an iris tells of its species, of log2 3 = 1.585 bits.
 * const { inputs, labels, features } = iris();
 * const petalLength = { values: inputs.filter((_, n) => n % features === 2), dimensions: 1 };
 * const { bits, standardError } = neighbourInformationOfLabels(petalLength, labels!, 4);
 * console.log(bits.toFixed(2), "±", standardError.toFixed(2)); // 1.43 ± 0.03
 * ```
 * @throws InvalidInputError for lists of different lengths, fewer than k + 1 samples, or no label that occurs twice.
 */
export function neighbourInformationOfLabels(
  x: Samples,
  labels: ArrayLike<number>,
  k: number,
  options: NeighbourOptions = {},
): Estimate {
  const who = "neighbourInformationOfLabels()";
  const given = parse(neighbourOptions, options, who);
  const count = countOf(x, who);
  requireCount(labels, count, who, "labels");
  requireNeighbours(k, count, who);
  const scaled = scaledSamples(x, given.scale);
  requireRepeatedLabels(classesOf(labels), who);
  if (scaled.constant.length === scaled.dimensions) return nothing(count, "x has one value in every sample");
  if (Array.from(labels).every((label) => label === labels[0]))
    return nothing(count, "every sample has the same label");
  const whole = scaledInformationOfLabels(scaled, labels, k);
  const of = (rows: Int32Array) =>
    bitsOf(
      scaledInformationOfLabels(
        { ...scaled, ...someOf(scaled, rows) },
        Array.from(rows, (row) => labels[row]!),
        k,
      ),
    );
  return estimated(bitsOf(whole), count, k, of, options, {});
}

/** The members of each label that occurs more than once. */
function classesOf(labels: ArrayLike<number>): number[][] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const list = members.get(labels[i]!);
    if (list === undefined) members.set(labels[i]!, [i]);
    else list.push(i);
  }
  return [...members.values()].filter((list) => list.length > 1);
}

function requireRepeatedLabels({ length }: ArrayLike<unknown>, who: string): void {
  check(length > 0, { who, expected: "labels that occur more than once", got: "none" });
}

/** @throws InvalidInputError where no label occurs twice. */
export function scaledInformationOfLabels(x: Scaled, labels: ArrayLike<number>, k: number): Found {
  const classes = classesOf(labels);
  const kept = Int32Array.from(classes.flat()).sort();
  requireRepeatedLabels(kept, "labels");
  const all = new Projection(x, kept);
  let [sum, ties, equal] = [0, 0, 0];
  for (const list of classes) {
    const own = new Projection(x, Int32Array.from(list));
    const ki = Math.min(k, list.length - 1);
    const least = new Least(ki);
    for (const i of list) {
      least.clear();
      own.nearest(i, least);
      const reach = least.last + x.tolerance;
      const [near, nearAll] = [own.within(i, reach), all.within(i, reach)];
      if (near > ki) ties++;
      if (least.last <= x.tolerance) equal++;
      // As for two sides: an atom is counted with the sample itself.
      const itself = least.last <= x.tolerance && near >= 2 * ki ? 1 : 0;
      sum += digamma(near + itself) - digamma(list.length) - digamma(nearAll + itself);
    }
  }
  return { nats: digamma(kept.length) + sum / kept.length, tied: ties / kept.length, equal: equal / kept.length };
}

function nothing(count: number, why: string): Estimate {
  return estimate({
    bits: 0,
    standardError: 0,
    bounds: [0, 0],
    samples: count,
    method: "exact",
    outside: 0,
    warnings: [`${why}, and has no information`],
  });
}

/** Growth from half of the samples to all, in bits, from which an estimate is said to grow; and from which nothing else can be said. */
const GROWS = 0.1;
const AT_CEILING = 0.5;

/** @param of bits of some of the rows. @param ceiling that no estimate of so many samples can exceed. */
function estimated(
  bits: number,
  count: number,
  k: number,
  of: (rows: Int32Array) => number,
  { splits = 10, seed = 0 }: NeighbourOptions,
  { ceiling }: { readonly ceiling?: number },
): Estimate {
  const halves = count >= 4 && k < count >> 1 ? attempted(() => halfEstimates(count, of, { seed, splits })) : undefined;
  const growth = halves === undefined ? 0 : bits - halves.mean;
  const grows = ceiling !== undefined && halves !== undefined && growth > Math.max(GROWS, 2 * halves.standardError);
  const warnings: string[] = [];
  if (ceiling !== undefined && (bits > ceiling - AT_CEILING || (grows && growth > AT_CEILING))) {
    const most = `${ceiling.toFixed(2)} bit`;
    warnings.push(
      `at the maximum for ${count.toLocaleString("en")} samples and k = ${k} (${most}): the true value may be higher, even infinite`,
    );
  } else if (grows) {
    warnings.push(`it grows by ${growth.toFixed(2)} bit from half of the samples to all: the true value may be higher`);
  }
  if (halves === undefined) warnings.push("too few rows for a standard error");
  const spread = halves?.standardError ?? Infinity;
  return estimate({
    bits,
    standardError: grows ? hypot(spread, growth) : spread,
    samples: count,
    method: "plug-in",
    outside: 0,
    warnings,
  });
}

/** Halves may lack what the whole has: a label that occurs twice. */
function attempted<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

/** The samples with noise added, uniform within ± `width`/2: breaks ties. A function of the seed. */
export function jittered({ values, dimensions }: Samples, width: number, seed: number): Samples {
  const noise = new Float64Array(values.length);
  new Random(seed, Stream.noise).fill(noise, -width / 2, width / 2);
  return { values: values.map((value, k) => value + noise[k]!), dimensions };
}
