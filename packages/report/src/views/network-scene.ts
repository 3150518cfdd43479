/** Where everything of a network's drawing stands, and its shapes: layers as columns of units, wires between them. No DOM. */
import { greatest } from "@causalscope/core/basics";
import { layerSymbol, symbolPath, textWidth } from "../chart.ts";
import { label, px, type Shape, shape } from "./drawing.ts";
import { layerPaint, type Paint } from "./paint.ts";

/** A network to be drawn. */
export interface NetworkPicture {
  /** Units of the input and of each layer, in order: `[25, 6, 6, 5]`. */
  readonly units: readonly number[];
  /** Of each layer, what its wires are worth: `[layer][output][input]`. Their size is the width, their sign the colour. */
  readonly values: readonly (readonly (readonly number[])[])[];
  /** Of each wire, a number whose sign is the colour instead: the weights, where `values` have no sign. */
  readonly signs?: readonly (readonly (readonly number[])[])[];
  /** What the widths are: "sensitivity (bits)". */
  readonly quantity: string;
  /** Rows and columns of the image that the input is. Default for more than 12 inputs: as square as they fit. */
  readonly image?: readonly [rows: number, columns: number];
  /** Names of the inputs, shown beside them where there is room. */
  readonly inputNames?: readonly string[];
  /** Names of the outputs. */
  readonly outputNames?: readonly string[];
}

/** More inputs than this are drawn as one image. */
const MOST_INPUTS = 12;

export interface NetworkScene {
  readonly picture: NetworkPicture;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  /** `[column][unit]`: the centres; no list for an input that is an image. */
  readonly centres: readonly (readonly (readonly [x: number, y: number])[])[];
  readonly image:
    | { readonly x: number; readonly y: number; readonly cell: number; readonly rows: number; readonly columns: number }
    | undefined;
  /** Of each layer, the largest size of its values. */
  readonly most: readonly number[];
}

export function networkScene(
  picture: NetworkPicture,
  { width, height, top, bottom }: { width: number; height: number; top: number; bottom: number },
): NetworkScene {
  const { units } = picture;
  const imaged = picture.image !== undefined || units[0]! > MOST_INPUTS;
  const [rows, columns] = picture.image ?? squareOf(units[0]!);
  const room = height - top - bottom;
  const tallest = greatest(imaged ? units.slice(1) : units, 1);
  const radius = Math.max(3, Math.min(13, (room / tallest) * 0.36, (width / units.length) * 0.22));
  const names = greatest(
    (picture.outputNames ?? []).map((name) => textWidth(name, 11)),
    0,
  );
  const right = width - radius - 10 - (names > 0 ? Math.min(70, names + 6) : 0);
  const cell = Math.max(1.5, Math.min(16, (width * 0.26) / columns, (room * 0.6) / rows));
  const inputs = greatest(
    (picture.inputNames ?? []).map((name) => textWidth(name, 11)),
    0,
  );
  const left = imaged ? cell * columns + 6 : radius + 10 + (inputs > 0 ? Math.min(70, inputs + 6) : 0);
  const first = imaged ? left + Math.max(30, (right - left) / (units.length + 0.6)) : left;
  const columnsLeft = units.length - (imaged ? 2 : 1);
  const centres = units.map((count, column) => {
    if (imaged && column === 0) return [];
    const step = imaged ? column - 1 : column;
    const x = columnsLeft === 0 ? right : first + ((right - first) * step) / columnsLeft;
    const gap = Math.min(room / count, 46);
    return Array.from({ length: count }, (_, unit): [number, number] => [
      x,
      top + room / 2 + (unit - (count - 1) / 2) * gap,
    ]);
  });
  const image = imaged ? { x: 4, y: top + (room - cell * rows) / 2, cell, rows, columns } : undefined;
  const most = picture.values.map((rowsOf) =>
    greatest(
      rowsOf.map((row) => greatest(row.map(Math.abs), 0)),
      0,
    ),
  );
  return { picture, width, height, radius, centres, image, most };
}

function squareOf(count: number): [rows: number, columns: number] {
  const columns = Math.ceil(Math.sqrt(count));
  return [Math.ceil(count / columns), columns];
}

export interface Wire {
  readonly layer: number;
  readonly from: number;
  readonly to: number;
  readonly path: string;
  readonly width: number;
  readonly sign: number;
}

/** The wires between drawn units; those of an image are one bundle to each unit. */
export function wiresOf(scene: NetworkScene): Wire[] {
  const { picture, centres, image, most, radius } = scene;
  return picture.values.flatMap((rows, layer) =>
    rows.flatMap((row, to) => {
      const [x1, y1] = centres[layer + 1]![to]!;
      if (layer === 0 && image !== undefined) {
        const [x0, y0] = [image.x + image.cell * image.columns, image.y + (image.cell * image.rows) / 2];
        return [{ layer, from: -1, to, path: curve(x0, y0, x1 - radius, y1), width: 1, sign: 0 }];
      }
      return row.map((value, from): Wire => {
        const [x0, y0] = centres[layer]![from]!;
        const share = most[layer] === 0 ? 0 : Math.abs(value) / most[layer]!;
        const sign = Math.sign(picture.signs?.[layer]?.[to]?.[from] ?? value);
        return { layer, from, to, path: curve(x0 + radius, y0, x1 - radius, y1), width: 0.4 + 3.8 * share, sign };
      });
    }),
  );
}

function curve(x0: number, y0: number, x1: number, y1: number): string {
  const bend = (x1 - x0) * 0.5;
  return `M${px(x0)},${px(y0)}C${px(x0 + bend)},${px(y0)},${px(x1 - bend)},${px(y1)},${px(x1)},${px(y1)}`;
}

export function wireShape({ path, width, sign }: Wire, paint: Paint): Shape {
  const stroke = sign > 0 ? paint.positive : sign < 0 ? paint.negative : paint.muted;
  // Wide ones are what is looked for: narrow ones stand back.
  const opacity = Math.min(0.9, 0.28 + width / 6);
  return shape("path", {
    d: path,
    fill: "none",
    stroke,
    "stroke-width": px(width),
    "stroke-opacity": px(opacity * 10) / 10,
  });
}

/** The cells of the input's image, coloured for one unit of the first layer; a plain grid without. */
export function imageShapes(scene: NetworkScene, unit: number | undefined, paint: Paint): Shape[] {
  const { image, picture, most } = scene;
  if (image === undefined) return [];
  const { x, y, cell, rows, columns } = image;
  const row = unit === undefined ? undefined : picture.values[0]?.[unit];
  const largest = row === undefined ? (most[0] ?? 0) : greatest(row.map(Math.abs), 0);
  const cells = Array.from({ length: picture.units[0]! }, (_, input) => {
    // Of no unit: what an input is worth to all of them.
    const value =
      row?.[input] ??
      greatest(
        picture.values[0]!.map((each) => Math.abs(each[input]!)),
        0,
      );
    const sign = row === undefined ? 0 : Math.sign(picture.signs?.[0]?.[unit!]?.[input] ?? value);
    const fill = sign > 0 ? paint.positive : sign < 0 ? paint.negative : paint.muted;
    const at = { x: px(x + (input % columns) * cell), y: px(y + Math.floor(input / columns) * cell) };
    const share = largest === 0 ? 0 : Math.abs(value) / largest;
    return shape("rect", { ...at, width: px(cell), height: px(cell), fill, "fill-opacity": px(share * 100) / 100 });
  });
  const frame = { x, y: px(y), width: px(cell * columns), height: px(cell * rows) };
  const middle = x + (cell * columns) / 2;
  const name = unit === undefined ? `${rows}×${columns} inputs` : `${rows}×${columns} into ${unit + 1}`;
  return [
    shape("rect", { ...frame, fill: paint.card }),
    ...cells,
    shape("rect", { ...frame, fill: "none", stroke: paint.muted }),
    label(name, Math.max(middle, textWidth(name, 11) / 2 + 2), y + cell * rows + 15, {
      fill: paint.muted,
      "font-size": 11,
      "text-anchor": "middle",
    }),
  ];
}

/** A unit: a ring in its layer's colour; inputs are muted. */
export function unitShape(scene: NetworkScene, column: number, unit: number, paint: Paint): Shape[] {
  const [x, y] = scene.centres[column]![unit]!;
  const { radius } = scene;
  const color = column === 0 ? paint.muted : layerPaint(paint, column - 1);
  const ring = shape("circle", {
    cx: px(x),
    cy: px(y),
    r: px(radius),
    class: "ring",
    fill: paint.page,
    stroke: color,
    "stroke-width": 2,
  });
  if (radius < 8) return [ring];
  const number = { fill: paint.ink, "font-size": 11, "text-anchor": "middle" };
  return [ring, label(String(unit + 1), x, y + 4, number)];
}

/** "■ L2" over each column, and what widths and colours mean below. */
export function networkTexts(scene: NetworkScene, top: number, paint: Paint): Shape[] {
  const { centres, picture, height, width, radius } = scene;
  const names = centres.flatMap((units, column) => {
    if (column === 0 || units.length === 0) return [];
    const x = units[0]![0];
    const fill = layerPaint(paint, column - 1);
    return [
      shape("path", {
        d: symbolPath(layerSymbol(column - 1), 4.5),
        fill,
        transform: `translate(${px(x - 12)},${px(top - 4.5)})`,
      }),
      label(`L${column}`, x - 4, top, { fill, "font-weight": "bold", "font-size": 12 }),
    ];
  });
  const beside = (list: readonly string[] | undefined, column: number, side: -1 | 1) =>
    (list ?? []).flatMap((name, unit) => {
      const place = centres[column]?.[unit];
      if (place === undefined) return [];
      const anchor = side < 0 ? "end" : "start";
      return [
        label(name, place[0] + side * (radius + 5), place[1] + 4, {
          fill: paint.muted,
          "font-size": 11,
          "text-anchor": anchor,
        }),
      ];
    });
  const signed =
    picture.signs !== undefined || picture.values.some((rows) => rows.some((row) => row.some((v) => v < 0)));
  const key = `width: ${picture.quantity}`;
  const base = height - 6;
  const small = { fill: paint.muted, "font-size": 11 };
  const swatch = (x: number, fill: string) => shape("rect", { x: px(x), y: base - 8, width: 9, height: 9, fill });
  const whole = textWidth(key, 11) + (signed ? 150 : 0);
  const left = Math.max(4, (width - whole) / 2);
  const after = left + textWidth(key, 11) + 10;
  return [
    ...names,
    ...beside(picture.inputNames, 0, -1),
    ...beside(picture.outputNames, centres.length - 1, 1),
    label(key, left, base, small),
    ...(signed
      ? [
          ...[swatch(after, paint.positive), label("positive", after + 13, base, small)],
          ...[swatch(after + 70, paint.negative), label("negative", after + 83, base, small)],
        ]
      : []),
  ];
}
