/** Estimates and their sums, with values made by hand. */
import { describe, expect, test } from "vitest";
import { type Estimate, estimate, opposite, placeOfSum, sumOfEstimates } from "../../src/information/estimate.ts";

const made = (of: Partial<Estimate>): Estimate =>
  estimate({ bits: 0, standardError: 0, samples: 0, method: "exact", outside: 0, warnings: [], ...of });

const exact = made({ bits: 2 });
const counted = made({ bits: 5, standardError: 0.3, samples: 100, method: "conditional", bracket: [3, 8] });
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
    expect(made({ bits: 5, standardError: 2, bracket: [4, 6] }).interval).toEqual([4, 6]);
    const beside = made({ bits: 5, standardError: 2, bracket: [4, 6], bracketError: [0.1, 0.1], bounds: [3, 20] });
    expect(beside.interval).toEqual([3, 5 + 1.96 * 2]);
    const alone = made({ bits: 5, standardError: 2, bracket: [4, 6], bracketError: [0.1, 0.1] });
    expect(alone.interval).toEqual([5 - 1.96 * 2, 5 + 1.96 * 2]);
  });
});

describe("sumOfEstimates()", () => {
  test("has a proved bracket where every part is exact or has one", () => {
    const sum = sumOfEstimates([exact, counted, counted]);
    expect(sum.bracket).toEqual([8, 18]);
    expect(sum.standardError).toBeCloseTo(Math.hypot(0.3, 0.3), 12);
    expect(sum).not.toHaveProperty("bracketError");
    expect(sum).not.toHaveProperty("bounds");
    expect(sum).not.toHaveProperty("evidence");
  });

  test("adds the errors of estimated ends in quadrature, each end by itself, and the proved bounds beside them", () => {
    const sum = sumOfEstimates([exact, counted, likely, likely]);
    expect(sum.bracket).toEqual([2 + 3 + 36, 2 + 8 + 46]);
    expect(sum.bracketError![0]).toBeCloseTo(0.3 * Math.SQRT2, 12);
    expect(sum.bracketError![1]).toBeCloseTo(0.6 * Math.SQRT2, 12);
    expect(sum.bounds).toEqual([2 + 3 + 20, 2 + 8 + 80]);
  });

  test("takes a sampled part without a bracket for one of no width, with its error at both ends, and proves nothing by it", () => {
    const sum = sumOfEstimates([likely, bare]);
    expect(sum.bracket).toEqual([19, 24]);
    expect(sum.bracketError).toEqual([Math.hypot(0.3, 0.4), Math.hypot(0.6, 0.4)].map((e) => expect.closeTo(e, 12)));
    expect(sum).not.toHaveProperty("bounds");
    const half = sumOfEstimates([counted, bare]);
    expect(half).toMatchObject({ bracket: [4, 9], bracketError: [0.4, 0.4] });
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
