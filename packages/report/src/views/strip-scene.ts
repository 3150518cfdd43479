/** Curves over the epochs, one panel under the other with one axis of time: where they stand, and their shapes. No DOM. */
import { greatest } from "@causalscope/core/basics";
import type { MeasureName } from "@causalscope/core/measures";
import {
  epochScale,
  epochTicks,
  extent,
  type Interval,
  layerDash,
  linearScale,
  nice,
  type Scale,
  textWidth,
  tickLabels,
  ticks,
} from "../chart.ts";
import { meanSeries, type ReportData, type Series, type TrainingColumn } from "../data.ts";
import { lossFalls } from "../learning.ts";
import { ERROR_REACH } from "../plane.ts";
import { axes, type Box, leftMargin } from "./axes.ts";
import { label, pathThrough, px, type Shape, shape } from "./drawing.ts";
import { layerPaint, type Paint } from "./paint.ts";
import { type Store, shownLayers, shownSeeds } from "./store.ts";

/** Curves of the layers that the run itself does not hold. */
export interface OwnPanel {
  readonly title: string;
  /** `[seed][layer][epoch]`, by position; null where there is no value. */
  readonly series: readonly (readonly Series[])[];
  /** What cannot be exceeded: a line of its own. */
  readonly most?: number;
}

/** What a panel of the strip shows: a measure of each layer, how well the network does, or curves from elsewhere. */
export type StripPanel = MeasureName | "loss" | "accuracy" | OwnPanel;

/** What a panel is called. */
export const panelName = (panel: StripPanel): string => (typeof panel === "string" ? panel : panel.title);

const TITLES: Readonly<Record<Exclude<StripPanel, OwnPanel>, string>> = {
  ei: "EI (bits)",
  eiParts: "EI_parts (bits)",
  sensitivity: "sensitivity (bits)",
  degeneracy: "degeneracy (bits)",
  phi: "φ (bits)",
  loss: "loss",
  accuracy: "accuracy",
};

export interface StripLine {
  /** The layer whose colour it has; undefined for loss and accuracy. */
  readonly layer: number | undefined;
  readonly dash: string;
  /** Muted beside another line of its panel: the test's. */
  readonly second: boolean;
  /** Of each seed that is drawn, and over them. */
  readonly seeds: readonly Series[];
  readonly errors: readonly Series[];
  readonly mean: Series;
}

export interface PanelScene {
  readonly panel: StripPanel;
  readonly box: Box;
  readonly y: Scale;
  readonly yTicks: readonly number[];
  readonly lines: readonly StripLine[];
}

export interface StripScene {
  readonly data: ReportData;
  readonly width: number;
  readonly height: number;
  readonly x: Scale;
  readonly panels: readonly PanelScene[];
}

/** Above each panel, for its name. */
const GAP = 26;
const TOP = 20;
const BOTTOM = 26;
/** For the names of the layers, where their lines end. */
const RIGHT = 34;

export function stripScene(
  store: Pick<Store, "data" | "state">,
  panels: readonly StripPanel[],
  { width, height }: { readonly width: number; readonly height: number },
): StripScene {
  const { data } = store;
  const made = panels.map((panel) => {
    const lines = linesOf(store as Store, panel);
    const domain = domainOf(panel, lines);
    return { panel, lines, domain };
  });
  // Measures get half as much again as loss and accuracy.
  const weights = panels.map((panel) => (panel === "loss" || panel === "accuracy" ? 1 : 1.5));
  const whole = height - TOP - BOTTOM - GAP * (panels.length - 1);
  const unit = whole / weights.reduce((sum, weight) => sum + weight, 0);
  let y = TOP;
  const labels: string[] = [];
  const boxes = made.map(({ domain, ...rest }, k) => {
    const top = y;
    const bottom = top + unit * weights[k]!;
    y = bottom + GAP;
    const yTicks = ticks(domain, Math.max(2, Math.round((bottom - top) / 36)));
    labels.push(...tickLabels(yTicks));
    return { ...rest, top, bottom, yTicks, y: linearScale(domain, [bottom, top]) };
  });
  const left = Math.max(40, leftMargin(labels, false));
  const right = width - RIGHT;
  const [first, last] = [data.epochs[0]!, data.epochs[data.epochs.length - 1]!];
  return {
    ...{ data, width, height },
    x: epochScale([first, last], [left, right]),
    panels: boxes.map(({ top, bottom, ...rest }) => ({ ...rest, box: { left, right, top, bottom } })),
  };
}

function linesOf(store: Store, panel: StripPanel): StripLine[] {
  const { data } = store;
  const seeds = shownSeeds(store);
  if (seeds.length === 0) return [];
  const line = (all: readonly Series[], rest: Omit<StripLine, "seeds" | "mean">): StripLine => ({
    ...rest,
    seeds: all,
    mean: meanSeries(all),
  });
  if (panel === "loss" || panel === "accuracy") {
    const columns: readonly TrainingColumn[] =
      panel === "loss" ? ["trainLoss", "testLoss"] : ["trainAccuracy", "testAccuracy"];
    return columns.map((column, k) =>
      line(
        seeds.map((s) => data.training[column][s]!),
        { layer: undefined, dash: k === 0 ? "" : "6 4", second: k > 0, errors: [] },
      ),
    );
  }
  if (typeof panel !== "string")
    return shownLayers(store).map((layer) =>
      line(
        seeds.map((s) => panel.series[s]?.[layer] ?? []),
        { layer, dash: layerDash(layer), second: false, errors: [] },
      ),
    );
  return shownLayers(store).map((layer) =>
    line(
      seeds.map((s) => data.bits[panel][s]![layer]!),
      {
        ...{ layer, dash: layerDash(layer), second: false },
        errors: seeds.map((s) => data.standardErrors[panel][s]![layer]!),
      },
    ),
  );
}

function domainOf(panel: StripPanel, lines: readonly StripLine[]): Interval {
  if (panel === "accuracy") return [0, 1];
  const reached: number[] = typeof panel === "string" || panel.most === undefined ? [] : [panel.most];
  for (const { seeds, errors } of lines)
    for (const [k, series] of seeds.entries())
      for (const [e, value] of series.entries()) {
        if (value === null) continue;
        const reach = ERROR_REACH * (errors[k]?.[e] ?? 0);
        reached.push(value - reach, value + reach);
      }
  const [low, high] = extent(reached) ?? [0, 1];
  return nice([Math.min(0, low), Math.max(0, high)], 5);
}

/** Everything but the cursor. */
export function stripShapes(scene: StripScene, paint: Paint): Shape[] {
  const { data, x, panels, width } = scene;
  const falls = lossFalls(data).filter(({ speed }) => speed >= 0.02);
  const epochs = epochTicks(x, 46);
  return panels.flatMap(({ panel, box, y, yTicks, lines }, k): Shape[] => {
    const last = k === panels.length - 1;
    const xLabels = epochs.map((epoch, at) => (at === 0 && last && width > 420 ? `epoch ${epoch}` : String(epoch)));
    const ground = falls.map(({ from, to, speed }) =>
      shape("rect", {
        ...{
          class: "fall",
          x: px(x.at(from)),
          width: px(x.at(to) - x.at(from)),
          y: px(box.top),
          height: px(box.bottom - box.top),
        },
        ...{ fill: paint.muted, "fill-opacity": px(speed * 32) / 100 },
      }),
    );
    const frame = axes(
      { box, x, y, xTicks: last ? epochs : [], yTicks, xLabels: last ? xLabels : [], grid: "rows" },
      paint,
    );
    const zero =
      y.domain[0] < 0
        ? [shape("path", { d: `M${px(box.left)},${px(y.at(0))}H${px(box.right)}`, stroke: paint.ink })]
        : [];
    return [
      ...ground,
      ...frame,
      ...zero,
      ...limit(panel, box, y, paint),
      ...lines.flatMap((line) => lineShapes(scene, y, line, paint)),
      ...texts(scene, panel, k, falls.length > 0, paint),
    ];
  });
}

function limit(panel: StripPanel, { left, right }: Box, y: Scale, paint: Paint): Shape[] {
  if (typeof panel === "string" || panel.most === undefined) return [];
  const d = `M${px(left)},${px(y.at(panel.most))}H${px(right)}`;
  return [shape("path", { d, fill: "none", stroke: paint.muted, "stroke-dasharray": "2 4" })];
}

function lineShapes({ data, x }: StripScene, y: Scale, line: StripLine, paint: Paint): Shape[] {
  const color = line.layer === undefined ? (line.second ? paint.muted : paint.ink) : layerPaint(paint, line.layer);
  const stroke = {
    fill: "none",
    stroke: color,
    "stroke-linejoin": "round",
    "stroke-dasharray": line.dash || undefined,
  };
  const curve = (series: Series) =>
    pathThrough(series.map((value, e) => (value === null ? undefined : [x.at(data.epochs[e]!), y.at(value)])));
  const several = line.seeds.length > 1;
  const shapes = [
    ...line.seeds.flatMap((series, k) => {
      const d = band(data.epochs, series, line.errors[k], x, y);
      return d === "" ? [] : [shape("path", { d, class: "band", fill: color, "fill-opacity": 0.22 })];
    }),
    ...(several
      ? line.seeds.map((series) =>
          shape("path", { d: curve(series), class: "thin", ...stroke, "stroke-width": 0.9, "stroke-opacity": 0.5 }),
        )
      : []),
    shape("path", { d: curve(line.mean), class: "mean", ...stroke, "stroke-width": 2.2 }),
  ];
  return [shape("g", { class: "lines", "data-layer": line.layer }, ...shapes)];
}

/** Two standard errors of measuring to either side; "" where all is exact. */
function band(epochs: readonly number[], series: Series, errors: Series | undefined, x: Scale, y: Scale): string {
  if (
    errors === undefined ||
    greatest(
      errors.map((error) => error ?? 0),
      0,
    ) === 0
  )
    return "";
  const upper: [number, number][] = [];
  const lower: [number, number][] = [];
  for (const [e, value] of series.entries()) {
    if (value === null) continue;
    const reach = ERROR_REACH * (errors[e] ?? 0);
    upper.push([x.at(epochs[e]!), y.at(value + reach)]);
    lower.push([x.at(epochs[e]!), y.at(value - reach)]);
  }
  return upper.length === 0 ? "" : `${pathThrough([...upper, ...lower.reverse()])}Z`;
}

function titleOf(panel: StripPanel): string {
  if (typeof panel !== "string") return panel.title;
  return `${TITLES[panel]}${panel === "loss" || panel === "accuracy" ? ": — training, - - test" : ""}`;
}

/** What the ground or the bold lines are, where the panel does not tell by itself. The ground is that of all seeds of the run. */
function noteOn(data: ReportData, panel: StripPanel, lines: readonly StripLine[], shaded: boolean): string {
  if (panel === "loss" && shaded) return ` · shaded: ${data.seeds.length > 1 ? "mean " : ""}training loss falls`;
  const seeds = greatest(
    lines.map((line) => line.seeds.length),
    0,
  );
  return seeds > 1 ? ` · bold: mean of ${seeds} seeds` : "";
}

/** The panel's name above it, and the layers' where their lines end. */
function texts(
  { data, panels, width }: StripScene,
  panel: StripPanel,
  k: number,
  falls: boolean,
  paint: Paint,
): Shape[] {
  const { box, y, lines } = panels[k]!;
  const plain = titleOf(panel);
  const noted = `${plain}${noteOn(data, panel, lines, falls && width > 420)}`;
  const title = box.left + textWidth(noted, 12) <= width ? noted : plain;
  // Names keep a line's height from each other, in the order of their lines.
  const ends = lines.flatMap(({ layer, mean }) => {
    const value = mean.findLast((each) => each !== null);
    return layer === undefined || value === undefined || value === null ? [] : [{ layer, at: y.at(value) }];
  });
  const shapes = [label(title, box.left, box.top - 7, { fill: paint.muted, "text-anchor": "start", "font-size": 12 })];
  ends.sort((a, b) => a.at - b.at);
  let above = box.top - 6;
  for (const each of ends) {
    above = each.at = Math.max(each.at, above + 13);
  }
  let under = box.bottom + 8;
  for (const each of ends.reverse()) {
    under = each.at = Math.min(each.at, under - 13);
    shapes.push(
      label(`L${each.layer + 1}`, box.right + 7, each.at + 4.5, {
        fill: layerPaint(paint, each.layer),
        "font-weight": "bold",
        "font-size": 12,
      }),
    );
  }
  return shapes;
}
