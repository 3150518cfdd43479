/** EI between groups: what some inputs together tell about some outputs together, while all inputs are noise. */
import { check } from "../checks/check.ts";
import { jointOf } from "../estimators/joint.ts";
import { withOccupied } from "../estimators/occupied.ts";
import type { Estimate } from "../information/estimate.ts";
import { derivedSeed } from "../information/random.ts";
import { type Mechanism, requireMechanism } from "../model/mechanism.ts";
import { withOutputs } from "../model/parts-of.ts";
import { type EffectiveInformationOptions, samplingOptions } from "./measure-options.ts";

/** A group of inputs and a group of outputs, between which `eiBetweenGroups()` measures. */
export interface UnitGroups {
  /** Positions of inputs, from 0, each at most once. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/**
 * `I(X̂_S; Ŷ_T)` in bits for each pair of groups (S, T), every input of the layer being noise: 0 … min(|S| · log2 Bx, |T| · log2 By).
 * All inputs and all outputs together are EI; one of each is a term of EI_parts. Samples are left out where an output of T lies
 * outside the output range; units that are in no group do not matter.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 0], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const groups = [{ inputs: [0], outputs: [0, 1] }, { inputs: [1], outputs: [0, 1] }];
 * const estimates = await eiBetweenGroups(layer, groups, { bins: 8 });
 * console.log(estimates.map(({ bits }) => bits.toFixed(3))); // [ '2.015', '1.251' ]
 * ```
 * @throws InvalidInputError for no groups, or groups that are empty, repeat a unit or name one that the layer does not have.
 */
export async function eiBetweenGroups(
  mechanism: Mechanism,
  groups: readonly UnitGroups[],
  options: EffectiveInformationOptions,
): Promise<Estimate[]> {
  const who = "eiBetweenGroups()";
  requireMechanism(mechanism, who);
  const checked = samplingOptions(options, who);
  check(Array.isArray(groups) && groups.length > 0, () => ({
    who,
    expected: "at least one pair of groups",
    got: JSON.stringify(groups) ?? "none",
  }));
  for (const [index, group] of groups.entries()) {
    requireUnits(group?.inputs, mechanism.inputs, `${who}: groups[${index}].inputs`);
    requireUnits(group?.outputs, mechanism.outputs, `${who}: groups[${index}].outputs`);
  }
  const found: Estimate[] = [];
  for (const [index, { inputs, outputs }] of groups.entries()) {
    const parts = new Float64Array(mechanism.inputs).fill(1);
    for (const i of inputs) parts[i] = checked.bins.input;
    const group = withOutputs(mechanism, outputs);
    const estimate = await jointOf(group, parts, {
      ...checked,
      seed: derivedSeed(checked.seed, index),
      onProgress: (fraction) => options.onProgress?.((index + fraction) / groups.length),
    });
    found.push(await withOccupied(estimate, group, checked));
  }
  return found;
}

function requireUnits(units: readonly number[] | undefined, size: number, who: string): void {
  const good =
    Array.isArray(units) &&
    units.length > 0 &&
    units.every((unit) => Number.isInteger(unit) && unit >= 0 && unit < size);
  check(good && new Set(units).size === units.length, () => ({
    who,
    expected: `at least one whole number from 0 to ${size - 1}, all different`,
    got: JSON.stringify(units) ?? "none",
  }));
}
