import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { philox, Random, Stream, shuffle, streamKey } from "../../src/information/random.ts";

// Written by reference/random_reference.py, which shares no code with the product.
const known = JSON.parse(readFileSync(new URL("fixtures/random.json", import.meta.url), "utf8"));

function words(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.nextUint32());
}

describe("Random", () => {
  // The vectors that are published with the generator, for words of all zeros, all ones and the digits of π.
  test.each([
    ["zeros", [0, 0, 0, 0, 0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    ["ones", Array(6).fill(0xffffffff), "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [
      "π",
      [0xa4093822, 0x299f31d0, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ])("is Philox4x32-10: the known answer for %s", (_, words, answer) => {
    const out = new Uint32Array(4);
    philox(out, ...(words as [number, number, number, number, number, number]));
    expect([...out].map((word) => word.toString(16).padStart(8, "0")).join(" ")).toBe(answer);
  });

  test("begins anywhere in a stream, and on either side of 2^32 counters", () => {
    const key = streamKey(9, 2);
    const whole = words(new Random(9, 2), 40);
    for (const start of [0, 1, 6, 20, 23])
      expect(words(new Random(key, start), 12)).toEqual(whole.slice(start, start + 12));
    const far = 2 ** 34 - 6;
    expect(words(new Random(key, far), 12).slice(6)).toEqual(words(new Random(key, far + 6), 6));
    expect(words(new Random(key, 2 ** 34), 4)).not.toEqual(whole.slice(0, 4));
  });

  test("seeds itself as an independent program does, from both halves of every number", () => {
    for (const { numbers, words: expected } of known.streams) {
      const [seed, ...stream] = numbers as [number, ...number[]];
      expect(words(new Random(seed, ...stream), 12)).toEqual(expected);
    }
  });

  test("fill gives the numbers that uniform would have given, scaled, and leaves the stream where uniform would", () => {
    const one = new Random(7, 1);
    const other = new Random(7, 1);
    const filled = new Float64Array(1000);
    one.fill(filled, -2, 6);
    for (const value of filled) expect(value).toBe(-2 + 8 * other.uniform());
    expect(one.nextUint32()).toBe(other.nextUint32());
  });

  test("uniform lies strictly inside (0, 1) even for the least and the greatest word", () => {
    const random = new Random(0);
    random.nextUint32 = () => 0;
    expect(random.uniform()).toBe(2 ** -33);
    random.nextUint32 = () => 2 ** 32 - 1;
    expect(random.uniform()).toBe(1 - 2 ** -33);
  });

  // χ² with 255 degrees of freedom: mean 255, standard deviation √510 ≈ 22.6; five of them on either side.
  test("uniform fills 256 equal cells equally, in its high and in its low bits", () => {
    const random = new Random(11);
    const count = 256 * 1000;
    const high = new Float64Array(256);
    const low = new Float64Array(256);
    for (let i = 0; i < count; i++) {
      const u = random.uniform();
      high[Math.floor(u * 256)]!++;
      low[Math.floor(u * 2 ** 32) & 255]!++;
    }
    for (const cells of [high, low]) {
      const chiSquare = cells.reduce((sum, cell) => sum + (cell - 1000) ** 2 / 1000, 0);
      expect(Math.abs(chiSquare - 255)).toBeLessThan(5 * Math.sqrt(510));
    }
  });

  test("streams that differ in seed, purpose or index differ, and the same stream repeats", () => {
    const names = [
      [0],
      [1],
      [2 ** 32],
      [0, 0],
      [0, 1],
      [1, 0],
      [0, Stream.split],
      [0, 0, 0],
      [0, 0, 1],
      [0, 0, 2 ** 32],
    ];
    const starts = names.map(([seed, ...stream]) => words(new Random(seed!, ...stream), 4).join());
    expect(new Set(starts).size).toBe(names.length - 1); // Stream.split is 1: [0, 1] stands twice.
    expect(words(new Random(3, 4, 5), 4)).toEqual(words(new Random(3, 4, 5), 4));
  });

  // Two independent uniforms have correlation 0 ± 1/√n.
  test("neighbouring streams are uncorrelated", () => {
    const count = 100_000;
    const a = new Float64Array(count);
    const b = new Float64Array(count);
    new Random(1, Stream.noise, 8).fill(a, -Math.sqrt(3), Math.sqrt(3));
    new Random(1, Stream.noise, 9).fill(b, -Math.sqrt(3), Math.sqrt(3));
    const correlation = a.reduce((sum, value, i) => sum + value * b[i]!, 0) / count;
    expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(count));
  });

  test("below draws every number with equal chance, also where n is not a power of two", () => {
    const random = new Random(5);
    const n = 7;
    const counts = new Float64Array(n);
    for (let i = 0; i < 70_000; i++) counts[random.below(n)]!++;
    // Binomial(70 000, 1/7): standard deviation √(10 000 · 6/7) ≈ 93.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt((10_000 * 6) / 7));
  });

  test("below rejects the words that would favour small numbers", () => {
    const random = new Random(0);
    const drawn = [2 ** 32 - 1, 2 ** 31 + 1, 5];
    random.nextUint32 = () => drawn.shift()!;
    expect(random.below(2 ** 31 + 1)).toBe(5); // 2^31 + 1 fits once: the words from 2^31 + 1 on are left.
    expect(new Random(0).below(1)).toBe(0);
  });

  test("refuses seeds, streams and bounds that are not whole, non-negative and exact", () => {
    for (const bad of [-1, 0.5, Number.NaN, Infinity, 2 ** 53]) {
      expect(() => new Random(bad)).toThrow(InvalidInputError);
      expect(() => new Random(0, bad)).toThrow(InvalidInputError);
    }
    for (const bad of [0, -1, 1.5, Number.NaN, 2 ** 32 + 1]) {
      expect(() => new Random(0).below(bad)).toThrow(InvalidInputError);
    }
  });
});

describe("shuffle", () => {
  test("gives the order that an independent program gives", () => {
    const order = Int32Array.from({ length: 25 }, (_, i) => i);
    const [seed, ...stream] = known.shuffled.numbers as [number, ...number[]];
    shuffle(order, new Random(seed, ...stream));
    expect([...order]).toEqual(known.shuffled.order);
  });

  test("keeps every element, and gives each of the six orders of three with equal chance", () => {
    const counts = new Map<string, number>();
    for (let run = 0; run < 6000; run++) {
      const order = Int32Array.of(0, 1, 2);
      shuffle(order, new Random(run, 1));
      counts.set(order.join(""), (counts.get(order.join("")) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(["012", "021", "102", "120", "201", "210"]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt((6000 * 5) / 36));
  });
});
