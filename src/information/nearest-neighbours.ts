/**
 * Entropy and information of continuous samples from distances to nearest neighbours. Nats, as the papers print them; distances by the
 * maximum norm. All are unbiased enough to fall on either side of the truth: a small negative information is no error. Samples must not be
 * tied: `jittered` breaks ties by seeded noise, and the "mixed" estimator takes them as what they are.
 */
import { InvalidInputError } from "../errors.ts";
import { digamma } from "./digamma.ts";
import { log } from "./elementary.ts";
import { Least, Projection } from "./projection.ts";
import { Random, Stream } from "./random.ts";
import { countOf, distance, type Samples } from "./samples.ts";

export type { Samples } from "./samples.ts";

function requireNeighbours(k: number, count: number, who: string): void {
  if (Number.isSafeInteger(k) && k >= 1 && k < count) return;
  const expected = `neighbours from 1 to ${count - 1}, fewer than the samples`;
  throw new InvalidInputError({ who, expected, got: `${k}` });
}

function allRows(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}

/** Share of samples that another one equals in every number, 0 … 1: what the estimators but "mixed" assume to be 0. */
export function tiedShare(samples: Samples): number {
  const count = countOf(samples, "tiedShare()");
  if (count < 2) return 0;
  const projection = new Projection(samples, allRows(count));
  let tied = 0;
  for (let i = 0; i < count; i++) if (projection.within(i, 0, true) > 0) tied++;
  return tied / count;
}

/** Kozachenko & Leonenko 1987: differential entropy in nats, which may be negative. @throws InvalidInputError, also for ties. */
export function neighbourEntropy(samples: Samples, k: number): number {
  const who = "neighbourEntropy()";
  const count = countOf(samples, who);
  requireNeighbours(k, count, who);
  const projection = new Projection(samples, allRows(count));
  const least = new Least(k);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    least.clear();
    projection.nearest(i, least);
    if (least.last === 0) throw tied(who, i);
    sum += log(2 * least.last);
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
 * I(X; Y) in nats, by the first (1) or second (2) estimator of Kraskov, Stögbauer & Grassberger 2004, or by that of Gao, Kannan, Oh &
 * Viswanath 2017 for laws with atoms ("mixed"), which is the first one but where the k nearest samples are equal ones: there it counts.
 *
 * It is not invariant to rescaling one side: samples are taken as they are. Time grows with N² times the share of samples within reach
 * in the first number of x; for one number on each side about as N^1.5.
 *
 * @throws InvalidInputError for different numbers of samples, neighbours that there are not, or ties (1 and 2).
 */
export function neighbourInformation(x: Samples, y: Samples, k: number, variant: 1 | 2 | "mixed" = 1): number {
  const who = "neighbourInformation()";
  const count = countOf(x, who);
  if (countOf(y, who) !== count) {
    const got = `${count} and ${countOf(y, who)}`;
    throw new InvalidInputError({ who, expected: "as many samples on both sides", got });
  }
  requireNeighbours(k, count, who);
  const rows = allRows(count);
  const [alongX, alongY] = [new Projection(x, rows), new Projection(y, rows)];
  const least = new Least(k);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    least.clear();
    alongX.nearest(i, least, y);
    if (least.last === 0) {
      if (variant !== "mixed") throw tied(who, i);
      sum +=
        digamma(equalTo(x, y, i)) - digamma(alongX.within(i, 0, true) + 1) - digamma(alongY.within(i, 0, true) + 1);
      continue;
    }
    let [reachX, reachY] = [least.last, least.last];
    if (variant === 2) {
      [reachX, reachY] = [0, 0];
      for (const j of least.from) {
        reachX = Math.max(reachX, distance(x, i, j));
        reachY = Math.max(reachY, distance(y, i, j));
      }
    }
    const [nx, ny] = [alongX.within(i, reachX, variant === 2), alongY.within(i, reachY, variant === 2)];
    sum += variant === 2 ? -digamma(nx) - digamma(ny) : digamma(k) - digamma(nx + 1) - digamma(ny + 1);
  }
  const constants = { 1: digamma(count), 2: digamma(k) - 1 / k + digamma(count), mixed: log(count) };
  return constants[variant] + sum / count;
}

/** How many samples equal i on both sides, i among them. */
function equalTo(x: Samples, y: Samples, i: number): number {
  let found = 0;
  for (let j = 0; j < x.values.length / x.dimensions; j++) {
    if (distance(x, i, j) === 0 && distance(y, i, j) === 0) found++;
  }
  return found;
}

/**
 * Ross 2014: I(label; X) in nats, labels any numbers, equal ones the same. A label that occurs once says nothing of distances and is left
 * out. Ties within a label are counted as the ties that they are.
 *
 * @throws InvalidInputError for lists of different lengths, or no label that occurs twice.
 */
export function neighbourInformationOfLabels(x: Samples, labels: ArrayLike<number>, k: number): number {
  const who = "neighbourInformationOfLabels()";
  if (countOf(x, who) !== labels.length) {
    throw new InvalidInputError({ who, expected: `${countOf(x, who)} labels`, got: `${labels.length}` });
  }
  const members = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const list = members.get(labels[i]!);
    if (list === undefined) members.set(labels[i]!, [i]);
    else list.push(i);
  }
  const classes = [...members.values()].filter((list) => list.length > 1);
  const kept = Int32Array.from(classes.flat()).sort();
  if (kept.length === 0)
    throw new InvalidInputError({ who, expected: "labels that occur more than once", got: "none" });
  requireNeighbours(k, labels.length, who);
  const all = new Projection(x, kept);
  let sum = 0;
  for (const list of classes) {
    const own = new Projection(x, Int32Array.from(list));
    const ki = Math.min(k, list.length - 1);
    const least = new Least(ki);
    for (const i of list) {
      least.clear();
      own.nearest(i, least);
      sum += digamma(ki) - digamma(list.length) - digamma(all.within(i, least.last, true));
    }
  }
  return digamma(kept.length) + sum / kept.length;
}

/** The samples with noise added, uniform within ± `width`/2: breaks ties. A function of the seed. */
export function jittered({ values, dimensions }: Samples, width: number, seed: number): Samples {
  const noise = new Float64Array(values.length);
  new Random(seed, Stream.noise).fill(noise, -width / 2, width / 2);
  return { values: values.map((value, k) => value + noise[k]!), dimensions };
}
