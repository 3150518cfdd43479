/** Legends of exported pictures: samples with their texts, in as many rows as they need. */
import { textWidth } from "../chart.ts";
import { label, px, type Shape, shape } from "./drawing.ts";
import type { Paint } from "./paint.ts";

export interface Entry {
  readonly text: string;
  /** About the origin, 16 pixels wide. */
  readonly sample: Shape;
}

const ROW = 20;

/** @param top base line of the first row. */
export function legendRows(
  entries: readonly Entry[],
  { left, top, width }: { readonly left: number; readonly top: number; readonly width: number },
  paint: Paint,
): { shapes: Shape[]; bottom: number } {
  let [x, y] = [left, top];
  const shapes: Shape[] = [];
  for (const { text, sample } of entries) {
    const wide = 24 + textWidth(text, 13);
    if (x > left && x + wide > left + width) [x, y] = [left, y + ROW];
    shapes.push(
      shape("g", { transform: `translate(${px(x + 8)},${px(y - 4.5)})` }, sample),
      label(text, x + 22, y, { fill: paint.ink }),
    );
    x += wide + 18;
  }
  return { shapes, bottom: y + 8 };
}
