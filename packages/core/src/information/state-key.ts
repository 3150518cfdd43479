/**
 * Bins of several units as two 32-bit words: mixed radix, hence exact, while both words hold them; beyond that a 64-bit hash, of which
 * two among N states collide with probability N² / 2^65.
 */
export class StateKey {
  low = 0;
  high = 0;
  readonly #bins: Float64Array;
  /** Units before this one make the low word, the others the high one; −1 where states are hashed. */
  readonly split: number;

  /** `bins[u]`: the number of bins of unit u; 1 for a unit that is not looked at. */
  constructor(bins: Float64Array) {
    this.#bins = bins;
    let split = 0;
    let states = 1;
    while (split < bins.length && states * bins[split]! <= 2 ** 32) states *= bins[split++]!;
    const rest = bins.subarray(split).reduce((product, count) => product * count, 1);
    this.split = rest <= 2 ** 32 ? split : -1;
  }

  /** Sets both words to the state `bins[from … from + units)`. */
  set(bins: Int32Array, from: number): void {
    const units = this.#bins.length;
    if (this.split >= 0) {
      let low = 0;
      let high = 0;
      for (let u = 0; u < this.split; u++) low = low * this.#bins[u]! + bins[from + u]!;
      for (let u = this.split; u < units; u++) high = high * this.#bins[u]! + bins[from + u]!;
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
