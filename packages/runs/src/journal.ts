/**
 * The journal: one line of JSON per finished result, with the part and step that it is of and all its rows, in the order they were
 * finished. It is what a run is resumed from; the tables are made of it. Numbers in JSON keep their float64 bits.
 *
 * Each line ends with a hash of itself and of the line before; the hash before the first is that of the question. A line that was
 * changed, removed, doubled, or moved, and a journal of another question, are found. A line holds the SHA-256 of each blob by its name.
 */
import { CausalscopeError, FormatError } from "@causalscope/core/errors";
import { earlierLine } from "./earlier-journal.ts";
import {
  type JournalEntry,
  requireMeasurementRow,
  requireTrainingRow,
  requireValueRow,
  type StoredResult,
} from "./journal-rows.ts";
import { type Question, RUN_FORMAT_VERSION, type RunFile } from "./run-file.ts";
import { sha256 } from "@causalscope/core/basics";
import { isSamePlace, type Place, type Steps } from "./steps.ts";
import type { Rows } from "./row-tables.ts";

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
export function sorted(value: Question[string] | Question): unknown {
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
export function journalLine(
  entry: JournalEntry,
  after: string,
): { readonly text: string; readonly hash: string; readonly kept: StoredResult } {
  const body = bodyOf(entry);
  const hash = hashOf(body, after);
  const { blobs, ...kept } = JSON.parse(body);
  return { text: `${body.slice(0, -1)},"hash":"${hash}"}\n`, hash, kept };
}

function hashOf(body: string, after: string): string {
  return sha256(`${after}\n${body}`);
}

function bodyOf({ finished: { part, step, rows }, blobs }: JournalEntry): string {
  const { training = [], measurements = [], values = [] } = rows;
  for (const row of [...training, ...measurements]) requireFinite(row, `part ${part + 1}, step ${step}`);
  for (const row of values) requireFinite(row, `${row.measure} at ${JSON.stringify(row.setting)}`);
  return JSON.stringify({ part, step, rows: filled({ training, measurements, values }), blobs });
}

/** Without tables that have no rows. */
function filled(rows: Rows): Partial<Rows> {
  return Object.fromEntries(Object.entries(rows).filter(([, own]) => own.length > 0));
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
 * @param run whose journal it is: of format 1 there are no hashes to verify. @param steps what its question implies; where the study is
 *   not at hand, results need only follow one another.
 * @throws FormatError that says which line was changed, or is not the one that the question has at this place.
 */
export function readJournal(
  text: string,
  who: string,
  run: Pick<RunFile, "format" | "study" | "question" | "version">,
  steps?: Steps,
): Journal {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  let hash = questionHash(run);
  let before: Place = { part: 0, step: -1 };
  const entries = whole
    .split("\n")
    .slice(0, -1)
    .map((line, index): JournalEntry => {
      const place = `${who}, line ${index + 1}`;
      if (run.format !== 1) hash = verifiedHash(line, hash, place, index);
      const entry = entryOf(line, run, index, place);
      if (steps === undefined) requireAfter(before, entry.finished, place);
      else requirePlace(entry.finished, index, steps, place);
      before = entry.finished;
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
    index === 0 ? "a line that matches the options in run.json" : "a line that continues the one before it",
    "one with another hash: it was changed, or a line before it was changed, removed, added or moved",
  );
}

function entryOf(line: string, run: Pick<RunFile, "format" | "question">, index: number, who: string): JournalEntry {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    throw changed(who, "a finished checkpoint or part as JSON", line.slice(0, 60));
  }
  if (run.format !== RUN_FORMAT_VERSION) return earlierLine(content, line, run, index, who, changed);
  const { part, step, rows, blobs } = (content ?? {}) as Record<string, unknown>;
  if (!isCount(part) || !isCount(step) || !isRecord(rows) || !isRecord(blobs)) {
    throw changed(who, "a part, a step, rows and blobs", line.slice(0, 60));
  }
  for (const [name, hash] of Object.entries(blobs)) requireBlob(name, hash, who);
  const finished = { part, step, rows: rowsOf(rows, who) };
  return { finished, blobs: blobs as Record<string, string> };
}

/** @throws FormatError for a row that is not whole. */
function rowsOf(rows: Readonly<Record<string, unknown>>, who: string): Partial<Rows> {
  const list = (name: keyof Rows): readonly unknown[] | undefined => {
    const own = rows[name];
    if (own === undefined || (Array.isArray(own) && own.length > 0)) return own as unknown[] | undefined;
    throw changed(`${who}, ${name}`, "at least one row", JSON.stringify(own).slice(0, 60));
  };
  const [training, measurements, values] = [list("training"), list("measurements"), list("values")];
  const learned = training?.map((row, k) => requireTrainingRow(row, `${who}, training ${k + 1}`));
  return {
    ...(learned !== undefined && { training: learned }),
    ...(measurements !== undefined && {
      measurements: measurements.map((row, k) =>
        requireMeasurementRow(row, learned?.[0], `${who}, measurements ${k + 1}`),
      ),
    }),
    ...(values !== undefined && {
      values: values.map((row, k) => requireValueRow(row, RUN_FORMAT_VERSION, `${who}, values ${k + 1}`)),
    }),
  };
}

/** Names of blobs: a folder and a file, each with a number, so that a run knows its own from files of others. */
export const BLOB_NAME = /^[a-z][a-z-]*-\d+\/[a-z][a-z-]*-\d{6,}\.[a-z\d]+$/;

function requireBlob(name: string, hash: unknown, who: string): void {
  if (!BLOB_NAME.test(name)) throw changed(who, "the name of a blob: a folder and a file, each with a number", name);
  if (typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) {
    throw changed(who, `the SHA-256 of ${name}`, JSON.stringify(hash) ?? "none");
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function requirePlace(here: Place, index: number, steps: Steps, who: string): void {
  if (index >= steps.count) {
    throw changed(
      who,
      `${steps.count} lines, as the options in run.json require`,
      `one more, of ${steps.textOf(here)}`,
    );
  }
  const expected = steps.at(index);
  if (!isSamePlace(expected, here)) throw changed(who, steps.textOf(expected), steps.textOf(here));
}

function requireAfter(before: Place, here: Place, who: string): void {
  if (here.part > before.part || (here.part === before.part && here.step > before.step)) return;
  const text = ({ part, step }: Place) => `part ${part + 1}, step ${step}`;
  throw changed(who, `a result after that of ${text(before)}`, text(here));
}

function changed(who: string, expected: string, got: string): FormatError {
  return new FormatError({
    who,
    expected,
    got,
    remedy: "The run was changed after it was written. Restore the files, or use --force to start again.",
  });
}
