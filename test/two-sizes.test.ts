import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ofTwoSizes, testFiles } from "./two-sizes.ts";

test("the slow suite runs every file that has tests of two sizes", () => {
  const sizing = testFiles().filter((file) => /\bsized[(<]/.test(readFileSync(file, "utf8")));
  expect(sizing).toContain("packages/core/test/estimators/memory.test.ts");
  expect(ofTwoSizes()).toEqual(sizing);
});
