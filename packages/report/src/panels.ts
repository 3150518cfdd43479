/** Panels that the paper's figures are made of: bands over seeds, trails in the causal plane, lines with errors. */

import { greatest, least } from "@causalscope/core/basics";
import * as Plot from "@observablehq/plot";
import {
  extent,
  type Interval,
  type LayerSymbol,
  layerColor,
  layerDash,
  layerSymbol,
  nice,
  tickLabels,
  ticks,
} from "./chart.ts";
import { meanSeries, measured, type ReportData, type Series } from "./data.ts";
import { ERROR_REACH, nullclineEnds, windowOf } from "./plane.ts";
import { hull } from "./views/plane-scene.ts";
import { INK, type LegendEntry, MUTED, type Panel, TICK_SIZE } from "./svg.ts";

/** Pixels across a whole figure, which is as wide as a journal's page. */
export const PAGE = 1080;
export const MILLIMETRES = 180;

export const MARGINS = { marginLeft: 70, marginRight: 24, marginTop: 10, marginBottom: 54 } as const;
const AXIS = { labelAnchor: "center", labelArrow: "none", fontSize: TICK_SIZE, tickSize: 5 } as const;

export interface AxesSpec {
  readonly x: Interval;
  readonly y: Interval;
  readonly xLabel: string;
  readonly yLabel: string;
  /** x by its logarithm, with ticks at powers of ten. */
  readonly logarithmic?: boolean;
  /** Where x is marked; default even steps, or powers of ten. */
  readonly xTicks?: readonly number[];
  /** Beyond this x there are no marks: what is drawn there has no place on the axis. */
  readonly xLast?: number;
}

/** Grid, axes and frame of a panel. */
export function axes({ x, y, xLabel, yLabel, logarithmic = false, xTicks: marked, xLast }: AxesSpec): Plot.Markish[] {
  const yTicks = ticks(y, 6);
  const even = logarithmic ? powersOfTen([x[0], xLast ?? x[1]]) : ticks(x, 6);
  const xTicks = marked ?? even;
  const xNames = marked?.map(String) ?? (logarithmic ? xTicks.map(powerName) : tickLabels(xTicks));
  const yNames = tickLabels(yTicks);
  return [
    Plot.gridY(yTicks, { stroke: "#d5d9de", strokeOpacity: 1 }),
    y[0] < 0 && y[1] > 0 ? Plot.ruleY([0], { stroke: INK, strokeWidth: 1 }) : null,
    Plot.axisY(yTicks, {
      ...AXIS,
      tickFormat: (value: number) => yNames[yTicks.indexOf(value)] ?? "",
      label: yLabel,
      labelOffset: 56,
    }),
    Plot.axisX(xTicks, {
      ...AXIS,
      // Not as a format: of a logarithmic axis that is asked for round numbers alone.
      text: (value: number) => xNames[xTicks.indexOf(value)] ?? "",
      label: xLabel,
      labelOffset: 44,
    }),
    Plot.frame({ stroke: INK, strokeWidth: 1 }),
  ];
}

function powersOfTen([low, high]: Interval): number[] {
  const found: number[] = [];
  for (let power = 1; power <= high * 1.001; power *= 10) if (power >= low * 0.999) found.push(power);
  return found;
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function powerName(value: number): string {
  return `10${SUPERSCRIPTS[Math.round(Math.log10(value))]}`;
}

export interface PanelSpec extends AxesSpec {
  readonly heading: string;
  readonly height: number;
  readonly marks: Plot.Markish[];
}

export function panel({ heading, height, marks, ...spec }: PanelSpec): Panel {
  const scale = spec.logarithmic === true ? ({ type: "log" } as const) : {};
  return {
    heading,
    height,
    options: {
      ...MARGINS,
      x: { ...scale, domain: [...spec.x], label: null },
      y: { domain: [...spec.y], label: null },
      opacity: { type: "identity" },
      marks: [...axes(spec), ...marks],
    },
  };
}

export interface Band {
  readonly color: string;
  readonly dash: string;
  /** `[seed][epoch]`. */
  readonly values: readonly Series[];
  /** In the same order: bars on the mean, of measuring. */
  readonly standardErrors?: readonly Series[];
  /** A marker on the mean, now and then. */
  readonly symbol?: LayerSymbol;
}

/** Plot's own diamond is narrow. */
export function plotSymbol(symbol: LayerSymbol): "circle" | "square" | "triangle" | "diamond2" {
  return symbol === "diamond" ? "diamond2" : symbol;
}

/** About how many markers a line of a band has. */
const MARKERS = 6;

export function layerBands(data: ReportData, measure: "ei" | "phi" | "eiParts"): Band[] {
  return data.layers.map((_, l) => ({
    color: layerColor(l),
    dash: layerDash(l),
    values: data.bits[measure].map((layers) => layers[l]!),
    standardErrors: data.standardErrors[measure].map((layers) => layers[l]!),
    symbol: layerSymbol(l),
  }));
}

/** Mean over the seeds as a line, from the least to the greatest as a band, over the epochs. */
export function bandPanel(
  data: ReportData,
  bands: readonly Band[],
  spec: { readonly heading: string; readonly yLabel: string; readonly height: number },
): Panel {
  const { epochs } = data;
  const rows = bands.map(({ values }) =>
    epochs.flatMap((epoch, e) => {
      const found = values.flatMap((series) => series[e] ?? []);
      return found.length === 0 ? [] : [{ epoch, low: least(found), high: greatest(found) }];
    }),
  );
  const [low, high] = extent(rows.flat().flatMap((row) => [row.low, row.high])) ?? [0, 1];
  const last = epochs.at(-1)!;
  return panel({
    ...spec,
    x: [epochs[0]!, last === epochs[0] ? last + 1 : last],
    y: nice([Math.min(0, low), high], 6),
    xLabel: "epoch",
    marks: bands.flatMap(({ color, dash, values, standardErrors = [], symbol }, k) => {
      const mean = measured(meanSeries(values)).map(({ e, value }) => {
        const squares = standardErrors.reduce((sum, errors) => sum + (errors[e] ?? 0) ** 2, 0);
        return { epoch: epochs[e]!, value, reach: (ERROR_REACH * Math.sqrt(squares)) / values.length };
      });
      const every = Math.max(1, Math.ceil(mean.length / MARKERS));
      // Those of one layer stand between those of the next.
      const marked = mean.filter((_, at) => symbol !== undefined && (at + k) % every === 0);
      return [
        Plot.areaY(rows[k], { x: "epoch", y1: "low", y2: "high", fill: color, fillOpacity: 0.22 }),
        Plot.line(mean, {
          ...{ x: "epoch", y: "value", stroke: color, strokeWidth: 2 },
          strokeDasharray: dash || undefined,
        }),
        Plot.dot(marked, {
          x: "epoch",
          y: "value",
          r: 4,
          symbol: symbol && plotSymbol(symbol),
          fill: color,
          stroke: "#ffffff",
          strokeWidth: 0.8,
        }),
        Plot.ruleX(marked, {
          x: "epoch",
          y1: (d: { value: number; reach: number }) => d.value - d.reach,
          y2: (d: { value: number; reach: number }) => d.value + d.reach,
          ...{ stroke: INK, strokeWidth: 1.4 },
        }),
      ];
    }),
  });
}

export interface Place {
  /** Position of the checkpoint. */
  readonly e: number;
  readonly x: number;
  readonly y: number;
}

/** Bits: an EI whose standard error is greater says nothing of where a layer stands, and is not drawn. */
export const MOST_ERROR = 1;

/** Degeneracy and sensitivity, or the paper's own coordinates: (S − D)/√2 = EI/√2 and (S + D)/√2. */
export function placesOf(data: ReportData, seed: number, layer: number, rotated: boolean): Place[] {
  const sensitivity = data.bits.sensitivity[seed]![layer]!;
  const errors = data.standardErrors.ei[seed]![layer]!;
  return measured(data.bits.degeneracy[seed]![layer]!).flatMap(({ e, value }) => {
    const s = sensitivity[e];
    if (s === null || s === undefined || (errors[e] ?? 0) > MOST_ERROR) return [];
    return [{ e, ...placed(value, s, rotated) }];
  });
}

const placed = (degeneracy: number, sensitivity: number, rotated: boolean) =>
  rotated
    ? { x: (sensitivity - degeneracy) * Math.SQRT1_2, y: (sensitivity + degeneracy) * Math.SQRT1_2 }
    : { x: degeneracy, y: sensitivity };

/** From end to end of what measuring leaves open of a layer's last place: sensitivity is exact, or nearly so. */
function errorLink(data: ReportData, seed: number, layer: number, e: number, rotated: boolean): [Point, Point] {
  const [degeneracy, sensitivity] = [data.bits.degeneracy, data.bits.sensitivity].map(
    (bits) => bits[seed]![layer]![e]!,
  );
  const reach = ERROR_REACH * (data.standardErrors.degeneracy[seed]![layer]![e] ?? 0);
  return [placed(degeneracy! - reach, sensitivity!, rotated), placed(degeneracy! + reach, sensitivity!, rotated)];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The causal plane: a thin trail for each layer and seed, open where it begins, full where it ends, bold their mean. */
export function planePanel(
  data: ReportData,
  { heading, height, rotated }: { readonly heading: string; readonly height: number; readonly rotated: boolean },
): Panel {
  const trails = data.seeds.flatMap((_, s) =>
    data.layers.map((_, layer) => ({ s, layer, places: placesOf(data, s, layer, rotated) })),
  );
  const all = trails.flatMap(({ places }) => places);
  const [x, y] = windowOf(all, 7);
  const rows = trails.flatMap(({ s, layer, places }) =>
    places.map((place) => ({ ...place, layer, trail: `${s}/${layer}` })),
  );
  const meanRows = data.layers.flatMap((_, layer) => {
    const own = trails.filter((trail) => trail.layer === layer).map(({ places }) => places);
    return data.epochs.flatMap((_, e) => {
      const found = own.flatMap((places) => places.find((place) => place.e === e) ?? []);
      // A mean of some seeds would jump.
      if (found.length < own.length) return [];
      const mean = (part: "x" | "y") => found.reduce((sum, place) => sum + place[part], 0) / found.length;
      return [{ x: mean("x"), y: mean("y"), layer }];
    });
  });
  const links = trails.flatMap(({ s, layer, places }) => {
    const end = places.at(-1);
    return end === undefined ? [] : [errorLink(data, s, layer, end.e, rotated)];
  });
  const bands = data.layers.flatMap((_, layer) => {
    const found = trails.flatMap((each) => (each.layer === layer ? (each.places.at(-1) ?? []) : []));
    return found.length < 2 ? [] : hull(found.map(({ x, y }) => [x, y])).map(([x, y]) => ({ x, y, layer }));
  });
  const ends = trails.flatMap(({ layer, places }) => (places.length === 0 ? [] : [{ ...places.at(-1), layer }]));
  const starts = trails.flatMap(({ layer, places }) => (places.length < 2 ? [] : [{ ...places[0], layer }]));
  const color = (d: { layer: number }) => layerColor(d.layer);
  const symbol = (d: { layer: number }) => plotSymbol(layerSymbol(d.layer));
  return panel({
    heading,
    height,
    x,
    y,
    xLabel: rotated ? "EI / √2 (bits)" : "degeneracy (bits)",
    yLabel: rotated ? "(sensitivity + degeneracy) / √2 (bits)" : "sensitivity (bits)",
    marks: [
      Plot.line(bands, {
        ...{ x: "x", y: "y", z: "layer", curve: "linear-closed", fill: color, stroke: color },
        ...{ strokeWidth: 11, strokeLinejoin: "round", opacity: 0.2 },
      }),
      Plot.line(nullclineEnds(x, y, rotated), { stroke: INK, strokeWidth: 1.6, strokeDasharray: "7 4" }),
      Plot.line(rows, { x: "x", y: "y", z: "trail", stroke: color, strokeWidth: 0.9, strokeOpacity: 0.55 }),
      Plot.line(meanRows, { x: "x", y: "y", z: "layer", stroke: color, strokeWidth: 2.4 }),
      Plot.link(links, {
        x1: ([from]: [Point, Point]) => from.x,
        y1: ([from]: [Point, Point]) => from.y,
        x2: ([, to]: [Point, Point]) => to.x,
        y2: ([, to]: [Point, Point]) => to.y,
        ...{ stroke: INK, strokeWidth: 2.4, strokeLinecap: "round" },
      }),
      Plot.dot(starts, { x: "x", y: "y", r: 3.5, symbol, fill: "#ffffff", stroke: color, strokeWidth: 1.6 }),
      Plot.dot(ends, { x: "x", y: "y", r: 4.5, symbol, fill: color, stroke: "#ffffff", strokeWidth: 1 }),
    ],
  });
}

/** Of the layers of several runs: the longest list names them by position. */
export function layersLegend(runs: readonly ReportData[]): LegendEntry[] {
  const most = greatest(runs.map(({ layers }) => layers.length));
  return Array.from({ length: most }, (_, l) => ({
    kind: "line",
    color: layerColor(l),
    dash: layerDash(l),
    symbol: layerSymbol(l),
    label: `layer ${l + 1}`,
  }));
}

/** What bold lines, bands and dots mean. */
export function seedsLegend(kind: "bands" | "trails", seeds: number): LegendEntry[] {
  if (kind === "bands") {
    return [
      { kind: "line", color: MUTED, label: `mean of ${seeds} seeds` },
      { kind: "band", color: MUTED, label: "minimum to maximum over seeds" },
      { kind: "errorbar", color: INK, label: "mean ±2 standard errors of measuring" },
    ];
  }
  return [
    { kind: "line", color: MUTED, label: "mean of the seeds" },
    { kind: "thin", color: MUTED, label: "one seed" },
    { kind: "open", color: MUTED, label: "untrained" },
    { kind: "dot", color: MUTED, label: "trained" },
    { kind: "dashed", color: INK, label: "nullcline, EI = 0" },
    { kind: "errorbar", color: INK, label: "±2 standard errors of measuring" },
    { kind: "area", color: MUTED, label: `all ${seeds} seeds` },
  ];
}

/** "25-6-6-6-5". */
export function widthsOf({ layers }: ReportData): string {
  return [layers[0]!.inputs, ...layers.map(({ outputs }) => outputs)].join("-");
}

/** "25-6-6-6-5, sigmoid, 3 seeds". */
export function runTitle(data: ReportData): string {
  const { layers, seeds } = data;
  return `${widthsOf(data)}, ${layers[0]!.activation}, ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}`;
}

/** The errors of the EI of a run, for captions. */
export interface EiErrors {
  /** The largest standard error among those that are drawn. */
  readonly largest: number;
  /** How many values are too uncertain to be drawn in planes, of how many. */
  readonly left: number;
  readonly all: number;
}

export function eiErrors(data: ReportData): EiErrors {
  const all = data.standardErrors.ei.flat(2).flatMap((error) => error ?? []);
  const drawn = all.filter((error) => error <= MOST_ERROR);
  return { largest: greatest(drawn, 0), left: all.length - drawn.length, all: all.length };
}
