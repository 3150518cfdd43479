/**
 * SVG to PNG, through resvg. The only file of the report that imports `node:`: resvg takes fonts as file paths, and the
 * place of the DejaVu fonts (a dependency) is known only to Node's module resolution. No system font is ever read, so
 * the same SVG gives the same picture on every machine.
 */
import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";

const resolve = createRequire(import.meta.url).resolve;
const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) => resolve(`dejavu-fonts-ttf/ttf/${file}`));

const FONT = {
  loadSystemFonts: false,
  fontFiles: FONTS,
  defaultFontFamily: "DejaVu Sans",
  sansSerifFamily: "DejaVu Sans",
};

/** The PNG file of a figure, `width` pixels wide (by default twice the figure's own width). */
export function png(svg: string, options: { width?: number } = {}): Uint8Array {
  const rendered = new Resvg(svg, {
    font: FONT,
    fitTo: options.width === undefined ? { mode: "zoom", value: 2 } : { mode: "width", value: options.width },
    background: "white",
  });
  return new Uint8Array(rendered.render().asPng());
}

/** The pixels of an SVG, `[height, width, 4]`: red, green, blue and alpha, the colours multiplied by alpha. */
export function pixels(svg: string, width: number): Uint8Array {
  return new Uint8Array(new Resvg(svg, { font: FONT, fitTo: { mode: "width", value: width } }).render().pixels);
}
