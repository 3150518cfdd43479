/** The moving causal plane: points with error bars, their trails, and the values of the point under hand or focus. */
import { layerClass, layerSymbol, linearScale, type Scale, symbolPath, ticks } from "../chart.ts";
import { belowNullcline, eiLines, planeWindow, spreadAt } from "../plane.ts";
import { drawFrame } from "./chart-frame.ts";
import { px, svg, svgText } from "./dom.ts";
import { between, checkpoint, type Store, shownLayers, shownSeeds } from "./store.ts";
import { createTip, describePoint } from "./tip.ts";

const FADES = 10;
const REACH_OF_POINTER = 26;
/** Half the height of a bracket's box, in pixels, where sensitivity is known better than that. */
const BOX = 5;

interface Point {
  readonly seed: number;
  readonly layer: number;
  readonly group: SVGGElement;
  readonly bars: SVGPathElement;
  readonly bracket: SVGPathElement;
  readonly pieces: SVGPathElement[];
  readonly whole: SVGGElement;
  /** Where it stands, in pixels; NaN while it is not measured. */
  x: number;
  y: number;
}

export function planeView(host: HTMLElement, store: Store): void {
  const { data } = store;
  const window = planeWindow(data);
  const tip = createTip(host);
  let points: Point[] = [];
  let x: Scale;
  let y: Scale;
  let root: SVGSVGElement | undefined;
  let active: Point | undefined;

  function layout(): void {
    const focused = active && document.activeElement === active.group ? active : undefined;
    root?.remove();
    const width = Math.max(280, host.clientWidth);
    const spacing = width < 500 ? 5 : 8;
    const frame = drawFrame(host, {
      name: "Causal plane",
      kind: "plane",
      width,
      height: Math.round(Math.max(300, Math.min(600, width * 0.8))),
      xLabel: "degeneracy (bits)",
      yLabel: "sensitivity (bits)",
      yDomain: window.y,
      rows: spacing,
      xScale: (range) => linearScale(window.x, range),
      xTicks: () => ticks(window.x, spacing),
      grid: false,
    });
    root = frame.root;
    x = frame.x;
    y = frame.y;
    ground(frame.back);
    points = [];
    activate(undefined);
    const trails = svg("g", {}, root);
    const dots = svg("g", {}, root);
    for (const seed of shownSeeds(store))
      for (const layer of shownLayers(store)) points.push(point(seed, layer, trails, dots));
    root.addEventListener("pointermove", (event) => activate(nearest(event)));
    root.addEventListener("pointerdown", (event) => activate(nearest(event)));
    root.addEventListener("pointerleave", () => activate(focusedPoint()));
    move();
    points.find((p) => p.seed === focused?.seed && p.layer === focused.layer)?.group.focus();
  }

  function ground(parent: SVGGElement): void {
    const at = ([bx, by]: readonly [number, number]) => `${px(x.at(bx))},${px(y.at(by))}`;
    svg("path", { d: `M${belowNullcline(window).map(at).join("L")}Z`, class: "below" }, parent);
    for (const { ei, from, to } of eiLines(window)) {
      svg("path", { d: `M${at(from)}L${at(to)}`, class: ei === 0 ? "nullcline" : "isoline" }, parent);
      const across = x.at(to[0]) - x.at(from[0]);
      const down = y.at(to[1]) - y.at(from[1]);
      const length = Math.hypot(across, down);
      if (length < (ei === 0 ? 60 : 120)) continue;
      const back = (length - (ei === 0 ? 46 : 40)) / length;
      const turn = (Math.atan2(down, across) * 180) / Math.PI;
      const place = `translate(${px(x.at(from[0]) + across * back)},${px(y.at(from[1]) + down * back)}) rotate(${px(turn)})`;
      svgText(
        `EI = ${Number(ei.toFixed(2))}`,
        { transform: place, y: ei === 0 ? 16 : 4, class: ei === 0 ? "nullcline-label" : "isoline-label" },
        parent,
      );
    }
  }

  function point(seed: number, layer: number, trails: SVGGElement, dots: SVGGElement): Point {
    const whole = svg("g", { class: `trail ${layerClass(layer)}` }, trails);
    svg("path", { d: path(seed, layer, 0, data.epochs.length - 1), class: "whole" }, whole);
    const pieces = Array.from({ length: FADES }, (_, k) =>
      svg("path", { opacity: 0.25 + (0.75 * (k + 1)) / FADES }, whole),
    );
    const group = svg(
      "g",
      { class: `dot ${layerClass(layer)}`, tabindex: 0, role: "img", "data-seed": seed, "data-layer": layer },
      dots,
    );
    const bracket = svg("path", { class: "bracket" }, group);
    const bars = svg("path", { class: "bars" }, group);
    svg("circle", { r: 15, class: "hit" }, group);
    svg("path", { d: symbolPath(layerSymbol(layer), 6), class: "mark" }, group);
    const made: Point = { seed, layer, group, bars, bracket, pieces, whole, x: Number.NaN, y: Number.NaN };
    group.addEventListener("focus", () => activate(made));
    group.addEventListener("blur", () => activate(undefined));
    return made;
  }

  /** The trail between two positions, with its ends interpolated; gaps where nothing was measured. */
  function path(seed: number, layer: number, from: number, to: number): string {
    const across = data.bits.degeneracy[seed]![layer]!;
    const up = data.bits.sensitivity[seed]![layer]!;
    let d = "";
    let pen = "M";
    const add = (position: number) => {
      const [bx, by] = [between(across, position), between(up, position)];
      if (bx === null || by === null) pen = "M";
      else {
        d += `${pen}${px(x.at(bx))},${px(y.at(by))}`;
        pen = "L";
      }
    };
    add(from);
    for (let e = Math.floor(from) + 1; e < to; e++) add(e);
    if (to > from) add(to);
    return d;
  }

  function move(): void {
    const { position } = store;
    const e = checkpoint(store);
    for (const point of points) {
      const { seed, layer, group, bars, bracket, pieces } = point;
      const bx = between(data.bits.degeneracy[seed]![layer]!, position);
      const by = between(data.bits.sensitivity[seed]![layer]!, position);
      const there = bx !== null && by !== null;
      group.style.display = there ? "" : "none";
      point.x = there ? x.at(bx) : Number.NaN;
      point.y = there ? y.at(by) : Number.NaN;
      for (const [k, piece] of pieces.entries()) {
        piece.setAttribute("d", path(seed, layer, (position * k) / FADES, (position * (k + 1)) / FADES));
      }
      if (!there) continue;
      group.setAttribute("transform", `translate(${px(point.x)},${px(point.y)})`);
      // Errors are those of the checkpoint that was reached, about the point that glides on.
      const spread = spreadAt(data, seed, layer, e)!;
      const across = (bits: number) => px(x.at(bits) - x.at(data.bits.degeneracy[seed]![layer]![e]!));
      const rx = across(spread.x[1]);
      const ry = px((y.at(spread.y[0]) - y.at(spread.y[1])) / 2);
      bars.setAttribute("d", `M${-rx},0H${rx}M0,${-ry}V${ry}`);
      const half = Math.max(BOX, ry);
      const [low, high] = (spread.bracket ?? [0, 0]).map(across);
      bracket.setAttribute("d", spread.bracket === undefined ? "" : `M${low},${-half}H${high}V${half}H${low}Z`);
      group.setAttribute("aria-label", describePoint(data, seed, layer, e).join("; "));
    }
    showTip();
  }

  function activate(point: Point | undefined): void {
    if (active === point) return;
    active?.group.classList.remove("active");
    active?.whole.classList.remove("active");
    active = point;
    active?.group.classList.add("active");
    active?.whole.classList.add("active");
    root?.classList.toggle("picking", active !== undefined);
    showTip();
  }

  function showTip(): void {
    if (active === undefined || Number.isNaN(active.x)) tip.hide();
    else tip.show(describePoint(data, active.seed, active.layer, checkpoint(store)), active.layer, active.x, active.y);
  }

  function focusedPoint(): Point | undefined {
    return points.find((p) => p.group === document.activeElement);
  }

  function nearest(event: PointerEvent): Point | undefined {
    const box = root!.getBoundingClientRect();
    const zoom = root!.viewBox.baseVal.width / box.width;
    const [left, top] = [(event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom];
    let best: Point | undefined;
    let closest = REACH_OF_POINTER;
    for (const p of points) {
      const distance = Math.hypot(p.x - left, p.y - top);
      if (distance < closest) {
        closest = distance;
        best = p;
      }
    }
    return best ?? focusedPoint();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") activate(undefined);
  });
  store.subscribe((change) => (change === "layout" ? layout() : move()));
  layout();
}
