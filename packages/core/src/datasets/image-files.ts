/**
 * Images with labels, as MNIST and its likes come: two IDX files, one of pixels and one of labels. Apart from what is made of them, so that
 * a page without images loads nothing that unpacks files.
 */

import { checkFile } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";
import { gunzipped, isGzip } from "./compressed.ts";
import { type Dataset, dataset } from "./dataset.ts";
import { isIdx, readIdx } from "./idx.ts";
import type { NumberTable } from "./number-table.ts";

/** First four bytes of an IDX file of images: unsigned bytes, three axes. */
export const IMAGES_MAGIC = 2051;
/** And of labels: unsigned bytes, one axis. */
export const LABELS_MAGIC = 2049;

/** The bytes of a file of images or labels. */
export interface ImageFile {
  /** Names the bytes in errors: the file's path. */
  readonly who: string;
  /** IDX, packed by gzip or not. */
  readonly bytes: Uint8Array;
}

/**
 * Images and their labels from two IDX files, as MNIST and its likes come: inputs are pixels / 255, 0 … 1, row by row.
 *
 * @param classes Names of the labels 0, 1, 2 …
 * @example
 * ```ts
 * // Two images of 2 × 2 pixels, black and white.
 * const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 255, 255, 255, 255);
 * const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 0, 1);
 * const [imageFile, labelFile] = [{ who: "images", bytes: images }, { who: "labels", bytes: labels }];
 * const { features, inputs } = imagesFrom("two", imageFile, labelFile, ["black", "white"]);
 * console.log(features, inputs.join("")); // 4 00001111
 * ```
 * @throws FormatError for bytes that are no such files, files that are cut off, different numbers of images and
 *   labels, or labels without a name.
 */
export function imagesFrom(name: string, images: ImageFile, labels: ImageFile, classes: readonly string[]): Dataset {
  const pixels = idxOf(images, IMAGES_MAGIC, "images");
  const marks = idxOf(labels, LABELS_MAGIC, "labels");
  const [count, height, width] = pixels.shape as [number, number, number];
  checkFile(marks.shape[0] === count && count !== 0, () => ({
    who: labels.who,
    expected: `as many labels as images in ${images.who} (${count}), at least one`,
    got: `${marks.shape[0]}`,
    remedy: "Images and labels must belong to the same set: both train- or both t10k-.",
  }));
  const wrong = marks.values.findIndex((label) => label >= classes.length);
  checkFile(wrong < 0, () => ({
    who: labels.who,
    expected: `labels from 0 to ${classes.length - 1}`,
    got: `${marks.values[wrong]} at image ${wrong}`,
  }));
  const data = pixels.values.map((value) => value / 255);
  return dataset({ name, inputs: { data, shape: [count, height * width] }, labels: marks.values, classes });
}

function idxOf({ who, bytes }: ImageFile, magic: number, what: string): NumberTable {
  const content = isGzip(bytes) ? gunzipped(bytes, who) : bytes;
  const found = content.length < 4 ? undefined : new DataView(content.buffer, content.byteOffset, 4).getUint32(0);
  if (found !== magic) {
    const other = { [IMAGES_MAGIC]: " (images)", [LABELS_MAGIC]: " (labels)" }[found ?? -1] ?? "";
    throw new FormatError({
      who,
      expected: `an IDX file of ${what}, which starts with the number ${magic}`,
      got: found === undefined ? `${content.length} bytes` : `${found}${other}`,
    });
  }
  checkFile(isIdx(content), () => ({ who, expected: `an IDX file of ${what}`, got: "a damaged header" }));
  return readIdx(content, who);
}
