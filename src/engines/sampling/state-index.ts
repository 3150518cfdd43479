/** Joint states, numbered in the order of their first appearance, with their counts; and the two words that name a state. */

/** States by number. Numbers make pairs of states exact keys of a further index. */
export class StateIndex {
  /** Distinct states. */
  size = 0;
  #low = new Int32Array(1 << 10);
  #high = new Int32Array(1 << 10);
  #counts = new Float64Array(1 << 10);
  /** The number of the state in a slot, plus 1. */
  #slots = new Int32Array(1 << 12);

  /** Counts a state `times`; returns its number. */
  add(low: number, high: number, times = 1): number {
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
    const id = this.size++;
    if (id === this.#low.length) this.#grow();
    this.#low[id] = low;
    this.#high[id] = high;
    this.#counts[id] = times;
    this.#slots[slot] = id + 1;
    return id;
  }

  count(id: number): number {
    return this.#counts[id]!;
  }

  low(id: number): number {
    return this.#low[id]!;
  }

  high(id: number): number {
    return this.#high[id]!;
  }

  /** `[size]`: how often each state was seen, by number. */
  counts(): Float64Array {
    return this.#counts.subarray(0, this.size);
  }

  #slot(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high ^ 0x5bd1e995, 0x85ebca77);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const id = this.#slots[slot]! - 1;
      if (id < 0 || (this.#low[id] === low && this.#high[id] === high)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let id = 0; id < this.size; id++) this.#slots[this.#slot(this.#low[id]!, this.#high[id]!)] = id + 1;
  }

  #grow(): void {
    const low = new Int32Array(2 * this.size);
    const high = new Int32Array(2 * this.size);
    const counts = new Float64Array(2 * this.size);
    low.set(this.#low);
    high.set(this.#high);
    counts.set(this.#counts);
    [this.#low, this.#high, this.#counts] = [low, high, counts];
  }
}

/**
 * Bins of several units as two 32-bit words: mixed radix, hence exact, while both words hold them; beyond that a 64-bit hash, of which
 * two among N states collide with probability N² / 2^65.
 */
export class StateKey {
  low = 0;
  high = 0;
  readonly #bins: Float64Array;
  /** Units before this one make the low word, the others the high one; −1 where states are hashed. */
  readonly #split: number;

  /** `bins[u]`: the number of bins of unit u; 1 for a unit that is not looked at. */
  constructor(bins: Float64Array) {
    this.#bins = bins;
    let split = 0;
    let states = 1;
    while (split < bins.length && states * bins[split]! <= 2 ** 32) states *= bins[split++]!;
    const rest = bins.subarray(split).reduce((product, count) => product * count, 1);
    this.#split = rest <= 2 ** 32 ? split : -1;
  }

  /** Sets both words to the state `bins[from … from + units)`. */
  set(bins: Int32Array, from: number): void {
    const units = this.#bins.length;
    if (this.#split >= 0) {
      let low = 0;
      let high = 0;
      for (let u = 0; u < this.#split; u++) low = low * this.#bins[u]! + bins[from + u]!;
      for (let u = this.#split; u < units; u++) high = high * this.#bins[u]! + bins[from + u]!;
      this.low = low | 0;
      this.high = high | 0;
      return;
    }
    // MurmurHash3's rounds with two sets of its constants.
    let low = 0;
    let high = 0x2f0b4c47;
    for (let u = 0; u < units; u++) {
      const bin = bins[from + u]!;
      let k = Math.imul(bin + 1, 0xcc9e2d51);
      k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
      low ^= k;
      low = (Math.imul((low << 13) | (low >>> 19), 5) + 0xe6546b64) | 0;
      k = Math.imul(bin + 1, 0x239b961b);
      k = Math.imul((k << 16) | (k >>> 16), 0x38b34ae5);
      high ^= k;
      high = (Math.imul((high << 17) | (high >>> 15), 5) + 0x0bcaa747) | 0;
    }
    this.low = low;
    this.high = high;
  }
}
