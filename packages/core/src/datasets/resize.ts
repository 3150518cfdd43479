/**
 * Shrinks images as scikit-image's `resize` does by default: a Gaussian blur of σ = (factor − 1)/2 along each axis, cut off at 4 σ,
 * then linear interpolation at the centres of the new pixels; beyond its borders the image is mirrored about its outermost pixels.
 */
import { check, requireList } from "../checks/check.ts";
import { exp } from "../information/elementary.ts";

/** Height and width of an image, in pixels. */
export type ImageSize = readonly [height: number, width: number];

/** Standard deviations at which the blur is cut off. */
const TRUNCATE = 4;

/**
 * One image, `[height, width]` row-major, as another of at most that size, as scikit-image's `resize` makes it by
 * default: blurred, then interpolated linearly. Values stay within those of the image.
 *
 * @param from Height and width of the image. @param to The new ones, at most as large.
 * @example
 * ```ts
 * // The left half is black, the right half white.
 * const pixels = [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1];
 * const small = resizeImage(pixels, [4, 4], [2, 2]);
 * console.log([...small].map((value) => value.toFixed(2)).join(" ")); // 0.05 0.95 0.05 0.95
 * ```
 * @throws InvalidInputError unless the pixels fill the size, and the new size is whole, from 1 to the old one.
 */
export function resizeImage(pixels: ArrayLike<number>, from: ImageSize, to: ImageSize): Float64Array {
  for (const [size, what] of [
    [from, "from"],
    [to, "to"],
  ] as const)
    requireList(size, `resizeImage(): ${what}`, "a height and a width");
  requireList(pixels, "resizeImage()", "pixels");
  const fits = to.every((size, axis) => Number.isInteger(size) && size >= 1 && size <= from[axis]!);
  check(fits && pixels.length === from[0] * from[1], () => ({
    who: "resizeImage()",
    expected: `${from.join(" × ")} pixels, and a size from 1 × 1 to that`,
    got: `${pixels.length} pixels, and ${to.join(" × ")}`,
  }));
  return resizer(from, to)(Float64Array.from(pixels));
}

/** As `resizeImage`, for many images of one size; without its checks. */
export function resizer(from: ImageSize, to: ImageSize): (pixels: Float64Array) => Float64Array {
  const rows = axisWeights(from[0], to[0]);
  const columns = axisWeights(from[1], to[1]);
  return (pixels) => {
    const [low, high] = [pixels.reduce((a, b) => Math.min(a, b)), pixels.reduce((a, b) => Math.max(a, b))];
    const narrow = new Float64Array(from[0] * to[1]);
    for (let row = 0; row < from[0]; row++) {
      for (let column = 0; column < to[1]; column++) {
        let sum = 0;
        for (let k = 0; k < from[1]; k++) sum += columns[column * from[1] + k]! * pixels[row * from[1] + k]!;
        narrow[row * to[1] + column] = sum;
      }
    }
    const small = new Float64Array(to[0] * to[1]);
    for (let row = 0; row < to[0]; row++) {
      for (let column = 0; column < to[1]; column++) {
        let sum = 0;
        for (let k = 0; k < from[0]; k++) sum += rows[row * from[0] + k]! * narrow[k * to[1] + column]!;
        small[row * to[1] + column] = Math.min(high, Math.max(low, sum));
      }
    }
    return small;
  };
}

/** What each new pixel of an axis takes of each old one, `[to, from]`: blur and interpolation are linear, so they are one matrix. */
function axisWeights(from: number, to: number): Float64Array {
  const blur = blurWeights(from, (from / to - 1) / 2);
  const weights = new Float64Array(to * from);
  for (let pixel = 0; pixel < to; pixel++) {
    const at = ((pixel + 0.5) * from) / to - 0.5;
    const before = Math.floor(at);
    const share = at - before;
    for (const [old, part] of [
      [mirrored(before, from), 1 - share],
      [mirrored(before + 1, from), share],
    ] as const) {
      for (let k = 0; k < from; k++) weights[pixel * from + k]! += part * blur[old * from + k]!;
    }
  }
  return weights;
}

/** `[size, size]`: each blurred pixel by the pixels it is made of. */
function blurWeights(size: number, sigma: number): Float64Array {
  const weights = new Float64Array(size * size);
  const radius = Math.floor(TRUNCATE * sigma + 0.5);
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, k) =>
    sigma === 0 ? 1 : exp((-0.5 * (k - radius) * (k - radius)) / (sigma * sigma)),
  );
  const sum = kernel.reduce((a, b) => a + b, 0);
  for (let pixel = 0; pixel < size; pixel++) {
    for (const [k, value] of kernel.entries()) {
      weights[pixel * size + mirrored(pixel + k - radius, size)]! += value / sum;
    }
  }
  return weights;
}

/** The pixel that a position beyond the border shows: … 2 1 | 0 1 2 … n−1 | n−2 … */
function mirrored(position: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const at = ((position % period) + period) % period;
  return at < size ? at : period - at;
}
