/** The window of the causal plane, and the lines of equal EI in it: shared by the printed figure and the player. */
import { extent, type Interval, nice, ticks } from "./chart.ts";
import { bracketAt, type ReportData } from "./data.ts";

/** How far an error bar, band or ellipse reaches, in standard errors. */
export const ERROR_REACH = 2;

/** What the width of a bar or a box means for EI, for captions. */
export const AS_UNCERTAIN = "EI is sensitivity − degeneracy: it is as uncertain as the point is across.";

export interface PlaneWindow {
  /** Degeneracy, bits. */
  readonly x: Interval;
  /** Sensitivity, bits. */
  readonly y: Interval;
  /** The greatest EI among the points, bits. */
  readonly greatestEi: number;
}

/** Where a point of the plane may truly stand, in bits. */
export interface Spread {
  /** Degeneracy and sensitivity ± their reach. */
  readonly x: Interval;
  readonly y: Interval;
  /** Of degeneracy, where there is a bracket that tells more: its ends, each moved outwards by the reach of its error. */
  readonly bracket?: Interval;
}

/** The spread of a layer at a checkpoint; undefined where it was not measured. */
export function spreadAt(data: ReportData, seed: number, layer: number, epoch: number): Spread | undefined {
  const around = (measure: "degeneracy" | "sensitivity"): Interval | undefined => {
    const value = data.bits[measure][seed]![layer]![epoch];
    const reach = ERROR_REACH * (data.standardErrors[measure][seed]![layer]![epoch] ?? 0);
    return value === null || value === undefined ? undefined : [value - reach, value + reach];
  };
  const [x, y] = [around("degeneracy"), around("sensitivity")];
  if (x === undefined || y === undefined) return undefined;
  const found = bracketAt(data, "degeneracy", seed, layer, epoch);
  if (found === null) return { x, y };
  const [low, high, lowError, highError] = found;
  return { x, y, bracket: [low - ERROR_REACH * lowError, high + ERROR_REACH * highError] };
}

/**
 * Room for all points and their errors, always with the origin and a good piece of the nullcline: without it nobody
 * sees how far above EI = 0 the layers are.
 */
export function planeWindow(data: ReportData): PlaneWindow {
  const spreads = data.seeds.flatMap((_, s) =>
    data.layers.flatMap((_, l) => data.epochs.flatMap((_, e) => spreadAt(data, s, l, e) ?? [])),
  );
  const [x0, x1] = extent(spreads.flatMap(({ x, bracket }) => [...x, ...(bracket ?? [])])) ?? [0, 1];
  const [y0, y1] = extent(spreads.flatMap(({ y }) => y)) ?? [0, 1];
  const left = Math.min(0, x0);
  // Sensitivities near zero beside large EIs would otherwise stretch the plane until the nullcline stands upright.
  const top = Math.max(y1 * 1.04, (Math.max(0, x1) - left) * 0.3) || 1;
  const right = Math.max(x1, (top - left) * 0.3);
  const pad = (right - left) * 0.03;
  return {
    x: nice([left - (left < 0 ? pad : 0), right + pad], 9),
    y: nice([Math.min(0, y0), top], 9),
    greatestEi: greatestEi(data),
  };
}

function greatestEi({ bits }: ReportData): number {
  const [, high] = extent(
    bits.sensitivity.flatMap((layers, s) =>
      layers.flatMap((series, l) =>
        series.map((value, e) => {
          const degeneracy = bits.degeneracy[s]![l]![e];
          return value === null || degeneracy === null || degeneracy === undefined ? null : value - degeneracy;
        }),
      ),
    ),
  ) ?? [0, 1];
  return high;
}

export interface EiLine {
  readonly ei: number;
  /** Ends inside the window, in bits: (degeneracy, sensitivity). */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** Lines sensitivity − degeneracy = EI through the window, up to the points' EI; the first is the nullcline EI = 0. */
export function eiLines({ x, y, greatestEi }: PlaneWindow): EiLine[] {
  const lines: EiLine[] = [];
  for (const ei of ticks([0, Math.max(0, greatestEi) * 1.25], 5)) {
    const low = Math.max(x[0], y[0] - ei);
    const high = Math.min(x[1], y[1] - ei);
    if (low < high) lines.push({ ei, from: [low, low + ei], to: [high, high + ei] });
  }
  return lines;
}

/** The corner under the nullcline, where EI would be negative: polygon in bits. */
export function belowNullcline({ x, y }: PlaneWindow): [number, number][] {
  const low = Math.max(x[0], y[0]);
  const high = Math.min(x[1], y[1]);
  const corners: [number, number][] = [
    [low, low],
    [high, high],
  ];
  if (x[1] > y[1]) corners.push([x[1], y[1]]);
  corners.push([x[1], y[0]]);
  if (x[0] > y[0]) corners.push([x[0], y[0]]);
  return corners;
}

/** Room for all points of a printed plane, with the origin in sight: without it nobody sees how far above EI = 0 they are. */
export function windowOf(
  points: readonly { readonly x: number; readonly y: number }[],
  count: number,
): [Interval, Interval] {
  const around = (values: readonly number[]): Interval => {
    const [low, high] = extent(values) ?? [0, 1];
    return nice([Math.min(0, low), Math.max(0, high) * 1.03], count);
  };
  return [around(points.map(({ x }) => x)), around(points.map(({ y }) => y))];
}

/** Where the nullcline EI = 0 runs within a printed plane, as it stands or turned so that EI is to the right: its ends. */
export function nullclineEnds(
  x: Interval,
  y: Interval,
  rotated: boolean,
): [from: [number, number], to: [number, number]] {
  if (rotated)
    return [
      [0, y[0]],
      [0, y[1]],
    ];
  const [low, high] = [Math.max(x[0], y[0]), Math.min(x[1], y[1])];
  return [
    [low, low],
    [high, high],
  ];
}
