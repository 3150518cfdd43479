/** The drawing of a network: units in columns, wires whose width is what they are worth, and the evidence's entry: a wire or a unit that is picked. */
import { momentName } from "../data.ts";
import { drawn, html, type PictureView, placed, sizedCanvas, svg } from "./dom.ts";
import { px, type Shape, shape, svgFile } from "./drawing.ts";
import {
  imageShapes,
  type NetworkPicture,
  type NetworkScene,
  networkScene,
  networkTexts,
  unitShape,
  type Wire,
  wireShape,
  wiresOf,
} from "./network-scene.ts";
import { LIVE, type Paint, paintAt, THEMES } from "./paint.ts";
import { checkpoint, type Picked, type Store } from "./store.ts";

/** How a network is drawn, and what may be done to it. */
export interface NetworkOptions {
  readonly picture: NetworkPicture;
  /** Pixels. Default 300. */
  readonly height?: number;
  /** What stands inside a unit's circle; column 0 is the input. */
  readonly heat?: (column: number, unit: number) => HTMLCanvasElement | undefined;
  /** Shows + and − over the hidden layers. `column` counts from 1, the first layer. */
  readonly onUnits?: (column: number, change: 1 | -1) => void;
  /** Shows + and − for hidden layers. */
  readonly onLayers?: (change: 1 | -1) => void;
  /** Also told, beside the store: the wire or unit pointed at, and the pinned one. */
  readonly onHover?: (picked: Picked | undefined) => void;
  readonly onPin?: (picked: Picked | undefined) => void;
}

/** A drawing that can be given other values. */
export interface NetworkView extends PictureView {
  /** Another network, or the same at another moment. */
  show(picture: NetworkPicture): void;
}

type Wired = Extract<Picked, { kind: "wire" }>;

const TOP = 34;
const BUTTONS = 30;
const BOTTOM = 30;
const REACH = 7;

/**
 * Draws a network into an element: a column of circles for each layer, wires by width, more than 12 inputs as an image coloured for the unit that
 * is pointed at. Wires and units that are pointed at or pressed are the store's `hovered` and `pinned`, with `layer` −1 for units of the input.
 *
 * Units are focusable: arrow keys move between them, Enter pins a unit, and Enter on a second one beside it pins the wire between both.
 *
 * @example
 * ```ts
 * const values = [[[0.9, 0.1]]];
 * const picture: NetworkPicture = { units: [2, 1], values, signs: [[[2, -1]]], quantity: "sensitivity (bits)" };
 * const show = (host: HTMLElement, store: Store) => networkView(host, store, { picture });
 * console.log(show.length, picture.units.length); // 2 2
 * ```
 */
export function networkView(host: HTMLElement, store: Store, options: NetworkOptions): NetworkView {
  const height = options.height ?? 300;
  const root = html("div", { class: "view network", style: `height:${height}px` });
  const canvas = html("canvas", { class: "layer", "aria-hidden": "true" });
  root.append(canvas);
  host.append(root);
  const over = svg("svg", { class: "layer", role: "group", "aria-label": "Network" }, root);
  const buttons = html("div", { class: "buttons" });
  root.append(buttons);
  const hasButtons = options.onUnits !== undefined || options.onLayers !== undefined;
  let { picture } = options;
  let scene: NetworkScene;
  let paint: Paint;
  let wires: Wire[] = [];
  let samples: Float32Array[] = [];
  let marks: SVGGElement;
  let image: SVGGElement;
  let reachable = "1/0";

  function layout(wide: number, isNew: boolean): void {
    const held = over.contains(document.activeElement) ? reachable : undefined;
    const width = Math.max(220, wide);
    if (isNew) paint = paintAt(root);
    const top = TOP + (hasButtons ? BUTTONS : 0);
    scene = networkScene(picture, { width, height, top, bottom: BOTTOM });
    wires = wiresOf(scene);
    samples = wires.map(sampled);
    over.setAttribute("viewBox", `0 0 ${width} ${height}`);
    over.replaceChildren();
    marks = svg("g", {}, over);
    image = svg("g", { class: "inputs" }, over);
    for (const each of networkTexts(scene, top - 12, LIVE)) drawn(each, over);
    for (const [column, units] of scene.centres.entries()) for (const unit of units.keys()) drawUnit(column, unit);
    drawButtons(top);
    drawCanvas();
    pick();
    if (held !== undefined) over.querySelector<SVGElement>(`[data-unit="${held}"]`)?.focus();
  }

  function drawUnit(column: number, unit: number): void {
    const key = `${column}/${unit}`;
    const name = column === 0 ? `input ${unit + 1}` : `layer ${column}, unit ${unit + 1}`;
    const stop = key === reachable ? 0 : -1;
    const group = svg(
      "g",
      { class: "unit", tabindex: stop, role: "button", "aria-label": name, "data-unit": key },
      over,
    );
    for (const each of unitShape(scene, column, unit, LIVE)) drawn(each, group);
    if (options.heat?.(column, unit) !== undefined) {
      group.querySelector("circle")!.setAttribute("fill", "none");
      group.querySelector("text")?.remove();
    }
    group.addEventListener("focus", () => {
      over.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
      group.setAttribute("tabindex", "0");
      reachable = key;
      hover({ kind: "unit", layer: column - 1, unit });
    });
    group.addEventListener("blur", () => hover(undefined));
  }

  function drawButtons(top: number): void {
    buttons.replaceChildren();
    const button = (text: string, name: string, x: number, y: number, act: () => void) => {
      const made = html("button", { type: "button", "aria-label": name, style: `left:${px(x)}px;top:${y}px` }, text);
      made.addEventListener("click", act);
      buttons.append(made);
    };
    const { onUnits, onLayers } = options;
    for (const [column, units] of scene.centres.entries()) {
      const x = units[0]?.[0];
      if (onUnits === undefined || x === undefined || column === 0 || column === scene.centres.length - 1) continue;
      button("−", `Remove a unit of layer ${column}`, x - 25, top - TOP - 21, () => onUnits(column, -1));
      button("+", `Add a unit to layer ${column}`, x + 1, top - TOP - 21, () => onUnits(column, 1));
    }
    if (onLayers === undefined) return;
    button("−", "Remove a hidden layer", 0, top - TOP - 21, () => onLayers(-1));
    button("+", "Add a hidden layer", 26, top - TOP - 21, () => onLayers(1));
  }

  function drawCanvas(): void {
    const { width, radius, centres } = scene;
    const context = sizedCanvas(canvas, width, height);
    if (context === null) return;
    for (const wire of inOrder(wires)) {
      const { attributes } = wireShape(wire, paint);
      context.strokeStyle = String(attributes.stroke);
      context.globalAlpha = Number(attributes["stroke-opacity"]);
      context.lineWidth = Number(attributes["stroke-width"]);
      context.stroke(new Path2D(wire.path));
    }
    context.globalAlpha = 1;
    for (const [column, units] of centres.entries())
      for (const [unit, [x, y]] of units.entries()) {
        const heat = options.heat?.(column, unit);
        if (heat === undefined) continue;
        context.save();
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fillStyle = paint.page;
        context.fill();
        context.clip();
        context.drawImage(heat, x - radius, y - radius, 2 * radius, 2 * radius);
        context.restore();
      }
  }

  /** The unit of the first layer for which the image of the input is coloured. */
  function imageUnit(): number | undefined {
    for (const picked of [store.state.hovered, store.state.pinned]) {
      if (picked?.kind === "wire" && picked.layer === 0) return picked.to;
      if (picked?.kind === "unit" && picked.layer === 0) return picked.unit;
    }
    return undefined;
  }

  function pick(): void {
    marks.replaceChildren();
    image.replaceChildren();
    for (const each of pickShapes(scene, wires, store, imageUnit(), LIVE)) drawn(each, marks);
    for (const each of imageShapes(scene, imageUnit(), LIVE)) drawn(each, image);
    const { hovered, pinned } = store.state;
    for (const group of over.querySelectorAll<SVGGElement>(".unit")) {
      const own = [hovered, pinned].some(
        (picked) => picked?.kind === "unit" && group.dataset.unit === `${picked.layer + 1}/${picked.unit}`,
      );
      group.classList.toggle("active", own);
    }
    drawLarge(hovered);
  }

  let large: HTMLCanvasElement | undefined;

  /** The heat map of the unit pointed at, large enough to be read. */
  function drawLarge(picked: Picked | undefined): void {
    large?.remove();
    large = undefined;
    if (picked?.kind !== "unit") return;
    const heat = options.heat?.(picked.layer + 1, picked.unit);
    const place = scene.centres[picked.layer + 1]?.[picked.unit];
    if (heat === undefined || place === undefined) return;
    const size = 110;
    const left = place[0] > scene.width / 2 ? place[0] - size - scene.radius - 8 : place[0] + scene.radius + 8;
    const top = Math.max(0, Math.min(height - size, place[1] - size / 2));
    large = html("canvas", {
      class: "large",
      width: 2 * size,
      height: 2 * size,
      style: `left:${px(left)}px;top:${px(top)}px`,
    });
    const context = large.getContext("2d");
    if (context !== null) {
      context.imageSmoothingEnabled = false;
      context.drawImage(heat, 0, 0, 2 * size, 2 * size);
    }
    root.append(large);
  }

  function hover(picked: Picked | undefined): void {
    store.set({ hovered: picked });
    options.onHover?.(picked);
  }

  function pin(picked: Picked | undefined): void {
    const again = JSON.stringify(picked) === JSON.stringify(store.state.pinned);
    store.set({ pinned: again ? undefined : picked });
    options.onPin?.(again ? undefined : picked);
  }

  /** What is under the pointer: a unit, a cell of the image for the unit in question, else the nearest wire. */
  function under(event: PointerEvent): Picked | undefined {
    const box = over.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    for (const [column, units] of scene.centres.entries())
      for (const [unit, [cx, cy]] of units.entries())
        if (Math.hypot(x - cx, y - cy) <= scene.radius + 2) return { kind: "unit", layer: column - 1, unit };
    const input = inputAt(scene, x, y);
    const to = imageUnit();
    if (input !== undefined) return to === undefined ? undefined : { kind: "wire", layer: 0, from: input, to };
    let best: Wired | undefined;
    let closest = REACH;
    for (const [k, { layer, from, to }] of wires.entries()) {
      const distance = from < 0 ? Infinity : distanceTo(samples[k]!, x, y);
      if (distance < closest) {
        closest = distance;
        best = { kind: "wire", layer, from, to };
      }
    }
    return best;
  }

  over.addEventListener("pointermove", (event) => hover(under(event)));
  over.addEventListener("pointerleave", () => hover(undefined));
  over.addEventListener("pointerdown", (event) => {
    const found = under(event);
    hover(found);
    pin(found);
  });
  over.addEventListener("keydown", (event) => {
    const [column, unit] = reachable.split("/").map(Number) as [number, number];
    const steps: Record<string, [number, number]> = {
      ...{ ArrowUp: [0, -1], ArrowDown: [0, 1] },
      ...{ ArrowLeft: [-1, 0], ArrowRight: [1, 0] },
    };
    const step = steps[event.key];
    if (step !== undefined) {
      const units = scene.centres[column + step[0]];
      if (units === undefined || units.length === 0) return;
      const next = Math.max(0, Math.min(units.length - 1, unit + step[1]));
      over.querySelector<SVGElement>(`[data-unit="${column + step[0]}/${next}"]`)?.focus();
    } else if (event.key === "Enter") pin(wireTo(store.state.pinned, column - 1, unit));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const unsubscribe = store.subscribe((changes) => {
    if (changes.has("hovered") || changes.has("pinned")) pick();
  });
  const place = placed(root, layout, unsubscribe);
  return {
    ...place,
    show(other) {
      picture = other;
      place.again();
    },
    svg(theme = "light") {
      place.settle();
      const paint = THEMES[theme];
      // Nobody presses buttons in a file: the room for them is left out.
      const above = hasButtons ? BUTTONS : 0;
      const hasHeat = scene.centres.some((units, column) => units.some((_, unit) => options.heat?.(column, unit)));
      const shapes = [
        ...inOrder(wires).map((wire) => wireShape(wire, paint)),
        ...pickShapes(scene, wires, store, imageUnit(), paint),
        ...imageShapes(scene, imageUnit(), paint),
        ...networkTexts(scene, TOP - 12 + above, paint),
        ...scene.centres.flatMap((units, column) =>
          units.flatMap((_, unit) => unitFile(scene, column, unit, options, paint)),
        ),
      ];
      const { data } = store;
      const title = `${data.study}: network, ${picture.quantity}, ${momentName(data, data.epochs[checkpoint(store)]!)}`;
      return svgFile(scene.width, height - above, paint.page, title, [
        ...(hasHeat ? [ROUND] : []),
        shape("g", { transform: `translate(0,${-above})` }, ...shapes),
      ]);
    },
  };
}

/** Clips whatever it is put on to the circle within its box. */
const ROUND = shape(
  "clipPath",
  { id: "round", clipPathUnits: "objectBoundingBox" },
  shape("circle", { cx: 0.5, cy: 0.5, r: 0.5 }),
);

/** The widest last, so that they are seen. */
const inOrder = (wires: readonly Wire[]): Wire[] => [...wires].sort((a, b) => a.width - b.width);

/** A unit in a file: with its heat map where it has one. */
function unitFile(scene: NetworkScene, column: number, unit: number, { heat }: NetworkOptions, paint: Paint): Shape[] {
  const canvas = heat?.(column, unit);
  if (canvas === undefined) return unitShape(scene, column, unit, paint);
  const [x, y] = scene.centres[column]![unit]!;
  const r = scene.radius;
  const place = { x: px(x - r), y: px(y - r), width: px(2 * r), height: px(2 * r) };
  const ground = shape("circle", { cx: px(x), cy: px(y), r: px(r), fill: paint.page });
  const look = { href: canvas.toDataURL(), preserveAspectRatio: "none", "clip-path": "url(#round)" };
  const ring = unitShape(scene, column, unit, paint)[0]!;
  return [ground, shape("image", { ...place, ...look }), shape("circle", { ...ring.attributes, fill: "none" })];
}

/** The wires that are pointed at and pinned, in ink over all others. */
function pickShapes(
  scene: NetworkScene,
  wires: readonly Wire[],
  { state: { hovered, pinned } }: Store,
  unit: number | undefined,
  paint: Paint,
): Shape[] {
  return [pinned, hovered].flatMap((picked, k) => {
    if (picked?.kind !== "wire") return [];
    const { layer, from, to } = picked;
    const wire = wires.find((each) => each.layer === layer && each.to === to && (each.from === from || each.from < 0));
    if (wire === undefined) return [];
    const color = k === 0 ? paint.ink : paint.accent;
    const line = { d: wire.path, fill: "none", stroke: color, "stroke-width": px(Math.max(3, wire.width + 1)) };
    const { image } = scene;
    if (wire.from >= 0 || image === undefined || unit === undefined) return [shape("path", line)];
    const x = image.x + (from % image.columns) * image.cell;
    const y = image.y + Math.floor(from / image.columns) * image.cell;
    const cell = { x: px(x), y: px(y), width: px(image.cell), height: px(image.cell) };
    return [shape("path", line), shape("rect", { ...cell, fill: "none", stroke: color, "stroke-width": 3 })];
  });
}

/** The wire from a pinned unit to one beside it; else the unit. */
function wireTo(pinned: Picked | undefined, layer: number, unit: number): Picked {
  if (pinned?.kind === "unit" && pinned.layer === layer - 1)
    return { kind: "wire", layer, from: pinned.unit, to: unit };
  if (pinned?.kind === "unit" && pinned.layer === layer + 1)
    return { kind: "wire", layer: layer + 1, from: unit, to: pinned.unit };
  return { kind: "unit", layer, unit };
}

function inputAt({ image, picture }: NetworkScene, x: number, y: number): number | undefined {
  if (image === undefined) return undefined;
  const [column, row] = [Math.floor((x - image.x) / image.cell), Math.floor((y - image.y) / image.cell)];
  const input = row * image.columns + column;
  return column < 0 || row < 0 || column >= image.columns || row >= image.rows || input >= picture.units[0]!
    ? undefined
    : input;
}

const PIECES = 12;

/** Points along a wire's curve: x, y, x, y … */
function sampled({ path }: Wire): Float32Array {
  const [x0, y0, x1, , x2, , x3, y3] = path.slice(1).split(/[C,]/).map(Number) as number[];
  const points = new Float32Array(2 * (PIECES + 1));
  for (let k = 0; k <= PIECES; k++) {
    const t = k / PIECES;
    const u = 1 - t;
    points[2 * k] = u ** 3 * x0! + 3 * u * u * t * x1! + 3 * u * t * t * x2! + t ** 3 * x3!;
    points[2 * k + 1] = (u ** 3 + 3 * u * u * t) * y0! + (3 * u * t * t + t ** 3) * y3!;
  }
  return points;
}

function distanceTo(points: Float32Array, x: number, y: number): number {
  let best = Infinity;
  for (let k = 0; k + 3 < points.length; k += 2) {
    const [ax, ay, bx, by] = [points[k]!, points[k + 1]!, points[k + 2]!, points[k + 3]!];
    const [dx, dy] = [bx - ax, by - ay];
    const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    best = Math.min(best, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return best;
}
