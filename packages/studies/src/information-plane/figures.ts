/**
 * The information plane, after Shwartz-Ziv & Tishby (2017): I(Y; L) over I(X; L), a trail for each layer through training, epochs as
 * colour. Unlike theirs it names its estimators, draws the lines past which no estimate can go, and says which layers are saturated.
 */

import { greatest, least } from "@causalscope/core/basics";
import { SATURATED } from "@causalscope/core/internal";
import {
  composeFigure,
  fixed,
  INK,
  type Interval,
  type LegendEntry,
  layerColor,
  linearScale,
  MARGINS,
  MILLIMETRES,
  MUTED,
  PAGE,
  type Panel,
  panel,
  TICK_SIZE,
} from "@causalscope/report/internal";
import type { NamedFigure, ValueRow } from "@causalscope/runs";
import * as Plot from "@observablehq/plot";

const HEIGHT = 420;
/** Viridis without its last eighth, which is too light for white paper. */
const AGES = { type: "linear", domain: [0, 1.14], scheme: "viridis" } as const;

/** Bounds on I(Y; L) are too wide to be drawn as a point; what is drawn of them is what is usually printed. */
const DIFFERENCE = "labelInformationDifference";

/** What is drawn of one activation and estimator: `[layer][epoch]`, means over the seeds. */
interface Trails {
  readonly activation: string;
  readonly estimator: string;
  /** The estimator with its parameters. */
  readonly reading: string;
  readonly spots: readonly Spot[];
  /** Each seed at the last epoch. */
  readonly ends: readonly Spot[];
  /** Layers whose reading at the end is saturated, as a mean over the seeds. */
  readonly saturated: readonly number[];
}

interface Spot {
  /** I(X; L); undefined of an estimator of labels alone. */
  readonly x: number | undefined;
  readonly y: number;
  /** From 1. */
  readonly layer: number;
  readonly epoch: number;
  /** 0 at the first epoch, 1 at the last. */
  readonly age: number;
}

interface Limits {
  readonly x: number;
  readonly y: number;
}

/** A figure for each estimator, with a panel for each activation: the plane, or I(Y; L) over the epochs where it tells of labels alone. */
export function informationPlaneFigures(values: readonly ValueRow[]): NamedFigure[] {
  const all = trailsOf(values);
  const limits: Limits = { x: limitOf(values, "mostOfInput"), y: limitOf(values, "mostOfLabel") };
  const epochs = epochsOf(values);
  const seeds = new Set(values.map(({ setting }) => setting.seed)).size;
  const estimators = [...new Set(all.map(({ estimator }) => estimator))];
  return estimators.map((estimator, k) => ({
    name: k === 0 ? "information-plane" : `information-plane-${estimator}`,
    svg: figureOf(
      all.filter((trails) => trails.estimator === estimator),
      limits,
      epochs,
      seeds,
    ),
  }));
}

function figureOf(all: readonly Trails[], limits: Limits, epochs: readonly number[], seeds: number): string {
  const layers = [...new Set(all.flatMap(({ spots }) => spots.map(({ layer }) => layer)))].sort((a, b) => a - b);
  const ofPlanes = hasInput(all[0]!);
  const width = all.length === 1 ? PAGE : PAGE / 2;
  const panels = all.map((trails, k) => {
    const heading = `${String.fromCharCode(97 + k)}  ${trails.activation}, ${trails.estimator}`;
    return ofPlanes ? planePanel(trails, heading, limits, width) : labelPanel(trails, heading, limits, epochs);
  });
  const rows: Panel[][] = [];
  for (let k = 0; k < panels.length; k += 2) {
    const next = panels[k + 1];
    // A last one by itself keeps the width of the others.
    const beside = panels.length === 1 ? [] : [next ?? { height: HEIGHT, options: { axis: null, marks: [] } }];
    rows.push([panels[k]!, ...beside]);
  }
  return composeFigure({
    width: PAGE,
    millimetres: MILLIMETRES,
    title: "The information plane through training",
    legend: [
      layers.map((layer) => ({ kind: "line", color: layerColor(layer - 1), label: `layer ${layer}` })),
      signs(ofPlanes, seeds),
    ],
    panels: [...rows, ...(ofPlanes && epochs.length > 1 ? [colorBar(epochs)] : [])],
    caption: caption(all, seeds, limits),
  });
}

const hasInput = ({ spots }: Trails) => spots[0]!.x !== undefined;

function epochsOf(values: readonly ValueRow[]): number[] {
  return [...new Set(values.map(({ setting }) => setting.epoch as number))].sort((a, b) => a - b);
}

function limitOf(values: readonly ValueRow[], measure: string): number {
  return greatest(
    values.filter((row) => row.measure === measure).map(({ value }) => value),
    0,
  );
}

function trailsOf(values: readonly ValueRow[]): Trails[] {
  const age = ageScale(epochsOf(values));
  const kinds = new Map<string, ValueRow[]>();
  for (const row of values) {
    const { activation, estimator, layer } = row.setting;
    if (layer === 0) continue;
    const key = JSON.stringify([activation, estimator]);
    const rows = kinds.get(key);
    if (rows === undefined) kinds.set(key, [row]);
    else rows.push(row);
  }
  return [...kinds.values()].map((rows) => {
    const { activation, estimator, reading } = rows[0]!.setting;
    // Sums over the seeds by measure, layer and epoch.
    const sums = new Map<string, { sum: number; count: number }>();
    const key = (measure: string, layer: number, epoch: number) => `${measure}/${layer}/${epoch}`;
    for (const { measure, setting, value: bits } of rows) {
      const place = key(measure, setting.layer as number, setting.epoch as number);
      const { sum, count } = sums.get(place) ?? { sum: 0, count: 0 };
      sums.set(place, { sum: sum + bits, count: count + 1 });
    }
    const mean = (measure: string, layer: number, epoch: number) => {
      const found = sums.get(key(measure, layer, epoch));
      return found && found.sum / found.count;
    };
    const measureOfLabel = rows.some(({ measure }) => measure === DIFFERENCE) ? DIFFERENCE : "labelInformation";
    const epochs = epochsOf(rows);
    const last = epochs.at(-1)!;
    const layers = [...new Set(rows.map(({ setting }) => setting.layer as number))].sort((a, b) => a - b);
    const at = (measure: string, layer: number, seed: ValueRow["setting"][string]) =>
      rows.find(
        ({ measure: name, setting: s }) => name === measure && s.layer === layer && s.seed === seed && s.epoch === last,
      )?.value;
    const seeds = [...new Set(rows.map(({ setting }) => setting.seed!))];
    return {
      activation: `${activation}`,
      estimator: `${estimator}`,
      reading: `${reading ?? estimator}`,
      spots: layers.flatMap((layer) =>
        epochs.map((epoch) => ({
          layer,
          epoch,
          age: age(epoch),
          x: mean("inputInformation", layer, epoch),
          y: mean(measureOfLabel, layer, epoch)!,
        })),
      ),
      ends: layers.flatMap((layer) =>
        seeds.map((seed) => ({
          layer,
          epoch: last,
          age: 1,
          x: at("inputInformation", layer, seed),
          y: at(measureOfLabel, layer, seed)!,
        })),
      ),
      saturated: layers.filter((layer) => (mean("saturation", layer, last) ?? 0) > SATURATED),
    };
  });
}

/** By the logarithm of the epochs between: what happens, happens early. */
function ageScale(epochs: readonly number[]): (epoch: number) => number {
  const first = epochs[0]!;
  const span = Math.log1p(epochs.at(-1)! - first) || 1;
  return (epoch) => Math.log1p(epoch - first) / span;
}

function planePanel({ spots, ends }: Trails, heading: string, limits: Limits, width: number): Panel {
  const drawn = [...spots, ...ends];
  // Room for the lines of the limits, which would else be the frame, and for the numbers of layers.
  const x = roomy(
    greatest(
      drawn.map((spot) => spot.x!),
      limits.x,
    ),
  );
  const y = roomy(
    greatest(
      drawn.map((spot) => spot.y),
      limits.y,
    ),
    least(
      drawn.map((spot) => spot.y),
      0,
    ),
  );
  const lasts = spots.filter(({ epoch }) => epoch === spots.at(-1)!.epoch);
  const color = ({ layer }: Spot) => layerColor(layer - 1);
  const base = panel({
    heading,
    height: HEIGHT,
    x,
    y,
    xLabel: "I(X; L) (bits)",
    yLabel: "I(Y; L) (bits)",
    marks: [
      ...limitMarks(limits, x, y),
      Plot.line(spots, { x: "x", y: "y", z: "layer", stroke: color, strokeOpacity: 0.6, strokeWidth: 1.4 }),
      Plot.dot(spots, { x: "x", y: "y", r: 2.8, fill: "age" }),
      Plot.dot(ends, { x: "x", y: "y", r: 3, stroke: color, strokeWidth: 1.2, fill: "#ffffff", fillOpacity: 0.6 }),
      Plot.dot(lasts, { x: "x", y: "y", r: 6, fill: color, stroke: "#ffffff", strokeWidth: 1.3 }),
      ...layerNumbers(lasts, x, y, width),
    ],
  });
  return { ...base, options: { ...base.options, color: AGES } };
}

function roomy(high: number, low = 0): Interval {
  const room = 0.06 * (high - low || 1);
  return [low === 0 ? 0 : low - room, high + room];
}

/** log2 N and H(Y): what informations cannot exceed, bounds from above can. */
function limitMarks({ x, y }: Limits, [left]: Interval, [bottom]: Interval): Plot.Markish[] {
  const line = { stroke: INK, strokeDasharray: "7 4", strokeWidth: 1.3 };
  const name = { fontSize: 12, fill: MUTED, stroke: "#ffffff", strokeWidth: 4 };
  const across = Plot.text([[x, bottom]], {
    ...name,
    text: () => `log2 N = ${fixed(x, 2)}`,
    textAnchor: "end",
    lineAnchor: "bottom",
    dx: -6,
    dy: -6,
  });
  const along = Plot.text([[left, y]], {
    ...name,
    text: () => `H(Y) = ${fixed(y, 3)}`,
    textAnchor: "start",
    lineAnchor: "bottom",
    dx: 6,
    dy: -4,
  });
  return [x > 0 ? [Plot.ruleX([x], line), across] : [], y > 0 ? [Plot.ruleY([y], line), along] : []].flat();
}

/** The number of each layer beside its end, moved on while another one stands there: down, or up from the bottom. */
function layerNumbers(lasts: readonly Spot[], x: Interval, y: Interval, width: number): Plot.Markish[] {
  const across = linearScale(x, [0, width - MARGINS.marginLeft - MARGINS.marginRight]);
  const bottom = HEIGHT - MARGINS.marginTop - MARGINS.marginBottom;
  const down = linearScale(y, [bottom, 0]);
  const placed: [number, number][] = [];
  return lasts.map((spot) => {
    // Not over the numbers of the axes.
    const dx = across.at(spot.x!) < 24 ? 13 : -12;
    const step = down.at(spot.y) > bottom - 60 ? -15 : 15;
    const left = across.at(spot.x!) + dx;
    let top = down.at(spot.y) + Math.sign(step) * 14;
    while (placed.some(([px, py]) => Math.abs(px - left) < 14 && Math.abs(py - top) < 15)) top += step;
    placed.push([left, top]);
    return Plot.text([[spot.x!, spot.y]], {
      text: () => `${spot.layer}`,
      dx,
      dy: top - down.at(spot.y),
      fontSize: 14,
      fontWeight: "bold",
      fill: layerColor(spot.layer - 1),
      stroke: "#ffffff",
      strokeWidth: 4,
    });
  });
}

/** Of an estimator that tells of labels alone: over the epochs, the untrained network at the left edge. */
function labelPanel({ spots, ends }: Trails, heading: string, limits: Limits, epochs: readonly number[]): Panel {
  const first = Math.min(1, epochs[1] ?? 1) / 2;
  const overEpochs = (all: readonly Spot[]) => all.map((spot) => ({ ...spot, x: Math.max(first, spot.epoch) }));
  const every = [...spots, ...ends].map((spot) => spot.y);
  const y = roomy(greatest(every, limits.y), least(every, 0));
  const color = ({ layer }: Spot) => layerColor(layer - 1);
  const x: Interval = [first, Math.max(2, epochs.at(-1)!)];
  return panel({
    heading,
    height: HEIGHT,
    x,
    y,
    logarithmic: true,
    xLabel: "epoch",
    yLabel: "I(Y; L) (bits)",
    marks: [
      ...limitMarks({ x: 0, y: limits.y }, x, y),
      Plot.line(overEpochs(spots), { x: "x", y: "y", z: "layer", stroke: color, strokeWidth: 2 }),
      Plot.dot(overEpochs(ends), { x: "x", y: "y", r: 3, stroke: color, strokeWidth: 1.2, fill: "#ffffff" }),
    ],
  });
}

const STRIPS = 120;

function colorBar(epochs: readonly number[]): Panel {
  const age = ageScale(epochs);
  const [first, last] = [epochs[0]!, epochs.at(-1)!];
  const marked = [first, last];
  for (let decade = 1; decade <= last - first; decade *= 10) {
    if (age(first + decade) > 0.05 && age(first + decade) < 0.95) marked.push(first + decade);
  }
  return {
    height: 74,
    options: {
      marginLeft: MARGINS.marginLeft,
      marginRight: MARGINS.marginRight,
      marginTop: 8,
      marginBottom: 50,
      x: { domain: [0, 1], label: null },
      y: { domain: [0, 1], axis: null },
      color: AGES,
      marks: [
        Plot.rect(
          Array.from({ length: STRIPS }, (_, k) => k / STRIPS),
          { x1: (at) => at, x2: (at) => Math.min(1, at + 1.6 / STRIPS), y1: 0, y2: 1, fill: (at) => at },
        ),
        Plot.axisX(
          marked.map((epoch) => age(epoch)),
          {
            tickFormat: (at: number) => `${marked.find((epoch) => age(epoch) === at)}`,
            label: "epoch (colour of the points)",
            labelAnchor: "center",
            labelArrow: "none",
            labelOffset: 42,
            fontSize: TICK_SIZE,
            tickSize: 5,
          },
        ),
      ],
    },
  };
}

function signs(planes: boolean, seeds: number): LegendEntry[] {
  return [
    ...(planes ? [{ kind: "dot", color: MUTED, label: "last epoch, with the layer's number" } as const] : []),
    ...(seeds > 1 ? [{ kind: "open", color: MUTED, label: "single seeds at the last epoch" } as const] : []),
    { kind: "dashed", color: INK, label: planes ? "log2 N, and H(Y)" : "H(Y)" },
  ];
}

function caption(all: readonly Trails[], seeds: number, { x }: Limits): string {
  const readings = new Set(all.map(({ reading }) => reading));
  const sentences = [
    `${seeds > 1 ? `Means over ${seeds} seeds` : "One seed"}${x > 0 ? `, read on ${Math.round(2 ** x)} examples` : ""}.`,
    `Read by: ${readings.size === 1 ? [...readings].join() : all.map(({ activation, reading }) => `${activation}, ${reading}`).join("; ")}.`,
  ];
  if (all[0]!.estimator === "pairwise") {
    sentences.push(
      "I(X; L) is its upper bound. I(Y; L) is the difference of two upper bounds: an estimate, not a bound.",
    );
  }
  if (!hasInput(all[0]!)) sentences.push("The untrained network is at the left edge.");
  const full = all.flatMap(({ activation, saturated }) =>
    saturated.length === 0
      ? []
      : [`${activation}: ${saturated.length > 1 ? "layers" : "layer"} ${saturated.join(", ")}`],
  );
  if (full.length > 0) {
    sentences.push(
      `Saturated at the end (${full.join("; ")}): nearly every example has its own state there, and both informations are as large as possible, whatever the network does.`,
    );
  }
  return sentences.join(" ");
}
