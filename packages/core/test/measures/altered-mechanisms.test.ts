/** Mechanisms that were changed by hand after they were made, and what is no mechanism or estimate at all. */
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../src/checks/error-classes.ts";
import type { Estimate } from "../../src/information/estimate.ts";
import { degeneracy } from "../../src/measures/degeneracy.ts";
import { effectiveInformation } from "../../src/measures/effective-information.ts";
import { integration } from "../../src/measures/integration.ts";
import { sensitivity } from "../../src/measures/sensitivity.ts";
import { activation } from "../../src/model/activation.ts";
import { dense, type Mechanism } from "../../src/model/mechanism.ts";

const whole = dense({ weights: [[1, 2]], activation: "sigmoid" });

describe("a mechanism is refused that was given", () => {
  const cases: [what: string, changed: object, message: RegExp][] = [
    ["half an input", { inputs: 1.5 }, /inputs: expected a whole number of at least 1; got 1\.5/],
    ["no outputs", { outputs: 0 }, /outputs: expected a whole number of at least 1; got 0/],
    ["more inputs than ranges", { inputs: 3 }, /inputRanges: expected 3 ranges.*got 2/],
    [
      "a range without an end",
      {
        inputRanges: [
          [0, 1],
          [0, Number.NaN],
        ],
      },
      /inputRanges \[1\].*\[0, NaN\]/,
    ],
    ["no output range", { outputRange: undefined }, /outputRange.*got nothing/],
    ["more outputs than weights", { outputs: 2 }, /dense\.weights: expected 4 weights, 2 × 2; got 2/],
  ];
  for (const [what, changed, message] of cases) {
    test(what, async () => {
      for (const measure of [sensitivity, effectiveInformation]) {
        const found = measure({ ...whole, ...changed } as Mechanism, { bins: 8 });
        await expect(found).rejects.toThrow(InvalidInputError);
        await expect(found).rejects.toThrow(message);
      }
    });
  }
});

describe("refused is", () => {
  const { value } = { value: (z: number) => z };
  const cases: [what: string, call: () => unknown, message: RegExp][] = [
    [
      "a number for an estimate",
      () => degeneracy(7 as never, 8 as never),
      /degeneracy\(\): expected an estimate.*got 7/,
    ],
    [
      "an object for an estimate",
      () => integration({} as Estimate, {} as Estimate),
      /integration\(\): expected an estimate/,
    ],
    [
      "a default range that is none",
      () => activation({ name: "own", value, defaultRange: [Number.NaN, 1] }),
      /own: defaultRange: expected.*\[NaN, 1\]/,
    ],
    [
      "a list of ranges of another length, without a look at each",
      () => dense({ weights: [[1]], activation: "sigmoid", inputRange: new Array(2 ** 32 - 1) }),
      /expected one range, or 1, one for each input; got 4294967295/,
    ],
    ["no layer to make", () => dense(undefined as never), /dense\(\): expected an object of options; got nothing/],
  ];
  for (const [what, call, message] of cases) {
    test(what, () => {
      expect(call).toThrow(InvalidInputError);
      expect(call).toThrow(message);
    });
  }
});
