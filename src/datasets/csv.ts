/** Tables of numbers as text: separated by commas, semicolons, tabs or spaces, with or without a line of names. */
import { FormatError } from "../errors.ts";
import type { NumberTable } from "./table.ts";

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Blank lines and lines that begin with # are passed over. The first line is one of names where none of its cells is a number. Cells
 * may stand in double quotes.
 *
 * @throws FormatError, with line and column, for a cell that is no number, lines of different lengths, or no line of numbers.
 */
export function readCsv(text: string, who: string): NumberTable {
  const lines = linesOf(text);
  const split = splitter((lines[1] ?? lines[0])?.text ?? "");
  const first = lines[0] === undefined ? [] : split(lines[0].text);
  const names = first.length > 0 && !first.some((cell) => NUMBER.test(cell)) ? first : undefined;
  const body = names === undefined ? lines : lines.slice(1);
  if (body.length === 0) {
    throw new FormatError({ who, expected: "at least one line of numbers", got: names ? "only names" : "none" });
  }
  const columns = names?.length ?? first.length;
  const values = new Float64Array(body.length * columns);
  for (const [row, { text: line, number }] of body.entries()) {
    const cells = split(line);
    if (cells.length !== columns) {
      throw new FormatError({
        who: `${who}, line ${number}`,
        expected: `${columns} cells, like line ${lines[0]!.number}`,
        got: `${cells.length}`,
      });
    }
    for (const [column, cell] of cells.entries()) values[row * columns + column] = numberOf(cell, who, number, column);
  }
  return { shape: [body.length, columns], values, ...(names && { names }) };
}

function numberOf(cell: string, who: string, line: number, column: number): number {
  const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
  if (Number.isFinite(value)) return value;
  const got = cell === "" ? "an empty cell" : JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell);
  throw new FormatError({ who: `${who}, line ${line}, column ${column + 1}`, expected: "a finite number", got });
}

function linesOf(text: string): { readonly text: string; readonly number: number }[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((line, at) => ({ text: line.trim(), number: at + 1 }))
    .filter((line) => line.text !== "" && !line.text.startsWith("#"));
}

/** What takes a line apart, by the separator that this one has. */
function splitter(line: string): (line: string) => string[] {
  const separator = [";", "\t", ","].find((each) => line.includes(each));
  if (separator === undefined) return (each) => each.split(/\s+/).map(unquoted);
  return (each) =>
    each.includes('"') ? quotedCells(each, separator) : each.split(separator).map((cell) => cell.trim());
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
