/**
 * A bound from below on what samples tell of their labels: I(Y; T) ≥ H(Y) − E[−log q(Y|T)] for every decoder q. Here q is a multinomial
 * logistic regression that learned from one part of the samples and is asked about the other, so that what it memorised does not count.
 * Unlike binning it needs no states and unlike neighbours no density, but it sees only what a linear decoder can read.
 */
import * as v from "valibot";
import { check, countClasses, requireCount } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { described, options } from "../checks/schema/records.ts";
import { above, number, seed } from "../checks/schema/scalars.ts";
import { exp, log, square } from "./elementary.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { Random, Stream, shuffle } from "./random.ts";
import { countOf, type Samples } from "./samples.ts";
import { positiveSolver, type Solver } from "./solve-positive.ts";

/** How the decoder learns: from which share of the samples, and with what penalty on its weights. */
export interface LinearDecoderOptions {
  /** Of the split; default 0. */
  readonly seed?: number;
  /** Share of the samples that the decoder learns from, above 0 and below 1. Default ½. */
  readonly learning?: number;
  /** Of the weights of standardised features: penalty · ‖W‖² / 2 nats for all samples together, ≥ 0. Default 1, a unit normal prior. */
  readonly penalty?: number;
}

/**
 * Bits, below 0 where the decoder does worse than no features at all: never clipped. The standard error is that of the samples that were asked
 * about.
 */
export interface LinearDecoderBound extends Estimate {
  /** H(Y) of the labels that were asked about, and the mean −log2 q of them. */
  readonly entropy: number;
  readonly crossEntropy: number;
  /** Share of labels that the decoder found most likely, 0 … 1. */
  readonly accuracy: number;
  /** Samples learned from, and asked about. */
  readonly learned: number;
  readonly asked: number;
  /** False where learning was stopped before it settled: the bound holds, but a better decoder may give a higher one. */
  readonly settled: boolean;
}

/** What each option may be. */
export const decoderOptions = options({
  seed: v.optional(described(seed, "Seed of the split."), 0),
  learning: v.optional(
    v.pipe(
      described(above(0), "Fraction of the samples for training."),
      v.ltValue(1, "a fraction above 0 and below 1"),
    ),
    0.5,
  ),
  penalty: v.optional(described(number(0), "Penalty on the squared weights."), 1),
});

/**
 * A lower bound on I(label; samples) in bits, from a decoder: H(Y) − E[−log2 q(Y|T)], where q is a multinomial
 * logistic regression that learned from one part of the samples and is tested on the other. At most H(Y); below 0
 * where the decoder does worse than no features at all.
 *
 * @param labels Whole numbers from 0, one for each sample.
 * @example
 * ```ts
 * const { inputs, labels, features } = iris();
 * const { bits, entropy } = linearDecoderBound({ values: inputs, dimensions: features }, labels!);
 * console.log(bits.toFixed(2), "of", entropy.toFixed(2), "bits"); // 1.29 of 1.58 bits
 * ```
 * @throws InvalidInputError for labels that do not fit, fewer than two samples on either side of the split, fewer than
 *   two classes among those learned from, or options out of range.
 */
export function linearDecoderBound(
  samples: Samples,
  labels: ArrayLike<number>,
  given: LinearDecoderOptions = {},
): LinearDecoderBound {
  const who = "linearDecoderBound()";
  const { seed, learning, penalty } = parse(decoderOptions, given, who);
  const count = countOf(samples, who);
  requireCount(labels, count, who, "labels, one for each sample");
  const classes = countClasses(labels, who, 4096);
  const order = Int32Array.from({ length: count }, (_, k) => k);
  shuffle(order, new Random(seed, Stream.split));
  const size = Math.round(learning * count);
  const [learned, asked] = [order.subarray(0, size), order.subarray(size)];
  const enough = learned.length >= 2 && asked.length >= 2;
  check(enough && new Set(Array.from(learned, (row) => labels[row])).size >= 2, {
    who,
    expected: "at least two training samples, of two classes, and two test samples",
    got: `${learned.length} and ${asked.length}`,
    remedy: "Use more samples, or another fraction.",
  });
  const standard = standardization(samples, learned);
  const { weights, settled } = learn(features(samples, learned, standard), of(labels, learned), classes, penalty);
  const test = features(samples, asked, standard);
  const logs = logProbabilities(test, weights, classes);
  const { bits, standardError, ...rest } = scored(logs, of(labels, asked), classes);
  const warnings = settled ? [] : ["the decoder has not converged: a better one may give a higher bound"];
  const bound = estimate({ bits, standardError, samples: asked.length, method: "plug-in", outside: 0, warnings });
  return { ...bound, ...rest, learned: learned.length, asked: asked.length, settled };
}

function of(labels: ArrayLike<number>, rows: Int32Array): Int32Array {
  return rows.map((row) => labels[row]!);
}

/** Features of mean 0 and deviation 1 where they vary, and a last one that is 1: `[rows, width]`. */
interface Features {
  readonly values: Float64Array;
  readonly width: number;
}

function standardization(
  { values, dimensions }: Samples,
  rows: Int32Array,
): { mean: Float64Array; scale: Float64Array } {
  const mean = new Float64Array(dimensions);
  const scale = new Float64Array(dimensions);
  for (let d = 0; d < dimensions; d++) {
    for (const row of rows) mean[d]! += values[row * dimensions + d]! / rows.length;
    let variance = 0;
    for (const row of rows) variance += square(values[row * dimensions + d]! - mean[d]!) / rows.length;
    scale[d] = variance > 0 ? 1 / Math.sqrt(variance) : 0;
  }
  return { mean, scale };
}

function features(
  { values, dimensions }: Samples,
  rows: Int32Array,
  { mean, scale }: ReturnType<typeof standardization>,
): Features {
  const width = dimensions + 1;
  const made = new Float64Array(rows.length * width).fill(1);
  for (const [k, row] of rows.entries()) {
    for (let d = 0; d < dimensions; d++) {
      made[k * width + d] = (values[row * dimensions + d]! - mean[d]!) * scale[d]!;
    }
  }
  return { values: made, width };
}

const MAX_STEPS = 1000;
/** Learning has settled when no step would change the loss by more than this, in nats for each sample. */
const SETTLED = 1e-9;

/**
 * Weights `[classes, width]` of least loss plus penalty. Steps are Newton's with the curvature's upper bound ½ XᵀX for every class (Böhning,
 * "Multinomial logistic regression algorithm", 1992), which needs one factorisation and never overshoots, with Nesterov's
 * momentum, given up whenever it points uphill.
 */
function learn(
  { values, width }: Features,
  labels: Int32Array,
  classes: number,
  penalty: number,
): { weights: Float64Array; settled: boolean } {
  const newton = newtonStep({ values, width }, penalty);
  let weights = new Float64Array(classes * width);
  let ahead = weights;
  let momentum = 1;
  for (let step = 0; step < MAX_STEPS; step++) {
    const slope = slopeOf({ values, width }, labels, ahead, classes, penalty);
    const move = new Float64Array(slope.length);
    for (let c = 0; c < classes; c++) move.set(newton(slope.subarray(c * width, (c + 1) * width)), c * width);
    const gain = slope.reduce((sum, value, k) => sum + value * move[k]!, 0) / labels.length;
    if (gain < SETTLED) return { weights: ahead, settled: true };
    const next = ahead.map((value, k) => value - move[k]!);
    const uphill = slope.reduce((sum, value, k) => sum + value * (next[k]! - weights[k]!), 0) > 0;
    const grown = (1 + Math.sqrt(1 + 4 * square(momentum))) / 2;
    const keep = uphill ? 0 : (momentum - 1) / grown;
    ahead = next.map((value, k) => value + keep * (value - weights[k]!));
    momentum = uphill ? 1 : grown;
    weights = next;
  }
  return { weights, settled: false };
}

/** Of the weights of the last feature, 1: hardly a pull towards even classes, but it keeps a class that was never seen finite. */
const CONSTANT_PENALTY = 0.01;

/** By ½ XᵀX + penalty. */
function newtonStep({ values, width }: Features, penalty: number): Solver {
  const curvature = new Float64Array(width * width);
  const rows = values.length / width;
  for (let k = 0; k < rows; k++) {
    for (let a = 0; a < width; a++) {
      const value = values[k * width + a]! / 2;
      if (value === 0) continue;
      for (let b = 0; b <= a; b++) curvature[a * width + b]! += value * values[k * width + b]!;
    }
  }
  // Features that depend on each other leave no direction free.
  for (let a = 0; a < width; a++) {
    curvature[a * width + a]! += (a < width - 1 ? penalty : CONSTANT_PENALTY) + 1e-9 * rows;
  }
  return positiveSolver(curvature, width)!;
}

/** Of the loss in nats, summed over samples, plus the penalty: `[classes, width]`. */
function slopeOf(
  { values, width }: Features,
  labels: Int32Array,
  weights: Float64Array,
  classes: number,
  penalty: number,
): Float64Array {
  const logs = logProbabilities({ values, width }, weights, classes);
  const slope = weights.map((weight, k) => (k % width < width - 1 ? penalty : CONSTANT_PENALTY) * weight);
  for (const [k, label] of labels.entries()) {
    for (let c = 0; c < classes; c++) {
      const excess = exp(logs[k * classes + c]!) - Number(c === label);
      for (let d = 0; d < width; d++) slope[c * width + d]! += excess * values[k * width + d]!;
    }
  }
  return slope;
}

/** ln q(class | features), `[rows, classes]`. */
function logProbabilities({ values, width }: Features, weights: Float64Array, classes: number): Float64Array {
  const rows = values.length / width;
  const logs = new Float64Array(rows * classes);
  for (let k = 0; k < rows; k++) {
    let most = -Infinity;
    for (let c = 0; c < classes; c++) {
      let logit = 0;
      for (let d = 0; d < width; d++) logit += weights[c * width + d]! * values[k * width + d]!;
      logs[k * classes + c] = logit;
      most = Math.max(most, logit);
    }
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += exp(logs[k * classes + c]! - most);
    const all = most + log(sum);
    for (let c = 0; c < classes; c++) logs[k * classes + c]! -= all;
  }
  return logs;
}

/** H(Y) is of the labels asked about, plug-in: a little too low, and so on the safe side. */
function scored(
  logs: Float64Array,
  labels: Int32Array,
  classes: number,
): Pick<LinearDecoderBound, "bits" | "standardError" | "entropy" | "crossEntropy" | "accuracy"> {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label]!++;
  let [entropy, crossEntropy, squares, right] = [0, 0, 0, 0];
  for (const [k, label] of labels.entries()) {
    const own = logs[k * classes + label]! / Math.LN2;
    const base = log(counts[label]! / labels.length) / Math.LN2;
    entropy -= base;
    crossEntropy -= own;
    squares += square(own - base);
    const row = logs.subarray(k * classes, (k + 1) * classes);
    if (row.every((other, c) => c === label || other < row[label]!)) right++;
  }
  const asked = labels.length;
  const bits = (entropy - crossEntropy) / asked;
  return {
    bits,
    standardError: Math.sqrt(Math.max(0, squares / asked - bits * bits) / (asked - 1)),
    entropy: entropy / asked,
    crossEntropy: crossEntropy / asked,
    accuracy: right / asked,
  };
}
