/** What the units of any model do on data: a value for each example and unit. */

import { check } from "../checks/check.ts";
import { type Dataset, requireDataset } from "../datasets/dataset.ts";
import { GraphRows } from "../model/graph-rows.ts";
import type { Model } from "../model/model.ts";
import {
  type ChannelReading,
  type GraphUnitLayer,
  type GraphUnits,
  isGraphUnits,
  type UnitLayer,
  unitsOf,
} from "../model/model-units.ts";
import { activationsOf, requireFiniteUnits } from "./activations-on-data.ts";

export interface UnitActivations {
  readonly layer: UnitLayer;
  /** `[rows, units]`, after the activation; for a channel its mean or maximum over all positions. */
  readonly values: Float64Array;
}

/**
 * The activations of every layer, each computed once from those before.
 *
 * @throws InvalidInputError for data of another width, or values that are not finite.
 */
export async function unitActivations(
  model: Model,
  data: Dataset,
  channels?: ChannelReading,
): Promise<UnitActivations[]> {
  const units = unitsOf(model, channels);
  return isGraphUnits(units) ? ofGraph(units, data) : activationsOf(units, data);
}

/** @throws InvalidInputError for data of another width than the model's input, whose shape is said. */
export function requireInputShape(
  { features, inputShape, graph }: GraphUnits,
  data: Pick<Dataset, "features" | "name">,
  who: string = graph.who,
): void {
  const shape = inputShape.length > 1 ? `, [${inputShape.join(", ")}] row-major` : "";
  const expected = `rows of ${features} inputs${shape}, as the network has`;
  const got = `${data.features}${who === data.name ? "" : ` in ${data.name}`}`;
  check(data.features === features, { who, expected, got });
}

function ofGraph(model: GraphUnits, data: Dataset): (UnitActivations & { readonly layer: GraphUnitLayer })[] {
  requireDataset(data, model.graph.who);
  requireInputShape(model, data);
  const run = new GraphRows(model, data.rows);
  const tensors = model.layers.map(({ tensor }) => tensor);
  const found = model.layers.map((layer) => ({ layer, values: new Float64Array(data.rows * layer.outputs) }));
  for (const { first, values } of run.batches(new Map([[model.input, data.inputs]]), tensors)) {
    for (const { layer, values: all } of found) {
      all.set(channelValues(layer, values.get(layer.tensor)!, model.channels), first * layer.outputs);
    }
  }
  for (const { layer, values } of found) requireFiniteUnits(values, layer.outputs, layer.name);
  return found;
}

/** `[rows, values of a tensor]` → `[rows, units]`: each channel's mean or maximum over its positions. */
function channelValues(
  { outputs: units, positions, channelsLast }: GraphUnitLayer,
  values: Float64Array,
  reading: ChannelReading,
): Float64Array {
  if (positions === 1) return values;
  const rows = values.length / (units * positions);
  const found = new Float64Array(rows * units);
  const [unitStep, step] = channelsLast ? [1, units] : [positions, 1];
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      const from = row * units * positions + unit * unitStep;
      let read = reading === "mean" ? 0 : -Infinity;
      for (let at = from, k = 0; k < positions; k++, at += step) {
        // Math.max passes NaN on, as the sum does.
        read = reading === "mean" ? read + values[at]! : Math.max(read, values[at]!);
      }
      found[row * units + unit] = reading === "mean" ? read / positions : read;
    }
  }
  return found;
}
