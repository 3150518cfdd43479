import { expect, it } from "vitest";
import { FormatError, InvalidInputError } from "../../src/checks/error-classes.ts";
import { errorOf, failureOf } from "../../src/checks/failure.ts";

const problem = { who: "x", expected: "a", got: "b" };

it("an error keeps its class, its words, its fields and its causes when it is cloned", () => {
  const cause = Object.assign(new TypeError("inner"), { code: "EX" });
  const error = new FormatError(problem, { cause });
  const again = errorOf(structuredClone(failureOf(error))) as FormatError;
  expect(again).toBeInstanceOf(FormatError);
  expect([again.name, again.message, again.stack]).toEqual([error.name, error.message, error.stack]);
  expect(again.cause).toBeInstanceOf(TypeError);
  expect(again.cause).toMatchObject({ message: "inner", code: "EX" });
});

it("what cannot be cloned is left out of an error, and what is no error is kept where it can be", () => {
  const error = Object.assign(new InvalidInputError(problem), { callback: () => 0, at: 3 });
  const again = errorOf(structuredClone(failureOf(error)));
  expect(again).toBeInstanceOf(InvalidInputError);
  expect(again).toMatchObject({ at: 3 });
  expect(again).not.toHaveProperty("callback");
  expect([errorOf(failureOf("enough")), errorOf(failureOf(undefined)), errorOf(failureOf({ a: 1 }))]).toEqual([
    "enough",
    undefined,
    "[object Object]",
  ]);
});
