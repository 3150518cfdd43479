/** The layers of a graph as mechanisms. */

import type { Budget } from "../checks/budget.ts";
import { check } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { requireOptions } from "../checks/options-check.ts";
import { type Range, validRange } from "../information/bins.ts";
import { DEFAULT_INPUT_RANGE, type LayerActivation } from "./activation.ts";
import { type DenseLayer, requireActivation } from "./dense-chain.ts";
import { type Graph, oncePer } from "./graph.ts";
import type { Layer } from "./graph-layers.ts";
import { inputRangeBefore, type Mechanism, mechanismOf, throughAll } from "./mechanism.ts";
import { type Model, requireChain, requireModel } from "./model.ts";
import { type Program, valuesOf } from "./program.ts";
import { programMechanism } from "./program-mechanism.ts";
import { isObstacle, type Obstacle, type Traced, trace } from "./trace.ts";

/** The ranges that are known of a network's values, and how much work making a mechanism may take. */
export interface ModelRanges {
  /** Of the network's own inputs. Default: the graph's, else (−10, 10). */
  readonly inputRange?: Range | undefined;
  /** Of the outputs of what is measured. Default: by its activation. */
  readonly outputRange?: Range | undefined;
  /** Of the values of tensors, by name: what was observed. They go before the defaults. */
  readonly observed?: ReadonlyMap<string, Range> | undefined;
  /** Most connections of a mechanism; with more it is none. Default 5e7. */
  readonly most?: number;
  /**
   * What following values back may take. Default: for each mechanism what the graph's weights stand for.
   *
   * @internal
   */
  readonly budget?: Budget;
}

/** A mechanism, and what became of the graph on the way. */
export interface FoundMechanism {
  readonly mechanism: Mechanism;
  /** Whether a window of it covers padding: zeros in place of inputs. */
  readonly padded: boolean;
}

/**
 * Whether `layerMechanism()` returned a mechanism, not the reason why there is none.
 *
 * @example
 * ```ts
 * const model = await readModel(await readFile("model.onnx"), { name: "model.onnx" });
 * const results = model.layers.map((layer) => layerMechanism(model, layer));
 * console.log(results.filter(isFound).length, "of", results.length); // 3 of 3
 * ```
 */
export function isFound(found: FoundMechanism | Obstacle): found is FoundMechanism {
  return "mechanism" in found;
}

/**
 * One layer as a mechanism, or the obstacle: the reason why it is none.
 *
 * @example
 * ```ts
 * const model = await readModel(await readFile("model.onnx"), { name: "model.onnx" });
 * const result = layerMechanism(model, model.layers[0]!, { inputRange: [0, 8] });
 * console.log(isFound(result) ? result.mechanism.inputRanges[0] : result.reason); // [ 0, 8 ]
 * ```
 * @throws InvalidInputError for anything but a model.
 */
export function layerMechanism(model: Model, layer: Layer, ranges: ModelRanges = {}): FoundMechanism | Obstacle {
  requireModel(model, "layerMechanism()");
  return between(model, layer, layer, ranges);
}

/**
 * Every layer of a model as a mechanism; a layer's input range is the default range of the activation before it.
 *
 * @example
 * ```ts
 * const model = await readModel(await readFile("model.onnx"), { name: "model.onnx" });
 * for (const { inputs, outputs, inputRanges } of mechanisms(model, { inputRange: [0, 8] }))
 *   console.log(inputs, outputs, inputRanges[0]); // 4 5 [ 0, 8 ]
 * // 5 5 [ 0, 1 ]
 * // 5 3 [ 0, 1 ]
 * ```
 * @throws InvalidInputError for a layer that is none, and says why; `layerMechanism()` gives the reason instead.
 */
export function mechanisms(model: Model, ranges: Pick<ModelRanges, "inputRange"> = {}): Mechanism[] {
  requireModel(model, "mechanisms()");
  requireOptions<object>(ranges, { inputRange: true, outputRange: true }, "mechanisms()");
  return model.layers.map((layer) => mechanismOrThrow(layerMechanism(model, layer, ranges), layer.name));
}

function mechanismOrThrow(found: FoundMechanism | Obstacle, who: string): Mechanism {
  if (isFound(found)) return found.mechanism;
  throw new InvalidInputError({ who, expected: "a layer that can be measured", got: found.reason });
}

/** Which layers `chain()` spans, and the ranges of both sides. */
export interface ChainSpec extends Pick<ModelRanges, "inputRange" | "outputRange"> {
  /** First layer: its name, or its position from 0. */
  readonly from: string | number;
  /** Last layer. */
  readonly to: string | number;
  /** Measures the last layer with this activation instead of its own: "identity" looks at its pre-activations. Dense layers only. */
  readonly activation?: LayerActivation;
}

/**
 * A mechanism over several layers: noise enters at the inputs of `from`, and arrives at the outputs of `to`. One layer is that
 * layer's own mechanism.
 *
 * @example
 * ```ts
 * const model = network({
 *   layers: [
 *     { weights: [[5, 5], [-5, -5]], bias: [-2.5, 7.5], activation: "sigmoid" },
 *     { weights: [[6, 6]], bias: [-9], activation: "sigmoid" },
 *   ],
 *   inputRange: [0, 1],
 * });
 * const { bits } = await effectiveInformation(chain(model, { from: 0, to: 1 }), { bins: 8 });
 * console.log(bits.toFixed(3)); // 1.755
 * ```
 * @throws InvalidInputError for layers that the model does not have, `to` before `from`, or what is no mechanism.
 */
export function chain(model: Model, spec: ChainSpec): Mechanism {
  requireModel(model, "chain()");
  const known = { from: true, to: true, activation: true, inputRange: true, outputRange: true } as const;
  requireOptions(spec, known, "chain()");
  const { activation, ...ranges } = spec;
  const [from, to] = [modelLayer(model, spec.from, "from"), modelLayer(model, spec.to, "to")];
  check(to.index >= from.index, () => ({
    who: "chain()",
    expected: "`to` at or after `from`",
    got: `from ${spec.from}, to ${spec.to}`,
  }));
  const { inputRange, outputRange } = ranges;
  if (activation === undefined) {
    // The range given is that of what enters `from`, wherever that stands.
    const entering = inputRange === undefined ? [] : from.sources.map((tensor) => [tensor, inputRange] as const);
    const found = between(model, from, to, { inputRange, outputRange, observed: new Map(entering) });
    return mechanismOrThrow(found, from === to ? to.name : `${from.name} … ${to.name}`);
  }
  requireActivation(activation, "chain()");
  const row = requireChain(model, "chain(): activation");
  const layers = row.layers.slice(from.index, to.index + 1);
  layers.push({ ...layers.pop()!, activation });
  return throughAll(layers, { outputRange, inputRange: inputRange ?? inputRangeBefore(row, from.index) });
}

/**
 * A mechanism over several layers: noise enters where `from` takes its inputs, and arrives at the units of `to`. With `from` the same as
 * `to`, that layer's own mechanism.
 */
export function between(model: Model, from: Layer, to: Layer, ranges: ModelRanges = {}): FoundMechanism | Obstacle {
  requireOptions(
    ranges,
    { inputRange: true, outputRange: true, observed: true, most: true, budget: true },
    "ranges of a layer",
  );
  if (to.obstacle !== undefined) return { reason: to.obstacle };
  const { sources } = from;
  const traced = trace({
    graph: model,
    sources,
    output: to.output,
    units: to.units,
    most: ranges.most,
    budget: ranges.budget,
  });
  if (isObstacle(traced)) return traced;
  if (traced.inputs.length === 0) return { reason: "none of its inputs can vary" };
  const name = from === to ? to.name : `${from.name} … ${to.name}`;
  const outputRange = ranges.outputRange ?? ranges.observed?.get(to.output) ?? model.assumedRange(to.output);
  validRange(outputRange, `range of "${to.output}"`);
  const inputRange = inputRangesOf(model, traced, ranges);
  try {
    return {
      mechanism: mechanismFrom(traced, name, to.activation, { inputRange, outputRange }),
      padded: traced.padded,
    };
  } catch (error) {
    // Its numbers, which sums overflow for instance: the other layers of the model have their own.
    if (!(error instanceof InvalidInputError)) throw error;
    return { reason: error.message.replace(`${name}: `, "").replace(/\.$/, "") };
  }
}

function mechanismFrom(
  traced: Traced,
  name: string,
  activation: string,
  ranges: { readonly inputRange: readonly Range[]; readonly outputRange: Range },
): Mechanism {
  if (traced.dense !== undefined) return mechanismOf({ ...traced.dense, name }, ranges);
  const program = traced.program();
  const layers = denseLayers(program, name);
  return layers === undefined
    ? programMechanism({ name, program, activation, ...ranges })
    : { ...throughAll(layers, ranges), name };
}

const inputNames = oncePer(({ inputs }: Graph): ReadonlySet<string> => new Set(inputs.map(({ name }) => name)));

function inputRangesOf(model: Model, traced: Traced, ranges: ModelRanges): Range[] {
  const found = new Map<string, Range>();
  return traced.inputs.map(({ tensor }) => {
    let range = found.get(tensor);
    if (range === undefined) {
      const isInput = inputNames(model).has(tensor);
      range = isInput
        ? (ranges.inputRange ?? ranges.observed?.get(tensor) ?? model.inputRange ?? DEFAULT_INPUT_RANGE)
        : (ranges.observed?.get(tensor) ?? model.assumedRange(tensor));
      validRange(range, `range of "${tensor}"`);
      found.set(tensor, range);
    }
    return range;
  });
}

/** Sums with activations, each of all values before: layers, whose weights are mostly there. */
function denseLayers({ inputs, steps, results }: Program, name: string): DenseLayer[] | undefined {
  const layers: DenseLayer[] = [];
  let [begin, end] = [0, inputs];
  for (let at = 0; at < steps.length; at += 2) {
    const [sums, after] = [steps[at]!, steps[at + 1]];
    if (sums.kind !== "affine" || (after !== undefined && after.kind !== "activation")) return undefined;
    const [width, outputs] = [end - begin, sums.shift.length];
    const { starts, positions } = sums.terms;
    const within = positions.every((position) => position >= begin && position < end);
    if (!within || positions.length < (width * outputs) / 2) return undefined;
    if (after !== undefined && !isRun(after.of, end, outputs)) return undefined;
    const weights = new Float64Array(width * outputs);
    for (let j = 0; j < outputs; j++) {
      for (let k = starts[j]!; k < starts[j + 1]!; k++)
        weights[j * width + positions[k]! - begin] = sums.coefficients[k]!;
    }
    const bias = sums.shift.some((shift) => shift !== 0) ? sums.shift : undefined;
    const activation = after?.activation ?? "identity";
    layers.push({ name: `${name}, part ${layers.length + 1}`, inputs: width, outputs, weights, bias, activation });
    begin = after === undefined ? end : end + outputs;
    end = begin + outputs;
    if (begin !== end - valuesOf(after ?? sums)) return undefined;
  }
  return layers.length > 0 && isRun(results, begin, end - begin) ? layers : undefined;
}

function isRun(positions: Int32Array, from: number, length: number): boolean {
  return positions.length === length && positions.every((position, at) => position === from + at);
}

/** The names of the first layers, for messages. */
export function shownNames({ layers }: Pick<Model, "layers">): string {
  const names = layers.slice(0, 12).map(({ name }) => name);
  return `${names.join(", ")}${layers.length > names.length ? ", …" : ""}`;
}

/**
 * The layer of this name or position.
 *
 * @throws InvalidInputError for one that the model does not have.
 */
export function modelLayer({ layers }: Model, layer: string | number, who: string): Layer {
  const found = typeof layer === "number" ? layers[layer] : layers.find(({ name }) => name === layer);
  check(found !== undefined, () => ({
    who,
    expected: `one of the layers ${shownNames({ layers })}, or a position from 0 to ${layers.length - 1}`,
    got: JSON.stringify(layer),
  }));
  return found;
}
