/** The same of mechanisms known only by their values: against points on a grid. */
import { describe, expect, test } from "vitest";
import type { SamplingOptions } from "../../../src/estimators/engine.ts";
import { Binner } from "../../../src/estimators/plug-in/binner.ts";
import { conditionalOfBlackBox } from "../../../src/estimators/plug-in/black-box.ts";
import { binEdges, OUTSIDE } from "../../../src/information/bins.ts";
import { blackBox } from "../../../src/model/mechanism.ts";
import { GRID, onGrid } from "../grid.ts";

const bins = { input: 4, output: 4 };
const effort: SamplingOptions = {
  bins,
  outside: "drop",
  seed: 1,
  tolerance: 0.03,
  samples: 1e6,
  memory: 1e9,
  method: "conditional",
};
const weights = [
  [4, -3],
  [2, 5],
];
const bias = [-0.5, -3];
/** No activation that the library has. */
const value = (z: number) => Math.sin(z) * Math.cos(z / 3);

const mechanismOf = (outputRange: readonly [number, number], own = value) =>
  blackBox({
    inputs: 2,
    outputs: 2,
    inputRange: [0, 1],
    outputRange,
    evaluate: (x) =>
      Float64Array.from(x, (_, at) => {
        const [row, j] = [at - (at % 2), at % 2];
        return own(weights[j]![0]! * x[row]! + weights[j]![1]! * x[row + 1]! + bias[j]!);
      }),
  });

describe("conditionalOfBlackBox()", () => {
  test.each([
    ["nothing outside", [-1, 1], "drop", [4, 4]],
    ["one input noise", [-1, 1], "drop", [1, 4]],
    ["a part outside, dropped", [-0.5, 0.75], "drop", [4, 4]],
    ["a part outside, clamped", [-0.5, 0.75], "clamp", [4, 4]],
  ] as const)("%s", async (_, outputRange, outside, parts) => {
    const layer = { weights, bias, value, outputRange, bins, parts };
    const truth = onGrid({ ...layer, outside });
    const dropped = onGrid({ ...layer, outside: "drop" }).outside;
    const found = await conditionalOfBlackBox(mechanismOf(outputRange), Float64Array.from(parts), {
      ...effort,
      outside,
    });
    expect(found.standardError).toBeLessThanOrEqual(effort.tolerance);
    expect(Math.abs(found.bits - truth.ei)).toBeLessThan(5 * found.standardError + GRID);
    expect(Math.abs(found.outside - dropped)).toBeLessThan(0.02);
  });

  test("NaN is an error that names output and inputs", async () => {
    const broken = mechanismOf([-1, 1], (z) => (z > 3 ? Number.NaN : Math.tanh(z)));
    await expect(conditionalOfBlackBox(broken, Float64Array.of(4, 4), effort)).rejects.toThrow(
      /expected numbers; got NaN at output [01] for the inputs \[0\.\d+, 0\.\d+\]/,
    );
  });

  test("nothing inside the output range is unknown within what the bins allow", async () => {
    const found = await conditionalOfBlackBox(mechanismOf([5, 6]), Float64Array.of(4, 4), effort);
    expect(found).toMatchObject({ outside: 1, interval: [0, 4] });
  });
});

describe("Binner", () => {
  test("puts every value between the edges that hold it, and edges above themselves", () => {
    for (const [count, low, high] of [
      [3, -0.1, 0.7],
      [10, 0, 1],
      [7, 1e6, 1e6 + 1e-3],
    ] as const) {
      const edges = binEdges(count, [low, high]);
      const [dropping, clamping] = [new Binner(count, [low, high], false), new Binner(count, [low, high], true)];
      for (const [k, edge] of edges.entries()) expect(dropping.binOf(edge)).toBe(Math.min(k, count - 1));
      for (let at = 0; at <= 1000; at++) {
        const y = low + ((high - low) * at) / 1000;
        const bin = dropping.binOf(y);
        expect(edges[bin]! <= y && (y < edges[bin + 1]! || bin === count - 1)).toBe(true);
      }
      const [under, over] = [low - (high - low), high + (high - low)];
      expect([dropping.binOf(under), dropping.binOf(over)]).toEqual([OUTSIDE, OUTSIDE]);
      expect([clamping.binOf(under), clamping.binOf(over)]).toEqual([0, count - 1]);
    }
  });
});
