/** Small tasks in the plane, made from a seed: inputs within 0 and 1, two classes. */

import { parse } from "../checks/schema/parse.ts";
import { options as optionsOf } from "../checks/schema/records.ts";
import { number, seed as seedSchema, whole } from "../checks/schema/scalars.ts";
import { cos, log, sin } from "../information/elementary.ts";
import { Random, Stream } from "../information/random.ts";
import { type Dataset, dataset } from "./dataset.ts";

/** The four cases of exclusive or. */
export function xor(): Dataset {
  const inputs = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  return dataset({ name: "XOR", inputs, labels: [0, 1, 1, 0] });
}

export interface ToyOptions {
  readonly rows: number;
  /** Standard deviation of what is added to each coordinate; what falls outside of 0 … 1 is put on the border. */
  readonly noise: number;
  readonly seed: number;
}

const TURNS = 1.5;
const INNER = 0.2;
const OUTER = 0.42;

/** Two spirals of one and a half turns about (½, ½), one the mirror image of the other. @throws InvalidInputError for options out of range. */
export function spiral(options: ToyOptions): Dataset {
  return toy("spiral", options, (share, label) => {
    const angle = 2 * Math.PI * TURNS * share + Math.PI * label;
    const radius = 0.03 + 0.45 * share;
    return [0.5 + radius * cos(angle), 0.5 + radius * sin(angle)];
  });
}

/** Two circles about (½, ½). @throws InvalidInputError for options out of range. */
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
