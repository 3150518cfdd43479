/**
 * The causal plane as text: sensitivity over degeneracy, a trail for each layer and seed, from a small letter at the first checkpoint to a
 * capital at the last. Dots of braille where the terminal has them, two across and four down in a character; else ASCII.
 */
import { escaped } from "@causalscope/core/basics";
import {
  eiLines,
  linearScale,
  measured,
  momentName,
  planeWindow,
  type ReportData,
  reportData,
  type Scale,
  tickLabels,
  ticks,
} from "@causalscope/report/internal";
import type { RunData } from "@causalscope/runs";
import type { Io } from "./io.ts";
import { dim, heading, LAYER_COLOURS, type Style, styled } from "./style.ts";
import { isUtf8 } from "./terminal.ts";
import { displayWidth, wrapped } from "./text.ts";

/** Of a file, and the widest. */
const WIDTH = 80;
const WIDEST = 110;

/** The plane of a run, as wide as the terminal. */
export function causalPlaneText(run: RunData, { stdout, env }: Pick<Io, "stdout" | "env">): string {
  const width = Math.min(stdout.columns ?? WIDTH, WIDEST);
  return causalPlanePlot(run, width, isUtf8(env, process.platform));
}

/**
 * @param width columns, at least 20.
 * @param unicode braille and lines of boxes; else ASCII.
 */
export function causalPlanePlot(run: RunData, width: number, unicode: boolean): string {
  const data = reportData(run);
  const window = planeWindow(data);
  const rows = Math.max(8, Math.min(24, Math.round(width / 3.6)));
  const yTicks = ticks(window.y, Math.max(2, Math.floor(rows / 4)));
  const yLabels = tickLabels(yTicks);
  const margin = yLabels.reduce((most, label) => Math.max(most, label.length), 0) + 2;
  const columns = Math.max(10, width - margin);
  const canvas = new Canvas(columns, rows, unicode);
  const x = linearScale(window.x, [0, canvas.width - 1]);
  const y = linearScale(window.y, [canvas.height - 1, 0]);
  const [nullcline] = eiLines(window);
  if (nullcline?.ei === 0) {
    canvas.line(
      [x.at(nullcline.from[0]), y.at(nullcline.from[1])],
      [x.at(nullcline.to[0]), y.at(nullcline.to[1])],
      undefined,
    );
  }
  drawTrails(canvas, data, x, y);
  const lines = canvas
    .lines()
    .map((line, row) => `${axisY(row, rows, yTicks, yLabels, y, canvas, margin, unicode)}${line}`);
  const bottom = axisX(ticks(window.x, Math.max(2, Math.floor(columns / 12))), x, canvas, margin, unicode);
  return `${[...title(data, width), ...lines, ...bottom, ...legend(data, width)].join("\n")}\n\n`;
}

type Point = readonly [x: number, y: number];

function drawTrails(canvas: Canvas, data: ReportData, x: Scale, y: Scale): void {
  const trails = data.seeds.flatMap((_, s) =>
    data.layers.map((_, layer) => ({
      layer,
      points: pointsOf(data, s, layer).map(([a, b]): Point => [x.at(a), y.at(b)]),
    })),
  );
  for (const { layer, points } of trails) {
    for (const [k, point] of points.entries()) canvas.line(points[Math.max(0, k - 1)]!, point, layer);
  }
  for (const { layer, points } of trails)
    if (points.length > 1) canvas.letter(points[0]!, letterOf(layer).toLowerCase(), layer);
  for (const { layer, points } of trails) if (points.length > 0) canvas.letter(points.at(-1)!, letterOf(layer), layer);
}

/** Degeneracy and sensitivity at each checkpoint that has both. */
function pointsOf({ bits }: ReportData, seed: number, layer: number): Point[] {
  const sensitivity = bits.sensitivity[seed]![layer]!;
  return measured(bits.degeneracy[seed]![layer]!).flatMap(({ e, value }): Point[] => {
    const other = sensitivity[e];
    return other === null || other === undefined ? [] : [[value, other]];
  });
}

function letterOf(layer: number): string {
  return String.fromCharCode(65 + (layer % 26));
}

function colourOf(layer: number): Style {
  return LAYER_COLOURS[layer % LAYER_COLOURS.length]!;
}

/** Characters, each of some dots: those of its last trail give it its colour. */
class Canvas {
  readonly columns: number;
  readonly rows: number;
  /** In dots. */
  readonly width: number;
  readonly height: number;
  readonly #across: number;
  readonly #down: number;
  readonly #unicode: boolean;
  readonly #dots: Uint8Array;
  /** The layer whose trail goes through a character; the nullcline is none. */
  readonly #layers: (number | undefined)[];
  readonly #letters: (string | undefined)[];

  constructor(columns: number, rows: number, unicode: boolean) {
    this.columns = columns;
    this.rows = rows;
    this.#unicode = unicode;
    [this.#across, this.#down] = unicode ? [2, 4] : [1, 1];
    [this.width, this.height] = [columns * this.#across, rows * this.#down];
    this.#dots = new Uint8Array(columns * rows);
    this.#layers = new Array(columns * rows).fill(undefined);
    this.#letters = new Array(columns * rows).fill(undefined);
  }

  /** @param layer undefined for the nullcline, which is dotted. */
  line([x0, y0]: Point, [x1, y1]: Point, layer: number | undefined): void {
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
    const every = layer !== undefined ? 1 : this.#unicode ? 4 : 2;
    for (let k = 0; k <= steps; k += every)
      this.#dot(x0 + ((x1 - x0) * k) / steps, y0 + ((y1 - y0) * k) / steps, layer);
  }

  letter([x, y]: Point, letter: string, layer: number): void {
    const cell = this.#cell(Math.round(x), Math.round(y));
    this.#letters[cell] = letter;
    this.#layers[cell] = layer;
  }

  #dot(atX: number, atY: number, layer: number | undefined): void {
    const [x, y] = [Math.round(atX), Math.round(atY)];
    if (x < 0 || x >= this.width || y < 0 || y >= this.height) return;
    const cell = this.#cell(x, y);
    this.#dots[cell]! |= BRAILLE[y % this.#down]![x % this.#across]!;
    if (layer !== undefined) this.#layers[cell] = layer;
  }

  /** The character of a column and a row of dots, which are within the canvas or on its edge. */
  #cell(x: number, y: number): number {
    const column = Math.min(this.columns - 1, Math.max(0, Math.floor(x / this.#across)));
    const row = Math.min(this.rows - 1, Math.max(0, Math.floor(y / this.#down)));
    return row * this.columns + column;
  }

  /** The character's row or column of a dot. */
  rowOf(y: number): number {
    return Math.floor(Math.round(y) / this.#down);
  }

  columnOf(x: number): number {
    return Math.min(this.columns - 1, Math.floor(Math.round(x) / this.#across));
  }

  lines(): string[] {
    return Array.from({ length: this.rows }, (_, row) => {
      const cells = Array.from({ length: this.columns }, (_, column) => row * this.columns + column);
      const last = cells.findLastIndex((cell) => this.#character(cell) !== " ");
      let text = "";
      for (let k = 0; k <= last; ) {
        const style = this.#style(cells[k]!);
        let run = "";
        // One colour for as long as it lasts.
        for (; k <= last && this.#style(cells[k]!) === style; k++) run += this.#character(cells[k]!);
        text += style === undefined ? run : styled(style, run);
      }
      return text;
    });
  }

  #style(cell: number): Style | undefined {
    const layer = this.#layers[cell];
    if (layer !== undefined) return colourOf(layer);
    return this.#dots[cell] === 0 ? undefined : "dim";
  }

  #character(cell: number): string {
    const letter = this.#letters[cell];
    if (letter !== undefined) return letter;
    const dots = this.#dots[cell]!;
    if (dots === 0) return " ";
    if (this.#unicode) return String.fromCharCode(0x2800 + dots);
    return this.#layers[cell] === undefined ? ":" : ".";
  }
}

/** Bits of the dots of a braille character, by row and column. */
const BRAILLE = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

function axisY(
  row: number,
  rows: number,
  values: readonly number[],
  labels: readonly string[],
  y: Scale,
  canvas: Canvas,
  margin: number,
  unicode: boolean,
): string {
  const at = values.findIndex((value) => Math.min(rows - 1, canvas.rowOf(y.at(value))) === row);
  const [tick, line] = unicode ? ["┤", "│"] : ["+", "|"];
  return `${(labels[at] ?? "").padStart(margin - 2)} ${dim(at < 0 ? line! : tick!)}`;
}

/** The line below the plane, and the numbers below its ticks as far as they do not touch. */
function axisX(values: readonly number[], x: Scale, canvas: Canvas, margin: number, unicode: boolean): string[] {
  const [corner, line, tick] = unicode ? ["└", "─", "┬"] : ["+", "-", "+"];
  const rule = new Array<string>(canvas.columns).fill(line!);
  const labels = tickLabels(values);
  let numbers = " ".repeat(margin);
  for (const [k, value] of values.entries()) {
    const column = canvas.columnOf(x.at(value));
    rule[column] = tick!;
    const label = labels[k]!;
    const start = Math.min(margin + column - Math.floor(label.length / 2), margin + canvas.columns - label.length);
    if (start > displayWidth(numbers.trimEnd()) || numbers.trim() === "")
      numbers = numbers.trimEnd().padEnd(start) + label;
  }
  return [`${" ".repeat(margin - 1)}${dim(corner + rule.join(""))}`, numbers];
}

function title({ study }: ReportData, width: number): string[] {
  return wrapped(
    `${heading(`Causal plane of ${study}`)}: sensitivity (up) over degeneracy (right), in bits`,
    width,
  ).split("\n");
}

function legend(data: ReportData, width: number): string[] {
  const { layers, epochs, seeds } = data;
  const entries = layers.map(({ name }, l) => `${styled(colourOf(l), letterOf(l))} ${escaped(name)}`);
  const [first, last] = [momentName(data, epochs[0]!), momentName(data, epochs.at(-1)!)];
  const moments = epochs.length > 1 ? `a: ${first}, A: ${last}` : `A: ${last}`;
  const note = `${moments}${seeds.length > 1 ? `, ${seeds.length} seeds` : ""}; dotted: EI = 0`;
  return [...flowed(entries, "   ", width), ...wrapped(note, width).split("\n")];
}

/** Entries one after another, as many on a line as fit. */
function flowed(entries: readonly string[], between: string, width: number): string[] {
  const lines: string[] = [];
  for (const entry of entries) {
    const longer = lines.length === 0 ? undefined : `${lines.at(-1)}${between}${entry}`;
    if (longer !== undefined && displayWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(entry);
  }
  return lines;
}
