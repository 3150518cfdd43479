/** Axes of a picture, as shapes: ticks, grid, frame and titles. */
import { greatest } from "@causalscope/core/basics";
import { type Scale, textWidth, tickLabels } from "../chart.ts";
import { label, px, type Shape, shape } from "./drawing.ts";
import type { Paint } from "./paint.ts";

export const TICK_SIZE = 13;

/** The inside of a picture, in pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface AxesOptions {
  readonly box: Box;
  readonly x: Scale;
  readonly y: Scale;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  /** Default: as many decimals as tell the ticks apart. */
  readonly xLabels?: readonly string[];
  readonly yLabels?: readonly string[];
  readonly xTitle?: string;
  readonly yTitle?: string;
  readonly grid?: "both" | "rows";
}

/** Left of the frame: the widest label of the upright axis, and its title. */
export function leftMargin(labels: readonly string[], titled: boolean): number {
  return Math.ceil(12 + greatest(labels.map((each) => textWidth(each, TICK_SIZE))) + (titled ? 22 : 0));
}

export function axes(options: AxesOptions, paint: Paint): Shape[] {
  const { box, x, y, xTicks, yTicks, grid } = options;
  const { left, right, top, bottom } = box;
  const lines: string[] = [];
  const marks: string[] = [];
  const texts: Shape[] = [];
  const numbers = { fill: paint.muted, "font-size": TICK_SIZE };
  const yLabels = options.yLabels ?? tickLabels(yTicks);
  for (const [k, value] of yTicks.entries()) {
    const at = px(y.at(value));
    if (grid !== undefined) lines.push(`M${px(left)},${at}H${px(right)}`);
    marks.push(`M${px(left)},${at}h-4`);
    texts.push(label(yLabels[k]!, left - 8, at + 4.5, { ...numbers, "text-anchor": "end" }));
  }
  const xLabels = options.xLabels ?? tickLabels(xTicks);
  for (const [k, value] of xTicks.entries()) {
    const at = px(x.at(value));
    if (grid === "both") lines.push(`M${at},${px(top)}V${px(bottom)}`);
    marks.push(`M${at},${px(bottom)}v4`);
    texts.push(label(xLabels[k]!, at, bottom + 18, { ...numbers, "text-anchor": "middle" }));
  }
  const title = { fill: paint.ink, "font-size": TICK_SIZE, "text-anchor": "middle" };
  if (options.xTitle !== undefined) texts.push(label(options.xTitle, (left + right) / 2, bottom + 37, title));
  if (options.yTitle !== undefined) {
    const turned = `translate(13,${px((top + bottom) / 2)}) rotate(-90)`;
    texts.push(shape("text", { ...title, transform: turned }, options.yTitle));
  }
  return [
    shape("path", { d: lines.join(""), stroke: paint.line, fill: "none" }),
    shape("path", {
      d: `${marks.join("")}M${px(left)},${px(top)}V${px(bottom)}H${px(right)}`,
      stroke: paint.muted,
      fill: "none",
    }),
    ...texts,
  ];
}
