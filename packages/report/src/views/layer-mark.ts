/** The mark of a layer, for legends, tables and readouts beside the views. */
import { layerSymbol, symbolPath } from "../chart.ts";
import { svg } from "./dom.ts";
import { LIVE, layerPaint } from "./paint.ts";

/**
 * The mark of a layer in its colour, 16 pixels wide, to stand in a line of text.
 *
 * @param layer position of the layer, from 0.
 *
 * @example
 * ```ts
 * const legend = (names: readonly string[]) => names.map((name, layer) => [layerMark(layer), name]);
 * console.log(legend.length); // 1
 * ```
 */
export function layerMark(layer: number): SVGSVGElement {
  const mark = svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, class: "sample", "aria-hidden": "true" });
  svg("path", { d: symbolPath(layerSymbol(layer), 6), fill: layerPaint(LIVE, layer) }, mark);
  return mark;
}
