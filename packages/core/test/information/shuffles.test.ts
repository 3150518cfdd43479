import { describe, expect, it } from "vitest";
import { chanceInformation } from "../../src/information/chance-information.ts";
import { Random } from "../../src/information/random.ts";
import { type ShuffleTest, shuffleTests } from "../../src/information/shuffles.ts";

describe("tests by shuffles", () => {
  it("give p-values that are even where nothing is known, and the least there is where all is", () => {
    const random = new Random(11);
    const rows = 80;
    const labels = Int32Array.from({ length: rows }, (_, k) => k % 4);
    const noise = Array.from({ length: 400 }, () => ({
      states: Int32Array.from({ length: rows }, () => random.below(3)),
      count: 3,
    }));
    const knowing = { states: labels.map((label) => label >> 1), count: 2 };
    const found = shuffleTests([...noise, knowing], labels, 4, { permutations: 199, seed: 2 }).map(
      ({ pValue }) => pValue,
    );
    expect(found.at(-1)).toBe(1 / 200);
    const below = found.slice(0, -1).filter((p) => p <= 0.1).length / 400;
    // A share of 0.1 of 400: ± 0.015.
    expect(Math.abs(below - 0.1)).toBeLessThan(0.05);
  });

  it("find the mean that all shuffles have, whether the table is small or has more cells than samples", () => {
    const random = new Random(5);
    const labels = Int32Array.from({ length: 120 }, (_, k) => k % 3);
    for (const count of [4, 100]) {
      const states = Int32Array.from({ length: 120 }, () => random.below(count));
      const sizes = Array.from({ length: count }, (_, state) => states.filter((own) => own === state).length);
      const exact = chanceInformation(sizes, [40, 40, 40]);
      const [{ mean }] = shuffleTests([{ states, count }], labels, 3, { permutations: 4000, seed: 1 }) as [ShuffleTest];
      // Means of 4,000 shuffles, whose deviation is less than their mean.
      expect(Math.abs(mean / exact - 1)).toBeLessThan(0.05);
    }
  });

  it("are refused where there are none", () => {
    expect(() => shuffleTests([], Int32Array.of(0, 1), 2, { permutations: 0.5, seed: 0 })).toThrow(
      "permutations: expected a whole number of at least 1; got 0.5",
    );
  });
});
