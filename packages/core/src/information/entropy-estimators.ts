/**
 * Entropy from counts, by the estimators of the literature, in bits. `counts[i]` is how often state i was seen; zeros are states that are
 * known to exist. They differ in what they assume of the states that were not seen.
 */

import { check, requireList } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { oneOf, positive } from "../checks/schema/scalars.ts";
import { digamma } from "./digamma.ts";
import { exp, expm1, log, log1p, square } from "./elementary.ts";
import { chaoWangJost } from "./entropy.ts";
import { type Estimate, estimate } from "./estimate.ts";
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
const methods = oneOf(entropyMethods);
/**
 * An estimator of entropy from counts:
 *
 * - `plug-in`: the entropy of the frequencies, too low on average;
 * - `miller-madow`: plus (states seen − 1)/(2 N) nats (Miller 1955);
 * - `grassberger`: Grassberger 2003;
 * - `chao-shen`: Chao & Shen 2003, by the estimated coverage;
 * - `chao-wang-jost`: Chao, Wang & Jost 2013;
 * - `zhang`: Zhang 2012;
 * - `jackknife`: the plug-in's, less its estimated bias;
 * - `james-stein`: Hausser & Strimmer 2009, shrunk towards equal frequencies;
 * - `nsb`: Nemenman, Shafee & Bialek 2002, Bayesian.
 */
export type EntropyMethod = (typeof entropyMethods)[number];

/** How many states were seen how often, ascending: estimators need no more, and so cannot depend on the order of the states. */
type Seen = readonly (readonly [count: number, states: number])[];

/**
 * The entropy of what was counted, in bits: 0 … log2 of the number of states, but for estimators whose corrections may
 * leave that range. The standard error is the posterior deviation for `nsb`, and the jackknife's for the others.
 *
 * @param counts How often each state was seen; zeros are states that are known to exist.
 * @example
 * ```ts
 * console.log(entropyFromCounts([3, 1], "plug-in").bits.toFixed(3)); // 0.811
 * console.log(entropyFromCounts([3, 1], "miller-madow").bits.toFixed(3)); // 0.992
 * ```
 * @throws InvalidInputError for an unknown method, counts that are not whole numbers from 0, or counts that are all 0.
 */
export function entropyFromCounts(counts: ArrayLike<number>, method: EntropyMethod): Estimate {
  const { total, seen } = checked(counts);
  parse(methods, method, "entropyFromCounts(): method");
  if (method === "nsb") {
    const { nats, deviation } = nsb(counts);
    return ofCounts(nats, deviation, total);
  }
  const estimator = (seen: Seen, total: number) => ESTIMATORS[method](seen, total, counts.length);
  const whole = estimator(seen, total);
  return ofCounts(whole, jackknifeError(seen, total, estimator), total);
}

function ofCounts(nats: number, error: number, samples: number): Estimate {
  const [bits, standardError] = [nats / Math.LN2, error / Math.LN2];
  return estimate({ bits, standardError, samples, method: "plug-in", outside: 0, warnings: [] });
}

/**
 * Grassberger's first corrections, in bits ("Finite sample corrections to entropy and dimension estimates", 1988):
 * ψ(n) + (−1)ⁿ/(n + 1), and the variant of other prints, ψ(n) + (−1)ⁿ/(n(n + 1)), with the jackknife's error. For
 * comparison with older work: `grassberger` of `entropyFromCounts()`, from 2003, has less bias than either.
 *
 * @example
 * ```ts
 * const counts = [3, 1, 2, 2];
 * console.log(grassbergerEntropy1988(counts, "n(n + 1)").bits.toFixed(3)); // 2.315
 * console.log(entropyFromCounts(counts, "grassberger").bits.toFixed(3)); // 2.308
 * ```
 * @throws InvalidInputError as `entropyFromCounts`, and for an unknown denominator.
 */
export function grassbergerEntropy1988(counts: ArrayLike<number>, denominator: "n + 1" | "n(n + 1)"): Estimate {
  const { total, seen } = checked(counts);
  parse(denominators, denominator, "grassbergerEntropy1988(): denominator");
  const under = denominator === "n + 1" ? (n: number) => n + 1 : (n: number) => n * (n + 1);
  const estimator = (seen: Seen, total: number) =>
    countedNats(seen, total, (n) => digamma(n) + (n % 2 === 0 ? 1 : -1) / under(n));
  return ofCounts(estimator(seen, total), jackknifeError(seen, total, estimator), total);
}

const denominators = oneOf(["n + 1", "n(n + 1)"]);

function checked(counts: ArrayLike<number>): { total: number; seen: Seen } {
  requireList(counts, "entropy from counts", "counts");
  const spectrum = new Map<number, number>();
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (!Number.isSafeInteger(count) || count < 0) {
      check(false, { who: "entropy from counts", expected: "whole numbers of at least 0", got: `${count} at ${i}` });
    }
    if (count > 0) spectrum.set(count, (spectrum.get(count) ?? 0) + 1);
    total += count;
  }
  check(total > 0, { who: "entropy from counts", expected: "at least one observation", got: "none" });
  return { total, seen: [...spectrum].sort(([a], [b]) => a - b) };
}

type Estimator = (seen: Seen, total: number, states: number) => number;

/** All in nats. */
const ESTIMATORS: Readonly<Record<Exclude<EntropyMethod, "nsb">, Estimator>> = {
  "plug-in": plugIn,
  // Miller 1955.
  "miller-madow": (seen, total) => plugIn(seen, total) + (statesOf(seen) - 1) / (2 * total),
  grassberger: (seen, total) => countedNats(seen, total, grassberger2003),
  "chao-shen": chaoShen,
  "chao-wang-jost": (seen, total) => chaoWangJost(new Map(seen), total) * Math.LN2,
  zhang: (seen, total) => {
    const top = digamma(total);
    return sumOver(seen, (count) => (count / total) * (top - digamma(count)));
  },
  jackknife,
  "james-stein": jamesStein,
};

function sumOver(seen: Seen, term: (count: number) => number): number {
  let sum = 0;
  for (const [count, states] of seen) sum += states * term(count);
  return sum;
}

function statesOf(seen: Seen): number {
  return sumOver(seen, () => 1);
}

function plugIn(seen: Seen, total: number): number {
  return sumOver(seen, (count) => (-count / total) * log(count / total));
}

/** ln N − (1/N) Σ n g(n). */
function countedNats(seen: Seen, total: number, g: (n: number) => number): number {
  return log(total) - sumOver(seen, (count) => count * g(count)) / total;
}

/** Grassberger 2003: G(n) = ψ(n) + (−1)ⁿ/2 (ψ((n + 1)/2) − ψ(n/2)). */
function grassberger2003(n: number): number {
  return digamma(n) + (n % 2 === 0 ? 0.5 : -0.5) * (digammaAt((n + 1) / 2) - digammaAt(n / 2));
}

/** Chao & Shen 2003: frequencies times the estimated coverage, each state weighted by its chance of being seen. */
function chaoShen(seen: Seen, total: number): number {
  const once = seen[0]![0] === 1 ? seen[0]![1] : 0;
  const coverage = 1 - Math.min(once, total - 1) / total;
  return sumOver(seen, (count) => {
    const p = (coverage * count) / total;
    const isSeen = p >= 1 ? 1 : -expm1(total * log1p(-p));
    return (-p * log(p)) / isSeen;
  });
}

/** N H − (N − 1)/N Σ nᵢ H(without one of i) = H + (N − 1) Σ (nᵢ/N) (H − H(without one of i)). */
function jackknife(seen: Seen, total: number): number {
  if (total < 2) return 0;
  // H = ln N − S/N with S = Σ n ln n: the differences are taken by hand, since they are small beside what they differ.
  const less = (count: number) => (count > 1 ? (count - 1) * log(count - 1) : 0) - count * log(count);
  const mean = sumOver(seen, (count) => (count / total) * (log(count) + less(count)));
  return plugIn(seen, total) - (total - 1) * log1p(-1 / total) + mean;
}

/** Hausser & Strimmer 2009: shrinks towards the even distribution over all states that are known to exist. */
function jamesStein(seen: Seen, total: number, states: number): number {
  const even = 1 / states;
  const unseen = states - statesOf(seen);
  const squares = sumOver(seen, (count) => square(count / total));
  const distance = unseen * even * even + sumOver(seen, (count) => square(even - count / total));
  const share = distance === 0 || total < 2 ? 1 : Math.min(1, Math.max(0, (1 - squares) / ((total - 1) * distance)));
  const term = (p: number) => (p > 0 ? -p * log(p) : 0);
  return unseen * term(share * even) + sumOver(seen, (count) => term(share * even + ((1 - share) * count) / total));
}

/**
 * The posterior mean of the entropy, in bits, under a Dirichlet prior of b counts for each state; the standard error
 * is the posterior deviation. b = 1 is an even prior over all distributions (Wolpert & Wolf 1995).
 *
 * @param counts How often each state was seen; zeros are states that are known to exist.
 * @param b Above 0.
 * @example
 * ```ts
 * const { bits, standardError } = dirichletEntropy([3, 1], 1);
 * console.log(bits.toFixed(3), "±", standardError.toFixed(3)); // 0.810 ± 0.199
 * ```
 * @throws InvalidInputError as `entropyFromCounts`, or for b that is not above 0.
 */
export function dirichletEntropy(counts: ArrayLike<number>, b: number): Estimate {
  const { total, seen } = checked(counts);
  parse(positive, b, "dirichletEntropy(): b");
  const all = total + counts.length * b;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += ((counts[i]! + b) / all) * digammaAt(counts[i]! + b + 1);
  const unseen = counts.length - statesOf(seen);
  const { mean, square } = moments(unseen > 0 ? [...seen, [0, unseen]] : seen, b, all);
  return ofCounts(digammaAt(all + 1) - sum, Math.sqrt(Math.max(0, square - mean * mean)), total);
}

/** Of leaving out each observation in turn: those of states with the same count are alike. */
function jackknifeError(seen: Seen, total: number, estimate: (seen: Seen, total: number) => number): number {
  if (total < 2) return 0;
  const values = seen.map(([count, states]) => ({
    weight: count * states,
    value: estimate(oneLess(seen, count), total - 1),
  }));
  const mean = values.reduce((sum, { weight, value }) => sum + weight * value, 0) / total;
  const spread = values.reduce((sum, { weight, value }) => sum + weight * square(value - mean), 0);
  return Math.sqrt(((total - 1) / total) * spread);
}

/** One observation less of one of the states with a count. */
function oneLess(seen: Seen, of: number): Seen {
  const spectrum = new Map(seen);
  spectrum.set(of, spectrum.get(of)! - 1);
  if (of > 1) spectrum.set(of - 1, (spectrum.get(of - 1) ?? 0) + 1);
  return [...spectrum].filter(([, states]) => states > 0).sort(([a], [b]) => a - b);
}

/** The integral over ln β begins with these steps, from where no state is likely (less ln K) to where all are equally so. */
const FIRST_STEP = 0.02;
const ENDS = [-16, 14] as const;
/** It goes on with finer ones until so many steps are within a factor of e^−40 of the greatest weight. */
const ENOUGH = 200;

/**
 * Nemenman, Shafee & Bialek 2002: Dirichlet priors mixed so that the entropy expected a priori is even between 0 and ln K. Posterior mean
 * and standard deviation in nats, to about 1e-6; K is the number of counts, zeros included.
 */
export function nsb(counts: ArrayLike<number>): { nats: number; deviation: number } {
  const { total, seen } = checked(counts);
  const states = counts.length;
  if (states === 1) return { nats: 0, deviation: 0 };
  const unseen = states - statesOf(seen);
  const groups: Seen = unseen > 0 ? [...seen, [0, unseen]] : seen;
  const weightAt = (t: number) => {
    const beta = exp(t);
    let evidence = lnGamma(states * beta) - lnGamma(total + states * beta);
    for (const [count, many] of seen) evidence += many * (lnGamma(count + beta) - lnGamma(beta));
    // dξ/dβ · dβ/dt, ξ the entropy expected a priori.
    const prior = states * trigammaAt(states * beta + 1) - trigammaAt(beta + 1);
    return prior > 0 ? evidence + log(prior) + t : -Infinity;
  };
  let [low, high]: [number, number] = [ENDS[0] - log(states), ENDS[1]];
  let steps = Math.ceil((high - low) / FIRST_STEP);
  for (;;) {
    const step = (high - low) / steps;
    const at = Float64Array.from({ length: steps + 1 }, (_, k) => low + step * k);
    const weights = at.map(weightAt);
    const most = weights.reduce((a, b) => Math.max(a, b));
    const heavy = weights.map((weight) => Number(weight > most - 40));
    const [from, to] = [heavy.indexOf(1), heavy.lastIndexOf(1)];
    if (to - from >= ENOUGH)
      return posterior(groups, total, states, at.subarray(from, to + 1), weights.subarray(from, to + 1));
    [low, high, steps] = [at[from]! - step, at[to]! + step, 2 * ENOUGH];
  }
}

/** Mean and deviation of the entropy under weights, given by their logarithms, at ln β. */
function posterior(
  groups: Seen,
  total: number,
  states: number,
  at: Float64Array,
  weights: Float64Array,
): { nats: number; deviation: number } {
  const most = weights.reduce((a, b) => Math.max(a, b));
  const points = Array.from(at, (t, k) => {
    const beta = exp(t);
    return { weight: exp(weights[k]! - most), ...moments(groups, beta, total + states * beta) };
  });
  const sum = points.reduce((all, { weight }) => all + weight, 0);
  const nats = points.reduce((all, { weight, mean }) => all + weight * mean, 0) / sum;
  const variance = points.reduce(
    (all, { weight, mean, square: s }) => all + weight * (s - mean * mean + (mean - nats) * (mean - nats)),
    0,
  );
  return { nats, deviation: Math.sqrt(Math.max(0, variance / sum)) };
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
