/** 8 × 8 images of the ten digits. What they are, and their licence, stands in digits-values.ts. */
import { bytesFromBase64 } from "./base64.ts";
import { type Dataset, dataset } from "./dataset.ts";
import { digitsLabels, digitsPixels } from "./digits-values.ts";

/**
 * Images of the ten digits, 8 × 8 pixels. 1,797 rows, 64 features 0 … 1 in steps of 1/16, 10 one-hot outputs.
 *
 * @example
 * ```ts
 * const { rows, features, outputs } = digits();
 * console.log(rows, features, outputs); // 1797 64 10
 * ```
 */
export function digits(): Dataset {
  const pixels = bytesFromBase64(digitsPixels);
  return dataset({
    name: "digits",
    inputs: { data: Float64Array.from(pixels, (value) => value / 16), shape: [pixels.length / 64, 64] },
    labels: bytesFromBase64(digitsLabels),
    classes: Array.from({ length: 10 }, (_, digit) => `${digit}`),
  });
}
