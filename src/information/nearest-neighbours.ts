/**
 * Entropy and information of continuous samples from distances to nearest neighbours. Nats, as the papers print them; distances by the
 * maximum norm. All are unbiased enough to fall on either side of the truth: a small negative information is no error. Samples must not be
 * tied: `jittered` breaks ties by seeded noise.
 */
import { InvalidInputError } from "../errors.ts";
import { digamma } from "./digamma.ts";
import { log } from "./elementary.ts";
import { Random, Stream } from "./random.ts";

/** Samples of one or more numbers each, `[samples, dimensions]`, row-major. */
export interface Samples {
  readonly values: Float64Array;
  readonly dimensions: number;
}

function countOf({ values, dimensions }: Samples, who: string): number {
  const count = values.length / dimensions;
  if (!(Number.isInteger(count) && count >= 1)) {
    const got = `${values.length} values for ${dimensions} dimensions`;
    throw new InvalidInputError({ who, expected: "whole samples, at least one", got });
  }
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new InvalidInputError({ who, expected: "finite numbers", got: `${values[at]} at ${at}` });
  return count;
}

function requireNeighbours(k: number, count: number, who: string): void {
  if (Number.isSafeInteger(k) && k >= 1 && k < count) return;
  const expected = `neighbours from 1 to ${count - 1}, fewer than the samples`;
  throw new InvalidInputError({ who, expected, got: `${k}` });
}

function distance({ values, dimensions }: Samples, i: number, j: number): number {
  let most = 0;
  for (let d = 0; d < dimensions; d++) {
    const gap = Math.abs(values[i * dimensions + d]! - values[j * dimensions + d]!);
    if (gap > most) most = gap;
  }
  return most;
}

/** The `k` least of a stream of numbers, ascending, with who they came from. */
class Least {
  readonly values: Float64Array;
  readonly from: Int32Array;

  constructor(k: number) {
    this.values = new Float64Array(k);
    this.from = new Int32Array(k);
  }

  clear(): void {
    this.values.fill(Infinity);
  }

  offer(value: number, who: number): void {
    const last = this.values.length - 1;
    if (value >= this.values[last]!) return;
    let at = last;
    for (; at > 0 && this.values[at - 1]! > value; at--) {
      this.values[at] = this.values[at - 1]!;
      this.from[at] = this.from[at - 1]!;
    }
    this.values[at] = value;
    this.from[at] = who;
  }
}

/** Kozachenko & Leonenko 1987: differential entropy in nats, which may be negative. @throws InvalidInputError, also for ties. */
export function neighbourEntropy(samples: Samples, k: number): number {
  const who = "neighbourEntropy()";
  const count = countOf(samples, who);
  requireNeighbours(k, count, who);
  const least = new Least(k);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    least.clear();
    for (let j = 0; j < count; j++) if (j !== i) least.offer(distance(samples, i, j), j);
    const reach = least.values[k - 1]!;
    if (reach === 0) throw tied(who, i);
    sum += log(2 * reach);
  }
  return digamma(count) - digamma(k) + (samples.dimensions * sum) / count;
}

function tied(who: string, i: number): InvalidInputError {
  return new InvalidInputError({
    who,
    expected: "samples that are not tied",
    got: `more equal ones than neighbours at ${i}`,
    remedy: "Discrete values have another estimator; rounded ones can be jittered.",
  });
}

/**
 * Kraskov, Stögbauer & Grassberger 2004, their first (1) or second (2) estimator of I(X; Y), in nats.
 *
 * It is not invariant to rescaling one side: samples are taken as they are. O(N²).
 *
 * @throws InvalidInputError for different numbers of samples, or neighbours that there are not.
 */
export function neighbourInformation(x: Samples, y: Samples, k: number, variant: 1 | 2 = 1): number {
  const who = "neighbourInformation()";
  const count = countOf(x, who);
  if (countOf(y, who) !== count) {
    const got = `${count} and ${countOf(y, who)}`;
    throw new InvalidInputError({ who, expected: "as many samples on both sides", got });
  }
  requireNeighbours(k, count, who);
  const least = new Least(k);
  const [dx, dy] = [new Float64Array(count), new Float64Array(count)];
  let sum = 0;
  for (let i = 0; i < count; i++) {
    least.clear();
    for (let j = 0; j < count; j++) {
      dx[j] = distance(x, i, j);
      dy[j] = distance(y, i, j);
      if (j !== i) least.offer(Math.max(dx[j]!, dy[j]!), j);
    }
    let [reachX, reachY] = [least.values[k - 1]!, least.values[k - 1]!];
    if (variant === 2) {
      [reachX, reachY] = [0, 0];
      for (const j of least.from) {
        reachX = Math.max(reachX, dx[j]!);
        reachY = Math.max(reachY, dy[j]!);
      }
    }
    let [nx, ny] = [0, 0];
    for (let j = 0; j < count; j++) {
      if (j === i) continue;
      if (variant === 1 ? dx[j]! < reachX : dx[j]! <= reachX) nx++;
      if (variant === 1 ? dy[j]! < reachY : dy[j]! <= reachY) ny++;
    }
    sum += variant === 1 ? digamma(nx + 1) + digamma(ny + 1) : digamma(nx) + digamma(ny);
  }
  return digamma(k) - (variant === 2 ? 1 / k : 0) + digamma(count) - sum / count;
}

/**
 * Ross 2014: I(label; X) in nats, labels whole numbers from 0. A label that occurs once says nothing of distances and is left out.
 *
 * @throws InvalidInputError for lists of different lengths, or fewer than two labels that occur twice.
 */
export function neighbourInformationOfLabels(x: Samples, labels: ArrayLike<number>, k: number): number {
  const who = "neighbourInformationOfLabels()";
  if (countOf(x, who) !== labels.length) {
    throw new InvalidInputError({ who, expected: `${countOf(x, who)} labels`, got: `${labels.length}` });
  }
  const members = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const list = members.get(labels[i]!) ?? [];
    list.push(i);
    members.set(labels[i]!, list);
  }
  const kept = [...members.values()].filter((list) => list.length > 1).flat();
  if (kept.length === 0)
    throw new InvalidInputError({ who, expected: "labels that occur more than once", got: "none" });
  requireNeighbours(k, labels.length, who);
  let [neighbours, classes, around] = [0, 0, 0];
  for (const i of kept) {
    const own = members.get(labels[i]!)!;
    const ki = Math.min(k, own.length - 1);
    const least = new Least(ki);
    least.clear();
    for (const j of own) if (j !== i) least.offer(distance(x, i, j), j);
    const reach = least.values[ki - 1]!;
    let m = 0;
    for (const j of kept) if (j !== i && distance(x, i, j) <= reach) m++;
    neighbours += digamma(ki);
    classes += digamma(own.length);
    around += digamma(m);
  }
  const count = kept.length;
  return digamma(count) + (neighbours - classes - around) / count;
}

/** The samples with noise added, uniform within ± `width`/2: breaks ties. A function of the seed. */
export function jittered({ values, dimensions }: Samples, width: number, seed: number): Samples {
  const noise = new Float64Array(values.length);
  new Random(seed, Stream.noise).fill(noise, -width / 2, width / 2);
  return { values: values.map((value, k) => value + noise[k]!), dimensions };
}
