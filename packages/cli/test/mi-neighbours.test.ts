/** `causalscope mi` on rounded values, on columns of different scales, and on a relation without noise. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { normals } from "../../core/src/information/normals.ts";
import { Random } from "../../core/src/information/random.ts";
import { causalscope } from "./harness.ts";

const folder = mkdtempSync(join(tmpdir(), "causalscope-neighbours-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Row {
  readonly estimator: string;
  readonly bits: number;
  readonly standardError?: number;
  readonly note: string;
}

async function rowsOf(file: string, ...args: string[]): Promise<Row[]> {
  const { status, stdout, stderr } = await causalscope(["mi", file, ...args, "--json"]);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout).estimates;
}

function written(name: string, header: string, rows: readonly (readonly number[])[]): string {
  const file = join(folder, name);
  writeFileSync(file, `${header}\n${rows.map((row) => row.join(",")).join("\n")}\n`);
  return file;
}

const named = (rows: readonly Row[], name: string) => rows.find(({ estimator }) => estimator.startsWith(name));

describe("causalscope mi, neighbours", () => {
  // x ~ N(0, 1), y = x + N(0, 1), both rounded to 0.1; 2000 rows.
  const file = fileURLToPath(new URL("fixtures/rounded.csv", import.meta.url));
  const [header, ...lines] = readFileSync(file, "utf8").trim().split("\n");
  const values = lines.map((line) => line.split(",").map(Number));

  it("is right on rounded values, whatever their unit", async () => {
    const gao = named(await rowsOf(file, "--x", "x", "--y", "y"), "Gao")!;
    // By numerical integration of the rounded law.
    expect(Math.abs(gao.bits - 0.4991)).toBeLessThan(2 * gao.standardError!);
    expect(gao.standardError).toBeLessThan(0.06);
    for (const factor of [10, 1 / 3]) {
      const scaled = written(
        `times-${factor}.csv`,
        header!,
        values.map((row) => row.map((value) => value * factor)),
      );
      const other = named(await rowsOf(scaled, "--x", "x", "--y", "y", "--discrete", "none"), "Gao")!;
      expect(other.bits).toBeCloseTo(gao.bits, 12);
    }
    expect(named(await rowsOf(file, "--x", "x", "--y", "y"), "KSG")).toBeUndefined();
  });

  it("divides each column by its deviation, and says so", async () => {
    const normal = normals(new Random(3));
    const rows = Array.from({ length: 800 }, () => {
      const b = normal();
      return [1000 * normal(), b, 2 * b + normal()];
    });
    const table = written("scales.csv", "a,b,y", rows);
    const ksg = named(await rowsOf(table, "--x", "1,2", "--y", "y"), "KSG 1")!;
    // ½ log2 5 = 1.161.
    expect(Math.abs(ksg.bits - 1.161)).toBeLessThan(4 * ksg.standardError!);
    expect(ksg.note).toContain("each column divided by its standard deviation");
    const raw = named(await rowsOf(table, "--x", "1,2", "--y", "y", "--scale", "none"), "KSG 1")!;
    expect(raw.bits).toBeLessThan(0.2);
    expect(raw.note).toContain("columns unscaled");
    const { status, stderr } = await causalscope(["mi", table, "--x", "1", "--y", "y", "--scale", "log"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("--scale: expected zscore, minmax or none")]);
  });

  it("says of a relation without noise that it is at the ceiling, with an error", async () => {
    const rows = Array.from({ length: 1000 }, (_, k) => [Math.sin(k), 2 * Math.sin(k)]);
    const found = await rowsOf(written("twice.csv", "x,y", rows), "--x", "x", "--y", "y");
    for (const name of ["KSG 1", "KSG 2"]) {
      const { note, standardError } = named(found, name)!;
      expect(note).toContain("at the maximum for 1,000 samples and k = 4");
      expect(note).toContain("the true value may be higher");
      expect(standardError).toBeGreaterThan(0.5);
    }
  });
});
