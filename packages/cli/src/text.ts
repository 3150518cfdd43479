/** Text on a screen of so many columns: how wide it is, and where its lines are broken. */
import stringWidth from "string-width";
import { withoutMarks } from "./style.ts";

/** Columns that a text takes on a terminal: two for a character of East Asian scripts, none for a mark above another. */
export function displayWidth(text: string): number {
  const plain = withoutMarks(text);
  return /^[ -~]*$/.test(plain) ? plain.length : stringWidth(plain);
}

/** What stays on one line: a range, a value with its error, a number with its unit. */
const PIECES = /(?:\[[^[\]]*\]|\S)+(?: [±×→] \S+| %)*/g;

/** The pieces of a line between which it may be broken. */
export function pieces(line: string): string[] {
  return line.match(PIECES) ?? [];
}

/**
 * The text with its lines broken at spaces so that none is wider; what follows begins as far to the right as the line. A word that is wider
 * stays whole: it may be a path.
 *
 * @param width columns; undefined where lines may be of any length.
 */
export function wrapped(text: string, width: number | undefined): string {
  if (width === undefined) return text;
  return text
    .split("\n")
    .map((line) => (displayWidth(line) <= width ? line : brokenLines(line, width).join("\n")))
    .join("\n");
}

function brokenLines(line: string, width: number): string[] {
  const indent = /^ */.exec(line)![0];
  return lines(pieces(line), width - indent.length).map((each) => indent + each);
}

/** Pieces in lines of at most a width, where they are no wider themselves. */
function lines(words: readonly string[], width: number): string[] {
  const found: string[] = [];
  let at = 0;
  for (const word of words) {
    const size = displayWidth(word);
    if (found.length > 0 && at + 1 + size <= width) {
      found[found.length - 1] += ` ${word}`;
      at += 1 + size;
    } else {
      found.push(word);
      at = size;
    }
  }
  return found;
}

/** The lines of a cell: broken at spaces, and within words that are wider than the column. */
export function cellLines(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const words = pieces(text).flatMap((piece) => {
    if (displayWidth(piece) <= width) return [piece];
    return piece.split(" ").flatMap((word) => (displayWidth(word) <= width ? [word] : chopped(word, width)));
  });
  return lines(words, width);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function chopped(word: string, width: number): string[] {
  const parts: string[] = [];
  let [part, size] = ["", 0];
  for (const { segment } of graphemes.segment(word)) {
    const more = displayWidth(segment);
    if (size + more > width && part !== "") {
      parts.push(part);
      [part, size] = ["", 0];
    }
    part += segment;
    size += more;
  }
  return [...parts, part];
}

/** Width of the widest piece that should not be broken. */
export function widestPiece(text: string): number {
  return pieces(text).reduce((most, piece) => Math.max(most, displayWidth(piece)), 0);
}
