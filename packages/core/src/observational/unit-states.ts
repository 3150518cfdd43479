/** The states that a unit is read as, by edges learned on one set of data and kept. */
import type { UnitLayer } from "../model/model-units.ts";
import { learnQuantizer, type Quantizer, type QuantizerSpec, quantized } from "./quantizer.ts";
import type { UnitActivations } from "./unit-activations.ts";

export interface UnitStates {
  readonly quantizer: Quantizer;
  /** The unit's values, and the state of each. */
  readonly values: Float64Array;
  readonly states: Int32Array;
}

/** @param learned activations of the same layer that edges are learned from. @throws InvalidInputError as `learnQuantizer`. */
export function unitStates(
  own: UnitActivations,
  learned: UnitActivations,
  unit: number,
  spec: QuantizerSpec,
): UnitStates {
  const others = valuesOf(learned, unit);
  const values = own === learned ? others : valuesOf(own, unit);
  const quantizer = learnQuantizer(specFor(own.layer, spec, others), others, own.layer.activation);
  return { quantizer, values, states: quantized(quantizer, values) };
}

function valuesOf({ layer: { outputs }, values }: UnitActivations, unit: number): Float64Array {
  const own = new Float64Array(values.length / outputs);
  for (let row = 0; row < own.length; row++) own[row] = values[row * outputs + unit]!;
  return own;
}

/** The mean of a channel over many positions is seldom 0 even where its activation mostly is: its median divides it. */
function specFor({ positions = 1 }: UnitLayer, spec: QuantizerSpec, values: Float64Array): QuantizerSpec {
  if (spec.kind !== "threshold" || spec.threshold !== undefined || positions === 1) return spec;
  const sorted = values.toSorted();
  return { kind: "threshold", threshold: sorted[Math.floor((sorted.length - 1) / 2)] };
}
