/**
 * Seeded random numbers: xoshiro128++ 1.0 (Blackman & Vigna 2019), its state the MurmurHash3 (x86, 128 bits) of the seed
 * and the stream's numbers. One seed thus has as many independent streams as there are (purpose, index …) to name them.
 * Not for secrets.
 */
import { InvalidInputError } from "../errors.ts";

/** What a stream's first number means, so that no two purposes share noise. */
export const Stream = { noise: 0, split: 1, weights: 2, order: 3, part: 4 } as const;

const TWO_32 = 2 ** 32;

export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /**
   * @param stream whose numbers these are: by convention one of `Stream`, then indices.
   * @throws InvalidInputError unless all are whole numbers, 0 … 2^53 − 1.
   */
  constructor(seed: number, ...stream: number[]) {
    const [a, b, c, d] = hash([seed, ...stream]);
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  /** 0 … 2^32 − 1. */
  nextUint32(): number {
    const { a, b, c, d } = this;
    const sum = (a + d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + a) >>> 0;
    const e = d ^ b;
    this.b = b ^ c ^ a;
    this.a = a ^ e;
    this.c = c ^ a ^ (b << 9);
    this.d = (e << 11) | (e >>> 21);
    return result;
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
    const scale = (high - low) / TWO_32;
    let { a, b, c, d } = this;
    for (let i = 0; i < out.length; i++) {
      const sum = (a + d) | 0;
      const draw = (((sum << 7) | (sum >>> 25)) + a) >>> 0;
      const e = d ^ b;
      const f = c ^ a;
      a ^= e;
      c = f ^ (b << 9);
      b ^= f;
      d = (e << 11) | (e >>> 21);
      out[i] = low + (draw + 0.5) * scale;
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
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
  // The one state xoshiro never leaves.
  if ((a | b | c | d) === 0) d = 1;
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
