/**
 * Bounds on the generalization gap by information, as they are printed, with what can be computed computed. Losses lie within 0 and 1
 * (σ = ½) unless said. A bound that is 1 or more, which no gap can be, says nothing and is marked vacuous; one into which an
 * estimate enters is no certificate, and says so.
 */
import * as v from "valibot";
import { check, requireCount, requireFinite, requireList } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { options as optionsOf } from "../checks/schema/records.ts";
import { finite, positive, unboundedAbove } from "../checks/schema/scalars.ts";
import { contingencyTable, informationFromCounts } from "../information/contingency.ts";
import { exp, log, log1p, power } from "../information/elementary.ts";
import { type Estimate, estimate } from "../information/estimate.ts";

/** A bound on how far the expected test loss is from the training loss. Losses are 0 … 1 unless said. */
export interface GeneralizationBound {
  readonly name: string;
  readonly source: string;
  /** On |expected test loss − training loss|. */
  readonly bound: number;
  /** What it is compared with: the gap that was seen, where it is known. */
  readonly gap?: number;
  readonly vacuous: boolean;
  /** Why it is no certificate; empty where it is one. */
  readonly caveats: readonly string[];
}

const WHO = "generalization bound";

function requirePositive(value: number, what: string): void {
  parse(positive, value, `${WHO}: ${what}`);
}

function requireAtLeast0(value: unknown, what: string): asserts value is number {
  parse(unbounded, value, `${WHO}: ${what}`);
}

/** An information may be infinite: the bound then says nothing. */
const unbounded = unboundedAbove(0, "a number of at least 0");

/** An information in bits, as a number or as a measure gives it. */
export type Bits = number | Pick<Estimate, "bits">;

function natsOf(information: Bits): number {
  const bits = typeof information === "number" ? information : (information as Pick<Estimate, "bits"> | null)?.bits;
  requireAtLeast0(bits, "bits");
  return bits * Math.LN2;
}

function requireConfidence(value: number): void {
  check(value > 0 && value < 1, { who: `${WHO}: confidence`, expected: "a number between 0 and 1", got: `${value}` });
}

function made(
  name: string,
  source: string,
  bound: number,
  gap: number | undefined,
  caveats: readonly string[],
): GeneralizationBound {
  return { name, source, bound, ...(gap !== undefined && { gap }), vacuous: !(bound < 1), caveats };
}

/**
 * The input compression bound on the generalization gap: ε² ≤ (2^I(X;L) + ln(2/δ))/(2 m), I in bits (Shwartz-Ziv,
 * Painsky & Tishby 2018). What is bounded is the squared gap; what is returned is its root.
 *
 * @param inputBits I(X; L) in bits. @param examples m, learned from. @param confidence 1 − δ. @param gap The gap that
 *   was seen, if any.
 * @example
 * ```ts
 * // A layer that tells 2^8 inputs apart, learned from 1,000 examples: √((256 + ln 40)/2000).
 * const { bound, vacuous } = inputCompressionBound(8, 1000, 0.95);
 * console.log(bound.toFixed(3), vacuous); // 0.360 false
 * ```
 * @throws InvalidInputError for bits below 0, examples not above 0, or a confidence outside of 0 … 1.
 */
export function inputCompressionBound(
  inputBits: number,
  examples: number,
  confidence = 0.95,
  gap?: number,
): GeneralizationBound {
  requireAtLeast0(inputBits, "bits");
  requirePositive(examples, "examples");
  requireConfidence(confidence);
  const squared = (power(2, inputBits) + log(2 / (1 - confidence))) / (2 * examples);
  return made("input compression", "Shwartz-Ziv, Painsky & Tishby 2018", Math.sqrt(squared), gap, [
    "the step from the number of cells to 2^I is heuristic",
    "I(X; L) is an estimate, and the layer was learned from the same examples",
  ]);
}

/**
 * √I(X;L) · ln m/√m, I in nats (Vera, Piantanida & Vega 2018): what the gap of the cross-entropy grows with, up to
 * constants that depend on the law of the data. A trend, not a bound.
 *
 * @param inputBits I(X; L) in bits. @param examples m, learned from.
 * @example
 * ```ts
 * // Four times the examples leave ln 4000/(2 ln 1000) of the trend.
 * console.log((crossEntropyTrend(8, 4000) / crossEntropyTrend(8, 1000)).toFixed(2)); // 0.60
 * ```
 * @throws InvalidInputError for bits below 0, or examples not above 0.
 */
export function crossEntropyTrend(inputBits: number, examples: number): number {
  requireAtLeast0(inputBits, "bits");
  requirePositive(examples, "examples");
  return (Math.sqrt(inputBits * Math.LN2) * log(examples)) / Math.sqrt(examples);
}

/**
 * The bound by information in the weights: |gap| ≤ √(2 σ² I(D; W)/m), I in nats (Xu & Raginsky 2017).
 *
 * @param bits I(D; W) in bits; infinite for deterministic training of real weights. @param examples m, learned from.
 * @param sigma σ such that the loss is σ-sub-Gaussian: ½ for one within 0 and 1. @param gap The gap that was seen, if
 *   any.
 * @example
 * ```ts
 * // 100 bits about 5,000 examples: √(2 · ¼ · 100 ln 2/5000).
 * console.log(weightInformationBound(100, 5000).bound.toFixed(3)); // 0.083
 * console.log(weightInformationBound(Infinity, 5000).vacuous); // true
 * ```
 * @throws InvalidInputError for bits below 0, or examples or σ not above 0.
 */
export function weightInformationBound(bits: Bits, examples: number, sigma = 0.5, gap?: number): GeneralizationBound {
  const nats = natsOf(bits);
  requirePositive(examples, "examples");
  requirePositive(sigma, "σ");
  const bound = Math.sqrt((2 * sigma * sigma * nats) / examples);
  return made(
    "information in the weights",
    "Xu & Raginsky 2017",
    bound,
    gap,
    nats === Infinity ? ["I(D; W) is infinite"] : [],
  );
}

/**
 * The bound by information on single examples: |gap| ≤ mean √(2 σ² I(W; Dᵢ)), I in nats (Bu, Zou & Veeravalli 2019).
 * Never looser than that with all examples at once, for independent ones.
 *
 * @param bits I(W; Dᵢ) in bits of each example. @param sigma As for `weightInformationBound()`. @param gap The gap
 *   that was seen, if any.
 * @example
 * ```ts
 * // Weights that know a thousandth of a bit about each example.
 * const { bound } = individualSampleBound(new Float64Array(500).fill(0.001));
 * console.log(bound.toFixed(3)); // 0.019
 * ```
 * @throws InvalidInputError for no examples, or bits below 0.
 */
export function individualSampleBound(bits: ArrayLike<Bits>, sigma = 0.5, gap?: number): GeneralizationBound {
  requireList(bits, "individualSampleBound()", "bits");
  requirePositive(bits.length, "examples");
  let sum = 0;
  for (let i = 0; i < bits.length; i++) sum += Math.sqrt(2 * sigma * sigma * natsOf(bits[i]!));
  return made("information on single examples", "Bu, Zou & Veeravalli 2019", sum / bits.length, gap, []);
}

/** One step of a training with Gaussian noise. */
export interface NoisyStep {
  readonly learningRate: number;
  /** Deviation of the noise that is added to each weight. */
  readonly noise: number;
  /** Bound on the norm of the step's direction: that to which gradients are clipped. */
  readonly norm: number;
}

/**
 * The bound for training with Gaussian noise at each step: I(D; W) ≤ Σ (d/2) ln(1 + η² L²/(d s²)) nats (Pensia, Jog &
 * Loh 2018), put into `weightInformationBound()`. `trainNoisily()` returns the steps.
 *
 * @param weights d, the number of weights. @param examples m, learned from. @param sigma As for
 *   `weightInformationBound()`.
 * @param gap The gap that was seen, if any.
 * @example
 * ```ts
 * const steps = new Array(100).fill({ learningRate: 0.1, norm: 1, noise: 0.1 });
 * // Each step tells at most (50/2) ln(1 + 1/50) nats.
 * console.log(noisyTrainingBound(steps, 50, 1000).bound.toFixed(3)); // 0.157
 * ```
 * @throws InvalidInputError for numbers that are not above 0.
 */
export function noisyTrainingBound(
  steps: readonly NoisyStep[],
  weights: number,
  examples: number,
  sigma = 0.5,
  gap?: number,
): GeneralizationBound {
  requirePositive(weights, "weights");
  requireList(steps, "noisyTrainingBound()", "steps");
  let nats = 0;
  for (const { learningRate, noise, norm } of steps) {
    requirePositive(noise, "noise");
    requirePositive(learningRate, "a learning rate");
    requirePositive(norm, "a norm");
    const ratio = (learningRate * norm) / noise;
    nats += (weights / 2) * log1p((ratio * ratio) / weights);
  }
  const { bound } = weightInformationBound(nats / Math.LN2, examples, sigma);
  return made("noisy training", "Pensia, Jog & Loh 2018", bound, gap, []);
}

/**
 * The bound by information in a posterior: E test loss ≤ (m · training loss + β · most · I(w; D))/(m (1 − 1/(2β))), I
 * in nats (Achille & Soatto 2018, of PAC-Bayes form). What is returned is what it leaves above the training loss.
 *
 * @param trainingLoss Mean, 0 … `most`. @param bits I(w; D) in bits. @param examples m, learned from.
 * @param options β (default 1), the greatest loss there can be (default 1), and the gap that was seen.
 * @example
 * ```ts
 * // (1000 · 0.1 + 100 ln 2)/(1000 · ½) is the greatest test loss: 0.239 above the training loss.
 * const { bound, vacuous } = posteriorBound(0.1, 100, 1000);
 * console.log(bound.toFixed(3), vacuous); // 0.239 false
 * ```
 * @throws InvalidInputError for a loss or bits below 0, examples not above 0, or β not above ½.
 */
export function posteriorBound(
  trainingLoss: number,
  bits: Bits,
  examples: number,
  options: { readonly beta?: number; readonly most?: number; readonly gap?: number } = {},
): GeneralizationBound {
  const { beta, most, gap } = parse(posteriorOptions, options, "posteriorBound()");
  requireAtLeast0(trainingLoss, "a training loss");
  const nats = natsOf(bits);
  requirePositive(examples, "examples");
  const whole = (examples * trainingLoss + beta * most * nats) / (examples * (1 - 1 / (2 * beta)));
  const found = made("information in a posterior", "Achille & Soatto 2018", whole - trainingLoss, gap, [
    "I(w; D) stands for KL(posterior ‖ prior) of a Gaussian posterior",
  ]);
  // It bounds the test loss, which cannot exceed the greatest loss.
  return { ...found, vacuous: !(whole < most) };
}

const posteriorOptions = optionsOf({
  beta: v.optional(unboundedAbove(0.5), 1),
  most: v.optional(finite, 1),
  gap: v.optional(finite),
});

/** One pair of examples over repeated trainings: which of the two was learned from, and what was then answered to both. */
export interface PairRecord {
  /** 0 or 1 for each training. */
  readonly member: ArrayLike<number>;
  /** Predicted labels of the first and the second of the pair, for each training. */
  readonly first: ArrayLike<number>;
  readonly second: ArrayLike<number>;
}

/** A bound by pairs of examples, with the information that it rests on. */
export interface PairsBound extends GeneralizationBound {
  /** The same by information with Miller and Madow's correction, which is no longer on the safe side. */
  readonly corrected: number;
  /** Mean information of a pair, in bits, plug-in. */
  readonly bits: number;
}

const BY_TRAININGS =
  "information is estimated from the trainings: with few of them it is too high on average, which is on the safe side";

/**
 * The f-CMI bound (Harutyunyan et al. 2021): |gap| ≤ mean over pairs of √(2 I(f; U)), I in nats, f the two predicted
 * labels, U which of the pair was learned from; given the pairs, which is a mean over draws of them where several
 * draws are given. I is plug-in, too high with few trainings: the bound is then looser, and safe.
 *
 * @param pairs A record of each pair of examples. @param gap The gap that was seen, if any.
 * @example
 * ```ts
 * // Four trainings: the first pair's labels give away which was learned from, the second pair's do not.
 * const member = [0, 0, 1, 1];
 * const told = { member, first: [1, 1, 0, 0], second: [0, 0, 1, 1] };
 * const untold = { member, first: [1, 0, 1, 0], second: [0, 0, 0, 0] };
 * const { bits, bound } = fCmiBound([told, untold]);
 * console.log(bits, bound.toFixed(3)); // 0.5 0.589
 * ```
 * @throws InvalidInputError for no pairs, or records of different lengths.
 */
export function fCmiBound(pairs: readonly PairRecord[], gap?: number): PairsBound {
  const found = pairsBound(pairs, ({ first, second }, n) => `${first[n]}/${second[n]}`);
  return {
    ...made("f-CMI", "Harutyunyan, Raginsky, Ver Steeg & Galstyan 2021", found.plain, gap, [BY_TRAININGS]),
    ...found,
  };
}

/**
 * As `fCmiBound()`, of the difference of the two losses alone, which tells no more than the labels do and so bounds no
 * looser: with mistakes, −1, 0 or 1 (Wang & Mao, "Tighter information-theoretic generalization bounds from
 * supersamples", 2023).
 *
 * @param pairs A record of each pair of examples. @param labels The true labels of each pair. @param gap The gap that
 *   was seen, if any.
 * @example
 * ```ts
 * // Answers that change with what was learned from, but are all mistakes: the losses tell nothing.
 * const record = { member: [0, 0, 1, 1], first: [1, 1, 2, 2], second: [1, 1, 2, 2] };
 * console.log(fCmiBound([record]).bits, lossDifferenceBound([record], [[0, 0]]).bits); // 1 0
 * ```
 * @throws InvalidInputError as `fCmiBound`, or for another number of labels.
 */
export function lossDifferenceBound(
  pairs: readonly PairRecord[],
  labels: readonly (readonly [first: number, second: number])[],
  gap?: number,
): PairsBound {
  requireList(pairs, "lossDifferenceBound()", "pairs of runs");
  requireList(labels, "lossDifferenceBound()", "labels");
  check(labels.length === pairs.length, {
    who: "lossDifferenceBound()",
    expected: "two labels for each pair",
    got: `${labels.length} for ${pairs.length}`,
  });
  const found = pairsBound(pairs, ({ first, second }, n, pair) => {
    const [own, other] = labels[pair]!;
    return `${Number(first[n] !== own) - Number(second[n] !== other)}`;
  });
  return { ...made("difference of losses", "Wang & Mao 2023", found.plain, gap, [BY_TRAININGS]), ...found };
}

/** Mean over pairs of √(2 I(state; U)), the state of a training by name. */
function pairsBound(
  pairs: readonly PairRecord[],
  stateOf: (record: PairRecord, training: number, pair: number) => string,
): { plain: number; corrected: number; bits: number } {
  requireList(pairs, WHO, "pairs of runs");
  requirePositive(pairs.length, "pairs");
  let [plain, corrected, bits] = [0, 0, 0];
  for (const [pair, record] of pairs.entries()) {
    const { member, first, second } = record;
    for (const answers of [first, second])
      requireCount(answers, member.length, "fCmiBound()", "answers, as many as trainings");
    const states = new Map<string, number>();
    const joint = Array.from({ length: member.length }, (_, n) => {
      const key = stateOf(record, n, pair);
      if (!states.has(key)) states.set(key, states.size);
      return states.get(key)!;
    });
    const table = contingencyTable(joint, member);
    const of = (method: "plug-in" | "miller-madow") => Math.max(0, informationFromCounts(table, method).bits);
    plain += Math.sqrt(2 * of("plug-in") * Math.LN2) / pairs.length;
    corrected += Math.sqrt(2 * of("miller-madow") * Math.LN2) / pairs.length;
    bits += of("plug-in") / pairs.length;
  }
  return { plain, corrected, bits };
}

/**
 * KL(N(w, s² I) ‖ N(w₀, s² I)) in bits: ‖w − w₀‖²/(2 s² ln 2). The information in weights about which Gaussian noise
 * is put, before and after learning. Exact.
 *
 * @param weights w, after learning. @param first w₀, before it. @param deviation s, above 0.
 * @example
 * ```ts
 * // The weights moved by 5 standard deviations: 25/(2 ln 2) bits.
 * console.log(gaussianDivergence([3, 4], [0, 0], 1).bits.toFixed(2)); // 18.03
 * ```
 * @throws InvalidInputError for weights of different numbers or that are not finite, or a deviation not above 0.
 */
export function gaussianDivergence(weights: ArrayLike<number>, first: ArrayLike<number>, deviation: number): Estimate {
  requirePositive(deviation, "deviation");
  requireList(weights, "gaussianDivergence()", "weights");
  requireList(first, "gaussianDivergence()", "weights");
  requireCount(weights, first.length, "gaussianDivergence()", "weights, as many before as after");
  for (const each of [weights, first]) requireFinite(each, "gaussianDivergence()");
  let square = 0;
  for (let k = 0; k < weights.length; k++) square += (weights[k]! - first[k]!) * (weights[k]! - first[k]!);
  const bits = square / (2 * deviation * deviation) / Math.LN2;
  return estimate({ bits, standardError: 0, samples: 0, method: "exact", outside: 0, warnings: [] });
}

/**
 * McAllester's bound as Maurer made it ("A note on the PAC Bayesian theorem", 2004), of which the one of Achille &
 * Soatto is a linear form: with confidence 1 − δ, gap ≤ √((KL + ln(2 √m/δ))/(2 m)), KL in nats, for the loss of
 * weights that are drawn from the posterior anew.
 *
 * @param bits KL(posterior ‖ prior) in bits, the prior chosen before the examples were seen. @param examples m,
 *   learned from.
 * @param confidence 1 − δ. @param gap The gap that was seen, if any.
 * @example
 * ```ts
 * const information = gaussianDivergence([3, 4], [0, 0], 1);
 * // √((12.5 + ln(2 √1000/0.05))/2000)
 * console.log(pacBayesBound(information, 1000).bound.toFixed(3)); // 0.099
 * ```
 * @throws InvalidInputError for bits below 0, examples not above 0, or a confidence outside of 0 … 1.
 */
export function pacBayesBound(bits: Bits, examples: number, confidence = 0.95, gap?: number): GeneralizationBound {
  const nats = natsOf(bits);
  requirePositive(examples, "examples");
  requireConfidence(confidence);
  const bound = Math.sqrt((nats + log((2 * Math.sqrt(examples)) / (1 - confidence))) / (2 * examples));
  return made("posterior, PAC-Bayes", "Maurer 2004", bound, gap, []);
}

/** The greatest I(X; L), in bits, that leaves `inputCompressionBound` below 1. */
export function mostBitsForCompression(examples: number, confidence = 0.95): number {
  requirePositive(examples, "examples");
  requireConfidence(confidence);
  const room = 2 * examples - log(2 / (1 - confidence));
  return room > 0 ? log(room) / Math.LN2 : 0;
}

/** A loss in nats as one within 0 and 1: 1 − exp(−loss), the chance that the right label was not drawn. */
export function boundedLoss(crossEntropy: number): number {
  return 1 - exp(-crossEntropy);
}
