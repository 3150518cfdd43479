import { describe, expect, it } from "vitest";
import { type FinishedCheckpoint, type JournalEntry, journalLine, questionHash, readJournal } from "../src/journal.ts";
import { trainingSteps, valueSteps } from "../src/steps.ts";
import type { MeasurementRow, ValueRow } from "../src/table.ts";

const run = { format: 2, study: "iris", question: { epochs: 100, seeds: [0, 3] }, version: "1.0.0" } as const;
const steps = trainingSteps([0, 3], 100, 50);

function measured(seed: number, epoch: number): MeasurementRow {
  const rest = { method: "exact", samples: 0, outside: 0, warnings: "", standardError: 0 } as const;
  return { seed, epoch, layer: 0, layerName: "a", measure: "ei", bits: 5e-324, ...rest };
}

function checkpoint(seed: number, epoch: number): FinishedCheckpoint {
  const scores = { trainLoss: 0.1 + 0.2, testLoss: 5e-324, trainAccuracy: 1, testAccuracy: 1 / 3 };
  return { training: { seed, epoch, step: 10 * epoch, ...scores }, measurements: [measured(seed, epoch)] };
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

const lines = linesOf(all.map((finished) => ({ finished, checkpoint: "0".repeat(64) })));
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
    expect(() => read([a, c, d].join(""))).toThrow("j, line 2: expected a line that follows the one before it");
    expect(() => read([b, c].join(""))).toThrow("j, line 1: expected a line that answers the question in run.json");
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
      expect(() => read(text, other)).toThrow("j, line 1: expected a line that answers the question in run.json");
    }
    // Nor does a parameter that is undefined, which run.json does not keep.
    const undefinedToo = { ...run.question, provenance: undefined } as unknown as typeof run.question;
    expect(read(text, { ...run, question: undefinedToo })).toStrictEqual(all);
    // The order of the names says nothing.
    expect(read(text, { ...run, question: { seeds: [0, 3], epochs: 100 } })).toStrictEqual(all);
  });

  it("refuses steps that the question does not have there, though the hashes are right", () => {
    const hashed = (...finished: FinishedCheckpoint[]) =>
      linesOf(finished.map((each) => ({ finished: each, checkpoint: "0".repeat(64) }))).join("");
    expect(() => read(hashed(all[0]!, all[2]!))).toThrow("j, line 2: expected seed 0, epoch 50; got seed 0, epoch 100");
    expect(() => read(hashed(all[0]!, all[0]!))).toThrow("j, line 2: expected seed 0, epoch 50; got seed 0, epoch 0");
    const more = hashed(...all, checkpoint(3, 100), checkpoint(4, 0));
    expect(() => read(more)).toThrow("j, line 7: expected 6 lines, which the question in run.json implies");
  });

  it("of format 1, which has no hashes, is held against its question all the same", () => {
    const old = (each: FinishedCheckpoint) => `${JSON.stringify(each)}\n`;
    const before = { ...run, format: 1 } as const;
    expect(read(all.map(old).join(""), before)).toStrictEqual(all);
    expect(() => read([all[0]!, all[2]!].map(old).join(""), before)).toThrow("j, line 2: expected seed 0, epoch 50");
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
  ])("refuses %s, in either format", (_, changed) => {
    const wrong = { ...all[0]!, measurements: [changed({ ...all[0]!.measurements[0]! })] };
    const old = `${JSON.stringify(wrong)}\n`;
    expect(() => read(old, { ...run, format: 1 })).toThrow(/^j, line 1, measurements 1/);
    const entry = { finished: wrong as FinishedCheckpoint, checkpoint: "0".repeat(64) };
    const rehashed = wrong.measurements[0] === null ? [] : linesOf([entry]);
    for (const line of rehashed) expect(() => read(line)).toThrow(/^j, line 1, measurements 1/);
  });

  it("refuses a line without measurements, and one that is of no kind", () => {
    const lines = [
      { ...all[0], measurements: [] },
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
    expect(read(part({ ...row, bits: 0.9 }), format1, valueSteps(1))).toEqual([
      { step: 0, values: [{ ...row, value: 0.9, unit: "fraction" }] },
    ]);
    const now: ValueRow = { ...row, value: 0.9, unit: "fraction" };
    const written = linesOf([{ finished: { step: 0, values: [now] } }]).join("");
    expect(read(written, run, valueSteps(2))).toEqual([{ step: 0, values: [now] }]);
    expect(() => read(part({ ...row, bits: 0.9, setting: { seed: null } }), format1, valueSteps(1))).toThrow(
      "j, line 1, values 1, setting",
    );
  });

  it("refuses a number that JSON would turn into null", () => {
    const lost = { ...all[0]!, training: { ...all[0]!.training, testLoss: Number.NaN } };
    expect(() => journalLine({ finished: lost }, "")).toThrow(
      "checkpoint of seed 0, epoch 0: expected a finite testLoss; got NaN",
    );
    const row = { ...measured(0, 50), bracket: [0, Infinity] } as const;
    expect(() => journalLine({ finished: { ...all[0]!, measurements: [row] } }, "")).toThrow(
      "expected a finite bracket; got Infinity",
    );
  });

  it("keeps what is read back: 0 in place of −0, which JSON does not have", () => {
    const { kept } = journalLine({ finished: { ...all[0]!, measurements: [{ ...measured(0, 0), bits: -0 }] } }, "");
    expect(Object.is(kept.measurements[0]!.bits, 0)).toBe(true);
  });
});
