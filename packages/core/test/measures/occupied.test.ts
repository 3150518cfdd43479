/** How many output bins are in use, and the range that fits: by hand where a distribution is known. */
import { describe, expect, test } from "vitest";
import { fittingRange } from "../../src/estimators/occupied.ts";
import { Random } from "../../src/information/random.ts";
import { degeneracy } from "../../src/measures/degeneracy.ts";
import { eiParts } from "../../src/measures/edge-information.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { sensitivity } from "../../src/measures/sensitivity.ts";
import { chain } from "../../src/model/graph-mechanism.ts";
import { dense } from "../../src/model/mechanism.ts";
import { network } from "../../src/model/model.ts";

const identity = (slope: number, outputRange?: readonly [number, number]) =>
  dense({ weights: [[slope]], activation: "identity", inputRange: [0, 1], ...(outputRange && { outputRange }) });

describe("occupied", () => {
  test("counts the bins of a uniform output: y = x/2 on 0 … 1 fills half of them", async () => {
    for (const measure of [effectiveInformation, eiParts, sensitivity]) {
      expect((await measure(identity(0.5, [0, 1]), { bins: 16 })).occupied).toBe(8);
    }
    const [single, whole] = [
      await sensitivity(identity(0.5, [0, 1]), { bins: 16 }),
      await effectiveInformation(identity(0.5, [0, 1]), { bins: 16 }),
    ];
    expect(degeneracy(single, whole).occupied).toBe(8);
  });

  test("takes all outputs together", async () => {
    const two = dense({
      weights: [[0.25], [-0.25]],
      bias: [0, 1],
      activation: "identity",
      inputRange: [0, 1],
      outputRange: [0, 1],
    });
    expect((await eiParts(two, { bins: 16 })).occupied).toBe(8);
  });

  test("of a chain of layers is counted from samples", async () => {
    const net = network({
      layers: [
        { weights: [[1]], activation: "identity" },
        { weights: [[0.5]], activation: "identity" },
      ],
    });
    const both = chain(net, { from: 0, to: 1, inputRange: [0, 1], outputRange: [0, 1] });
    expect((await effectiveInformation(both, { bins: 16 })).occupied).toBe(8);
  });
});

describe("a default range that does not fit", () => {
  const random = new Random(4);
  const relu = dense({
    weights: Array.from({ length: 20 }, () => Array.from({ length: 200 }, () => 0.05 * (2 * random.uniform() - 1))),
    activation: "relu",
    inputRange: [0, 1],
  });

  test("is named, with the range that would fit, and with that range the layer tells more", async () => {
    const found = await eiParts(relu, { bins: 8 });
    expect(found.occupied).toBe(1);
    expect(found.warnings.join()).toMatch(/99\.9 % of the outputs lie in 1 of 8 bins of 0 … 10.* would fit/);
    const fitting = (await fittingRange(relu))!;
    expect(fitting[0]).toBe(0);
    expect(fitting[1]).toBeLessThan(2);
    const fitted = await eiParts({ ...relu, outputRange: fitting }, { bins: 8 });
    expect(fitted.bits).toBeGreaterThan(10 * found.bits);
    expect(fitted.warnings).toEqual(expect.not.arrayContaining([expect.stringMatching(/would fit/)]));
  });

  test("is named where most outputs lie beyond it, and with the range that fits they do not", async () => {
    const beyond = dense({ weights: [[40], [60]], bias: [5, 2], activation: "relu", inputRange: [0, 1] });
    const found = await effectiveInformation(beyond, { bins: 8 });
    expect(found.outside).toBeGreaterThan(0.8);
    expect(found.warnings.join()).toMatch(/0 … 10, .* is too narrow; \d+ … \d+ would fit/);
    const fitted = await effectiveInformation({ ...beyond, outputRange: (await fittingRange(beyond))! }, { bins: 8 });
    expect(fitted.outside).toBeLessThan(0.01);
    expect(fitted.warnings.join()).not.toContain("would fit");
  });

  test("the range that fits y = 3x + 1 on 0 … 1 holds all but 0.0005 on either side, rounded outwards", async () => {
    const layer = dense({ weights: [[3]], bias: [1], activation: "identity", inputRange: [0, 1] });
    expect(await fittingRange(layer)).toEqual([1, 4]);
  });

  test("a bounded activation, or a range that was given, brings no warning", async () => {
    const sigmoid = dense({ weights: [[0.01]], activation: "sigmoid", inputRange: [0, 1] });
    for (const layer of [sigmoid, identity(0.01, [0, 1])]) {
      const found = await eiParts(layer, { bins: 16 });
      expect(found.occupied).toBeLessThan(4);
      expect(found.warnings.join()).not.toContain("would fit");
    }
  });
});
