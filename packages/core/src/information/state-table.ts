/** Counts of joint states in an open-addressing table. Entries stand in the order in which their states first came. */

/** Entries of a table: two words that name a state, how often it came, and one number that is a function of it. */
export interface StateList {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly counts: Int32Array;
  readonly values: Float64Array;
}

/**
 * A state is two 32-bit words. Tables merge by addition: the table of samples [0, k) merged with that of [k, n) is, entry for entry,
 * the table of [0, n).
 */
export class StateTable {
  /** Samples counted. */
  total = 0;
  /** Distinct states. */
  size = 0;
  #low = new Int32Array(1 << 10);
  #high = new Int32Array(1 << 10);
  #counts = new Int32Array(1 << 10);
  #values = new Float64Array(1 << 10);
  /** The entry in a slot, plus 1. */
  #slots = new Int32Array(1 << 12);

  /** Counts a state `times`; `value` is kept from its first time. Returns the entry's number. */
  add(low: number, high: number, value = 0, times = 1): number {
    this.total += times;
    let slot = this.#slot(low, high);
    const found = this.#slots[slot]!;
    if (found > 0) {
      this.#counts[found - 1]! += times;
      return found - 1;
    }
    if (2 * this.size >= this.#slots.length) {
      this.#rehash();
      slot = this.#slot(low, high);
    }
    const entry = this.size++;
    if (entry === this.#low.length) this.#grow();
    this.#low[entry] = low;
    this.#high[entry] = high;
    this.#counts[entry] = times;
    this.#values[entry] = value;
    this.#slots[slot] = entry + 1;
    return entry;
  }

  /** Adds another table's entries; returns their numbers here. */
  merge({ low, high, counts, values }: StateList): Int32Array {
    return Int32Array.from(counts, (count, entry) => this.add(low[entry]!, high[entry]!, values[entry]!, count));
  }

  /** The entries, as views: they show what is counted later only in part. */
  list(): StateList {
    const { size } = this;
    return {
      low: this.#low.subarray(0, size),
      high: this.#high.subarray(0, size),
      counts: this.#counts.subarray(0, size),
      values: this.#values.subarray(0, size),
    };
  }

  #slot(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high ^ 0x5bd1e995, 0x85ebca77);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0 || (this.#low[entry] === low && this.#high[entry] === high)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #rehash(): void {
    this.#slots = new Int32Array(4 * this.#slots.length);
    for (let entry = 0; entry < this.size; entry++) {
      this.#slots[this.#slot(this.#low[entry]!, this.#high[entry]!)] = entry + 1;
    }
  }

  #grow(): void {
    const size = 2 * this.size;
    this.#low = enlarged(this.#low, new Int32Array(size));
    this.#high = enlarged(this.#high, new Int32Array(size));
    this.#counts = enlarged(this.#counts, new Int32Array(size));
    this.#values = enlarged(this.#values, new Float64Array(size));
  }
}

function enlarged<Values extends Int32Array | Float64Array>(from: Values, into: Values): Values {
  into.set(from);
  return into;
}
