/**
 * Fisher's Iris flowers: sepal length, sepal width, petal length and petal width in centimetres, of 50 flowers of each of
 * three species (R. A. Fisher, 1936), in the version that scikit-learn holds.
 */
import { type Dataset, dataset } from "./dataset.ts";
import { irisClasses, irisLabels, irisMeasurements } from "./generated/iris-values.ts";

/** 150 rows, 4 features, 3 one-hot outputs. */
export function iris(): Dataset {
  return dataset({
    name: "iris",
    inputs: irisMeasurements,
    labels: Int32Array.from(irisLabels),
    classes: irisClasses,
  });
}
