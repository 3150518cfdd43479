/**
 * A film of a training run, as SVG: what stands still, drawn once, and what moves, drawn anew for each moment. The causal plane at the
 * left; at the right the epoch, the loss and the EI of the layers.
 */

import { InvalidInputError } from "@causalscope/core/errors";
import type { RunData } from "@causalscope/runs";
import {
  epochScale,
  escapeMarkup,
  extent,
  formatLoss,
  formatPercent,
  type Interval,
  layerColor,
  layerLabel,
  layerSymbol,
  linearScale,
  nice,
  type Scale,
  shorten,
  symbolPath,
} from "../chart.ts";
import { meanSeries, type ReportData, reportData, type Series } from "../data.ts";
import { MARGINS, type Place, panel, placesOf } from "../panels.ts";
import { nullclineEnds, windowOf } from "../plane.ts";
import { drawPanel, FONT, INK, MUTED, roundPixels } from "../svg.ts";

export const SCENE = { width: 1280, height: 720 } as const;

/** Which trails a film shows, and in which coordinates. */
export interface SceneOptions {
  /** One seed's trails instead of all; must be one of the run's. */
  readonly seed?: number;
  /** The paper's coordinates, EI/√2 to the right, instead of degeneracy and sensitivity. */
  readonly rotated?: boolean;
}

/** A film as SVG: what stands still, and what moves. */
export interface Scene {
  /** A whole SVG, on white. */
  readonly ground: string;
  /** What moves, over nothing. @param moment from 0, the first checkpoint, to 1, the last. */
  readonly moving: (moment: number) => string;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const PLANE: Box = { x: 8, y: 96, width: 780, height: 616 };
const LOSS: Box = { x: 800, y: 196, width: 472, height: 236 };
const EI: Box = { x: 800, y: 462, width: 472, height: 250 };

/**
 * The film of a run of a training study: the causal plane, and beside it the epoch, the loss and the EI of the layers.
 *
 * @example
 * ```ts
 * await performStudy(await study("iris"), "runs/short", { options: { seeds: [0], epochs: 20, every: 10 } });
 * const { ground, moving } = sceneOf(trainingDataOf(await readStudyRun("runs/short")));
 * console.log(ground.startsWith("<svg"), moving(0) !== moving(1)); // true true
 * ```
 * @throws InvalidInputError for a run with fewer than two checkpoints, or a seed that it does not have.
 */
export function sceneOf(run: RunData, { seed, rotated = false }: SceneOptions = {}): Scene {
  const whole = reportData(run);
  const data = seed === undefined ? whole : ofSeed(whole, seed);
  if (data.epochs.length < 2) {
    const expected = "a run with at least two finished checkpoints";
    throw new InvalidInputError({
      who: "film",
      expected,
      got: `${data.epochs.length}`,
      remedy: "Let the run continue.",
    });
  }
  const trails = data.seeds.flatMap((_, s) =>
    data.layers.map((_, layer) => ({ layer, places: placesOf(data, s, layer, rotated) })),
  );
  const plane = planeOf(
    trails.flatMap(({ places }) => places),
    rotated,
  );
  const losses = data.training.trainLoss;
  const loss = curveOf(data, losses, LOSS, "training loss");
  const ei = curveOf(data, data.bits.ei.flat(), EI, "EI (bits)");
  const epochAt = (moment: number) => timeOf(data).invert(moment);
  return {
    ground: svg(
      `<rect width="${SCENE.width}" height="${SCENE.height}" fill="#ffffff"/>${titles(data, rotated)}` +
        `${placed(PLANE, plane)}${placed(LOSS, loss)}${placed(EI, ei)}` +
        eiLines(data, ei) +
        lossLines(losses, data.epochs, loss),
    ),
    moving: (moment) => {
      const epoch = epochAt(moment);
      const at = positionOf(data.epochs, epoch);
      return svg(
        [
          ...trails.map(({ layer, places }) => trail(places, at, layer, plane, data.seeds.length > 1)),
          ...cursor(loss, epoch),
          ...cursor(ei, epoch),
          ...losses.map((series) => dot(loss, epoch, between(series, at), INK)),
          ...data.bits.ei.flatMap((layers) =>
            layers.map((series, layer) => dot(ei, epoch, between(series, at), layerColor(layer))),
          ),
          counter(data, epoch, at),
        ].join(""),
      );
    },
  };
}

function ofSeed(data: ReportData, seed: number): ReportData {
  const at = data.seeds.indexOf(seed);
  if (at < 0) {
    const expected = `one of the run's seeds, ${data.seeds.join(", ")}`;
    throw new InvalidInputError({ who: "film: seed", expected, got: `${seed}` });
  }
  const one = <Values extends Readonly<Record<string, readonly unknown[]>>>(values: Values): Values =>
    Object.fromEntries(Object.entries(values).map(([name, list]) => [name, [list[at]]])) as unknown as Values;
  const { bits, standardErrors, training } = data;
  return { ...data, seeds: [seed], bits: one(bits), standardErrors: one(standardErrors), training: one(training) };
}

/** The film's clock: as the square root of the epoch, so that the early phase has time. */
function timeOf({ epochs }: ReportData): Scale {
  return epochScale([epochs[0]!, epochs.at(-1)!], [0, 1]);
}

/** Between which checkpoints an epoch lies: 2.5 is half-way from the third to the fourth. */
function positionOf(epochs: readonly number[], epoch: number): number {
  const after = epochs.findIndex((each) => each >= epoch);
  if (after <= 0) return after < 0 ? epochs.length - 1 : 0;
  const before = epochs[after - 1]!;
  return after - 1 + (epoch - before) / (epochs[after]! - before);
}

function between(series: Series, at: number): number | null {
  const [before, after] = [series[Math.floor(at)], series[Math.ceil(at)]];
  if (before === null || after === null || before === undefined || after === undefined) return null;
  return before + (after - before) * (at - Math.floor(at));
}

interface Drawn {
  readonly panel: string;
  readonly x: Scale;
  readonly y: Scale;
}

function planeOf(places: readonly Place[], rotated: boolean): Drawn {
  const [x, y] = windowOf(places, 8);
  const scales = scalesOf(PLANE, x, y);
  const [from, to] = nullclineEnds(x, y, rotated);
  const line = `<path d="M${scales.x.at(from[0])},${scales.y.at(from[1])}L${scales.x.at(to[0])},${scales.y.at(to[1])}" stroke="${INK}" stroke-width="1.6" stroke-dasharray="7 4" fill="none"/>`;
  const made = panel({
    heading: "",
    height: PLANE.height,
    x,
    y,
    xLabel: rotated ? "EI / √2 (bits)" : "degeneracy (bits)",
    yLabel: rotated ? "(sensitivity + degeneracy) / √2 (bits)" : "sensitivity (bits)",
    marks: [],
  });
  return { panel: drawPanel(made, PLANE.width) + shifted(PLANE, line), ...scales };
}

/** What is drawn in the film's own pixels, in those of a panel. */
function shifted(box: Box, content: string): string {
  return `<g transform="translate(${-box.x},${-box.y})">${content}</g>`;
}

function curveOf(data: ReportData, series: readonly Series[], box: Box, label: string): Drawn {
  const [low, high] = extent(series.flat()) ?? [0, 1];
  const x: Interval = [data.epochs[0]!, data.epochs.at(-1)!];
  const y = nice([Math.min(0, low), high], 5);
  const made = panel({ heading: "", height: box.height, x, y, xLabel: "epoch", yLabel: label, marks: [] });
  return { panel: drawPanel(made, box.width), ...scalesOf(box, x, y) };
}

/** Data to the film's pixels. */
function scalesOf(box: Box, x: Interval, y: Interval): { x: Scale; y: Scale } {
  const { marginLeft, marginRight, marginTop, marginBottom } = MARGINS;
  return {
    x: linearScale(x, [box.x + marginLeft, box.x + box.width - marginRight]),
    y: linearScale(y, [box.y + box.height - marginBottom, box.y + marginTop]),
  };
}

function placed({ x, y }: Box, { panel: content }: Drawn): string {
  return `<g transform="translate(${x},${y})">${content}</g>`;
}

function titles(data: ReportData, rotated: boolean): string {
  const widths = [data.layers[0]!.inputs, ...data.layers.map(({ outputs }) => outputs)].join("-");
  const title = `${data.study}: ${widths} through the causal plane${rotated ? ", rotated by 45°" : ""}`;
  const legend = data.layers.map((layer, l) => {
    const column = l % 3;
    const row = Math.floor(l / 3);
    const [x, y] = [76 + column * 236, 62 + row * 20];
    const label = escapeMarkup(shorten(layerLabel(layer), 27));
    return `<path transform="translate(${x},${y - 5})" d="${symbolPath(layerSymbol(l), 6)}" fill="${layerColor(l)}"/><text x="${x + 12}" y="${y}" font-size="14">${label}</text>`;
  });
  return `<text x="24" y="32" font-size="24" font-weight="bold">${escapeMarkup(title)}</text>${legend.slice(0, 6).join("")}`;
}

function lossLines(losses: readonly Series[], epochs: readonly number[], drawn: Drawn): string {
  return losses.map((series) => path(series, epochs, drawn, INK, 0.45)).join("");
}

function eiLines(data: ReportData, drawn: Drawn): string {
  return data.layers
    .map((_, l) => data.bits.ei.map((layers) => path(layers[l]!, data.epochs, drawn, layerColor(l), 0.35)).join(""))
    .join("");
}

function path(series: Series, epochs: readonly number[], { x, y }: Drawn, color: string, opacity: number): string {
  const points = series.flatMap((value, e) => (value === null ? [] : [`${x.at(epochs[e]!)},${y.at(value)}`]));
  return `<path d="M${points.join("L")}" fill="none" stroke="${color}" stroke-width="1.4" stroke-opacity="${opacity}"/>`;
}

function trail(places: readonly Place[], at: number, layer: number, { x, y }: Drawn, several: boolean): string {
  if (places.length === 0) return "";
  const before = places.findLast(({ e }) => e <= at) ?? places[0]!;
  const after = places.find(({ e }) => e > before.e) ?? before;
  const share = after === before ? 0 : Math.max(0, at - before.e) / (after.e - before.e);
  const end = { x: before.x + (after.x - before.x) * share, y: before.y + (after.y - before.y) * share };
  const points = [...places.filter(({ e }) => e <= before.e), end].map((place) => `${x.at(place.x)},${y.at(place.y)}`);
  const color = layerColor(layer);
  const line = `<path d="M${points.join("L")}" fill="none" stroke="${color}" stroke-width="${several ? 1.4 : 2.2}" stroke-opacity="0.6"/>`;
  return `${line}<path transform="translate(${x.at(end.x)},${y.at(end.y)})" d="${symbolPath(layerSymbol(layer), several ? 7 : 9)}" fill="${color}" stroke="#ffffff" stroke-width="1.5"/>`;
}

function cursor({ x, y }: Drawn, epoch: number): string[] {
  const [bottom, top] = [y.at(y.domain[0]), y.at(y.domain[1])];
  return [`<path d="M${x.at(epoch)},${bottom}V${top}" stroke="${MUTED}" stroke-width="1.2" stroke-dasharray="3 3"/>`];
}

function dot({ x, y }: Drawn, epoch: number, value: number | null, color: string): string {
  return value === null
    ? ""
    : `<circle cx="${x.at(epoch)}" cy="${y.at(value)}" r="4.5" fill="${color}" stroke="#ffffff"/>`;
}

/** The epoch in large figures; loss and accuracy, means over the seeds, below. */
function counter(data: ReportData, epoch: number, at: number): string {
  const mean = (series: readonly Series[]) => between(meanSeries(series), at);
  const { trainLoss, testAccuracy } = data.training;
  const lines = [
    `training loss ${formatLoss(mean(trainLoss))}`,
    `test accuracy ${formatPercent(mean(testAccuracy))}${data.seeds.length > 1 ? `, means of ${data.seeds.length} seeds` : ""}`,
  ];
  return (
    `<text x="870" y="86" font-size="46" font-weight="bold">epoch ${Math.round(epoch)}</text>` +
    lines.map((line, k) => `<text x="870" y="${126 + 28 * k}" font-size="20">${escapeMarkup(line)}</text>`).join("")
  );
}

function svg(content: string): string {
  const { width, height } = SCENE;
  return roundPixels(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}" font-size="14" fill="${INK}" color="${INK}">${content}</svg>`,
  );
}
