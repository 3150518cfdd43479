/** Tables as text: separated by commas, semicolons, tabs or spaces, with or without a line of names; numbers, words and missing cells. */

import { checkFile } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";
import type { CellTable } from "./number-table.ts";

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
/** What pandas and others write, or take, for no value. */
const MISSING = new Set([
  "",
  "#N/A",
  "#NA",
  "<NA>",
  "N/A",
  "n/a",
  "NA",
  "NULL",
  "null",
  "NaN",
  "-NaN",
  "nan",
  "-nan",
  "None",
  "?",
]);
/** Numbers of other countries, which would be words here. */
const FOREIGN = /^[+-]?\d+(?:[ '’.]?\d{3})*,\d+$|^[+-]?\d{1,3}(?:[,'’]\d{3})+(?:\.\d+)?$/;

/** No number is written with more characters than this: what is longer is a word. */
const LONGEST_NUMBER = 40;

/**
 * Blank lines and lines that begin with # are passed over. The first line is one of names where none of its cells is a number, and its words
 * do not come again below; or where it counts the columns, 0, 1, 2 …, as pandas writes those without names. A first column without a name that counts
 * the rows is left out. Cells may stand in double quotes. Columns of words are categories; cells that hold nothing, NA, NaN and their
 * like are missing.
 *
 * @throws FormatError, with line and column, for words among numbers, numbers with decimal commas, lines of different lengths, names that
 *   are there twice, or no line of values.
 */
export function readCsv(text: string, who: string): CellTable {
  const lines = linesOf(text);
  checkFile(lines.length > 0, () => ({ who, expected: "at least one line of numbers", got: "none" }));
  const split = splitter(lines.slice(0, LOOKED_AT).map((line) => line.text));
  const first = split(lines[0]!.text);
  const whole = () => new Columns(lines, 0, split, first.length, who).table();
  const isNumbered = counts(first) || (first[0] === "" && first.length > 2 && counts(first.slice(1)));
  const some = numberedInPart(first);
  if (some && lines.length > 1) {
    const body = new Columns(lines, 1, split, first.length, who);
    // A word that comes again is a value, as of a label.
    if (!first.some((cell, column) => !NUMBER.test(cell) && body.hasWord(column, cell))) {
      const names = first.map((cell) => (NUMBER.test(cell) ? "" : cell));
      requireDistinct(names, lines[0]!.number, who);
      const note = `the first line, ${shownList(first)}, was read as names and numbers of the columns, not as values`;
      return withNote({ ...body.table(), names }, note);
    }
  }
  if (first.some((cell) => NUMBER.test(cell)) && !isNumbered) return whole();
  if (lines.length === 1) {
    checkFile(isNumbered, () => ({ who, expected: "at least one line of numbers", got: "only names" }));
    return whole();
  }
  if (!isNumbered) requireDistinct(first, lines[0]!.number, who);
  const body = new Columns(lines, 1, split, first.length, who);
  if (isNumbered) {
    const said = `the first line, ${shownList(first.filter((cell) => cell !== ""))},`;
    // A table of 0 and 1 may well begin with these.
    if (first.length < 3 && body.isWhole()) {
      const note = `${said} was read as values: if it numbers the columns, remove it from the file`;
      return withNote(whole(), note);
    }
    const note = `${said} was read as the numbers of the columns, not as values`;
    return withNote(withoutIndex(first[0] === "" ? { ...body.table(), names: first } : body.table()), note);
  }
  if (first.every((cell, column) => body.hasWord(column, cell))) {
    const note =
      "the first line was read as values, because all of its words occur again below: the columns have no names";
    return withNote(whole(), note);
  }
  return withoutIndex({ ...body.table(), names: first });
}

/** pandas writes the numbers of columns without names; before them, where rows are numbered too, an empty cell. */
function counts(cells: readonly string[]): boolean {
  return cells.length > 1 && cells.every((cell, k) => cell === `${k}`);
}

/** Columns that were added to those without names have names: 0, 1, 2, target. */
function numberedInPart(cells: readonly string[]): boolean {
  const numbers = cells.filter((cell, k) => cell === `${k}`).length;
  const words = cells.filter((cell) => !NUMBER.test(cell) && !MISSING.has(cell)).length;
  return numbers > 1 && words > 0 && numbers + words === cells.length;
}

function shownList(cells: readonly string[]): string {
  return cells.length > 5 ? `${cells.slice(0, 3).join(", ")} … ${cells.at(-1)}` : cells.join(", ");
}

function withNote(table: CellTable, note: string): CellTable {
  return { ...table, notes: [note, ...(table.notes ?? [])] };
}

function requireDistinct(names: readonly string[], line: number, who: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    checkFile(name === "" || !seen.has(name), () => ({
      who: `${who}, line ${line}`,
      expected: "unique column names",
      got: `${JSON.stringify(name)} twice`,
    }));
    seen.add(name);
  }
}

interface Line {
  readonly text: string;
  readonly number: number;
}

/** Words of a column, numbered as they first come. */
interface Words {
  readonly places: Map<string, number>;
  /** `[rows]`; −1 of what is missing. */
  readonly found: Int32Array;
  readonly first: { readonly line: number; readonly text: string };
}

class Columns {
  readonly #rows: number;
  readonly #columns: number;
  readonly #values: Float64Array;
  readonly #lines: Int32Array;
  readonly #words = new Map<number, Words>();
  readonly #hasNumbers: Uint8Array;
  readonly #who: string;

  /** @throws FormatError for lines of different lengths, and numbers that are infinite or written as elsewhere. */
  constructor(lines: readonly Line[], from: number, split: (line: string) => string[], columns: number, who: string) {
    this.#who = who;
    this.#rows = lines.length - from;
    this.#columns = columns;
    this.#values = new Float64Array(this.#rows * columns);
    this.#lines = new Int32Array(this.#rows);
    this.#hasNumbers = new Uint8Array(columns);
    for (let row = 0; row < this.#rows; row++) {
      const { text, number } = lines[row + from]!;
      const cells = split(text);
      if (cells.length !== columns) {
        throw new FormatError({
          who: `${who}, line ${number}`,
          expected: `${columns} cells, like line ${lines[0]!.number}`,
          got: `${cells.length}`,
        });
      }
      this.#lines[row] = number;
      for (let column = 0; column < columns; column++) this.#read(cells[column]!, row, column, number);
    }
  }

  #read(cell: string, row: number, column: number, line: number): void {
    const isShort = cell.length <= LONGEST_NUMBER;
    const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
    this.#values[row * this.#columns + column] = value;
    if (Number.isFinite(value)) {
      this.#hasNumbers[column] = 1;
      return;
    }
    if (MISSING.has(cell)) return;
    if (NUMBER.test(cell) || (isShort && FOREIGN.test(cell))) throw this.#refused(column, line, cell);
    let words = this.#words.get(column);
    if (words === undefined) {
      words = { places: new Map(), found: new Int32Array(this.#rows).fill(-1), first: { line, text: cell } };
      this.#words.set(column, words);
    }
    const place = words.places.get(cell) ?? words.places.size;
    words.places.set(cell, place);
    words.found[row] = place;
  }

  #refused(column: number, line: number, cell: string): FormatError {
    const got = JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell);
    const who = `${this.#who}, line ${line}, column ${column + 1}`;
    return new FormatError({ who, expected: "a finite number", got });
  }

  /** Whether all values are whole numbers. */
  isWhole(): boolean {
    return this.#words.size === 0 && this.#values.every(Number.isInteger);
  }

  hasWord(column: number, word: string): boolean {
    return this.#words.get(column)?.places.has(word) === true;
  }

  /** @throws FormatError for columns of numbers and words. */
  table(): CellTable {
    const categories = new Map<number, readonly string[]>();
    const firstWords = new Map<number, Words["first"]>();
    const columns = [...this.#words].sort(([a], [b]) => a - b);
    for (const [column, { places, found, first }] of columns) {
      if (this.#hasNumbers[column] === 1) throw this.#refused(column, first.line, first.text);
      const sorted = [...places.keys()].sort((a, b) => (a < b ? -1 : 1));
      const place = new Float64Array(sorted.length);
      for (const [k, word] of sorted.entries()) place[places.get(word)!] = k;
      for (let row = 0; row < this.#rows; row++) {
        if (found[row]! >= 0) this.#values[row * this.#columns + column] = place[found[row]!]!;
      }
      categories.set(column, sorted);
      firstWords.set(column, first);
    }
    return {
      shape: [this.#rows, this.#columns],
      values: this.#values,
      ...(categories.size > 0 && { categories, firstWords }),
      lines: this.#lines,
    };
  }
}

/** What pandas calls a column whose name it read as empty. */
const NO_NAME = ["", "Unnamed: 0"];

/** Without a first column that has no name and numbers the rows. */
function withoutIndex(table: CellTable): CellTable {
  const [rows, columns] = table.shape as [number, number];
  const { values, names, categories = new Map(), firstWords = new Map(), notes = [], ...rest } = table;
  if (names === undefined || columns < 2 || !NO_NAME.includes(names[0]!)) return table;
  for (let row = 0; row < rows; row++) if (values[row * columns] !== row) return table;
  const kept = values.filter((_, at) => at % columns !== 0);
  const moved = <T>(of: ReadonlyMap<number, T>) => new Map([...of].map(([column, each]) => [column - 1, each]));
  const own = names.slice(1);
  const isNumbers = own.every((name, k) => name === `${k}`);
  return {
    ...rest,
    shape: [rows, columns - 1],
    values: kept,
    ...(!isNumbers && { names: own }),
    ...(categories.size > 0 && { categories: moved(categories), firstWords: moved(firstWords) }),
    notes: [...notes, "a first column without a name, which numbers the rows, was ignored"],
  };
}

function linesOf(text: string): Line[] {
  return (
    text
      .replace(/^\uFEFF/, "")
      .split(/\r\n|\n|\r/)
      // A cell at either end may be empty: tabs are not trimmed.
      .map((line, at) => ({ text: line.replace(/^ +/, "").trimEnd() === "" ? "" : line, number: at + 1 }))
      .filter((line) => line.text !== "" && !line.text.trimStart().startsWith("#"))
  );
}

const SEPARATORS = [";", "\t", ","];
/** Lines by which the separator is told. */
const LOOKED_AT = 20;

/** What takes a line apart, by the separator that these have outside of quotes: as often in each, or in the second. */
function splitter(lines: readonly string[]): (line: string) => string[] {
  const bare = lines.map((line) => line.replace(/"(?:[^"]|"")*"/g, '""'));
  const countIn = (line: string | undefined, separator: string) => (line ?? "").split(separator).length - 1;
  const even = SEPARATORS.find((each) => {
    const counts = new Set(bare.map((line) => countIn(line, each)));
    return counts.size === 1 && !counts.has(0);
  });
  const separator = even ?? SEPARATORS.find((each) => countIn(bare[1] ?? bare[0], each) > 0);
  if (separator !== undefined) {
    return (each) =>
      each.includes('"') ? quotedCells(each, separator) : each.split(separator).map((cell) => cell.trim());
  }
  // Words may hold spaces; of numbers, these are separators.
  const spaced = (line: string) => line.trim().split(/\s+/);
  const sample = spaced(bare[1] ?? bare[0] ?? "");
  if (!sample.some((cell) => NUMBER.test(cell) || MISSING.has(cell))) return (each) => [unquoted(each)];
  return (each) => (each.includes('"') ? quotedCells(each.trim().replace(/\s+/g, " "), " ") : spaced(each));
}

/** Cells of a line in which a quoted one may hold the separator. */
function quotedCells(line: string, separator: string): string[] {
  const cells = [""];
  let isQuoted = false;
  for (const char of line) {
    if (char === '"') isQuoted = !isQuoted;
    if (char === separator && !isQuoted) cells.push("");
    else cells[cells.length - 1] += char;
  }
  return cells.map(unquoted);
}

function unquoted(cell: string): string {
  const text = cell.trim();
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"')
    ? text.slice(1, -1).replaceAll('""', '"').trim()
    : text;
}
