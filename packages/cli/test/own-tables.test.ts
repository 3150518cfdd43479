/** Everyday tables on the command line: headers of pandas, words, missing cells, constant columns, NumPy's dialects; and what is kept of them. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { causalscope } from "./harness.ts";

const folder = fs.mkdtempSync(join(tmpdir(), "causalscope-tables-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const path = `${folder}/${name}`;
  fs.writeFileSync(path, text);
  return path;
}

const sha = (path: string) => createHash("sha256").update(fs.readFileSync(path)).digest("hex");

interface Found {
  readonly x: string;
  readonly y: string;
  readonly rows: number;
  readonly estimates: readonly { readonly estimator: string; readonly bits: number; readonly standardError?: number }[];
  readonly warnings: readonly string[];
  readonly provenance: readonly { readonly file: string; readonly sha256: string; readonly columns: unknown }[];
}

async function mi(...args: string[]): Promise<Found> {
  const { status, stdout, stderr } = await causalscope(["mi", ...args, "--json"]);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

async function refused(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await causalscope(args);
  expect([status, stdout]).toEqual([2, ""]);
  return stderr;
}

const KINDS = ["setosa", "versi color", "virg,inica"];
/** Rows of a number and a class, 0 to 2. */
const ROWS = Array.from({ length: 60 }, (_, k) => [Number((2 * (k % 3) + Math.sin(7 * k)).toFixed(2)), k % 3] as const);
const lines = (head: string, row: (value: number, kind: number, k: number) => string) =>
  `${head === "" ? "" : `${head}\n`}${ROWS.map(([value, kind], k) => row(value, kind, k)).join("\n")}\n`;
const PLAIN = written(
  "plain.csv",
  lines("length,species", (value, kind) => `${value},${kind}`),
);
const WORDS = written(
  "words.csv",
  lines("length,species", (value, kind) => `${value},"${KINDS[kind]}"`),
);

describe("mi on everyday tables", () => {
  it("does not take the header that pandas writes for an example", async () => {
    const pandas = written(
      "pandas.csv",
      lines("0,1", (value, kind) => `${value},${kind}`),
    );
    const [found, plain] = [
      await mi(pandas, "--x", "1", "--y", "2"),
      await mi(PLAIN, "--x", "length", "--y", "species"),
    ];
    expect(found.rows).toBe(60);
    expect(found.estimates).toEqual(plain.estimates);
    expect(found.warnings.join()).toContain("the first line, 0, 1, was read as the numbers of the columns");
    const index = written(
      "index.csv",
      lines(",0,1", (value, kind, k) => `${k},${value},${kind}`),
    );
    expect((await mi(index, "--x", "1", "--y", "2")).estimates).toEqual(plain.estimates);
  });

  it("takes words for categories, with the values that numbers in their place have", async () => {
    const [words, plain] = [
      await mi(WORDS, "--x", "length", "--y", "species"),
      await mi(PLAIN, "--x", "1", "--y", "2"),
    ];
    expect(words.estimates).toEqual(plain.estimates);
    expect(words.warnings.join()).toContain("species is read as 3 categories: setosa, versi color, virg,inica");
    const truths = written(
      "truths.csv",
      lines("length,large", (value, kind) => `${value},${kind > 1 ? "True" : "False"}`),
    );
    expect((await mi(truths, "--x", "large", "--y", "length")).x).toBe("discrete");
    expect(await refused("mi", WORDS, "--x", "length", "--y", "species", "--discrete", "none")).toContain(
      "Words are categories",
    );
    // A side of words and numbers is one of joint states.
    expect((await mi(WORDS, "--x", "length,species", "--y", "species")).estimates[0]!.bits).toBeCloseTo(
      Math.log2(3),
      9,
    );
  });

  it("refuses missing cells, or leaves their rows out and says how many", async () => {
    const gaps = written(
      "gaps.csv",
      lines(
        "length,species,other",
        (value, kind, k) => `${k % 7 === 0 ? "NA" : value},${KINDS[kind]!.replace(",", "")},${k === 1 ? "" : 1.5 * k}`,
      ),
    );
    const said = await refused("mi", gaps, "--x", "length", "--y", "species");
    expect(said).toContain("gaps.csv, line 2, column 1 (length): expected a value; got a missing value");
    expect(said).toContain("--missing to drop-rows");
    const found = await mi(gaps, "--x", "length", "--y", "species", "--missing", "drop-rows");
    expect(found.rows).toBe(51);
    expect(found.warnings.join()).toContain("9 of 60 rows have missing values and were dropped");
    // Columns that nobody asks for may have gaps.
    const rest = written(
      "rest.csv",
      lines("length,species", (value, kind, k) => (k % 7 === 0 ? "" : `${value},${kind}`)),
    );
    expect(found.estimates).toEqual((await mi(rest, "--x", "1", "--y", "2")).estimates);
    expect(await refused("mi", gaps, "--x", "1", "--y", "2", "--missing", "zero")).toContain("refuse or drop-rows");
  });

  it("leaves out columns that have one value, and has 0 bit where nothing is left", async () => {
    const dead = written(
      "dead.csv",
      lines("a,b,y", (value, kind) => `${value},0.0,${kind}`),
    );
    const [found, plain] = [await mi(dead, "--x", "1-2", "--y", "y"), await mi(dead, "--x", "a", "--y", "y")];
    expect(found.estimates).toEqual(plain.estimates);
    expect(found.warnings.join()).toContain("b is 0 in every row, and has no information: it is left out");
    for (const [x, y] of [
      ["b", "y"],
      ["y", "b"],
      ["b", "b"],
    ]) {
      const [only, ...others] = (await mi(dead, "--x", x!, "--y", y!)).estimates;
      expect([only!.bits, only!.standardError, others]).toEqual([0, 0, []]);
    }
    const one = written(
      "one-class.csv",
      lines("a,y", (value) => `${value},cat`),
    );
    expect((await mi(one, "--x", "a", "--y", "y")).estimates[0]!.bits).toBe(0);
  });

  it("finds names with commas, quotes, hyphens and those of every object, and refuses names that are there twice", async () => {
    const names = ["sepal, length", "1-2", 'a "b"', "__proto__", "constructor"];
    const head = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(",");
    const odd = written(
      "odd.csv",
      lines(`${head},y`, (value, kind, k) => `${value},${k},${k * k},${-value},${k % 5},${kind}`),
    );
    const of = async (x: string) => (await mi(odd, "--x", x, "--y", "y")).estimates[0]!.bits;
    const plain = await mi(PLAIN, "--x", "1", "--y", "2");
    expect(await of('"sepal, length"')).toBe(plain.estimates[0]!.bits);
    expect(await of("sepal, length")).toBe(plain.estimates[0]!.bits);
    expect(await of("__proto__")).toBeCloseTo(plain.estimates[0]!.bits, 12);
    expect(await of("1-2")).not.toBe(plain.estimates[0]!.bits);
    expect(await of('"a ""b""",constructor')).toBeGreaterThan(0);
    expect(await refused("mi", odd, "--x", "toString", "--y", "y")).toContain("expected a column of");
    const twice = written("twice.csv", "a,a\n1,2\n3,4\n");
    expect(await refused("mi", twice, "--x", "1", "--y", "2")).toContain('unique column names; got "a" twice');
  });

  it("writes out control characters of names and words", async () => {
    const hostile = written(
      "hostile.csv",
      lines("a\x1b[2J,b\u202e", (value, kind) => `${value},${"xyz"[kind]}\x1b]0;pwned\x07`),
    );
    const { status, stdout, stderr } = await causalscope(["mi", hostile, "--x", "a\x1b[2J", "--y", "2"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("is read as 3 categories");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202e]/);
  });

  it("keeps where values came from", async () => {
    const { provenance } = await mi(WORDS, "--x", "length", "--y", "species");
    expect(provenance).toEqual([{ file: WORDS, sha256: sha(WORDS), rows: 60, columns: ["length", "species"] }]);
  });
});

describe("NumPy's dialects", () => {
  const at = (name: string) => fileURLToPath(new URL(`fixtures/npy/${name}`, import.meta.url));
  const neurons = async (...args: string[]) => {
    const { status, stdout, stderr } = await causalscope(["neurons", at("net.onnx"), ...args, "--csv"]);
    expect([status, stderr]).toEqual([0, ""]);
    return stdout;
  };

  it("are read: big-endian numbers, and arrays of archives by name or by what they are", async () => {
    const plain = await neurons("--data", at("x.npy"), "--labels", at("y.npy"));
    expect(await neurons("--data", at("x-big-endian.npy"), "--labels", at("y.npy"))).toBe(plain);
    expect(await neurons("--data", at("xy.npz"), "--labels", at("y.npy"))).toBe(plain);
    expect(await neurons("--data", at("xy.npz"))).toBe(plain);
    expect(await neurons("--data", at("xy.npz"), "--labels", at("xy.npz"))).toBe(plain);
    expect(await neurons("--data", `${at("xy.npz")}:x`, "--labels", `${at("xy.npz")}:y`)).toBe(plain);
    expect(await refused("neurons", at("net.onnx"), "--data", `${at("xy.npz")}:z`)).toContain(
      'one of the arrays x, y; got "z"',
    );
    expect(await refused("neurons", at("net.onnx"), "--data", `${at("none.npz")}:x`)).toContain(
      "expected a file; got none",
    );
    const found = await mi(at("xy.npz"), "--x", "1", "--y", "1");
    expect(found.provenance.map(({ sha256 }) => sha256)).toEqual([sha(at("xy.npz")), sha(at("xy.npz"))]);
    expect(found.y).toBe("discrete");
  });
});

describe("labels that are words", () => {
  const NET = written(
    "net.json",
    JSON.stringify({
      layers: [
        { weights: [[1], [-1]], bias: [-2, 2], activation: "relu" },
        {
          weights: [
            [-1, 1],
            [-1, -1],
            [1, -1],
          ],
          activation: "softmax",
        },
      ],
    }),
  );

  it("are classes in neurons and ablate, in their order, which is said", async () => {
    for (const command of ["neurons", "ablate"]) {
      const quick = command === "ablate" ? ["--repetitions", "2", "--bootstrap", "0", "--quiet"] : ["--bootstrap", "0"];
      const [words, plain] = [
        await causalscope([command, NET, "--data", WORDS, ...quick]),
        await causalscope([command, NET, "--data", PLAIN, ...quick]),
      ];
      expect([words.status, plain.status]).toEqual([0, 0]);
      const note = "Note: labels are classes in this order: setosa → 0, versi color → 1, virg,inica → 2.\n";
      expect(words.stdout).toContain(note);
      expect(words.stdout.replace(note, "")).toBe(plain.stdout);
    }
    const report = `${folder}/ablation.html`;
    await causalscope([
      "ablate",
      NET,
      "--data",
      WORDS,
      "--repetitions",
      "2",
      "--bootstrap",
      "0",
      "--quiet",
      "--report",
      report,
    ]);
    expect(fs.readFileSync(report, "utf8")).toContain(sha(WORDS));
    const json = JSON.parse((await causalscope(["neurons", NET, "--data", WORDS, "--json"])).stdout);
    expect(json.provenance).toMatchObject({ classes: KINDS, files: [{ file: WORDS, sha256: sha(WORDS) }] });
  });

  it("are those of the training data in test data", async () => {
    const test = written(
      "test.csv",
      lines("length,species", (value, kind) => `${value},"${KINDS[2 - kind]}"`),
    );
    const other = written(
      "other.csv",
      lines("length,species", (value, kind) => `${value},"${["fox", ...KINDS][kind]}"`),
    );
    const args = ["neurons", NET, "--data", WORDS, "--bootstrap", "0", "--test-data"];
    expect((await causalscope([...args, test])).status).toBe(0);
    expect(await refused(...args, other)).toContain(
      "expected one of the labels of the other examples: setosa, versi color, virg,inica; got fox",
    );
  });
});

describe("study train on a table of one's own", () => {
  const PEOPLE = written(
    "people.csv",
    lines(
      "income,age,owner,class",
      (value, kind, k) =>
        `${20_000 + 1000 * value},${k === 5 ? "" : 20 + k},${k % 2 === 0},${KINDS[kind]!.replace(",", "")}`,
    ),
  );
  const train = (out: string, ...args: string[]) =>
    causalscope([
      "study",
      "train",
      "--data",
      PEOPLE,
      "--epochs",
      "2",
      "--every",
      "2",
      "--seeds",
      "1",
      "--layers",
      "3-4-3",
      "--bins",
      "4",
      "--tolerance",
      "0.5",
      "--workers",
      "0",
      "--out",
      `${folder}/${out}`,
      ...args,
    ]);
  const question = (out: string) => JSON.parse(fs.readFileSync(`${folder}/${out}/run.json`, "utf8")).question;

  it("scales inputs that leave the input range, and keeps file, columns, classes and what was done", async () => {
    const { status, stderr } = await train("scaled", "--missing", "drop-rows");
    expect(status).toBe(0);
    expect(stderr).toContain(
      "Note: inputs leave the input range of 0 to 1: income, age; each was scaled by its least and greatest value",
    );
    expect(stderr).toContain("Note: 1 of 60 rows have missing values and were dropped.");
    const { provenance, inputRange } = question("scaled");
    expect(inputRange).toEqual([0, 1]);
    expect(provenance).toMatchObject({
      files: [{ file: PEOPLE, sha256: sha(PEOPLE) }],
      columns: ["income", "age", "owner"],
      classes: ["setosa", "versi color", "virginica"],
      scale: "minmax",
    });
    const report = fs.readFileSync(`${folder}/scaled/report.html`, "utf8");
    for (const word of [sha(PEOPLE), "income, age, owner", "setosa, versi color, virginica", "onto the input range"]) {
      expect(report).toContain(word);
    }
  });

  it("takes them as they are, or by deviations, where that is asked for", async () => {
    const raw = await train("raw", "--missing", "drop-rows", "--scale", "none");
    expect([raw.status, raw.stderr]).toEqual([0, expect.stringContaining("measures look at that range alone")]);
    expect((await train("deviations", "--missing", "drop-rows", "--scale", "zscore")).status).toBe(0);
    const { provenance, inputRange } = question("deviations");
    expect(provenance.scale).toBe("zscore");
    expect(inputRange[1]).toBeGreaterThan(1.5);
    expect(inputRange[0]).toBe(-inputRange[1]);
    expect((await train("refused")).stderr).toContain("people.csv, line 7, column 2 (age): expected a value");
    expect((await train("refused", "--scale", "log")).stderr).toContain(
      '--scale: expected "zscore", "minmax" or "none"',
    );
    const known = await causalscope(["study", "train", "--data", "xor", "--scale", "minmax"]);
    expect(known.stderr).toContain("--scale: expected a table given by --data");
  });

  it("is not scaled where its inputs lie within the range", async () => {
    const small = written(
      "small.csv",
      lines("a,b,class", (value, kind, k) => `${(value + 2) / 10},${k / 60},${kind}`),
    );
    const { status, stderr } = await causalscope([
      "study",
      "train",
      "--data",
      small,
      "--epochs",
      "1",
      "--seeds",
      "1",
      "--layers",
      "2-3-3",
      "--workers",
      "0",
      "--quiet",
      "--out",
      `${folder}/small`,
    ]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(question("small").provenance).toMatchObject({ scale: "none", notes: [] });
  });

  it("is continued with the same file only", async () => {
    expect((await train("again", "--missing", "drop-rows")).status).toBe(0);
    const path = `${folder}/again/run.json`;
    fs.writeFileSync(path, fs.readFileSync(path, "utf8").replace('"finished"', '"unfinished"'));
    fs.appendFileSync(PEOPLE, "20000,30,true,setosa\n");
    const { status, stderr } = await train("again", "--missing", "drop-rows", "--resume");
    expect(status).toBe(2);
    expect(stderr).toMatch(/people\.csv: expected the file that the run was started with|another one of SHA-256/);
  });
});
