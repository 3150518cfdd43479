import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { journalLine, questionHash, readJournal } from "../src/journal.ts";
import type { JournalEntry, StoredResult } from "../src/journal-rows.ts";
import type { MeasurementRow, TrainingRow, ValueRow } from "../src/row-tables.ts";
import { stepsOf } from "../src/steps.ts";

const run = { format: 3, study: "iris", question: { epochs: 100, seeds: [0, 3] }, version: "1.0.0" } as const;
const SEEDS = [0, 3];
const steps = stepsOf(SEEDS.map((seed) => ({ at: `seed ${seed}`, steps: { unit: "epoch", every: 50, last: 100 } })));

function measured(seed: number, epoch: number): MeasurementRow {
  const rest = { method: "exact", samples: 0, outside: 0, warnings: "", standardError: 0 } as const;
  return { seed, epoch, layer: 0, layerName: "a", measure: "ei", bits: 5e-324, ...rest };
}

function scores(seed: number, epoch: number): TrainingRow {
  const scores = { trainLoss: 0.1 + 0.2, testLoss: 5e-324, trainAccuracy: 1, testAccuracy: 1 / 3 };
  return { seed, epoch, step: 10 * epoch, ...scores };
}

function checkpoint(seed: number, epoch: number, rows: Partial<StoredResult["rows"]> = {}): StoredResult {
  const whole = { training: [scores(seed, epoch)], measurements: [measured(seed, epoch)], ...rows };
  return { part: SEEDS.includes(seed) ? SEEDS.indexOf(seed) : 2, step: epoch, rows: whole };
}

const BLOBS = { "seed-0/epoch-000000.safetensors": "0".repeat(64) };

/** A line of formats 1 and 2, but for the hash. */
function lineOf({ rows: { training, measurements } }: StoredResult): object {
  return { training: training![0], measurements };
}

const all = [checkpoint(0, 0), checkpoint(0, 50), checkpoint(0, 100), checkpoint(3, 0), checkpoint(3, 50)];

/** Lines as a run writes them. */
function linesOf(entries: readonly JournalEntry[], of: Parameters<typeof questionHash>[0] = run): string[] {
  let hash = questionHash(of);
  return entries.map((entry) => {
    const line = journalLine(entry, hash);
    hash = line.hash;
    return line.text;
  });
}

const lines = linesOf(all.map((finished) => ({ finished, blobs: BLOBS })));
const read = (text: string, given: Parameters<typeof readJournal>[2] = run, implied = steps) =>
  readJournal(text, "j", given, implied).entries.map(({ finished }) => finished);

describe("a journal", () => {
  it("is read back to the same bits", () => {
    expect(read(lines.join(""))).toStrictEqual(all);
    expect(read("")).toEqual([]);
  });

  it("is read without a last line that was cut off, wherever it was", () => {
    const text = lines.slice(0, 2).join("");
    for (let end = lines[0]!.length; end < text.length; end++) {
      expect(read(text.slice(0, end))).toStrictEqual([all[0]]);
      expect(readJournal(text.slice(0, end), "j", run, steps).torn).toBe(end > lines[0]!.length);
    }
  });

  it("names the line that was changed, in any of its characters", () => {
    const line = lines[1]!;
    for (let at = 0; at < line.length - 1; at += 7) {
      const other = `${line.slice(0, at)}${line[at] === "7" ? "8" : "7"}${line.slice(at + 1)}`;
      expect(() => read([lines[0], other, lines[2]].join(""))).toThrow(/^j, line 2/);
    }
  });

  it("refuses lines that were removed, doubled, exchanged, or put in", () => {
    const [a, b, c, d, e] = lines as [string, string, string, string, string];
    expect(() => read([a, c, d].join(""))).toThrow("j, line 2: expected a line that continues the one before it");
    expect(() => read([b, c].join(""))).toThrow("j, line 1: expected a line that matches the options in run.json");
    expect(() => read([a, b, b, c].join(""))).toThrow("j, line 3");
    expect(() => read([a, b, d, c, e].join(""))).toThrow("j, line 3");
    expect(() => read([a, "\n", b].join(""))).toThrow("j, line 2: expected a line with its hash");
  });

  it("refuses the lines of another question, study or version", () => {
    const text = lines.join("");
    for (const other of [
      { ...run, question: { ...run.question, epochs: 200 } },
      { ...run, study: "mnist" },
      { ...run, version: "1.0.1" },
    ]) {
      expect(() => read(text, other)).toThrow("j, line 1: expected a line that matches the options in run.json");
    }
    // Nor does a parameter that is undefined, which run.json does not keep.
    const undefinedToo = { ...run.question, provenance: undefined } as unknown as typeof run.question;
    expect(read(text, { ...run, question: undefinedToo })).toStrictEqual(all);
    // The order of the names says nothing.
    expect(read(text, { ...run, question: { seeds: [0, 3], epochs: 100 } })).toStrictEqual(all);
  });

  it("refuses steps that the question does not have there, though the hashes are right", () => {
    const hashed = (...finished: StoredResult[]) =>
      linesOf(finished.map((each) => ({ finished: each, blobs: BLOBS }))).join("");
    expect(() => read(hashed(all[0]!, all[2]!))).toThrow("j, line 2: expected seed 0, epoch 50; got seed 0, epoch 100");
    expect(() => read(hashed(all[0]!, all[0]!))).toThrow("j, line 2: expected seed 0, epoch 50; got seed 0, epoch 0");
    const more = hashed(...all, checkpoint(3, 100), checkpoint(4, 0));
    expect(() => read(more)).toThrow("j, line 7: expected 6 lines, as the options in run.json require");
  });

  it("of format 1, which has no hashes, is held against its question all the same", () => {
    const old = (each: StoredResult) => `${JSON.stringify(lineOf(each))}\n`;
    const format1 = { ...run, format: 1 } as const;
    expect(read(all.map(old).join(""), format1)).toStrictEqual(all);
    expect(() => read([all[0]!, all[2]!].map(old).join(""), format1)).toThrow("j, line 2: expected seed 0, epoch 50");
  });

  it.each<[string, (row: Record<string, unknown>) => unknown]>([
    ["a row without a seed", ({ seed, ...row }) => row],
    ["null in place of a row", () => null],
    ["a number in place of a row", () => 7],
    ["a value that is a text", (row) => ({ ...row, bits: "3" })],
    ["a value that is null", (row) => ({ ...row, bits: null })],
    ["an unknown measure", (row) => ({ ...row, measure: "constructor" })],
    ["another epoch than its line", (row) => ({ ...row, epoch: 9 })],
    ["a bracket of one number", (row) => ({ ...row, bracket: [1] })],
    ["evidence without routes", (row) => ({ ...row, evidence: { effectiveSamples: 1, guarded: 0 } })],
  ])("refuses %s, in any format", (_, changed) => {
    const row = changed({ ...measured(0, 0) }) as MeasurementRow;
    const wrong = checkpoint(0, 0, { measurements: [row] });
    const old = `${JSON.stringify(lineOf(wrong))}\n`;
    expect(() => read(old, { ...run, format: 1 })).toThrow(/^j, line 1, measurements 1/);
    const rehashed = row === null ? [] : linesOf([{ finished: wrong, blobs: BLOBS }]);
    for (const line of rehashed) expect(() => read(line)).toThrow(/^j, line 1, measurements 1/);
  });

  it("refuses a line without measurements, and one that is of no kind", () => {
    const lines = [
      { ...lineOf(all[0]!), measurements: [] },
      { training: null },
      {},
      null,
      [],
      { step: 0 },
      { step: 0.5, values: [] },
    ];
    for (const line of lines) {
      expect(() => read(`${JSON.stringify(line)}\n`, { ...run, format: 1 })).toThrow(/^j, line 1/);
    }
    expect(() => read("{\n", { ...run, format: 1 })).toThrow(
      "j, line 1: expected a finished checkpoint or part as JSON",
    );
  });

  it("gives the rows of a part a value and a unit, also those that format 1 named bits", () => {
    const part = (row: object) => `${JSON.stringify({ step: 0, values: [row] })}\n`;
    const row = {
      setting: { seed: 0 },
      measure: "testAccuracy",
      standardError: 0,
      method: "exact",
      samples: 0,
    } as const;
    const format1 = { ...run, format: 1 } as const;
    const parts = stepsOf([{ at: "first" }, { at: "second" }]);
    const now: ValueRow = { ...row, value: 0.9, unit: "fraction" };
    const finished = { part: 0, step: 0, rows: { values: [now] } };
    expect(read(part({ ...row, bits: 0.9 }), format1, parts)).toEqual([finished]);
    const written = linesOf([{ finished, blobs: {} }]).join("");
    expect(read(written, run, parts)).toEqual([finished]);
    expect(() => read(part({ ...row, bits: 0.9, setting: { seed: null } }), format1, parts)).toThrow(
      "j, line 1, values 1: setting",
    );
  });

  it("of format 2, where the study is not at hand, is in the order of its parts", () => {
    const old = (each: StoredResult) => `${JSON.stringify({ ...lineOf(each), checkpoint: "0".repeat(64) })}`;
    const lines = (finished: readonly StoredResult[]) => {
      let hash = questionHash(run);
      return finished
        .map((each) => {
          hash = createHash("sha256")
            .update(`${hash}\n${old(each)}`)
            .digest("hex");
          return `${old(each).slice(0, -1)},"hash":"${hash}"}\n`;
        })
        .join("");
    };
    const format2 = { ...run, format: 2 } as const;
    const { entries } = readJournal(lines(all), "j", format2);
    expect(entries.map(({ finished }) => finished)).toStrictEqual(all);
    expect(entries[3]!.blobs).toEqual({ "seed-3/epoch-000000.safetensors": "0".repeat(64) });
    expect(() => readJournal(lines([all[3]!, all[0]!]), "j", format2)).toThrow(
      "j, line 2: expected a result after that of part 2, step 0; got part 1, step 0",
    );
    expect(() => readJournal(lines([checkpoint(7, 0)]), "j", format2)).toThrow(
      "j, line 1: expected one of the seeds 0,3",
    );
  });

  it("refuses blobs that have no hash, and names that lead elsewhere", () => {
    const line = (blobs: Record<string, string>) => linesOf([{ finished: all[0]!, blobs }]).join("");
    expect(() => read(line({ "seed-0/epoch-000000.safetensors": "00" }))).toThrow("the SHA-256 of seed-0/epoch");
    for (const name of [
      "../seed-0/epoch-000000.safetensors",
      "seed-0/epoch.safetensors",
      "run.json",
      "seed-0/../a-000000.a",
    ]) {
      expect(() => read(line({ [name]: "0".repeat(64) }))).toThrow("j, line 1: expected the name of a blob");
    }
  });

  it("refuses a number that JSON would turn into null", () => {
    const lost = checkpoint(0, 0, { training: [{ ...scores(0, 0), testLoss: Number.NaN }] });
    expect(() => journalLine({ finished: lost, blobs: {} }, "")).toThrow(
      "part 1, step 0: expected a finite testLoss; got NaN",
    );
    const row = { ...measured(0, 50), bracket: [0, Infinity] } as const;
    expect(() => journalLine({ finished: checkpoint(0, 0, { measurements: [row] }), blobs: {} }, "")).toThrow(
      "expected a finite bracket; got Infinity",
    );
  });

  it("keeps what is read back: 0 in place of −0, which JSON does not have", () => {
    const { kept } = journalLine(
      { finished: checkpoint(0, 0, { measurements: [{ ...measured(0, 0), bits: -0 }] }), blobs: {} },
      "",
    );
    expect(Object.is(kept.rows.measurements![0]!.bits, 0)).toBe(true);
  });
});
