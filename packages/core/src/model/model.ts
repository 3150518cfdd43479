/**
 * The model: a network as a graph of operations, with its layers found. What every reader returns, what `network()` makes, what training
 * yields, and what every measure takes.
 */

import { check } from "../checks/check.ts";
import { kindOfValue } from "../checks/options-check.ts";
import type { Range } from "../information/bins.ts";
import { graphOfChain, layersOfChain, rangesOfChain } from "./chain-graph.ts";
import { type ChainLayers, type DenseChain, denseChain } from "./dense-chain.ts";
import type { Graph, GraphInput, GraphNode, Shape } from "./graph.ts";
import type { Layer } from "./graph-layers.ts";

/** What is found in a graph, when it is first asked for. */
export interface Findings {
  readonly layers: () => readonly Layer[];
  /** The dense layers that it is, or why it is more: a clause. */
  readonly chain: () => DenseChain | { readonly reason: string };
  readonly assumed: () => (tensor: string) => Range;
}

/**
 * A network, as every reader returns it and every measure takes it. Made by `readModel()`, `network()`,
 * `createNetwork()` and `train()`; it never changes.
 */
export class Model implements Graph {
  /** Names it in messages: its file's path, or "network". */
  readonly who: string;
  /** "ONNX, opset 17", "safetensors", "layers" … */
  readonly format: string;
  readonly inputs: readonly GraphInput[];
  /** Names of tensors. */
  readonly outputs: readonly string[];
  /** The operations, in an order in which each comes after what it needs. */
  readonly nodes: readonly GraphNode[];
  /** Of every tensor whose shape is known, with the batch as the first axis. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** The range of the network's own inputs, where it is known. */
  readonly inputRange: Range | undefined;
  /** What the reader passed over or assumed, for the reader of the results. */
  readonly notes: readonly string[];
  readonly #findings: Findings;
  #layers: readonly Layer[] | undefined;
  #assumed: ((tensor: string) => Range) | undefined;
  #chain: DenseChain | { readonly reason: string } | undefined;

  /** @internal Use `readModel()` or `network()`. */
  constructor(graph: Graph, findings: Findings) {
    this.who = graph.who;
    this.format = graph.format;
    this.inputs = graph.inputs;
    this.outputs = graph.outputs;
    this.nodes = graph.nodes;
    this.shapes = graph.shapes;
    this.inputRange = graph.inputRange;
    this.notes = graph.notes;
    this.#findings = findings;
  }

  /** Its layers, in an order in which each comes after those that it takes values from. */
  get layers(): readonly Layer[] {
    this.#layers ??= this.#findings.layers();
    return this.#layers;
  }

  /**
   * The dense layers that the model is, where it is no more than dense layers in a row: what training and some fast paths need. Scales
   * and shifts, such as batch normalisations, are folded into weights and biases. Undefined otherwise.
   */
  get chain(): DenseChain | undefined {
    const found = this.#found();
    return "layers" in found ? found : undefined;
  }

  /** Why it has no `chain`: a clause. Undefined where it has one. */
  get chainObstacle(): string | undefined {
    const found = this.#found();
    return "reason" in found ? found.reason : undefined;
  }

  /** The range that is assumed for a tensor's values where nobody says another. */
  assumedRange(tensor: string): Range {
    this.#assumed ??= this.#findings.assumed();
    return this.#assumed(tensor);
  }

  #found(): DenseChain | { readonly reason: string } {
    this.#chain ??= this.#findings.chain();
    return this.#chain;
  }
}

/** The model of dense layers that are there already. @param who names it in messages. */
export function modelOfChain(chain: DenseChain, who?: string): Model {
  const graph = graphOfChain(chain, who);
  return new Model(graph, {
    layers: () => layersOfChain(chain, graph),
    chain: () => chain,
    assumed: () => rangesOfChain(chain, graph),
  });
}

/**
 * A feed-forward network of dense layers, from its weights.
 *
 * @example
 * ```ts
 * const xor = network({
 *   layers: [
 *     { weights: [[5, 5], [-5, -5]], bias: [-2.5, 7.5], activation: "sigmoid" },
 *     { weights: [[6, 6]], bias: [-9], activation: "sigmoid" },
 *   ],
 *   inputRange: [0, 1],
 * });
 * console.log(xor.layers.map(({ output }) => output)); // [ 'layer 1 activation', 'layer 2 activation' ]
 * ```
 * @throws InvalidInputError for no layers, empty or ragged weights, values that are not finite, a bias of another length,
 *   an unknown activation, repeated names, or a layer whose inputs are not the outputs of the one before.
 */
export function network(spec: ChainLayers): Model {
  return modelOfChain(denseChain(spec));
}

/** @throws InvalidInputError for what has no operations. */
export function requireGraph(value: unknown, who: string): asserts value is Graph {
  check(typeof value === "object" && value !== null && "nodes" in value && "shapes" in value, () => ({
    who,
    expected: "a model",
    got: kindOfValue(value),
    remedy: REMEDY,
  }));
}

/** @throws InvalidInputError for anything but a model. */
export function requireModel(value: unknown, who: string): asserts value is Model {
  check(value instanceof Model, () => ({ who, expected: "a model", got: kindOfValue(value), remedy: REMEDY }));
}

const REMEDY =
  "readModel() reads one from a file (await it), network() creates one from weights, a checkpoint contains one.";

/**
 * The dense layers of a model that is no more than those.
 *
 * @throws InvalidInputError for anything but a model, and for a model of another kind, whose message says what is in the way.
 */
export function requireChain(model: Model, who: string): DenseChain {
  requireModel(model, who);
  const { chain } = model;
  check(chain !== undefined, () => ({
    who,
    expected: "a sequence of dense layers",
    got: `${model.who}: ${model.chainObstacle}`,
  }));
  return chain;
}
