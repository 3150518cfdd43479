import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { resizeImage } from "../../src/datasets/resize.ts";

interface Case {
  readonly pixels: number[];
  readonly from: [number, number];
  readonly to: [number, number];
  readonly divisor: number;
  readonly small: number[];
}

const cases: Case[] = JSON.parse(readFileSync(new URL("fixtures/resize.json", import.meta.url), "utf8"));

describe("resizeImage", () => {
  it("gives what scikit-image gives, for 20 digits and other sizes", () => {
    expect(cases).toHaveLength(25);
    for (const { pixels, from, to, divisor, small } of cases) {
      const found = resizeImage(
        pixels.map((pixel) => pixel / divisor),
        from,
        to,
      );
      expect(found).toHaveLength(small.length);
      // Sums of some hundred terms, in another order.
      const off = found.reduce((most, value, k) => Math.max(most, Math.abs(value - small[k]!)), 0);
      expect(off).toBeLessThan((1e-12 * 255) / divisor);
    }
  });

  it("keeps an even image even, and within its values", () => {
    expect([...resizeImage(new Array(28 * 28).fill(0.3), [28, 28], [5, 5])]).toEqual(new Array(25).fill(0.3));
  });

  it("refuses pixels that do not fill the size, and sizes that grow", () => {
    expect(() => resizeImage([1, 2, 3], [2, 2], [1, 1])).toThrow(InvalidInputError);
    expect(() => resizeImage([1, 2, 3, 4], [2, 2], [3, 1])).toThrow("a size from 1 × 1 to that");
    expect(() => resizeImage([1, 2, 3, 4], [2, 2], [1, 0.5])).toThrow(InvalidInputError);
  });
});
