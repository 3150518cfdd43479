/** The ablator of a model: in a row of dense layers by updates of sums, in a graph by layers. */
import type { Dataset } from "../datasets/dataset.ts";
import type { Model } from "../model/model.ts";
import { isGraphUnits, unitsOf } from "../model/model-units.ts";
import { Ablator, type Replacement, type UnitAblator } from "./ablator.ts";
import { GraphAblator } from "./graph-ablator.ts";

/** @throws InvalidInputError for data without labels or of another width, a class without an example, or values not finite. */
export async function ablatorOf(model: Model, data: Dataset, replacement: Replacement): Promise<UnitAblator> {
  const units = unitsOf(model);
  return isGraphUnits(units) ? GraphAblator.of(units, data, replacement) : Ablator.of(units, data, replacement);
}
