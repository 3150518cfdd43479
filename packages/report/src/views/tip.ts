/** The values of one point in words, and the small window that shows them beside it. */
import { fixed, formatBracket, formatEstimate } from "../chart.ts";
import { bracketAt, isSoFar, momentName, type ReportData } from "../data.ts";
import type { Box } from "./axes.ts";
import { html } from "./dom.ts";
import { LIVE, layerPaint } from "./paint.ts";

/** The measures' names, in the order in which they are shown everywhere. */
export const MEASURE_LABELS = [
  ["ei", "EI"],
  ["eiParts", "EI_parts"],
  ["sensitivity", "sensitivity"],
  ["degeneracy", "degeneracy"],
  ["phi", "φ"],
] as const;

/**
 * A layer of one seed at a checkpoint in words, a line each: its name, the five measures with their errors, and warnings.
 *
 * @param seed position of the seed.
 * @param layer position of the layer.
 * @param epoch position of the checkpoint.
 *
 * @example
 * ```ts
 * const data = reportData(trainingDataOf(await readStudyRun("runs/iris")));
 * const [title] = describePoint(data, 0, 1, 0);
 * console.log(title); // layer 2, seed 0, epoch 0
 * ```
 */
export function describePoint(data: ReportData, seed: number, layer: number, epoch: number): string[] {
  const values = MEASURE_LABELS.map(([measure, label]) => {
    const bits = data.bits[measure][seed]![layer]![epoch] ?? null;
    const value = formatEstimate(bits, data.standardErrors[measure][seed]![layer]![epoch] ?? null);
    const bracket = bracketAt(data, measure, seed, layer, epoch);
    return `${label} ${value}${bits === null ? "" : " bits"}${bracket === null ? "" : `, bracket ${formatBracket(bracket)}`}`;
  });
  return [
    `${data.layers[layer]!.name}, seed ${data.seeds[seed]}, ${momentName(data, data.epochs[epoch]!)}${isSoFar(data, seed, epoch) ? ", so far" : ""}`,
    ...values,
    ...warningsAt(data, seed, layer, epoch),
  ];
}

/** "layer 2, seed 0, EI 8.72 plus or minus 0.02 bits, degeneracy 36.7": what a screen reader says of a point. */
export function spokenPoint(data: ReportData, seed: number, layer: number, epoch: number): string {
  const at = (measure: "ei" | "degeneracy") => data.bits[measure][seed]![layer]![epoch] ?? null;
  const [ei, degeneracy] = [at("ei"), at("degeneracy")];
  const error = data.standardErrors.ei[seed]![layer]![epoch] ?? 0;
  const range = error === 0 ? "bits, exact" : `plus or minus ${fixed(error, error < 0.01 ? 4 : 2)} bits`;
  const parts = [data.layers[layer]!.name, `seed ${data.seeds[seed]}`];
  parts.push(ei === null ? "EI not measured" : `EI ${fixed(ei, 2)} ${range}`);
  if (degeneracy !== null) parts.push(`degeneracy ${fixed(degeneracy, 1)}`);
  if (isSoFar(data, seed, epoch)) parts.push("so far");
  return parts.join(", ");
}

function warningsAt(data: ReportData, seed: number, layer: number, epoch: number): string[] {
  const here = data.warnings.filter(([s, l, at]) => s === seed && l === layer && at === epoch);
  // Measures of one layer share most of theirs.
  const all = here.flatMap(([, , , , text]) => data.warningTexts[text]!.split("; "));
  return [...new Set(all)].map((text) => `Warning: ${text}`);
}

export interface Tip {
  /** @param taken points that it should not cover. */
  show(
    lines: readonly string[],
    layer: number,
    at: { x: number; y: number },
    taken: readonly { x: number; y: number }[],
  ): void;
  hide(): void;
}

/** Below this width the tip stands under its point. */
const NARROW = 480;

export function createTip(host: HTMLElement, box: () => Box): Tip {
  const tip = html("div", { class: "tip", role: "tooltip", hidden: "" });
  host.append(tip);
  return {
    show(lines, layer, at, taken) {
      const [title, ...rows] = lines;
      tip.style.borderLeftColor = layerPaint(LIVE, layer);
      tip.replaceChildren(
        html("strong", {}, title!),
        ...rows.map((row) => html("span", { class: row.startsWith("Warning: ") ? "warning" : "" }, row)),
      );
      tip.hidden = false;
      const { left, top } = host.clientWidth < NARROW ? under(host, tip, at) : corner(tip, box(), at, taken);
      tip.style.left = `${left}px`;
      tip.style.top = `${top}px`;
    },
    hide() {
      tip.hidden = true;
    },
  };
}

function under(host: HTMLElement, tip: HTMLElement, { x, y }: { x: number; y: number }): { left: number; top: number } {
  const room = host.clientWidth - tip.offsetWidth;
  return { left: Math.max(0, Math.min(x - tip.offsetWidth / 2, room)), top: y + 18 };
}

/** The corner of the picture where it covers fewest points, never its own; of equal ones the nearest. */
function corner(
  tip: HTMLElement,
  { left, right, top, bottom }: Box,
  at: { x: number; y: number },
  taken: readonly { x: number; y: number }[],
): { left: number; top: number } {
  const [wide, high] = [tip.offsetWidth, tip.offsetHeight];
  const covers = (place: { left: number; top: number }, { x, y }: { x: number; y: number }) =>
    x > place.left - 12 && x < place.left + wide + 12 && y > place.top - 12 && y < place.top + high + 12;
  const places = [left + 8, right - wide - 8].flatMap((x) =>
    [top + 6, bottom - high - 8].map((y) => ({ left: x, top: y })),
  );
  const cost = places.map((place) => {
    const covered = taken.filter((point) => covers(place, point)).length;
    const far = Math.hypot(place.left + wide / 2 - at.x, place.top + high / 2 - at.y);
    return (covers(place, at) ? 1e6 : 0) + covered * 1e4 + far;
  });
  return places[cost.indexOf(Math.min(...cost))]!;
}
