import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import {
  classDivergences,
  contingencyTable,
  gTest,
  informationFromCounts,
  permutationTest,
  specificInformation,
} from "../../src/information/contingency.ts";

const TABLE = { rows: 2, columns: 3, counts: Float64Array.of(30, 10, 5, 10, 20, 25) };

describe("a table of counts", () => {
  it("has the values of the worked example", () => {
    expect(informationFromCounts(TABLE).bits).toBeCloseTo(0.1977677275, 10);
    expect(informationFromCounts(TABLE, "miller-madow").bits).toBeCloseTo(0.1833407771, 10);
    const divergences = classDivergences(TABLE);
    // The other program gave nine digits of the first and eight of the others.
    for (const [k, bits] of [0.2683483147, 0.040702852, 0.26072516].entries())
      expect(divergences[k]).toBeCloseTo(bits, 8);
    const specific = specificInformation(TABLE);
    expect(specific[0]).toBeCloseTo(0.346556149, 10);
    expect(specific[1]).toBeCloseTo(0.0760317462, 10);
    const { statistic, degrees, pValue } = gTest(TABLE);
    expect([statistic.toFixed(8), degrees]).toEqual(["27.41642854", 2]);
    expect(pValue).toBeCloseTo(1.113264e-6, 12);
  });

  it("has an error that says how far it varies from sample to sample", () => {
    // By hand: the variance of the log ratio over the table, divided by N.
    let [mean, square] = [0, 0];
    const [rows, columns] = [
      [45, 55],
      [40, 30, 30],
    ];
    for (const [k, count] of TABLE.counts.entries()) {
      const ratio = Math.log2((count * 100) / (rows![Math.floor(k / 3)]! * columns![k % 3]!));
      mean += (count / 100) * ratio;
      square += (count / 100) * ratio * ratio;
    }
    expect(informationFromCounts(TABLE).standardError).toBeCloseTo(Math.sqrt((square - mean * mean) / 100), 12);
  });

  it("is symmetric, at most the smaller entropy, and the mean of what classes and states tell", () => {
    const labels = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 4 })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(labels, (pairs) => {
        const [x, y] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        const table = contingencyTable(x, y);
        const { bits } = informationFromCounts(table);
        expect(informationFromCounts(contingencyTable(y, x)).bits).toBeCloseTo(bits, 12);
        const own = informationFromCounts(contingencyTable(x, x)).bits;
        expect(bits).toBeLessThanOrEqual(own + 1e-12);
        const share = (list: number[], label: number) => list.filter((each) => each === label).length / list.length;
        const overClasses = classDivergences(table).reduce(
          (sum, d, b) => sum + (share(y, b) > 0 ? share(y, b) * d : 0),
          0,
        );
        expect(overClasses).toBeCloseTo(bits, 12);
        const overStates = specificInformation(table).reduce(
          (sum, i, a) => sum + (share(x, a) > 0 ? share(x, a) * i : 0),
          0,
        );
        expect(overStates).toBeCloseTo(bits, 12);
      }),
    );
  });

  it("is tested by shuffling, seeded", () => {
    const x = Array.from({ length: 60 }, (_, k) => k % 2);
    const options = { permutations: 199, seed: 1 };
    expect(permutationTest(x, x, options).pValue).toBe(1 / 200);
    const other = Array.from({ length: 60 }, (_, k) => Math.floor(k / 2) % 2);
    const found = permutationTest(x, other, options);
    expect(found.pValue).toBe(1);
    expect(permutationTest(x, other, options)).toEqual(found);
    // The mean over all shuffles is that of the hypergeometric law of one cell: n of 3 in 3 of 6.
    const [few, labels] = [
      [0, 0, 0, 1, 1, 1],
      [0, 1, 0, 1, 0, 1],
    ];
    const cell = (n: number) => (n === 0 ? 0 : (n / 6) * Math.log2((n * 6) / 9));
    const expected = [0, 1, 2, 3].reduce((sum, n) => sum + ([1, 9, 9, 1][n]! / 20) * 2 * (cell(n) + cell(3 - n)), 0);
    const { mean } = permutationTest(few!, labels!, { permutations: 20_000, seed: 0 });
    // The deviation of one shuffle is below 0.3 bit (2 of 20 have 1 bit, 18 have 0.08): 4 · 0.3 / √20000.
    expect(Math.abs(mean - expected)).toBeLessThan(0.0085);
    // Independent and large: about (rows − 1)(columns − 1)/(2 N ln 2).
    expect(found.mean).toBeCloseTo(1 / (120 * Math.LN2), 2);
  });

  it("refuses lists that do not fit", () => {
    expect(() => contingencyTable([0, 1], [0])).toThrow(InvalidInputError);
    expect(() => contingencyTable([0.5], [0])).toThrow("labels, whole numbers from 0");
    expect(() => contingencyTable([], [])).toThrow(InvalidInputError);
    expect(() => contingencyTable([1e5], [1e5])).toThrow("at most 10,000,000 cells");
    expect(() => permutationTest([0], [0], { permutations: 0, seed: 0 })).toThrow(InvalidInputError);
  });
});
