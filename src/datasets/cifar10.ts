/** CIFAR-10 (A. Krizhevsky, 2009) from its binary batches: records of a label and 3,072 bytes, red, green and blue planes of 32 × 32. */
import { FormatError } from "../errors.ts";
import { type Dataset, dataset } from "./dataset.ts";
import type { ImageFile } from "./image-files.ts";

const PIXELS = 3072;
const RECORD = PIXELS + 1;

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

/** Batches one after another: inputs are pixels / 255. @throws FormatError for bytes that are no whole records, or a label above 9. */
export function cifar10From(name: string, batches: readonly ImageFile[]): Dataset {
  const rows = batches.reduce((sum, { who, bytes }) => {
    if (bytes.length === 0 || bytes.length % RECORD !== 0) {
      const expected = `records of ${RECORD} bytes, a label and 32 × 32 × 3 pixels`;
      throw new FormatError({ who, expected, got: `${bytes.length} bytes, ${bytes.length % RECORD} too many` });
    }
    return sum + bytes.length / RECORD;
  }, 0);
  const data = new Float64Array(rows * PIXELS);
  const labels = new Int32Array(rows);
  let row = 0;
  for (const { who, bytes } of batches) {
    for (let at = 0; at < bytes.length; at += RECORD, row++) {
      const label = bytes[at]!;
      if (label > 9)
        throw new FormatError({ who, expected: "labels from 0 to 9", got: `${label} in record ${at / RECORD}` });
      labels[row] = label;
      for (let k = 0; k < PIXELS; k++) data[row * PIXELS + k] = bytes[at + 1 + k]! / 255;
    }
  }
  return dataset({ name, inputs: { data, shape: [rows, PIXELS] }, labels, classes: cifar10Classes });
}
