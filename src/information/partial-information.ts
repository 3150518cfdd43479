/**
 * What two sources tell of a target: the same thing, each something of its own, or something that only both together tell. Parts add up:
 *
 *     I(X₀; Y) = redundant + uniqueFirst        I(X₁; Y) = redundant + uniqueSecond
 *     I(X₀, X₁; Y) = redundant + uniqueFirst + uniqueSecond + synergistic
 *
 * One equation is missing, and each measure of redundancy is another proposal for it: a value without its measure's name says nothing. Bits.
 */
import { log } from "./elementary.ts";
import { type JointTriple, pairsWithTarget, probabilities, sourceInformation } from "./joint-triple.ts";
import { leastInformation } from "./unique-information.ts";

export const partialMeasures = ["i-min", "i-mmi", "broja"] as const;

/**
 * - `i-min`: the mean over targets of the least specific information (Williams & Beer, "Nonnegative decomposition of multivariate information",
 *   2010). Counts as shared what is of the same amount, though of different content.
 * - `i-mmi`: the lesser of the two informations (Barrett 2015); one of the unique parts is always 0.
 * - `broja`: what is left of unique information when the sources are joined as unhelpfully as their relations to the target allow
 *   (Bertschinger, Rauh, Olbrich, Jost & Ay 2014).
 */
export type PartialMeasure = (typeof partialMeasures)[number];

export interface PartialInformation {
  readonly measure: PartialMeasure;
  readonly redundant: number;
  readonly uniqueFirst: number;
  readonly uniqueSecond: number;
  readonly synergistic: number;
  /** The four parts may be off by so much, where they come from an optimum; 0 for the other measures. Sampling is another matter. */
  readonly gap: number;
}

/**
 * The parts for the table as it is, never clipped: rounding may leave −10⁻¹⁶ where the truth is 0. Of counts it is the plug-in,
 * whose bias goes mostly to `synergistic`.
 *
 * @throws InvalidInputError for a triple that is no distribution.
 * @throws CausalscopeError as `leastInformation` ("broja").
 */
export function partialInformation(triple: JointTriple, measure: PartialMeasure): PartialInformation {
  const weights = probabilities(triple, "partialInformation()");
  const table = { shape: triple.shape, weights };
  const { first, second, both } = sourceInformation(table);
  if (measure === "broja") {
    const { bits, gap } = leastInformation(table);
    return {
      measure,
      redundant: first + second - bits,
      uniqueFirst: bits - second,
      uniqueSecond: bits - first,
      synergistic: both - bits,
      gap,
    };
  }
  const redundant = measure === "i-min" ? leastSpecific(table) : Math.min(first, second);
  return {
    measure,
    redundant,
    uniqueFirst: first - redundant,
    uniqueSecond: second - redundant,
    synergistic: both - first - second + redundant,
    gap: 0,
  };
}

/**
 * I(X₀; X₁ | Y) − I(X₀; X₁) = I(X₀, X₁; Y) − I(X₀; Y) − I(X₁; Y), in bits (McGill 1954, with this sign): synergy less redundancy, whatever
 * the measure. Above 0 where the sources tell more together than the sum of what they tell alone.
 *
 * @throws InvalidInputError for a triple that is no distribution.
 */
export function interactionInformation(triple: JointTriple): number {
  const weights = probabilities(triple, "interactionInformation()");
  const { first, second, both } = sourceInformation({ shape: triple.shape, weights });
  return both - first - second;
}

/** Σ_y p(y) min_i D(P(X_i | y) ‖ P(X_i)). */
function leastSpecific(table: JointTriple): number {
  const targets = table.shape[2];
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
    const [source, target] = [ofSource[Math.floor(k / targets)]!, ofTarget[k % targets]!];
    bits[k % targets]! += (p * log(p / (source * target))) / Math.LN2;
  }
  return bits;
}
