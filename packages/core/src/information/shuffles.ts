/** Whether discrete things tell of a label more than of shuffled ones: p-values that assume no large counts. */
import { parse } from "../checks/schema/parse.ts";
import { positiveInteger } from "../checks/schema/scalars.ts";
import { log } from "./elementary.ts";
import { Random, Stream, shuffle } from "./random.ts";

/** A thing's state in each sample, 0 … count − 1. */
export interface SampledStates {
  readonly states: ArrayLike<number>;
  readonly count: number;
}

export interface ShuffleOptions {
  readonly permutations: number;
  readonly seed: number;
}

/** Labels that are looked at between two pauses: some milliseconds. */
const STRETCH = 1e6;

/** How the plug-in information compares with that of shuffled labels. */
export interface ShuffleTest {
  /** (1 + shuffles with as much plug-in information)/(1 + shuffles): at least 1/(1 + shuffles). */
  readonly pValue: number;
  /** Mean plug-in information under shuffled labels, in bits: its bias. */
  readonly mean: number;
}

/**
 * A test for each thing. All see the same shuffles, so that their p-values depend on each other as their states do.
 *
 * @param labels of each sample, 0 … classes − 1. @throws InvalidInputError for no shuffles.
 */
export function shuffleTests(...given: Parameters<typeof shufflesInTurns>): ShuffleTest[] {
  const work = shufflesInTurns(...given);
  for (;;) {
    const turn = work.next();
    if (turn.done === true) return turn.value;
  }
}

/** As `shuffleTests`, with pauses: who asks may let others work in between, or stop. */
export function* shufflesInTurns(
  things: readonly SampledStates[],
  labels: ArrayLike<number>,
  classes: number,
  { permutations, seed }: ShuffleOptions,
): Generator<void, ShuffleTest[]> {
  parse(positiveInteger, permutations, "permutations");
  const samples = labels.length;
  // Margins stay as they are: information is Σ c ln c over the cells, a line of it.
  const terms = Float64Array.from({ length: samples + 1 }, (_, c) => (c > 1 ? c * log(c) : 0));
  const counts = new Int32Array(classes * things.reduce((most, { count }) => Math.max(most, count), 1));
  const order = Int32Array.from({ length: samples }, (_, k) => labels[k]!);
  const lines = things.map((thing) => lineOf(thing, order, classes, terms));
  const found = things.map((thing) => score(thing, order, classes, counts, terms));
  const [asMuch, sums] = [new Int32Array(things.length), new Float64Array(things.length)];
  const random = new Random(seed, Stream.order);
  const each = Math.max(1, Math.floor(STRETCH / (samples * (things.length + 1))));
  for (let n = 0; n < permutations; n++) {
    if (n % each === 0) yield;
    shuffle(order, random);
    for (const [k, thing] of things.entries()) {
      const sum = score(thing, order, classes, counts, terms);
      sums[k]! += sum / permutations;
      // Sums in another order may differ in their last bits.
      if (sum >= found[k]! * (1 - 1e-13)) asMuch[k]!++;
    }
  }
  return things.map((_, k) => ({
    pValue: (1 + asMuch[k]!) / (1 + permutations),
    mean: (lines[k]! + sums[k]!) / samples / Math.LN2,
  }));
}

/** N ln N less Σ n ln n of both margins: what a sum over the cells is added to, for N times the information in nats. */
function lineOf({ states, count }: SampledStates, labels: Int32Array, classes: number, terms: Float64Array): number {
  const [ofStates, ofLabels] = [new Int32Array(count), new Int32Array(classes)];
  for (let k = 0; k < labels.length; k++) {
    ofStates[states[k]!]!++;
    ofLabels[labels[k]!]!++;
  }
  const sum = (counts: Int32Array) => counts.reduce((total, c) => total + terms[c]!, 0);
  return terms[labels.length]! - sum(ofStates) - sum(ofLabels);
}

/** Σ c ln c over the cells. @param counts empty, and left so. */
function score(
  { states, count }: SampledStates,
  labels: Int32Array,
  classes: number,
  counts: Int32Array,
  terms: Float64Array,
): number {
  for (let k = 0; k < labels.length; k++) counts[states[k]! * classes + labels[k]!]!++;
  let sum = 0;
  // The smaller of the two: all cells, or those that were counted in.
  if (count * classes < labels.length) {
    for (let cell = 0; cell < count * classes; cell++) sum += terms[counts[cell]!]!;
    counts.fill(0, 0, count * classes);
    return sum;
  }
  for (let k = 0; k < labels.length; k++) {
    const cell = states[k]! * classes + labels[k]!;
    sum += terms[counts[cell]!]!;
    counts[cell] = 0;
  }
  return sum;
}
