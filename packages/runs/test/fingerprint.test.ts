import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { fingerprint } from "../src/fingerprint.ts";
import { NO_ROWS, type Rows } from "../src/row-tables.ts";
import type { Question } from "../src/run-file.ts";

const row = (seed: number, epoch: number) => ({
  seed,
  epoch,
  step: epoch,
  trainLoss: 0.1 + seed,
  testLoss: 0.2,
  trainAccuracy: 1,
  testAccuracy: 1 / 3,
});
const rows: Rows = { ...NO_ROWS, training: [row(0, 0), row(0, 1), row(1, 0)] };
const question: Question = { epochs: 2, seeds: [0, 1] };
const of = (changes: { question?: Question; rows?: Rows; study?: string } = {}) =>
  fingerprint({
    file: { study: changes.study ?? "iris", question: changes.question ?? question },
    rows: changes.rows ?? rows,
  });

it("is the SHA-256 of a text that stays the same from version to version", () => {
  const one = row(0, 0);
  const text = (changes: Partial<typeof one>) => JSON.stringify(Object.entries({ ...one, ...changes }).sort());
  const training = [text({}), text({ seed: 1, trainLoss: 1.1 }), text({ epoch: 1, step: 1 })];
  const tables = [
    ["measurements", []],
    ["training", training],
    ["values", []],
  ];
  const whole = JSON.stringify(["iris", '[["epochs",2],["seeds",[0,1]]]', tables]);
  expect(of()).toBe(createHash("sha256").update(whole).digest("hex"));
});

it("does not depend on the order of rows, of their fields and of the options", () => {
  expect(of({ rows: { ...rows, training: [row(1, 0), row(0, 0), row(0, 1)] } })).toBe(of());
  const turned = rows.training.map(
    (each) => Object.fromEntries(Object.entries(each).reverse()) as unknown as typeof each,
  );
  expect(of({ rows: { ...rows, training: turned } })).toBe(of());
  expect(of({ question: { seeds: [0, 1], epochs: 2 } })).toBe(of());
});

it("changes with the study, with each option, and with the last bit of each value", () => {
  const changed = [
    of({ study: "train" }),
    of({ question: { ...question, epochs: 3 } }),
    of({ question: { ...question, seeds: [1, 0] } }),
    of({ question: { ...question, at: [0, 1] } }),
    of({ rows: { ...rows, training: [{ ...row(0, 0), testAccuracy: 1 / 3 + 2 ** -54 }, row(0, 1), row(1, 0)] } }),
    of({ rows: { ...rows, training: rows.training.slice(1) } }),
  ];
  expect(new Set([of(), ...changed]).size).toBe(1 + changed.length);
});

it("knows a table of the user's own by its content, not by its name", () => {
  const from = (file: string, sha256: string, notes: readonly string[] = []): Question => ({
    ...question,
    provenance: { files: [{ file, sha256 }], columns: ["a"], classes: ["x", "y"], scale: "none", notes },
  });
  expect(of({ question: from("a.csv", "11", ["a.csv: 3 columns"]) })).toBe(of({ question: from("b.csv", "11") }));
  expect(of({ question: from("a.csv", "12") })).not.toBe(of({ question: from("a.csv", "11") }));
});
