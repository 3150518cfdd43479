/** Where everything of the causal plane stands, in pixels: for the page, for files and for printed figures. No DOM. */
import {
  fixed,
  type Interval,
  linearScale,
  nice,
  type Scale,
  signedRootScale,
  signedRootTicks,
  tickLabels,
  ticks,
} from "../chart.ts";
import { bracketAt, type ReportData } from "../data.ts";
import { ERROR_REACH, planeWindow } from "../plane.ts";
import { type Box, leftMargin } from "./axes.ts";
import { pathThrough, px } from "./drawing.ts";
import { between } from "./store.ts";

/** EI to the right and degeneracy upwards, or the paper's degeneracy and sensitivity. */
export type PlaneAxes = "rotated" | "paper";

export interface PlaneScene {
  readonly data: ReportData;
  readonly axes: PlaneAxes;
  readonly width: number;
  readonly height: number;
  readonly box: Box;
  readonly x: Scale;
  readonly y: Scale;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  readonly yLabels: readonly string[];
}

export interface SceneSize {
  readonly width: number;
  readonly height: number;
  /** Room above the plane. Default 24, for names of lines. */
  readonly top?: number;
}

export function planeScene(data: ReportData, axes: PlaneAxes, { width, height, top = 24 }: SceneSize): PlaneScene {
  const narrow = width < 500;
  const [xDomain, yDomain] = axes === "paper" ? paperWindow(data) : rotatedWindow(data);
  const bottom = height - 46;
  const y = axes === "paper" ? linearScale(yDomain, [bottom, top]) : signedRootScale(yDomain, [bottom, top]);
  const yTicks = axes === "paper" ? ticks(yDomain, narrow ? 5 : 8) : signedRootTicks(y, 30);
  // On the root scale, ticks lie at unequal steps: each has the decimals that it needs.
  const yLabels = axes === "paper" ? tickLabels(yTicks) : yTicks.map((value) => fixed(value, decimalsOf(value)));
  const left = leftMargin(yLabels, true);
  // Beside the paper's axes, lines of equal EI have their names where they leave the plane.
  const right = width - (axes === "paper" ? 40 : 14);
  const x = linearScale(xDomain, [left, right]);
  return {
    data,
    axes,
    width,
    height,
    box: { left, right, top, bottom },
    x,
    y,
    xTicks: ticks(xDomain, narrow ? 5 : 8),
    yTicks,
    yLabels,
  };
}

function paperWindow(data: ReportData): [Interval, Interval] {
  const { x, y } = planeWindow(data);
  return [x, y];
}

/** All points with their errors. EI begins at 0 unless that would leave a third of the plane empty; degeneracy has 0 in sight. */
function rotatedWindow(data: ReportData): [Interval, Interval] {
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const s of data.seeds.keys())
    for (const l of data.layers.keys()) {
      const { ei, degeneracy } = seriesAt(data.bits, s, l);
      const errors = seriesAt(data.standardErrors, s, l);
      for (const [e, d] of degeneracy.entries()) {
        const value = ei[e] ?? null;
        if (value === null || d === null) continue;
        const [wide, high] = [ERROR_REACH * (errors.ei[e] ?? 0), ERROR_REACH * (errors.degeneracy[e] ?? 0)];
        const [left = value, right = value] = bracketAt(data, "ei", s, l, e) ?? [];
        const [low = d, top = d] = bracketAt(data, "degeneracy", s, l, e) ?? [];
        x0 = Math.min(x0, value - wide, left);
        x1 = Math.max(x1, value + wide, right);
        y0 = Math.min(y0, d - high, low);
        y1 = Math.max(y1, d + high, top);
      }
    }
  if (x0 > x1) [x0, x1, y0, y1] = [0, 1, 0, 1];
  const pad = (x1 - x0) * 0.04;
  const x = nice([x0 > 0.35 * x1 ? x0 - pad : Math.min(0, x0 - (x0 < 0 ? pad : 0)), x1 + pad], 10);
  // A little air, as it looks on the scale.
  const room = signedRootScale([Math.min(0, y0), Math.max(1, y1)], [0, 1]);
  const low = y0 < 0 ? room.invert(-0.06) : 0;
  return [x, [low, room.invert(1.05)]];
}

type Value = number | null;

const seriesAt = ({ ei, degeneracy }: ReportData["bits"], seed: number, layer: number) => ({
  ei: ei[seed]![layer]!,
  degeneracy: degeneracy[seed]![layer]!,
});

/** EI and degeneracy as measured; EI as their difference where only sensitivity is known. */
export function valuesAt(
  { bits }: ReportData,
  seed: number,
  layer: number,
  position: number,
): { ei: Value; degeneracy: Value; sensitivity: Value } {
  const at = (measure: "ei" | "degeneracy" | "sensitivity") => between(bits[measure][seed]![layer]!, position);
  const [sensitivity, degeneracy] = [at("sensitivity"), at("degeneracy")];
  const ei = at("ei") ?? (sensitivity === null || degeneracy === null ? null : sensitivity - degeneracy);
  return { ei, degeneracy, sensitivity };
}

function errorAt(
  { standardErrors }: ReportData,
  measure: "ei" | "degeneracy" | "sensitivity",
  seed: number,
  layer: number,
  epoch: number,
): number {
  return standardErrors[measure][seed]![layer]![epoch] ?? 0;
}

/** Where a layer stands; undefined where it is not measured. */
export function placeOf(
  scene: PlaneScene,
  seed: number,
  layer: number,
  position: number,
): [number, number] | undefined {
  const { ei, degeneracy, sensitivity } = valuesAt(scene.data, seed, layer, position);
  if (degeneracy === null) return undefined;
  const [x, y] = scene.axes === "paper" ? [degeneracy, sensitivity] : [ei, degeneracy];
  return x === null || y === null ? undefined : [scene.x.at(x), scene.y.at(y)];
}

/** The way of a layer, checkpoint by checkpoint. */
export function trailOf(scene: PlaneScene, seed: number, layer: number): ([number, number] | undefined)[] {
  const { x, y, axes, data } = scene;
  const { ei, degeneracy } = seriesAt(data.bits, seed, layer);
  const sensitivity = data.bits.sensitivity[seed]![layer]!;
  return data.epochs.map((_, e) => {
    const [right, up] = axes === "paper" ? [degeneracy[e], sensitivity[e]] : [ei[e], degeneracy[e]];
    // What the point of one checkpoint needs more for: an EI that only the others tell.
    if (right === null || right === undefined) return placeOf(scene, seed, layer, e);
    return up === null || up === undefined ? undefined : [x.at(right), y.at(up)];
  });
}

export interface ErrorMark {
  /** About the point. */
  readonly path: string;
  /** Whether it is a line: where sensitivity is exact, what EI loses degeneracy gains. */
  readonly line: boolean;
}

const CORNERS = 24;

/**
 * Two standard errors of measuring, jointly: an ellipse, drawn about the point that glides on. With the paper's axes it is that of degeneracy and
 * sensitivity. Undefined where all is exact.
 */
export function errorMark(scene: PlaneScene, seed: number, layer: number, epoch: number): ErrorMark | undefined {
  const { data, axes } = scene;
  const { ei, degeneracy, sensitivity } = valuesAt(data, seed, layer, epoch);
  if (ei === null || degeneracy === null || sensitivity === null) return undefined;
  const of = (measure: "ei" | "degeneracy" | "sensitivity") => errorAt(data, measure, seed, layer, epoch) ** 2;
  const [ofEi, ofDegeneracy, ofSensitivity] = [of("ei"), of("degeneracy"), of("sensitivity")];
  // Sensitivity = EI + degeneracy, so the three variances tell the covariances.
  const rotated = axes === "rotated";
  const [a, b] = rotated ? [ofEi, ofDegeneracy] : [ofDegeneracy, ofSensitivity];
  const c = rotated ? (ofSensitivity - ofEi - ofDegeneracy) / 2 : (ofDegeneracy + ofSensitivity - ofEi) / 2;
  const spreadA = Math.sqrt(a);
  const lean = spreadA === 0 ? 0 : c / spreadA;
  const rest = Math.sqrt(Math.max(0, b - lean * lean));
  if (spreadA === 0 && rest === 0) return undefined;
  const [x, y] = rotated ? [ei, degeneracy] : [degeneracy, sensitivity];
  const [x0, y0] = [scene.x.at(x), scene.y.at(y)];
  const line = rest <= 1e-3 * Math.sqrt(b) || spreadA <= 1e-9;
  const points = Array.from({ length: line ? 2 : CORNERS }, (_, k): [number, number] => {
    const turn = (2 * Math.PI * k) / (line ? 2 : CORNERS) + (spreadA === 0 ? Math.PI / 2 : 0);
    const [u, v] = [Math.cos(turn) * ERROR_REACH, Math.sin(turn) * ERROR_REACH];
    return [scene.x.at(x + spreadA * u) - x0, scene.y.at(y + lean * u + rest * v) - y0];
  });
  return { path: `${pathThrough(points)}${line ? "" : "Z"}`, line };
}

/** Half the height of a bracket's box, in pixels, where the other coordinate is known better than that. */
const BOX = 5;

/** A light box about the point, from end to end of its bracket and their errors; "" where there is none. */
export function bracketBox(scene: PlaneScene, seed: number, layer: number, epoch: number): string {
  const { data, axes } = scene;
  const at = valuesAt(data, seed, layer, epoch);
  const reach = (measure: "ei" | "degeneracy"): Interval | undefined => {
    const found = bracketAt(data, measure, seed, layer, epoch);
    if (found === null) return undefined;
    const [low, high, lowError, highError] = found;
    return [low - ERROR_REACH * lowError, high + ERROR_REACH * highError];
  };
  const own = reach("degeneracy");
  if (own === undefined || at.degeneracy === null || at.ei === null || at.sensitivity === null) return "";
  const error = ERROR_REACH * errorAt(data, "sensitivity", seed, layer, epoch);
  const ends: [Interval, Interval] =
    axes === "paper" ? [own, [at.sensitivity - error, at.sensitivity + error]] : [reach("ei") ?? [at.ei, at.ei], own];
  const [x0, y0] = placeOf(scene, seed, layer, epoch)!;
  const wide = ends[0].map((value) => scene.x.at(value) - x0);
  const high = ends[1].map((value) => scene.y.at(value) - y0);
  const [left, right] = [Math.min(wide[0]!, -BOX), Math.max(wide[1]!, BOX)];
  const [top, bottom] = [Math.min(high[1]!, -BOX), Math.max(high[0]!, BOX)];
  return `M${px(left)},${px(top)}H${px(right)}V${px(bottom)}H${px(left)}Z`;
}

/** The convex hull of a layer's points, one for each seed: what training from another seed would change. */
export function seedBand(scene: PlaneScene, seeds: readonly number[], layer: number, position: number): string {
  const points = seeds.flatMap((seed) => {
    const place = placeOf(scene, seed, layer, position);
    return place === undefined ? [] : [place];
  });
  return points.length < 2 ? "" : `${pathThrough(hull(points))}Z`;
}

/** The convex hull, by Andrew's monotone chain. */
export function hull(points: readonly [number, number][]): [number, number][] {
  const sorted = [...points].sort(([ax, ay], [bx, by]) => ax - bx || ay - by);
  const half = (all: readonly [number, number][]) => {
    const chain: [number, number][] = [];
    for (const point of all) {
      while (chain.length > 1 && turn(chain[chain.length - 2]!, chain[chain.length - 1]!, point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

const turn = ([ax, ay]: [number, number], [bx, by]: [number, number], [cx, cy]: [number, number]) =>
  (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);

export const decimalsOf = (value: number) => (Number.isInteger(value) ? 0 : 1);
