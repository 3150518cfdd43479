/** A curve over the epochs with a cursor at the moment shown; pressing or dragging on it moves the moment. */
import { epochScale, epochTicks, extent, type Interval, layerClass, layerDash, nice, type Scale } from "../chart.ts";
import { meanSeries, type Series } from "../data.ts";
import type { Fall } from "../learning.ts";
import { ERROR_REACH } from "../plane.ts";
import { drawFrame, type Frame } from "./chart-frame.ts";
import { px, svg } from "./dom.ts";
import { between, type Store, shownLayers, shownSeeds } from "./store.ts";

export interface CurveLines {
  /** Class that gives the colour. */
  readonly color: string;
  readonly dash: string;
  /** The layer that switches these lines on and off; none for the loss. */
  readonly layer?: number;
  /** `[seed][epoch]`. */
  readonly values: readonly Series[];
  readonly standardErrors?: readonly Series[];
}

export interface CurveOptions {
  readonly name: string;
  readonly yLabel: string;
  readonly height: number;
  readonly lines: readonly CurveLines[];
  readonly domain?: Interval;
  /** Grey ground, the darker the faster the loss falls. */
  readonly falls?: readonly Fall[];
}

interface Follower {
  readonly dot: SVGCircleElement;
  readonly mean: Series;
}

export function curveView(host: HTMLElement, store: Store, options: CurveOptions): void {
  const { epochs } = store.data;
  const domain = options.domain ?? valueDomain(options.lines);
  let frame: Frame | undefined;
  let x: Scale;
  let y: Scale;
  let cursor: SVGPathElement;
  let followers: Follower[] = [];

  function layout(): void {
    frame?.root.remove();
    frame = drawFrame(host, {
      name: options.name,
      kind: "curve",
      width: Math.max(280, host.clientWidth),
      height: options.height,
      xLabel: "epoch",
      yLabel: options.yLabel,
      yDomain: domain,
      rows: options.height < 220 ? 4 : 6,
      xScale: (range) => epochScale([epochs[0]!, epochs[epochs.length - 1]!], range),
      xTicks: (scale) => epochTicks(scale, 46),
      grid: true,
    });
    const { root, back, top, bottom } = frame;
    x = frame.x;
    y = frame.y;
    for (const { from, to, speed } of options.falls ?? []) {
      if (speed < 0.02) continue;
      const place = { x: px(x.at(from)), width: px(x.at(to) - x.at(from)), y: top, height: bottom - top };
      svg("rect", { ...place, class: "fall", opacity: px(speed * 32) / 100 }, back);
    }
    followers = [];
    const seeds = shownSeeds(store);
    const layers = shownLayers(store);
    for (const lines of options.lines) {
      if (seeds.length > 0 && (lines.layer === undefined || layers.includes(lines.layer))) draw(root, lines, seeds);
    }
    cursor = svg("path", { class: "cursor" }, root);
    for (const { dot } of followers) root.append(dot);
    listen(root);
    move();
  }

  function draw(parent: SVGSVGElement, lines: CurveLines, seeds: readonly number[]): void {
    const group = svg("g", { class: `lines ${lines.color}` }, parent);
    const dash = lines.dash || undefined;
    for (const s of seeds) {
      const series = lines.values[s]!;
      const errors = lines.standardErrors?.[s];
      if (errors !== undefined) svg("path", { d: band(series, errors), class: "band" }, group);
      if (seeds.length > 1) svg("path", { d: curve(series), class: "thin", "stroke-dasharray": dash }, group);
    }
    const mean = meanSeries(seeds.map((s) => lines.values[s]!));
    svg("path", { d: curve(mean), class: "mean", "stroke-dasharray": dash }, group);
    const dot = svg("circle", { r: 4, class: `follower ${lines.color}` });
    followers.push({ dot, mean });
  }

  function curve(series: Series): string {
    let d = "";
    let pen = "M";
    for (const [e, value] of series.entries()) {
      if (value === null) pen = "M";
      else {
        d += `${pen}${px(x.at(epochs[e]!))},${px(y.at(value))}`;
        pen = "L";
      }
    }
    return d;
  }

  function band(series: Series, errors: Series): string {
    const upper: string[] = [];
    const lower: string[] = [];
    for (const [e, value] of series.entries()) {
      if (value === null) continue;
      const reach = ERROR_REACH * (errors[e] ?? 0);
      const at = px(x.at(epochs[e]!));
      upper.push(`${at},${px(y.at(value + reach))}`);
      lower.push(`${at},${px(y.at(value - reach))}`);
    }
    return upper.length === 0 ? "" : `M${upper.join("L")}L${lower.reverse().join("L")}Z`;
  }

  function move(): void {
    const now = between(epochs, store.position)!;
    const at = px(x.at(now));
    cursor.setAttribute("d", `M${at},${frame!.top}V${frame!.bottom}`);
    for (const { dot, mean } of followers) {
      const value = between(mean, store.position);
      dot.style.display = value === null ? "none" : "";
      if (value === null) continue;
      dot.setAttribute("cx", String(at));
      dot.setAttribute("cy", String(px(y.at(value))));
    }
  }

  function listen(target: SVGSVGElement): void {
    const seek = (event: PointerEvent) => {
      const box = target.getBoundingClientRect();
      const epoch = x.invert(((event.clientX - box.left) * target.viewBox.baseVal.width) / box.width);
      let best = 0;
      for (const [e, one] of epochs.entries())
        if (Math.abs(x.at(one) - x.at(epoch)) < Math.abs(x.at(epochs[best]!) - x.at(epoch))) best = e;
      store.seek(best);
    };
    target.addEventListener("pointerdown", (event) => {
      target.setPointerCapture(event.pointerId);
      seek(event);
    });
    target.addEventListener("pointermove", (event) => {
      if (target.hasPointerCapture(event.pointerId)) seek(event);
    });
  }

  store.subscribe((change) => (change === "layout" ? layout() : move()));
  layout();
}

function valueDomain(lines: readonly CurveLines[]): Interval {
  const reached = lines.flatMap(({ values, standardErrors }) =>
    values.flatMap((series, s) =>
      series.flatMap((value, e) => {
        const reach = ERROR_REACH * (standardErrors?.[s]?.[e] ?? 0);
        return value === null ? [] : [value - reach, value + reach];
      }),
    ),
  );
  const [low, high] = extent(reached) ?? [0, 1];
  return nice([Math.min(0, low), Math.max(0, high)], 6);
}

/** The lines of one measure, a group per layer. */
export function measureLines(store: Store, measure: "ei" | "phi"): CurveLines[] {
  const { data } = store;
  return data.layers.map((_, l) => ({
    color: layerClass(l),
    dash: layerDash(l),
    layer: l,
    values: data.bits[measure].map((layers) => layers[l]!),
    standardErrors: data.standardErrors[measure].map((layers) => layers[l]!),
  }));
}
