/** The thing measured: `x → y` between two layers, with the ranges of both sides. */

import { check, requireCount } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { kindOfValue, type OptionNames, requireOptions, requireSpec } from "../checks/options-check.ts";
import { parse } from "../checks/schema/parse.ts";
import { positiveInteger } from "../checks/schema/scalars.ts";
import { type Range, validRange } from "../information/bins.ts";
import {
  type Activation,
  activationOf,
  DEFAULT_INPUT_RANGE,
  isActivation,
  type LayerActivation,
} from "./activation.ts";
import { type DenseChain, type DenseLayer, denseLayer, type WeightsSpec } from "./dense-chain.ts";
import { type Evaluate, evaluateLayer, throughLayers } from "./evaluate-layers.ts";
import { requireFiniteSums, requireNumbers, withoutTiny } from "./layer-numbers.ts";
import type { Program } from "./program.ts";

/** The numbers of a dense layer: `y_j = φ(Σ_i W_ji x_i + b_j)`. */
export interface DenseStructure {
  /** `[outputs, inputs]`, row-major. */
  readonly weights: Float64Array;
  /** `[outputs]`; zeros where the layer has no bias. */
  readonly bias: Float64Array;
  readonly activation: Activation;
}

/** What all mechanisms have: sizes, ranges and the function. */
export interface MechanismBase {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** One per input: each is uniform on its range under do(L1 = H^max). */
  readonly inputRanges: readonly Range[];
  /** The range that the output bins divide. */
  readonly outputRange: Range;
  /** Name of the last activation, for tables: "sigmoid"; "softmax" and "unknown" are possible too. */
  readonly activation: string;
  /**
   * What it is made of as plain data, which a worker can be sent; undefined where a function of the caller's is part of it.
   *
   * @internal
   */
  readonly plain?: readonly DenseLayer[] | Program | undefined;
  /**
   * What it makes of one input alone, `[rows]` → `[rows, outputs]`, the others at `rest`; where that takes less than `evaluate`.
   *
   * @internal
   */
  readonly alone?: ((input: number, rest: Float64Array) => Evaluate) | undefined;
  /** `[rows, inputs]` → `[rows, outputs]`, row-major. */
  readonly evaluate: Evaluate;
}

/** One dense layer and its activation: the exact engine measures it. Made by `dense()`, and found in models. */
export interface DenseMechanism extends MechanismBase {
  readonly kind: "dense";
  readonly dense: DenseStructure;
}

/** Several operations whose numbers are known: layers one after another, a convolution with pooling, a softmax. Found in models. */
export interface ProgramMechanism extends MechanismBase {
  readonly kind: "program";
}

/** A function of which nothing is known but its values. Made by `blackBox()`. */
export interface BlackBoxMechanism extends MechanismBase {
  readonly kind: "blackBox";
}

/**
 * What is measured: a function from `inputs` numbers to `outputs` numbers, with the range of each side. `kind` says how much is known of
 * it: a dense layer, a program of several operations, or its values alone.
 */
export type Mechanism = DenseMechanism | ProgramMechanism | BlackBoxMechanism;

export function isDense(mechanism: Mechanism): mechanism is DenseMechanism {
  return mechanism.kind === "dense";
}

export function isMechanism(value: unknown): value is Mechanism {
  return typeof value === "object" && value !== null && "kind" in value && "evaluate" in value;
}

/** @throws InvalidInputError for anything but a mechanism whose parts fit together. */
export function requireMechanism(value: unknown, who: string): asserts value is Mechanism {
  check(isMechanism(value), () => ({
    who,
    expected: "a mechanism",
    got: kindOfValue(value),
    remedy:
      "dense() creates one from weights, layerMechanism() from a layer of a model; measure() accepts whole models.",
  }));
  requireWhole(value, who);
}

/** @throws InvalidInputError where the parts of a mechanism do not fit together, because it was changed after it was made. */
function requireWhole(mechanism: Mechanism, who: string): void {
  const { inputs, outputs, inputRanges, outputRange } = mechanism;
  parse(positiveInteger, inputs, `${who}: inputs`);
  parse(positiveInteger, outputs, `${who}: outputs`);
  requireCount(inputRanges, inputs, `${who}: inputRanges`, "ranges, one for each input");
  for (const [i, range] of inputRanges.entries()) validRange(range, `${who}: inputRanges [${i}]`);
  validRange(outputRange, `${who}: outputRange`);
  if (!isDense(mechanism)) return;
  const { weights, bias } = mechanism.dense;
  requireCount(weights, inputs * outputs, `${who}: dense.weights`, `weights, ${outputs} × ${inputs}`);
  requireCount(bias, outputs, `${who}: dense.bias`, "values, one for each output");
}

/** One range for every input, or one for each. */
export type InputRangeSpec = readonly [number, number] | readonly (readonly [number, number])[];

/** The ranges of both sides of a mechanism. */
export interface RangeOptions {
  readonly inputRange?: InputRangeSpec;
  readonly outputRange?: readonly [number, number];
}

/** What `dense()` takes: weights, bias, activation and the ranges of both sides. */
export interface DenseSpec extends RangeOptions {
  readonly name?: string;
  /** `[outputs][inputs]` rows, or `{ data, shape: [outputs, inputs] }`. */
  readonly weights: WeightsSpec;
  readonly bias?: ArrayLike<number> | null;
  /** A built-in activation's name, or one of your own made by `activation()`. A softmax layer can only be sampled. */
  readonly activation: LayerActivation | Activation;
  /** One range for all inputs, or one for each. Default (−10, 10), the range of values that no known activation produced. */
  readonly inputRange?: InputRangeSpec;
  /** Default by activation: sigmoid (0, 1), tanh (−1, 1), relu (0, 10), identity (−10, 10) … */
  readonly outputRange?: readonly [number, number];
}

const RANGES: OptionNames<RangeOptions> = { inputRange: true, outputRange: true };
const DENSE: OptionNames<DenseSpec> = { ...RANGES, name: true, weights: true, bias: true, activation: true };

/**
 * A mechanism from the weights of one dense layer: `y_j = φ(Σ_i W_ji x_i + b_j)`. Its measures are computed exactly where they can be.
 *
 * @example
 * ```ts
 * const layer = dense({ weights: [[5, 5], [-5, 5]], activation: "sigmoid", inputRange: [-1, 1] });
 * const { bits } = await effectiveInformation(layer, { bins: 8 });
 * console.log(bits.toFixed(3)); // 3.496
 * ```
 * @throws InvalidInputError for empty or ragged weights, values that are not finite, a bias of another length, an unknown
 *   activation, or a range that is reversed or has no width.
 */
export function dense(spec: DenseSpec): Mechanism {
  requireSpec(spec, DENSE, "dense()");
  const own = typeof spec.activation === "object" && spec.activation !== null ? spec.activation : undefined;
  const layer = denseLayer(
    { ...spec, activation: own === undefined ? (spec.activation as LayerActivation) : "identity" },
    "dense()",
  );
  const { inputRange, outputRange } = spec;
  const ranges = { inputRange, outputRange };
  return own === undefined ? mechanismOf(layer, ranges) : denseMechanism(layer, own, ranges);
}

/** A layer as a mechanism; ranges that are not given follow the activations' defaults. */
export function mechanismOf(layer: DenseLayer, ranges: RangeOptions = {}): Mechanism {
  requireOptions(ranges, RANGES, "mechanismOf()");
  if (isActivation(layer.activation)) {
    return { ...denseMechanism(layer, activationOf(layer.activation), ranges), plain: [layer] };
  }
  return {
    kind: "program",
    ...common(layer, defaultRangeOf(layer.activation), ranges),
    activation: layer.activation,
    plain: [layer],
    alone: (input, rest) => aloneInLayer(layer, input, rest),
    evaluate: (x, rows) => evaluateLayer(layer, x, rows),
  };
}

/** What a layer makes of one input, the others at rest: a layer of that input, whose bias is what the others give. */
function aloneInLayer(layer: DenseLayer, input: number, rest: Float64Array): Evaluate {
  const { inputs, outputs, weights } = layer;
  const others = Float64Array.from(rest, (value, i) => (i === input ? 0 : value));
  const bias = evaluateLayer({ ...layer, activation: "identity" }, others, 1);
  const own = Float64Array.from({ length: outputs }, (_, j) => weights[j * inputs + input]!);
  return (x, rows) => evaluateLayer({ ...layer, inputs: 1, weights: own, bias }, x, rows);
}

function denseMechanism(layer: DenseLayer, activation: Activation, ranges: RangeOptions): DenseMechanism {
  const bias = layer.bias ?? new Float64Array(layer.outputs);
  const sides = common(layer, activation.defaultRange, ranges);
  requireFiniteSums(layer, bias, sides.inputRanges);
  const weights = withoutTiny(layer, sides.inputRanges);
  if (activation.atLeast === undefined) requireNumbers({ ...layer, weights }, activation, bias, sides.inputRanges);
  return {
    kind: "dense",
    ...sides,
    activation: activation.name,
    dense: { weights, bias, activation },
    evaluate: (x, rows) => evaluateLayer({ ...layer, activation }, x, rows),
  };
}

interface Shape {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** @internal What a mechanism of any kind has. */
export function common({ name, inputs, outputs }: Shape, defaultOutput: Range, ranges: RangeOptions) {
  return {
    name,
    inputs,
    outputs,
    inputRanges: inputRangesOf(ranges.inputRange, inputs, name),
    outputRange: validRange(ranges.outputRange ?? defaultOutput, `${name}: outputRange`),
  };
}

function inputRangesOf(spec: InputRangeSpec | undefined, inputs: number, name: string): readonly Range[] {
  const who = `${name}: inputRange`;
  if (spec === undefined) return new Array<Range>(inputs).fill(DEFAULT_INPUT_RANGE);
  if (Array.isArray(spec) && (spec.length > 2 || Array.isArray(spec[0]))) {
    check(spec.length === inputs, () => ({
      who,
      expected: `one range, or ${inputs}, one for each input`,
      got: `${spec.length}`,
    }));
    return (spec as readonly (readonly [number, number])[]).map((range, i) => validRange(range, `${who} [${i}]`));
  }
  return new Array<Range>(inputs).fill(validRange(spec as readonly [number, number], who));
}

/** The least range that holds every input's: what a table shows. */
export function commonInputRange({ inputRanges }: Pick<Mechanism, "inputRanges">): Range {
  return inputRanges.reduce(([low, high], [l, h]) => [Math.min(low, l), Math.max(high, h)]);
}

/** Default range of the values of a layer with this activation. */
export function defaultRangeOf(activation: LayerActivation): Range {
  return activation === "softmax" ? [0, 1] : activationOf(activation).defaultRange;
}

/** The range of what enters layer `index`: the caller's or the network's for the first, else the default of the activation before. */
export function inputRangeBefore(
  { layers, inputRange }: DenseChain,
  index: number,
  given?: InputRangeSpec,
): InputRangeSpec | undefined {
  if (index === 0) return given ?? inputRange;
  return defaultRangeOf(layers[index - 1]!.activation);
}

/** Layers one after another as one mechanism. */
export function throughAll(layers: readonly DenseLayer[], ranges: RangeOptions): Mechanism {
  if (layers.length === 1) return mechanismOf(layers[0]!, ranges);
  const end = layers.at(-1)!;
  const shape = { name: `${layers[0]!.name} … ${end.name}`, inputs: layers[0]!.inputs, outputs: end.outputs };
  return {
    kind: "program",
    ...common(shape, defaultRangeOf(end.activation), ranges),
    activation: end.activation,
    plain: layers,
    evaluate: throughLayers(layers),
  };
}

/** What `blackBox()` takes: the sizes of both sides, their ranges, and the function. */
export interface BlackBoxSpec extends RangeOptions {
  /** Default "black box". */
  readonly name?: string;
  readonly inputs: number;
  readonly outputs: number;
  /** `[rows, inputs]` → `[rows, outputs]`, row-major; may be asynchronous. It must not keep or change its argument. */
  readonly evaluate: (batch: Float64Array) => ArrayLike<number> | Promise<ArrayLike<number>>;
}

/**
 * A mechanism from any function of a batch. Nothing is known of it but its values, so that it is measured by
 * sampling. Both ranges are (−10, 10) where you give none.
 *
 * @example
 * ```ts
 * const halves = blackBox({
 *   inputs: 2,
 *   outputs: 1,
 *   evaluate: (batch) => Float64Array.from({ length: batch.length / 2 }, (_, row) => batch[2 * row]! / 2),
 * });
 * const { bits, standardError } = await effectiveInformation(halves, { bins: 8 });
 * console.log(bits.toFixed(3), standardError.toFixed(3)); // 2.000 0.001
 * ```
 * @throws InvalidInputError for sizes below 1 or invalid ranges; while measuring, for results of another length,
 *   results that are NaN (with the sample that caused them), or a function that throws.
 */
export function blackBox(spec: BlackBoxSpec): BlackBoxMechanism {
  requireSpec(spec, { ...RANGES, name: true, inputs: true, outputs: true, evaluate: true }, "blackBox()");
  const { name = "black box", inputs, outputs } = spec;
  for (const size of [inputs, outputs]) {
    check(Number.isSafeInteger(size) && size >= 1, () => ({
      who: name,
      expected: "inputs and outputs, whole numbers of at least 1",
      got: `${size}`,
    }));
  }
  check(typeof spec.evaluate === "function", () => ({
    who: name,
    expected: "evaluate, a function of a batch",
    got: typeof spec.evaluate,
  }));
  return {
    kind: "blackBox",
    ...common({ name, inputs, outputs }, DEFAULT_INPUT_RANGE, spec),
    activation: "unknown",
    evaluate: checked(name, inputs, outputs, spec.evaluate),
  };
}

/** The caller's function, and a clear word where it does not keep its promise. */
function checked(name: string, inputs: number, outputs: number, evaluate: BlackBoxSpec["evaluate"]): Evaluate {
  return async (x, rows) => {
    let found: ArrayLike<number>;
    try {
      found = await evaluate(x);
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : String(cause);
      const sample = `inputs of the first of ${rows} samples: ${shown(x.subarray(0, inputs))}`;
      throw new InvalidInputError(
        { who: name, expected: "a function that does not throw", got: `an error: ${said} (${sample})` },
        { cause },
      );
    }
    check(found?.length === rows * outputs, () => ({
      who: name,
      expected: `${rows * outputs} values (${rows} samples of ${outputs} outputs)`,
      got: `${found?.length ?? "none"}`,
    }));
    const y = found instanceof Float64Array ? found : Float64Array.from(found);
    for (let at = 0; at < y.length; at++) {
      if (!Number.isNaN(y[at])) continue;
      const row = Math.floor(at / outputs);
      const sample = shown(x.subarray(row * inputs, (row + 1) * inputs));
      throw new InvalidInputError({
        who: name,
        expected: "numbers",
        got: `NaN at output ${at % outputs} for the inputs ${sample}`,
      });
    }
    return y;
  };
}

function shown(values: Float64Array): string {
  const few = Array.from(values.subarray(0, 8), (value) => value.toPrecision(6)).join(", ");
  return `[${few}${values.length > 8 ? ", …" : ""}]`;
}
