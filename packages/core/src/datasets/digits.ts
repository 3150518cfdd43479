/** 8 × 8 images of the ten digits. What they are, and their licence, stands in digits-values.ts. */
import { bytesFromBase64 } from "./base64.ts";
import { type Dataset, dataset } from "./dataset.ts";
import { digitsLabels, digitsPixels } from "./digits-values.ts";

/** 1,797 rows, 64 features from 0 to 1 (in steps of 1/16), 10 one-hot outputs. */
export function digits(): Dataset {
  const pixels = bytesFromBase64(digitsPixels);
  return dataset({
    name: "digits",
    inputs: { data: Float64Array.from(pixels, (value) => value / 16), shape: [pixels.length / 64, 64] },
    labels: bytesFromBase64(digitsLabels),
    classes: Array.from({ length: 10 }, (_, digit) => `${digit}`),
  });
}
