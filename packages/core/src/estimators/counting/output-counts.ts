/**
 * H(Ŷ) from counts of joint output states, by an estimate that knows about the states not yet seen.
 *
 * In nats H = Σ_{k ≥ 1} u_k / k, u_k being the expected probability of the states that k samples have not found (Zhang, "Entropy
 * estimation in Turing's perspective", Neural Computation 24, 2012). For k < N Zhang's series finds each term without bias; what remains
 * is Σ_{k ≥ N} u_k / k, with u_N ≈ f₁/N and the local slope r = −d ln u / d ln k ≈ 2 f₂/f₁, f₁ and f₂ being the numbers of states seen
 * once and twice. Chao, Wang & Jost let u fall exponentially from there, which is too fast: an output state is a polytope in the
 * inputs, its rare states are slivers at the corners of the box, and the mass of those that k samples miss falls as k^−(1 + 1/d) in d
 * dimensions. So u is continued as ((N + cN) / (k + cN))^(1 + 1/d), c from the slope at N.
 */
import { digamma } from "../../information/digamma.ts";
import { hypot, log2, square } from "../../information/elementary.ts";
import { scaledExponentialIntegral } from "../../information/entropy.ts";
import type { StateList } from "../../information/state-table.ts";

/**
 * Share of the distance between the two continuations that enters the error. Over 24 layers, at f₁/N from 0.0001 to 0.2, the mean miss
 * was 0 to 0.6 of it.
 */
const DOUBT = 0.5;
/** The slope below which the series of the tail is cut short: so flat a fall is a matter of few samples. */
const FLATTEST = 0.02;

export interface EntropyEstimate {
  readonly bits: number;
  readonly standardError: number;
  /** That part of the error, in bits, which is doubt about the states not yet seen: only more samples mend it. */
  readonly doubt: number;
  /** The plug-in estimate: too low in expectation, whatever the law. */
  readonly lower: number;
  /** Share of samples whose state was seen once: near 0 where counting saturates. */
  readonly seenOnce: number;
  /** Samples inside the output range. */
  readonly counted: number;
}

/**
 * The estimate from the counts of states and the values that a control variate has at each; `controlMean` is its exact mean, undefined
 * where there is none. `dimension`: of the outputs as a function of the inputs, the fewer of the two.
 *
 * The standard error is the jackknife's (how the estimate moves when a sample is left out, over all samples), of the tail too, and the doubt.
 */
export function entropyOfStates(
  { counts, values }: StateList,
  controlMean: number | undefined,
  dimension: number,
): EntropyEstimate {
  const counted = counts.reduce((sum, count) => sum + count, 0);
  if (counted < 2) return { bits: 0, standardError: Infinity, doubt: Infinity, lower: 0, seenOnce: 1, counted };
  const spectrum = spectrumOf(counts);
  const once = spectrum.get(1) ?? 0;
  const tail = tailOf(once, spectrum.get(2) ?? 0, 1 + 1 / dimension);
  const top = digamma(counted);
  const change = new Map<number, number>();
  let [nats, lower, meanChange] = [(once / counted) * tail.value, 0, 0];
  for (const [count, states] of spectrum) {
    const share = (states * count) / counted;
    nats += share * (top - digamma(count));
    lower -= share * log2(count / counted);
    // N times how much less a sample fewer in a state of this count leaves; states seen once, twice and three times are in the tail too.
    const series = top - count * digamma(count) + (count > 1 ? (count - 1) * digamma(count - 1) : 0);
    const inTail =
      count === 1 ? tail.ofOnce : count === 2 ? tail.ofTwice - tail.ofOnce : count === 3 ? -tail.ofTwice : 0;
    change.set(count, (series + inTail) / Math.LN2);
    meanChange += share * change.get(count)!;
  }
  let [meanG, varL, varG, both] = [0, 0, 0, 0];
  for (let state = 0; state < counts.length; state++) meanG += (counts[state]! / counted) * values[state]!;
  for (let state = 0; state < counts.length; state++) {
    const share = counts[state]! / counted;
    const l = change.get(counts[state]!)! - meanChange;
    const g = values[state]! - meanG;
    varL += share * l * l;
    varG += share * g * g;
    both += share * l * g;
  }
  // Outputs that tell the same repeat each other's surprisal, so the slope is 1 at most; what lies beyond is chance.
  const slope = controlMean !== undefined && varG > 1e-12 ? Math.max(0, Math.min(1, both / varG)) : 0;
  const first = Math.max(0, varL - 2 * slope * both + square(slope) * varG) / counted;
  // To second order, all there is where the states are equally likely: a χ² with one degree of freedom fewer than states, over 2 N ln 2.
  const second = (counts.length - 1) / (2 * square(counted * Math.LN2));
  const doubt = (DOUBT * (once / counted) * (tail.value - tail.least)) / Math.LN2;
  return {
    bits: nats / Math.LN2 - slope * (meanG - (controlMean ?? meanG)),
    standardError: hypot(hypot(Math.sqrt(first + second), doubt), unseenBits(counted)),
    doubt,
    lower,
    seenOnce: once / counted,
    counted,
  };
}

/** What a state that none of `samples` found may add to an entropy, in bits: its probability may be about 1/N. */
export function unseenBits(samples: number): number {
  return log2(Math.E * samples) / samples;
}

/** How many states have each count, by rising count. */
function spectrumOf(counts: ArrayLike<number>): Map<number, number> {
  const seen = new Map<number, number>();
  for (let state = 0; state < counts.length; state++) seen.set(counts[state]!, (seen.get(counts[state]!) ?? 0) + 1);
  return new Map([...seen].sort(([a], [b]) => a - b));
}

interface Tail {
  /** Σ_{k ≥ N} u_k / (k u_N), and the same where u falls exponentially. */
  readonly value: number;
  readonly least: number;
  /** N times how much the tail, in nats, grows by another state seen once, and seen twice. */
  readonly ofOnce: number;
  readonly ofTwice: number;
}

/** ∫₁^∞ ((1 + c)/(x + c))^β dx/x = Σ_k (1 − r/β)^k / (β + k), where c = β/r − 1; 1/r where r is the greater. */
function tailOf(once: number, twice: number, exponent: number): Tail {
  if (once === 0) return { value: 0, least: 0, ofOnce: 0, ofTwice: 0 };
  // Half a state each, so that none seen twice is no division by zero.
  const r = Math.max(FLATTEST, (2 * twice + 1) / (once + 0.5));
  const least = scaledExponentialIntegral(r);
  let [value, slope] = [1 / r, -1 / square(r)];
  if (r < exponent) {
    const q = 1 - r / exponent;
    value = 0;
    slope = 0;
    for (let k = 0, power = 1, before = 0; power > 1e-12; k++, before = power, power *= q) {
      value += power / (exponent + k);
      slope -= (k * before) / (exponent * (exponent + k));
    }
  }
  return { value, least, ofOnce: value - slope * r, ofTwice: 2 * slope };
}
