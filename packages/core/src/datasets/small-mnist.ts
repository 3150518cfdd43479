/**
 * The digits 0 to 4 of MNIST's test images, reduced to 5 × 5 pixels as in Mattsson, Michaud & Hoel (2020). What the images are, and
 * their licence, stands in small-mnist-values.ts.
 */
import { bytesFromBase64 } from "./base64.ts";
import { type Dataset, dataset } from "./dataset.ts";
import { smallMnistLabels, smallMnistPixels } from "./small-mnist-values.ts";

/**
 * The digits 0 to 4 of MNIST's test images, reduced to 5 × 5 pixels as in Mattsson, Michaud & Hoel (2020). 5,139 rows,
 * 25 features 0 … 1, 5 one-hot outputs.
 *
 * @example
 * ```ts
 * const { rows, features, outputs } = smallMnist();
 * console.log(rows, features, outputs); // 5139 25 5
 * ```
 */
export function smallMnist(): Dataset {
  const pixels = bytesFromBase64(smallMnistPixels);
  return dataset({
    name: "MNIST, 5 × 5",
    inputs: { data: Float64Array.from(pixels, (value) => value / 255), shape: [pixels.length / 25, 25] },
    labels: bytesFromBase64(smallMnistLabels),
    classes: ["0", "1", "2", "3", "4"],
  });
}
