/** Counts of the few draws that one cell of the inputs gets. */
import { digamma } from "./digamma.ts";

/** Most draws that one cell is given. */
export const MAX_DRAWS = 64;

/** What the (c + 1)st draw of a state adds to Σ c ψ(c), `[MAX_DRAWS]`. */
export function digammaSteps(): Float64Array {
  return Float64Array.from({ length: MAX_DRAWS }, (_, c) => (c + 1) * digamma(c + 1) - (c === 0 ? 0 : c * digamma(c)));
}

/** Counts of at most `MAX_DRAWS` keys, and Σ c ψ(c) as it grows. */
export class SmallCounts {
  distinct = 0;
  /** Σ c ψ(c) over the keys. */
  sum = 0;
  readonly #keys = new Int32Array(4 * MAX_DRAWS);
  readonly #counts = new Int32Array(4 * MAX_DRAWS);
  readonly #stamps = new Int32Array(4 * MAX_DRAWS);
  readonly #steps = digammaSteps();
  #stamp = 0;

  clear(): void {
    this.#stamp++;
    this.distinct = 0;
    this.sum = 0;
  }

  add(key: number): void {
    const slot = this.#find(key);
    if (this.#stamps[slot] !== this.#stamp) {
      this.#stamps[slot] = this.#stamp;
      this.#keys[slot] = key;
      this.#counts[slot] = 0;
      this.distinct++;
    }
    this.sum += this.#steps[this.#counts[slot]!++]!;
  }

  count(key: number): number {
    const slot = this.#find(key);
    return this.#stamps[slot] === this.#stamp ? this.#counts[slot]! : 0;
  }

  #find(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = (Math.imul(key, 0x9e3779b1) >>> 20) & mask;
    while (this.#stamps[slot] === this.#stamp && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }
}
