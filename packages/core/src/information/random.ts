/**
 * Seeded random numbers: Philox4x32-10 (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011). A stream's key
 * and high counter words are the MurmurHash3 (x86, 128 bits) of the seed and the stream's numbers; the low counter words say
 * where in the stream a draw stands, so that any stretch of it can be drawn by itself. Not for secrets.
 */
import { InvalidInputError } from "../checks/error-classes.ts";

/** What a stream's first number means, so that no two purposes share noise. */
export const Stream = {
  noise: 0,
  split: 1,
  weights: 2,
  order: 3,
  part: 4,
  labels: 5,
  examples: 6,
  dropout: 7,
} as const;

const TWO_32 = 2 ** 32;

/** A stream's name as four words: the key, and the high words of the counter. */
export type StreamKey = Uint32Array;

/**
 * The key of a stream.
 *
 * @param stream whose numbers these are: by convention one of `Stream`, then indices.
 * @throws InvalidInputError unless all are whole numbers, 0 … 2^53 − 1.
 */
export function streamKey(seed: number, ...stream: number[]): StreamKey {
  return Uint32Array.from(hash([seed, ...stream]));
}

/** Writes the four words of the counter (c0, c1, c2, c3) under the key (k0, k1) to `out`. */
export function philox(out: Uint32Array, k0: number, k1: number, c0: number, c1: number, c2: number, c3: number): void {
  let [a, b, c, d, p, q] = [c0 | 0, c1 | 0, c2 | 0, c3 | 0, k0 | 0, k1 | 0];
  for (let round = 0; round < 10; round++) {
    const highA = multiplyHigh(a, 0xd251, 0x1f53);
    const highC = multiplyHigh(c, 0xcd9e, 0x8d57);
    const lowA = Math.imul(a, 0xd2511f53);
    const lowC = Math.imul(c, 0xcd9e8d57);
    a = highC ^ b ^ p;
    b = lowC;
    c = highA ^ d ^ q;
    d = lowA;
    p = (p + 0x9e3779b9) | 0;
    q = (q + 0xbb67ae85) | 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

/** The high word of a · (high 2^16 + low), both unsigned. */
function multiplyHigh(a: number, high: number, low: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const middle = Math.imul(aHigh, low) + (Math.imul(aLow, low) >>> 16);
  const cross = Math.imul(aLow, high) + (middle & 0xffff);
  return (Math.imul(aHigh, high) + (middle >>> 16) + (cross >>> 16)) | 0;
}

export class Random {
  readonly #key: StreamKey;
  readonly #words = new Uint32Array(4);
  /** The number of the draw that comes next. */
  #position: number;

  /** As `streamKey`, from the stream's first draw on. */
  constructor(seed: number, ...stream: number[]);
  /** From a draw of a stream on. */
  constructor(key: StreamKey, position: number);
  constructor(seed: number | StreamKey, ...stream: number[]) {
    const isKey = seed instanceof Uint32Array;
    this.#key = isKey ? seed : streamKey(seed, ...stream);
    this.#position = isKey ? stream[0]! : 0;
    if (this.#position % 4 !== 0) this.#refresh(this.#position);
  }

  /** Makes the words of the counter that a draw belongs to. */
  #refresh(position: number): void {
    const key = this.#key;
    const counter = Math.floor(position / 4);
    philox(this.#words, key[0]!, key[1]!, counter % TWO_32, Math.floor(counter / TWO_32), key[2]!, key[3]!);
  }

  /** 0 … 2^32 − 1. */
  nextUint32(): number {
    const lane = this.#position % 4;
    if (lane === 0) this.#refresh(this.#position);
    this.#position++;
    return this.#words[lane]!;
  }

  /** Uniform on (0, 1), never 0 or 1: the middle of one of 2^32 equal cells. */
  uniform(): number {
    return (this.nextUint32() + 0.5) / TWO_32;
  }

  /**
   * Uniform on 0 … n − 1, without bias.
   *
   * @throws InvalidInputError unless n is whole and 1 … 2^32.
   */
  below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_32) {
      throw new InvalidInputError({ who: "Random.below()", expected: "a whole number from 1 to 2^32", got: `${n}` });
    }
    const limit = TWO_32 - (TWO_32 % n);
    let draw = this.nextUint32();
    while (draw >= limit) draw = this.nextUint32();
    return draw % n;
  }

  /** Fills `out` with `low + (high − low) · uniform()`, drawn in order. */
  fill(out: Float64Array, low: number, high: number): void {
    const width = high - low;
    const words = this.#words;
    let i = 0;
    while (i < out.length && this.#position % 4 !== 0) out[i++] = low + width * this.uniform();
    for (; i + 4 <= out.length; i += 4) {
      this.#refresh(this.#position);
      this.#position += 4;
      out[i] = low + width * ((words[0]! + 0.5) / TWO_32);
      out[i + 1] = low + width * ((words[1]! + 0.5) / TWO_32);
      out[i + 2] = low + width * ((words[2]! + 0.5) / TWO_32);
      out[i + 3] = low + width * ((words[3]! + 0.5) / TWO_32);
    }
    while (i < out.length) out[i++] = low + width * this.uniform();
  }
}

/** A seed for a part of something seeded: the same for the same numbers, unrelated for others. Whole, 0 … 2^53 − 1. */
export function derivedSeed(seed: number, ...part: number[]): number {
  const random = new Random(seed, Stream.part, ...part);
  return (random.nextUint32() >>> 11) * TWO_32 + random.nextUint32();
}

/** Puts `order` in a uniformly random order (Fisher–Yates, from the end). */
export function shuffle(order: Int32Array, random: Random): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const held = order[last]!;
    order[last] = order[other]!;
    order[other] = held;
  }
}

/** MurmurHash3_x86_128 with seed 0; each number is one block of 16 bytes: its low and high 32 bits, then zeros. */
function hash(numbers: readonly number[]): [number, number, number, number] {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (const value of numbers) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new InvalidInputError({
        who: "Random()",
        expected: "a seed and stream numbers that are whole, 0 … 2^53 − 1",
        got: String(value),
      });
    }
    const low = value | 0;
    const high = (value / TWO_32) | 0;
    a ^= Math.imul(rotate(Math.imul(low, 0x239b961b), 15), 0xab0e9789);
    a = (Math.imul((rotate(a, 19) + b) | 0, 5) + 0x561ccd1b) | 0;
    b ^= Math.imul(rotate(Math.imul(high, 0xab0e9789), 16), 0x38b34ae5);
    b = (Math.imul((rotate(b, 17) + c) | 0, 5) + 0x0bcaa747) | 0;
    c = (Math.imul((rotate(c, 15) + d) | 0, 5) + 0x96cd1c35) | 0;
    d = (Math.imul((rotate(d, 13) + a) | 0, 5) + 0x32ac3b17) | 0;
  }
  const length = numbers.length * 16;
  a ^= length;
  b ^= length;
  c ^= length;
  d ^= length;
  a = (a + b + c + d) | 0;
  b = (b + a) | 0;
  c = (c + a) | 0;
  d = (d + a) | 0;
  a = mix(a);
  b = mix(b);
  c = mix(c);
  d = mix(d);
  a = (a + b + c + d) | 0;
  b = (b + a) | 0;
  c = (c + a) | 0;
  d = (d + a) | 0;
  return [a, b, c, d];
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
