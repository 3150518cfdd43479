/**
 * The journal: one line of JSON per finished checkpoint with all its rows, in the order they were finished. It is what a run is
 * resumed from; the tables are made of it. Numbers in JSON keep their float64 bits.
 */
import { CausalscopeError, FormatError } from "../errors.ts";
import type { MeasurementRow, TrainingRow } from "./table.ts";

/** All that was found out at one checkpoint of one seed. */
export interface FinishedCheckpoint {
  readonly training: TrainingRow;
  readonly measurements: readonly MeasurementRow[];
}

/** @throws CausalscopeError for a number that JSON cannot hold. */
export function journalLine({ training, measurements }: FinishedCheckpoint): string {
  for (const row of [training, ...measurements]) {
    for (const [key, value] of Object.entries(row)) {
      const wrong = numbersIn(value).find((each) => !Number.isFinite(each));
      if (wrong !== undefined) {
        throw new CausalscopeError({
          who: `checkpoint of seed ${row.seed}, epoch ${row.epoch}`,
          expected: `a finite ${key}`,
          got: `${wrong}`,
        });
      }
    }
  }
  return `${JSON.stringify({ training, measurements })}\n`;
}

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/**
 * Reads a journal. Text after the last line end is what a killed process or a full disk cut off: it is not read.
 *
 * @throws FormatError for any other line that is not a finished checkpoint.
 */
export function readJournal(text: string, who: string): FinishedCheckpoint[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1)
    .map((line, index) => {
      try {
        const { training, measurements } = JSON.parse(line);
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
