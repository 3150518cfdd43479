/** What is made of images with labels: fewer classes, smaller images, both parts as one, other labels. */

import { check, requireList } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { Random, Stream } from "../information/random.ts";
import { type Dataset, dataset, requireDataset } from "./dataset.ts";
import { type ImageSize, resizer } from "./resize.ts";

/**
 * The rows whose label is among `labels`, relabelled 0, 1, 2 … in their order, one-hot.
 *
 * @example
 * ```ts
 * const { classes, outputs } = keepClasses(digits(), [3, 8]);
 * console.log(classes, outputs); // [ '3', '8' ] 2
 * ```
 * @throws InvalidInputError for a data set without labels, fewer than two labels, or one that no row has.
 */
export function keepClasses(whole: Dataset, labels: readonly number[]): Dataset {
  const own = labelsOf(whole, "keepClasses()");
  requireList(labels, "keepClasses()", "labels");
  check(labels.length >= 2 && new Set(labels).size >= labels.length, () => ({
    who: "keepClasses()",
    expected: "at least two labels, all different",
    got: JSON.stringify(labels),
  }));
  const kept: number[] = [];
  const seen = new Set<number>();
  for (const [row, label] of own.entries()) {
    if (!labels.includes(label)) continue;
    kept.push(row);
    seen.add(label);
  }
  const absent = labels.find((label) => !seen.has(label));
  check(absent === undefined, () => ({
    who: "keepClasses()",
    expected: `examples of the label ${absent} in ${whole.name}`,
    got: "none",
  }));
  const { features } = whole;
  const inputs = new Float64Array(kept.length * features);
  for (const [at, row] of kept.entries()) {
    inputs.set(whole.inputs.subarray(row * features, (row + 1) * features), at * features);
  }
  return dataset({
    name: whole.name,
    inputs: { data: inputs, shape: [kept.length, features] },
    labels: kept.map((row) => labels.indexOf(own[row]!)),
    classes: labels.map((label) => whole.classes?.[label] ?? `${label}`),
  });
}

/**
 * A data set of images with every image made smaller, as scikit-image's `resize` does by default: blurred, then
 * interpolated linearly. Values stay within those of the image.
 *
 * @param from Height and width of the images. @param to The new ones, at most as large.
 * @example
 * ```ts
 * const small = shrinkImages(digits(), [8, 8], [4, 4]);
 * console.log(small.rows, small.features); // 1797 16
 * ```
 * @throws InvalidInputError unless each row is an image of that size, and the new size is whole, from 1 to the old
 *   one.
 */
export function shrinkImages(whole: Dataset, from: ImageSize, to: ImageSize): Dataset {
  requireDataset(whole, "shrinkImages()");
  const { rows, features, inputs } = whole;
  const fits = to.every((size, axis) => Number.isInteger(size) && size >= 1 && size <= from[axis]!);
  check(features === from[0] * from[1] && fits, () => ({
    who: "shrinkImages()",
    expected: `images of ${from.join(" × ")}, and a new size of at most that`,
    got: `${features} pixels, and the new size ${to.join(" × ")}`,
  }));
  const small = to[0] * to[1];
  const resize = resizer(from, to);
  const shrunk = new Float64Array(rows * small);
  for (let row = 0; row < rows; row++) {
    shrunk.set(resize(inputs.subarray(row * features, (row + 1) * features)), row * small);
  }
  return { ...whole, features: small, inputs: shrunk };
}

/**
 * The rows of one data set, then those of another.
 *
 * @example
 * ```ts
 * const { train: toLearnFrom, test } = split(iris(), 100, 0);
 * console.log(concatenate(toLearnFrom, test).rows); // 150
 * ```
 * @throws InvalidInputError unless both have the same columns and kind of targets.
 */
export function concatenate(first: Dataset, second: Dataset): Dataset {
  for (const each of [first, second]) requireDataset(each, "concatenate()");
  const alike =
    first.features === second.features &&
    first.outputs === second.outputs &&
    (first.labels === undefined) === (second.labels === undefined);
  if (!alike) {
    const shape = ({ features, outputs, labels }: Dataset) =>
      `${features} inputs, ${outputs} outputs${labels === undefined ? "" : ", labels"}`;
    throw new InvalidInputError({ who: "concatenate()", expected: shape(first), got: shape(second) });
  }
  const join = (a: Float64Array, b: Float64Array) => {
    const both = new Float64Array(a.length + b.length);
    both.set(a);
    both.set(b, a.length);
    return both;
  };
  return {
    ...first,
    rows: first.rows + second.rows,
    inputs: join(first.inputs, second.inputs),
    targets: join(first.targets, second.targets),
    labels: first.labels && Int32Array.from([...first.labels, ...second.labels!]),
  };
}

/**
 * The same inputs with labels drawn uniformly, each by itself: a network can only memorize them. The same seed gives
 * the same labels.
 *
 * @example
 * ```ts
 * // By chance about a tenth of ten labels stay what they were.
 * const [own, drawn] = [digits().labels!, randomLabels(digits(), 0).labels!];
 * console.log((own.filter((label, row) => label === drawn[row]).length / own.length).toFixed(2)); // 0.10
 * ```
 * @throws InvalidInputError for a data set without labels.
 */
export function randomLabels(whole: Dataset, seed: number): Dataset {
  labelsOf(whole, "randomLabels()");
  const random = new Random(seed, Stream.labels);
  const classes = Math.max(2, whole.outputs);
  const labels = Int32Array.from({ length: whole.rows }, () => random.below(classes));
  const targets = new Float64Array(whole.rows * whole.outputs);
  for (const [row, label] of labels.entries()) {
    if (whole.outputs === 1) targets[row] = label;
    else targets[row * whole.outputs + label] = 1;
  }
  return { ...whole, name: `${whole.name}, random labels`, labels, targets };
}

function labelsOf(data: Dataset, who: string): Int32Array {
  requireDataset(data, who);
  const { labels, name } = data;
  check(labels !== undefined, () => ({ who, expected: "a data set with labels", got: `${name}, a regression` }));
  return labels;
}
