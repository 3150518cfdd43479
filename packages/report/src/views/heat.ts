/** Heat maps: a canvas with a pixel for each value. */
import { html } from "./dom.ts";
import { type Paint, paintAt } from "./paint.ts";

/** Values over a grid, from the upper left: rows of y, columns of x. */
export interface Field {
  readonly columns: number;
  readonly rows: number;
  /** From −1, the first class, to 1, the second. */
  readonly values: ArrayLike<number>;
  /** Of more than two classes: which, at each place; then values say from 0 to 1 how clearly. */
  readonly classes?: ArrayLike<number>;
}

/**
 * A field as a small canvas, a pixel for each value, in the colours of the two signs: for `NetworkOptions.heat`, and under the data.
 *
 * @example
 * ```ts
 * const heat = (field: Field, host: HTMLElement) => heatOf(field, host);
 * console.log(heat.length); // 2
 * ```
 */
export function heatOf(field: Field, host: HTMLElement): HTMLCanvasElement {
  return heatCanvas(field, paintAt(host));
}

/** The same in given colours. */
export function heatCanvas({ columns, rows, values, classes }: Field, paint: Paint): HTMLCanvasElement {
  const canvas = html("canvas", { width: columns, height: rows });
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  const page = channels(paint.page);
  const ends = classColors(paint).map(channels);
  const pixels = context.createImageData(columns, rows);
  for (let k = 0; k < columns * rows; k++) {
    const value = Math.max(-1, Math.min(1, values[k] ?? 0));
    const end = ends[classes === undefined ? Number(value >= 0) : classes[k]! % ends.length]!;
    const share = Math.abs(value);
    for (let c = 0; c < 3; c++) pixels.data[4 * k + c] = page[c]! + (end[c]! - page[c]!) * share;
    pixels.data[4 * k + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

/** Colours of the classes: of two, those of the signs. */
export function classColors(paint: Paint): string[] {
  return [paint.negative, paint.positive, ...paint.layers.slice(2)];
}

type Rgb = [number, number, number];

/** Of "#1f63b5". */
function channels(color: string): Rgb {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
