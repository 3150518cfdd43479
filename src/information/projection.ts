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

  /** How many other rows are nearer to row i than `reach`, or just as near. */
  within(i: number, reach: number, orAt: boolean): number {
    const at = this.#place[i]!;
    const isNear = (gap: number) => (orAt ? gap <= reach : gap < reach);
    if (this.#samples.dimensions === 1) return this.#last(at, isNear) - this.#firstOf(at, isNear);
    let found = 0;
    const from = this.#first[at]!;
    for (let k = at - 1; k >= 0 && isNear(from - this.#first[k]!); k--) {
      if (isNear(distance(this.#samples, i, this.#rows[k]!))) found++;
    }
    for (let k = at + 1; k < this.#first.length && isNear(this.#first[k]! - from); k++) {
      if (isNear(distance(this.#samples, i, this.#rows[k]!))) found++;
    }
    return found;
  }

  #last(at: number, isNear: (gap: number) => boolean): number {
    let [near, far] = [at, this.#first.length];
    while (far - near > 1) {
      const middle = (near + far) >> 1;
      if (isNear(this.#first[middle]! - this.#first[at]!)) near = middle;
      else far = middle;
    }
    return near;
  }

  #firstOf(at: number, isNear: (gap: number) => boolean): number {
    let [far, near] = [-1, at];
    while (near - far > 1) {
      const middle = (near + far) >> 1;
      if (isNear(this.#first[at]! - this.#first[middle]!)) near = middle;
      else far = middle;
    }
    return near;
  }
}
