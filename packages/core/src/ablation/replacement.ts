/** What takes the place of a unit that is ablated. */

import * as v from "valibot";
import { parse } from "../checks/schema/parse.ts";
import { finite, oneOf } from "../checks/schema/scalars.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { derivedSeed, Random, Stream } from "../information/random.ts";
import type { Model } from "../model/model.ts";
import { unitActivations } from "../observational/unit-activations.ts";
import { placeKey, type Replacement, type UnitPlace } from "./ablator.ts";

/** The names of the replacements: see `ReplacementSpec`. */
export const replacements = ["zero", "mean", "median", "mode", "resample"] as const;

/**
 * What removed units are held at: 0; the unit's mean, median or most frequent value (of equally frequent ones the
 * least) over the training data; its value on another example of these, drawn once per unit and test example; or a
 * number. The mean is what "bias balancing" leaves in the next layer.
 */
export type ReplacementSpec = (typeof replacements)[number] | number;

export const replacementSchema = v.union(
  [oneOf(replacements), finite],
  `${replacements.join(", ")} or a finite number`,
);

/** @throws InvalidInputError for a replacement that is none. */
export async function replacementOf(
  model: Model,
  train: Dataset,
  test: Dataset,
  spec: ReplacementSpec,
  seed: number,
): Promise<Replacement> {
  parse(replacementSchema, spec, "ablation: replacement");
  if (spec === "zero") return () => 0;
  if (typeof spec === "number") return () => spec;
  // A channel is held at one value at all positions, which is on their scale whatever it is measured by.
  const layers = await unitActivations(model, train, "mean");
  const valuesOf = ({ layer, unit }: UnitPlace) => {
    const { values, layer: dense } = layers[layer]!;
    return Float64Array.from({ length: train.rows }, (_, row) => values[row * dense.outputs + unit]!);
  };
  if (spec === "resample") {
    return (place) => {
      const own = valuesOf(place);
      const random = new Random(derivedSeed(seed, place.layer, place.unit), Stream.examples);
      return Float64Array.from({ length: test.rows }, () => own[random.below(train.rows)]!);
    };
  }
  const constant = { mean, median, mode }[spec];
  // Every order asks for every unit.
  const known = new Map<string, number>();
  return (place) => {
    const key = placeKey(place);
    const value = known.get(key) ?? constant(valuesOf(place));
    known.set(key, value);
    return value;
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const [low, high] = [sorted[(sorted.length - 1) >> 1]!, sorted[sorted.length >> 1]!];
  return low + (high - low) / 2;
}

function mode(values: Float64Array): number {
  const sorted = values.toSorted();
  let [best, most, run] = [sorted[0]!, 1, 1];
  for (let k = 1; k < sorted.length; k++) {
    run = sorted[k] === sorted[k - 1] ? run + 1 : 1;
    if (run > most) [best, most] = [sorted[k]!, run];
  }
  return best;
}
