/** The causal plane as a file: one SVG with its legend, the same as in the page. No DOM. */
import { layerSymbol, symbolPath } from "../chart.ts";
import { isSoFar, momentName, type ReportData } from "../data.ts";
import { label, pathThrough, px, type Shape, shape, svgFile } from "./drawing.ts";
import { legendRows } from "./legend.ts";
import { layerPaint, type Paint, THEMES, type Theme } from "./paint.ts";
import { planeGround } from "./plane-ground.ts";
import { bandStyle, bracketStyle, errorStyle, markShape, namePlaces } from "./plane-marks.ts";
import { bracketBox, errorMark, type PlaneScene, placeOf, planeScene, seedBand, trailOf } from "./plane-scene.ts";
import { checkpoint, frontSeed, type Store, shownLayers, shownSeeds } from "./store.ts";

export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}

export type Shown = Pick<Store, "data" | "state">;

/** Errors that still shrink are dashed. */
const dashes = (data: ReportData, seed: number, epoch: number) =>
  isSoFar(data, seed, epoch) ? { "stroke-dasharray": "3 4" } : {};

export function planePicture(store: Shown, { width, height, theme }: PictureSize): string {
  const paint = THEMES[theme];
  const legend = planeLegend(store, width, paint);
  const scene = planeScene(store.data, store.state.axes, { width, height });
  const moment = momentName(store.data, store.data.epochs[checkpoint(store)]!);
  return svgFile(width, height + legend.height, paint.page, `Causal plane of ${store.data.study}, ${moment}`, [
    ...legend.shapes,
    shape("g", { transform: `translate(0,${legend.height})` }, ...planeShapes(store, scene, paint)),
  ]);
}

/**
 * Ground, trails and points of the moment shown.
 *
 * @param printed for paper: no seed is in front, every trail is fainter where it is older, and an open mark says where it begins.
 */
export function planeShapes(store: Shown, scene: PlaneScene, paint: Paint, printed = false): Shape[] {
  const { position, band } = store.state;
  const e = checkpoint(store);
  const front = frontSeed(store as Store);
  const seeds = shownSeeds(store as Store);
  const layers = shownLayers(store as Store);
  const shapes = planeGround(scene, paint);
  const points: { x: number; y: number; layer: number; front: boolean }[] = [];
  const marks: Shape[] = [];
  if (band)
    for (const layer of layers)
      shapes.push(shape("path", { d: seedBand(scene, seeds, layer, position), ...bandStyle(layer, paint) }));
  for (const seed of [...seeds.filter((s) => s !== front), ...seeds.filter((s) => s === front)])
    for (const layer of layers) {
      const own = printed || seed === front;
      if (printed) shapes.push(...printedTrail(scene, seed, layer, paint));
      else if (!band || own) shapes.push(...trailShapes(scene, seed, layer, position, own, paint));
      const place = placeOf(scene, seed, layer, position);
      if (place === undefined) continue;
      const { pinned } = store.state;
      if (pinned?.kind === "layer" && pinned.seed === seed && pinned.layer === layer && !printed) {
        const at = { cx: px(place[0]), cy: px(place[1]), r: 12 };
        marks.push(shape("circle", { ...at, fill: "none", stroke: paint.ink, "stroke-width": 2 }));
      }
      points.push({ x: place[0], y: place[1], layer, front: seed === front });
      const error = errorMark(scene, seed, layer, e);
      const box = bracketBox(scene, seed, layer, e);
      marks.push(
        shape(
          "g",
          { transform: `translate(${px(place[0])},${px(place[1])})` },
          ...(box === "" ? [] : [shape("path", { d: box, ...bracketStyle(layer, paint) })]),
          ...(error === undefined
            ? []
            : [shape("path", { d: error.path, ...errorStyle(error, layer, paint), ...dashes(store.data, seed, e) })]),
          markShape(layer, own, paint),
        ),
      );
    }
  const named = points.filter(({ front }) => front);
  const places = namePlaces(named, points, scene.box);
  const names = named.flatMap(({ layer }, k) => {
    const place = places[k];
    const style = { "text-anchor": "middle", "font-weight": "bold" } as const;
    if (place === undefined) return [];
    const text = (extra: Readonly<Record<string, string | number>>) =>
      label(`L${layer + 1}`, place.x, place.y + 4.5, { ...style, ...extra });
    return [
      text({ fill: paint.page, stroke: paint.page, "stroke-width": 3.5, "stroke-linejoin": "round" }),
      text({ fill: layerPaint(paint, layer) }),
    ];
  });
  return [...shapes, ...marks, ...names];
}

function trailShapes(
  scene: PlaneScene,
  seed: number,
  layer: number,
  position: number,
  front: boolean,
  paint: Paint,
): Shape[] {
  const trail = trailOf(scene, seed, layer);
  const now = [...trail.slice(0, Math.floor(position) + 1), placeOf(scene, seed, layer, position)];
  const line = { fill: "none", stroke: layerPaint(paint, layer), "stroke-linejoin": "round" } as const;
  const dots = trail.flatMap((place) => (place === undefined ? [] : [`M${px(place[0])},${px(place[1])}h0`])).join("");
  return [
    shape("path", { d: pathThrough(trail), ...line, "stroke-opacity": front ? 0.35 : 0.2 }),
    shape("path", { d: pathThrough(now), ...line, "stroke-width": front ? 2 : 1, "stroke-opacity": front ? 1 : 0.55 }),
    shape("path", {
      d: dots,
      ...line,
      "stroke-linecap": "round",
      "stroke-width": 3.4,
      "stroke-opacity": front ? 0.8 : 0.3,
    }),
  ];
}

/** Steps of fading along a trail: enough to look smooth, few enough for a small file with hundreds of epochs. */
const FADES = 24;

function printedTrail(scene: PlaneScene, seed: number, layer: number, paint: Paint): Shape[] {
  const places = trailOf(scene, seed, layer).filter((place) => place !== undefined);
  const steps = places.length - 1;
  const count = Math.min(FADES, steps);
  const color = layerPaint(paint, layer);
  const pieces = Array.from({ length: Math.max(0, count) }, (_, k) => {
    const [from, to] = [Math.round((k / count) * steps), Math.round(((k + 1) / count) * steps)];
    const opacity = count === 1 ? 0.8 : 0.25 + (0.7 * k) / (count - 1);
    const line = {
      fill: "none",
      stroke: color,
      "stroke-width": 1.6,
      "stroke-opacity": opacity,
      "stroke-linejoin": "round",
    };
    return shape("path", { d: pathThrough(places.slice(from, to + 1)), ...line });
  });
  if (steps < 1) return pieces;
  const [x, y] = places[0]!;
  const start = { d: symbolPath(layerSymbol(layer), 4), fill: paint.page, stroke: color, "stroke-width": 1.6 };
  return [...pieces, shape("path", { ...start, transform: `translate(${px(x)},${px(y)})` })];
}

function planeLegend(store: Shown, width: number, paint: Paint): { shapes: Shape[]; height: number } {
  const { data, state } = store;
  const seeds = shownSeeds(store as Store);
  const entries = shownLayers(store as Store).map((layer) => ({
    text: `L${layer + 1} ${data.layers[layer]!.inputs}→${data.layers[layer]!.outputs}`,
    sample: markShape(layer, true, paint),
  }));
  const ink = { stroke: paint.ink, "stroke-width": 3, "stroke-linecap": "round", "stroke-opacity": 0.75 } as const;
  const notes = [{ text: "±2 SE of measuring", sample: shape("path", { d: "M-6,4L6,-4", fill: "none", ...ink }) }];
  if (seeds.length > 1 && state.band) {
    const sample = shape("path", { d: "M-4,0H4", ...bandStyle(0, paint), stroke: paint.muted });
    notes.push({ text: `all of N = ${seeds.length} seeds`, sample });
  }
  if (seeds.length > 1) {
    const hollow = { r: 4.5, fill: paint.page, stroke: paint.muted, "stroke-width": 1.8 };
    notes.push({
      text: `other seeds than seed ${data.seeds[frontSeed(store as Store)]}`,
      sample: shape("circle", hollow),
    });
  }
  const moment = momentName(data, data.epochs[checkpoint(store)]!);
  const title = label(`${data.study}, ${moment}`, 14, 22, { fill: paint.ink, "font-weight": "bold", "font-size": 15 });
  const rows = legendRows([...entries, ...notes], { left: 14, top: 44, width: width - 28 }, paint);
  return { shapes: [title, ...rows.shapes], height: rows.bottom };
}
