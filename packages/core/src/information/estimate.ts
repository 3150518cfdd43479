/**
 * What a measurement returns: never a bare number of bits.
 *
 * An exact value has `standardError` 0 and `samples` 0. A sampled value's `standardError` is that of the quantity
 * reported, after control variates, with any known remaining bias added in quadrature.
 */
import { instance } from "../checks/schema/instance-of.ts";
import { isOptionsObject, parse } from "../checks/schema/parse.ts";
import { square } from "./elementary.ts";

/**
 * How a value was found: "exact" computation, the "conditional" entropy per cell of the inputs, the "likelihood" of samples, "plug-in"
 * frequencies, or "derived" from other estimates.
 */
export type Method = "exact" | "conditional" | "likelihood" | "plug-in" | "derived";

/** How one of the two entropies of EI = H(Ŷ) − E_cell H(Ŷ | cell) was found: by counting states, or from their probabilities. */
export type Route = "count" | "likelihood";

/** What stands behind a value that was found from probabilities of output states. */
export interface Evidence {
  /** How H(Ŷ) was found, and E_cell H(Ŷ | cell). */
  readonly routes: { readonly output: Route; readonly cell: Route };
  /** So many independent draws of the noise with probabilities known without error would have the same standard error. */
  readonly effectiveSamples: number;
  /** Draws whose probability was estimated as 0, and replaced with that of another distribution: near 0 where all went well. */
  readonly guarded: number;
  /** What is proved, what is estimated and what is assumed, in plain words. */
  readonly basis: string;
}

/**
 * What every measurement returns: a value in bits with its standard error, its 95 % interval, what is proved of the
 * true value, and what to know before quoting it. Exact values have `standardError` 0 and `samples` 0.
 */
export interface Estimate {
  /** The value, in bits. */
  readonly bits: number;
  /** Standard error of `bits`, in bits, ≥ 0. */
  readonly standardError: number;
  /** Of the standard error itself, where it comes from the spread of few batches; absent where it is as good as known. */
  readonly degreesOfFreedom?: number;
  /**
   * The 95 % interval: bits ± 1.96 standard errors (Student's factor for few degrees of freedom), cut at `bounds`: the bounds themselves
   * where the error is larger than they are.
   */
  readonly interval: readonly [lower: number, upper: number];
  /**
   * Proved bounds on the true value, in bits: at least 0 … what the bins allow. Neither `bits` nor `interval` leaves them. Absent where
   * the value is exact, or none are known.
   */
  readonly bounds?: readonly [lower: number, upper: number];
  /** An estimated bracket, in bits, within `bounds`: in expectation each end is on its side of the true value. */
  readonly bracket?: readonly [lower: number, upper: number];
  /** Standard errors of the bracket's ends; there with every bracket. */
  readonly bracketError?: readonly [lower: number, upper: number];
  /** Samples drawn; 0 for an exact value. */
  readonly samples: number;
  readonly method: Method;
  readonly evidence?: Evidence;
  /** Fraction of the outputs' probability that lies outside the output range, 0 … 1. */
  readonly outside: number;
  /**
   * Output bins that hold 99.9 % of the probability of the outputs inside the range, all outputs together, every input being noise: with one or
   * two of many, the range is too wide for the bins to tell values apart. There where output bins are.
   */
  readonly occupied?: number;
  /** What a reader must know before quoting the value, in plain words. */
  readonly warnings: readonly string[];
}

/** @throws InvalidInputError for what is no estimate, such as a number. */
export function requireEstimate(value: unknown, who: string): asserts value is Estimate {
  parse(estimateLike, value, who);
}

const estimateLike = instance<Estimate>((value) => {
  if (!isOptionsObject(value)) return false;
  const { bits, standardError, samples, outside, warnings } = value as Partial<Estimate>;
  const known = [bits, standardError, samples, outside].every(
    (each) => typeof each === "number" && !Number.isNaN(each),
  );
  return known && standardError! >= 0 && Array.isArray(warnings);
}, "an estimate, such as effectiveInformation() returns");

/** Standard errors by which an estimate may miss its bounds before a warning says so: by chance about once in 15,000 times. */
const SURPRISING = 4;

/**
 * An estimate with its interval. This is the one place that holds values to their proved bounds: what sampling puts outside is moved to the
 * nearest bound, and an error cannot be larger than half the distance between them, the largest standard deviation of any law inside.
 */
export function estimate(of: Omit<Estimate, "interval">): Estimate {
  const [least, most] = of.bounds ?? [-Infinity, Infinity];
  const within = (value: number) => Math.max(least, Math.min(most, value));
  const bits = within(of.bits);
  const standardError = Math.min(of.standardError, (most - least) / 2);
  const reach = quantile(of.degreesOfFreedom) * standardError;
  const interval = [within(bits - reach), within(bits + reach)] as const;
  const missed = Math.abs(of.bits - bits);
  const warnings =
    missed > SURPRISING * of.standardError + 1e-9
      ? [
          ...of.warnings,
          `the samples gave ${of.bits.toPrecision(4)} bits, outside the proved bounds: the value is the nearest bound`,
        ]
      : of.warnings;
  const { degreesOfFreedom, bracket, ...rest } = of;
  const made = {
    ...rest,
    bits,
    standardError,
    ...(degreesOfFreedom !== undefined && { degreesOfFreedom }),
    ...(bracket && { bracket: [within(bracket[0]), within(bracket[1])] as const }),
    warnings,
  };
  // What another estimate was copied from may bring its interval along.
  return { ...made, interval };
}

/** A value of which nothing is known but its bounds: their middle, with the standard deviation of a uniform law between them. */
export function unknownWithin(
  bounds: Ends,
  rest: Omit<Estimate, "bits" | "standardError" | "interval" | "bounds">,
): Estimate {
  const [lower, upper] = bounds;
  const middle = { bits: (lower + upper) / 2, standardError: (upper - lower) / Math.sqrt(12), bounds };
  return { ...estimate({ ...rest, ...middle }), interval: bounds };
}

/** Bounds wider than this many standard errors say little beside the error. */
const CLOSE = 20;

/** What a row of a table may keep of an estimate. */
export type Known = Pick<Estimate, "standardError" | "bracket" | "bracketError" | "bounds" | "evidence">;

/**
 * Ends between which the value is known to lie, with their standard errors (0 where they are proved), where they are worth a reader's eye:
 * a bracket that the value rests on, or close bounds.
 */
export function tellingEnds({
  standardError,
  bracket,
  bracketError,
  bounds,
  evidence,
}: Known): { readonly ends: Ends; readonly errors: Ends } | undefined {
  const ends = bracket ?? bounds;
  if (ends === undefined) return undefined;
  const errors = bracketError ?? ([0, 0] as const);
  const rests = bracketError !== undefined && evidence !== undefined;
  return rests || ends[1] - ends[0] < CLOSE * standardError ? { ends, errors } : undefined;
}

/** Student's 97.5 % quantile by its expansion in 1/ν (error below 0.002 from ν = 8 on); the normal one where ν is absent. */
function quantile(freedom: number | undefined): number {
  return freedom === undefined ? 1.96 : 1.96 + 2.372 / freedom + 2.822 / square(freedom);
}

/** Degrees of freedom of a sum of independent errors, by Welch and Satterthwaite. */
export function jointFreedom(
  parts: readonly { standardError: number; degreesOfFreedom?: number }[],
): number | undefined {
  let variance = 0;
  let share = 0;
  for (const { standardError, degreesOfFreedom } of parts) {
    variance += square(standardError);
    if (degreesOfFreedom !== undefined) share += square(square(standardError)) / degreesOfFreedom;
  }
  return share > 0 ? square(variance) / share : undefined;
}

/** What is known of where a true value lies, beside the standard error. */
export type Place = Pick<Estimate, "bracket" | "bracketError" | "bounds">;

type Ends = readonly [lower: number, upper: number];

/**
 * Where the sum of independent estimates lies. Proved bounds add: an exact part is its own value; with a part of which nothing is proved
 * there are none.
 *
 * Where a part has an estimated bracket, so has the sum: ends add, and errors of ends add in quadrature. A sampled part without a bracket
 * enters as one of no width, whose ends both have the part's standard error: in expectation it lies on either side of the truth, which is
 * all that an estimated bracket promises.
 */
export function placeOfSum(parts: readonly Estimate[]): Place {
  const proved = parts.map((part) => part.bounds ?? (isExact(part) ? ([part.bits, part.bits] as const) : undefined));
  const known = proved.filter((ends) => ends !== undefined);
  const bounds = known.length < parts.length || parts.length === 0 ? undefined : total(known, (ends) => ends);
  if (parts.every(({ bracket }) => bracket === undefined)) return bounds === undefined ? {} : { bounds };
  const variances = total(parts, ({ standardError, bracketError }) => {
    const [lower, upper] = bracketError ?? [standardError, standardError];
    return [square(lower), square(upper)];
  });
  return {
    bracket: total(parts, ({ bits, bracket }) => bracket ?? [bits, bits]),
    bracketError: [Math.sqrt(variances[0]), Math.sqrt(variances[1])],
    ...(bounds && { bounds }),
  };
}

/** The estimate of −x; its interval and evidence are left as they are. */
export function opposite(of: Estimate): Estimate {
  const turned = ([lower, upper]: Ends): Ends => [-upper, -lower];
  const { bits, bracket, bracketError, bounds } = of;
  return {
    ...of,
    bits: -bits,
    ...(bracket && { bracket: turned(bracket) }),
    ...(bracketError && { bracketError: [bracketError[1], bracketError[0]] as const }),
    ...(bounds && { bounds: turned(bounds) }),
  };
}

function isExact({ standardError, samples }: Estimate): boolean {
  return standardError === 0 && samples === 0;
}

function total<T>(parts: readonly T[], of: (part: T) => Ends): Ends {
  return parts.map(of).reduce((sum, ends) => [sum[0] + ends[0], sum[1] + ends[1]]);
}

/** What stands behind a sum or difference: what stands behind those of its parts that are not plain counts or exact. */
export function evidenceOfSum(parts: readonly Pick<Estimate, "evidence">[]): Evidence | undefined {
  const found = parts.flatMap(({ evidence }) => evidence ?? []);
  if (found.length === 0) return undefined;
  const route = (of: "output" | "cell"): Route =>
    found.some(({ routes }) => routes[of] === "likelihood") ? "likelihood" : "count";
  return {
    routes: { output: route("output"), cell: route("cell") },
    effectiveSamples: found.reduce((least, { effectiveSamples }) => Math.min(least, effectiveSamples), Infinity),
    guarded: found.reduce((sum, { guarded }) => sum + guarded, 0),
    basis: [...new Set(found.map(({ basis }) => basis))].join("; "),
  };
}

/**
 * The sum of independent estimates, of mechanisms that share no input and no output. Its bracket is that of `placeOfSum`, its evidence
 * that of `evidenceOfSum`.
 */
export function sumOfEstimates(parts: readonly Estimate[]): Estimate {
  const sum = (of: (part: Estimate) => number) => parts.reduce((total, part) => total + of(part), 0);
  const evidence = evidenceOfSum(parts);
  return estimate({
    bits: sum((part) => part.bits),
    standardError: Math.sqrt(sum((part) => square(part.standardError))),
    degreesOfFreedom: jointFreedom(parts),
    ...placeOfSum(parts),
    samples: sum((part) => part.samples),
    method: methodOfSum(parts),
    ...(evidence && { evidence }),
    outside: 1 - parts.reduce((inside, part) => inside * (1 - part.outside), 1),
    warnings: [...new Set(parts.flatMap((part) => part.warnings))],
  });
}

/** Of several methods, the one that says most about what the value rests on. */
function methodOfSum(parts: readonly Estimate[]): Method {
  const methods = parts.map(({ method }) => method).filter((method) => method !== "exact");
  return methods.find((method) => method === "likelihood") ?? methods[0] ?? "exact";
}

/** One value per (input, output) pair. */
export interface EstimateMatrix {
  /** `[inputs, outputs]`. */
  readonly shape: readonly [number, number];
  /** Bits, row-major: the pair (i, j) is at `i · outputs + j`. */
  readonly bits: Float64Array;
  /** Standard errors in bits, in the same order. */
  readonly standardError: Float64Array;
  /** Per output: the fraction of its probability outside the output range. */
  readonly outside: Float64Array;
  readonly samples: number;
  readonly method: Method;
  readonly warnings: readonly string[];
}
