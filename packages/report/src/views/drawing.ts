/**
 * Pictures as plain data: what a view shows in a page and what it exports as a file come from the same shapes. No DOM here, so that printed figures
 * can use them in Node; `dom.ts` puts them into a page.
 */
import { escapeMarkup } from "../chart.ts";

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An SVG element that is not drawn yet. */
export interface Shape {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: readonly (Shape | string)[];
}

export function shape(tag: string, attributes: Attributes = {}, ...children: (Shape | string)[]): Shape {
  return { tag, attributes, children };
}

/** One line of text. Its font size is given, so that it looks the same in a file. */
export function label(content: string, x: number, y: number, attributes: Attributes = {}): Shape {
  return shape("text", { x: px(x), y: px(y), "font-size": 13, ...attributes }, content);
}

/** The shape as markup. Text and attributes are escaped: names come out of runs. */
export function markup({ tag, attributes, children }: Shape): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeMarkup(String(value))}"`)
    .join("");
  const inner = children.map((child) => (typeof child === "string" ? escapeMarkup(child) : markup(child))).join("");
  return inner === "" ? `<${tag}${written}/>` : `<${tag}${written}>${inner}</${tag}>`;
}

/** A standalone SVG file on the ground of its paint. */
export function svgFile(
  width: number,
  height: number,
  ground: string,
  title: string,
  shapes: readonly Shape[],
): string {
  const font = '"DejaVu Sans", Arial, sans-serif';
  const size = { width: px(width), height: px(height), viewBox: `0 0 ${px(width)} ${px(height)}` };
  const root = { xmlns: NAMESPACE.join(""), ...size, role: "img", "font-family": font, "font-size": 13 };
  return `${markup(shape("svg", root, shape("title", {}, title), shape("rect", { ...size, viewBox: undefined, fill: ground }), ...shapes))}\n`;
}

// In pieces: a page that carries this code then holds no address.
const NAMESPACE = ["http", ":/", "/www.w3.org/2000/svg"];

/** One decimal of a pixel is finer than any screen, and keeps paths short. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The path through points; `undefined` lifts the pen. */
export function pathThrough(points: Iterable<readonly [x: number, y: number] | undefined>): string {
  let d = "";
  let pen = "M";
  for (const point of points) {
    if (point === undefined) pen = "M";
    else {
      d += `${pen}${px(point[0])},${px(point[1])}`;
      pen = "L";
    }
  }
  return d;
}
