/**
 * Scales, ticks, number formats, colours and text measures: one module for the printed figures and for the report's
 * player, so that both show the same thing. No DOM, no dependency: it is bundled into the page.
 */
import { escapedLines } from "@causalscope/core/basics";

/** Okabe and Ito's colours, told apart under all common colour blindness; one per layer, in order. */
export const LIGHT_PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#3f3f9f", "#666666"] as const;

/** The same hues, lightened for a dark page. */
export const DARK_PALETTE = ["#4fb3f2", "#ff8f52", "#31cfa1", "#eaa1cb", "#f2c14b", "#aaa7ff", "#b5b5b5"] as const;

/** The colour of a layer by its position; layers past the palette repeat it (and are dashed, see `layerDash`). */
export function layerColor(layer: number, palette: readonly string[] = LIGHT_PALETTE): string {
  return palette[layer % palette.length]!;
}

/** The dash pattern that tells the second and third round of the palette from the first; "" is a full line. */
export function layerDash(layer: number): string {
  return ["", "7 3", "2 3"][Math.floor(layer / LIGHT_PALETTE.length) % 3]!;
}

const SYMBOLS = ["circle", "square", "diamond", "triangle"] as const;

/** A marker of layers. */
export type LayerSymbol = (typeof SYMBOLS)[number];

/**
 * The marker of a layer, which says the same as its colour: 28 layers differ in one or the other.
 *
 * @example
 * ```ts
 * console.log(layerSymbol(0), layerSymbol(1)); // circle square
 * ```
 */
export function layerSymbol(layer: number): LayerSymbol {
  return SYMBOLS[layer % SYMBOLS.length]!;
}

/**
 * The outline of a marker about the origin, as the `d` of an SVG path; `radius` in pixels is that of a circle of the same weight.
 *
 * @example
 * ```ts
 * console.log(symbolPath("diamond", 10)); // M0,-13L13,0L0,13L-13,0Z
 * ```
 */
export function symbolPath(symbol: LayerSymbol, radius: number): string {
  const r = radius;
  if (symbol === "circle") return `M${r},0A${r},${r},0,1,1,${-r},0A${r},${r},0,1,1,${r},0Z`;
  const half = r * 0.89;
  if (symbol === "square") return `M${-half},${-half}H${half}V${half}H${-half}Z`;
  const tip = r * 1.3;
  if (symbol === "diamond") return `M0,${-tip}L${tip},0L0,${tip}L${-tip},0Z`;
  // About its centre of mass.
  return `M0,${-tip}L${r * 1.17},${r * 0.8}H${-r * 1.17}Z`;
}

/** A range of numbers. */
export type Interval = readonly [low: number, high: number];

/** A position scale: data to pixels, and back. */
export interface Scale {
  readonly domain: Interval;
  at(value: number): number;
  invert(pixel: number): number;
}

export function linearScale(domain: Interval, range: Interval): Scale {
  return transformed(
    domain,
    range,
    (v) => v,
    (t) => t,
  );
}

/**
 * The scale of epochs: √(epoch − first epoch), which gives the early phase, where most happens, its room.
 * Figures and player share it; for one epoch only, the point stands in the middle.
 */
export function epochScale(domain: Interval, range: Interval): Scale {
  const start = domain[0];
  return transformed(
    domain,
    range,
    (v) => Math.sqrt(Math.max(0, v - start)),
    (t) => start + t * t,
  );
}

/** Bits about 0 within which `signedRootScale` is nearly linear: its steepness at 0 stays finite. */
const LINEAR = 0.25;

/** A signed square root: values that differ by orders of magnitude, of either sign, stand beside each other. */
export function signedRootScale(domain: Interval, range: Interval): Scale {
  const offset = Math.sqrt(LINEAR);
  return transformed(
    domain,
    range,
    (v) => Math.sign(v) * (Math.sqrt(Math.abs(v) + LINEAR) - offset),
    (t) => Math.sign(t) * ((Math.abs(t) + offset) ** 2 - LINEAR),
  );
}

/** Ticks of `signedRootScale`: 0, and round values at least `gap` pixels apart. */
export function signedRootTicks(scale: Scale, gap: number): number[] {
  const [low, high] = scale.domain;
  const chosen: number[] = low <= 0 && high >= 0 ? [0] : [];
  const candidates: number[] = [];
  for (let decade = 0.1; decade <= Math.max(-low, high); decade *= 10)
    for (const unit of [1, 2, 5]) candidates.push(clean(unit * decade, decade));
  // From the ends inwards: the greatest values are what a reader looks for.
  for (const size of candidates.reverse()) {
    for (const value of [size, -size]) {
      const fits = chosen.every((other) => Math.abs(scale.at(other) - scale.at(value)) >= gap);
      if (value >= low && value <= high && fits) chosen.push(value);
    }
  }
  return chosen.sort((a, b) => a - b);
}

function transformed(
  domain: Interval,
  range: Interval,
  forward: (v: number) => number,
  back: (t: number) => number,
): Scale {
  const t0 = forward(domain[0]);
  const span = forward(domain[1]) - t0;
  const [r0, r1] = range;
  return {
    domain,
    at: (value) => (span === 0 ? (r0 + r1) / 2 : r0 + ((forward(value) - t0) / span) * (r1 - r0)),
    invert: (pixel) => (span === 0 ? domain[0] : back(t0 + ((pixel - r0) / (r1 - r0)) * span)),
  };
}

/** Round ticks (1, 2, 5 × 10^k) inside `[low, high]`, about `count` of them. */
export function ticks([low, high]: Interval, count: number): number[] {
  const step = tickStep(low, high, count);
  const found: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(clean(k * step, step));
  return found;
}

/** A domain widened to round ticks; a domain of no width is widened by one on either side. */
export function nice([low, high]: Interval, count: number): Interval {
  if (low === high) return nice([low - 1, high + 1], count);
  const step = tickStep(low, high, count);
  return [clean(Math.floor(low / step + 1e-9) * step, step), clean(Math.ceil(high / step - 1e-9) * step, step)];
}

/** Ticks of `epochScale`: round epochs, at least `gap` pixels apart, the first and as late a one as possible among them. */
export function epochTicks(scale: Scale, gap: number): number[] {
  const [first, last] = scale.domain;
  if (first === last) return [first];
  const candidates = new Set(ticks([first, last], 4));
  for (let decade = 1; decade <= last; decade *= 10) {
    for (const unit of [1, 2, 5]) if (unit * decade > first && unit * decade <= last) candidates.add(unit * decade);
  }
  const chosen: number[] = [];
  for (const candidate of [...candidates].sort((a, b) => b - a)) {
    const previous = chosen[chosen.length - 1];
    const fits = previous === undefined || scale.at(previous) - scale.at(candidate) >= gap;
    if (fits && Number.isInteger(candidate) && scale.at(candidate) - scale.at(first) >= gap) chosen.push(candidate);
  }
  return [first, ...chosen.reverse()];
}

function tickStep(low: number, high: number, count: number): number {
  const raw = (high - low || 1) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const unit = [1, 2, 5, 10].find((u) => u * power >= raw * (1 - 1e-9))!;
  return unit * power;
}

/** Multiples of 0.1 carry rounding noise; a tick must print as itself. */
function clean(value: number, step: number): number {
  const digits = Math.max(0, Math.min(15, 2 - Math.floor(Math.log10(step))));
  return Number(value.toFixed(digits)) + 0;
}

/** The least and the greatest finite number, or `undefined` where there is none. */
export function extent(values: Iterable<number | null>): Interval | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}

/** A number with a fixed count of decimals and a true minus sign; −0.000 is 0.000. */
export function fixed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A tick label: as many decimals as tell the ticks apart, no thousands separator; "2e9" where that would be long. */
export function tickLabels(values: readonly number[]): string[] {
  const gap = values.length > 1 ? Math.abs(values[1]! - values[0]!) : Math.abs(values[0] ?? 1) || 1;
  if (gap < 1e-6 || values.some((value) => Math.abs(value) >= 1e7)) return values.map(shortest);
  const decimals = Math.max(0, Math.min(6, -Math.floor(Math.log10(gap) + 1e-9)));
  return values.map((value) => fixed(value, decimals));
}

function shortest(value: number): string {
  if (value === 0) return "0";
  const text = Number(value.toPrecision(6)).toExponential().replace("e+", "e");
  return text.replaceAll("-", "−");
}

/** A measured value with its standard error: "3.254 ± 0.012", "3.254 (exact)" where the error is 0. */
export function formatEstimate(bits: number | null, standardError: number | null): string {
  if (bits === null) return "not measured";
  if (standardError === null) return `${fixed(bits, 3)} ± unknown`;
  if (standardError === 0) return `${fixed(bits, 3)} (exact)`;
  return `${fixed(bits, 3)} ± ${standardError < 0.0005 ? "< 0.0005" : fixed(standardError, 3)}`;
}

/** `[145.320 ± 0.800, 161.970 ± 1.200]`, on one line: an end that is proved has no error. */
export function formatBracket([low, high, lowError, highError]: readonly [number, number, number, number]): string {
  const end = (value: number, error: number) => (error === 0 ? fixed(value, 3) : formatEstimate(value, error));
  return `[${end(low, lowError)}, ${end(high, highError)}]`.replaceAll(" ", "\u00a0");
}

/** A loss to three significant digits. */
export function formatLoss(value: number | null): string {
  if (value === null) return "not recorded";
  return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
    ? value.toExponential(2)
    : value.toPrecision(3);
}

export function formatPercent(fraction: number | null): string {
  return fraction === null ? "not recorded" : `${(fraction * 100).toFixed(1)} %`;
}

/**
 * A layer as legends and tables call it; a long name is cut.
 *
 * @example
 * ```ts
 * console.log(layerLabel({ name: "hidden 1", inputs: 4, outputs: 5, activation: "sigmoid" }));
 * // hidden 1 (4→5, sigmoid)
 * ```
 */
export function layerLabel(layer: { name: string; inputs: number; outputs: number; activation: string }): string {
  return `${shorten(layer.name, 28)} (${layer.inputs}→${layer.outputs}, ${layer.activation})`;
}

export function shorten(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

/** Width of a line of DejaVu Sans in pixels, within about 5 %, on the wide side: enough to set legends and captions. */
export function textWidth(text: string, size: number): number {
  let em = 0;
  for (const c of text)
    em += /[ijl.,;:'|I]/.test(c)
      ? 0.34
      : /[mwMW@%→]/.test(c)
        ? 0.95
        : /[A-Z0-9]/.test(c)
          ? 0.67
          : c === " "
            ? 0.33
            : 0.61;
  return em * size;
}

/** Lines of at most `width` pixels; a single longer word stands alone. */
export function wrapText(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== "") lines.push(line);
  return lines;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the characters XML 1.0 forbids
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Text for an SVG or HTML element or attribute; what XML forbids becomes "�", and overrides of direction are written out. */
export function escapeMarkup(text: string): string {
  return escapedLines(text.replace(FORBIDDEN, "\ufffd")).replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}
