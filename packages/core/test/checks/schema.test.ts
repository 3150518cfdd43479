/** Values read by a schema: what is wrong is said in four parts, and what a form or a table needs is told. */
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { FormatError, InvalidInputError } from "../../src/checks/error-classes.ts";
import { defaultsOf, fieldsOf } from "../../src/checks/schema/fields.ts";
import { callback } from "../../src/checks/schema/instance-of.ts";
import { listOf } from "../../src/checks/schema/lists.ts";
import { fits, parse } from "../../src/checks/schema/parse.ts";
import { described, options, rule } from "../../src/checks/schema/records.ts";
import {
  above,
  bins,
  finite,
  flag,
  number,
  oneOf,
  positive,
  positiveInteger,
  probability,
  range,
  seed,
  text,
  whole,
} from "../../src/checks/schema/scalars.ts";

const study = options({
  seeds: v.optional(described(listOf(seed, { distinct: true }), "Seeds of the networks."), [0, 1]),
  tolerance: v.optional(described(positive, "Standard error at which sampling stops.", "bits"), 0.01),
  bins: described(bins, "Bins of a unit."),
  outside: v.optional(described(oneOf(["drop", "clamp"]), "What becomes of outputs outside the range."), "drop"),
  noise: v.optional(options({ kind: oneOf(["uniform", "gaussian"]), mean: v.optional(finite) })),
  force: v.optional(flag),
});

function refusal(schema: v.GenericSchema, value: unknown, who: Parameters<typeof parse>[2] = "study()"): string {
  try {
    parse(schema, value, who);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
  throw new Error("was taken");
}

describe("parse", () => {
  test("fills in defaults, and leaves out what has none", () => {
    expect(parse(study, { bins: 8, outside: "clamp", force: undefined }, "study()")).toEqual({
      seeds: [0, 1],
      tolerance: 0.01,
      bins: 8,
      outside: "clamp",
    });
  });

  test.each<[value: unknown, message: string]>([
    [{ bins: 8, tolerance: 0 }, "study(): tolerance: expected a number above 0; got 0."],
    [{ bins: 8, tolerance: "0.1" }, 'study(): tolerance: expected a number above 0; got "0.1".'],
    [{ bins: 8, tolerance: Number.NaN }, "study(): tolerance: expected a number above 0; got NaN."],
    [{ bins: 8, tolerance: null }, "study(): tolerance: expected a number above 0; got null."],
    [{ bins: 8, tolerance: 1n }, "study(): tolerance: expected a number above 0; got 1."],
    [{ bins: 8, seeds: [0, -1] }, "study(): seeds[1]: expected a whole number from 0 to 2^53 − 1; got -1."],
    [{ bins: 8, seeds: [3, 3] }, "study(): seeds: expected an array of at least one, all different; got [3, 3]."],
    [{ bins: 8, seeds: [] }, "study(): seeds: expected an array of at least one, all different; got an empty array."],
    [{ bins: 8, seeds: 3 }, "study(): seeds: expected an array of at least one, all different; got 3."],
    [
      { bins: 1 },
      "study(): bins: expected a whole number from 2 to 65,536, or { input, output } with two of them; got 1.",
    ],
    [{ bins: { input: 8, output: 1 } }, "study(): bins.output: expected a whole number from 2 to 65,536; got 1."],
    [{ bins: { input: 8 } }, "study(): bins.output: expected a whole number from 2 to 65,536; got nothing."],
    [
      { bins: { inputs: 8, output: 4 } },
      'study(): bins: expected one of the options input, output; got "inputs". Did you mean input?',
    ],
    [
      {},
      "study(): bins: expected a whole number from 2 to 65,536, or { input, output } with two of them; got nothing.",
    ],
    [{ bins: 8, outside: "drp" }, 'study(): outside: expected "drop" or "clamp"; got "drp". Did you mean "drop"?'],
    [{ bins: 8, noise: [] }, "study(): noise: expected an object of options; got an empty array."],
    [
      { bins: 8, noise: { kind: "uniform", mean: Infinity } },
      "study(): noise.mean: expected a finite number; got Infinity.",
    ],
    [
      { bins: 8, noise: { kind: "uniform", means: 0 } },
      'study(): noise: expected one of the options kind, mean; got "means". Did you mean mean?',
    ],
    [
      { bin: 8, tolerance: -1 },
      'study(): expected one of the options seeds, tolerance, bins, outside, noise, force; got "bin". Did you mean bins?',
    ],
    [[], "study(): expected an object of options; got an empty array."],
    [[{ bins: 8 }], "study(): expected an object of options; got an array of 1."],
    [new Float64Array(3), "study(): expected an object of options; got bytes or numbers."],
    [null, "study(): expected an object of options; got null."],
    ["bins", 'study(): expected an object of options; got "bins".'],
    [() => 8, "study(): expected an object of options; got a function."],
  ])("refuses %o in four parts", (value, message) => {
    expect(refusal(study, value)).toBe(message);
  });

  test("names an option as the caller does, and what is inside it after that", () => {
    const flagOf = (option: string) => `--${option}`;
    expect(refusal(study, { bins: 8, seeds: [0, 0.5] }, flagOf)).toMatch(/^--seeds\[1\]: expected a whole number/);
    expect(refusal(study, { bins: 1 }, flagOf)).toMatch(/^--bins: expected/);
  });

  test("throws the kind of error that is asked for", () => {
    expect(() => parse(study, {}, "run.json", FormatError)).toThrow(FormatError);
  });

  test("shows little of what is long, and writes control characters out", () => {
    expect(
      refusal(
        text,
        Array.from({ length: 1e6 }, () => "x"),
      ),
    ).toBe("study(): expected a string; got an array of 1000000.");
    expect(refusal(finite, "x".repeat(1e6)).length).toBeLessThan(200);
    expect(refusal(oneOf(["a"]), "\u001b[31m")).toContain(String.raw`\u001b[31m`);
  });

  test("does not take names of the object's prototype for options", () => {
    expect(refusal(study, { bins: 8, constructor: 1 })).toContain('got "constructor"');
    expect(refusal(study, JSON.parse('{"bins": 8, "__proto__": 1}'))).toContain('got "__proto__"');
  });

  test("never throws anything but the error in four parts", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true }), (value) => {
        for (const key of ["seeds", "tolerance", "bins", "outside", "noise", "force"]) {
          for (const given of [value, { bins: 8, [key]: value }]) {
            try {
              parse(study, given, "study()");
            } catch (error) {
              expect(error).toBeInstanceOf(InvalidInputError);
            }
          }
        }
      }),
    );
  });

  test("checks rules between options once each of them is right", () => {
    const ruled = v.pipe(
      options({ method: oneOf(["auto", "plug-in"]), threshold: v.optional(positive) }),
      rule(({ method, threshold }) =>
        threshold !== undefined && method !== "plug-in"
          ? { at: "threshold", expected: 'method "plug-in"', got: method, remedy: "Leave threshold out." }
          : undefined,
      ),
    );
    expect(refusal(ruled, { method: "auto", threshold: 1 })).toBe(
      'study(): threshold: expected method "plug-in"; got auto. Leave threshold out.',
    );
    expect(refusal(ruled, { method: "auto", threshold: -1 })).toContain("a number above 0");
    expect(refusal(ruled, { method: "auto", treshold: 1 })).toContain("Did you mean threshold?");
    expect(parse(ruled, { method: "plug-in", threshold: 1 }, "study()")).toEqual({ method: "plug-in", threshold: 1 });
  });
});

describe("kinds of value", () => {
  test.each<[name: string, schema: v.GenericSchema, taken: readonly unknown[], refused: readonly unknown[]]>([
    ["whole", whole(1, 10), [1, 10], [0, 11, 1.5, "1", Number.NaN, null, [1], true]],
    ["seed", seed, [0, Number.MAX_SAFE_INTEGER], [-1, 2 ** 53, Infinity]],
    ["positiveInteger", positiveInteger, [1], [0]],
    ["finite", finite, [-1e308, 0], [Infinity, -Infinity, Number.NaN, undefined]],
    ["number", number(-1, 1), [-1, 1], [-1.1, 1.1]],
    ["positive", positive, [5e-324], [0, -1, Infinity]],
    ["above", above(0, 1), [0.5, 1], [0, 1.1]],
    ["probability", probability, [0, 1], [-0.1, 1.1]],
    [
      "range",
      range,
      [[-1, 1]],
      [[1, 1], [1, -1], [0], [0, 1, 2], [0, Infinity], [-1e308, 1e308], "0,1", { 0: 0, 1: 1 }],
    ],
    ["bins", bins, [2, 65536, { input: 2, output: 3 }], [1, 65537, 2.5, { input: 2 }, [2, 2], "8"]],
    [
      "listOf",
      listOf(finite, { least: 0, most: 2 }),
      [[], [1, 2]],
      [[1, 2, 3], ["1"], { length: 1 }, Float64Array.of(1)],
    ],
    ["flag", flag, [true, false], [0, 1, "true", null]],
    ["text", text, ["", "a"], [1, null]],
    ["callback", callback, [() => 1, Math.max], [{}, "f"]],
  ])("%s takes what it says, and nothing else", (_, schema, taken, refused) => {
    for (const value of taken) expect([value, fits(schema, value)]).toEqual([value, true]);
    for (const value of refused) expect([value, fits(schema, value)]).toEqual([value, false]);
  });
});

describe("fieldsOf", () => {
  test("tells what forms, flags, help and tables are made of", () => {
    expect(fieldsOf(study)).toMatchObject([
      {
        name: "seeds",
        kind: "list",
        description: "Seeds of the networks.",
        required: false,
        default: [0, 1],
        items: { kind: "whole number", least: 0, expected: "a whole number from 0 to 2^53 − 1" },
      },
      { name: "tolerance", kind: "number", least: 0, above: true, unit: "bits", default: 0.01, required: false },
      { name: "bins", kind: "bins", least: 2, most: 65536, required: true },
      { name: "outside", kind: "choice", names: ["drop", "clamp"], default: "drop" },
      {
        name: "noise",
        kind: "record",
        fields: [
          { name: "kind", required: true },
          { name: "mean", required: false },
        ],
      },
      { name: "force", kind: "flag", required: false, expected: "true or false" },
    ]);
  });

  test("has the same of a schema with rules", () => {
    expect(
      fieldsOf(
        v.pipe(
          study,
          rule(() => undefined),
        ),
      ),
    ).toEqual(fieldsOf(study));
  });

  test("defaultsOf has the defaults alone", () => {
    expect(defaultsOf(study)).toEqual({ seeds: [0, 1], tolerance: 0.01, outside: "drop" });
  });
});
