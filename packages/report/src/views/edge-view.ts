/** The evidence for one wire: what its output does when its input moves, and the joint law of both, which its bits are computed from. */
import { extent, fixed, type Interval, linearScale, nice, ticks } from "../chart.ts";
import { axes, type Box } from "./axes.ts";
import { drawn, html, type PictureView, placed, svg } from "./dom.ts";
import { label, pathThrough, px, type Shape, shape, svgFile } from "./drawing.ts";
import { LIVE, layerPaint, type Paint, THEMES } from "./paint.ts";

/** What is known of one wire. */
export interface EdgePicture {
  /** The layer whose colour the curve has, from 0. */
  readonly layer: number;
  readonly inputRange: Interval;
  readonly outputRange: Interval;
  /** The output over the input, with all other inputs held. */
  readonly response: { readonly inputs: ArrayLike<number>; readonly outputs: ArrayLike<number> };
  /** How the others are held: "others at 0". */
  readonly held: string;
  /** Probabilities, `[input bin][output bin]`, of sum 1. */
  readonly joint: readonly ArrayLike<number>[];
  /** How the others vary: "all in noise". */
  readonly noise: string;
}

/** The evidence for a wire, which can change. */
export interface EdgeView extends PictureView {
  /** Another wire, or the same at another moment; undefined shows an empty place. */
  show(picture: EdgePicture | undefined): void;
}

/** How the evidence is shown. */
export interface EdgeOptions {
  readonly picture?: EdgePicture;
  /** Pixels. Default 170. */
  readonly height?: number;
}

/**
 * Draws the evidence for one wire into an element: its response curve, and the joint law of its input and output as a heat map with axes.
 *
 * @example
 * ```ts
 * const response = { inputs: [0, 1], outputs: [0.5, 0.9] };
 * const picture: EdgePicture = {
 *   ...{ layer: 0, inputRange: [0, 1], outputRange: [0, 1] },
 *   ...{ response, held: "others at 0", joint: [[0.4, 0.1], [0.1, 0.4]], noise: "all in noise" },
 * };
 * const show = (host: HTMLElement) => edgeView(host, { picture });
 * console.log(show.length, picture.joint.length); // 1 2
 * ```
 */
export function edgeView(host: HTMLElement, options: EdgeOptions = {}): EdgeView {
  const height = options.height ?? 170;
  const root = html("div", { class: "view edge", style: `height:${height}px` });
  host.append(root);
  const over = svg("svg", { class: "layer", role: "img", "aria-label": "Evidence for the wire" }, root);
  let { picture } = options;

  function redraw(): void {
    over.replaceChildren();
    const width = Math.max(220, root.clientWidth);
    over.setAttribute("viewBox", `0 0 ${width} ${height}`);
    over.setAttribute("aria-label", picture === undefined ? "No wire is picked" : spoken(picture));
    if (picture !== undefined) for (const each of edgeShapes(picture, width, height, LIVE)) drawn(each, over);
  }

  const place = placed(root, redraw);
  return {
    ...place,
    show(other) {
      picture = other;
      place.again();
    },
    svg(theme = "light") {
      const paint = THEMES[theme];
      const width = Math.max(220, root.clientWidth);
      const shapes = picture === undefined ? [] : edgeShapes(picture, width, height, paint);
      return svgFile(width, height, paint.page, "Evidence for a wire", shapes);
    },
  };
}

function spoken({ response, inputRange }: EdgePicture): string {
  const last = response.outputs.length - 1;
  const [from, to] = [response.outputs[0] ?? 0, response.outputs[last] ?? 0];
  return `The output goes from ${fixed(from, 2)} to ${fixed(to, 2)} while the input goes from ${fixed(inputRange[0], 2)} to ${fixed(inputRange[1], 2)}`;
}

/** Both halves side by side. */
function edgeShapes(picture: EdgePicture, width: number, height: number, paint: Paint): Shape[] {
  const middle = width / 2;
  const [top, bottom] = [26, height - 38];
  const left: Box = { left: 42, right: middle - 10, top, bottom };
  const right: Box = { left: middle + 44, right: width - 10, top, bottom };
  return [...curveShapes(picture, left, paint), ...jointShapes(picture, right, paint)];
}

const SMALL = 11;

function curveShapes(picture: EdgePicture, box: Box, paint: Paint): Shape[] {
  const { response, inputRange, outputRange, layer, held } = picture;
  const outputs = Array.from(response.outputs);
  const reached = extent([...outputs, ...outputRange]) ?? outputRange;
  const x = linearScale(inputRange, [box.left, box.right]);
  const y = linearScale(nice(reached, 3), [box.bottom, box.top]);
  const points = outputs.map((value, k): [number, number] => [x.at(response.inputs[k]!), y.at(value)]);
  return [
    ...small(axes({ box, x, y, xTicks: ticks(inputRange, 2), yTicks: ticks(y.domain, 3), grid: "rows" }, paint)),
    shape("path", {
      d: pathThrough(points),
      fill: "none",
      stroke: layerPaint(paint, layer),
      "stroke-width": 2.2,
      "stroke-linejoin": "round",
    }),
    ...titles(`response, ${held}`, "input →", box, paint),
  ];
}

/** The probability of each pair of bins: the darker, the likelier. */
function jointShapes(picture: EdgePicture, box: Box, paint: Paint): Shape[] {
  const { joint, inputRange, outputRange, noise } = picture;
  const columns = joint.length;
  const rows = joint[0]?.length ?? 0;
  const most = joint.reduce((high, column) => Math.max(high, ...Array.from(column)), 0);
  const [wide, high] = [(box.right - box.left) / Math.max(1, columns), (box.bottom - box.top) / Math.max(1, rows)];
  const cells = joint.flatMap((column, i) =>
    Array.from(column, (probability, j) => {
      const place = {
        x: px(box.left + i * wide),
        y: px(box.bottom - (j + 1) * high),
        width: px(wide),
        height: px(high),
      };
      const share = most === 0 ? 0 : probability / most;
      return shape("rect", {
        ...place,
        fill: paint.accent,
        "fill-opacity": px(share * 100) / 100,
        stroke: paint.page,
        "stroke-width": wide > 6 ? 0.8 : 0,
      });
    }),
  );
  const x = linearScale(inputRange, [box.left, box.right]);
  const y = linearScale(outputRange, [box.bottom, box.top]);
  const frame = { x: px(box.left), y: px(box.top), width: px(box.right - box.left), height: px(box.bottom - box.top) };
  return [
    shape("rect", { ...frame, fill: paint.card }),
    ...cells,
    ...small(axes({ box, x, y, xTicks: ticks(inputRange, 2), yTicks: ticks(outputRange, 3) }, paint)),
    ...titles(`joint law, ${noise}`, "input →", box, paint),
  ];
}

/** Axes of a small picture: smaller figures. */
function small(shapes: readonly Shape[]): Shape[] {
  return shapes.map((each) =>
    each.tag === "text" ? { ...each, attributes: { ...each.attributes, "font-size": SMALL } } : each,
  );
}

function titles(above: string, below: string, box: Box, paint: Paint): Shape[] {
  const style = { fill: paint.muted, "font-size": 12 };
  const turned = `translate(${px(box.left - 30)},${px((box.top + box.bottom) / 2)}) rotate(-90)`;
  return [
    label(above, box.left - 34, 13, style),
    shape("text", { ...style, "font-size": SMALL, "text-anchor": "middle", transform: turned }, "output →"),
    label(below, (box.left + box.right) / 2, box.bottom + 33, {
      ...style,
      "text-anchor": "middle",
      "font-size": SMALL,
    }),
  ];
}
