/** What an output shows: colours, its width, and no more of a name than its letters. */
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { showsColours, styled, withColours, withoutMarks } from "../src/style.ts";
import { colourFlag, isUtf8, terminalOutput } from "../src/terminal.ts";
import { causalscope } from "./harness.ts";
import { networkFile, TRIO } from "./networks.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
const ESCAPE = /\u001b/;

describe("colours", () => {
  it.each([
    ["a terminal", true, {}, undefined, true],
    ["a pipe", false, {}, undefined, false],
    ["NO_COLOR", true, { NO_COLOR: "1" }, undefined, false],
    ["an empty NO_COLOR", true, { NO_COLOR: "" }, undefined, true],
    ["FORCE_COLOR in a pipe", false, { FORCE_COLOR: "1" }, undefined, true],
    ["FORCE_COLOR=0", true, { FORCE_COLOR: "0" }, undefined, false],
    ["NO_COLOR and FORCE_COLOR", true, { NO_COLOR: "1", FORCE_COLOR: "1" }, undefined, false],
    ["a terminal that is dumb", true, { TERM: "dumb" }, undefined, false],
    ["--color in a pipe", false, { NO_COLOR: "1" }, true, true],
    ["--no-color", true, { FORCE_COLOR: "1" }, false, false],
  ])("of %s", (_, isTerminal, env, flag, expected) => {
    expect(showsColours(isTerminal, env, flag)).toBe(expected);
  });

  it("are as the last flag before -- says", () => {
    expect(colourFlag(["measure", "x"])).toBeUndefined();
    expect(colourFlag(["measure", "--no-color", "x", "--color"])).toBe(true);
    expect(colourFlag(["--color", "measure", "--no-color"])).toBe(false);
    expect(colourFlag(["measure", "--", "--color"])).toBeUndefined();
  });

  it("stand in no piped output, whatever is printed, and on a terminal about headings and errors alone", async () => {
    const args = [networkFile(TRIO), "--bins", "4", "--tolerance", "0.2", "--quiet"];
    for (const argv of [["--help"], ["measure", ...args], ["measure", ...args, "--json"], ["show", "/none"], []]) {
      const { stdout, stderr } = await causalscope(argv);
      expect(stdout + stderr).not.toMatch(ESCAPE);
    }
    const shown = await causalscope(["measure", ...args], { columns: 200 });
    expect(shown.stdout).toContain("\u001b[1mlayer\u001b[22m");
    expect(stripVTControlCharacters(shown.stdout)).toBe((await causalscope(["measure", ...args])).stdout);
    const wrong = await causalscope(["show", "/none"], { terminal: true });
    expect(wrong.stderr).toBe("\u001b[31mcausalscope:\u001b[39m /none: expected a file; got none. Check the path.\n");
    for (const format of ["json", "csv", "ndjson"]) {
      expect((await causalscope(["measure", ...args, "--format", format], { columns: 80 })).stdout).not.toMatch(ESCAPE);
    }
  });

  it("are not what a file can make", async () => {
    const name = "\u001b[31mred\u001b[0m \u001b[2Jgone";
    const layers = [{ name, weights: [[1]], activation: "relu" }];
    const { stdout } = await causalscope(["show", networkFile(JSON.stringify({ layers }))], { columns: 200 });
    expect(stdout).toContain("\\u001b[31mred\\u001b[0m \\u001b[2Jgone");
    // What is left are the program's own: bold headings, dim rules.
    const sequences = stdout.split("\u001b").slice(1);
    expect(sequences.filter((text) => !/^\[(?:1|2|22)m/.test(text))).toEqual([]);
  });

  it("are marks that vanish where they are not shown", () => {
    const text = `${styled("bold", "EI")} of ${styled("red", "all")}`;
    expect(withoutMarks(text)).toBe("EI of all");
    expect(withColours(text, false, (part) => part)).toBe("EI of all");
    expect(withColours(text, true, (part) => part)).toBe("\u001b[1mEI\u001b[22m of \u001b[31mall\u001b[39m");
  });
});

describe("the width", () => {
  const widthOf = (output: { isTTY?: boolean; columns?: number }, env = {}) =>
    terminalOutput({ write: () => {}, ...output }, env).columns;

  it("is the terminal's, as COLUMNS says it where that is set; a pipe has none", () => {
    expect(widthOf({ isTTY: true, columns: 72 })).toBe(72);
    expect(widthOf({ isTTY: true, columns: 72 }, { COLUMNS: "60" })).toBe(60);
    expect(widthOf({ isTTY: true, columns: 72 }, { COLUMNS: "wide" })).toBe(72);
    expect(widthOf({ isTTY: true, columns: 0 })).toBe(80);
    expect(widthOf({ isTTY: true })).toBe(80);
    expect(widthOf({ isTTY: true, columns: 3 })).toBe(20);
    expect(widthOf({ columns: 72 }, { COLUMNS: "60" })).toBeUndefined();
  });
});

it.each([
  [{ LANG: "de_DE.UTF-8" }, "linux", true],
  [{ LANG: "de_DE.UTF-8", LC_ALL: "C" }, "linux", false],
  [{ LC_ALL: "", LC_CTYPE: "C.utf8" }, "linux", true],
  [{}, "linux", false],
  [{}, "darwin", true],
  [{}, "win32", true],
  [{ LANG: "C.UTF-8", TERM: "linux" }, "linux", false],
])("%j on %s: UTF-8 %s", (env, platform, expected) => {
  expect(isUtf8(env, platform)).toBe(expected);
});
