import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/errors.ts";
import {
  interactionInformation,
  partialInformation,
  redundancies,
  type SourceTable,
} from "../../src/information/partial-information.ts";

/** Two bits with a law of their own, and what is made of them. */
function gate(
  answer: (a: number, b: number) => number,
  target: number,
  weight: (a: number, b: number) => number = () => 0.25,
): SourceTable {
  const weights = new Float64Array(4 * target);
  for (const a of [0, 1]) for (const b of [0, 1]) weights[(2 * a + b) * target + answer(a, b)]! += weight(a, b);
  return { first: 2, second: 2, target, weights };
}

const AND = gate((a, b) => a & b, 2);
const XOR = gate((a, b) => a ^ b, 2);
const COPY = gate((a, b) => 2 * a + b, 4);
// 000 with ½, 011 and 101 with ¼.
const REDUCED_OR = gate(
  (a, b) => a | b,
  2,
  (a, b) => (a + b === 0 ? 0.5 : a + b === 1 ? 0.25 : 0),
);
const SECOND = gate((_, b) => b, 2);

describe("partial information of two sources", () => {
  it.each([
    ["AND by I_min", AND, "minimum", [0.3113, 0, 0, 0.5]],
    ["AND by MMI", AND, "mmi", [0.3113, 0, 0, 0.5]],
    ["AND by BROJA", AND, "broja", [0.3113, 0, 0, 0.5]],
    ["XOR by I_min", XOR, "minimum", [0, 0, 0, 1]],
    ["XOR by MMI", XOR, "mmi", [0, 0, 0, 1]],
    ["XOR by BROJA", XOR, "broja", [0, 0, 0, 1]],
    ["COPY by I_min", COPY, "minimum", [1, 0, 0, 1]],
    ["COPY by BROJA", COPY, "broja", [0, 1, 1, 0]],
    ["reduced OR by BROJA", REDUCED_OR, "broja", [0.3113, 0, 0, 0.6887]],
    ["the second source alone by BROJA", SECOND, "broja", [0, 0, 1, 0]],
  ] as const)("is that of the literature: %s", (_, table, measure, [redundant, first, second, synergy]) => {
    const found = partialInformation(table, measure);
    expect(found.measure).toBe(measure);
    expect(found.redundant).toBeCloseTo(redundant, 4);
    expect(found.uniqueFirst).toBeCloseTo(first, 4);
    expect(found.uniqueSecond).toBeCloseTo(second, 4);
    expect(found.synergistic).toBeCloseTo(synergy, 4);
  });

  it("has parts that sum to what both tell, and the same interaction by every measure", () => {
    const tables = fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 })
      .filter((weights) => weights.some((weight) => weight > 0));
    fc.assert(
      fc.property(tables, (weights) => {
        const table = { first: 2, second: 2, target: 3, weights: Float64Array.from(weights) };
        const sums = redundancies.map((measure) => {
          const { redundant, uniqueFirst, uniqueSecond, synergistic } = partialInformation(table, measure);
          expect(redundant - synergistic).toBeCloseTo(interactionInformation(table), 9);
          return redundant + uniqueFirst + uniqueSecond + synergistic;
        });
        expect(sums[1]).toBeCloseTo(sums[0]!, 9);
        expect(sums[2]).toBeCloseTo(sums[0]!, 9);
        // What BROJA calls redundant, unique or synergistic is never negative; to the accuracy of its solver.
        const broja = partialInformation(table, "broja");
        for (const part of [broja.redundant, broja.uniqueFirst, broja.uniqueSecond, broja.synergistic])
          expect(part).toBeGreaterThan(-1e-4);
        expect(broja.redundant).toBeLessThanOrEqual(partialInformation(table, "mmi").redundant + 1e-4);
      }),
      { numRuns: 60 },
    );
  });

  it("is negative interaction for synergy, positive for redundancy", () => {
    expect(interactionInformation(XOR)).toBeCloseTo(-1, 12);
    const same = gate(
      (a) => a,
      2,
      (a, b) => (a === b ? 0.5 : 0),
    );
    expect(interactionInformation(same)).toBeCloseTo(1, 12);
  });

  it("refuses weights that are none", () => {
    for (const weights of [
      [1, 2],
      new Array(8).fill(0),
      [-1, ...new Array(7).fill(1)],
      [Number.NaN, ...new Array(7).fill(1)],
    ]) {
      expect(() =>
        partialInformation({ first: 2, second: 2, target: 2, weights: Float64Array.from(weights) }, "mmi"),
      ).toThrow(InvalidInputError);
    }
  });
});
