import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import {
  interactionInformation,
  partialInformation,
  type Redundancy,
  redundancies,
} from "../../src/information/partial-information.ts";
import { Random } from "../../src/information/random.ts";
import { type SourceTable, sourceInformation, sourceTable } from "../../src/information/source-table.ts";

/** States of first, second and target, with their weights. */
type Row = readonly [first: number, second: number, target: number, weight: number];

function table(shape: readonly [number, number, number], rows: readonly Row[]): SourceTable {
  const [first, second, target] = shape;
  const weights = new Float64Array(first * second * target);
  for (const [a, b, y, weight] of rows) weights[(a * second + b) * target + y]! += weight;
  return { first, second, target, weights };
}

const gate = (of: (a: number, b: number) => number, targets = 2): SourceTable =>
  table(
    [2, 2, targets],
    [0, 1].flatMap((a) => [0, 1].map((b) => [a, b, of(a, b), 1] as const)),
  );

const AND = gate((a, b) => a * b);
const XOR = gate((a, b) => a ^ b);
const COPY = gate((a, b) => 2 * a + b, 4);
const UNIQUE_SECOND = gate((_, b) => b);
const REDUCED_OR = table(
  [2, 2, 2],
  [
    [0, 0, 0, 2],
    [0, 1, 1, 1],
    [1, 0, 1, 1],
  ],
);

/** Redundant, unique of the first, unique of the second, synergistic. */
type Parts = readonly [number, number, number, number];

/** The measure that decides is told with each value; where two agree, both are tested. */
const REFERENCE: readonly (readonly [string, SourceTable, Redundancy, Parts])[] = [
  // dit's tests give four digits; 3/4 lb 4/3 is the closed form.
  ...redundancies.map((measure) => ["AND", AND, measure, [0.75 * Math.log2(4 / 3), 0, 0, 0.5]] as const),
  ...redundancies.map((measure) => ["XOR", XOR, measure, [0, 0, 0, 1]] as const),
  ["COPY", COPY, "minimum", [1, 0, 0, 1]],
  ["COPY", COPY, "mmi", [1, 0, 0, 1]],
  ["COPY", COPY, "broja", [0, 1, 1, 0]],
  ["reduced OR", REDUCED_OR, "broja", [0.31127812445913283, 0, 0, 0.6887218755408672]],
  ...redundancies.map((measure) => ["unique", UNIQUE_SECOND, measure, [0, 0, 1, 0]] as const),
];

const values = (found: ReturnType<typeof partialInformation>): Parts => [
  found.redundant,
  found.uniqueFirst,
  found.uniqueSecond,
  found.synergistic,
];

const SEED = 8;
const tables = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }))
  .chain(([first, second, target]) => {
    const cells = first * second * target;
    return fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: cells, maxLength: cells })
      .filter((weights) => weights.some((weight) => weight > 0))
      .map((weights): SourceTable => ({ first, second, target, weights: Float64Array.from(weights) }));
  });

describe("the parts of information", () => {
  it.each(REFERENCE)("of %s are those of the reference: %#", (_, table, measure, expected) => {
    const found = partialInformation(table, measure);
    expect(found.measure).toBe(measure);
    for (const [k, part] of values(found).entries()) expect(Math.abs(part - expected[k]!)).toBeLessThan(1e-12);
  });

  it("add up, by every measure", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const { first, second, both } = sourceInformation(table);
        for (const measure of redundancies) {
          const [redundant, uniqueFirst, uniqueSecond, synergistic] = values(partialInformation(table, measure));
          expect(redundant + uniqueFirst).toBeCloseTo(first, 12);
          expect(redundant + uniqueSecond).toBeCloseTo(second, 12);
          expect(redundant + uniqueFirst + uniqueSecond + synergistic).toBeCloseTo(both, 12);
          expect(redundant - synergistic).toBeCloseTo(interactionInformation(table).bits, 12);
        }
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it("are not negative by these three measures, and no redundancy exceeds that of the lesser source", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const most = partialInformation(table, "mmi").redundant;
        for (const measure of redundancies) {
          const found = partialInformation(table, measure);
          for (const part of values(found)) expect(part).toBeGreaterThan(-1e-12 - found.gap);
          expect(found.redundant).toBeLessThan(most + 1e-12 + found.gap);
        }
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it("change places with the sources, and do not mind how states are numbered", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const { first: n, second: m, target: t } = table;
        const turned = new Float64Array(table.weights.length);
        for (let a = 0; a < n; a++) {
          for (let b = 0; b < m; b++) {
            for (let y = 0; y < t; y++)
              turned[((m - 1 - b) * n + a) * t + (t - 1 - y)] = table.weights[(a * m + b) * t + y]!;
          }
        }
        for (const measure of redundancies) {
          const found = partialInformation(table, measure);
          const other = partialInformation({ first: m, second: n, target: t, weights: turned }, measure);
          const [redundant, uniqueFirst, uniqueSecond, synergistic] = values(found);
          // Both optima are within their gaps of the same minimum.
          const close = 1e-12 + found.gap + other.gap;
          for (const [k, part] of [redundant, uniqueSecond, uniqueFirst, synergistic].entries())
            expect(Math.abs(values(other)[k]! - part)).toBeLessThan(close);
        }
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it("take counts of labels, and any scale", () => {
    const [first, second] = [
      [0, 0, 1, 1],
      [0, 1, 0, 1],
    ];
    const counted = sourceTable(first!, second!, [0, 0, 0, 1]);
    expect(counted).toEqual(AND);
    const scaled = { ...AND, weights: AND.weights.map((weight) => 1e6 * weight) };
    expect(partialInformation(scaled, "minimum").redundant).toBeCloseTo(0.75 * Math.log2(4 / 3), 12);
  });

  it("interact below 0 where there is synergy, above where there is redundancy", () => {
    expect(interactionInformation(XOR).bits).toBeCloseTo(-1, 12);
    expect(interactionInformation(sourceTable([0, 1], [0, 1], [0, 1])).bits).toBeCloseTo(1, 12);
    // Of a law it is exact; of counts it has the error of their sampling.
    expect(interactionInformation({ ...XOR, weights: XOR.weights.map((weight) => weight * 0.3) })).toMatchObject({
      standardError: 0,
      samples: 0,
      method: "exact",
    });
    const random = new Random(7);
    const runs = Array.from({ length: 80 }, () => {
      const [first, second] = [0, 1].map(() => Int32Array.from({ length: 400 }, () => random.below(2)));
      const target = first!.map((a, k) => (random.uniform() < 0.2 ? random.below(2) : a & second![k]!));
      return interactionInformation(sourceTable(first!, second!, target));
    });
    const mean = runs.reduce((sum, { bits }) => sum + bits, 0) / runs.length;
    const spread = Math.sqrt(runs.reduce((sum, { bits }) => sum + (bits - mean) ** 2, 0) / (runs.length - 1));
    const said = Math.sqrt(runs.reduce((sum, { standardError }) => sum + standardError ** 2, 0) / runs.length);
    // 80 runs know a deviation to 8 %; four times that.
    expect(Math.abs(said / spread - 1)).toBeLessThan(0.32);
    expect(runs[0]!.samples).toBe(400);
  });

  it("refuse what is no distribution", () => {
    const bad: SourceTable["weights"][] = [new Float64Array(8), Float64Array.of(1), new Float64Array(8).fill(-1)];
    for (const weights of [...bad, new Float64Array(8).fill(Number.NaN)]) {
      for (const measure of redundancies)
        expect(() => partialInformation({ ...AND, weights }, measure)).toThrow(InvalidInputError);
      expect(() => interactionInformation({ ...AND, weights })).toThrow(InvalidInputError);
    }
    expect(() => sourceTable([0, 1], [0], [0])).toThrow("three lists of the same length");
    expect(() => sourceTable([0.5], [0], [0])).toThrow("labels, whole numbers from 0");
    expect(() => sourceTable([1e6], [1e6], [1])).toThrow("cells");
  });
});
