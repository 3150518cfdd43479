/** What the bits of one connection rest on: its whole joint law, and how the output answers to the input alone. */
import { check } from "../checks/check.ts";
import { parse } from "../checks/schema/parse.ts";
import { whole } from "../checks/schema/scalars.ts";
import { ALL_INPUTS, type EngineOptions, type MeasureOptions, outputCuts } from "../estimators/engine.ts";
import { exactEngine } from "../estimators/exact/exact-engine.ts";
import { binProbabilities, outputLaw } from "../estimators/exact/marginals.ts";
import type { Range } from "../information/bins.ts";
import { type Estimate, type EstimateMatrix, estimate } from "../information/estimate.ts";
import { evaluateLayer } from "../model/evaluate-layers.ts";
import { type DenseMechanism, isDense, type Mechanism, requireMechanism } from "../model/mechanism.ts";
import type { NoiseSpec } from "../settings/noise-spec.ts";
import { crossingWarnings } from "./edge-crossings.ts";
import { exactOptions, requireExact } from "./measure-options.ts";
import { restingValues, type SensitivityOptions } from "./sensitivity.ts";

/** What `edgeEvidence()` takes. */
export interface EdgeOptions extends Omit<MeasureOptions, "offset">, Pick<SensitivityOptions, "rest"> {
  /** Only uniform noise has an exact law. */
  readonly noise?: NoiseSpec;
}

/** One connection of a dense layer, from input i to output j. */
export interface EdgeEvidence {
  readonly input: number;
  readonly output: number;
  readonly inputRange: Range;
  readonly outputRange: Range;
  /**
   * P(x̂_i, ŷ_j) while all inputs are noise, `shape` = [input bins, output bins], row-major, exact to 1e-9. It sums to 1 less the share
   * outside where that is dropped.
   */
  readonly joint: Float64Array;
  readonly shape: readonly [inputBins: number, outputBins: number];
  /** y_j over x_i at 129 points across its range, all other inputs at rest. */
  readonly response: { readonly x: Float64Array; readonly y: Float64Array };
  /** I(x̂_i; ŷ_j) of this law: the entry of `eiPartsMatrix()`. `outside` is of y_j, all inputs being noise. */
  readonly eiParts: Estimate;
  /** The entry of `sensitivityMatrix()`. `outside` is of y_j while x_i alone is noise. */
  readonly sensitivity: Estimate;
}

const POINTS = 129;

/**
 * The evidence for one connection of a dense layer: the exact joint law of the bins of x_i and y_j, the response of y_j to x_i alone, and the
 * bits of both, which are those of `eiPartsMatrix()` and `sensitivityMatrix()` to the last one.
 *
 * @param input position of the input, from 0. @param output position of the output, from 0.
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 0], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const { joint, response, eiParts, sensitivity } = await edgeEvidence(layer, 0, 1, { bins: 2 });
 * console.log([...joint].map((p) => p.toFixed(3))); // [ '0.125', '0.375', '0.375', '0.125' ]
 * console.log(response.y[64], eiParts.bits.toFixed(3), sensitivity.bits.toFixed(3)); // 0.5 0.189 1.000
 * ```
 * @throws InvalidInputError for a mechanism that is no dense layer, positions that there are not, and options out of range; the signal's
 *   reason when cancelled.
 */
export async function edgeEvidence(
  mechanism: Mechanism,
  input: number,
  output: number,
  options: EdgeOptions,
): Promise<EdgeEvidence> {
  const who = "edgeEvidence()";
  requireMechanism(mechanism, who);
  const checked = exactOptions(options, who);
  check(isDense(mechanism), () => ({
    who: `${who}: ${mechanism.name}`,
    expected: "one dense layer, for an exact law",
    got: "a mechanism known only by its values",
  }));
  requireExact(options, who);
  parse(whole(0, mechanism.inputs - 1), input, `${who}: input`);
  parse(whole(0, mechanism.outputs - 1), output, `${who}: output`);
  const rest = restingValues(mechanism, options.rest ?? 0, who);

  const row = outputAlone(mechanism, output);
  const wire = inputAlone(row, input, rest);
  const oneInput = { noise: "one input", rest: new Float64Array(1) } as const;
  const parts = await exactEngine.pairwise(row, ALL_INPUTS, checked);
  const alone = await exactEngine.pairwise(wire, oneInput, checked);
  return {
    input,
    output,
    inputRange: mechanism.inputRanges[input]!,
    outputRange: mechanism.outputRange,
    joint: jointLaw(row, input, checked),
    shape: [checked.bins.input, checked.bins.output],
    response: responseOf(wire),
    eiParts: entryOf(parts, input, parts.warnings),
    sensitivity: entryOf(alone, 0, [...alone.warnings, ...crossingWarnings(wire, oneInput, checked)]),
  };
}

/** The same layer with one of its outputs. */
function outputAlone(mechanism: DenseMechanism, j: number): DenseMechanism {
  const { inputs, dense } = mechanism;
  const weights = dense.weights.slice(j * inputs, (j + 1) * inputs);
  return withDense(mechanism, inputs, { ...dense, weights, bias: dense.bias.slice(j, j + 1) });
}

/** A layer of one output with one of its inputs, the others at rest: in the order in which the engine adds them up. */
function inputAlone(mechanism: DenseMechanism, i: number, rest: Float64Array): DenseMechanism {
  const { dense, inputRanges } = mechanism;
  let atRest = dense.bias[0]!;
  for (const [k, weight] of dense.weights.entries()) atRest += weight * rest[k]!;
  const weight = dense.weights[i]!;
  const alone = { ...mechanism, inputRanges: [inputRanges[i]!] };
  return withDense(alone, 1, {
    ...dense,
    weights: Float64Array.of(weight),
    bias: Float64Array.of(atRest - weight * rest[i]!),
  });
}

function withDense(mechanism: DenseMechanism, inputs: number, dense: DenseMechanism["dense"]): DenseMechanism {
  const layer = { name: mechanism.name, inputs, outputs: 1, ...dense };
  const evaluate: DenseMechanism["evaluate"] = (x, rows) => evaluateLayer(layer, x, rows);
  return { ...mechanism, inputs, outputs: 1, dense, plain: undefined, alone: undefined, evaluate };
}

/** Given its bin, input i varies over a part of its range about the middle of the bin. */
function jointLaw(row: DenseMechanism, i: number, options: EngineOptions): Float64Array {
  const { input, output } = options.bins;
  const cuts = outputCuts(row, options);
  const [low, high] = row.inputRanges[i]!;
  const half = (high - low) / (2 * input);
  const joint = new Float64Array(input * output);
  // The shape of the law is the same for every bin.
  const part = { ...row, inputRanges: row.inputRanges.with(i, [-half, half]) };
  const law = outputLaw(part, 0);
  const weight = row.dense.weights[i]!;
  const probabilities = new Float64Array(output);
  for (let a = 0; a < input; a++) {
    const centre = law.centre + weight * (low + half * (2 * a + 1));
    binProbabilities([{ ...law, centre }], cuts, probabilities);
    for (let b = 0; b < output; b++) joint[a * output + b] = probabilities[b]! / input;
  }
  return joint;
}

function responseOf(wire: DenseMechanism): EdgeEvidence["response"] {
  const [low, high] = wire.inputRanges[0]!;
  const x = Float64Array.from({ length: POINTS }, (_, k) => low + ((high - low) * k) / (POINTS - 1));
  return { x, y: wire.evaluate(x, POINTS) as Float64Array };
}

function entryOf({ bits, outside }: EstimateMatrix, at: number, warnings: readonly string[]): Estimate {
  return estimate({ bits: bits[at]!, standardError: 0, samples: 0, method: "exact", outside: outside[0]!, warnings });
}
