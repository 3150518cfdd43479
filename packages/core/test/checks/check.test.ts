/** Checks that functions share. */
import { describe, expect, test } from "vitest";
import { check, countClasses, repeated, requireCount, requireFinite, requireUnique } from "../../src/checks/check.ts";
import { FormatError, InvalidInputError } from "../../src/checks/error-classes.ts";

describe("a shared check", () => {
  test("passes what holds, and throws the problem of what does not", () => {
    const problem = { who: "f()", expected: "a", got: "b", remedy: "Do c." };
    expect(check(true, problem)).toBeUndefined();
    expect(() => check(false, problem)).toThrow(new InvalidInputError(problem));
    expect(() => check(false, problem, FormatError)).toThrow(FormatError);
  });

  test("finds the first name that is there twice", () => {
    expect(repeated(["a", "b", "c"])).toBeUndefined();
    expect(repeated(["a", "b", "b", "a"])).toBe("b");
    expect(requireUnique(["a", "b"], "m.json", "names")).toBeUndefined();
    expect(() => requireUnique(["a", "a"], "m.json", "names", FormatError)).toThrow(
      'm.json: expected unique names; got "a" twice.',
    );
  });

  test("names the first number that is not finite, and its position", () => {
    expect(requireFinite(Float64Array.of(1, -0, 1e308), "x")).toBeUndefined();
    expect(() => requireFinite([0, Number.NaN, Infinity], "x")).toThrow("x: expected finite numbers; got NaN at 1.");
    expect(() => requireFinite(["1"] as never, "x")).toThrow('x: expected finite numbers; got "1" at 0.');
    const place = (at: number) => `[${at >> 1}][${at & 1}]`;
    expect(() => requireFinite([0, 0, 0, Infinity], "x", FormatError, place)).toThrow("got Infinity at [1][1]");
  });

  test("counts what must be as many", () => {
    expect(requireCount([1, 2], 2, "f()", "labels")).toBeUndefined();
    expect(() => requireCount([1], 2, "f()", "labels, one for each sample")).toThrow(
      "f(): expected 2 labels, one for each sample; got 1.",
    );
    for (const value of [undefined, null, 3, "ab", {}]) {
      expect(() => requireCount(value as never, 3, "f()", "labels")).toThrow("f(): expected 3 labels; got");
    }
  });

  test("counts classes, and refuses labels that are none", () => {
    expect(countClasses([0, 2, 1, 2], "f()")).toBe(3);
    expect(countClasses([], "f()")).toBe(0);
    for (const label of [-1, 0.5, Number.NaN, "1", undefined]) {
      expect(() => countClasses([0, label as number], "f()")).toThrow("f(): expected labels, whole numbers from 0");
    }
    expect(() => countClasses([4096], "f()", 4096)).toThrow("from 0 to 4,095; got 4096 at 0");
  });
});
