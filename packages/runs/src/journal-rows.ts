/** What a line of a journal holds, and its rows, checked: each field is there, of its kind, and finite. */

import type { FormatError } from "@causalscope/core/errors";
import { MEASURES } from "@causalscope/core/measures";
import type { Place } from "./steps.ts";
import { type MeasurementRow, type Rows, type TrainingRow, unitOf, type ValueRow } from "./table.ts";

/** A finished result of a part, as a run keeps it. */
export interface StoredResult extends Place {
  readonly rows: Partial<Rows>;
}

/** What a line holds. */
export interface JournalEntry {
  readonly finished: StoredResult;
  /** SHA-256 of blobs by their names. */
  readonly blobs: Readonly<Record<string, string>>;
}

export type Refuse = (who: string, expected: string, got: string) => FormatError;
type Fields = Readonly<Record<string, unknown>>;

const isNumber = (value: unknown) => typeof value === "number" && Number.isFinite(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown) => typeof value === "string";
const isPair = (value: unknown) => Array.isArray(value) && value.length === 2 && value.every(isNumber);
const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSetting = (value: unknown) =>
  isRecord(value) && Object.values(value).every((each) => isNumber(each) || isText(each));
const isEvidence = (value: unknown) =>
  isRecord(value) && isRecord(value.routes) && isNumber(value.effectiveSamples) && isCount(value.guarded);

type Kind = readonly [words: string, fits: (value: unknown) => boolean];

const FINITE: Kind = ["a finite number", isNumber];
const COUNT: Kind = ["a whole number from 0", isCount];
const TEXT: Kind = ["a text", isText];
const PAIR: Kind = ["two finite numbers", isPair];
const MEASURE: Kind = [`one of ${MEASURES.join(", ")}`, (value) => MEASURES.some((name) => name === value)];

const TRAINING: Readonly<Record<keyof TrainingRow, Kind>> = {
  seed: COUNT,
  epoch: COUNT,
  step: COUNT,
  trainLoss: FINITE,
  testLoss: FINITE,
  trainAccuracy: FINITE,
  testAccuracy: FINITE,
};

const MEASUREMENT = {
  seed: COUNT,
  epoch: COUNT,
  layer: COUNT,
  layerName: TEXT,
  measure: MEASURE,
  bits: FINITE,
  standardError: FINITE,
  method: TEXT,
  samples: COUNT,
  outside: FINITE,
  warnings: TEXT,
} as const satisfies Partial<Record<keyof MeasurementRow, Kind>>;

const MEASUREMENT_MAY = {
  bracket: PAIR,
  bracketError: PAIR,
  bounds: PAIR,
  evidence: ["a record of evidence", isEvidence],
} as const satisfies Partial<Record<keyof MeasurementRow, Kind>>;

const VALUE: Readonly<Record<keyof ValueRow, Kind>> = {
  setting: ["a record of numbers and texts", isSetting],
  measure: TEXT,
  value: FINITE,
  unit: TEXT,
  standardError: FINITE,
  method: TEXT,
  samples: COUNT,
};

function requireFields(
  row: unknown,
  must: Readonly<Record<string, Kind>>,
  may: Readonly<Record<string, Kind>>,
  who: string,
  refuse: Refuse,
): void {
  if (!isRecord(row)) throw refuse(who, "a row", JSON.stringify(row));
  for (const [name, [words, fits]] of Object.entries(must)) {
    if (!Object.hasOwn(row, name)) throw refuse(who, `a row with ${name}, ${words}`, "one without");
    if (!fits(row[name])) throw refuse(`${who}, ${name}`, words, JSON.stringify(row[name]));
  }
  for (const [name, [words, fits]] of Object.entries(may)) {
    if (Object.hasOwn(row, name) && !fits(row[name])) throw refuse(`${who}, ${name}`, words, JSON.stringify(row[name]));
  }
}

export function requireTrainingRow(row: unknown, who: string, refuse: Refuse): TrainingRow {
  requireFields(row, TRAINING, {}, who, refuse);
  return row as TrainingRow;
}

/** @param at the row of `training` beside it, of the same seed and epoch. */
export function requireMeasurementRow(
  row: unknown,
  at: TrainingRow | undefined,
  who: string,
  refuse: Refuse,
): MeasurementRow {
  requireFields(row, MEASUREMENT, MEASUREMENT_MAY, who, refuse);
  const measured = row as MeasurementRow;
  if (at === undefined) return measured;
  if (measured.seed !== at.seed || measured.epoch !== at.epoch) {
    const expected = `seed ${at.seed} and epoch ${at.epoch}, as the line's training row`;
    throw refuse(who, expected, `seed ${measured.seed} and epoch ${measured.epoch}`);
  }
  return measured;
}

/** In format 1 a row had no unit, and its value was named `bits`, whatever it was. */
export function requireValueRow(row: unknown, format: number, who: string, refuse: Refuse): ValueRow {
  if (format !== 1) {
    requireFields(row, VALUE, {}, who, refuse);
    return row as ValueRow;
  }
  const { value, unit, ...rest } = VALUE;
  requireFields(row, { ...rest, bits: FINITE }, {}, who, refuse);
  const { setting, measure, bits, standardError, method, samples } = row as Omit<ValueRow, "value" | "unit"> & {
    readonly bits: number;
  };
  return { setting, measure, value: bits, unit: unitOf(measure), standardError, method, samples };
}
