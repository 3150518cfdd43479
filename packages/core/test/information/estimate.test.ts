/** Estimates and their sums, with values made by hand. */
import { describe, expect, test } from "vitest";
import {
  type Estimate,
  estimate,
  opposite,
  placeOfSum,
  sumOfEstimates,
  unknownWithin,
} from "../../src/information/estimate.ts";

const made = (of: Partial<Estimate>): Estimate =>
  estimate({ bits: 0, standardError: 0, samples: 0, method: "exact", outside: 0, warnings: [], ...of });

const exact = made({ bits: 2 });
const counted = made({ bits: 5, standardError: 0.3, samples: 100, method: "conditional", bounds: [3, 8] });
const bare = made({ bits: 1, standardError: 0.4, samples: 50, method: "plug-in" });
const likely = made({
  bits: 20,
  standardError: 0.4,
  samples: 1000,
  method: "likelihood",
  bracket: [18, 23],
  bracketError: [0.3, 0.6],
  bounds: [10, 40],
  evidence: { routes: { output: "likelihood", cell: "count" }, effectiveSamples: 400, guarded: 2, basis: "as proved" },
});

describe("estimate()", () => {
  test("keeps the interval within what is proved, not within what is only estimated", () => {
    expect(made({ bits: 5, standardError: 2, bounds: [4, 6] }).interval).toEqual([4, 6]);
    const beside = made({ bits: 5, standardError: 2, bracket: [4, 6], bracketError: [0.1, 0.1], bounds: [3, 20] });
    expect(beside.interval).toEqual([3, 5 + 1.96 * 2]);
    const alone = made({ bits: 5, standardError: 2, bracket: [4, 6], bracketError: [0.1, 0.1] });
    expect(alone.interval).toEqual([5 - 1.96 * 2, 5 + 1.96 * 2]);
  });

  test("moves what sampling puts outside the bounds to the nearest one, and says so where chance does not explain it", () => {
    const near = made({ bits: 24.9, standardError: 1, bounds: [0, 24] });
    expect(near).toMatchObject({ bits: 24, standardError: 1, interval: [24 - 1.96, 24], warnings: [] });
    const far = made({ bits: 0.72, standardError: 5e-5, bounds: [0.988, 1.0001] });
    expect(far.bits).toBe(0.988);
    expect(far.interval[0]).toBe(0.988);
    expect(far.warnings.join()).toMatch(/gave 0\.7200 bits, outside the proved bounds/);
    expect(made({ bits: -1e-12, bounds: [0, 3] })).toMatchObject({ bits: 0, interval: [0, 0], warnings: [] });
  });

  test("has no error larger than half the distance between the bounds; the interval is then all of it", () => {
    const wide = made({ bits: 150, standardError: 134, bounds: [0, 192] });
    expect(wide).toMatchObject({ bits: 150, standardError: 96, interval: [0, 192] });
  });

  test("unknownWithin() is the middle of the bounds, with an interval that is the bounds", () => {
    const unknown = unknownWithin([0, 6], { samples: 9, method: "conditional", outside: 1, warnings: [] });
    expect(unknown).toMatchObject({ bits: 3, interval: [0, 6], bounds: [0, 6] });
    expect(unknown.standardError).toBeCloseTo(6 / Math.sqrt(12), 12);
  });
});

describe("sumOfEstimates()", () => {
  test("has proved bounds where every part is exact or has them", () => {
    const sum = sumOfEstimates([exact, counted, counted]);
    expect(sum.bounds).toEqual([8, 18]);
    expect(sum.standardError).toBeCloseTo(Math.hypot(0.3, 0.3), 12);
    expect(sum).not.toHaveProperty("bracketError");
    expect(sum).not.toHaveProperty("bracket");
    expect(sum).not.toHaveProperty("evidence");
  });

  test("adds the errors of estimated ends in quadrature, each end by itself, and the proved bounds beside them", () => {
    const sum = sumOfEstimates([exact, counted, likely, likely]);
    expect(sum.bracket).toEqual([2 + 5 + 36, 2 + 5 + 46]);
    expect(sum.bracketError![0]).toBeCloseTo(Math.hypot(0.3 * Math.SQRT2, 0.3), 12);
    expect(sum.bracketError![1]).toBeCloseTo(Math.hypot(0.6 * Math.SQRT2, 0.3), 12);
    expect(sum.bounds).toEqual([2 + 3 + 20, 2 + 8 + 80]);
  });

  test("takes a sampled part without a bracket for one of no width, with its error at both ends, and proves nothing by it", () => {
    const sum = sumOfEstimates([likely, bare]);
    expect(sum.bracket).toEqual([19, 24]);
    expect(sum.bracketError).toEqual([Math.hypot(0.3, 0.4), Math.hypot(0.6, 0.4)].map((e) => expect.closeTo(e, 12)));
    expect(sum).not.toHaveProperty("bounds");
    const half = sumOfEstimates([counted, bare]);
    expect(half).not.toHaveProperty("bracket");
    expect(half).not.toHaveProperty("bounds");
    expect(half.interval).toEqual([half.bits - 1.96 * half.standardError, half.bits + 1.96 * half.standardError]);
  });

  test("has no bracket where no part has one", () => {
    expect(sumOfEstimates([exact, bare, bare])).not.toHaveProperty("bracket");
    expect(placeOfSum([])).toEqual({});
  });

  test("says what stands behind its parts: likelihood wins, the smallest effective sample, all guarded draws, each basis once", () => {
    const other = made({
      ...likely,
      evidence: {
        routes: { output: "count", cell: "likelihood" },
        effectiveSamples: 90,
        guarded: 5,
        basis: "as assumed",
      },
    });
    expect(sumOfEstimates([counted, likely, other, likely])).toMatchObject({
      method: "likelihood",
      evidence: {
        routes: { output: "likelihood", cell: "likelihood" },
        effectiveSamples: 90,
        guarded: 9,
        basis: "as proved; as assumed",
      },
    });
  });
});

describe("opposite()", () => {
  test("turns ends and their errors round, and twice is what it was", () => {
    expect(opposite(likely)).toMatchObject({
      bits: -20,
      bracket: [-23, -18],
      bracketError: [0.6, 0.3],
      bounds: [-40, -10],
    });
    for (const each of [exact, counted, bare, likely]) expect(opposite(opposite(each))).toEqual(each);
  });
});
