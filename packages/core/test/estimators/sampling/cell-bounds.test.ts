/** What single outputs tell of E H(Ŷ | cell), against points on a grid. */
import { describe, expect, test } from "vitest";
import { cellBounds } from "../../../src/estimators/counting/cell-bounds.ts";
import { unitLayer } from "../../../src/estimators/counting/unit-layer.ts";
import { outputCuts } from "../../../src/estimators/engine.ts";
import { cellLaws, outputLaws } from "../../../src/estimators/exact/marginals.ts";
import { type DenseMechanism, dense } from "../../../src/model/mechanism.ts";
import { GRID, onGrid, sigmoid } from "../grid.ts";

const weights = [
  [6, -5],
  [3, 7],
];
const bias = [-0.5, -4];

function boundsOf(parts: readonly number[], output: number) {
  const bins = { input: 4, output };
  const mechanism = dense({ weights, bias, activation: "sigmoid", inputRange: [0, 1] }) as DenseMechanism;
  const layer = unitLayer(mechanism, outputCuts(mechanism, { bins, outside: "drop" }));
  const all = Float64Array.from(parts);
  const found = cellBounds(layer, cellLaws(mechanism, outputLaws(mechanism), all), all, 3);
  const truth = onGrid({ weights, bias, value: sigmoid, outputRange: [0, 1], bins, outside: "drop", parts });
  return { found, truth };
}

describe("cellBounds()", () => {
  test.each([
    [[4, 4], 4],
    [[6, 2], 8],
    [[1, 5], 16],
  ])(
    "cells that are all looked at (%j, %i bins): the largest output's entropy, and the sum of all",
    (parts, output) => {
      const { found, truth } = boundsOf(parts, output);
      const [a, b] = truth.singleWithinCells as [number, number];
      expect(Math.abs(found.least - Math.max(a, b))).toBeLessThan(GRID);
      expect(Math.abs(found.most - (a + b))).toBeLessThan(2 * GRID);
      expect(truth.withinCells).toBeGreaterThan(found.least - GRID);
      expect(truth.withinCells).toBeLessThan(found.most + GRID);
    },
  );

  test("of many cells some are drawn, and the bounds are let out by what chance can do", () => {
    const { found, truth } = boundsOf([120, 90], 16);
    const [a, b] = truth.singleWithinCells as [number, number];
    // Cells of 12 × 16 points: their entropies are off by more than those of large ones.
    expect(found.least).toBeLessThan(Math.max(a, b) + 0.03);
    expect(found.most).toBeGreaterThan(a + b - 0.03);
    expect(found.most - found.least).toBeLessThan(a + b);
  });
});
