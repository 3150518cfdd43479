/**
 * What two sources tell of a target, taken apart: redundant, unique to each, synergistic. In bits. The parts depend on the measure of
 * redundancy, which is therefore always named; none is clipped.
 */
import { InvalidInputError } from "../errors.ts";
import { log } from "./elementary.ts";

/** Weights ≥ 0 of the joint states, `[first, second, target]`, row-major. */
export interface SourceTable {
  readonly first: number;
  readonly second: number;
  readonly target: number;
  readonly weights: Float64Array;
}

export const redundancies = ["minimum", "mmi", "broja"] as const;
/**
 * `minimum`: I_min, the expected least specific information (Williams & Beer 2010). `mmi`: the smaller of the two informations (Barrett
 * 2015). `broja`: what no joint law with the same pairs of source and target can do without (Bertschinger et al. 2014).
 */
export type Redundancy = (typeof redundancies)[number];

export interface PartialInformation {
  readonly measure: Redundancy;
  readonly redundant: number;
  readonly uniqueFirst: number;
  readonly uniqueSecond: number;
  readonly synergistic: number;
}

/** @throws InvalidInputError for weights that do not fill the table, are negative, or are all 0. */
export function partialInformation(table: SourceTable, measure: Redundancy): PartialInformation {
  const p = normalized(table);
  const first = informationOf(marginal(p, table, "first"), table.first, table.target);
  const second = informationOf(marginal(p, table, "second"), table.second, table.target);
  const both = informationOf(p, table.first * table.second, table.target);
  const redundant = {
    minimum: () => minimum(p, table),
    mmi: () => Math.min(first, second),
    broja: () => first + second - union(p, table),
  }[measure]();
  return {
    measure,
    redundant,
    uniqueFirst: first - redundant,
    uniqueSecond: second - redundant,
    synergistic: both - first - second + redundant,
  };
}

/** I(first; second; target) = I(first; target) + I(second; target) − I(both; target): redundancy less synergy. @throws as above. */
export function interactionInformation(table: SourceTable): number {
  const { redundant, synergistic } = partialInformation(table, "mmi");
  return redundant - synergistic;
}

function normalized({ first, second, target, weights }: SourceTable): Float64Array {
  let total = 0;
  for (const weight of weights) total += weight >= 0 ? weight : Number.NaN;
  if (weights.length !== first * second * target || !(total > 0 && total < Infinity)) {
    const got = `${weights.length} weights with the sum ${total}`;
    throw new InvalidInputError({
      who: "partialInformation()",
      expected: `${first * second * target} weights ≥ 0, not all 0`,
      got,
    });
  }
  return weights.map((weight) => weight / total);
}

function marginal(p: Float64Array, { first, second, target }: SourceTable, of: "first" | "second"): Float64Array {
  const found = new Float64Array((of === "first" ? first : second) * target);
  for (let a = 0; a < first; a++) {
    for (let b = 0; b < second; b++) {
      for (let y = 0; y < target; y++)
        found[(of === "first" ? a : b) * target + y]! += p[(a * second + b) * target + y]!;
    }
  }
  return found;
}

function informationOf(p: Float64Array, states: number, target: number): number {
  const [ofStates, ofTarget] = [new Float64Array(states), new Float64Array(target)];
  for (const [k, value] of p.entries()) {
    ofStates[Math.floor(k / target)]! += value;
    ofTarget[k % target]! += value;
  }
  let nats = 0;
  for (const [k, value] of p.entries()) {
    // One by one: a product of two small sums may be 0.
    if (value > 0) nats += value * (log(value) - log(ofStates[Math.floor(k / target)]!) - log(ofTarget[k % target]!));
  }
  return nats / Math.LN2;
}

/** Σ p(y) min over the sources of Σ p(x|y) log p(y|x)/p(y). */
function minimum(p: Float64Array, table: SourceTable): number {
  const { target } = table;
  const specific = (["first", "second"] as const).map((of) => {
    const pairs = marginal(p, table, of);
    const states = pairs.length / target;
    const found = new Float64Array(target);
    for (let y = 0; y < target; y++) {
      let ofTarget = 0;
      for (let x = 0; x < states; x++) ofTarget += pairs[x * target + y]!;
      for (let x = 0; x < states; x++) {
        const value = pairs[x * target + y]!;
        if (value === 0) continue;
        let ofState = 0;
        for (let other = 0; other < target; other++) ofState += pairs[x * target + other]!;
        // p(y) p(x|y) = p(x, y): the sum over y of p(y) times this is what is wanted.
        found[y]! += value * log(value / (ofState * ofTarget));
      }
    }
    return found;
  });
  return specific[0]!.reduce((sum, value, y) => sum + Math.min(value, specific[1]![y]!), 0) / Math.LN2;
}

const ROUNDS = 20_000;
const SWEEPS = 200;
const STILL = 1e-13;

/**
 * The least I(both; target) of all joint laws with these pairs of source and target: a convex problem. Each round takes, for every target,
 * the law with the right margins that is nearest to the mixture over the targets, which never raises the information.
 */
function union(p: Float64Array, table: SourceTable): number {
  const { first, second, target } = table;
  const [left, right] = [marginal(p, table, "first"), marginal(p, table, "second")];
  const states = first * second;
  const q = new Float64Array(p.length);
  // Independent given the target: every cell that the margins allow is open.
  for (let y = 0; y < target; y++) {
    let ofTarget = 0;
    for (let a = 0; a < first; a++) ofTarget += left[a * target + y]!;
    if (ofTarget === 0) continue;
    for (let a = 0; a < first; a++) {
      for (let b = 0; b < second; b++) {
        q[(a * second + b) * target + y] = (left[a * target + y]! * right[b * target + y]!) / ofTarget;
      }
    }
  }
  let before = informationOf(q, states, target);
  for (let round = 0; round < ROUNDS; round++) {
    const mixture = new Float64Array(states);
    for (const [k, value] of q.entries()) mixture[Math.floor(k / target)]! += value;
    for (let y = 0; y < target; y++) project(q, mixture, left, right, y, table);
    const now = informationOf(q, states, target);
    if (before - now < STILL && round > 10) return now;
    before = now;
  }
  return before;
}

/** Iterative proportional fitting of the mixture to the margins of one target. */
function project(
  q: Float64Array,
  mixture: Float64Array,
  left: Float64Array,
  right: Float64Array,
  y: number,
  { first, second, target }: SourceTable,
): void {
  const fitted = mixture.slice();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    for (let a = 0; a < first; a++) {
      let sum = 0;
      for (let b = 0; b < second; b++) sum += fitted[a * second + b]!;
      const wanted = left[a * target + y]!;
      off = Math.max(off, Math.abs(sum - wanted));
      for (let b = 0; b < second; b++) fitted[a * second + b]! *= sum > 0 ? wanted / sum : 0;
    }
    for (let b = 0; b < second; b++) {
      let sum = 0;
      for (let a = 0; a < first; a++) sum += fitted[a * second + b]!;
      const wanted = right[b * target + y]!;
      off = Math.max(off, Math.abs(sum - wanted));
      for (let a = 0; a < first; a++) fitted[a * second + b]! *= sum > 0 ? wanted / sum : 0;
    }
    if (off < 1e-15) break;
  }
  for (let k = 0; k < fitted.length; k++) q[k * target + y] = fitted[k]!;
}
