/** Degeneracy and φ of estimates made by hand: what they keep of the EI that they come from. */
import { describe, expect, test } from "vitest";
import { type Estimate, estimate } from "../../src/information/estimate.ts";
import { degeneracy } from "../../src/measures/degeneracy.ts";
import { integration } from "../../src/measures/integration.ts";

const made = (of: Partial<Estimate>): Estimate =>
  estimate({ bits: 0, standardError: 0, samples: 0, method: "exact", outside: 0, warnings: [], ...of });

const evidence = {
  routes: { output: "likelihood", cell: "likelihood" },
  effectiveSamples: 250,
  guarded: 1,
  basis: "bounds proved, ends estimated",
} as const;
const ei = made({
  bits: 150,
  standardError: 4,
  samples: 4096,
  method: "likelihood",
  bracket: [145, 162],
  bracketError: [0.8, 1.2],
  bounds: [20, 240],
  evidence,
});
const single = made({ bits: 190 });
const sampled = made({ bits: 190, standardError: 0.6, samples: 1e5, method: "plug-in" });

describe("degeneracy and φ", () => {
  test("carry an estimated bracket, its errors, the proved bounds and the evidence", () => {
    expect(degeneracy(single, ei)).toMatchObject({
      bits: 40,
      standardError: 4,
      bracket: [190 - 162, 190 - 145],
      bracketError: [1.2, 0.8],
      bounds: [190 - 240, 190 - 20],
      method: "derived",
      evidence,
    });
    expect(integration(ei, made({ bits: 30 }))).toMatchObject({
      bits: 120,
      bracket: [115, 132],
      bracketError: [0.8, 1.2],
      bounds: [-10, 210],
      evidence,
    });
  });

  test("keep proved bounds", () => {
    const counted = made({ bits: 6, standardError: 1, samples: 9, method: "conditional", bounds: [4, 9] });
    const overlap = degeneracy(made({ bits: 10 }), counted);
    expect(overlap.bounds).toEqual([1, 6]);
    expect(overlap).not.toHaveProperty("bracket");
    expect(overlap).not.toHaveProperty("evidence");
  });

  test("with a sampled sensitivity prove nothing, and its error goes into both ends", () => {
    const overlap = degeneracy(sampled, ei);
    expect(overlap.bracket).toEqual([28, 45]);
    expect(overlap.bracketError![0]).toBeCloseTo(Math.hypot(0.6, 1.2), 12);
    expect(overlap.bracketError![1]).toBeCloseTo(Math.hypot(0.6, 0.8), 12);
    expect(overlap).not.toHaveProperty("bounds");
    expect(overlap.interval[0]).toBeCloseTo(40 - 1.96 * Math.hypot(4, 0.6), 12);
  });

  test("have no bracket where neither side has one", () => {
    expect(degeneracy(sampled, made({ bits: 3, standardError: 0.1, samples: 9 }))).not.toHaveProperty("bracket");
  });
});
