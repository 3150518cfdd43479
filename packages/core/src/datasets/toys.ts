/** Small tasks in the plane, made from a seed: inputs within 0 and 1, two classes. */

import { parse } from "../checks/schema/parse.ts";
import { options as optionsOf } from "../checks/schema/records.ts";
import { number, seed as seedSchema, whole } from "../checks/schema/scalars.ts";
import { cos, log, sin } from "../information/elementary.ts";
import { Random, Stream } from "../information/random.ts";
import { type Dataset, dataset } from "./dataset.ts";

/**
 * The four cases of exclusive or: 4 rows, 2 features, 2 one-hot outputs.
 *
 * @example
 * ```ts
 * const { inputs, labels } = xor();
 * console.log([...inputs].join(""), [...labels!].join("")); // 00011011 0110
 * ```
 */
export function xor(): Dataset {
  const inputs = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  return dataset({ name: "XOR", inputs, labels: [0, 1, 1, 0] });
}

/** How many points in the plane are made, and how far they are scattered. */
export interface ToyOptions {
  readonly rows: number;
  /** Standard deviation of what is added to each coordinate; what falls outside of 0 … 1 is put on the border. */
  readonly noise: number;
  readonly seed: number;
}

const TURNS = 1.5;
const INNER = 0.2;
const OUTER = 0.42;

/**
 * Two spirals of one and a half turns about (½, ½), one the mirror image of the other: two features 0 … 1, rows of the
 * two classes in turn.
 *
 * @example
 * ```ts
 * const { rows, features, labels } = spiral({ rows: 200, noise: 0.01, seed: 0 });
 * console.log(rows, features, labels?.slice(0, 4)); // 200 2 Int32Array(4) [ 0, 1, 0, 1 ]
 * ```
 * @throws InvalidInputError for fewer than 2 rows, noise below 0, or a seed that is none.
 */
export function spiral(options: ToyOptions): Dataset {
  return toy("spiral", options, (share, label) => {
    const angle = 2 * Math.PI * TURNS * share + Math.PI * label;
    const radius = 0.03 + 0.45 * share;
    return [0.5 + radius * cos(angle), 0.5 + radius * sin(angle)];
  });
}

/**
 * Two circles about (½, ½), of radius 0.2 (label 0) and 0.42 (label 1): two features 0 … 1, rows of the two classes in
 * turn.
 *
 * @example
 * ```ts
 * const { inputs, labels } = circles({ rows: 2, noise: 0, seed: 0 });
 * const radius = (row: number) => Math.hypot(inputs[2 * row]! - 0.5, inputs[2 * row + 1]! - 0.5);
 * console.log([...labels!], radius(0).toFixed(2), radius(1).toFixed(2)); // [ 0, 1 ] 0.20 0.42
 * ```
 * @throws InvalidInputError for fewer than 2 rows, noise below 0, or a seed that is none.
 */
export function circles(options: ToyOptions): Dataset {
  return toy("circles", options, (share, label) => {
    const radius = label === 0 ? INNER : OUTER;
    return [0.5 + radius * cos(2 * Math.PI * share), 0.5 + radius * sin(2 * Math.PI * share)];
  });
}

const toyOptions = optionsOf({ rows: whole(2), noise: number(0), seed: seedSchema });

function toy(
  name: string,
  options: ToyOptions,
  place: (share: number, label: number) => readonly [number, number],
): Dataset {
  const { rows, noise, seed } = parse(toyOptions, options, `${name}()`);
  const random = new Random(seed, Stream.examples);
  const inputs = new Float64Array(2 * rows);
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 2);
  for (let row = 0; row < rows; row++) {
    const [x, y] = place(random.uniform(), row % 2);
    // Box and Muller's pair of normal numbers.
    const length = noise * Math.sqrt(-2 * log(random.uniform()));
    const angle = 2 * Math.PI * random.uniform();
    inputs[2 * row] = Math.min(1, Math.max(0, x + length * cos(angle)));
    inputs[2 * row + 1] = Math.min(1, Math.max(0, y + length * sin(angle)));
  }
  return dataset({ name, inputs: { data: inputs, shape: [rows, 2] }, labels });
}
