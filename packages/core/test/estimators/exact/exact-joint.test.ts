/** EI that needs no sampling, against points on a grid. */
import { describe, expect, test } from "vitest";
import { exactJoint } from "../../../src/estimators/exact/exact-joint.ts";
import { type DenseMechanism, dense } from "../../../src/model/mechanism.ts";
import { GRID, onGrid, sigmoid } from "../grid.ts";

const options = (bins: { input: number; output: number }, outside: "drop" | "clamp" = "drop") => ({
  bins,
  outside,
  memory: 1e9,
});

describe("exactJoint()", () => {
  test.each(["drop", "clamp"] as const)("one output of two inputs, %s", (outside) => {
    for (const [activation, value, outputRange] of [
      ["sigmoid", sigmoid, [0, 1]],
      ["relu", (z: number) => Math.max(0, z), [0, 1.5]],
      ["identity", (z: number) => z, [-0.5, 1]],
    ] as const) {
      const bins = { input: 5, output: 6 };
      const spec = { weights: [[3, -2]], bias: [0.25], outputRange };
      const mechanism = dense({ ...spec, activation, inputRange: [0, 1] }) as DenseMechanism;
      const found = exactJoint(mechanism, Float64Array.of(5, 3), options(bins, outside))!;
      const truth = onGrid({ ...spec, value, bins, outside, parts: [5, 3] });
      const dropped = onGrid({ ...spec, value, bins, outside: "drop", parts: [5, 3] }).outside;
      expect(Math.abs(found.bits - truth.ei)).toBeLessThan(GRID);
      expect(Math.abs(found.outside - dropped)).toBeLessThan(GRID);
      expect(found).toMatchObject({ standardError: 0, method: "exact", samples: 0 });
    }
  });

  test("one input, several outputs: every output is a function of it", () => {
    const bins = { input: 7, output: 5 };
    const column = [4, -3, 0.5];
    const bias = [-1, 2, 0];
    const mechanism = dense({ weights: column.map((w) => [w]), bias, activation: "tanh", inputRange: [0, 1] });
    const found = exactJoint(mechanism as DenseMechanism, Float64Array.of(7), options(bins))!;
    // The second input tells nothing: a grid of two is one of the first.
    const truth = onGrid({
      weights: column.map((w) => [w, 0]),
      bias,
      value: Math.tanh,
      outputRange: [-1, 1],
      bins,
      outside: "drop",
      parts: [7, 1],
    });
    expect(Math.abs(found.bits - truth.ei)).toBeLessThan(GRID);
    expect(found.outside).toBe(0);
  });

  test("identity through as many bins is log2 of their number; of no weight nothing", () => {
    const edge = (weight: number) =>
      dense({ weights: [[weight]], activation: "identity", inputRange: [0, 1], outputRange: [0, 1] }) as DenseMechanism;
    const bins = { input: 6, output: 6 };
    expect(exactJoint(edge(1), Float64Array.of(6), options(bins))!.bits).toBeCloseTo(Math.log2(6), 12);
    expect(exactJoint(edge(0), Float64Array.of(6), options(bins))!.bits).toBe(0);
  });

  test("is undefined where there are several of both, or too many cells", () => {
    const two = dense({
      weights: [
        [1, 1],
        [1, -1],
      ],
      activation: "tanh",
    }) as DenseMechanism;
    expect(exactJoint(two, Float64Array.of(2, 2), options({ input: 2, output: 2 }))).toBeUndefined();
    const wide = dense({ weights: [new Array(17).fill(1)], activation: "tanh" }) as DenseMechanism;
    expect(exactJoint(wide, new Float64Array(17).fill(2), options({ input: 2, output: 2 }))).toBeUndefined();
  });
});
