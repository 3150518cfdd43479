/**
 * Entropy from counts, by the estimators of the literature, in bits. `counts[i]` is how often state i was seen; zeros are states that are
 * known to exist. They differ in what they assume of the states that were not seen.
 */
import { InvalidInputError } from "../errors.ts";
import { digamma } from "./digamma.ts";
import { exp, log, log1p } from "./elementary.ts";
import { chaoWangJost } from "./entropy.ts";
import { digammaAt, lnGamma, trigammaAt } from "./special-functions.ts";

export const entropyMethods = [
  "plug-in",
  "miller-madow",
  "grassberger",
  "chao-shen",
  "chao-wang-jost",
  "zhang",
  "jackknife",
  "james-stein",
  "nsb",
] as const;
export type EntropyMethod = (typeof entropyMethods)[number];

export interface EntropyEstimate {
  /** Bits, ≥ 0 but for estimators that correct below it. */
  readonly bits: number;
  /** Posterior standard deviation of NSB, jackknife error of the others; bits. */
  readonly standardError: number;
}

/** @throws InvalidInputError for counts that are not whole and ≥ 0, or no observation. */
export function entropyFromCounts(counts: ArrayLike<number>, method: EntropyMethod): EntropyEstimate {
  const { total, seen } = checked(counts);
  if (method === "nsb") {
    const { nats, deviation } = nsb(counts);
    return { bits: nats / Math.LN2, standardError: deviation / Math.LN2 };
  }
  const estimate = (seen: readonly number[], total: number) => ESTIMATORS[method](seen, total, counts.length);
  const whole = estimate(seen, total);
  return { bits: whole / Math.LN2, standardError: jackknifeError(seen, total, estimate) / Math.LN2 };
}

function checked(counts: ArrayLike<number>): { total: number; seen: number[] } {
  const seen: number[] = [];
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (!Number.isSafeInteger(count) || count < 0) {
      const got = `${count} at ${i}`;
      throw new InvalidInputError({ who: "entropy from counts", expected: "whole numbers from 0", got });
    }
    if (count > 0) seen.push(count);
    total += count;
  }
  if (total === 0) throw new InvalidInputError({ who: "entropy from counts", expected: "an observation", got: "none" });
  return { total, seen };
}

type Estimator = (seen: readonly number[], total: number, states: number) => number;

/** All in nats. */
const ESTIMATORS: Readonly<Record<Exclude<EntropyMethod, "nsb">, Estimator>> = {
  "plug-in": plugIn,
  // Miller 1955.
  "miller-madow": (seen, total) => plugIn(seen, total) + (seen.length - 1) / (2 * total),
  grassberger,
  "chao-shen": chaoShen,
  "chao-wang-jost": (seen, total) => chaoWangJost(spectrumOf(seen), total) * Math.LN2,
  zhang: (seen, total) => {
    const top = digamma(total);
    return seen.reduce((sum, count) => sum + (count / total) * (top - digamma(count)), 0);
  },
  jackknife,
  "james-stein": jamesStein,
};

function plugIn(seen: readonly number[], total: number): number {
  return seen.reduce((sum, count) => sum - (count / total) * log(count / total), 0);
}

/** Grassberger 2003: G(n) = ψ(n) + (−1)ⁿ/2 (ψ((n + 1)/2) − ψ(n/2)). */
function grassberger(seen: readonly number[], total: number): number {
  const g = (n: number) => digamma(n) + (n % 2 === 0 ? 0.5 : -0.5) * (digammaAt((n + 1) / 2) - digammaAt(n / 2));
  return log(total) - seen.reduce((sum, count) => sum + count * g(count), 0) / total;
}

/** Chao & Shen 2003: frequencies times the estimated coverage, each state weighted by its chance of being seen. */
function chaoShen(seen: readonly number[], total: number): number {
  const once = seen.filter((count) => count === 1).length;
  const coverage = 1 - Math.min(once, total - 1) / total;
  return seen.reduce((sum, count) => {
    const p = (coverage * count) / total;
    const isSeen = p >= 1 ? 1 : -expm1Of(total * log1p(-p));
    return sum - (p * log(p)) / isSeen;
  }, 0);
}

function expm1Of(x: number): number {
  return exp(x) - 1;
}

/** N H − (N − 1)/N Σ nᵢ H(without one of i). */
function jackknife(seen: readonly number[], total: number): number {
  if (total < 2) return 0;
  let without = 0;
  for (const [i, count] of seen.entries()) without += count * plugIn(oneLess(seen, i), total - 1);
  return total * plugIn(seen, total) - ((total - 1) / total) * without;
}

/** Hausser & Strimmer 2009: shrinks towards the even distribution over all states that are known to exist. */
function jamesStein(seen: readonly number[], total: number, states: number): number {
  const even = 1 / states;
  let [squares, distance] = [0, (states - seen.length) * even * even];
  for (const count of seen) {
    const p = count / total;
    squares += p * p;
    distance += (even - p) * (even - p);
  }
  const share = distance === 0 || total < 2 ? 1 : Math.min(1, Math.max(0, (1 - squares) / ((total - 1) * distance)));
  const term = (p: number) => (p > 0 ? -p * log(p) : 0);
  const unseen = (states - seen.length) * term(share * even);
  return seen.reduce((sum, count) => sum + term(share * even + ((1 - share) * count) / total), unseen);
}

/** The posterior mean under Dirichlet(b) over all states, b > 0, in bits. @throws InvalidInputError as `entropyFromCounts`. */
export function dirichletEntropy(counts: ArrayLike<number>, b: number): number {
  const { total } = checked(counts);
  if (!(b > 0 && b < Infinity)) {
    throw new InvalidInputError({ who: "dirichletEntropy()", expected: "b above 0", got: `${b}` });
  }
  const all = total + counts.length * b;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += ((counts[i]! + b) / all) * digammaAt(counts[i]! + b + 1);
  return (digammaAt(all + 1) - sum) / Math.LN2;
}

function spectrumOf(seen: readonly number[]): Map<number, number> {
  const spectrum = new Map<number, number>();
  for (const count of seen) spectrum.set(count, (spectrum.get(count) ?? 0) + 1);
  return spectrum;
}

function oneLess(seen: readonly number[], i: number): number[] {
  return seen.flatMap((count, k) => (k !== i ? count : count > 1 ? count - 1 : []));
}

/** Of leaving out each observation in turn. */
function jackknifeError(
  seen: readonly number[],
  total: number,
  estimate: (seen: readonly number[], total: number) => number,
): number {
  if (total < 2) return 0;
  // Observations of states with the same count are alike.
  const groups = [...spectrumOf(seen)].map(([count, states]) => {
    const value = estimate(oneLess(seen, seen.indexOf(count)), total - 1);
    return { weight: count * states, value };
  });
  const mean = groups.reduce((sum, { weight, value }) => sum + weight * value, 0) / total;
  const square = groups.reduce((sum, { weight, value }) => sum + weight * (value - mean) * (value - mean), 0);
  return Math.sqrt(((total - 1) / total) * square);
}

/** Steps of the integral over ln β, and its ends. */
const STEP = 0.02;
const ENDS = [-16, 14] as const;

/**
 * Nemenman, Shafee & Bialek 2002: Dirichlet priors mixed so that the entropy expected a priori is even between 0 and ln K. Posterior mean
 * and standard deviation in nats, to about 1e-6; K is the number of counts, zeros included.
 */
export function nsb(counts: ArrayLike<number>): { nats: number; deviation: number } {
  const { total, seen } = checked(counts);
  const states = counts.length;
  if (states === 1) return { nats: 0, deviation: 0 };
  const groups = [...spectrumOf(seen)];
  if (states > seen.length) groups.push([0, states - seen.length]);
  const points: { weight: number; mean: number; square: number }[] = [];
  let most = -Infinity;
  const logs: number[] = [];
  for (let t = ENDS[0]; t <= ENDS[1]; t += STEP) {
    const beta = exp(t);
    const all = total + states * beta;
    let evidence = lnGamma(states * beta) - lnGamma(all);
    for (const [count, many] of groups) if (count > 0) evidence += many * (lnGamma(count + beta) - lnGamma(beta));
    // dξ/dβ · dβ/dt, ξ the entropy expected a priori.
    const prior = states * trigammaAt(states * beta + 1) - trigammaAt(beta + 1);
    if (!(prior > 0)) continue;
    const weight = evidence + log(prior) + t;
    logs.push(weight);
    most = Math.max(most, weight);
    points.push({ weight, ...moments(groups, beta, all) });
  }
  let [sum, mean, square] = [0, 0, 0];
  for (const point of points) {
    const weight = exp(point.weight - most);
    sum += weight;
    mean += weight * point.mean;
    square += weight * point.square;
  }
  mean /= sum;
  return { nats: mean, deviation: Math.sqrt(Math.max(0, square / sum - mean * mean)) };
}

/** E H and E H² under Dirichlet(nᵢ + β) (Wolpert & Wolf 1995). */
function moments(
  groups: readonly (readonly [number, number])[],
  beta: number,
  all: number,
): { mean: number; square: number } {
  const top = digammaAt(all + 2);
  const spread = trigammaAt(all + 2);
  let [mean, along, own, squares, diagonal] = [digammaAt(all + 1), 0, 0, 0, 0];
  for (const [count, many] of groups) {
    const a = count + beta;
    const slope = digammaAt(a + 1);
    mean -= many * (a / all) * slope;
    const x = a * (slope - top);
    along += many * x;
    own += many * x * x;
    squares += many * a * a;
    const next = slope + 1 / (a + 1) - top;
    diagonal += many * a * (a + 1) * (next * next + trigammaAt(a + 2) - spread);
  }
  const cross = along * along - own - spread * (all * all - squares);
  return { mean, square: (cross + diagonal) / (all * (all + 1)) };
}
