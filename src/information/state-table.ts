/**
 * Counts of joint states in an open-addressing table of typed arrays. A state is two 32-bit words; with each goes one number
 * that is a function of the state. Tables merge by addition.
 */
export class StateTable {
  /** Samples counted. */
  total = 0;
  /** Distinct states. */
  distinct = 0;
  #capacity: number;
  #low: Int32Array;
  #high: Int32Array;
  #counts: Int32Array;
  #values: Float64Array;

  constructor(capacity = 1 << 12) {
    this.#capacity = capacity;
    this.#low = new Int32Array(capacity);
    this.#high = new Int32Array(capacity);
    this.#counts = new Int32Array(capacity);
    this.#values = new Float64Array(capacity);
  }

  /** Counts a state once (or `times`); `value` is kept from its first time. */
  add(low: number, high: number, value: number, times = 1): void {
    this.total += times;
    const slot = this.#find(low, high);
    if (this.#counts[slot] === 0) {
      this.#low[slot] = low;
      this.#high[slot] = high;
      this.#values[slot] = value;
      this.distinct++;
      this.#counts[slot] = times;
      if (2 * this.distinct > this.#capacity) this.#grow();
    } else this.#counts[slot]! += times;
  }

  merge(other: StateTable): void {
    other.#each((low, high, count, value) => this.add(low, high, value, count));
  }

  /** Calls back with the count and the value of every state, in an order that depends on the states alone. */
  forEach(visit: (count: number, value: number) => void): void {
    this.#each((_low, _high, count, value) => visit(count, value));
  }

  #each(visit: (low: number, high: number, count: number, value: number) => void): void {
    for (let slot = 0; slot < this.#capacity; slot++) {
      const count = this.#counts[slot]!;
      if (count > 0) visit(this.#low[slot]!, this.#high[slot]!, count, this.#values[slot]!);
    }
  }

  #find(low: number, high: number): number {
    const mask = this.#capacity - 1;
    let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca77);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & mask;
    while (this.#counts[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const old = { low: this.#low, high: this.#high, counts: this.#counts, values: this.#values };
    this.#capacity *= 4;
    this.#low = new Int32Array(this.#capacity);
    this.#high = new Int32Array(this.#capacity);
    this.#counts = new Int32Array(this.#capacity);
    this.#values = new Float64Array(this.#capacity);
    for (let from = 0; from < old.counts.length; from++) {
      const count = old.counts[from]!;
      if (count === 0) continue;
      const slot = this.#find(old.low[from]!, old.high[from]!);
      this.#low[slot] = old.low[from]!;
      this.#high[slot] = old.high[from]!;
      this.#counts[slot] = count;
      this.#values[slot] = old.values[from]!;
    }
  }
}
