/** The ablator of a classifier: in a row of dense layers by updates of sums, in a graph by layers. */
import type { Dataset } from "../datasets/dataset.ts";
import { type Classifier, isGraphClassifier } from "../network/graph-classifier.ts";
import { Ablator, type Replacement, type UnitAblator } from "./ablator.ts";
import { GraphAblator } from "./graph-ablator.ts";

/** @throws InvalidInputError for data without labels or of another width, a class without an example, or values not finite. */
export async function ablatorOf(model: Classifier, data: Dataset, replacement: Replacement): Promise<UnitAblator> {
  return isGraphClassifier(model) ? GraphAblator.of(model, data, replacement) : Ablator.of(model, data, replacement);
}
