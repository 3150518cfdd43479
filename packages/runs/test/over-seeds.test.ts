import { describe, expect, it } from "vitest";
import { overSeedsOf } from "../src/over-seeds.ts";

describe("a measure over seeds", () => {
  it("has the error of measuring its mean apart from the errors over seeds", () => {
    const found = overSeedsOf([
      { value: 1, standardError: 0.03 },
      { value: 2, standardError: 0.04 },
      { value: 6, standardError: 0 },
    ]);
    // √(0.03² + 0.04²) / 3; deviations from 3 are −2, −1, 3, so √(14 / 2), and that / √3.
    expect(found.mean).toBe(3);
    expect(found.standardErrorOfMeasuring).toBeCloseTo(0.05 / 3, 15);
    expect(found.standardDeviationOverSeeds).toBeCloseTo(Math.sqrt(7), 14);
    expect(found.standardErrorOverSeeds).toBeCloseTo(Math.sqrt(7 / 3), 14);
    expect([found.low, found.high, found.seeds]).toEqual([1, 6, 3]);
  });

  it("of one seed says nothing of others", () => {
    expect(overSeedsOf([{ value: 2, standardError: 0.1 }])).toEqual({
      mean: 2,
      standardErrorOfMeasuring: 0.1,
      standardDeviationOverSeeds: null,
      standardErrorOverSeeds: null,
      low: 2,
      high: 2,
      seeds: 1,
    });
  });

  it("of no seed says nothing at all", () => {
    expect(overSeedsOf([])).toEqual({
      mean: Number.NaN,
      standardErrorOfMeasuring: Number.NaN,
      standardDeviationOverSeeds: null,
      standardErrorOverSeeds: null,
      low: Number.NaN,
      high: Number.NaN,
      seeds: 0,
    });
  });
});
