import { describe, expect, it } from "vitest";
import { effectiveInformation } from "../../core/src/measures/effective-information.ts";
import { mechanisms } from "../../core/src/model/graph-mechanism.ts";
import { network } from "../../core/src/model/model.ts";
import type { ValueRow } from "../../runs/src/row-tables.ts";
import { studyOptions } from "../../runs/src/study-options.ts";
import { pruningFindings } from "../src/pruning/findings.ts";
import { study, withoutSmallest } from "../src/pruning/index.ts";

const weights = [
  [0.5, -0.1, 3],
  [-2, 0.1, -0.4],
];
const model = network({ inputRange: [0, 1], layers: [{ weights, activation: "identity" }] });
const left = (fraction: number) => [...withoutSmallest(model, fraction).chain!.layers[0]!.weights];

describe("a network without its smallest weights", () => {
  it("lacks so many of each layer, the smallest first, of equals the first", () => {
    expect(left(0)).toEqual(weights.flat());
    expect(left(0.17)).toEqual([0.5, 0, 3, -2, 0.1, -0.4]);
    expect(left(0.5)).toEqual([0.5, 0, 3, -2, 0, 0]);
    expect(left(0.84)).toEqual([0, 0, 3, 0, 0, 0]);
    // What was removed stays removed, so that cuts can follow one another.
    const twice = withoutSmallest(withoutSmallest(model, 0.34), 0.67);
    expect([...twice.chain!.layers[0]!.weights]).toEqual(left(0.67));
  });

  it("transmits what the weights that are left do: one wire of slope 1 all of its bits, no wire none", async () => {
    const wires = network({ inputRange: [0, 1], layers: [{ weights: [[1, 0.001]], activation: "identity" }] });
    const ei = async (fraction: number) => {
      const [mechanism] = mechanisms(withoutSmallest(wires, fraction));
      return (
        await effectiveInformation({ ...mechanism!, outputRange: [0, 1] } as typeof mechanism & object, { bins: 8 })
      ).bits;
    };
    expect(await ei(0.5)).toBeCloseTo(3, 12);
    expect(await ei(0.99)).toBeCloseTo(0, 12);
  });
});

describe("the study pruning", () => {
  it.each([
    [[0.5, 0.2], "ascending fractions"],
    [[], "at least one fraction"],
    [[1], "below 1"],
    ["0", "at least one fraction"],
  ])("refuses fractions %j", (fractions, words) => {
    expect(() => studyOptions(study, { fractions })).toThrow(words);
  });

  const row = (fraction: number, seed: number, measure: string, value: number): ValueRow => ({
    ...{ setting: { fraction, seed, layer: measure === "testAccuracy" ? 0 : 1 }, measure, value, unit: "bits" },
    ...{ standardError: 0, method: "exact", samples: 0 },
  });
  /** By fraction: EI and accuracy, the same of two seeds but for a little. */
  const verdict = (by: Readonly<Record<number, readonly [ei: number, accuracy: number]>>) => {
    const fractions = Object.keys(by).map(Number).sort();
    const values = fractions.flatMap((fraction) =>
      [0, 1].flatMap((seed) => [
        row(fraction, seed, "ei", by[fraction]![0] + 0.01 * seed),
        row(fraction, seed, "testAccuracy", by[fraction]![1] - 0.001 * seed),
      ]),
    );
    const [finding] = pruningFindings({ fractions }, { values });
    return [finding!.verdict, finding!.because];
  };

  it("says which falls first, EI or accuracy", () => {
    expect(verdict({ 0: [9, 0.95], 0.5: [8, 0.95], 0.9: [5, 0.5] })).toEqual([
      "answered",
      "EI first falls beyond its error at 0.5, accuracy first falls beyond its error at 0.9: EI shows it first.",
    ]);
    expect(verdict({ 0: [9, 0.95], 0.5: [9, 0.7], 0.9: [5, 0.5] })[1]).toMatch(/: accuracy shows it first\.$/);
    expect(verdict({ 0: [9, 0.95], 0.5: [7, 0.7] })[1]).toMatch(/: both show it at the same cut\.$/);
    expect(verdict({ 0: [9, 0.95], 0.5: [7, 0.95] })[1]).toMatch(
      /accuracy never falls beyond its error: EI shows it first\.$/,
    );
    expect(verdict({ 0: [9, 0.95], 0.5: [9, 0.7] })).toEqual(["not settled", expect.stringMatching(/EI never falls/)]);
  });

  it("judges networks that have learned alone, and needs them whole", () => {
    expect(verdict({ 0: [9, 0.4], 0.5: [7, 0.3] })[0]).toBe("not judged");
    expect(verdict({ 0.2: [9, 0.95], 0.5: [7, 0.7] })[0]).toBe("not judged");
  });
});
