import { describe, expect, it } from "vitest";
import { dataset } from "../../core/src/datasets/dataset.ts";
import { finiteLearning } from "../src/generalization/finite-learner.ts";

describe("a learner that chooses a pixel", () => {
  it("tells nothing where one pixel is right and no other is", () => {
    const rows = Array.from({ length: 40 }, (_, k) => [0, k % 2, 0]);
    const data = dataset({ name: "told", inputs: rows, labels: rows.map(([, on]) => on!) });
    const found = finiteLearning(data, 20, 300, 1);
    // A draw of one class alone, of a chance of 2 in a million, would make the first choice as good.
    expect(found).toEqual({ weights: 0, example: 0, exampleCorrected: 0, gap: 0 });
  });

  it("tells of one example what can be counted, where there is one", () => {
    // Two rows, one example: either row has its own pixel that is right of it, and wrong of the other.
    const data = dataset({
      name: "two",
      inputs: [
        [1, 0],
        [1, 0],
      ],
      labels: [1, 0],
    });
    // Choices in order: pixel 0 on tells 1; off tells 1; pixel 1 on tells 1; off tells 1. Of row 0 the first is right, of row 1 the second.
    const { weights, example, exampleCorrected, gap } = finiteLearning(data, 1, 20_000, 3);
    expect(weights).toBeCloseTo(1, 3);
    expect(example).toBeCloseTo(1, 3);
    expect(exampleCorrected).toBeCloseTo(1, 3);
    // Never a mistake on the one, always one on the other.
    expect(gap).toBeCloseTo(0.5, 12);
  });

  it("bounds its gap by either, and by single examples never looser", () => {
    let state = 7;
    const next = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const rows = Array.from({ length: 60 }, () => Array.from({ length: 12 }, () => Number(next() < 0.5)));
    const data = dataset({
      name: "noise",
      inputs: rows,
      labels: rows.map((row) => (next() < 0.8 ? row[3]! : 1 - row[3]!)),
    });
    for (const examples of [4, 16, 40]) {
      const { weights, example, exampleCorrected, gap } = finiteLearning(data, examples, 20_000, 2);
      const root = (bits: number) => Math.sqrt((bits * Math.LN2) / 2);
      expect(root(weights / examples)).toBeGreaterThan(gap);
      expect(root(exampleCorrected)).toBeGreaterThan(gap);
      expect(exampleCorrected).toBeLessThan(example);
      expect(exampleCorrected).toBeLessThan(weights / examples);
    }
  });
});
