/** What a caller hears who passes values that no estimator has an answer to. */
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import { gTest, informationFromCounts } from "../../src/information/contingency.ts";
import { entropyFromCounts, grassbergerEntropy1988 } from "../../src/information/entropy-estimators.ts";
import { mixtureInformation } from "../../src/information/gaussian-mixture.ts";
import { neighbourEntropy } from "../../src/information/nearest-neighbours.ts";
import { interactionInformation, partialInformation } from "../../src/information/partial-information.ts";
import { gaussianDivergence, pacBayesBound } from "../../src/observational/generalization-bounds.ts";

const table = { rows: 2, columns: 2, counts: Float64Array.of(3, 1, 1, 3) };
const sources = { first: 2, second: 2, target: 2, weights: new Float64Array(8).fill(1) };

describe("a table of counts is refused", () => {
  const cases: [what: string, table: unknown, message: RegExp][] = [
    ["of another size", { ...table, rows: 3 }, /expected 6 counts, 3 × 2; got 4/],
    ["with a part of a row", { ...table, rows: 1.5 }, /rows: expected a whole number of at least 1; got 1\.5/],
    ["without columns", { ...table, columns: 0 }, /columns: expected a whole number of at least 1; got 0/],
    [
      "with a negative count",
      { ...table, counts: Float64Array.of(3, -1, 1, 3) },
      /whole numbers of at least 0; got -1 at 1/,
    ],
    ["with NaN", { ...table, counts: Float64Array.of(3, 1, Number.NaN, 3) }, /got NaN at 2/],
    ["with half a count", { ...table, counts: Float64Array.of(3, 1, 1, 0.5) }, /got 0\.5 at 3/],
    ["without an observation", { ...table, counts: new Float64Array(4) }, /at least one observation; got none/],
    ["without counts", { rows: 2, columns: 2 }, /expected counts, in an array or a typed array; got nothing/],
    ["that is none", null, /expected a table of counts.*got null/],
  ];
  for (const [what, wrong, message] of cases) {
    test(what, () => {
      for (const measure of [informationFromCounts, gTest]) {
        const call = () => measure(wrong as typeof table);
        expect(call).toThrow(InvalidInputError);
        expect(call).toThrow(message);
      }
    });
  }
});

describe("refused is", () => {
  const cases: [what: string, call: () => unknown, message: RegExp][] = [
    [
      "an unknown denominator",
      () => grassbergerEntropy1988([3, 1], "n+1" as "n + 1"),
      /"n \+ 1".*got "n\+1"|n \+ 1.*got "n\+1"/,
    ],
    ["an unknown redundancy", () => partialInformation(sources, "least" as "mmi"), /minimum.*got "least"/],
    ["half a state", () => interactionInformation({ ...sources, first: 0.5, second: 8 }), /number of states.*got 0\.5/],
    [
      "counts that are a number",
      () => entropyFromCounts(4 as unknown as number[], "plug-in"),
      /expected counts.*got 4/,
    ],
    ["a weight that is NaN", () => gaussianDivergence([Number.NaN], [0], 1), /finite numbers; got NaN at 0/],
    ["bits that are null", () => pacBayesBound(null as unknown as number, 10), /bits: expected.*got nothing/],
    [
      "half a dimension",
      () => neighbourEntropy({ values: Float64Array.of(1, 2, 3), dimensions: 1.5 }, 2),
      /dimensions.*got 1\.5/,
    ],
    [
      "a variance whose distances overflow",
      () => mixtureInformation({ values: Float64Array.of(0, 1, 2), dimensions: 1 }, undefined, 1e308),
      /variance: expected a number above 0, at most 1e300; got 1e\+308/,
    ],
  ];
  for (const [what, call, message] of cases) {
    test(what, () => {
      expect(call).toThrow(InvalidInputError);
      expect(call).toThrow(message);
    });
  }

  test("no variance that has an answer", () => {
    const { bits } = mixtureInformation({ values: Float64Array.of(0, 1, 2), dimensions: 1 }, undefined, 1e300);
    expect(bits).toBeCloseTo(0, 9);
  });
});
