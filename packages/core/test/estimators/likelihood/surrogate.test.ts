/** The surrogate law q of output states: exact where rows are independent, never below the entropy (Gibbs), and its controls. */
import { describe, expect, test } from "vitest";
import { outputCuts } from "../../../src/estimators/engine.ts";
import { rectangleLayer } from "../../../src/estimators/likelihood/rectangle-layer.ts";
import {
  cellControls,
  controlsCells,
  logSum,
  mixed,
  type SurrogateJob,
  type SurrogateRecord,
  surrogateRecords,
} from "../../../src/estimators/likelihood/surrogate.ts";
import { type DenseMechanism, type DenseSpec, dense } from "../../../src/model/mechanism.ts";
import { GRID, type GridLayer, onGrid, sigmoid } from "../grid.ts";

const bins = { input: 4, output: 4 };

function jobOf(spec: DenseSpec, changes: Partial<SurrogateJob> = {}): SurrogateJob {
  const mechanism = dense({ inputRange: [0, 1], ...spec }) as DenseMechanism;
  const cuts = outputCuts(mechanism, { bins, outside: "drop" });
  const { layer } = rectangleLayer(mechanism, cuts, new Float64Array(mechanism.inputs).fill(bins.input));
  return { layer, seed: 1, particles: 32, jitter: 0.01, cellJitter: 0.01, wanted: "both", ...changes };
}

const records = async (job: SurrogateJob, count: number) =>
  (await surrogateRecords.run(job, { from: 0, to: count })) as SurrogateRecord[];

function meanOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

describe("surrogate records", () => {
  test("of independent rows are their marginal surprisals, on the cube and in the cell", async () => {
    const job = jobOf({
      weights: [
        [5, 0],
        [0, -6],
      ],
      bias: [-2, 3],
      activation: "sigmoid",
    });
    for (const { output, marginal, cell, cellMarginal, guarded } of await records(job, 200)) {
      expect(output).toBeCloseTo(marginal, 9);
      // The cell's law is a table, linear between points: off by less than 1e-7.
      expect(cell).toBeCloseTo(cellMarginal, 5);
      expect(guarded).toBe(0);
    }
  });

  const layers: [string, Omit<GridLayer, "bins" | "outside" | "parts"> & { activation: "sigmoid" | "tanh" }][] = [
    [
      "rows at an angle",
      {
        weights: [
          [4, -3],
          [2, 5],
        ],
        bias: [-0.5, -3],
        activation: "sigmoid",
        value: sigmoid,
        outputRange: [0, 1],
      },
    ],
    [
      "rows that are nearly the same",
      {
        weights: [
          [2, 2],
          [2, 1.5],
        ],
        bias: [-2, -1.75],
        activation: "tanh",
        value: Math.tanh,
        outputRange: [-1, 1],
      },
    ],
  ];
  test.each(layers)("of %s: on average no less than the entropies, and near them", async (_, { value, ...spec }) => {
    const truth = onGrid({ ...spec, value, bins, outside: "drop", parts: [4, 4] });
    const found = await records(jobOf(spec), 3000);
    for (const [name, entropy] of [
      ["output", truth.output],
      ["cell", truth.withinCells],
    ] as const) {
      const { mean, error } = meanOf(found.map((record) => record[name]));
      expect(mean).toBeGreaterThan(entropy - 4 * error - GRID);
      // A Gaussian copula of two rows is not theirs, but not far from it.
      expect(mean).toBeLessThan(entropy + 0.25 + 4 * error);
    }
    // Controls have known means: Σ_j H(ŷ_j) of surprisals, 0 of spreads.
    const spread = meanOf(found.map((record) => record.spread));
    expect(Math.abs(spread.mean)).toBeLessThan(4 * spread.error);
    const cellSpread = meanOf(found.map((record) => record.cellSpread));
    expect(cellSpread.error).toBeGreaterThan(0);
  });

  test("cell controls sum Σ_j H(ŷ_j | cell) over random cells", async () => {
    const { value, ...spec } = layers[0]![1];
    const job = jobOf(spec);
    expect(controlsCells(job.layer)).toBe(true);
    const count = 4000;
    const { sum, squares } = await cellControls.run(job, { from: 0, to: count });
    const truth = onGrid({ ...spec, value, bins, outside: "drop", parts: [4, 4] }).singleWithinCells;
    const mean = sum / count;
    const error = Math.sqrt((squares / count - mean * mean) / count);
    expect(Math.abs(mean - truth[0]! - truth[1]!)).toBeLessThan(4 * error + GRID);
  });

  test("the same draws have the same records, whichever shard they are in", async () => {
    const job = jobOf({
      weights: [
        [1, 2],
        [3, -1],
      ],
      activation: "sigmoid",
    });
    const later = await surrogateRecords.run(job, { from: 3, to: 6 });
    expect(later).toEqual((await records(job, 6)).slice(3));
  });
});

describe("logarithms of sums", () => {
  test.each([
    [-1, -2],
    [-700, -701],
    [-1e5, -3],
  ])("ln(e^%d + e^%d)", (a, b) => {
    const expected = Math.max(a, b) + Math.log(1 + Math.exp(-Math.abs(a - b)));
    expect(logSum(a, b)).toBeCloseTo(expected, 12);
    expect(logSum(b, a)).toBe(logSum(a, b));
  });

  test("of nothing is nothing", () => {
    expect(logSum(-Infinity, -Infinity)).toBe(-Infinity);
    expect(logSum(-Infinity, -2)).toBe(-2);
  });

  test("the mixture takes 1 % of independent rows, also where the copula finds nothing", () => {
    expect(Math.exp(mixed(Math.log(0.5), Math.log(0.1)))).toBeCloseTo(0.99 * 0.5 + 0.01 * 0.1, 12);
    expect(Math.exp(mixed(-Infinity, Math.log(0.1)))).toBeCloseTo(0.001, 12);
  });
});
