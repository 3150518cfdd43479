/** What lies under the points of the causal plane: axes, the nullcline, lines of equal EI with their names outside of the plane, and shaded parts. */
import { fixed, textWidth } from "../chart.ts";
import { belowNullcline, type EiLine, eiLines, planeWindow } from "../plane.ts";
import { axes } from "./axes.ts";
import { label, pathThrough, px, type Shape, shape } from "./drawing.ts";
import type { Paint } from "./paint.ts";
import { decimalsOf, type PlaneScene, placeOf } from "./plane-scene.ts";

const NULLCLINE = { "stroke-width": 1.6, "stroke-dasharray": "7 4", fill: "none" } as const;
const NAME_SIZE = 12;

export function planeGround(scene: PlaneScene, paint: Paint): Shape[] {
  return scene.axes === "paper" ? paperGround(scene, paint) : rotatedGround(scene, paint);
}

function rotatedGround(scene: PlaneScene, paint: Paint): Shape[] {
  const { box, x, y, xTicks, yTicks, yLabels, width } = scene;
  const { left, right, top, bottom } = box;
  const zero = px(y.at(0));
  const shapes: Shape[] = [];
  const negative = bottom - zero;
  if (negative > 2)
    shapes.push(
      shape("rect", { x: px(left), y: zero, width: px(right - left), height: px(negative), fill: paint.below }),
    );
  const narrow = width < 500;
  shapes.push(
    ...axes(
      {
        ...{ box, x, y, xTicks, yTicks, yLabels, grid: "both" },
        xTitle: narrow ? "EI (bits) →" : "EI = sensitivity − degeneracy (bits) →",
        yTitle: "degeneracy (bits, √ scale) →",
      },
      paint,
    ),
    shape("path", { d: `M${px(left)},${zero}H${px(right)}`, stroke: paint.ink, fill: "none" }),
  );
  if (x.domain[0] <= 0) {
    const at = px(x.at(0));
    shapes.push(
      shape("path", { d: `M${at},${px(top)}V${px(bottom)}`, stroke: paint.ink, ...NULLCLINE }),
      label("EI = 0", at, top - 7, {
        fill: paint.ink,
        "font-weight": "bold",
        "text-anchor": "middle",
        "font-size": NAME_SIZE,
      }),
    );
  } else shapes.push(label("◂ EI = 0 (nullcline)", left, top - 7, { fill: paint.muted, "font-size": NAME_SIZE }));
  const note = narrow ? "below 0: bins too coarse" : "degeneracy < 0: bins too coarse for sensitivity";
  if (negative > 20) shapes.push(freeText(scene, note, zero, paint));
  return shapes;
}

/** In that corner under the line where fewest points have ever been. */
function freeText(scene: PlaneScene, text: string, zero: number, paint: Paint): Shape {
  const { left, right, bottom } = scene.box;
  const long = textWidth(text, NAME_SIZE);
  const corners = [zero + 15, bottom - 6].flatMap((y) => [
    { x: right - 6 - long, y },
    { x: left + 6, y },
  ]);
  const taken = corners.map(() => 0);
  // Some of them tell where most are.
  const step = Math.ceil(scene.data.epochs.length / 60);
  for (const s of scene.data.seeds.keys())
    for (const l of scene.data.layers.keys())
      for (let e = 0; e < scene.data.epochs.length; e += step) {
        const place = placeOf(scene, s, l, e);
        for (const [k, corner] of corners.entries())
          if (place !== undefined && inside(place, corner, long)) taken[k]!++;
      }
  const best = corners[taken.indexOf(Math.min(...taken))]!;
  return label(text, best.x, best.y, { fill: paint.muted, "font-size": NAME_SIZE });
}

function inside([x, y]: readonly [number, number], corner: { x: number; y: number }, long: number): boolean {
  return x > corner.x - 8 && x < corner.x + long + 8 && y > corner.y - NAME_SIZE - 8 && y < corner.y + 10;
}

function paperGround(scene: PlaneScene, paint: Paint): Shape[] {
  const { data, box, x, y, xTicks, yTicks } = scene;
  const window = planeWindow(data);
  const at = ([a, b]: readonly [number, number]): [number, number] => [x.at(a), y.at(b)];
  const lines = eiLines(window);
  return [
    shape("path", { d: `${pathThrough(belowNullcline(window).map(at))}Z`, fill: paint.below }),
    shape("path", {
      d: lines
        .slice(1)
        .map(({ from, to }) => pathThrough([at(from), at(to)]))
        .join(""),
      ...{ stroke: paint.muted, "stroke-dasharray": "2 4", "stroke-opacity": 0.75, fill: "none" },
    }),
    ...lines
      .slice(0, 1)
      .map(({ from, to }) => shape("path", { d: pathThrough([at(from), at(to)]), stroke: paint.ink, ...NULLCLINE })),
    ...axes({ box, x, y, xTicks, yTicks, xTitle: "degeneracy (bits)", yTitle: "sensitivity (bits)" }, paint),
    ...lineNames(scene, lines, paint),
  ];
}

/** "EI 2" where its line leaves the plane, above it or at its right: never over a point. Names that would touch are left out. */
function lineNames({ box, x, y }: PlaneScene, lines: readonly EiLine[], paint: Paint): Shape[] {
  const above: number[] = [];
  const beside: number[] = [];
  return lines.flatMap(({ ei, to }) => {
    const [end, height] = [x.at(to[0]), y.at(to[1])];
    const nullcline = ei === 0;
    const text = `EI ${nullcline ? "= " : ""}${fixed(ei, decimalsOf(ei))}`;
    const style = {
      ...{ fill: nullcline ? paint.ink : paint.muted, "font-size": NAME_SIZE },
      "font-weight": nullcline ? "bold" : undefined,
    };
    if (height <= box.top + 1) {
      if (above.some((other) => Math.abs(other - end) < 46)) return [];
      above.push(end);
      return [label(text, Math.min(end, box.right + 6), box.top - 7, { ...style, "text-anchor": "middle" })];
    }
    if (beside.some((other) => Math.abs(other - height) < 15)) return [];
    beside.push(height);
    return [label(text, box.right + 4, height + 4, style)];
  });
}
