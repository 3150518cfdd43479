/**
 * Fisher's Iris flowers: sepal length, sepal width, petal length and petal width in centimetres, of 50 flowers of each of
 * three species (R. A. Fisher, 1936), in the version that scikit-learn holds.
 */
import { type Dataset, dataset } from "./dataset.ts";
import { irisClasses, irisLabels, irisMeasurements } from "./generated/iris-values.ts";

/**
 * Fisher's iris flowers: four lengths in centimetres, and which of three species. 150 rows, 4 features, 3 one-hot
 * outputs.
 *
 * @example
 * ```ts
 * const { rows, features, classes } = iris();
 * console.log(rows, features, classes); // 150 4 [ 'setosa', 'versicolor', 'virginica' ]
 * ```
 */
export function iris(): Dataset {
  return dataset({
    name: "iris",
    inputs: irisMeasurements,
    labels: Int32Array.from(irisLabels),
    classes: irisClasses,
  });
}
