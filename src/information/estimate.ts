/**
 * What a measurement returns: never a bare number of bits.
 *
 * An exact value has `standardError` 0 and `samples` 0. A sampled value's `standardError` is that of the quantity
 * reported, after control variates, with any known remaining bias added in quadrature.
 */

export type Method = "exact" | "conditional" | "plug-in" | "derived";

export interface Estimate {
  /** The value, in bits. */
  readonly bits: number;
  /** Standard error of `bits`, in bits, ≥ 0. */
  readonly standardError: number;
  /** Bounds that the true value keeps, in bits, where any are known that say more than 0 … the number of bins allows. */
  readonly bracket?: readonly [lower: number, upper: number];
  /** Samples drawn; 0 for an exact value. */
  readonly samples: number;
  readonly method: Method;
  /** Fraction of the outputs' probability that lies outside the output range, 0 … 1. */
  readonly outside: number;
  /** What a reader must know before quoting the value, in plain words. */
  readonly warnings: readonly string[];
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
