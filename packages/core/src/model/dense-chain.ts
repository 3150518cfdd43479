/** Dense layers in a row as plain data, each with its weights. No framework object, nothing to run. */

import { check, requireFinite, requireUnique } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { kindOfValue, requireNames, requireSpec } from "../checks/options-check.ts";
import { parse } from "../checks/schema/parse.ts";
import { anyRecord } from "../checks/schema/records.ts";
import { type Range, validRange } from "../information/bins.ts";
import type { LayerActivation } from "./activation.ts";
import { isLayerActivation, layerActivations } from "./activation.ts";

/** Weights as rows (one per output), or flat and row-major with their shape. */
export type WeightsSpec =
  | readonly ArrayLike<number>[]
  | { readonly data: ArrayLike<number>; readonly shape: readonly [number, number] };

/** One dense layer, as `network()` takes it. */
export interface LayerSpec {
  readonly name?: string;
  /** `[outputs][inputs]`, as in PyTorch. */
  readonly weights: WeightsSpec;
  readonly bias?: ArrayLike<number> | null;
  readonly activation: LayerActivation;
}

/** Of a layer that is asked for, and of one that is there already. */
const LAYER = ["name", "weights", "bias", "activation", "inputs", "outputs"];

/** A dense layer with its activation. */
export interface DenseLayer {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** `[outputs, inputs]`, row-major. */
  readonly weights: Float64Array;
  /** `[outputs]`, or undefined. */
  readonly bias: Float64Array | undefined;
  readonly activation: LayerActivation;
}

/** Dense layers in a row: what a model is, where it is no more than that (`Model.chain`). */
export interface DenseChain {
  readonly layers: readonly DenseLayer[];
  /** The range of the network's own inputs; undefined where nobody said. */
  readonly inputRange: Range | undefined;
}

/** What `network()` takes: layers, each taking the outputs of the one before, and the range of the first one's inputs. */
export interface ChainLayers {
  readonly layers: readonly LayerSpec[];
  readonly inputRange?: readonly [number, number] | null;
}

/**
 * Checks and copies the layers of a network.
 *
 * @throws InvalidInputError for no layers, empty or ragged weights, values that are not finite, a bias of another length,
 *   an unknown activation, repeated names, or a layer whose inputs are not the outputs of the one before.
 */
export function denseChain(spec: ChainLayers): DenseChain {
  requireSpec(spec, { layers: true, inputRange: true }, "network()");
  check(Array.isArray(spec.layers) && spec.layers.length > 0, () => ({
    who: "network()",
    expected: "at least one layer",
    got: "none",
  }));
  const layers: DenseLayer[] = [];
  for (const [index, layer] of spec.layers.entries()) {
    parse(anyRecord, layer, `network(): layer ${index + 1}`);
    requireNames(Object.keys(layer), LAYER, `network(): layer ${index + 1}`);
    const made = denseLayer(layer, `layer ${index + 1}`);
    const before = layers.at(-1);
    check(before === undefined || before.outputs === made.inputs, () => ({
      who: made.name,
      expected: `${before?.outputs} inputs, as many as ${before?.name} has outputs`,
      got: `${made.inputs}`,
    }));
    layers.push(made);
  }
  requireUnique(
    layers.map(({ name }) => name),
    "network()",
    "layer names",
  );
  const range = spec.inputRange ?? undefined;
  return { layers, inputRange: range === undefined ? undefined : validRange(range, "network(): inputRange") };
}

/** Checks and copies one layer; `fallback` names it where its spec does not. */
export function denseLayer(spec: LayerSpec, fallback: string): DenseLayer {
  const name = spec.name ?? fallback;
  const { weights, inputs, outputs } = readWeights(spec.weights, name);
  const bias = spec.bias === undefined || spec.bias === null ? undefined : readBias(spec.bias, outputs, name);
  requireActivation(spec.activation, name);
  return { name, inputs, outputs, weights, bias, activation: spec.activation };
}

/** @throws InvalidInputError unless a layer may carry this activation. */
export function requireActivation(activation: unknown, who: string): asserts activation is LayerActivation {
  check(isLayerActivation(activation), () => ({
    who,
    expected: `one of the activations ${layerActivations.join(", ")}`,
    got: JSON.stringify(activation) ?? "none",
  }));
}

function readWeights(spec: WeightsSpec, who: string): { weights: Float64Array; inputs: number; outputs: number } {
  check(typeof spec === "object" && spec !== null && (!("data" in spec) || isFlat(spec)), () => ({
    who,
    expected: "weights as rows [outputs][inputs], or { data, shape: [outputs, inputs] }",
    got: kindOfValue(spec),
  }));
  if ("data" in spec) {
    const [outputs, inputs] = spec.shape;
    check(isSize(outputs) && isSize(inputs) && spec.data.length === outputs * inputs, () => ({
      who,
      expected: "weights of shape [outputs, inputs], both at least 1, and a matching number of values",
      got: `shape [${spec.shape.join(", ")}] and ${spec.data.length} values`,
    }));
    const weights = Float64Array.from(spec.data);
    requireFinite(weights, who, InvalidInputError, (at) => `weight [${Math.floor(at / inputs)}][${at % inputs}]`);
    return { weights, inputs, outputs };
  }
  const outputs = Array.isArray(spec) ? spec.length : 0;
  const inputs = outputs === 0 ? 0 : (spec[0]?.length ?? 0);
  check(outputs !== 0 && inputs !== 0, () => ({
    who,
    expected: "weights with at least one row (output) and one column (input)",
    got: `${outputs} rows of ${inputs}`,
  }));
  const weights = new Float64Array(outputs * inputs);
  for (const [j, row] of spec.entries()) {
    check(row?.length === inputs, () => ({
      who,
      expected: `rows of ${inputs} weights, like row 0`,
      got: `${row?.length ?? "none"} in row ${j}`,
      remedy: "Weights are [outputs][inputs], every row of the same length.",
    }));
    for (let i = 0; i < inputs; i++) weights[j * inputs + i] = numberAt(row, i);
  }
  requireFinite(weights, who, InvalidInputError, (at) => `weight [${Math.floor(at / inputs)}][${at % inputs}]`);
  return { weights, inputs, outputs };
}

/** Whether data and shape are lists at all. */
function isFlat({ data, shape }: { readonly data: unknown; readonly shape?: unknown }): boolean {
  return typeof (data as ArrayLike<number> | null | undefined)?.length === "number" && Array.isArray(shape);
}

function readBias(spec: ArrayLike<number>, outputs: number, who: string): Float64Array {
  check(spec.length === outputs, () => ({
    who,
    expected: `a bias of ${outputs} values, one per output`,
    got: `${spec.length}`,
  }));
  const bias = new Float64Array(outputs);
  for (let j = 0; j < outputs; j++) bias[j] = numberAt(spec, j);
  requireFinite(bias, who, InvalidInputError, (at) => `bias [${at}]`);
  return bias;
}

/** A typed array turns null and "1" into numbers; only numbers are numbers here. */
function numberAt(values: ArrayLike<number>, at: number): number {
  const value: unknown = values[at];
  return typeof value === "number" ? value : Number.NaN;
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
