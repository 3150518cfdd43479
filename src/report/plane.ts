/** The window of the causal plane, and the lines of equal EI in it: shared by the printed figure and the player. */
import { extent, type Interval, nice, ticks } from "./chart.ts";
import type { ReportData } from "./data.ts";

/** How far an error bar or band reaches: 95 % of a normal distribution. */
export const ERROR_REACH = 1.96;

export interface PlaneWindow {
  /** Degeneracy, bits. */
  readonly x: Interval;
  /** Sensitivity, bits. */
  readonly y: Interval;
  /** The greatest EI among the points, bits. */
  readonly greatestEi: number;
}

/**
 * Room for all points and their errors, always with the origin and a good piece of the nullcline: without it nobody
 * sees how far above EI = 0 the layers are.
 */
export function planeWindow(data: ReportData): PlaneWindow {
  const around = (measure: "degeneracy" | "sensitivity") =>
    extent(
      data.bits[measure].flatMap((layers, s) =>
        layers.flatMap((series, l) =>
          series.flatMap((value, e) => {
            const reach = ERROR_REACH * (data.standardErrors[measure][s]![l]![e] ?? 0);
            return value === null ? [] : [value - reach, value + reach];
          }),
        ),
      ),
    ) ?? [0, 1];
  const [x0, x1] = around("degeneracy");
  const [y0, y1] = around("sensitivity");
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
