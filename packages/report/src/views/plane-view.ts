/**
 * The moving causal plane. Two canvases hold what is much, the trails; over them stand as SVG the few points that can be reached, focused and read.
 */
import { fixed } from "../chart.ts";
import { isSoFar } from "../data.ts";
import { drawn, html, type PictureView, placed, sizedCanvas, svg } from "./dom.ts";
import { px } from "./drawing.ts";
import { LIVE, layerPaint, type Paint, paintAt } from "./paint.ts";
import { planeGround } from "./plane-ground.ts";
import { planeKey } from "./plane-key.ts";
import { bandStyle, bracketStyle, errorStyle, markShape, namePlaces } from "./plane-marks.ts";
import { planePicture } from "./plane-picture.ts";
import { bracketBox, errorMark, type PlaneScene, placeOf, planeScene, seedBand, trailOf } from "./plane-scene.ts";
import { checkpoint, frontSeed, pickedLayer, type Store, shownLayers, shownSeeds } from "./store.ts";
import { createTip, describePoint, spokenPoint } from "./tip.ts";

/** How a causal plane is shown. */
export interface PlaneOptions {
  /** Pixels, or made of the width. Default 0.8 of the width, from 300 to 600. */
  readonly height?: number | ((width: number) => number);
  /** Whether a line under the plane names what its marks are. Default true. */
  readonly key?: boolean;
  /** Whether a small window beside the point tells its values. Default true. */
  readonly tip?: boolean;
}

const REACH_OF_POINTER = 26;
/** Milliseconds between two descriptions of the points in words. */
const REST = 300;
/** More points than this are not reached one by one: only those of the seed in front are. */
const MOST_POINTS = 40;

interface Point {
  readonly seed: number;
  readonly layer: number;
  readonly front: boolean;
  readonly group: SVGGElement;
  readonly error: SVGPathElement;
  readonly bracket: SVGPathElement;
  readonly name: SVGTextElement | undefined;
  readonly trail: readonly ([number, number] | undefined)[];
  /** Where it stands, in pixels; NaN while it is not measured. */
  x: number;
  y: number;
}

/**
 * Draws the causal plane of the store's run into an element: each layer's way through training, faint as a whole and bright up to the moment shown,
 * and a point for each layer and seed with the error of measuring.
 *
 * Points are focusable; arrow keys move between them, Enter pins one.
 *
 * @example
 * ```ts
 * const show = (host: HTMLElement, data: ReportData) => planeView(host, createStore(data), { height: 460 });
 * console.log(show.length); // 2
 * ```
 */
export function planeView(host: HTMLElement, store: Store, options: PlaneOptions = {}): PictureView {
  const root = html("div", { class: "view plane" });
  host.append(root);
  const ground = svg("svg", { class: "layer", "aria-hidden": "true" }, root);
  const still = html("canvas", { class: "layer", "aria-hidden": "true" });
  const bright = html("canvas", { class: "layer", "aria-hidden": "true" });
  root.append(still, bright);
  const top = svg("svg", { class: "layer top", role: "group" }, root);
  const key = html("p", { class: "key" });
  if (options.key !== false) host.append(key);
  const tip = options.tip === false ? undefined : createTip(root, () => scene.box);
  let scene: PlaneScene;
  let paint: Paint;
  let context: CanvasRenderingContext2D | null = null;
  let points: Point[] = [];
  let bands: { readonly layer: number; readonly path: SVGPathElement }[] = [];
  let ring: SVGCircleElement;
  let reachable: Point | undefined;
  let silent: ReturnType<typeof setTimeout> | undefined;

  function layout(wide: number, isNew: boolean): void {
    const held = points.find(({ group }) => group === document.activeElement);
    const width = Math.max(260, wide);
    const height = heightOf(options, width);
    root.style.height = `${height}px`;
    scene = planeScene(store.data, store.state.axes, { width, height });
    if (isNew) paint = paintAt(root);
    for (const each of [ground, top]) {
      each.setAttribute("viewBox", `0 0 ${width} ${height}`);
      each.replaceChildren();
    }
    for (const each of planeGround(scene, LIVE)) drawn(each, ground);
    context = sizedCanvas(bright, width, height);
    points = [];
    bands = store.state.band
      ? shownLayers(store).map((layer) => ({
          layer,
          path: svg("path", { class: "band", ...bandStyle(layer, LIVE) }, top),
        }))
      : [];
    const front = frontSeed(store);
    ring = svg("circle", { r: 12, fill: "none", stroke: LIVE.ink, "stroke-width": 2, class: "ring" }, top);
    const seeds = shownSeeds(store);
    const few = seeds.length * shownLayers(store).length <= MOST_POINTS;
    // The seed in front is drawn last, so that it stands above the others.
    for (const seed of [...seeds.filter((s) => s !== front), ...seeds.filter((s) => s === front)])
      for (const layer of shownLayers(store)) points.push(point(seed, layer, seed === front, few || seed === front));
    reachable = points.find(({ seed, layer }) => seed === held?.seed && layer === held.layer);
    key.replaceChildren(...planeKey(store));
    drawStill();
    move();
    speak();
    if (held !== undefined) reachable?.group.focus();
  }

  function point(seed: number, layer: number, front: boolean, reached: boolean): Point {
    const group = svg("g", { class: `dot${front ? " front" : ""}`, "data-seed": seed, "data-layer": layer }, top);
    const bracket = svg("path", { class: "bracket", ...bracketStyle(layer, LIVE) }, group);
    const error = svg("path", { class: "error" }, group);
    drawn(markShape(layer, front, LIVE), group);
    const name = front ? svg("text", nameStyle(layer), top) : undefined;
    if (name !== undefined) name.textContent = `L${layer + 1}`;
    const made: Point = {
      ...{ seed, layer, front, group, error, bracket, name },
      trail: trailOf(scene, seed, layer),
      ...{ x: Number.NaN, y: Number.NaN },
    };
    if (!reached) group.setAttribute("aria-hidden", "true");
    else {
      group.setAttribute("role", "img");
      group.setAttribute("tabindex", "-1");
      group.addEventListener("focus", () => {
        reachable = made;
        setStops();
        hover(made);
      });
      group.addEventListener("blur", () => hover(undefined));
    }
    return made;
  }

  /** One stop for Tab; arrow keys go on from there. */
  function setStops(): void {
    const visible = points.filter(({ x, group }) => !Number.isNaN(x) && group.hasAttribute("tabindex"));
    if (reachable === undefined || !visible.includes(reachable))
      reachable = visible.find(({ front }) => front) ?? visible[0];
    for (const { group } of visible) {
      const wanted = group === reachable?.group ? "0" : "-1";
      if (group.getAttribute("tabindex") !== wanted) group.setAttribute("tabindex", wanted);
    }
  }

  /** The whole way of each layer, faint, with a dot for each checkpoint. */
  function drawStill(): void {
    const { width, height } = scene;
    const faint = sizedCanvas(still, width, height);
    if (faint === null) return;
    for (const each of points) {
      if (store.state.band && !each.front) continue;
      faint.globalAlpha = each.front ? 0.35 : 0.2;
      faint.strokeStyle = faint.fillStyle = layerPaint(paint, each.layer);
      faint.lineWidth = 1;
      faint.stroke(trailPath(each, 0, each.trail.length - 1));
      faint.fill(dotsOf(each, 0, each.trail.length - 1, 1.3));
    }
  }

  function trailPath({ trail, seed, layer }: Point, from: number, to: number): Path2D {
    const path = new Path2D();
    let pen = false;
    const add = (place: readonly [number, number] | undefined) => {
      if (place === undefined) pen = false;
      else if (pen) path.lineTo(place[0], place[1]);
      else {
        path.moveTo(place[0], place[1]);
        pen = true;
      }
    };
    for (let e = from; e <= to; e++) add(trail[e]);
    if (to > Math.floor(to)) add(placeOf(scene, seed, layer, to));
    return path;
  }

  function dotsOf({ trail }: Point, from: number, to: number, radius: number): Path2D {
    const path = new Path2D();
    for (let e = from; e <= to; e++) {
      const place = trail[e];
      if (place !== undefined) path.rect(place[0] - radius, place[1] - radius, 2 * radius, 2 * radius);
    }
    return path;
  }

  function move(): void {
    const { position } = store.state;
    const e = checkpoint(store);
    for (const each of points) {
      const { seed, layer, group, error, bracket, front } = each;
      const place = placeOf(scene, seed, layer, position);
      show(group, place !== undefined);
      [each.x, each.y] = place ?? [Number.NaN, Number.NaN];
      if (place === undefined) continue;
      group.setAttribute("transform", `translate(${px(each.x)},${px(each.y)})`);
      group.classList.toggle("so-far", isSoFar(store.data, seed, e));
      // Errors are those of the checkpoint that was reached, about the point that glides on.
      const mark = front || points.length <= MOST_POINTS ? errorMark(scene, seed, layer, e) : undefined;
      put(error, "d", mark?.path ?? "");
      if (mark !== undefined)
        for (const [name, value] of Object.entries(errorStyle(mark, layer, LIVE))) put(error, name, String(value));
      put(bracket, "d", bracketBox(scene, seed, layer, e));
    }
    for (const { layer, path } of bands) path.setAttribute("d", seedBand(scene, shownSeeds(store), layer, position));
    setStops();
    names();
    drawBright();
    pick();
  }

  /** Says where the points are, in words. */
  function speak(): void {
    clearTimeout(silent);
    silent = undefined;
    const e = checkpoint(store);
    for (const { seed, layer, group, x } of points)
      if (!Number.isNaN(x) && group.hasAttribute("tabindex"))
        group.setAttribute("aria-label", spokenPoint(store.data, seed, layer, e));
    top.setAttribute(
      "aria-label",
      `Causal plane at epoch ${fixed(store.data.epochs[e] ?? 0, 0)}, ${points.length} points`,
    );
  }

  function names(): void {
    const named = points.filter(({ name, x }) => name !== undefined && !Number.isNaN(x));
    const places = namePlaces(
      named,
      points.filter(({ x }) => !Number.isNaN(x)),
      scene.box,
    );
    for (const { name, x } of points) if (name !== undefined && Number.isNaN(x)) show(name, false);
    for (const [k, { name }] of named.entries()) {
      const place = places[k];
      show(name!, place !== undefined);
      // Moved as a whole: a text with another place of its own would be shaped anew.
      if (place !== undefined) put(name!, "transform", `translate(${px(place.x)},${px(place.y + 4.5)})`);
    }
  }

  /** The way up to now: strongest of the seed in front, and of what is pointed at. */
  function drawBright(): void {
    if (context === null) return;
    context.clearRect(0, 0, scene.width, scene.height);
    const { position, band } = store.state;
    const picked = pickedLayer(store);
    for (const each of points) {
      const { seed, layer, front } = each;
      if (band && !front) continue;
      const own = picked?.seed === seed && picked.layer === layer;
      context.globalAlpha = (front ? 1 : 0.55) * (picked === undefined || own ? 1 : 0.4);
      context.strokeStyle = context.fillStyle = layerPaint(paint, layer);
      context.lineWidth = own ? 3 : front ? 2 : 1;
      context.lineJoin = "round";
      context.stroke(trailPath(each, 0, position));
      if (front || own) context.fill(dotsOf(each, 0, position, 1.9));
    }
  }

  /** What is pointed at or pinned: its ring and its values. */
  function pick(): void {
    const picked = pickedLayer(store);
    const found = points.find(({ seed, layer }) => seed === picked?.seed && layer === picked.layer);
    const there = found !== undefined && !Number.isNaN(found.x);
    ring.style.display = there ? "" : "none";
    for (const each of points) each.group.classList.toggle("active", each === found);
    if (!there) {
      tip?.hide();
      return;
    }
    ring.setAttribute("cx", String(px(found.x)));
    ring.setAttribute("cy", String(px(found.y)));
    if (store.state.hovered?.kind === "layer")
      tip?.show(describePoint(store.data, found.seed, found.layer, checkpoint(store)), found.layer, found, points);
    else tip?.hide();
  }

  function hover(point: Point | undefined): void {
    store.set({ hovered: point === undefined ? undefined : { kind: "layer", seed: point.seed, layer: point.layer } });
  }

  function nearest(event: PointerEvent): Point | undefined {
    const box = top.getBoundingClientRect();
    const [left, above] = [event.clientX - box.left, event.clientY - box.top];
    let best: Point | undefined;
    let closest = REACH_OF_POINTER;
    for (const each of points) {
      const distance = Math.hypot(each.x - left, each.y - above);
      if (distance < closest) {
        closest = distance;
        best = each;
      }
    }
    return best;
  }

  const focused = () => points.find(({ group }) => group === document.activeElement);

  function pin(point: Point | undefined): void {
    const { pinned } = store.state;
    const again = pinned?.kind === "layer" && pinned.seed === point?.seed && pinned.layer === point.layer;
    store.set({
      pinned: point === undefined || again ? undefined : { kind: "layer", seed: point.seed, layer: point.layer },
    });
  }

  top.addEventListener("pointermove", (event) => hover(nearest(event) ?? focused()));
  top.addEventListener("pointerleave", () => hover(focused()));
  top.addEventListener("pointerdown", (event) => {
    const found = nearest(event);
    hover(found);
    pin(found);
  });
  top.addEventListener("keydown", (event) => {
    const at = focused();
    if (at === undefined) return;
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) {
      const all = points.filter(({ x, group }) => !Number.isNaN(x) && group.hasAttribute("tabindex"));
      all.sort((a, b) => a.layer - b.layer || a.seed - b.seed);
      all[(all.indexOf(at) + step + all.length) % all.length]!.group.focus();
    } else if (event.key === "Enter") pin(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const leave = (event: KeyboardEvent) => {
    if (event.key === "Escape") store.set({ hovered: undefined, pinned: undefined });
  };
  document.addEventListener("keydown", leave);

  const unsubscribe = store.subscribe((changes) => {
    const others = ["data", "layers", "seeds", "seed", "axes", "band"];
    if (place.isHidden() || others.some((name) => (changes as Set<string>).has(name))) place.again();
    else if (changes.has("position")) {
      move();
      // On the way from one to another nobody can hear them all.
      silent ??= setTimeout(speak, REST);
    } else if (changes.has("hovered") || changes.has("pinned")) {
      drawBright();
      pick();
    }
  });
  const place = placed(
    root,
    layout,
    unsubscribe,
    () => document.removeEventListener("keydown", leave),
    () => key.remove(),
    () => clearTimeout(silent),
  );
  return {
    ...place,
    svg: (theme = "light") => planePicture(store, { width: scene.width, height: scene.height, theme }),
  };
}

/** Sets only what is new: a page draws anew what was set to the same value, too. */
function put(element: SVGElement, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function show(element: SVGElement, shown: boolean): void {
  const display = shown ? "" : "none";
  if (element.style.display !== display) element.style.display = display;
}

function heightOf({ height }: PlaneOptions, width: number): number {
  if (typeof height === "number") return height;
  return height?.(width) ?? Math.round(Math.max(300, Math.min(600, width * 0.8)));
}

/** Readable over trails, too. */
function nameStyle(layer: number): Readonly<Record<string, string | number>> {
  return {
    ...{
      class: "name",
      "font-size": 13,
      "font-weight": "bold",
      "text-anchor": "middle",
      fill: layerPaint(LIVE, layer),
    },
    ...{ stroke: LIVE.page, "stroke-width": 3.5, "paint-order": "stroke", "stroke-linejoin": "round" },
  };
}
