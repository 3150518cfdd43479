/** Layers whose numbers cannot be told apart, or are none: near either end of the doubles, and where an activation fails. */
import { LIMITS } from "../checks/budget.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import type { Range } from "../information/bins.ts";
import type { Activation } from "./activation.ts";
import type { DenseLayer } from "./dense-chain.ts";

/** Weights near the end of the doubles overflow in a sum: no threshold means anything there. @throws InvalidInputError for such. */
export function requireFiniteSums(
  { name, inputs, outputs, weights }: DenseLayer,
  bias: Float64Array,
  ranges: readonly Range[],
): void {
  for (let j = 0; j < outputs; j++) {
    let most = Math.abs(bias[j]!);
    for (let i = 0; i < inputs; i++) {
      const [low, high] = ranges[i]!;
      most += Math.abs(weights[j * inputs + i]!) * Math.max(Math.abs(low), Math.abs(high), high - low);
    }
    if (most < 1e300) continue;
    const expected = "weights whose sum over the input range stays below 1e300";
    throw new InvalidInputError({
      who: name,
      expected,
      got: `up to ${most} at output ${j}`,
      remedy: "Scale the layer down.",
    });
  }
}

/** What moves an output by less than this is near the end of the doubles on the other side: nothing can be told of it. */
const TINY = 1e-290;

/** The weights, those whose input cannot move the output as zeros. */
export function withoutTiny({ inputs, weights }: DenseLayer, ranges: readonly Range[]): Float64Array {
  const isTiny = (weight: number, at: number) => {
    const [low, high] = ranges[at % inputs]!;
    return weight !== 0 && Math.abs(weight) * (high - low) < TINY;
  };
  return weights.some(isTiny) ? weights.map((weight, at) => (isTiny(weight, at) ? 0 : weight)) : weights;
}

/** Points at which an activation of one's own is tried before thresholds are sought by bisection, which would not see it fail. */
const TRIALS = 64;

/** @throws InvalidInputError where an activation of one's own gives no number for a value that it can be given. */
export function requireNumbers(
  { name, inputs, outputs, weights }: DenseLayer,
  activation: Activation,
  bias: Float64Array,
  ranges: readonly Range[],
): void {
  for (let j = 0; j < outputs; j++) {
    let [least, most] = [bias[j]!, bias[j]!];
    for (let i = 0; i < inputs; i++) {
      const weight = weights[j * inputs + i]!;
      const [atLow, atHigh] = [weight * ranges[i]![0], weight * ranges[i]![1]];
      least += Math.min(atLow, atHigh);
      most += Math.max(atLow, atHigh);
    }
    for (let trial = 0; trial <= TRIALS; trial++) {
      const z = least + ((most - least) * trial) / TRIALS;
      if (!Number.isNaN(activation.value(z))) continue;
      const expected = `numbers from the activation ${activation.name} for values of output ${j} from ${least} to ${most}`;
      const remedy = "Keep the inputs where the activation is defined, or define it everywhere.";
      throw new InvalidInputError({ who: name, expected, got: `NaN at ${z}`, remedy });
    }
  }
}

/** Why a layer of so many units is no mechanism: a clause. */
export function tooManyUnits(units: number): string {
  return `it has ${units.toLocaleString("en")} units, more than ${LIMITS.units.toLocaleString("en")}`;
}
