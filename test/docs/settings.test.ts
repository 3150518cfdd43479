/** The tables of settings in docs/ are those of the schemas that check them. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fieldsOf } from "../../packages/core/src/checks/schema/fields.ts";
import { measureSettings } from "../../packages/core/src/measures/measure.ts";

const { withTable } = (await import(new URL("../../scripts/docs-settings.mjs", import.meta.url).href)) as {
  withTable(page: string, fields: readonly object[]): string;
};

const page = readFileSync(new URL("../../docs/measure-function.md", import.meta.url), "utf8");

test("docs/measure-function.md has all settings of measure(), with their defaults", () => {
  expect([withTable(page, fieldsOf(measureSettings)) === page, "npm run docs"]).toEqual([true, "npm run docs"]);
  expect(page).toContain('| `outside` | "drop" or "clamp" | `"drop"` |');
});

test("every setting has a description and says what it takes", () => {
  for (const { name, description, expected } of fieldsOf(measureSettings)) {
    expect([name, description]).toEqual([name, expect.stringMatching(/^[A-Z].*\.$/)]);
    expect([name, expected]).not.toEqual([name, "anything"]);
  }
});
