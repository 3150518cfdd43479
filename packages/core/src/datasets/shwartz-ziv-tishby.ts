/**
 * The data of Shwartz-Ziv & Tishby, "Opening the black box of deep neural networks via information" (2017), as their files hold them: all
 * 4,096 patterns of 12 bits, labelled by a rule that sees the bits as the corners of an icosahedron and does not change when it is turned.
 */
import { type Dataset, dataset } from "./dataset.ts";

const BITS = 12;

/** The corners next to each corner. */
const NEIGHBOURS: readonly (readonly number[])[] = [
  [2, 4, 6, 7, 8],
  [5, 6, 8, 9, 10],
  [0, 6, 7, 10, 11],
  [4, 5, 7, 9, 11],
  [0, 3, 5, 7, 8],
  [1, 3, 4, 8, 9],
  [0, 1, 2, 8, 10],
  [0, 2, 3, 4, 11],
  [0, 1, 4, 5, 6],
  [1, 3, 5, 10, 11],
  [1, 2, 6, 9, 11],
  [2, 3, 7, 9, 10],
];
const ANTIPODES = [
  [0, 9],
  [1, 7],
  [2, 5],
  [3, 6],
  [4, 10],
  [8, 11],
] as const;

/** Greatest 5 edges + 6 antipodes of the label 1, by the number of ones between what is always 0 and always 1. */
const LIMITS: Readonly<Record<number, number>> = { 5: 18, 6: 45.5, 7: 66.5 };
const ALWAYS = 8;

/**
 * The data of Shwartz-Ziv & Tishby (2017): all 4,096 patterns of 12 bits in counting order, column 0 the most
 * significant bit; 2 classes.
 *
 * @example
 * ```ts
 * const { rows, features, labels } = shwartzZivTishby();
 * console.log(rows, features, labels?.reduce((ones, label) => ones + label, 0)); // 4096 12 2118
 * ```
 */
export function shwartzZivTishby(): Dataset {
  const rows = 1 << BITS;
  const inputs = new Float64Array(rows * BITS);
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const isOne = (column: number) => (row >> (BITS - 1 - column)) & 1;
    let [ones, edges, antipodes] = [0, 0, 0];
    for (let column = 0; column < BITS; column++) {
      if (isOne(column) === 0) continue;
      inputs[row * BITS + column] = 1;
      ones++;
      for (const other of NEIGHBOURS[column]!) if (other > column) edges += isOne(other);
    }
    for (const [a, b] of ANTIPODES) antipodes += isOne(a) & isOne(b);
    const limit = LIMITS[ones];
    labels[row] = limit === undefined ? Number(ones >= ALWAYS) : Number(5 * edges + 6 * antipodes < limit);
  }
  return dataset({
    name: "Shwartz-Ziv & Tishby",
    inputs: { data: inputs, shape: [rows, BITS] },
    labels,
    classes: ["0", "1"],
  });
}
