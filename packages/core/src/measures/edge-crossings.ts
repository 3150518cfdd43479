/** Connections so weak that they count only because an edge of the output bins happens to lie where the other inputs rest. */
import { type EngineOptions, type Intervention, outputCuts } from "../estimators/engine.ts";
import { greatest, least } from "../information/extremes.ts";
import { isDense, type Mechanism } from "../model/mechanism.ts";

/** Of a bin: an output that moves by less does not tell values apart, but for an edge between them. */
const SLIGHT = 0.1;

const WORDS = "move their output by less than a tenth of a bin, across the edge between two";

/** Whether a warning is one of these: degeneracy carries them on. */
export function isOfEdges(warning: string): boolean {
  return warning.includes(WORDS);
}

/**
 * A warning that says how many pairs cross an edge of the output bins by less than a tenth of a bin, one input noisy at a time: with a symmetric
 * output range, an even number of bins and inputs at rest at 0, a weight of 1e-6 tells the sign of its input, a whole bit.
 */
export function crossingWarnings(
  mechanism: Mechanism,
  intervention: Intervention,
  options: Pick<EngineOptions, "bins" | "outside" | "offset">,
): string[] {
  if (!isDense(mechanism) || intervention.noise !== "one input" || options.offset === "averaged") return [];
  const { inputs, outputs, inputRanges, outputRange, dense } = mechanism;
  const { weights, bias, activation } = dense;
  const { thresholds } = outputCuts(mechanism, options);
  const slight = (SLIGHT * (outputRange[1] - outputRange[0])) / options.bins.output;
  let crossing = 0;
  for (let j = 0; j < outputs; j++) {
    let atRest = bias[j]!;
    for (let i = 0; i < inputs; i++) atRest += weights[j * inputs + i]! * intervention.rest[i]!;
    for (let i = 0; i < inputs; i++) {
      const weight = weights[j * inputs + i]!;
      const [low, high] = inputRanges[i]!;
      const base = atRest - weight * intervention.rest[i]!;
      const [from, to] =
        weight > 0 ? [base + weight * low, base + weight * high] : [base + weight * high, base + weight * low];
      if (!(from < to) || !isCrossed(thresholds, from, to)) continue;
      const turns = activation.turningPoints.filter((z) => z > from && z < to);
      const values = [from, to, ...turns].map(activation.value);
      if (greatest(values) - least(values) < slight) crossing++;
    }
  }
  if (crossing === 0) return [];
  return [
    `${crossing} of ${inputs * outputs} pairs ${WORDS}: each counts as up to 1 bit by its sign alone; offset "averaged" does not depend on where the bins begin`,
  ];
}

/** Whether a threshold lies above `from` and not above `to`. */
function isCrossed(thresholds: Float64Array, from: number, to: number): boolean {
  let [low, high] = [0, thresholds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (thresholds[middle]! > from) high = middle;
    else low = middle + 1;
  }
  return low < thresholds.length && thresholds[low]! <= to;
}
