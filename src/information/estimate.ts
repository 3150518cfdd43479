/**
 * What a measurement returns: never a bare number of bits.
 *
 * An exact value has `standardError` 0 and `samples` 0. A sampled value's `standardError` is that of the quantity
 * reported, after control variates, with any known remaining bias added in quadrature.
 */
import { square } from "./elementary.ts";

export type Method = "exact" | "conditional" | "likelihood" | "plug-in" | "derived";

/** How one of the two entropies of EI = H(Ŷ) − E_cell H(Ŷ | cell) was found: by counting states, or from their probabilities. */
export type Route = "count" | "likelihood";

/** What stands behind a value that was found from probabilities of output states. */
export interface Evidence {
  /** How H(Ŷ) was found, and E_cell H(Ŷ | cell). */
  readonly routes: { readonly output: Route; readonly cell: Route };
  /** So many independent draws of the noise with probabilities known without error would have the same standard error. */
  readonly effectiveSamples: number;
  /** Draws whose probability was estimated as 0, and replaced by that of another law: near 0 where all went well. */
  readonly guarded: number;
  /** What is proved, what is estimated and what is assumed, in plain words. */
  readonly basis: string;
}

export interface Estimate {
  /** The value, in bits. */
  readonly bits: number;
  /** Standard error of `bits`, in bits, ≥ 0. */
  readonly standardError: number;
  /** Of the standard error itself, where it comes from the spread of few batches; absent where it is as good as known. */
  readonly degreesOfFreedom?: number;
  /** The 95 % interval: bits ± 1.96 standard errors (Student's factor for few degrees of freedom), no wider than what is proved. */
  readonly interval: readonly [lower: number, upper: number];
  /**
   * Bounds on the true value, in bits, where any are known that say more than 0 … what the bins allow. Proved, unless
   * `bracketError` is there.
   */
  readonly bracket?: readonly [lower: number, upper: number];
  /** Standard errors of the bracket's ends, where these are themselves estimates: each is on its side in expectation. */
  readonly bracketError?: readonly [lower: number, upper: number];
  /** Proved bounds, in bits, beside a bracket that is estimated. */
  readonly bounds?: readonly [lower: number, upper: number];
  /** Samples drawn; 0 for an exact value. */
  readonly samples: number;
  readonly method: Method;
  readonly evidence?: Evidence;
  /** Fraction of the outputs' probability that lies outside the output range, 0 … 1. */
  readonly outside: number;
  /** What a reader must know before quoting the value, in plain words. */
  readonly warnings: readonly string[];
}

/** An estimate with its interval. */
export function estimate(of: Omit<Estimate, "interval">): Estimate {
  const [least, most] = provedBounds(of) ?? [-Infinity, Infinity];
  const reach = quantile(of.degreesOfFreedom) * of.standardError;
  // A sampled value may fall just outside proven bounds; its interval then is left as it is.
  const lower = of.bits < least ? of.bits - reach : Math.max(least, of.bits - reach);
  const upper = of.bits > most ? of.bits + reach : Math.min(most, of.bits + reach);
  const interval = [lower, upper] as const;
  const { bits, standardError, degreesOfFreedom, ...rest } = of;
  return { bits, standardError, ...(degreesOfFreedom !== undefined && { degreesOfFreedom }), interval, ...rest };
}

/** The bounds of an estimate that are proved, where there are any. */
export function provedBounds({
  bracket,
  bracketError,
  bounds,
}: Pick<Estimate, "bracket" | "bracketError" | "bounds">): readonly [lower: number, upper: number] | undefined {
  return bracketError === undefined ? bracket : bounds;
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

/** The sum of independent estimates, of mechanisms that share no input and no output. */
export function sumOfEstimates(parts: readonly Estimate[]): Estimate {
  const sum = (of: (part: Estimate) => number) => parts.reduce((total, part) => total + of(part), 0);
  const bounded = parts.some((part) => part.bracket !== undefined);
  return estimate({
    bits: sum((part) => part.bits),
    standardError: Math.sqrt(sum((part) => square(part.standardError))),
    degreesOfFreedom: jointFreedom(parts),
    ...(bounded && {
      bracket: [
        sum((part) => (part.bracket ?? part.interval)[0]),
        sum((part) => (part.bracket ?? part.interval)[1]),
      ] as const,
    }),
    samples: sum((part) => part.samples),
    method: parts.every((part) => part.method === "exact")
      ? "exact"
      : (parts.find((part) => part.method !== "exact")?.method ?? "exact"),
    outside: 1 - parts.reduce((inside, part) => inside * (1 - part.outside), 1),
    warnings: [...new Set(parts.flatMap((part) => part.warnings))],
  });
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
