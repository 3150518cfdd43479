/** Mechanisms made of others: parts that have nothing to do with each other, some of the units, and groups of units as one. */

import { check } from "../checks/check.ts";
import { requireSpec } from "../checks/options-check.ts";
import { listOf } from "../checks/schema/lists.ts";
import { parse } from "../checks/schema/parse.ts";
import { whole } from "../checks/schema/scalars.ts";
import type { Range } from "../information/bins.ts";
import { isActivation } from "./activation.ts";
import type { DenseLayer } from "./dense-chain.ts";
import { type Evaluate, evaluateLayer } from "./evaluate-layers.ts";
import { type DenseMechanism, type DenseStructure, isDense, type Mechanism, requireMechanism } from "./mechanism.ts";

/** Some of a dense mechanism's inputs and outputs; a left-out input must not reach a kept output. */
export function select(
  mechanism: DenseMechanism,
  inputs: readonly number[],
  outputs: readonly number[],
): DenseMechanism {
  const { weights, bias, activation } = mechanism.dense;
  const chosen = new Float64Array(inputs.length * outputs.length);
  for (const [row, j] of outputs.entries()) {
    for (const [column, i] of inputs.entries())
      chosen[row * inputs.length + column] = weights[j * mechanism.inputs + i]!;
  }
  const dense = { weights: chosen, bias: Float64Array.from(outputs, (j) => bias[j]!), activation };
  return {
    ...mechanism,
    inputs: inputs.length,
    outputs: outputs.length,
    inputRanges: inputs.map((i) => mechanism.inputRanges[i]!),
    dense,
    plain: plainOf(mechanism, dense, inputs.length, outputs.length),
    evaluate: async (x, rows) => {
      const full = new Float64Array(rows * mechanism.inputs);
      for (let row = 0; row < rows; row++) {
        for (const [column, i] of inputs.entries()) full[row * mechanism.inputs + i] = x[row * inputs.length + column]!;
      }
      return pick(await mechanism.evaluate(full, rows), rows, mechanism.outputs, outputs);
    },
  };
}

/** Other weights in a dense mechanism's place, as plain data where it is. */
function plainOf(
  { name, plain, activation }: DenseMechanism,
  { weights, bias }: DenseStructure,
  inputs: number,
  outputs: number,
): readonly DenseLayer[] | undefined {
  if (plain === undefined || !isActivation(activation)) return undefined;
  return [{ name, inputs, outputs, weights, bias, activation }];
}

function pick(y: Float64Array, rows: number, width: number, chosen: readonly number[]): Float64Array {
  const found = new Float64Array(rows * chosen.length);
  for (let row = 0; row < rows; row++) {
    for (const [column, j] of chosen.entries()) found[row * chosen.length + column] = y[row * width + j]!;
  }
  return found;
}

/** Inputs and outputs that are linked by non-zero weights, directly or through others; unlinked units are left out. */
export function components(mechanism: DenseMechanism): { inputs: number[]; outputs: number[] }[] {
  const { inputs, outputs } = mechanism;
  const group = Int32Array.from({ length: inputs + outputs }, (_, at) => at);
  const root = (at: number): number => {
    let found = at;
    while (group[found] !== found) {
      group[found] = group[group[found]!]!;
      found = group[found]!;
    }
    return found;
  };
  for (let j = 0, w = 0; j < outputs; j++) {
    for (let i = 0; i < inputs; i++, w++) if (mechanism.dense.weights[w] !== 0) group[root(i)] = root(inputs + j);
  }
  const found = new Map<number, { inputs: number[]; outputs: number[] }>();
  for (let at = 0; at < inputs + outputs; at++) {
    const key = root(at);
    const part = found.get(key) ?? { inputs: [], outputs: [] };
    if (at < inputs) part.inputs.push(at);
    else part.outputs.push(at - inputs);
    found.set(key, part);
  }
  return [...found.values()].filter((part) => part.inputs.length > 0 && part.outputs.length > 0);
}

/** The groups of units that `coarseGrain()` joins. */
export interface MacroSpec {
  /** Groups of inputs, each set to one common value; together all inputs, each once. */
  readonly inputs: readonly (readonly number[])[];
  /** Groups of outputs, each seen as its mean; together all outputs, each once. */
  readonly outputs: readonly (readonly number[])[];
}

/**
 * A coarse-grained mechanism, for questions of causal emergence: a group of inputs is one macro input whose value every member
 * takes, a group of outputs is one macro output, the mean of its members (Hoel, Albantakis & Tononi, "Quantifying causal
 * emergence shows that macro can beat micro", 2013, in the form of averages).
 *
 * @example
 * ```ts
 * const weights = [[2, 2, 0], [2, 2, 0], [0, 0, 4]];
 * const micro = dense({ weights, activation: "sigmoid", inputRange: [-1, 1] });
 * const macro = coarseGrain(micro, { inputs: [[0, 1], [2]], outputs: [[0, 1], [2]] });
 * const { bits } = await eiParts(macro, { bins: 8 });
 * console.log(bits.toFixed(3)); // 4.620
 * ```
 * @throws InvalidInputError for groups that repeat, miss or invent a unit, or join inputs of different ranges.
 */
export function coarseGrain(mechanism: Mechanism, spec: MacroSpec): Mechanism {
  requireMechanism(mechanism, "coarseGrain()");
  requireSpec(spec, { inputs: true, outputs: true }, "coarseGrain()");
  requirePartition(spec.inputs, mechanism.inputs, "inputs");
  requirePartition(spec.outputs, mechanism.outputs, "outputs");
  const inputRanges = spec.inputs.map((group): Range => {
    const [first, ...others] = group.map((i) => mechanism.inputRanges[i]!);
    check(!others.some(([low, high]) => low !== first![0] || high !== first![1]), () => ({
      who: "coarseGrain()",
      expected: "input groups with one range each",
      got: `several in [${group.join(", ")}]`,
    }));
    return first!;
  });
  const [n, m] = [spec.inputs.length, spec.outputs.length];
  const singles = spec.outputs.every((group) => group.length === 1);
  const shape = { name: `${mechanism.name}, coarse-grained`, inputs: n, outputs: m, inputRanges };
  const evaluate: Mechanism["evaluate"] = async (x, rows) => {
    const micro = new Float64Array(rows * mechanism.inputs);
    for (let row = 0; row < rows; row++) {
      for (const [g, group] of spec.inputs.entries())
        for (const i of group) micro[row * mechanism.inputs + i] = x[row * n + g]!;
    }
    const y = await mechanism.evaluate(micro, rows);
    const macro = new Float64Array(rows * m);
    for (let row = 0; row < rows; row++) {
      for (const [g, group] of spec.outputs.entries()) {
        let sum = 0;
        for (const j of group) sum += y[row * mechanism.outputs + j]!;
        macro[row * m + g] = sum / group.length;
      }
    }
    return macro;
  };
  const { outputRange, activation } = mechanism;
  if (!(singles && isDense(mechanism))) return { kind: "blackBox", ...shape, outputRange, activation, evaluate };
  // Single outputs of a dense layer stay dense: the weights of a group act as their sum.
  const weights = new Float64Array(n * m);
  for (const [row, [j]] of spec.outputs.entries()) {
    for (const [g, group] of spec.inputs.entries()) {
      for (const i of group) weights[row * n + g]! += mechanism.dense.weights[j! * mechanism.inputs + i]!;
    }
  }
  const bias = Float64Array.from(spec.outputs, ([j]) => mechanism.dense.bias[j!]!);
  const dense = { ...mechanism.dense, weights, bias };
  const layer = { ...shape, ...dense };
  return {
    ...mechanism,
    ...shape,
    dense,
    plain: plainOf(mechanism, dense, n, m),
    evaluate: (x, rows) => evaluateLayer(layer, x, rows),
  };
}

const unitGroups = listOf(listOf(whole(0)), { words: "groups of units, an array of arrays" });

function requirePartition(groups: readonly (readonly number[])[], units: number, side: string): void {
  parse(unitGroups, groups, `coarseGrain(): ${side}`);
  const all = groups.flat().sort((a, b) => a - b);
  check(
    groups.every((group) => group.length > 0) && all.length === units && all.every((unit, at) => unit === at),
    () => ({
      who: "coarseGrain()",
      expected: `groups of ${side} that contain each of 0 … ${units - 1} exactly once`,
      got: JSON.stringify(groups),
    }),
  );
}

/** The mechanism with some of its outputs only, in the order given; all inputs stay. */
export function withOutputs(mechanism: Mechanism, outputs: readonly number[]): Mechanism {
  if (isDense(mechanism))
    return select(
      mechanism,
      Array.from({ length: mechanism.inputs }, (_, i) => i),
      outputs,
    );
  const { name, inputs, inputRanges, outputRange, activation } = mechanism;
  const some = (evaluate: Evaluate): Evaluate => {
    return async (x, rows) => pick(await evaluate(x, rows), rows, mechanism.outputs, outputs);
  };
  return {
    kind: "blackBox",
    ...{ name, inputs, inputRanges, outputRange, activation },
    outputs: outputs.length,
    alone: mechanism.alone && ((input, rest) => some(mechanism.alone!(input, rest))),
    evaluate: some(mechanism.evaluate),
  };
}
