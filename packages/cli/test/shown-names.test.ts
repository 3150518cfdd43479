/** Names from files, where they are shown: nothing in them reaches a terminal, a page or a spreadsheet as more than text. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError } from "../../core/src/checks/error-classes.ts";
import { escaped, escapedAll } from "../../core/src/checks/shown-text.ts";
import { escapeMarkup } from "../../report/src/chart.ts";
import { csv } from "../../runs/src/table-files.ts";
import { causalscope } from "./harness.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;
const NAMES = ["fc1\u001b]0;PWNED\u0007\u001b[2J", "fc2\nfc3  2 → 2  0.000\u001b[A", "x\u202egpj.exe\u009b31m\u2028"];
const FORMULAS = ['=HYPERLINK("http://x","y")', "-rf", "@SUM(1)", "+1+1", "\t=1", "＝1+1", ' =1+"1"'];
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "causalscope-names-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function model(names: readonly string[]): string {
  const path = join(folder, "m.json");
  const weights = [
    [1, 2],
    [3, 4],
  ];
  writeFileSync(path, JSON.stringify({ layers: names.map((name) => ({ name, weights, activation: "sigmoid" })) }));
  return path;
}

describe("control characters in names", () => {
  it.each([
    ["show"],
    ["show", "--json"],
    ["measure"],
    ["measure", "--csv"],
    ["measure", "--matrix"],
    ["measure", "--layers", "9"],
    ["measure", "--range", "nothing=0,1"],
  ])("are written out by %s %s %s", async (command, ...rest) => {
    const more = command === "measure" ? ["--workers", "0", "--samples", "1000"] : [];
    const { stdout, stderr } = await causalscope([command, model(NAMES), ...rest, ...more]);
    expect(`${stdout}${stderr}`).not.toMatch(UNSEEN);
    expect(`${stdout}${stderr}`).toContain("fc1\\u001b]0;PWNED\\u0007");
  });

  it("forge no row", async () => {
    const { stdout } = await causalscope(["show", model(NAMES)]);
    expect(stdout.split("\n").filter((line) => line.startsWith("fc3"))).toEqual([]);
    expect(stdout).toContain("fc2\\u000afc3");
  });

  it("are written out in errors of the library, and of JSON the text stays the same", async () => {
    expect(new FormatError({ who: "a\u001b[2J", expected: "b", got: "\u202ec\n" }).message).toBe(
      "a\\u001b[2J: expected b; got \\u202ec\\u000a.",
    );
    const { stdout } = await causalscope(["show", model(NAMES), "--json"]);
    expect(JSON.parse(stdout).layers.map(({ name }: { name: string }) => name)).toEqual(NAMES);
  });

  it("are written out in pages and figures", async () => {
    const report = join(folder, "report");
    const more = ["--workers", "0", "--samples", "1000", "--report", report];
    expect((await causalscope(["measure", model(NAMES), ...more])).status).toBe(0);
    const page = readFileSync(join(report, "report.html"), "utf8");
    expect(page.replaceAll("\n", "")).not.toMatch(UNSEEN);
    expect(page).toContain("x\\u202egpj.exe\\u009b31m\\u2028");
    expect(escapeMarkup("a\u202eb<\u0085")).toBe("a\\u202eb&lt;\\u0085");
  });

  it("are those that cannot be seen; letters of all scripts, and their joiners, stay", () => {
    const kept = "añ 层 слой שכבה طبقة न्‍य 👩‍🔬 φ→−";
    expect(escaped(kept)).toBe(kept);
    expect(escaped("\u{e0041}\ufeff\u2069")).toBe("\\udb40\\udc41\\ufeff\\u2069");
    const numbers = Float64Array.of(1);
    const all = escapedAll({ a: ["\u0007", { b: "\u0000", n: 1, numbers }], none: undefined });
    expect(all).toEqual({ a: ["\\u0007", { b: "\\u0000", n: 1, numbers }], none: undefined });
  });
});

describe("cells of CSV", () => {
  const column = [{ name: "name", type: "STRING" as const, of: (name: string) => name }];

  it.each(FORMULAS)("that a spreadsheet takes for a formula get a quote before them: %j", (name) => {
    const [, cell] = csv(column, [name]).split("\n");
    const text = cell!.startsWith('"') ? cell!.slice(1, -1).replaceAll('""', '"') : cell!;
    expect(text).toBe(name.startsWith("\t") ? "\\u0009=1" : `'${name}`);
  });

  it.each(["-1.5", "+2", "-1e-9", "a=b", "1 2", "fc-1", ""])("that are none stay as they are: %j", (name) => {
    expect(csv(column, [name])).toBe(`name\n${name}\n`);
  });

  it("hold the names of a model's layers as text", async () => {
    const report = join(folder, "tables");
    const names = FORMULAS.slice(0, 4);
    const more = ["--workers", "0", "--samples", "1000", "--report", report];
    const { stdout } = await causalscope(["measure", model(names), "--csv", ...more]);
    const table = readFileSync(join(report, "measurements.csv"), "utf8");
    for (const text of [stdout, table]) {
      expect(text).toContain(`,"'=HYPERLINK(""http://x"",""y"")",`);
      for (const name of names.slice(1)) expect(text).toContain(`,'${name},`);
      expect(text).not.toMatch(/,[=@+]|,-[a-z]/);
    }
  });
});
