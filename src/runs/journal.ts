/**
 * The journal: one line of JSON per finished checkpoint, or per finished step of a study that trains nothing, with all its rows, in the
 * order they were finished. It is what a run is resumed from; the tables are made of it. Numbers in JSON keep their float64 bits.
 */
import { CausalscopeError, FormatError } from "../errors.ts";
import type { MeasurementRow, TrainingRow, ValueRow } from "./table.ts";

/** All that was found out at one checkpoint of one seed. */
export interface FinishedCheckpoint {
  readonly training: TrainingRow;
  readonly measurements: readonly MeasurementRow[];
}

/** A part of the work of a study that trains nothing. */
export interface FinishedValues {
  /** Position of the part, from 0. */
  readonly step: number;
  readonly values: readonly ValueRow[];
}

export type Finished = FinishedCheckpoint | FinishedValues;

/** @throws CausalscopeError for a number that JSON cannot hold. */
export function journalLine(finished: Finished): string {
  if ("values" in finished) {
    for (const row of finished.values) requireFinite(row, `${row.measure} at ${JSON.stringify(row.setting)}`);
    const { step, values } = finished;
    return `${JSON.stringify({ step, values })}\n`;
  }
  const { training, measurements } = finished;
  const who = `checkpoint of seed ${training.seed}, epoch ${training.epoch}`;
  for (const row of [training, ...measurements]) requireFinite(row, who);
  return `${JSON.stringify({ training, measurements })}\n`;
}

function requireFinite(row: object, who: string): void {
  for (const [key, value] of Object.entries(row)) {
    const wrong = numbersIn(value).find((each) => !Number.isFinite(each));
    if (wrong !== undefined) throw new CausalscopeError({ who, expected: `a finite ${key}`, got: `${wrong}` });
  }
}

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/**
 * Reads a journal. Text after the last line end is what a killed process or a full disk cut off: it is not read.
 *
 * @throws FormatError for any other line that is neither a finished checkpoint nor finished values.
 */
export function readJournal(text: string, who: string): Finished[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1)
    .map((line, index) => {
      try {
        const { training, measurements, step, values } = JSON.parse(line);
        if (Number.isInteger(step) && Array.isArray(values)) return { step, values };
        if (Number.isInteger(training.seed) && Number.isInteger(training.epoch) && Array.isArray(measurements)) {
          return { training, measurements };
        }
      } catch {
        // Reported below, with its place.
      }
      throw new FormatError({
        who: `${who}, line ${index + 1}`,
        expected: "a finished checkpoint as JSON",
        got: line.slice(0, 60),
        remedy: "The journal was changed by hand or by the disk; --force starts the run anew.",
      });
    });
}
