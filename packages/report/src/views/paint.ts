/** Colours by what they mean: as variables of the page that a view stands in, or as the colours of a light or a dark file. */
import { DARK_PALETTE, LIGHT_PALETTE } from "../chart.ts";

/** The colours of a picture. */
export interface Paint {
  readonly page: string;
  readonly card: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly below: string;
  readonly accent: string;
  readonly warning: string;
  /** The sign of a weight. */
  readonly positive: string;
  readonly negative: string;
  /** Of layers, by position; repeated where there are more layers. */
  readonly layers: readonly string[];
}

export const LIGHT: Paint = {
  page: "#ffffff",
  card: "#f6f7f9",
  ink: "#1f2328",
  muted: "#57606a",
  line: "#d0d5db",
  below: "#e7e9ec",
  accent: "#0a5cad",
  warning: "#8a4b00",
  positive: "#1f63b5",
  negative: "#c25a00",
  layers: LIGHT_PALETTE,
};

export const DARK: Paint = {
  page: "#14171b",
  card: "#1d2127",
  ink: "#e8eaed",
  muted: "#a5adb8",
  line: "#3b424c",
  below: "#272c34",
  accent: "#7db8ff",
  warning: "#ffc069",
  positive: "#6ea8f0",
  negative: "#ff9a3d",
  layers: DARK_PALETTE,
};

/** The themes of files that views export. */
export type Theme = "light" | "dark";

export const THEMES: Readonly<Record<Theme, Paint>> = { light: LIGHT, dark: DARK };

/** `name` with a value made of each colour: `names((name, color) => …)`. */
function mapped(paint: Paint, make: (name: string, color: string) => string): Paint {
  const named = Object.entries(paint).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return {
    ...(Object.fromEntries(named.map(([name, color]) => [name, make(name, color)])) as unknown as Paint),
    layers: paint.layers.map((color, l) => make(`c${l}`, color)),
  };
}

/** The variables of the page: a change of theme needs no new drawing. */
export const LIVE: Paint = mapped(LIGHT, (name) => `var(--${name})`);

/** `--page:#ffffff;…`: what `LIVE` refers to. */
export function variables(paint: Paint): string {
  const all: string[] = [];
  mapped(paint, (name, color) => {
    all.push(`--${name}:${color};`);
    return color;
  });
  return all.join("");
}

/** The colours that hold at an element now, for canvases, which know no variables. */
export function paintAt(element: Element): Paint {
  const style = getComputedStyle(element);
  return mapped(LIGHT, (name, color) => style.getPropertyValue(`--${name}`).trim() || color);
}

export function layerPaint({ layers }: Paint, layer: number): string {
  return layers[layer % layers.length]!;
}
