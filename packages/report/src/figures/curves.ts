/** Curves over the epochs, as Plot panels: thin lines and error bands per seed, bold means, a shared epoch axis. */
import * as Plot from "@observablehq/plot";
import {
  epochScale,
  epochTicks,
  extent,
  type Interval,
  type LayerSymbol,
  layerColor,
  layerDash,
  layerSymbol,
  nice,
  tickLabels,
  ticks,
} from "../chart.ts";
import { meanSeries, measured, type ReportData, type Series } from "../data.ts";
import { type Fall, fastestFall } from "../learning.ts";
import { plotSymbol } from "../panels.ts";
import { ERROR_REACH } from "../plane.ts";
import { INK, type LegendEntry, MUTED, type Panel, TICK_SIZE } from "../svg.ts";

export const WIDTH = 800;
const GROUND = "#7b8794";
const LEFT = 76;
const RIGHT = 30;
const BOTTOM = 58;

/** One quantity of one line style, over all seeds. */
export interface CurveGroup {
  /** Tells the lines of this group from all others in the panel. */
  readonly name: string;
  readonly color: string;
  readonly dash: string;
  /** Of markers on the line. */
  readonly symbol?: LayerSymbol;
  /** `[seed][epoch]`. */
  readonly values: readonly Series[];
  /** In the same order; a band is drawn where the error is above 0. */
  readonly standardErrors?: readonly Series[];
  /** Where the values stand, if not at the run's epochs. */
  readonly epochs?: readonly number[];
}

export interface CurvePanel {
  readonly yLabel: string;
  readonly height: number;
  readonly groups: readonly CurveGroup[];
  /** The window, where it is not that of the values. */
  readonly yDomain?: Interval;
  /** Only the lowest panel of a figure carries the epoch axis. */
  readonly epochAxis: boolean;
  /** What the values are, in the upper right corner. */
  readonly note?: string;
  /** Grey ground, the darker the faster the loss falls, with the fastest fall dashed. */
  readonly falls?: readonly Fall[];
  /** Written beside the dashed line. */
  readonly fallLabel?: string;
}

interface Vertex {
  readonly t: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly line: string;
  readonly color: string;
}

export function measureGroups(data: ReportData, measure: "ei" | "phi"): CurveGroup[] {
  return data.layers.map((_, l) => ({
    name: `layer ${l}`,
    color: layerColor(l),
    dash: layerDash(l),
    symbol: layerSymbol(l),
    values: data.bits[measure].map((layers) => layers[l]!),
    standardErrors: data.standardErrors[measure].map((layers) => layers[l]!),
  }));
}

export function curvePanel(data: ReportData, panel: CurvePanel): Panel {
  const first = data.epochs[0]!;
  const last = data.epochs[data.epochs.length - 1]!;
  const time = epochScale([first, last], [0, 1]);
  const vertices = panel.groups.map((group) => seedVertices(group, group.epochs ?? data.epochs, time.at));
  const domain = panel.yDomain ?? valueDomain(vertices.flat());
  return {
    height: panel.height,
    options: {
      marginLeft: LEFT,
      marginRight: RIGHT,
      marginTop: 10,
      marginBottom: panel.epochAxis ? BOTTOM : 12,
      x: { domain: [0, 1], label: null },
      y: { domain: [...domain], label: null },
      opacity: { type: "identity" },
      marks: [
        ...fallMarks(panel, time.at),
        ...axes(
          panel,
          domain,
          epochTicks(epochScale([first, last], [0, WIDTH - LEFT - RIGHT]), 52),
          time.at,
          data.checkpoints === undefined ? "epoch (square-root scale)" : "checkpoint (square-root scale)",
        ),
        ...panel.groups.flatMap((group, g) => groupMarks(group, vertices[g]!, group.epochs ?? data.epochs, time.at)),
      ],
    },
  };
}

function seedVertices(group: CurveGroup, epochs: readonly number[], at: (epoch: number) => number): Vertex[] {
  return group.values.flatMap((series, s) =>
    measured(series).map(({ e, value }) => {
      const reach = ERROR_REACH * (group.standardErrors?.[s]?.[e] ?? 0);
      const line = `${group.name}/${s}`;
      return { t: at(epochs[e]!), y: value, low: value - reach, high: value + reach, line, color: group.color };
    }),
  );
}

function valueDomain(vertices: readonly Vertex[]): Interval {
  const [low, high] = extent(vertices.flatMap((v) => [v.low, v.high])) ?? [0, 1];
  return nice([Math.min(0, low), Math.max(0, high)], 6);
}

function groupMarks(
  group: CurveGroup,
  vertices: readonly Vertex[],
  epochs: readonly number[],
  at: (epoch: number) => number,
): Plot.Markish[] {
  const mean = measured(meanSeries(group.values)).map(({ e, value }) => ({ t: at(epochs[e]!), y: value }));
  const several = group.values.length > 1;
  const dash = group.dash || undefined;
  const line = several ? mean : vertices;
  const few = epochs.length <= 12 && group.epochs === undefined;
  // Markers that are as far from each other as the axis, which is no even one, lets them.
  const spaced = group.symbol === undefined || few ? [] : spread(line);
  const dots = few ? line : spaced;
  return [
    Plot.areaY(
      vertices.filter((v) => v.high > v.low),
      { x: "t", y1: "low", y2: "high", z: "line", fill: group.color, fillOpacity: several ? 0.22 : 0.28 },
    ),
    several
      ? Plot.line(vertices, {
          x: "t",
          y: "y",
          z: "line",
          stroke: group.color,
          strokeWidth: 0.9,
          strokeOpacity: 0.6,
          strokeDasharray: dash,
        })
      : null,
    Plot.line(several ? mean : vertices, {
      x: "t",
      y: "y",
      stroke: group.color,
      strokeWidth: 2.6,
      strokeDasharray: dash,
    }),
    epochs.length === 1
      ? Plot.link(vertices, { x1: "t", x2: "t", y1: "low", y2: "high", stroke: group.color, strokeWidth: 1.6 })
      : null,
    Plot.dot(dots, {
      ...{ x: "t", y: "y", r: 4.5, fill: group.color, stroke: "#ffffff", strokeWidth: 0.8 },
      symbol: plotSymbol(group.symbol ?? "circle"),
    }),
  ];
}

/** Of the width, between two markers of one line. */
const MARKER_GAP = 0.16;

/** Vertices at least so far apart, from the last backwards. */
function spread<Vertex extends { readonly t: number }>(vertices: readonly Vertex[]): Vertex[] {
  const chosen: Vertex[] = [];
  for (const vertex of [...vertices].reverse())
    if (chosen.length === 0 || chosen[chosen.length - 1]!.t - vertex.t >= MARKER_GAP) chosen.push(vertex);
  return chosen;
}

/** How dark the ground is at the fastest fall, and from where a fall is worth showing. */
const DARKEST = 0.32;
const FAINTEST_SPEED = 0.02;

function fallMarks({ falls = [], fallLabel }: CurvePanel, at: (epoch: number) => number): Plot.Markish[] {
  const fastest = fastestFall(falls);
  if (fastest === undefined) return [];
  const middle = (at(fastest.from) + at(fastest.to)) / 2;
  const late = middle > 0.6;
  return [
    Plot.rectX(
      falls.filter((fall) => fall.speed >= FAINTEST_SPEED),
      {
        x1: (d: Fall) => at(d.from),
        x2: (d: Fall) => at(d.to),
        fill: GROUND,
        fillOpacity: (d: Fall) => DARKEST * d.speed,
        inset: 0,
        shapeRendering: "crispEdges",
      },
    ),
    Plot.ruleX([middle], { stroke: MUTED, strokeDasharray: "3 3" }),
    fallLabel === undefined
      ? null
      : Plot.text([fallLabel], {
          x: middle,
          text: (d: string) => d,
          frameAnchor: "top",
          textAnchor: late ? "end" : "start",
          dx: late ? -8 : 8,
          dy: 8,
          fontSize: 13,
          fill: MUTED,
          stroke: "#ffffff",
          strokeWidth: 4,
          strokeOpacity: 0.75,
        }),
  ];
}

function axes(
  panel: CurvePanel,
  domain: Interval,
  epochs: readonly number[],
  at: (epoch: number) => number,
  axisLabel: string,
): Plot.Markish[] {
  const yTicks = ticks(domain, panel.height < 200 ? 4 : 6);
  const labels = tickLabels(yTicks);
  const axis = { labelAnchor: "center", labelArrow: "none", fontSize: TICK_SIZE, tickSize: 5 } as const;
  const names = new Map(epochs.map((epoch) => [at(epoch), String(epoch)]));
  const halo = { fontSize: 13, fill: MUTED, stroke: "#ffffff", strokeWidth: 4 } as const;
  return [
    Plot.gridY(yTicks, { stroke: "#d5d9de", strokeOpacity: 1 }),
    domain[0] < 0 && domain[1] > 0 ? Plot.ruleY([0], { stroke: INK, strokeWidth: 1 }) : null,
    Plot.axisY(yTicks, {
      ...axis,
      tickFormat: (value: number) => labels[yTicks.indexOf(value)] ?? "",
      label: panel.yLabel,
      labelOffset: 62,
    }),
    Plot.axisX([...names.keys()], {
      ...axis,
      tickFormat: (t: number) => (panel.epochAxis ? (names.get(t) ?? "") : ""),
      label: panel.epochAxis ? axisLabel : null,
      labelOffset: 48,
    }),
    Plot.frame({ stroke: INK, strokeWidth: 1 }),
    panel.note === undefined
      ? null
      : Plot.text([panel.note], { text: (d: string) => d, frameAnchor: "top-right", dx: -10, dy: 8, ...halo }),
  ];
}

export function layerLegend(data: ReportData, label: (l: number) => string): LegendEntry[] {
  return data.layers.map((_, l) => ({
    kind: "line",
    color: layerColor(l),
    dash: layerDash(l),
    symbol: layerSymbol(l),
    label: label(l),
  }));
}

/** What the line weights and bands of these panels mean, for the legend. */
export function seedLegend(data: ReportData): LegendEntry[] {
  const band: LegendEntry = { kind: "band", color: MUTED, label: "±2 standard errors of measuring" };
  if (data.seeds.length === 1) return [band];
  return [
    { kind: "line", color: MUTED, label: `mean of ${data.seeds.length} seeds` },
    { kind: "thin", color: MUTED, label: "one seed" },
    band,
  ];
}

/** What the grey ground means. */
export function fallLegend(falls: readonly Fall[]): LegendEntry[] {
  return falls.length === 0 ? [] : [{ kind: "ground", color: GROUND, label: "loss falls (darker: faster)" }];
}
