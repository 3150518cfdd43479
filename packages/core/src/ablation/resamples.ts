/** Test examples drawn anew, with replacement: how far accuracies depend on which examples there are (Efron 1979). */

import { parse } from "../checks/schema/parse.ts";
import { whole } from "../checks/schema/scalars.ts";
import { derivedSeed, Random, Stream } from "../information/random.ts";

/** Most resamples: how often an example was drawn is a byte. */
export const MOST_RESAMPLES = 10_000;
const resamples = whole(1, MOST_RESAMPLES);

/** The same resamples for every accuracy that is asked of them, so that differences of accuracies are paired. */
export class Resamples {
  readonly count: number;
  readonly #rows: number;
  /** `[rows, count]`: how often an example is in each resample. */
  readonly #weights: Uint8Array;

  /** @throws InvalidInputError for a count that is not whole, 1 … 10,000. */
  constructor(rows: number, count: number, seed: number) {
    parse(resamples, count, "bootstrap");
    this.count = count;
    this.#rows = rows;
    this.#weights = new Uint8Array(rows * count);
    for (let n = 0; n < count; n++) {
      const random = new Random(derivedSeed(seed, n), Stream.examples);
      for (let draw = 0; draw < rows; draw++) this.#weights[random.below(rows) * count + n]!++;
    }
  }

  /** @param right `[rows]`, 1 where an example is answered rightly. @returns the accuracy of each resample. */
  accuracies(right: Uint8Array): Float64Array {
    const sums = new Float64Array(this.count);
    for (let row = 0; row < this.#rows; row++) {
      if (right[row] === 0) continue;
      const from = row * this.count;
      for (let n = 0; n < this.count; n++) sums[n]! += this.#weights[from + n]!;
    }
    return sums.map((sum) => sum / this.#rows);
  }
}
