/**
 * Standalone SVG files out of Observable Plot panels. Plot draws into linkedom's document; this file strips what only
 * a web page understands, rounds pixels to three decimals and sets title, legend and caption around the panels.
 * Promises: the same input gives the same bytes; no ids, no style sheet, no reference to anything outside.
 */

import { greatest } from "@causalscope/core/basics";
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeMarkup, type LayerSymbol, symbolPath, textWidth, wrapText } from "./chart.ts";

export const INK = "#1f2328";
export const MUTED = "#57606a";
export const FONT = "DejaVu Sans, Arial, sans-serif";
export const TICK_SIZE = 14;
const TITLE_SIZE = 19;
const LEGEND_SIZE = 14;
const CAPTION_SIZE = 13;
const HEADING_SIZE = 16;
const MARGIN = 24;

export interface LegendEntry {
  readonly label: string;
  readonly kind: "line" | "thin" | "dashed" | "open" | "dot" | "band" | "area" | "ground" | "errorbar";
  readonly color: string;
  readonly dash?: string;
  /** A marker in the middle of the sample. */
  readonly symbol?: LayerSymbol;
}

export interface Panel {
  readonly height: number;
  /** What Plot draws; or a picture of the views, drawn as wide as it is told. */
  readonly options: Plot.PlotOptions | ((width: number) => string);
  /** Bold, above the panel: "a  MNIST". */
  readonly heading?: string;
  /** SVG over the panel, in its own pixels. */
  readonly overlay?: string;
}

export interface Figure {
  readonly width: number;
  readonly title: string;
  /** Rows of entries; each row starts on a new line and wraps where it is too long. */
  readonly legend: readonly (readonly LegendEntry[])[];
  /** One under the other; those of a list side by side, of equal width and height. */
  readonly panels: readonly (Panel | readonly Panel[])[];
  readonly caption: string;
  /** Width in print; without it, a pixel is a pixel. */
  readonly millimetres?: number;
}

/** The file: white ground, title, legend, panels, caption. */
export function composeFigure({ width, title, legend, panels, caption, millimetres }: Figure): string {
  const parts: string[] = [];
  let y = MARGIN + TITLE_SIZE;
  for (const line of wrapText(title, TITLE_SIZE * 1.06, width - 2 * MARGIN)) {
    parts.push(text(MARGIN, y, line, `font-size="${TITLE_SIZE}" font-weight="bold" fill="${INK}"`));
    y += TITLE_SIZE * 1.35;
  }
  const rows = legendRows(legend, width - 2 * MARGIN);
  for (const row of rows) {
    parts.push(...row.map(({ x, entry }) => legendEntry(MARGIN + x, y, entry)));
    y += LEGEND_SIZE * 1.6;
  }
  for (const row of panels) {
    const side = "options" in row ? [row] : row;
    const share = width / side.length;
    // A heading keeps to its panel: a long one takes more lines.
    const headings = side.map(({ heading = "" }) => wrapText(heading, HEADING_SIZE * 1.08, share - 1.5 * MARGIN));
    const headed =
      greatest(headings.map((lines) => lines.length)) * HEADING_SIZE * 1.35 +
      (headings.some((lines) => lines.length > 0) ? 3 : 0);
    for (const [k, panel] of side.entries()) {
      const { overlay = "" } = panel;
      const size = `font-size="${HEADING_SIZE}" font-weight="bold"`;
      for (const [at, line] of headings[k]!.entries())
        parts.push(text(k * share + MARGIN, y + HEADING_SIZE * (1 + 1.35 * at), line, size));
      const at = `translate(${k * share},${y + headed})`;
      parts.push(`<g transform="${at}">${drawPanel(panel, share)}${overlay}</g>`);
    }
    y += headed + greatest(side.map((panel) => panel.height));
  }
  y += CAPTION_SIZE * 1.2;
  for (const line of wrapText(caption, CAPTION_SIZE, width - 2 * MARGIN)) {
    parts.push(text(MARGIN, y, line, `font-size="${CAPTION_SIZE}" fill="${MUTED}"`));
    y += CAPTION_SIZE * 1.45;
  }
  const height = Math.ceil(y + MARGIN - CAPTION_SIZE);
  const unit = (pixels: number) =>
    millimetres === undefined ? `${pixels}` : `${Number(((pixels * millimetres) / width).toFixed(3))}mm`;
  const head =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${unit(width)}" height="${unit(height)}" viewBox="0 0 ${width} ${height}" ` +
    `role="img" font-family="${FONT}" font-size="${TICK_SIZE}" fill="${INK}" color="${INK}">`;
  const about = `<title>${escapeMarkup(title)}</title><desc>${escapeMarkup(caption)}</desc>`;
  const ground = `<rect width="${width}" height="${height}" fill="#ffffff"/>`;
  return `${roundPixels(`${head}${about}${ground}${parts.join("")}</svg>`)}\n`;
}

/** A Plot panel as a group: its root's presentation is kept, its page-only style sheet is not. */
export function drawPanel({ height, options }: Panel, width: number): string {
  if (typeof options === "function") return options(width);
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg = Plot.plot({ ...options, document: document as unknown as Document, width, height });
  if (svg.tagName.toLowerCase() !== "svg") throw new Error("report: Plot returned a page fragment instead of one SVG");
  svg.querySelector("style")?.remove();
  const inner = svg.innerHTML.replace(/ aria-(hidden|label)="[^"]*"/g, "").replace(/ \/>/g, "/>");
  return `<g text-anchor="middle">${inner}</g>`;
}

/** Pixels to three decimals, inside tags only: no text of the figure is touched. */
export function roundPixels(svg: string): string {
  return svg.replace(/<[a-zA-Z][^>]*>/g, (tag) =>
    tag.replace(/-?\d+\.\d+(?:e[-+]?\d+)?|-?\d+e-\d+/g, (number) => String(Number(Number(number).toFixed(3)) + 0)),
  );
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escapeMarkup(content)}</text>`;
}

const SAMPLE_WIDTH = 26;

function legendRows(groups: Figure["legend"], width: number): { x: number; entry: LegendEntry }[][] {
  const rows: { x: number; entry: LegendEntry }[][] = [];
  for (const group of groups) {
    let row: { x: number; entry: LegendEntry }[] = [];
    let x = 0;
    for (const entry of group) {
      const entryWidth = SAMPLE_WIDTH + 8 + textWidth(entry.label, LEGEND_SIZE);
      if (row.length > 0 && x + entryWidth > width) {
        rows.push(row);
        row = [];
        x = 0;
      }
      row.push({ x, entry });
      x += entryWidth + 22;
    }
    if (row.length > 0) rows.push(row);
  }
  return rows;
}

function legendEntry(x: number, y: number, { label, kind, color, dash, symbol }: LegendEntry): string {
  const middle = y - LEGEND_SIZE * 0.36;
  const end = x + SAMPLE_WIDTH;
  const centre = x + SAMPLE_WIDTH / 2;
  const dashes = kind === "dashed" ? "7 4" : dash;
  const stroke = (width: number) =>
    `<path d="M${x},${middle}H${end}" stroke="${color}" stroke-width="${width}" fill="none"${dashes ? ` stroke-dasharray="${dashes}"` : ""}/>`;
  const samples: Record<LegendEntry["kind"], () => string> = {
    line: () => stroke(3.5),
    thin: () => stroke(1.2),
    dashed: () => stroke(2),
    open: () => `<circle cx="${centre}" cy="${middle}" r="5" fill="#ffffff" stroke="${color}" stroke-width="2"/>`,
    dot: () => `<circle cx="${centre}" cy="${middle}" r="6" fill="${color}"/>`,
    band: () =>
      `<rect x="${x}" y="${middle - 6}" width="${SAMPLE_WIDTH}" height="12" fill="${color}" fill-opacity="0.25"/>`,
    area: () =>
      `<path d="M${x + 6},${middle + 2}L${centre},${middle - 2}L${end - 6},${middle + 1}Z" fill="${color}" stroke="${color}" stroke-width="10" stroke-linejoin="round" opacity="0.24"/>`,
    ground: () =>
      [0.06, 0.17, 0.32]
        .map(
          (opacity, k) =>
            `<rect x="${x + k * 9}" y="${middle - 6}" width="9" height="12" fill="${color}" fill-opacity="${opacity}"/>`,
        )
        .join(""),
    errorbar: () =>
      `<path d="M${x + 3},${middle}H${end - 3}M${x + 3},${middle - 4}v8M${end - 3},${middle - 4}v8" stroke="${color}" stroke-width="1.6" fill="none"/>`,
  };
  const marker =
    symbol === undefined
      ? ""
      : `<path transform="translate(${centre},${middle})" d="${symbolPath(symbol, 5.5)}" fill="${color}"/>`;
  return `<g>${samples[kind]()}${marker}${text(end + 8, y, label, `font-size="${LEGEND_SIZE}"`)}</g>`;
}
