// Makes the modules that hold small images: packages/core/src/datasets/small-mnist-values.ts from MNIST's test images (t10k-*.gz in the folder given), and
// packages/core/src/datasets/digits-values.ts from the optical digits as scikit-learn ships them (digits.csv, given second). Run once; the modules are kept
// in the repository, and a test makes them again. Usage, after npm run build: node scripts/embed-images.mjs FOLDER DIGITS.csv
import { readFileSync, writeFileSync } from "node:fs";
import { imagesFrom } from "../packages/core/dist/datasets/image-files.js";
import { keepClasses, shrinkImages } from "../packages/core/dist/datasets/image-sets.js";

const [folder, digits] = process.argv.slice(2);

function write(name, comment, values) {
  const constants = Object.entries(values).map(
    ([key, value]) => `export const ${key}: string =\n  ${JSON.stringify(value)};\n`,
  );
  writeFileSync(
    new URL(`../packages/core/src/datasets/${name}`, import.meta.url),
    `${comment}\n\n${constants.join("\n")}`,
  );
}

const file = (name) => ({ who: name, bytes: new Uint8Array(readFileSync(`${folder}/${name}`)) });
const names = Array.from({ length: 10 }, (_, digit) => `${digit}`);
const whole = imagesFrom("MNIST", file("t10k-images-idx3-ubyte.gz"), file("t10k-labels-idx1-ubyte.gz"), names);
const small = shrinkImages(keepClasses(whole, [0, 1, 2, 3, 4]), [28, 28], [5, 5]);
const pixels = Uint8Array.from(small.inputs, (value) => Math.round(255 * value));
write(
  "small-mnist-values.ts",
  `/**
 * The digits 0 to 4 of the MNIST database's 10,000 test images (Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten
 * digits"; Creative Commons Attribution-Share Alike 3.0), each reduced from 28 × 28 to 5 × 5 pixels by resize.ts and rounded to a byte.
 * Base64 of 25 bytes an image, row by row, and of a byte a label. Made by scripts/embed-images.mjs; do not edit.
 */`,
  {
    smallMnistPixels: Buffer.from(pixels).toString("base64"),
    smallMnistLabels: Buffer.from(small.labels).toString("base64"),
  },
);

const rows = readFileSync(digits, "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(",").map(Number));
// Values from 0 to 16: half a byte holds 0 to 15, so whole bytes.
write(
  "digits-values.ts",
  `/**
 * Optical recognition of handwritten digits, the test set of 1,797 images of 8 × 8 pixels from 0 to 16 (E. Alpaydin, C. Kaynak, UCI Machine
 * Learning Repository, 1998; Creative Commons Attribution 4.0), in the version that scikit-learn holds. Base64 of 64 bytes an image and of
 * a byte a label. Made by scripts/embed-images.mjs; do not edit.
 */`,
  {
    digitsPixels: Buffer.from(rows.flatMap((row) => row.slice(0, 64))).toString("base64"),
    digitsLabels: Buffer.from(rows.map((row) => row[64])).toString("base64"),
  },
);
console.log(`${small.rows} images of MNIST, ${rows.length} digits`);
