/** Data of the user's own in the engine: the command's run of the same bytes, links that name them, and files that are none. */
import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { causalscope } from "../../packages/cli/test/harness.ts";
import { memoryStorage } from "../../packages/runs/src/memory-storage.ts";
import { sized } from "../../test/sizes.ts";
import { createEngine } from "../src/engine/engine.ts";
import type {
  Answers,
  FromEngine,
  GivenFile,
  Inquiry,
  Question,
  RunHead,
  Table,
  ToEngine,
} from "../src/engine/protocol.ts";
import { commandOf } from "../src/state/command.ts";

/** An engine without workers, and what it said. */
function engine() {
  const told: FromEngine[] = [];
  let wake = () => {};
  const { take } = createEngine((message) => {
    told.push(message);
    wake();
  }, undefined);
  const until = async <T>(find: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  let count = 0;
  const ask = async <Of extends Inquiry["of"]>(inquiry: Extract<Inquiry, { of: Of }>): Promise<Answers[Of]> => {
    const id = ++count;
    take({ kind: "inquire", id, inquiry });
    const found = await until(() => told.find((event) => "id" in event && event.id === id));
    if (found.kind === "answer") return found.answer as Answers[Of];
    throw new Error(found.kind === "refused" ? found.failure.message : found.kind);
  };
  /** The end of the run that a message begins. */
  const run = async (message: ToEngine): Promise<{ head: RunHead; fingerprint: string }> => {
    const from = told.length;
    take(message);
    const end = await until(() =>
      told.slice(from).find((event) => event.kind === "done" || event.kind === "failed" || event.kind === "stopped"),
    );
    if (end.kind !== "done") throw new Error(end.kind === "failed" ? end.failure.message : end.kind);
    const begun = told.slice(from).find((event) => event.kind === "begun")!;
    return { head: begun.head, fingerprint: end.fingerprint };
  };
  return { take, ask, run };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const copy = (files: Readonly<Record<string, Uint8Array>>): GivenFile[] =>
  Object.entries(files).map(([path, bytes]) => ({ path, bytes: new Uint8Array(bytes) }));

const KINDS = ["ash", "birch", "cedar"];
const TREES = bytesOf(
  `height,girth,kind\n${Array.from({ length: 30 }, (_, k) => `${5 + 3 * Math.sin(k)},${(k % 7) / 7},${KINDS[k % 3]}`).join("\n")}\n`,
);
const GAPS = bytesOf(new TextDecoder().decode(TREES).replace(/\n[\d.]+,/, "\nNA,"));
const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../packages/cli/test/fixtures/npy/${name}`, import.meta.url)));

const SMALL = { epochs: 4, every: 2, seeds: [0], bins: { input: 4, output: 4 }, tolerance: 0.5 };

describe("a run of the user's own data", () => {
  const npy = { "x.npy": fixture("x.npy"), "y.npy": fixture("y.npy") };
  it.each<[string, Readonly<Record<string, Uint8Array>>, Omit<Table, "sha256">, object]>([
    [
      "a CSV file, inputs scaled",
      { "trees.csv": TREES },
      { data: "trees.csv" },
      { inputRange: [-1, 1], trainRows: 12 },
    ],
    [
      "deviations, rows with gaps",
      { "gaps.csv": GAPS },
      { data: "gaps.csv", missing: "drop-rows", scale: "zscore" },
      {},
    ],
    ["labels in another file", npy, { data: "x.npy", labels: "y.npy" }, {}],
    ["arrays of an archive", { "xy.npz": fixture("xy.npz") }, { data: "xy.npz:x", labels: "xy.npz:y" }, {}],
  ])("is the command's, to the last bit: %s", async (_, files, asked, more) => {
    const { ask, run, take } = engine();
    take({ kind: "keep", files: copy(files) });
    const { table, columns, classes } = await ask({ of: "table", table: { ...asked, sha256: [] } });
    const layers = [columns.length, 4, classes.length];
    const question: Question = { study: "train", options: { layers, ...SMALL, ...more }, table };
    const made = await run({ kind: "start", question });

    const storage = memoryStorage(Object.entries(files));
    const argv = commandOf(question).split(" ").slice(1);
    const { status, stderr, stdout } = await causalscope([...argv, "--out", "run", "--quiet"], { storage });
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(new TextDecoder().decode(storage.read("run/run.json"))).question).toEqual(
      JSON.parse(JSON.stringify(made.head.options)),
    );
    expect(stdout).toContain(made.fingerprint.slice(0, 16));
  });

  it("is recomputed by a link with the same file, and not with another or none", async () => {
    const before = engine();
    before.take({ kind: "keep", files: copy({ "trees.csv": TREES }) });
    const { table } = await before.ask({ of: "table", table: { data: "trees.csv", sha256: [] } });
    expect(table.sha256).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    const question: Question = { study: "train", options: { layers: [2, 3, 3], ...SMALL }, table };
    const made = await before.run({ kind: "start", question });

    const { ask, run, take } = engine();
    await expect(run({ kind: "start", question })).rejects.toThrow("trees.csv: expected a file; got none");
    take({ kind: "keep", files: copy({ "trees.csv": GAPS }) });
    await expect(ask({ of: "table", table: { ...table, missing: "drop-rows" } })).rejects.toThrow(
      new RegExp(`trees.csv: expected the file of SHA-256 ${table.sha256[0]}; got another one, of SHA-256`),
    );
    take({ kind: "keep", files: copy({ "trees.csv": TREES }) });
    expect((await run({ kind: "start", question })).fingerprint).toBe(made.fingerprint);
  });

  it("plays from its folder without the file, and shows the data when the file has come", async () => {
    const before = engine();
    before.take({ kind: "keep", files: copy({ "trees.csv": TREES }) });
    const { table } = await before.ask({ of: "table", table: { data: "trees.csv", sha256: [] } });
    const question: Question = { study: "train", options: { layers: [2, 3, 3], ...SMALL }, table };
    const made = await before.run({ kind: "start", question });
    const files = await before.ask({ of: "files" });

    const { ask, run, take } = engine();
    const opened = await run({ kind: "open", files: files.map(([path, bytes]) => ({ path, bytes })) });
    expect(opened.fingerprint).toBe(made.fingerprint);
    expect(opened.head.question.table).toEqual({ ...table, scale: "minmax" });
    expect(opened.head.question.options).toMatchObject({ layers: [2, 3, 3], ...SMALL });
    expect((await ask({ of: "network", seed: 0, epoch: 4 })).layers).toHaveLength(2);
    expect((await ask({ of: "surface", seed: 0, epoch: 4, size: 3 })).range).toEqual([0, 1]);
    await expect(ask({ of: "examples" })).rejects.toThrow(
      `trees.csv: expected the data of this run, of SHA-256 ${table.sha256[0]}; got none. Drop the file on the page.`,
    );
    // By the options that the page takes over, the same is asked again.
    take({ kind: "keep", files: copy({ "trees.csv": TREES }) });
    expect((await run({ kind: "start", question: opened.head.question })).fingerprint).toBe(made.fingerprint);
    take({ kind: "keep", files: copy({ "trees.csv": GAPS, "the same.csv": TREES }) });
    const { train, test, classes, columns } = await ask({ of: "examples" });
    expect([train.rows, test.rows, classes, columns]).toEqual([20, 10, KINDS, ["height (scaled)", "girth (scaled)"]]);
    expect(Math.max(...train.inputs, ...test.inputs)).toBe(1);
  });

  it("is seen before it is learned, cut as the question says", async () => {
    const { ask, take } = engine();
    take({ kind: "keep", files: copy({ "trees.csv": TREES }) });
    const { table } = await ask({ of: "table", table: { data: "trees.csv", sha256: [] } });
    const of = (options: object) => ask({ of: "data", question: { study: "train", options: { ...options }, table } });
    const { rows, features, examples } = await of({ layers: [2, 3, 3], trainRows: 12 });
    expect([rows, features, examples?.train.rows, examples?.test.rows]).toEqual([30, 2, 12, 18]);
    const toy = await ask({ of: "data", question: { study: "train", options: { data: "spiral", noise: 0 } } });
    expect([toy.rows, toy.examples?.columns]).toEqual([600, []]);
    const xor = await ask({ of: "data", question: { study: "train", options: { data: "xor" } } });
    expect(xor.rows).toBe(4);
    expect((await ask({ of: "data", question: { study: "iris", options: {} } })).examples).toBeUndefined();
  });
});

/** A .npy file whose header says what is not so. */
function lyingNpy(shape: string): Uint8Array {
  const said = `{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = `${said.padEnd(117)}\n`;
  return Uint8Array.of(
    ...[0x93, ...bytesOf("NUMPY"), 1, 0, header.length & 255, header.length >> 8],
    ...bytesOf(header),
    ...new Uint8Array(64),
  );
}

describe("files that are no data", () => {
  const MANY = sized({ small: 50_000, whole: 1_000_000 });
  const wide = Array.from({ length: MANY }, (_, k) => `c${k}`).join(",");
  const noise = Uint8Array.from({ length: 5000 }, (_, k) => (k * 7919 + (k >> 3) * 104_729) & 255);
  it.each<[string, Uint8Array, RegExp]>([
    ["an empty file", new Uint8Array(), /x: expected .*; got none/],
    ["blank lines", bytesOf("\n\n\n"), /x: expected .*; got none/],
    ["names alone", bytesOf("a,b,c\n"), /expected at least one line of numbers; got only names/],
    ["rows of different lengths", bytesOf("a,b,c\n1,2,x\n1,2\n"), /x, line 3.*: expected .*; got/],
    ["missing values", bytesOf("a,b\nNaN,x\n1,y\n"), /expected a value; got a missing value/],
    ["infinite values", bytesOf("a,b\n1e999,0\n1,1\n"), /expected .*; got/],
    ["one class", bytesOf("a,b\n1,x\n2,x\n"), /expected examples of at least two labels; got only the label x/],
    ["labels that are no classes", bytesOf("a,b\n1,0.5\n2,0.25\n"), /expected labels that are whole numbers/],
    ["a single column", bytesOf("a\n1\n2\n"), /expected columns of inputs and a last column of labels/],
    [
      "a header of very many columns",
      bytesOf(`${wide}\n${"1,".repeat(MANY - 1)}0\n${"2,".repeat(MANY - 1)}1\n`),
      new RegExp(`at most 4096 columns of inputs; got ${MANY - 1}`),
    ],
    ["a header of very many columns, and no values", bytesOf(`${wide}\n`), /got only names/],
    ["binary garbage", noise, /x: expected CSV, .npy, .npz or IDX; got a file of another format/],
    ["a .npy file that says it is larger", lyingNpy("(1000000000, 1000000)"), /x: expected .*; got/],
    ["a .npy file of negative size", lyingNpy("(-4, 2)"), /x: expected .*; got/],
    ["a .npy file cut off in its header", lyingNpy("(4, 2)").slice(0, 40), /x: expected .*; got/],
    ["an archive without arrays", zipSync({ "a.txt": bytesOf("a") }), /x: expected .*; got/],
    ["a damaged archive", zipSync({ "x.npy": lyingNpy("(4, 2)") }).slice(0, 90), /x: expected .*; got/],
    ["a picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0), /x: expected .*; got/],
  ])("%s", async (_, bytes, words) => {
    const { ask, take } = engine();
    take({ kind: "keep", files: [{ path: "x", bytes }] });
    await expect(ask({ of: "table", table: { data: "x", sha256: [] } })).rejects.toThrow(words);
  });
});
