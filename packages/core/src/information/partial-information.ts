/**
 * What two sources tell of a target: the same thing, each something of its own, or something that only both together tell. Parts add up:
 *
 *     I(X₀; Y) = redundant + uniqueFirst        I(X₁; Y) = redundant + uniqueSecond
 *     I(X₀, X₁; Y) = redundant + uniqueFirst + uniqueSecond + synergistic
 *
 * One equation is missing, and each measure of redundancy is another proposal for it, which is therefore always named. Bits.
 */
import { parse } from "../checks/schema/parse.ts";
import { oneOf } from "../checks/schema/scalars.ts";
import { log } from "./elementary.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { pairsWithTarget, probabilities, type SourceTable, sourceInformation } from "./source-table.ts";
import { leastInformation } from "./unique-information.ts";

export type { SourceTable } from "./source-table.ts";

/** The names of the measures of redundancy: see `Redundancy`. */
export const redundancies = ["minimum", "mmi", "broja"] as const;
const measures = oneOf(redundancies);

/**
 * A measure of redundancy, by which information is decomposed:
 *
 * - `minimum`: I_min, the mean over targets of the least specific information (Williams & Beer, "Nonnegative
 *   decomposition of multivariate information", 2010). Counts as shared what is of the same amount, though of
 *   different content.
 * - `mmi`: the lesser of the two informations (Barrett 2015); one of the unique parts is always 0.
 * - `broja`: what no joint law with the same pairs of source and target can do without (Bertschinger, Rauh, Olbrich,
 *   Jost & Ay 2014).
 */
export type Redundancy = (typeof redundancies)[number];

/** The four parts of what two sources tell of a target, in bits; they add up to I(X₀, X₁; Y). */
export interface PartialInformation {
  readonly measure: Redundancy;
  readonly redundant: number;
  readonly uniqueFirst: number;
  readonly uniqueSecond: number;
  readonly synergistic: number;
  /** Each part may be off by so much, where it comes from an optimum; 0 for the other measures. The sampling of the table is another matter. */
  readonly gap: number;
}

/**
 * What two sources tell of a target, decomposed into redundant, unique and synergistic information, in bits. The parts
 * are those of the table as it is, never clipped: rounding may leave −10⁻¹⁶ where the truth is 0. Of counts it is the
 * plug-in, whose bias goes mostly to `synergistic`.
 *
 * @example
 * ```ts
 * // AND of two fair bits.
 * const table = sourceTable([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 1]);
 * const { redundant, uniqueFirst, synergistic } = partialInformation(table, "mmi");
 * console.log(redundant.toFixed(3), uniqueFirst.toFixed(3), synergistic.toFixed(3)); // 0.311 0.000 0.500
 * ```
 * @throws InvalidInputError for weights that do not fill the table, are negative or not finite, or are all 0.
 * @throws CausalscopeError as `leastInformation` ("broja").
 */
export function partialInformation(counted: SourceTable, measure: Redundancy): PartialInformation {
  const table = { ...counted, weights: probabilities(counted, "partialInformation()") };
  parse(measures, measure, "partialInformation()");
  const { first, second, both } = sourceInformation(table);
  const { redundant, gap } = redundancyOf(table, measure, first, second);
  return {
    measure,
    redundant,
    uniqueFirst: first - redundant,
    uniqueSecond: second - redundant,
    synergistic: both - first - second + redundant,
    gap,
  };
}

function redundancyOf(
  table: SourceTable,
  measure: Redundancy,
  first: number,
  second: number,
): { redundant: number; gap: number } {
  if (measure === "minimum") return { redundant: leastSpecific(table), gap: 0 };
  if (measure === "mmi") return { redundant: Math.min(first, second), gap: 0 };
  const { bits, gap } = leastInformation(table);
  return { redundant: first + second - bits, gap };
}

/**
 * I(X₀; X₁; Y) = I(X₀; Y) + I(X₁; Y) − I(X₀, X₁; Y), in bits (McGill 1954): redundancy less synergy, whatever the
 * measure of redundancy. Some print it with the other sign. Whole weights are counts: then it is the plug-in, with the
 * error of their sampling by the delta method. Others are a law, of which it is exact.
 *
 * @example
 * ```ts
 * const [zero, one] = [[0, 0, 1, 1], [0, 1, 0, 1]];
 * console.log(interactionInformation(sourceTable(zero, one, [0, 1, 1, 0])).bits); // -1
 * console.log(interactionInformation(sourceTable(zero, zero, zero)).bits); // 1
 * ```
 * @throws InvalidInputError as `partialInformation`.
 */
export function interactionInformation(counted: SourceTable): Estimate {
  const bits = interactionBits(counted);
  const samples = counted.weights.reduce((sum, weight) => sum + weight, 0);
  const areCounts = samples > 1 && counted.weights.every(Number.isInteger);
  if (!areCounts) return estimate({ bits, standardError: 0, samples: 0, method: "exact", outside: 0, warnings: [] });
  const standardError = samplingError(counted, samples);
  return estimate({ bits, standardError, samples, method: "plug-in", outside: 0, warnings: [] });
}

/** √(Var(i(x₀; y) + i(x₁; y) − i(x₀, x₁; y)) / N), in bits, i the pointwise information. */
function samplingError(table: SourceTable, samples: number): number {
  const { second: m, target: t, weights } = table;
  const { first, second } = pairsWithTarget(table);
  const [ofFirst, ofSecond, ofBoth, ofTarget] = [
    sumsOver(first, t),
    sumsOver(second, t),
    sumsOver(weights, t),
    new Float64Array(t),
  ];
  for (const [k, weight] of weights.entries()) ofTarget[k % t]! += weight;
  let [mean, square] = [0, 0];
  for (const [k, count] of weights.entries()) {
    if (count === 0) continue;
    const [both, y] = [Math.floor(k / t), k % t];
    const [a, b] = [Math.floor(both / m), both % m];
    const pointwise = (pair: number, source: number) => log((pair * samples) / (source * ofTarget[y]!));
    const value =
      pointwise(first[a * t + y]!, ofFirst[a]!) +
      pointwise(second[b * t + y]!, ofSecond[b]!) -
      pointwise(count, ofBoth[both]!);
    mean += (count / samples) * value;
    square += (count / samples) * value * value;
  }
  return Math.sqrt(Math.max(0, square - mean * mean) / samples) / Math.LN2;
}

/** Of a table `[sources, targets]`, over the targets. */
function sumsOver(pairs: ArrayLike<number>, targets: number): Float64Array {
  const sums = new Float64Array(pairs.length / targets);
  for (let k = 0; k < pairs.length; k++) sums[Math.floor(k / targets)]! += pairs[k]!;
  return sums;
}

/** The value of `interactionInformation` alone. @throws InvalidInputError as it does. */
export function interactionBits(counted: SourceTable): number {
  const weights = probabilities(counted, "interactionInformation()");
  const { first, second, both } = sourceInformation({ ...counted, weights });
  return first + second - both;
}

/** Σ_y p(y) min_i D(P(X_i | y) ‖ P(X_i)). */
function leastSpecific(table: SourceTable): number {
  const targets = table.target;
  const { first, second } = pairsWithTarget(table);
  const [ofFirst, ofSecond] = [weightedDivergences(first, targets), weightedDivergences(second, targets)];
  return ofFirst.reduce((sum, bits, y) => sum + Math.min(bits, ofSecond[y]!), 0);
}

/** p(y) D(P(X | y) ‖ P(X)) for each target, of a table `[source, target]` of probabilities. */
function weightedDivergences(pairs: Float64Array, targets: number): Float64Array {
  const ofTarget = new Float64Array(targets);
  const ofSource = new Float64Array(pairs.length / targets);
  for (const [k, p] of pairs.entries()) {
    ofTarget[k % targets]! += p;
    ofSource[Math.floor(k / targets)]! += p;
  }
  const bits = new Float64Array(targets);
  for (const [k, p] of pairs.entries()) {
    if (p === 0) continue;
    // One by one: a product of two small sums may be 0.
    const ratio = log(p) - log(ofSource[Math.floor(k / targets)]!) - log(ofTarget[k % targets]!);
    bits[k % targets]! += (p * ratio) / Math.LN2;
  }
  return bits;
}
