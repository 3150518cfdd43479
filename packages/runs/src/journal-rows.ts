/** What a line of a journal holds, and its rows: each field is there, of its kind, and finite. Later versions may add fields. */

import { FormatError } from "@causalscope/core/errors";
import { MEASURES } from "@causalscope/core/measures";
import { anyRecord, finite, instance, oneOf, openRecord, parse, text, whole } from "@causalscope/core/schema";
import * as v from "valibot";
import type { Place } from "./steps.ts";
import { type MeasurementRow, type Rows, type TrainingRow, unitOf, type ValueRow } from "./row-tables.ts";

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

/** What to do about a run that is not as it was written. */
export const CHANGED = "The run was changed after it was written. Restore the files, or use --force to start again.";

const count = whole(0);
const pair = v.strictTuple([finite, finite], "two finite numbers");

const training = openRecord(
  {
    seed: count,
    epoch: count,
    step: count,
    trainLoss: finite,
    testLoss: finite,
    trainAccuracy: finite,
    testAccuracy: finite,
  } satisfies Record<keyof TrainingRow, v.GenericSchema>,
  "a row",
);

const measurement = openRecord(
  {
    seed: count,
    epoch: count,
    layer: count,
    layerName: text,
    measure: oneOf(MEASURES),
    bits: finite,
    standardError: finite,
    method: text,
    samples: count,
    outside: finite,
    warnings: text,
    bracket: v.optional(pair),
    bracketError: v.optional(pair),
    bounds: v.optional(pair),
    evidence: v.optional(
      openRecord({ routes: anyRecord, effectiveSamples: finite, guarded: count }, "a record of evidence"),
    ),
  } satisfies Record<keyof MeasurementRow, v.GenericSchema>,
  "a row",
);

const setting = instance<ValueRow["setting"]>(
  (value) =>
    v.is(anyRecord, value) && Object.values(value).every((each) => typeof each === "string" || Number.isFinite(each)),
  "a record of numbers and strings",
);

const valueEntries = {
  setting,
  measure: text,
  value: finite,
  unit: text,
  standardError: finite,
  method: text,
  samples: count,
} satisfies Record<keyof ValueRow, v.GenericSchema>;

const values = openRecord(valueEntries, "a row");
const { value: _, unit: __, ...entriesOfOld } = valueEntries;
/** In format 1 a row had no unit, and its value was named `bits`, whatever it was. */
const oldValues = openRecord({ ...entriesOfOld, bits: finite }, "a row");

/** @throws FormatError for a field that is missing, of another kind, or not finite. */
export function requireTrainingRow(row: unknown, who: string): TrainingRow {
  parse(training, row, who, FormatError, CHANGED);
  return row as TrainingRow;
}

/**
 * @param at the row of `training` beside it, of the same seed and epoch.
 * @throws FormatError as `requireTrainingRow`, and for a row of another checkpoint.
 */
export function requireMeasurementRow(row: unknown, at: TrainingRow | undefined, who: string): MeasurementRow {
  parse(measurement, row, who, FormatError, CHANGED);
  const measured = row as MeasurementRow;
  if (at === undefined || (measured.seed === at.seed && measured.epoch === at.epoch)) return measured;
  const expected = `seed ${at.seed} and epoch ${at.epoch}, as the line's training row`;
  const got = `seed ${measured.seed} and epoch ${measured.epoch}`;
  throw new FormatError({ who, expected, got, remedy: CHANGED });
}

/** @throws FormatError as `requireTrainingRow`. */
export function requireValueRow(row: unknown, format: number, who: string): ValueRow {
  if (format !== 1) {
    parse(values, row, who, FormatError, CHANGED);
    return row as ValueRow;
  }
  parse(oldValues, row, who, FormatError, CHANGED);
  const { setting, measure, bits, standardError, method, samples } = row as Omit<ValueRow, "value" | "unit"> & {
    readonly bits: number;
  };
  return { setting, measure, value: bits, unit: unitOf(measure), standardError, method, samples };
}
