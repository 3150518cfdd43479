/** Tables as data, and as lines that fit a terminal. */
import { escaped, greatest } from "@causalscope/core/basics";
import { dim, heading } from "./style.ts";
import { cellLines, displayWidth, widestPiece, wrapped } from "./text.ts";

export interface TableColumn {
  readonly title: string;
  readonly align: "left" | "right";
  /** Names the row: stands in every part of a table that is too wide for the terminal. Without any, the first column does. */
  readonly key?: boolean;
}

export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
}

/** What a command shows, piece by piece: text, whose lines are broken at spaces, and tables. */
export type Block = string | Table;

export const left = (title: string): TableColumn => ({ title, align: "left" });
export const right = (title: string): TableColumn => ({ title, align: "right" });
export const key = (column: TableColumn): TableColumn => ({ ...column, key: true });

export function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): Table {
  return { columns, rows };
}

/** @param width columns of the terminal; undefined where there is none, and lines may be of any length. */
export function layOut(blocks: readonly Block[], width?: number): string {
  return blocks.map((block) => (typeof block === "string" ? wrapped(block, width) : tableText(block, width))).join("");
}

/** Between two columns; and where the table does not fit otherwise. */
const GAPS = [2, 1] as const;
type Gap = (typeof GAPS)[number];
/** A column of words is not made narrower than this, where it is wider. */
const NARROW = 16;
/** A column whose table does not fit otherwise is. */
const NARROWEST = 6;

interface Measured extends TableColumn {
  readonly cells: readonly string[];
  /** With every cell on one line. */
  readonly natural: number;
  /** With lines broken at spaces: words in headings, and in cells of words. */
  readonly least: number;
}

/**
 * Lines of equal columns under a header. A table that is too wide has lines of its headings and words broken, and its columns closer
 * together; where that is not enough, it comes in parts, one below the other, that begin with the same key columns.
 */
function tableText({ columns, rows }: Table, width = Number.POSITIVE_INFINITY): string {
  const measured = columns.map((column, c) =>
    measuredColumn(
      column,
      rows.map((row) => escaped(row[c]!)),
    ),
  );
  const gap = GAPS.find((each) => leastWidth(measured, each) <= width) ?? GAPS[0];
  return parts(measured, width, gap)
    .map((part) => partText(part, widths(part, width, gap), rows.length, gap))
    .join("\n");
}

function measuredColumn(column: TableColumn, cells: readonly string[]): Measured {
  const natural = cells.reduce((most, cell) => Math.max(most, displayWidth(cell)), displayWidth(column.title));
  const heading = widestPiece(column.title);
  const least =
    column.align === "right"
      ? cells.reduce((most, cell) => Math.max(most, displayWidth(cell)), heading)
      : Math.max(
          heading,
          Math.min(
            NARROW,
            cells.reduce((most, cell) => Math.max(most, widestPiece(cell)), 0),
          ),
        );
  return { ...column, cells, natural, least };
}

function leastWidth(columns: readonly Measured[], gap: Gap): number {
  return columns.reduce((total, { least }) => total + least, gap * Math.max(0, columns.length - 1));
}

/** The columns of each part: as few parts as possible, of about the same width. */
function parts(columns: readonly Measured[], width: number, gap: Gap): Measured[][] {
  if (leastWidth(columns, gap) <= width) return [[...columns]];
  let found = partsWithin(columns, width, gap);
  // Words take whatever room there is.
  if (columns.some(({ natural, least }) => natural > least)) return found;
  for (let less = width - 1; less > 0; less--) {
    const narrower = partsWithin(columns, less, gap);
    if (narrower.length > found.length || narrower.some((part) => leastWidth(part, gap) > less)) break;
    found = narrower;
  }
  return found;
}

function partsWithin(columns: readonly Measured[], width: number, gap: Gap): Measured[][] {
  const isKey = columns.some(({ key }) => key === true)
    ? ({ key }: Measured) => key === true
    : (column: Measured) => column === columns[0];
  // A name may be as long as it likes, but not take the room of what is said of it.
  const half = Math.max(NARROWEST, Math.floor((width - gap) / 2));
  const keys = columns.filter(isKey).map((column) => ({ ...column, least: Math.min(column.least, half) }));
  const found: Measured[][] = [[]];
  for (const column of columns.filter((each) => !isKey(each))) {
    const part = found.at(-1)!;
    if (part.length > 0 && leastWidth([...keys, ...part, column], gap) > width) found.push([column]);
    else part.push(column);
  }
  return found.map((part) => [...keys, ...part]);
}

/** What each column of a part gets: its least, and of what is left the same as the others, as far as it needs it. */
function widths(part: readonly Measured[], width: number, gap: Gap): number[] {
  const found = part.map(({ natural, least }) => Math.min(natural, least));
  let spare = width - gap * (part.length - 1) - found.reduce((total, each) => total + each, 0);
  // Where even the least is too much, the widest gives.
  while (spare < 0 && greatest(found) > NARROWEST) {
    const widest = found.indexOf(greatest(found));
    found[widest]! -= 1;
    spare += 1;
  }
  for (;;) {
    const wanting = part.flatMap(({ natural }, c) => (natural > found[c]! ? [c] : []));
    if (wanting.length === 0 || spare < 1) return found;
    const each = Math.max(1, Math.floor(spare / wanting.length));
    for (const c of wanting) {
      const more = Math.min(each, part[c]!.natural - found[c]!, spare);
      found[c]! += more;
      spare -= more;
    }
  }
}

function partText(part: readonly Measured[], sizes: readonly number[], rows: number, gap: Gap): string {
  const rule = dim(sizes.map((size) => "─".repeat(size)).join(" ".repeat(gap)));
  const rowOf = (textOf: (column: Measured) => string, style: (text: string) => string, stands?: "bottom") =>
    row(part, sizes, " ".repeat(gap), textOf, style, stands);
  const titles = rowOf(({ title }) => title, heading, "bottom");
  const lines = Array.from({ length: rows }, (_, r) => rowOf(({ cells }) => cells[r]!, valuesPlain));
  return `${[titles, rule, ...lines].join("\n")}\n`;
}

/** The lines of a row: as many as its highest cell has. */
function row(
  part: readonly Measured[],
  sizes: readonly number[],
  between: string,
  textOf: (column: Measured) => string,
  style: (text: string) => string,
  stands: "top" | "bottom" = "top",
): string {
  const cells = part.map((column, c) => cellLines(textOf(column), sizes[c]!));
  const height = cells.reduce((most, { length }) => Math.max(most, length), 0);
  const lines = Array.from({ length: height }, (_, at) => {
    const texts = cells.map((cell) => cell[stands === "top" ? at : at - (height - cell.length)] ?? "");
    const last = texts.findLastIndex((text) => text !== "");
    return texts
      .slice(0, last + 1)
      .map((text, c) => {
        const space = " ".repeat(Math.max(0, sizes[c]! - displayWidth(text)));
        if (part[c]!.align === "right") return space + style(text);
        return c === last ? style(text) : style(text) + space;
      })
      .join(between);
  });
  return lines.join("\n");
}

/** What is not the value itself: its error, its unit. */
function valuesPlain(text: string): string {
  return text.replace(/ ± [\d.]+|(?<=\d) (?:%|s|min|h)(?![\w%])/g, (error) => dim(error));
}
