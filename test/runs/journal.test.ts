import { describe, expect, it } from "vitest";
import { type FinishedCheckpoint, journalLine, readJournal } from "../../src/runs/journal.ts";

const one: FinishedCheckpoint = {
  training: {
    seed: 0,
    epoch: 50,
    step: 500,
    trainLoss: 0.1 + 0.2,
    testLoss: 5e-324,
    trainAccuracy: 1,
    testAccuracy: 1 / 3,
  },
  measurements: [],
};

describe("a journal", () => {
  it("is read back to the same bits", () => {
    expect(readJournal(journalLine(one) + journalLine(one), "j")).toStrictEqual([one, one]);
    expect(readJournal("", "j")).toEqual([]);
  });

  it("is read without a last line that was cut off, wherever it was", () => {
    const text = journalLine(one) + journalLine(one);
    for (let end = journalLine(one).length; end < text.length; end++) {
      expect(readJournal(text.slice(0, end), "j")).toStrictEqual([one]);
    }
  });

  it("is refused where another line is not a checkpoint, and says which", () => {
    for (const line of ["", "{", "null", "{}", '{"training":{"seed":0}}']) {
      expect(() => readJournal(`${journalLine(one)}${line}\n`, "j")).toThrow(
        "j, line 2: expected a finished checkpoint as JSON",
      );
    }
  });

  it("refuses a number that JSON would turn into null", () => {
    const lost = { ...one, training: { ...one.training, testLoss: Number.NaN } };
    expect(() => journalLine(lost)).toThrow("checkpoint of seed 0, epoch 50: expected a finite testLoss; got NaN");
    const row = { seed: 0, epoch: 50, layer: 0, layerName: "a", measure: "ei", bits: 1, standardError: 0 } as const;
    const rest = { method: "exact", samples: 0, outside: 0, warnings: "", bracket: [0, Infinity] } as const;
    expect(() => journalLine({ ...one, measurements: [{ ...row, ...rest }] })).toThrow(
      "expected a finite bracket; got Infinity",
    );
  });
});
