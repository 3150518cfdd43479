/**
 * The journal: one line of JSON per finished checkpoint, or per finished step of a study that trains nothing, with all its rows, in the
 * order they were finished. It is what a run is resumed from; the tables are made of it. Numbers in JSON keep their float64 bits.
 *
 * Each line ends with a hash of itself and of the line before; the hash before the first is that of the question. A line that was
 * changed, removed, doubled, or moved, and a journal of another question, are found. The line of a checkpoint holds the SHA-256 of its file.
 */
import { CausalscopeError, FormatError } from "@causalscope/core/errors";
import { requireMeasurementRow, requireTrainingRow, requireValueRow } from "./journal-rows.ts";
import type { Question, RunFile } from "./run-file.ts";
import { sha256 } from "./sha256.ts";
import { isSameStep, type Step, type Steps, stepText } from "./steps.ts";
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

/** What a line holds. */
export interface JournalEntry<T extends Finished = Finished> {
  readonly finished: T;
  /** SHA-256 of the checkpoint's file; none of a part, nor in format 1. */
  readonly checkpoint?: string | undefined;
}

export interface Journal {
  readonly entries: readonly JournalEntry[];
  /** Of the last line; of the question where there is none. */
  readonly hash: string;
  /** Its whole lines, as they stand there. */
  readonly text: string;
  /** Whether a last line was cut off. */
  readonly torn: boolean;
}

/** What the first line follows: the study, its question, and the version that was asked. */
export function questionHash({ study, question, version }: Pick<RunFile, "study" | "question" | "version">): string {
  // As run.json will have it: without what is undefined, and with 0 for −0.
  const kept: Question = JSON.parse(JSON.stringify(question));
  return sha256(JSON.stringify([study, version, sorted(kept)]));
}

/** The same text whatever the order of the names. */
function sorted(value: Question[string] | Question): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const record = value as Question;
  return Object.keys(record)
    .sort()
    .map((name) => [name, sorted(record[name]!)]);
}

/**
 * @param after the hash of the line before.
 * @returns the line, its hash, and what is read back from it: JSON has no −0.
 * @throws CausalscopeError for a number that JSON cannot hold.
 */
export function journalLine<T extends Finished>(
  entry: JournalEntry<T>,
  after: string,
): { readonly text: string; readonly hash: string; readonly kept: T } {
  const body = bodyOf(entry);
  const hash = hashOf(body, after);
  const { checkpoint, ...kept } = JSON.parse(body);
  return { text: `${body.slice(0, -1)},"hash":"${hash}"}\n`, hash, kept };
}

function hashOf(body: string, after: string): string {
  return sha256(`${after}\n${body}`);
}

function bodyOf({ finished, checkpoint }: JournalEntry): string {
  if ("values" in finished) {
    for (const row of finished.values) requireFinite(row, `${row.measure} at ${JSON.stringify(row.setting)}`);
    const { step, values } = finished;
    return JSON.stringify({ step, values });
  }
  const { training, measurements } = finished;
  for (const row of [training, ...measurements]) requireFinite(row, `checkpoint of ${stepText(stepOf(finished))}`);
  return JSON.stringify({ training, measurements, checkpoint });
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

const HASHED = /^(.*),"hash":"([0-9a-f]{64})"\}$/s;

/**
 * Reads a journal. Text after the last line end is what a killed process or a full disk cut off: it is not read.
 *
 * @param run whose journal it is: of format 1 there are no hashes to verify. @param steps what its question implies.
 * @throws FormatError that says which line was changed, or is not the one that the question has at this place.
 */
export function readJournal(
  text: string,
  who: string,
  run: Pick<RunFile, "format" | "study" | "question" | "version">,
  steps: Steps,
): Journal {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  let hash = questionHash(run);
  const entries = whole
    .split("\n")
    .slice(0, -1)
    .map((line, index): JournalEntry => {
      const place = `${who}, line ${index + 1}`;
      if (run.format !== 1) hash = verifiedHash(line, hash, place, index);
      const entry = entryOf(line, run.format, place);
      requirePlace(entry.finished, index, steps, place);
      return entry;
    });
  return { entries, hash, text: whole, torn: whole.length < text.length };
}

function verifiedHash(line: string, before: string, who: string, index: number): string {
  const [, body, said] = HASHED.exec(line) ?? [];
  if (said === undefined) throw changed(who, "a line with its hash at the end", line.slice(0, 60));
  const hash = hashOf(`${body}}`, before);
  if (hash === said) return hash;
  throw changed(
    who,
    index === 0 ? "a line that answers the question in run.json" : "a line that follows the one before it",
    "one whose hash is another: it was changed, or a line before it was changed, removed, added or moved",
  );
}

function entryOf(line: string, format: RunFile["format"], who: string): JournalEntry {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    throw changed(who, "a finished checkpoint or part as JSON", line.slice(0, 60));
  }
  const { training, measurements, step, values, checkpoint } = (content ?? {}) as Record<string, unknown>;
  if (Number.isSafeInteger(step) && Array.isArray(values)) {
    const rows = values.map((row, index) => requireValueRow(row, format, `${who}, values ${index + 1}`, changed));
    return { finished: { step: step as number, values: rows } };
  }
  if (typeof training !== "object" || training === null || !Array.isArray(measurements)) {
    throw changed(who, "a finished checkpoint or part as JSON", line.slice(0, 60));
  }
  const learned = requireTrainingRow(training, `${who}, training`, changed);
  const rows = measurements.map((row, index) =>
    requireMeasurementRow(row, learned, `${who}, measurements ${index + 1}`, changed),
  );
  if (rows.length === 0) throw changed(who, "at least one measurement", "none");
  if (format === 1) return { finished: { training: learned, measurements: rows } };
  if (typeof checkpoint !== "string" || !/^[0-9a-f]{64}$/.test(checkpoint)) {
    throw changed(who, "the SHA-256 of a checkpoint", JSON.stringify(checkpoint) ?? "none");
  }
  return { finished: { training: learned, measurements: rows }, checkpoint };
}

/** The step of a line. */
export function stepOf(finished: Finished): Step {
  if ("values" in finished) return { part: finished.step };
  const { seed, epoch } = finished.training;
  return { seed, epoch };
}

function requirePlace(finished: Finished, index: number, steps: Steps, who: string): void {
  const here = stepOf(finished);
  if (index >= steps.count) {
    throw changed(
      who,
      `${steps.count} lines, which the question in run.json implies`,
      `one more, of ${stepText(here)}`,
    );
  }
  const expected = steps.at(index);
  if (!isSameStep(expected, here)) throw changed(who, stepText(expected), stepText(here));
}

function changed(who: string, expected: string, got: string): FormatError {
  return new FormatError({
    who,
    expected,
    got,
    remedy: "The run was changed since it was written. Put the files back, or give --force to start it anew.",
  });
}
