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

/**
 * The PNG file of a figure, `width` pixels wide: by default twice the figure's own width.
 *
 * @example
 * ```ts
 * const file = png('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>', { width: 100 });
 * const header = new DataView(file.buffer, file.byteOffset);
 * console.log(header.getUint32(16), "×", header.getUint32(20)); // 100 × 50
 * ```
 */
export function png(svg: string, options: { width?: number } = {}): Uint8Array {
  const rendered = new Resvg(svg, {
    font: FONT,
    fitTo: options.width === undefined ? { mode: "zoom", value: 2 } : { mode: "width", value: options.width },
    background: "white",
  });
  return new Uint8Array(rendered.render().asPng());
}

/**
 * The pixels of an SVG, `[height, width, 4]`: red, green, blue and alpha, 0 … 255, the colours multiplied by alpha.
 *
 * @example
 * ```ts
 * const red = '<rect width="1" height="1" fill="red"/>';
 * const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1">${red}</svg>`;
 * console.log(pixels(svg, 2).join(" ")); // 255 0 0 255 0 0 0 0
 * ```
 */
export function pixels(svg: string, width: number): Uint8Array {
  return new Uint8Array(new Resvg(svg, { font: FONT, fitTo: { mode: "width", value: width } }).render().pixels);
}
