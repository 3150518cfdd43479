/** The frame of a chart in the page: its ground, scales, ticks and axis labels, as wide as its host. */
import { greatest } from "@causalscope/core/basics";
import { type Interval, linearScale, type Scale, textWidth, tickLabels, ticks } from "../chart.ts";
import { px, svg, svgText } from "./dom.ts";

const TOP = 10;
const RIGHT = 16;
const BOTTOM = 44;
const TICK_SIZE = 13;

export interface FrameOptions {
  readonly name: string;
  readonly kind: "plane" | "curve";
  readonly width: number;
  readonly height: number;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly yDomain: Interval;
  /** About how many ticks the upright axis gets. */
  readonly rows: number;
  readonly xScale: (range: Interval) => Scale;
  readonly xTicks: (scale: Scale) => number[];
  /** Lines across the chart at the upright axis' ticks. */
  readonly grid: boolean;
}

export interface Frame {
  readonly root: SVGSVGElement;
  /** For what lies behind the axes. */
  readonly back: SVGGElement;
  readonly x: Scale;
  readonly y: Scale;
  readonly top: number;
  readonly bottom: number;
}

export function drawFrame(host: HTMLElement, options: FrameOptions): Frame {
  const { width, height } = options;
  const rows = ticks(options.yDomain, options.rows);
  const rowLabels = tickLabels(rows);
  const left = Math.ceil(Math.max(60, 32 + greatest(rowLabels.map((label) => textWidth(label, TICK_SIZE)))));
  const right = width - RIGHT;
  const bottom = height - BOTTOM;
  const x = options.xScale([left, right]);
  const y = linearScale(options.yDomain, [bottom, TOP]);
  // A plane holds points to be reached one by one; a curve is one picture.
  const role = options.kind === "plane" ? "group" : "img";
  const root = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    class: `chart ${options.kind}`,
    role,
    "aria-label": options.name,
  });
  host.prepend(root);
  const back = svg("g", {}, root);
  const axis = svg("g", { class: "axis" }, root);
  for (const [i, label] of rowLabels.entries()) {
    const at = px(y.at(rows[i]!));
    svg("path", { d: `M${left},${at}h-5` }, axis);
    if (options.grid) svg("path", { d: `M${left},${at}H${right}`, class: rows[i] === 0 ? "zero" : "grid" }, axis);
    svgText(label, { x: left - 8, y: at + 4.5, "text-anchor": "end" }, axis);
  }
  const columns = options.xTicks(x);
  const columnLabels = options.kind === "plane" ? tickLabels(columns) : columns.map(String);
  for (const [i, label] of columnLabels.entries()) {
    const at = px(x.at(columns[i]!));
    svg("path", { d: `M${at},${bottom}v5` }, axis);
    svgText(label, { x: at, y: bottom + 18, "text-anchor": "middle" }, axis);
  }
  svg("path", { d: `M${left},${TOP}H${right}V${bottom}H${left}Z` }, axis);
  svgText(options.xLabel, { x: (left + right) / 2, y: height - 7, class: "label" }, axis);
  svgText(options.yLabel, { transform: `translate(13,${(TOP + bottom) / 2}) rotate(-90)`, class: "label" }, axis);
  return { root, back, x, y, top: TOP, bottom };
}
