/** Heat maps: values over a square grid, a colour for each, and the bar that says which. */
import * as Plot from "@observablehq/plot";
import { escapeMarkup, extent, type Interval, linearScale, tickLabels, ticks } from "./chart.ts";
import { indexedPng } from "./indexed-png.ts";
import { panel } from "./panels.ts";
import { INK, type Panel } from "./svg.ts";

export interface HeatSpec {
  readonly heading: string;
  readonly height: number;
  readonly width: number;
  /** Of both axes, ascending, equally spaced. */
  readonly weights: readonly number[];
  /** `[weightB][weightA]`, both ascending; NaN where there is none. */
  readonly values: Float64Array;
  /** What the colours span; default: the values. */
  readonly domain?: Interval;
  readonly barLabel: string;
}

const LEVELS = 255;
/** Pixels of the picture for each value: renderers that smooth do so within a value. */
const MAGNIFIED = 4;
const LEFT = 70;
const TOP = 10;
const BOTTOM = 54;
const BAR = 14;
const BAR_ROOM = 92;

/** A square map with a bar of colours at its right; white where there is no value. */
export function heatPanel(spec: HeatSpec): Panel {
  const { heading, height, width, weights, values, barLabel } = spec;
  const domain = spec.domain ?? extent(values) ?? [0, 1];
  const step = weights[1]! - weights[0]!;
  const reach: Interval = [weights[0]! - step / 2, weights.at(-1)! + step / 2];
  const inner = { width: width - LEFT - BAR_ROOM, height: height - TOP - BOTTOM };
  const size = Math.min(inner.width, inner.height);
  const picture = dataUrl(paint(values, weights.length, domain));
  const base = panel({ heading, height, x: reach, y: reach, xLabel: "weight A", yLabel: "weight B", marks: [] });
  return {
    ...base,
    options: { ...base.options, marginRight: width - LEFT - size, marginBottom: height - TOP - size, grid: false },
    overlay: [
      `<image x="${LEFT}" y="${TOP}" width="${size}" height="${size}" preserveAspectRatio="none" href="${picture}"/>`,
      `<rect x="${LEFT}" y="${TOP}" width="${size}" height="${size}" fill="none" stroke="${INK}"/>`,
      bar(LEFT + size + 16, size, domain, barLabel),
    ].join(""),
  };
}

/** Top row first: the greatest weight B. */
function paint(values: Float64Array, count: number, [low, high]: Interval): Uint8Array {
  const side = count * MAGNIFIED;
  const pixels = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    const row = count - 1 - Math.floor(y / MAGNIFIED);
    for (let x = 0; x < side; x++) {
      const value = values[row * count + Math.floor(x / MAGNIFIED)]!;
      const share = high === low ? 0 : (value - low) / (high - low);
      // The last colour is that of no value.
      pixels[y * side + x] = Number.isFinite(value)
        ? Math.round(Math.min(1, Math.max(0, share)) * (LEVELS - 1))
        : LEVELS;
    }
  }
  const palette = Uint8Array.from([
    ...Array.from({ length: LEVELS }, (_, k) => rgb(k / (LEVELS - 1))).flat(),
    255,
    255,
    255,
  ]);
  return indexedPng(pixels, side, palette);
}

let viridis: ((value: number) => string) | undefined;

/** Viridis: even to the eye, and in print without colours. */
export function heatColor(share: number): string {
  viridis ??= (
    Plot.scale({ color: { type: "linear", scheme: "viridis", domain: [0, 1] } }) as { apply(v: number): string }
  ).apply;
  return viridis(share);
}

function rgb(share: number): number[] {
  const text = heatColor(share);
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (hex !== null) return hex.slice(1).map((part) => Number.parseInt(part, 16));
  return (text.match(/\d+/g) ?? []).slice(0, 3).map(Number);
}

function bar(x: number, height: number, domain: Interval, label: string): string {
  const strips = 60;
  const rects = Array.from({ length: strips }, (_, k) => {
    const top = TOP + height * (1 - (k + 1) / strips);
    return `<rect x="${x}" y="${top}" width="${BAR}" height="${height / strips + 0.5}" fill="${heatColor((k + 0.5) / strips)}"/>`;
  });
  const scale = linearScale(domain, [TOP + height, TOP]);
  const marks = ticks(domain, 6);
  const names = tickLabels(marks);
  const labels = marks.map((value, k) => {
    const y = scale.at(value);
    return `<path d="M${x + BAR},${y}h4" stroke="${INK}"/><text x="${x + BAR + 7}" y="${y + 4.5}" font-size="13">${names[k]}</text>`;
  });
  const middle = TOP + height / 2;
  const at = x + BAR + 52;
  const title = `<text transform="translate(${at},${middle}) rotate(-90)" text-anchor="middle" font-size="13">${escapeMarkup(label)}</text>`;
  const frame = `<rect x="${x}" y="${TOP}" width="${BAR}" height="${height}" fill="none" stroke="${INK}"/>`;
  return `<g fill="${INK}">${rects.join("")}${frame}${labels.join("")}${title}</g>`;
}

function dataUrl(file: Uint8Array): string {
  let text = "";
  for (const byte of file) text += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(text)}`;
}
