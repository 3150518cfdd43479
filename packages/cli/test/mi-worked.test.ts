import { describe, expect, it } from "vitest";
import { causalscope } from "./harness.ts";
import { worked, written } from "./own-model.ts";

describe("causalscope mi", () => {
  it("gives every estimator of two discrete columns, and tests of independence", async () => {
    const { status, stdout } = await causalscope(["mi", worked(), "--x", "state", "--y", "label", "--json"]);
    expect(status).toBe(0);
    const { estimates, x, y, rows } = JSON.parse(stdout);
    expect([x, y, rows]).toEqual(["discrete", "discrete", 100]);
    const of = (name: string) => estimates.find(({ estimator }: { estimator: string }) => estimator === name);
    expect(of("plug-in").bits).toBeCloseTo(0.1977677275, 10);
    expect(of("miller-madow").bits).toBeCloseTo(0.1833407771, 10);
    expect(of("plug-in").note).toContain("G-test p = 1.1e-6; 999 shuffles p = 0.0010");
    expect(estimates).toHaveLength(9);
  });

  it("takes columns by number, and continuous ones by neighbours", async () => {
    const lines = Array.from({ length: 200 }, (_, k) => {
      const u = ((k * 7919) % 1009) / 1009;
      const v = ((k * 104_729) % 997) / 997;
      return `${u},${u + 0.1 * v},${Math.floor(3 * u)}`;
    });
    const file = written("numbers.csv", lines.join("\n"));
    const both = await causalscope(["mi", file, "--x", "1", "--y", "2"]);
    expect(both.stdout).toMatch(/1: continuous; 2: continuous; 200 rows\./);
    expect(both.stdout).toMatch(/KSG 1, k = 4 +3\.\d{4}/);
    expect(both.stdout).toMatch(/plug-in, 8 equal-mass bins +\d\.\d{4} +0\.\d{4}/);
    const mixed = await causalscope(["mi", file, "--x", "1-2", "--y", "3"]);
    expect(mixed.stdout).toMatch(/1-2: continuous, 2 columns; 3: discrete/);
    expect(mixed.stdout).toMatch(/Ross, k = 4 +1\.[3-6]\d+/);
    const apart = await causalscope([
      "mi",
      file,
      "--x",
      "1",
      "--y",
      "1",
      "--y-file",
      written("y.csv", lines.map((line) => line.split(",")[2]).join("\n")),
    ]);
    expect(apart.stdout).toContain("1: continuous; 1: discrete");
  });

  it("says what a value below 0 means, and warns of bias", async () => {
    const lines = Array.from({ length: 60 }, (_, k) => `${(k * 17) % 20},${(k * 29) % 19}`);
    const { stdout } = await causalscope(["mi", written("t.csv", lines.join("\n")), "--x", "1", "--y", "2"]);
    expect(stdout).toMatch(/too high by about \d\.\d\d bit at 60 rows/);
  });

  it.each([
    [["--x", "age", "--y", "label"], '--x: expected a column of .*: state, label, level; got "age"'],
    [["--x", "1", "--y", "9"], '--y: expected a column of .*got "9"'],
    [["--x", "1", "--y", "2", "--discrete", "all"], "--discrete: expected x, y, both or none"],
    [["--x", "1", "--y", "2", "--bins", "1"], "--bins"],
    [["--x", "1", "--y", "1", "--y-file", "/none.csv"], "/none.csv: expected a file; got none"],
    [["--x", "1", "--y", "3", "--k", "500"], "neighbours from 1 to"],
  ])("refuses %j", async (args, words) => {
    const { status, stdout, stderr } = await causalscope(["mi", worked(), ...args]);
    expect([status > 0, stdout]).toEqual([true, ""]);
    expect(stderr).toMatch(new RegExp(words));
  });

  it("refuses other lengths and missing cells, and finds nothing in columns that do not vary", async () => {
    const constant = written("c.csv", "1,2\n1,3\n1,4\n");
    expect((await causalscope(["mi", constant, "--x", "1", "--y", "2"])).stdout).toMatch(/exact +0\.0000 +0\.0000/);
    const short = written("s.csv", "1\n2\n");
    expect((await causalscope(["mi", constant, "--x", "2", "--y", "1", "--y-file", short])).stderr).toContain(
      "3 rows, as --x has; got 2",
    );
    expect((await causalscope(["mi", written("n.csv", "1,2\n1,NaN\n"), "--x", "1", "--y", "2"])).stderr).toContain(
      "line 2, column 2",
    );
  });
});
