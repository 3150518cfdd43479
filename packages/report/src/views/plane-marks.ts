/** The points of the causal plane, as shapes about the origin, and where their names stand. */
import { layerSymbol, symbolPath } from "../chart.ts";
import type { Box } from "./axes.ts";
import { type Shape, shape } from "./drawing.ts";
import { layerPaint, type Paint } from "./paint.ts";
import type { ErrorMark } from "./plane-scene.ts";

export const MARK = 6.2;
/** Pixels: no error looks smaller than this. */
const LEAST_ERROR = 3;

/** Filled for the seed in front, hollow for others. */
export function markShape(layer: number, front: boolean, paint: Paint): Shape {
  const color = layerPaint(paint, layer);
  const style = front
    ? { fill: color, stroke: paint.page, "stroke-width": 1.4 }
    : { fill: paint.page, stroke: color, "stroke-width": 1.8 };
  return shape("path", { d: symbolPath(layerSymbol(layer), front ? MARK : MARK - 1), class: "mark", ...style });
}

/** How an ellipse or a segment of errors looks. */
export function errorStyle(
  { line }: ErrorMark,
  layer: number,
  paint: Paint,
): Readonly<Record<string, string | number>> {
  const color = layerPaint(paint, layer);
  return line
    ? {
        fill: "none",
        stroke: paint.ink,
        "stroke-width": LEAST_ERROR,
        "stroke-linecap": "round",
        "stroke-opacity": 0.75,
      }
    : {
        ...{ fill: color, "fill-opacity": 0.25, stroke: paint.ink, "stroke-width": LEAST_ERROR / 2 },
        "stroke-linejoin": "round",
        "stroke-opacity": 0.75,
      };
}

export function bracketStyle(layer: number, paint: Paint): Readonly<Record<string, string | number>> {
  const color = layerPaint(paint, layer);
  return { fill: color, "fill-opacity": 0.2, stroke: color, "stroke-opacity": 0.5 };
}

export function bandStyle(layer: number, paint: Paint): Readonly<Record<string, string | number>> {
  const color = layerPaint(paint, layer);
  const line = { stroke: color, "stroke-width": 12, "stroke-linejoin": "round", "stroke-linecap": "round" } as const;
  return { fill: color, ...line, opacity: 0.24 };
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Pixels: marks that are nearer than this cannot be told apart, and neither can whose name it is. */
const COINCIDENT = 8;

/**
 * Where the names of points stand: beside each, at the first of eight sides where no point, no other name and no edge is, and no other mark is
 * nearer than its own. None where there is no such place: a name beside another's mark would be read as that one's.
 */
export function namePlaces(points: readonly Place[], others: readonly Place[], box: Box): (Place | undefined)[] {
  const [wide, high] = [22, 14];
  const taken: Place[] = [];
  return points.map(({ x, y }) => {
    for (const reach of [17, 26]) {
      for (const turn of [-0.25, -0.125, -0.375, 0, 0.5, 0.25, 0.125, 0.375]) {
        const centre = { x: x + reach * Math.cos(2 * Math.PI * turn), y: y + reach * Math.sin(2 * Math.PI * turn) };
        const near = (other: Place, w: number, h: number) =>
          Math.abs(other.x - centre.x) < w && Math.abs(other.y - centre.y) < h;
        const edge = centre.x - wide / 2 < box.left || centre.x + wide / 2 > box.right || centre.y - high / 2 < box.top;
        if (edge || centre.y + high / 2 > box.bottom) continue;
        if (others.some((other) => near(other, wide / 2 + 6, high / 2 + 5))) continue;
        if (taken.some((other) => near(other, wide, high))) continue;
        const nearer = (other: Place) => Math.hypot(other.x - centre.x, other.y - centre.y) < reach - 1;
        const apart = (other: Place) => Math.hypot(other.x - x, other.y - y) > COINCIDENT;
        if (others.some((other) => nearer(other) && apart(other))) continue;
        taken.push(centre);
        return centre;
      }
    }
    return undefined;
  });
}
