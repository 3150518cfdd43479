/**
 * The causal plane: sensitivity over degeneracy, one trail per layer and seed through training, older epochs fainter.
 * After Mattsson, Michaud and Hoel, "Examining the causal structures of deep neural networks using information theory".
 */

import type { RunData } from "@causalscope/runs";
import * as Plot from "@observablehq/plot";
import { fixed, layerColor, layerLabel, layerSymbol, linearScale, tickLabels, ticks } from "../chart.ts";
import { measured, momentName, type ReportData, reportData, throughWhat } from "../data.ts";
import {
  AS_UNCERTAIN,
  belowNullcline,
  type EiLine,
  eiLines,
  type PlaneWindow,
  planeWindow,
  type Spread,
  spreadAt,
} from "../plane.ts";
import { composeFigure, INK, type LegendEntry, MUTED, TICK_SIZE } from "../svg.ts";

const WIDTH = 800;
const HEIGHT = 660;
const MARGINS = { left: 76, right: 30, top: 12, bottom: 58 };

/** Steps of fading along a trail: enough to look smooth, few enough for a small file with hundreds of epochs. */
const FADES = 24;

interface Point {
  readonly x: number;
  readonly y: number;
}

interface TrailPiece extends Point {
  readonly piece: string;
  readonly layer: number;
  readonly opacity: number;
}

interface End extends Point {
  readonly layer: number;
  readonly spread: Spread;
}

/**
 * The causal plane of a run as a standalone SVG file: degeneracy to the right, sensitivity upwards, in bits, with a
 * trail for each layer and seed.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const svg = causalPlaneFigure(trainingDataOf(await readStudyRun("runs/short")));
 * console.log(svg.startsWith("<svg"), svg.includes("degeneracy")); // true true
 * ```
 * @throws InvalidInputError where the run holds no measurement.
 */
export function causalPlaneFigure(run: RunData): string {
  const data = reportData(run);
  const window = planeWindow(data);
  const pieces: TrailPiece[] = [];
  const starts: End[] = [];
  const ends: End[] = [];
  for (const s of data.seeds.keys()) {
    for (const layer of data.layers.keys()) {
      const points = planePoints(data, s, layer);
      if (points.length === 0) continue;
      pieces.push(...trail(points, layer, `${s}/${layer}`));
      if (points.length > 1) starts.push(points[0]!);
      ends.push(points[points.length - 1]!);
    }
  }
  return composeFigure({
    width: WIDTH,
    title: `Causal plane of “${data.study}”${throughWhat(data)}`,
    legend: legend(data, starts.length > 0),
    panels: [
      {
        height: HEIGHT,
        options: {
          ...frame(window),
          marks: [...ground(window), brackets(ends, window), ...trails(pieces, starts, ends)],
        },
      },
    ],
    caption: caption(data),
  });
}

function planePoints(data: ReportData, seed: number, layer: number): End[] {
  const sensitivity = data.bits.sensitivity[seed]![layer]!;
  return measured(data.bits.degeneracy[seed]![layer]!).flatMap(({ e, value }) => {
    const y = sensitivity[e];
    if (y === null || y === undefined) return [];
    return [{ x: value, y, layer, spread: spreadAt(data, seed, layer, e)! }];
  });
}

/** A trail cut into pieces that share their ends, each darker than the one before. */
function trail(points: readonly Point[], layer: number, name: string): TrailPiece[] {
  const segments = points.length - 1;
  const count = Math.min(FADES, segments);
  const rows: TrailPiece[] = [];
  for (let k = 0; k < count; k++) {
    const from = Math.round((k / count) * segments);
    const to = Math.round(((k + 1) / count) * segments);
    const opacity = count === 1 ? 0.8 : 0.22 + 0.7 * (k / (count - 1));
    for (let i = from; i <= to; i++) {
      rows.push({ x: points[i]!.x, y: points[i]!.y, piece: `${name}/${k}`, layer, opacity });
    }
  }
  return rows;
}

function frame(window: PlaneWindow): Plot.PlotOptions {
  return {
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: [...window.x], label: null },
    y: { domain: [...window.y], label: null },
  };
}

function ground(window: PlaneWindow): Plot.Markish[] {
  const axis = { labelAnchor: "center", labelArrow: "none", fontSize: TICK_SIZE, tickSize: 5 } as const;
  const xTicks = ticks(window.x, 9);
  const yTicks = ticks(window.y, 9);
  const lines = eiLines(window);
  return [
    Plot.line(belowNullcline(window), { fill: "#e7e9ec", stroke: "none" }),
    Plot.link(lines.slice(1), {
      x1: (d: EiLine) => d.from[0],
      y1: (d: EiLine) => d.from[1],
      x2: (d: EiLine) => d.to[0],
      y2: (d: EiLine) => d.to[1],
      stroke: "#aab1b9",
      strokeDasharray: "2 4",
    }),
    Plot.link(lines.slice(0, 1), {
      x1: (d: EiLine) => d.from[0],
      y1: (d: EiLine) => d.from[1],
      x2: (d: EiLine) => d.to[0],
      y2: (d: EiLine) => d.to[1],
      stroke: INK,
      strokeWidth: 1.6,
      strokeDasharray: "7 4",
    }),
    ...lines.map((line) => eiLabel(line, window)),
    Plot.axisX(xTicks, { ...axis, tickFormat: labelled(xTicks), label: "degeneracy (bits)", labelOffset: 48 }),
    Plot.axisY(yTicks, { ...axis, tickFormat: labelled(yTicks), label: "sensitivity (bits)", labelOffset: 62 }),
    Plot.frame({ stroke: INK, strokeWidth: 1 }),
  ];
}

/** "EI = 2" written on its line near the upper end, as on a contour map; the nullcline's name stands under it. */
function eiLabel(line: EiLine, window: PlaneWindow): Plot.Markish {
  const x = linearScale(window.x, [0, WIDTH - MARGINS.left - MARGINS.right]);
  const y = linearScale(window.y, [HEIGHT - MARGINS.top - MARGINS.bottom, 0]);
  const across = x.at(line.to[0]) - x.at(line.from[0]);
  const down = y.at(line.to[1]) - y.at(line.from[1]);
  const length = Math.hypot(across, down);
  const nullcline = line.ei === 0;
  if (length < (nullcline ? 70 : 120)) return null;
  const back = nullcline ? 54 : 46;
  const gap = nullcline ? 7 : 0;
  const at = (from: number, to: number) => to + ((from - to) * back) / length;
  return Plot.text([[at(line.from[0], line.to[0]), at(line.from[1], line.to[1])]], {
    text: () => `EI = ${fixed(line.ei, Number.isInteger(line.ei) ? 0 : 1)}`,
    rotate: (Math.atan2(down, across) * 180) / Math.PI,
    lineAnchor: nullcline ? "top" : "middle",
    dx: (-gap * down) / length,
    dy: (gap * across) / length,
    fontSize: nullcline ? 15 : 12,
    fontWeight: nullcline ? "bold" : "normal",
    fill: nullcline ? INK : MUTED,
    stroke: nullcline ? "none" : "#ffffff",
    strokeWidth: 5,
  });
}

/** Half the height of a bracket's box, in pixels, where sensitivity is known better than that: less than the marker's. */
const BOX = 4.5;

/** The light boxes behind points whose degeneracy, and so whose EI, has a bracket that tells more than its error. */
function brackets(ends: readonly End[], window: PlaneWindow): Plot.Markish {
  const y = linearScale(window.y, [HEIGHT - MARGINS.top - MARGINS.bottom, 0]);
  return Plot.rect(
    ends.filter(({ spread }) => spread.bracket !== undefined),
    {
      x1: ({ spread }: End) => spread.bracket![0],
      x2: ({ spread }: End) => spread.bracket![1],
      y1: (d: End) => Math.min(d.spread.y[0], y.invert(y.at(d.y) + BOX)),
      y2: (d: End) => Math.max(d.spread.y[1], y.invert(y.at(d.y) - BOX)),
      fill: (d: End) => layerColor(d.layer),
      fillOpacity: 0.22,
      stroke: (d: End) => layerColor(d.layer),
      strokeOpacity: 0.5,
    },
  );
}

function trails(pieces: readonly TrailPiece[], starts: readonly End[], ends: readonly End[]): Plot.Markish[] {
  const color = (d: { layer: number }) => layerColor(d.layer);
  const symbol = (d: { layer: number }) => layerSymbol(d.layer);
  return [
    Plot.line(pieces, {
      x: "x",
      y: "y",
      z: "piece",
      stroke: color,
      strokeOpacity: "opacity",
      strokeWidth: 1.6,
      strokeLinecap: "butt",
    }),
    Plot.link(
      ends.filter(({ spread: { x } }) => x[1] > x[0]),
      {
        x1: ({ spread }: End) => spread.x[0],
        x2: ({ spread }: End) => spread.x[1],
        y1: "y",
        y2: "y",
        stroke: INK,
        strokeWidth: 1.3,
      },
    ),
    Plot.link(
      ends.filter(({ spread: { y } }) => y[1] > y[0]),
      {
        y1: ({ spread }: End) => spread.y[0],
        y2: ({ spread }: End) => spread.y[1],
        x1: "x",
        x2: "x",
        stroke: INK,
        strokeWidth: 1.3,
      },
    ),
    Plot.dot(starts, { x: "x", y: "y", r: 4.5, symbol, fill: "#ffffff", stroke: color, strokeWidth: 2 }),
    Plot.dot(ends, { x: "x", y: "y", r: 5.5, symbol, fill: color, stroke: "#ffffff", strokeWidth: 1.2 }),
  ];
}

function labelled(values: readonly number[]): (value: number) => string {
  const labels = tickLabels(values);
  return (value) => labels[values.indexOf(value)] ?? "";
}

function legend(data: ReportData, moves: boolean): LegendEntry[][] {
  const layers = data.layers.map(
    (layer, l): LegendEntry => ({
      kind: "line",
      color: layerColor(l),
      symbol: layerSymbol(l),
      label: layerLabel(layer),
    }),
  );
  const marks: LegendEntry[] = moves
    ? [
        { kind: "open", color: MUTED, label: momentName(data, data.epochs[0]!) },
        { kind: "dot", color: MUTED, label: momentName(data, data.epochs[data.epochs.length - 1]!) },
      ]
    : [{ kind: "dot", color: MUTED, label: momentName(data, data.epochs[0]!) }];
  const box: LegendEntry = { kind: "band", color: MUTED, label: "bracket" };
  const bar: LegendEntry = { kind: "errorbar", color: INK, label: "±1.96 standard errors of measuring" };
  return [layers, [...marks, bar, ...(data.brackets.degeneracy === undefined ? [] : [box])]];
}

function caption(data: ReportData): string {
  const runs = data.seeds.length === 1 ? "one training run" : `${data.seeds.length} training runs (seeds)`;
  const seeds = data.checkpoints === undefined ? runs : "one model";
  const [older, last] =
    data.checkpoints === undefined ? ["older epochs", "last epoch"] : ["older checkpoints", "last checkpoint"];
  const trails =
    data.epochs.length === 1
      ? `One point for each layer, ${seeds}.`
      : `One trail for each layer${data.checkpoints === undefined ? " and seed" : ""}, ${seeds}; ${older} are fainter.`;
  const errors =
    data.brackets.degeneracy === undefined
      ? `Error bars are shown at the ${last} and are often smaller than the marker.`
      : `Error bars and brackets are those of the ${last}; brackets that are estimates are drawn with 1.96 standard errors of their ends. ${AS_UNCERTAIN}`;
  return `${trails} The height of a point above the dashed nullcline is its effective information (EI); dotted lines join points of equal EI. In the grey corner, EI would be negative. ${errors}`;
}
