/** Whether neurons know of the labels more than they would of shuffled ones: p-values that assume no large counts. */
import { InvalidInputError } from "../errors.ts";
import { log } from "../information/elementary.ts";
import { Random, Stream, shuffle } from "../information/random.ts";

/** A neuron's state on each example, 0 … count − 1. */
export interface UnitStates {
  readonly states: Int32Array;
  readonly count: number;
}

export interface ShuffleOptions {
  readonly permutations: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Of each unit (1 + shuffles of the labels of which it knows as much)/(1 + shuffles): the least is 1/(1 + shuffles). All units see the same
 * shuffles, so that their p-values depend on each other as their states do.
 *
 * @throws InvalidInputError for no shuffles.
 */
export function shufflePValues(
  units: readonly UnitStates[],
  labels: Int32Array,
  classes: number,
  { permutations, seed, signal }: ShuffleOptions,
): number[] {
  if (!Number.isSafeInteger(permutations) || permutations < 1) {
    throw new InvalidInputError({ who: "permutations", expected: "at least 1", got: `${permutations}` });
  }
  const rows = labels.length;
  // Margins stay as they are: information is Σ c ln c over the cells, up to a constant.
  const terms = Float64Array.from({ length: rows + 1 }, (_, c) => (c > 1 ? c * log(c) : 0));
  const counts = new Int32Array(classes * units.reduce((most, { count }) => Math.max(most, count), 1));
  const score = ({ states, count }: UnitStates, of: Int32Array) => {
    counts.fill(0, 0, count * classes);
    for (let row = 0; row < rows; row++) counts[states[row]! * classes + of[row]!]!++;
    let sum = 0;
    for (let cell = 0; cell < count * classes; cell++) sum += terms[counts[cell]!]!;
    return sum;
  };
  const found = units.map((unit) => score(unit, labels));
  const asMuch = new Int32Array(units.length);
  const order = labels.slice();
  const random = new Random(seed, Stream.labels);
  for (let n = 0; n < permutations; n++) {
    signal?.throwIfAborted();
    shuffle(order, random);
    // Sums in another order may differ in their last bits.
    for (const [k, unit] of units.entries()) if (score(unit, order) >= found[k]! * (1 - 1e-13)) asMuch[k]!++;
  }
  return Array.from(asMuch, (times) => (1 + times) / (1 + permutations));
}
