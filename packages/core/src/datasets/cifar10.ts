/** CIFAR-10 (A. Krizhevsky, 2009) from its binary batches: records of a label and 3,072 bytes, red, green and blue planes of 32 × 32. */
import { check, checkFile } from "../checks/check.ts";
import { type Dataset, dataset } from "./dataset.ts";
import type { ImageFile } from "./image-files.ts";

const PIXELS = 3072;
const RECORD = PIXELS + 1;

/** The classes of CIFAR-10, in the order of its labels 0 … 9. */
export const cifar10Classes = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
] as const;

/**
 * A data set from CIFAR-10's binary batches, one after another: 3,072 features, the red, green and blue planes of 32 ×
 * 32 pixels / 255, 0 … 1.
 *
 * @param records Which records, from 0 over all batches, in that order: as numbers, an image takes eight times its
 *   bytes. Default: all.
 * @example
 * ```ts
 * // A record is a label and 3,072 bytes. Here a white cat (3) and a black airplane (0).
 * const bytes = new Uint8Array(2 * 3073).fill(255, 1, 3073);
 * bytes[0] = 3;
 * const { features, labels, classes } = cifar10From("two images", [{ who: "batch.bin", bytes }]);
 * console.log(features, Array.from(labels!, (label) => classes![label])); // 3072 [ 'cat', 'airplane' ]
 * ```
 * @throws FormatError for bytes that are no whole records, or a label above 9; InvalidInputError for records that are
 *   not there.
 */
export function cifar10From(name: string, batches: readonly ImageFile[], records?: ArrayLike<number>): Dataset {
  const starts = batches.flatMap(({ who, bytes }) => {
    checkFile(bytes.length > 0 && bytes.length % RECORD === 0, () => ({
      who,
      expected: `records of ${RECORD} bytes, a label and 32 × 32 × 3 pixels`,
      got: `${bytes.length} bytes, ${bytes.length % RECORD} too many`,
    }));
    return Array.from({ length: bytes.length / RECORD }, (_, n) => ({ who, bytes, n }));
  });
  const chosen = records === undefined ? starts : Array.from(records, (record) => starts[record]);
  const data = new Float64Array(chosen.length * PIXELS);
  const labels = new Int32Array(chosen.length);
  for (const [row, start] of chosen.entries()) {
    check(start !== undefined, () => ({
      who: name,
      expected: `records from 0 to ${starts.length - 1}`,
      got: `${records![row]}`,
    }));
    const { who, bytes, n } = start;
    const label = bytes[n * RECORD]!;
    checkFile(label <= 9, () => ({ who, expected: "labels from 0 to 9", got: `${label} in record ${n}` }));
    labels[row] = label;
    const pixels = bytes.subarray(n * RECORD + 1, (n + 1) * RECORD);
    for (let k = 0; k < PIXELS; k++) data[row * PIXELS + k] = pixels[k]! / 255;
  }
  return dataset({ name, inputs: { data, shape: [chosen.length, PIXELS] }, labels, classes: cifar10Classes });
}

/** How many records batches have. */
export function cifar10Records(batches: readonly ImageFile[]): number {
  return batches.reduce((sum, { bytes }) => sum + Math.floor(bytes.length / RECORD), 0);
}
