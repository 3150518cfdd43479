/**
 * Information of points seen through Gaussian noise, by Monte Carlo: T = h + N(0, σ² I), h one of the points with equal chance.
 * T is a Gaussian mixture, whose density is known: draws of T give its entropy without bias, where `pairwiseBounds` only enclose it.
 *
 * For a network that is noisy inside (Goldfeld, van den Berg, Greenewald, Melnyk, Nguyen, Kingsbury & Polyanskiy, "Estimating information
 * flow in deep neural networks", 2019) the points are what forward passes give before a layer's own noise, labelled by their input:
 * I(input; T) is then `mixtureInformation`. Its error does not tell that the passes themselves are a sample of the noise below.
 */
import * as v from "valibot";
import { requireCount } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { described, options as optionsOf } from "../checks/schema/records.ts";
import { above, seed as seedSchema, whole } from "../checks/schema/scalars.ts";
import { exp, log, square } from "./elementary.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { normals } from "./normals.ts";
import { Random, Stream, shuffle } from "./random.ts";
import { countOf, type Samples } from "./samples.ts";

/** A term of a sum is left out where it is less than e^−50 of the greatest. */
const NEGLIGIBLE = 50;

/** How many draws of the noise are taken, and from which points. */
export interface MixtureOptions {
  /** Draws of the noise for each point, at least 2. Default 8. */
  readonly draws?: number;
  /** Points that are drawn from, picked at random without repetition; default all. The density is always that of all. */
  readonly drawn?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** One alone has no spread, and so no error. */
const several = whole(2);

/** Of more the distances overflow. */
const variances = above(0, 1e300, "a number above 0, at most 1e300");

const mixtureOptions = optionsOf({
  draws: v.optional(described(several, "Draws of the noise for each point."), 8),
  drawn: v.optional(described(several, "Number of points to draw from, chosen at random. Default: all.")),
  seed: v.optional(described(seedSchema, "Seed of the draws."), 0),
});

/** Bits. */
export interface MonteCarlo {
  readonly bits: number;
  /** Of the draws, given the points, and of which points were drawn from where that is not all; bits. */
  readonly standardError: number;
}

/**
 * The differential entropy h(T) in bits of T = a point picked at random + Gaussian noise, by Monte Carlo, without
 * bias. It may be negative. Takes O(draws · drawn · points).
 *
 * @param points The centres, each with the same weight.
 * @param variance Of the noise in each dimension, above 0.
 * @example
 * ```ts
 * // Far apart, two points add one bit to the entropy of the noise, ½ log2(2πe) = 2.047 bits.
 * const points = { values: Float64Array.of(0, 100), dimensions: 1 };
 * const { bits, standardError } = mixtureEntropy(points, 1, { draws: 1000 });
 * console.log(bits.toFixed(2), "±", standardError.toFixed(2)); // 3.05 ± 0.00
 * ```
 * @throws InvalidInputError for no points, points that are not finite, a variance not above 0, or fewer than 2 draws
 *   or points drawn from.
 */
export function mixtureEntropy(points: Samples, variance: number, options: MixtureOptions = {}): Estimate {
  // h(T) = I(h; T) + h(noise).
  const { bits, standardError, samples } = mixtureInformation(points, undefined, variance, options);
  const noise = (points.dimensions / 2) * (log(2 * Math.PI * Math.E * variance) / Math.LN2);
  return drawnEstimate(bits + noise, standardError, samples);
}

/**
 * I(label; T) in bits of T = a point picked at random + Gaussian noise: 0 … H(label) but for the error; without labels
 * I(point; T), at most log2 of the number of points. Each point counts once, so labels have the frequencies that they
 * have among the points. By Monte Carlo, without bias, in O(draws · drawn · points) (Goldfeld et al. 2019).
 *
 * @param labels Any numbers, one for each point; equal ones are the same label.
 * @param variance Of the noise in each dimension, above 0.
 * @example
 * ```ts
 * // Four points far apart, in two classes: the label's one bit, and log2 4 bits of the point.
 * const points = { values: Float64Array.of(0, 10, 20, 30), dimensions: 1 };
 * console.log(mixtureInformation(points, [0, 0, 1, 1], 0.1).bits.toFixed(2)); // 1.00
 * console.log(mixtureInformation(points, undefined, 0.1).bits.toFixed(2)); // 2.00
 * ```
 * @throws InvalidInputError as `mixtureEntropy`, or for another number of labels.
 */
export function mixtureInformation(
  points: Samples,
  labels: ArrayLike<number> | undefined,
  variance: number,
  options: MixtureOptions = {},
): Estimate {
  parse(mixtureOptions, options, "mixtureInformation()");
  const { bits, standardError } = mixtureInformations(points, [labels], variance, options)[0]!;
  const count = points.values.length / points.dimensions;
  const { draws = 8, drawn = count } = options;
  return drawnEstimate(bits, standardError, draws * Math.min(drawn, count));
}

function drawnEstimate(bits: number, standardError: number, samples: number): Estimate {
  return estimate({ bits, standardError, samples, method: "plug-in", outside: 0, warnings: [] });
}

export interface MixtureInformation extends MonteCarlo {
  /** What the first half of the points, seen by itself, gives more at draws from it; bits. 0 unless asked for. */
  readonly excess: number;
}

/**
 * As `mixtureInformation`, of several labellings by the same draws: the time goes into distances, which they share.
 *
 * @param halved Whether `excess` is wanted. Each label needs a point in the first half.
 * @throws InvalidInputError as `mixtureInformation`.
 */
export function mixtureInformations(
  points: Samples,
  labellings: readonly (ArrayLike<number> | undefined)[],
  variance: number,
  { draws = 8, drawn, seed = 0, halved = false }: MixtureOptions & { readonly halved?: boolean } = {},
): MixtureInformation[] {
  const count = checked(points, labellings, variance, draws, drawn);
  const { dimensions } = points;
  const random = new Random(seed, Stream.noise);
  const chosen = Int32Array.from({ length: count }, (_, i) => i);
  const some = drawn !== undefined && drawn < count;
  if (some) shuffle(chosen, random);
  const asked = some ? chosen.subarray(0, drawn) : chosen;
  const half = halved ? Math.floor(count / 2) : 0;
  const tallies = labellings.map((labels) => new Tally(groupsOf(labels, count), half, some));
  const normal = normals(random);
  const noise = new Float64Array(dimensions);
  const near: Near = { points: new Int32Array(count), exponents: new Float64Array(count), count: 0 };
  for (const i of asked) {
    for (let draw = 0; draw < draws; draw++) {
      for (let d = 0; d < dimensions; d++) noise[d] = Math.sqrt(variance) * normal();
      findNear(points, i, noise, variance, near);
      for (const tally of tallies) tally.add(i, near);
    }
    for (const tally of tallies) tally.next(draws);
  }
  return tallies.map((tally) => tally.result(asked.length));
}

/** Sums of log p(T | label) / p(T) over draws and points. */
class Tally {
  readonly #groups: Groups;
  readonly #halfSizes: Float64Array;
  readonly #half: number;
  readonly #some: boolean;
  /** H(label), in nats. */
  readonly #entropy: number;
  // Of the draws of one point.
  #own = 0;
  #ownSquares = 0;
  // Sum and squares of the points' means, and the squared errors of these means by their draws.
  #sum = 0;
  #squares = 0;
  #within = 0;
  #excess = 0;
  #halves = 0;

  constructor(groups: Groups, half: number, some: boolean) {
    this.#groups = groups;
    this.#half = half;
    this.#some = some;
    const count = groups.of.length;
    this.#entropy = groups.sizes.reduce((sum, size) => sum - (size / count) * log(size / count), 0);
    this.#halfSizes = new Float64Array(groups.sizes.length);
    for (let k = 0; k < half; k++) this.#halfSizes[groups.of[k]!]!++;
  }

  add(i: number, near: Near): void {
    const { of, sizes } = this.#groups;
    const group = of[i]!;
    const size = sizes[group]!;
    const term = logRatio(near, of, group, size, of.length);
    // Which labels happen to be drawn from is no error: their entropy is known.
    const value = this.#some ? term + log(size / of.length) + this.#entropy : term;
    this.#own += value;
    this.#ownSquares += value * value;
    if (i >= this.#half) return;
    this.#excess += logRatio(near, of, group, this.#halfSizes[group]!, this.#half) - term;
    this.#halves++;
  }

  /** After the last draw of a point. */
  next(draws: number): void {
    const mean = this.#own / draws;
    this.#sum += mean;
    this.#squares += square(mean);
    this.#within += (this.#ownSquares - this.#own * mean) / (draws - 1) / draws;
    this.#own = 0;
    this.#ownSquares = 0;
  }

  result(points: number): MixtureInformation {
    const mean = this.#sum / points;
    // Means of points that were picked vary by their draws and from point to point: both are in their spread.
    const spread = this.#some ? (this.#squares - points * square(mean)) / (points - 1) : this.#within / points;
    return {
      bits: mean / Math.LN2,
      standardError: Math.sqrt(Math.max(0, spread) / points) / Math.LN2,
      excess: this.#halves === 0 ? 0 : this.#excess / this.#halves / Math.LN2,
    };
  }
}

function checked(
  samples: Samples,
  labellings: readonly (ArrayLike<number> | undefined)[],
  variance: number,
  draws: number,
  drawn: number | undefined,
): number {
  const who = "mixtureInformation()";
  const count = countOf(samples, who);
  for (const labels of labellings) if (labels !== undefined) requireCount(labels, count, who, "labels");
  parse(variances, variance, `${who}: variance`);
  parse(several, draws, `${who}: draws`);
  parse(v.optional(several), drawn, `${who}: drawn`);
  return count;
}

interface Groups {
  readonly of: Int32Array;
  readonly sizes: readonly number[];
}

/** Labels numbered as they come, and how many points have each; without labels every point is its own. */
function groupsOf(labels: ArrayLike<number> | undefined, count: number): Groups {
  const numbers = new Map<number, number>();
  const sizes: number[] = [];
  const of = Int32Array.from({ length: count }, (_, i) => {
    const label = labels === undefined ? i : labels[i]!;
    const known = numbers.get(label) ?? numbers.size;
    numbers.set(label, known);
    sizes[known] = (sizes[known] ?? 0) + 1;
    return known;
  });
  return { of, sizes };
}

/** Points near a draw, in their order, and the log of their density there but for a constant. */
interface Near {
  readonly points: Int32Array;
  /** −‖draw − h_j‖² / 2σ² of each. */
  readonly exponents: Float64Array;
  count: number;
}

/** Those whose density at h_i + noise is not negligible beside i's own, which is in every sum. */
function findNear({ values, dimensions }: Samples, i: number, noise: Float64Array, variance: number, out: Near): void {
  const own = noise.reduce((sum, value) => sum + value * value, 0);
  const farthest = (own + 2 * variance * NEGLIGIBLE) * (1 + 1e-9);
  const point = noise.map((value, d) => values[i * dimensions + d]! + value);
  out.count = 0;
  for (let j = 0, at = 0; at < values.length; j++, at += dimensions) {
    let distance = 0;
    for (let d = 0; d < dimensions && distance <= farthest; d++) {
      const gap = point[d]! - values[at + d]!;
      distance += gap * gap;
    }
    if (!(distance <= farthest)) continue;
    out.points[out.count] = j;
    out.exponents[out.count++] = -distance / (2 * variance);
  }
}

/**
 * ln of the mean density of a group, less that of all, among the first `total` points.
 *
 * @param size Of the group, among these.
 */
function logRatio(
  { points, exponents, count }: Near,
  groups: Int32Array,
  group: number,
  size: number,
  total: number,
): number {
  let [most, mostOwn] = [-Infinity, -Infinity];
  let among = 0;
  for (; among < count && points[among]! < total; among++) {
    most = Math.max(most, exponents[among]!);
    if (groups[points[among]!] === group) mostOwn = Math.max(mostOwn, exponents[among]!);
  }
  // Each sum has a 1 in it.
  let [all, own] = [0, 0];
  for (let k = 0; k < among; k++) {
    if (exponents[k]! > most - NEGLIGIBLE) all += exp(exponents[k]! - most);
    if (groups[points[k]!] === group && exponents[k]! > mostOwn - NEGLIGIBLE) own += exp(exponents[k]! - mostOwn);
  }
  return mostOwn - most + log((own / size) * (total / all));
}
