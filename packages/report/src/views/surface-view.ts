/** Data of two features: training and test points over the heat map of what the network makes of the plane. */
import { type Interval, type LayerSymbol, linearScale, symbolPath, textWidth, ticks } from "../chart.ts";
import { axes, type Box } from "./axes.ts";
import { drawn, html, type PictureView, placed, sizedCanvas, svg } from "./dom.ts";
import { label, px, type Shape, shape, svgFile } from "./drawing.ts";
import { classColors, type Field, heatCanvas } from "./heat.ts";
import { LIVE, type Paint, paintAt, THEMES } from "./paint.ts";

/** Two features, what the network makes of them, and the data. */
export interface SurfacePicture {
  readonly x: Interval;
  readonly y: Interval;
  readonly xName?: string;
  readonly yName?: string;
  readonly field?: Field;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly label: number;
    readonly test: boolean;
  }[];
  readonly classes: readonly string[];
}

/** Data and heat map, which can change. */
export interface SurfaceView extends PictureView {
  /** The same data at another moment, or other data. */
  show(picture: SurfacePicture): void;
}

/** How data and heat map are shown. */
export interface SurfaceOptions {
  readonly picture: SurfacePicture;
  /** Pixels. Default as high as wide, up to 320. */
  readonly height?: number;
  /** Whether test points are drawn. Default true. */
  readonly test?: boolean;
}

/** Of classes: the first is the negative colour, the second the positive one; shapes tell more. */
const SYMBOLS: readonly LayerSymbol[] = ["circle", "square", "triangle", "diamond"];

/**
 * Draws data of two features into an element: training points filled and test points hollow, by class in colour and shape, over the heat map of the
 * network's output.
 *
 * @example
 * ```ts
 * const points = [{ x: 0, y: 1, label: 1, test: false }];
 * const picture: SurfacePicture = { x: [-1, 1], y: [-1, 1], points, classes: ["out", "in"] };
 * const show = (host: HTMLElement) => surfaceView(host, { picture });
 * console.log(show.length, picture.points.length); // 1 1
 * ```
 */
export function surfaceView(host: HTMLElement, options: SurfaceOptions): SurfaceView {
  const root = html("div", { class: "view surface" });
  const canvas = html("canvas", { class: "layer", "aria-hidden": "true" });
  root.append(canvas);
  host.append(root);
  const over = svg("svg", { class: "layer", role: "img" }, root);
  let { picture } = options;
  const sizeOf = () => {
    const width = Math.max(200, root.clientWidth);
    return { width, height: options.height ?? Math.min(320, width) };
  };

  function redraw(): void {
    const { width, height } = sizeOf();
    root.style.height = `${height}px`;
    over.setAttribute("viewBox", `0 0 ${width} ${height}`);
    over.setAttribute("aria-label", spoken(picture));
    over.replaceChildren();
    const box = boxOf(width, height);
    const context = sizedCanvas(canvas, width, height);
    if (context !== null && picture.field !== undefined) {
      context.imageSmoothingEnabled = true;
      const heat = heatCanvas(picture.field, paintAt(root));
      context.globalAlpha = 0.75;
      context.drawImage(heat, box.left, box.top, box.right - box.left, box.bottom - box.top);
    }
    for (const each of surfaceShapes(picture, box, options.test ?? true, LIVE)) drawn(each, over);
  }

  const place = placed(root, redraw);
  return {
    ...place,
    show(other) {
      picture = other;
      place.again();
    },
    svg(theme = "light") {
      const { width, height } = sizeOf();
      const paint = THEMES[theme];
      const box = boxOf(width, height);
      const place = {
        x: px(box.left),
        y: px(box.top),
        width: px(box.right - box.left),
        height: px(box.bottom - box.top),
      };
      const heat = picture.field === undefined ? undefined : heatCanvas(picture.field, paint).toDataURL();
      return svgFile(width, height, paint.page, spoken(picture), [
        ...(heat === undefined
          ? []
          : [shape("image", { ...place, href: heat, opacity: 0.75, preserveAspectRatio: "none" })]),
        ...surfaceShapes(picture, box, options.test ?? true, paint),
      ]);
    },
  };
}

function boxOf(width: number, height: number): Box {
  return { left: 58, right: width - 12, top: 26, bottom: height - 40 };
}

function spoken({ points, classes }: SurfacePicture): string {
  const test = points.filter((point) => point.test).length;
  return `${points.length - test} training and ${test} test points of ${classes.length} classes`;
}

function surfaceShapes(picture: SurfacePicture, box: Box, withTest: boolean, paint: Paint): Shape[] {
  const { points, classes } = picture;
  const x = linearScale(picture.x, [box.left, box.right]);
  const y = linearScale(picture.y, [box.bottom, box.top]);
  const colors = classColors(paint);
  const color = (k: number) => colors[k % colors.length]!;
  const symbol = (k: number, radius: number) => symbolPath(SYMBOLS[k % SYMBOLS.length]!, radius);
  const mark = (k: number, test: boolean, place: string) =>
    shape("path", {
      ...{ d: symbol(k, test ? 3 : 3.4), transform: place, stroke: test ? color(k) : paint.page },
      ...{ fill: test ? paint.page : color(k), "stroke-width": test ? 1.5 : 1 },
    });
  const marks = points
    .filter(({ test }) => withTest || !test)
    .map((point) => mark(point.label, point.test, `translate(${px(x.at(point.x))},${px(y.at(point.y))})`));
  const names = { xTitle: picture.xName ?? "x₁", yTitle: picture.yName ?? "x₂" };
  return [
    ...axes({ box, x, y, xTicks: ticks(picture.x, 4), yTicks: ticks(picture.y, 4), ...names }, paint),
    ...marks,
    ...keyShapes(classes, withTest && points.some(({ test }) => test), box, paint, mark),
  ];
}

function keyShapes(
  classes: readonly string[],
  hasTest: boolean,
  box: Box,
  paint: Paint,
  mark: (k: number, test: boolean, place: string) => Shape,
): Shape[] {
  let at = box.left;
  const shapes: Shape[] = [];
  const entry = (text: string, k: number, test: boolean) => {
    const wide = 13 + textWidth(text, 12);
    // What has no room is left out; classes come first.
    if (at + wide > box.right + 10) return;
    shapes.push(
      mark(k, test, `translate(${px(at + 5)},11)`),
      label(text, at + 13, 15, { fill: paint.muted, "font-size": 12 }),
    );
    at += wide + 13;
  };
  for (const [k, name] of classes.entries()) entry(name, k, false);
  if (hasTest) entry("hollow: test", 0, true);
  return shapes;
}
