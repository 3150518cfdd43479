/** Samples sorted by their first number: near ones by the maximum norm are near in it, so most others need not be looked at. */
import { distance, type Samples } from "./samples.ts";

/** The `k` least of a stream of numbers, ascending, with who they came from. */
export class Least {
  readonly values: Float64Array;
  readonly from: Int32Array;

  constructor(k: number) {
    this.values = new Float64Array(k);
    this.from = new Int32Array(k);
  }

  clear(): void {
    this.values.fill(Infinity);
  }

  /** The greatest of them: what is not below it need not be offered. */
  get last(): number {
    return this.values[this.values.length - 1]!;
  }

  offer(value: number, who: number): void {
    if (value >= this.last) return;
    let at = this.values.length - 1;
    for (; at > 0 && this.values[at - 1]! > value; at--) {
      this.values[at] = this.values[at - 1]!;
      this.from[at] = this.from[at - 1]!;
    }
    this.values[at] = value;
    this.from[at] = who;
  }
}

export class Projection {
  readonly #samples: Samples;
  /** Rows by their first number, those numbers, and where each row stands. */
  readonly #rows: Int32Array;
  readonly #first: Float64Array;
  readonly #place: Int32Array;

  /** Of some rows of the samples, ascending. */
  constructor(samples: Samples, rows: Int32Array) {
    const { values, dimensions } = samples;
    this.#samples = samples;
    this.#rows = rows.slice().sort((a, b) => values[a * dimensions]! - values[b * dimensions]! || a - b);
    this.#first = Float64Array.from(this.#rows, (row) => values[row * dimensions]!);
    this.#place = new Int32Array(values.length / dimensions).fill(-1);
    for (const [place, row] of this.#rows.entries()) this.#place[row] = place;
  }

  /**
   * Offers to `least` the distances of other rows from row i, nearest in the first number first, until no other can be among them.
   *
   * @param also A second side: then the distance is the greater of the two.
   */
  nearest(i: number, least: Least, also?: Samples): void {
    const at = this.#place[i]!;
    const from = this.#first[at]!;
    let [below, above] = [at - 1, at + 1];
    for (;;) {
      const down = below < 0 ? Infinity : from - this.#first[below]!;
      const up = above >= this.#first.length ? Infinity : this.#first[above]! - from;
      if (Math.min(down, up) >= least.last) return;
      const j = this.#rows[down <= up ? below-- : above++]!;
      const gap = distance(this.#samples, i, j);
      least.offer(also === undefined ? gap : Math.max(gap, distance(also, i, j)), j);
    }
  }

  /** How many other rows are not farther from row i than `reach`. @param also A second side, on which they are not farther either. */
  within(i: number, reach: number, also?: Samples): number {
    const at = this.#place[i]!;
    if (this.#samples.dimensions === 1 && also === undefined) {
      return reach < 0 ? 0 : this.#last(at, reach) - this.#firstOf(at, reach);
    }
    let found = 0;
    const from = this.#first[at]!;
    const count = (j: number) => {
      if (distance(this.#samples, i, j) > reach || (also !== undefined && distance(also, i, j) > reach)) return;
      found++;
    };
    for (let k = at - 1; k >= 0 && from - this.#first[k]! <= reach; k--) count(this.#rows[k]!);
    for (let k = at + 1; k < this.#first.length && this.#first[k]! - from <= reach; k++) count(this.#rows[k]!);
    return found;
  }

  #last(at: number, reach: number): number {
    let [near, far] = [at, this.#first.length];
    while (far - near > 1) {
      const middle = (near + far) >> 1;
      if (this.#first[middle]! - this.#first[at]! <= reach) near = middle;
      else far = middle;
    }
    return near;
  }

  #firstOf(at: number, reach: number): number {
    let [far, near] = [-1, at];
    while (near - far > 1) {
      const middle = (near + far) >> 1;
      if (this.#first[at]! - this.#first[middle]! <= reach) near = middle;
      else far = middle;
    }
    return near;
  }
}
