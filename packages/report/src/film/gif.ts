/** A film as an animated GIF: for machines without a video encoder. */
import { createRequire } from "node:module";

// A CommonJS module, whose names loaders of ES modules find in different places.
const { GIFEncoder, quantize, applyPalette }: Gifenc = createRequire(import.meta.url)("gifenc");

type Palette = number[][];

/** The part of gifenc in use. */
interface Gifenc {
  GIFEncoder(): {
    writeFrame(
      pixels: Uint8Array,
      width: number,
      height: number,
      options: {
        palette?: Palette;
        delay?: number;
        repeat?: number;
        transparent?: boolean;
        transparentIndex?: number;
        dispose?: number;
      },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  };
  quantize(pixels: Uint8Array, colors: number): Palette;
  applyPalette(pixels: Uint8Array, palette: Palette): Uint8Array;
}

/** Colours of the film; one is kept for pixels that stay as they are. */
const COLORS = 255;

/** Takes the frames of a film, then gives the file. */
export interface GifWriter {
  /** `[height, width, 4]`. */
  add(frame: Uint8Array): void;
  finish(): Uint8Array;
}

/**
 * Writes a film as an animated GIF, which needs no video encoder.
 *
 * @param sample A frame that has all colours of the film: the palette is made of it.
 * @param delay Milliseconds from frame to frame, in steps of 10.
 * @example
 * ```ts
 * const [black, white] = [new Uint8Array(64).fill(0), new Uint8Array(64).fill(255)];
 * const writer = gifWriter(white, 4, 4, 100);
 * for (const frame of [white, black, white]) writer.add(frame);
 * console.log(new TextDecoder().decode(writer.finish().subarray(0, 6))); // GIF89a
 * ```
 */
export function gifWriter(sample: Uint8Array, width: number, height: number, delay: number): GifWriter {
  const palette = quantize(sample, COLORS);
  const same = palette.length;
  palette.push([255, 0, 255]);
  const encoder = GIFEncoder();
  let before: Uint8Array | undefined;
  return {
    add(frame) {
      const pixels = applyPalette(frame, palette.slice(0, same));
      const shown = before === undefined ? pixels : pixels.map((color, k) => (color === before![k] ? same : color));
      const first = before === undefined;
      encoder.writeFrame(shown, width, height, {
        ...(first && { palette }),
        delay,
        repeat: 0,
        // What does not change stays from the frame before.
        transparent: !first,
        transparentIndex: same,
        dispose: 1,
      });
      before = pixels;
    },
    finish() {
      encoder.finish();
      return encoder.bytes();
    },
  };
}
