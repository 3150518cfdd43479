/** What every information must do, whatever the numbers: invariances, inequalities and the chain rule. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/datasets/dataset.ts";
import { contingencyTable, informationFromCounts } from "../../src/information/contingency.ts";
import { entropyFromCounts } from "../../src/information/entropy-estimators.ts";
import { jointInformation } from "../../src/information/o-information.ts";
import { partialInformation, redundancies } from "../../src/information/partial-information.ts";
import { sourceInformation, sourceTable } from "../../src/information/source-table.ts";
import { network } from "../../src/model/model.ts";
import { neuronInformation } from "../../src/observational/neuron-information.ts";
import { pairwiseBounds } from "../../src/observational/pairwise-bounds.ts";

const states = (most: number, rows: number) =>
  fc.array(fc.integer({ min: 0, max: most - 1 }), { minLength: rows, maxLength: rows });
const triple = fc
  .integer({ min: 2, max: 60 })
  .chain((rows) => fc.tuple(states(4, rows), states(3, rows), states(5, rows)));

const information = (x: readonly number[], y: readonly number[]) => informationFromCounts(contingencyTable(x, y)).bits;
const entropy = (x: readonly number[]) => {
  const counts = new Array<number>(8).fill(0);
  for (const state of x) counts[state]!++;
  return entropyFromCounts(counts, "plug-in").bits;
};

describe("information of counts", () => {
  it("is 0 or more, at most either entropy, and the same from both sides", () => {
    fc.assert(
      fc.property(triple, ([x, y]) => {
        const found = information(x, y);
        expect(found).toBeGreaterThanOrEqual(-1e-12);
        expect(found).toBeLessThanOrEqual(Math.min(entropy(x), entropy(y)) + 1e-12);
        expect(information(y, x)).toBeCloseTo(found, 12);
      }),
    );
  });

  it("does not change when states are renamed, and does not grow when they are put together", () => {
    fc.assert(
      fc.property(triple, ([x, y]) => {
        const found = information(x, y);
        expect(
          information(
            x.map((state) => 3 - state),
            y,
          ),
        ).toBeCloseTo(found, 12);
        expect(
          information(
            x.map((state) => state >> 1),
            y,
          ),
        ).toBeLessThanOrEqual(found + 1e-12);
      }),
    );
  });

  it("adds up along a chain: I(Y; A, B) = I(Y; A) + Σ p(a) I(Y; B | a)", () => {
    fc.assert(
      fc.property(triple, ([a, b, y]) => {
        const both = jointInformation([Int32Array.from(a), Int32Array.from(b)], Int32Array.from(y)).bits;
        const given = [0, 1, 2, 3].reduce((sum, state) => {
          const rows = a.flatMap((own, row) => (own === state ? [row] : []));
          if (rows.length === 0) return sum;
          return (
            sum +
            (rows.length / a.length) *
              information(
                rows.map((row) => b[row]!),
                rows.map((row) => y[row]!),
              )
          );
        }, 0);
        expect(both).toBeCloseTo(information(a, y) + given, 10);
      }),
    );
  });
});

describe("parts of information", () => {
  it("add up to what the sources tell, by every measure", () => {
    fc.assert(
      fc.property(triple, ([a, b, y]) => {
        const table = sourceTable(a, b, y);
        const { first, second, both } = sourceInformation(table);
        for (const measure of redundancies) {
          const { redundant, uniqueFirst, uniqueSecond, synergistic, gap } = partialInformation(table, measure);
          expect(redundant + uniqueFirst).toBeCloseTo(first, 10);
          expect(redundant + uniqueSecond).toBeCloseTo(second, 10);
          expect(redundant + uniqueFirst + uniqueSecond + synergistic).toBeCloseTo(both, 10);
          for (const part of [redundant, uniqueFirst, uniqueSecond, synergistic])
            expect(part).toBeGreaterThan(-1e-9 - gap);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("pairwise bounds", () => {
  it("are in order, from 0 to ln N, and do not change when the points are moved or renumbered", () => {
    const points = fc.integer({ min: 2, max: 25 }).chain((rows) =>
      fc.tuple(
        fc.array(fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true })), {
          minLength: rows,
          maxLength: rows,
        }),
        fc.double({ min: 1e-3, max: 2, noNaN: true }),
      ),
    );
    fc.assert(
      fc.property(points, ([rows, variance]) => {
        const of = (values: number[][]) =>
          pairwiseBounds({ values: Float64Array.from(values.flat()), dimensions: 2 }, variance);
        const [lower, upper] = of(rows).bounds;
        expect(lower).toBeGreaterThanOrEqual(-1e-12);
        expect(lower).toBeLessThanOrEqual(upper + 1e-12);
        expect(upper).toBeLessThanOrEqual(Math.log2(rows.length) + 1e-12);
        expect(of(rows.toReversed()).bounds[1]).toBeCloseTo(upper, 10);
        expect(of(rows.map(([x, y]) => [y!, x!])).bounds[0]).toBeCloseTo(lower, 10);
      }),
    );
  });
});

describe("the information of neurons", () => {
  it("goes with the units when these are permuted, and stays when labels are renamed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 }),
        states(3, 30),
        async (weights, others) => {
          const rows = Array.from({ length: 30 }, (_, k) => [Math.sin(k), Math.cos(3 * k)]);
          const labels = others.map((label, k) => (k < 3 ? k : label));
          const of = (order: number[], rename: (label: number) => number) =>
            neuronInformation(
              network({
                layers: [
                  { weights: order.map((unit) => weights.slice(2 * unit, 2 * unit + 2)), activation: "tanh" },
                  {
                    weights: [
                      [1, 0, 0],
                      [0, 1, 0],
                      [0, 0, 1],
                    ],
                    activation: "softmax",
                  },
                ],
              }),
              dataset({ name: "rows", inputs: rows, labels: labels.map(rename) }),
            );
          const plain = await of([0, 1, 2], (label) => label);
          const turned = await of([2, 0, 1], (label) => 2 - label);
          for (const [unit, other] of [2, 0, 1].entries()) {
            expect(turned[unit]!.information).toBeCloseTo(plain[other]!.information, 12);
            expect(turned[unit]!.klSelectivity).toBeCloseTo(plain[other]!.klSelectivity, 12);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
