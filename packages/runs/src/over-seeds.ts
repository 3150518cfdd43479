/**
 * A measure over the seeds of a run: the mean, and the two errors that must not be taken for one another. The *standard error of measuring*
 * says how far the mean of these very networks may be off, since EI is sampled; more samples make it smaller. The *standard deviation over
 * seeds* says how the networks differ; divided by √N, it is the *standard error over seeds*: how far the mean may be from that of all
 * networks so trained. Only more seeds make it smaller.
 */
import { greatest, least } from "@causalscope/core/basics";
import { momentsOf } from "@causalscope/core/internal";

/** A value over several seeds: its mean, its spread, and its range. */
export interface OverSeeds {
  readonly mean: number;
  /** Of the mean: √(Σ squared errors) / N. */
  readonly standardErrorOfMeasuring: number;
  /** With N − 1; null for one seed, which tells nothing of others. */
  readonly standardDeviationOverSeeds: number | null;
  /** Of the mean; null for one seed. */
  readonly standardErrorOverSeeds: number | null;
  readonly low: number;
  readonly high: number;
  /** N. */
  readonly seeds: number;
}

/**
 * The mean of a value over seeds, with the standard error of measuring it apart from its spread over seeds. For no rows,
 * `seeds` is 0 and all else NaN or null.
 *
 * @param rows One for each seed, with the standard error of measuring it, 0 where it is exact.
 * @example
 * ```ts
 * const { mean, standardErrorOverSeeds } = overSeedsOf([
 *   { value: 2.1, standardError: 0.01 },
 *   { value: 2.5, standardError: 0.01 },
 * ]);
 * console.log(mean.toFixed(3), standardErrorOverSeeds?.toFixed(3)); // 2.300 0.200
 * ```
 */
export function overSeedsOf(rows: readonly { readonly value: number; readonly standardError: number }[]): OverSeeds {
  const values = rows.map(({ value }) => value);
  const { mean, deviation } = momentsOf(values);
  const seeds = rows.length;
  const squares = rows.reduce((sum, { standardError }) => sum + standardError ** 2, 0);
  return {
    mean,
    standardErrorOfMeasuring: seeds === 0 ? Number.NaN : Math.sqrt(squares) / seeds,
    standardDeviationOverSeeds: seeds < 2 ? null : deviation,
    standardErrorOverSeeds: seeds < 2 ? null : deviation / Math.sqrt(seeds),
    low: seeds === 0 ? Number.NaN : least(values),
    high: seeds === 0 ? Number.NaN : greatest(values),
    seeds,
  };
}
