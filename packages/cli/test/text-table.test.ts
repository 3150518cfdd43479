/** Tables on terminals of any width. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutMarks } from "../src/style.ts";
import { displayWidth } from "../src/text.ts";
import { key, layOut, left, right, table } from "../src/text-table.ts";

const text = (columns: Parameters<typeof table>[0], rows: string[][], width?: number) =>
  withoutMarks(layOut([table(columns, rows)], width));

const VALUES = table(
  [key(left("layer")), right("EI"), right("sensitivity"), left("what it is")],
  [
    ["hidden", "2.830 ± 0.010", "19.238", "a dense layer of a network that is not very deep"],
    ["output", "1.997 ± 0.010", "7.108 ± 0.014", "softmax"],
  ],
);
const shown = (width?: number) => withoutMarks(layOut([VALUES], width));

describe("a table", () => {
  it("has lines of any length where nobody looks", () => {
    expect(shown()).toBe(
      `layer              EI    sensitivity  what it is
──────  ─────────────  ─────────────  ────────────────────────────────────────────────
hidden  2.830 ± 0.010         19.238  a dense layer of a network that is not very deep
output  1.997 ± 0.010  7.108 ± 0.014  softmax
`,
    );
  });

  it("breaks words at spaces before it breaks anything else", () => {
    expect(shown(60)).toBe(
      `layer              EI    sensitivity  what it is
──────  ─────────────  ─────────────  ──────────────────────
hidden  2.830 ± 0.010         19.238  a dense layer of a
                                      network that is not
                                      very deep
output  1.997 ± 0.010  7.108 ± 0.014  softmax
`,
    );
  });

  it("comes in parts that name their rows where its columns do not fit, and keeps values whole", () => {
    expect(shown(40)).toBe(
      `layer              EI    sensitivity
──────  ─────────────  ─────────────
hidden  2.830 ± 0.010         19.238
output  1.997 ± 0.010  7.108 ± 0.014

layer   what it is
──────  ────────────────────────────────
hidden  a dense layer of a network that
        is not very deep
output  softmax
`,
    );
  });

  it("breaks headings of numbers too", () => {
    expect(text([left(""), right("training accuracy"), right("test accuracy")], [["a", "92.0 %", "9.0 %"]], 22)).toBe(
      `    training      test
    accuracy  accuracy
─  ─────────  ────────
a     92.0 %     9.0 %
`,
    );
  });

  it("counts the columns of wide characters and of none", () => {
    const lines = text(
      [left("層"), right("n")],
      [
        ["隠れ層", "1"],
        ["e\u0301", "2"],
        ["😀👩‍👩‍👧", "3"],
      ],
    ).split("\n");
    expect(lines.slice(0, -1).map((line) => displayWidth(line))).toEqual([9, 9, 9, 9, 9]);
  });

  it("is never wider than the terminal, and loses no letter", () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 40, unit: "grapheme" }),
      fc.constantFrom("12.345 ± 0.001", "a/path/that/is/rather/long.safetensors", "隠れ層 出力", "", "[0, 1]"),
    );
    const tables = fc.integer({ min: 1, max: 7 }).chain((columns) =>
      fc.record({
        columns: fc.array(fc.constantFrom(left("name"), right("EI"), key(left("the layer")), right("test accuracy")), {
          minLength: columns,
          maxLength: columns,
        }),
        rows: fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 4 }),
        width: fc.integer({ min: 30, max: 120 }),
      }),
    );
    fc.assert(
      fc.property(tables, ({ columns, rows, width }) => {
        const keys = columns.filter(({ key }) => key === true).length;
        // As many keys as leave no room for anything else are more than any command has.
        fc.pre(keys < 3);
        const lines = text(columns, rows, width).split("\n");
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        const letters = (parts: readonly string[]) => new Set(parts.join("").replace(/\s/g, ""));
        const printed = letters(lines);
        for (const letter of letters(rows.flat().map((each) => withoutMarks(layOut([table([left("")], [[each]])]))))) {
          expect(printed).toContain(letter);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe("text", () => {
  it("is broken at spaces, with its indent, and a value stays with its error", () => {
    expect(layOut(["  The value is 12.3 ± 0.4 and no more, 50 % of it.\nshort\n"], 24)).toBe(
      "  The value is\n  12.3 ± 0.4 and no\n  more, 50 % of it.\nshort\n",
    );
  });

  it("keeps a word that is wider than the terminal: it may be a path", () => {
    expect(layOut(["See /a/very/long/path/to/a/report.html for more.\n"], 20)).toBe(
      "See\n/a/very/long/path/to/a/report.html\nfor more.\n",
    );
  });
});
