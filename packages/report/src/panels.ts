/** Panels that the paper's figures are made of: bands over seeds, trails in the causal plane, lines with errors. */

import { greatest, least } from "@causalscope/core/basics";
import * as Plot from "@observablehq/plot";
import { extent, fixed, type Interval, layerColor, layerDash, layerSymbol, nice, tickLabels, ticks } from "./chart.ts";
import { meanSeries, measured, type ReportData, type Series } from "./data.ts";
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
}

/** Grid, axes and frame of a panel. */
export function axes({ x, y, xLabel, yLabel, logarithmic = false, xTicks: marked }: AxesSpec): Plot.Markish[] {
  const yTicks = ticks(y, 6);
  const xTicks = marked ?? (logarithmic ? powersOfTen(x) : ticks(x, 6));
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
}

export function layerBands(data: ReportData, measure: "ei" | "phi" | "eiParts"): Band[] {
  return data.layers.map((_, l) => ({
    color: layerColor(l),
    dash: layerDash(l),
    values: data.bits[measure].map((layers) => layers[l]!),
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
    marks: bands.flatMap(({ color, dash, values }, k) => [
      Plot.areaY(rows[k], { x: "epoch", y1: "low", y2: "high", fill: color, fillOpacity: 0.22 }),
      Plot.line(
        measured(meanSeries(values)).map(({ e, value }) => ({ epoch: epochs[e], value })),
        { x: "epoch", y: "value", stroke: color, strokeWidth: 2, strokeDasharray: dash || undefined },
      ),
    ]),
  });
}

export interface Place {
  /** Position of the checkpoint. */
  readonly e: number;
  readonly x: number;
  readonly y: number;
}

/** Bits: an EI whose standard error is greater says nothing of where a layer stands, and is not drawn. */
const MOST_ERROR = 1;

/** Degeneracy and sensitivity, or the paper's own coordinates: (S − D)/√2 = EI/√2 and (S + D)/√2. */
export function placesOf(data: ReportData, seed: number, layer: number, rotated: boolean): Place[] {
  const sensitivity = data.bits.sensitivity[seed]![layer]!;
  const errors = data.standardErrors.ei[seed]![layer]!;
  return measured(data.bits.degeneracy[seed]![layer]!).flatMap(({ e, value }) => {
    const s = sensitivity[e];
    if (s === null || s === undefined || (errors[e] ?? 0) > MOST_ERROR) return [];
    return [rotated ? { e, x: (s - value) * Math.SQRT1_2, y: (s + value) * Math.SQRT1_2 } : { e, x: value, y: s }];
  });
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
  const [x0, x1] = extent(all.map(({ x }) => x)) ?? [0, 1];
  const [y0, y1] = extent(all.map(({ y }) => y)) ?? [0, 1];
  const x = nice([Math.min(0, x0), x1 * 1.03], 7);
  const y = nice([Math.min(0, y0), y1 * 1.03], 7);
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
  const ends = trails.flatMap(({ layer, places }) => (places.length === 0 ? [] : [{ ...places.at(-1), layer }]));
  const starts = trails.flatMap(({ layer, places }) => (places.length < 2 ? [] : [{ ...places[0], layer }]));
  const color = (d: { layer: number }) => layerColor(d.layer);
  const symbol = (d: { layer: number }) => layerSymbol(d.layer);
  const nullcline: [number, number][] = rotated
    ? [
        [0, y[0]],
        [0, y[1]],
      ]
    : [
        [Math.max(x[0], y[0]), Math.max(x[0], y[0])],
        [Math.min(x[1], y[1]), Math.min(x[1], y[1])],
      ];
  return panel({
    heading,
    height,
    x,
    y,
    xLabel: rotated ? "EI / √2 (bits)" : "degeneracy (bits)",
    yLabel: rotated ? "(sensitivity + degeneracy) / √2 (bits)" : "sensitivity (bits)",
    marks: [
      Plot.line(nullcline, { stroke: INK, strokeWidth: 1.6, strokeDasharray: "7 4" }),
      Plot.line(rows, { x: "x", y: "y", z: "trail", stroke: color, strokeWidth: 0.9, strokeOpacity: 0.55 }),
      Plot.line(meanRows, { x: "x", y: "y", z: "layer", stroke: color, strokeWidth: 2.4 }),
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
    label: `layer ${l + 1}`,
  }));
}

/** What bold lines, bands and dots mean. */
export function seedsLegend(kind: "bands" | "trails"): LegendEntry[] {
  if (kind === "bands") {
    return [
      { kind: "line", color: MUTED, label: "mean of the seeds" },
      { kind: "band", color: MUTED, label: "minimum to maximum over seeds" },
    ];
  }
  return [
    { kind: "line", color: MUTED, label: "mean of the seeds" },
    { kind: "thin", color: MUTED, label: "one seed" },
    { kind: "open", color: MUTED, label: "untrained" },
    { kind: "dot", color: MUTED, label: "trained" },
    { kind: "dashed", color: INK, label: "nullcline, EI = 0" },
  ];
}

/** "25-6-6-6-5, sigmoid, 3 seeds". */
export function runTitle({ layers, seeds }: ReportData): string {
  const widths = [layers[0]!.inputs, ...layers.map(({ outputs }) => outputs)].join("-");
  return `${widths}, ${layers[0]!.activation}, ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}`;
}

/** The largest standard error of the EI that are drawn, and how many are not, as words. */
export function errorText(data: ReportData): string {
  const all = data.standardErrors.ei.flat(2).flatMap((error) => error ?? []);
  const drawn = all.filter((error) => error <= MOST_ERROR);
  const left = all.length - drawn.length;
  const most = fixed(greatest(drawn, 0), 3);
  return left === 0
    ? most
    : `${most}, except for ${left} of ${all.length} values with more than ${MOST_ERROR} bit, which are not drawn in planes`;
}
