/** `causalscope mi`: which estimators a table gets, and what is said of them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { normals } from "../../core/src/information/normals.ts";
import { Random } from "../../core/src/information/random.ts";
import { causalscope } from "./harness.ts";

const folder = mkdtempSync(join(tmpdir(), "causalscope-mi-"));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, header: string, rows: readonly (readonly number[])[]): string {
  const file = join(folder, name);
  writeFileSync(file, `${header}\n${rows.map((row) => row.join(",")).join("\n")}\n`);
  return file;
}

const normal = normals(new Random(1));
/** Two correlated normal numbers, a label of the first, what ReLU makes of it, and a number of the row. */
const ROWS = Array.from({ length: 300 }, (_, row) => {
  const a = normal();
  return [a, 0.9 * a + Math.sqrt(0.19) * normal(), Number(a > 0), Math.max(0, a), row];
});
const FILE = written("rows.csv", "a,b,label,relu,id", ROWS);

interface Found {
  readonly estimates: readonly { estimator: string; bits: number; standardError?: number; note: string }[];
  readonly warnings: readonly string[];
}

async function mi(...args: string[]): Promise<Found> {
  const { status, stdout, stderr } = await causalscope(["mi", FILE, ...args, "--json"]);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

const named = ({ estimates }: Found, name: string) => estimates.find(({ estimator }) => estimator.startsWith(name));

describe("causalscope mi", () => {
  it("gives neighbours an error, within which the truth lies", async () => {
    const found = await mi("--x", "a", "--y", "b");
    for (const name of ["KSG 1", "KSG 2"]) {
      const { bits, standardError } = named(found, name)!;
      expect(standardError).toBeGreaterThan(0.02);
      expect(Math.abs(bits + 0.5 * Math.log2(0.19))).toBeLessThan(4 * standardError!);
    }
    expect(named(found, "Gao")).toBeUndefined();
    expect(await mi("--x", "a", "--y", "b")).toEqual(found);
  });

  it("asks a decoder where one side is a label, whatever side that is", async () => {
    const [one, other] = [await mi("--x", "a", "--y", "label"), await mi("--x", "label", "--y", "a")];
    expect(named(one, "decoder")!.bits).toBeGreaterThan(0.7);
    expect(named(one, "decoder")!.note).toMatch(/classifies (9\d|100)\.\d % of 150 held-out rows/);
    expect(named(other, "decoder")).toEqual(named(one, "decoder"));
    expect(named(other, "Ross")!.bits).toBeCloseTo(named(one, "Ross")!.bits, 12);
  });

  it("gives the entropy of each side, by every estimator, where that is asked for", async () => {
    // Counts 4, 2, 3, 2, 4, 2 of the six states of x, whose entropies are known in nats; y is a number of the row.
    const states = [4, 2, 3, 2, 4, 2].flatMap((count, state) => new Array<number>(count).fill(state));
    const file = written(
      "states.csv",
      "state,half",
      states.map((state, k) => [state, k % 2]),
    );
    const { stdout } = await causalscope(["mi", file, "--x", "state", "--y", "half", "--entropies", "--json"]);
    const { entropies } = JSON.parse(stdout) as {
      entropies: { estimator: string; side: string; bits: number; standardError: number }[];
    };
    const of = (name: string) => entropies.find(({ estimator, side }) => estimator === name && side === "state")!;
    expect(of("plug-in").bits * Math.LN2).toBeCloseTo(1.74232658886, 10);
    expect(of("chao-shen").bits * Math.LN2).toBeCloseTo(1.86335963528, 10);
    expect(of("nsb").standardError).toBeGreaterThan(0);
    expect(entropies.filter(({ side }) => side === "half")).toHaveLength(9);
    const plain = await causalscope(["mi", FILE, "--x", "a", "--y", "label", "--entropies"]);
    expect(plain.stdout).toMatch(/nsb +label +1\.0\d+ +0\.\d+|nsb +label +0\.9\d+ +0\.\d+/);
    // Of a normal number ½ log2 2πe = 2.05 bits.
    const found = /Kozachenko–Leonenko, k = 4 +a +(\d\.\d+)/.exec(plain.stdout)!;
    expect(Math.abs(Number(found[1]) - 2.05)).toBeLessThan(0.3);
  });

  it("tests neighbours by shuffles where that is asked for", async () => {
    const [near, apart] = [
      await mi("--x", "a", "--y", "b", "--neighbour-permutations", "49"),
      await mi("--x", "a", "--y", "id", "--neighbour-permutations", "49"),
    ];
    expect(named(near, "KSG 1")!.note).toMatch(/^49 shuffles p = 0\.0200, −?-?0\.0\d+ bit on average; /);
    const p = Number(/p = ([\d.]+)/.exec(named(apart, "KSG 1")!.note)![1]);
    expect(p).toBeGreaterThan(0.05);
    const labelled = await mi("--x", "a", "--y", "label", "--neighbour-permutations", "49");
    expect(named(labelled, "Ross")!.note).toMatch(/^49 shuffles p = 0\.0200/);
  });

  it("sees a continuous side through noise where that is asked for: two points, two deviations apart", async () => {
    const file = written(
      "two.csv",
      "place,label",
      Array.from({ length: 200 }, (_, k) => [2 * (k % 2), k % 2]),
    );
    const args = ["mi", file, "--x", "place", "--y", "label", "--discrete", "y", "--noise", "1", "--json"];
    const found = JSON.parse((await causalscope(args)).stdout) as Found;
    const [low, high, drawn] = ["pairwise, at least", "pairwise, at most", "mixture"].map(
      (name) => named(found, name)!,
    );
    // ½ ∫ of both densities against their mean, by quadrature: 0.336830820 nats.
    const truth = 0.33683082 / Math.LN2;
    expect(low!.bits).toBeLessThan(truth);
    expect(high!.bits).toBeGreaterThan(truth);
    expect(Math.abs(drawn!.bits - truth)).toBeLessThan(4 * drawn!.standardError!);
    expect(drawn!.standardError).toBeLessThan(0.03);
    const { status, stderr } = await causalscope(["mi", FILE, "--x", "a", "--y", "b", "--noise", "1"]);
    expect(status).toBe(2);
    expect(stderr).toContain(
      "--noise: expected one continuous side, to which it is added, and one discrete side; got two continuous sides",
    );
  });

  it("says of ties, and takes Gao's estimator where rows are equal", async () => {
    const once = await mi("--x", "a", "--y", "relu");
    // Of a rectified normal number and the number itself, half of which is cut to 0: more than the bit of its sign would be too much.
    expect(named(once, "KSG 1")!.bits).toBeGreaterThan(1);
    expect(once.warnings.join()).toMatch(/\d\d\.\d % of the values of relu occur more than once/);
    const twice = await mi("--x", "relu", "--y", "relu");
    expect(named(twice, "KSG 1")).toBeUndefined();
    expect(named(twice, "Gao")!.bits).toBeGreaterThan(1);
    expect(twice.warnings.join()).toMatch(/KSG is omitted: \d\d\.\d % of the rows equal another/);
    const broken = await mi("--x", "relu", "--y", "relu", "--jitter", "0.001");
    // Noise of this width leaves some bits of the number, and none of the ties.
    expect(named(broken, "KSG 1")!.bits).toBeGreaterThan(1);
    expect(named(broken, "KSG 1")!.bits).toBeLessThan(Math.log2(300));
    const asked = await causalscope(["mi", FILE, "--x", "relu", "--y", "relu", "--method", "ksg-1"]);
    expect([asked.status, asked.stderr]).toEqual([2, expect.stringContaining("samples that are not tied")]);
  });

  it("gives those that were asked for, if they fit", async () => {
    const found = await mi("--x", "a", "--y", "label", "--method", "nsb,ross");
    expect(found.estimates.map(({ estimator }) => estimator)).toEqual(["nsb, 8 equal-mass bins", "Ross, k = 4"]);
    const wrong = await causalscope(["mi", FILE, "--x", "a", "--y", "label", "--method", "ksg-1"]);
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("expected some of plug-in")]);
    const none = await causalscope(["mi", FILE, "--x", "a", "--y", "b", "--method", "best"]);
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining("--method: expected some of plug-in")]);
  });

  it("does not let a sparse table pass for significant", async () => {
    const found = await mi("--x", "id", "--y", "label", "--discrete", "both");
    const warnings = found.warnings.join("; ");
    expect(warnings).toContain("use the p-value of the shuffles");
    expect(warnings).toContain("half of the rows have a state of their own");
    // Every shuffle tells as much.
    expect(named(found, "plug-in")!.note).toContain("999 shuffles p = 1.0000");
    const more = await mi("--x", "a", "--y", "label", "--bins", "400");
    expect(more.warnings.join()).toContain("400 bins are more than the 300 rows");
  });

  it("does without what few rows do not allow, and says so", async () => {
    const few = written("few.csv", "x,y", [
      [0.5, 1],
      [0.1, 0],
      [0.7, 1],
    ]);
    const { stdout } = await causalscope(["mi", few, "--x", "x", "--y", "y", "--k", "1"]);
    expect(stdout).toMatch(/Ross, k = 1 +−?\d\.\d{4} +discrete and continuous; too few rows for a standard error/);
    expect(stdout).toContain("Note: no decoder: linearDecoderBound(): expected at least two training samples");
    const { status, stderr } = await causalscope(["mi", written("one.csv", "x,y", [[1, 2]]), "--x", "x", "--y", "y"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("at least 2 rows; got 1")]);
    const ids = written(
      "ids.csv",
      "x,y",
      Array.from({ length: 3200 }, (_, row) => [row, row]),
    );
    const large = await causalscope(["mi", ids, "--x", "x", "--y", "y", "--discrete", "both"]);
    expect([large.status, large.stderr]).toEqual([2, expect.stringContaining("at most 10,000,000 cells")]);
  });

  it("says what a decoder's value below 0 means", async () => {
    const random = new Random(2);
    const rows = Array.from({ length: 40 }, () => [
      ...Array.from({ length: 6 }, () => random.uniform()),
      random.below(2),
    ]);
    const noise = written("noise.csv", "a,b,c,d,e,f,y", rows);
    const { stdout } = await causalscope(["mi", noise, "--x", "1-6", "--y", "y", "--method", "decoder"]);
    expect(stdout).toMatch(/decoder, at least +−0\.\d{4}.*worse than guessing/);
  });
});
