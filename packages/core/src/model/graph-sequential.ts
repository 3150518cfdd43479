/** From a graph of operations to dense layers in a row, where a graph is no more than that; chain-graph.ts is the way back. */
import { FormatError, InvalidInputError } from "../checks/error-classes.ts";
import { isLayerActivation } from "./activation.ts";
import { type DenseChain, type DenseLayer, denseChain, type LayerSpec } from "./dense-chain.ts";
import type { Constant, Graph, GraphNode, Shape } from "./graph.ts";
import { elements } from "./tensor.ts";

export type Sequential =
  | {
      readonly chain: DenseChain;
      /** Whether multiplications and additions, such as batch normalisations, went into weights and biases, which rounds. */
      readonly folded: boolean;
    }
  /** Why the graph is no row of dense layers: a clause that names the node. */
  | { readonly reason: string };

/**
 * The dense layers that a graph is: dense layers, each with at most one activation or softmax after it, on rows of values. What only
 * changes shapes is passed over; scales and shifts are folded into the layer before them, or after them where an activation stands
 * between. Weights are exact: float32 becomes the same float64.
 *
 * @throws FormatError for weights that a network refuses: values that are not finite, names used twice.
 */
export function chainOf(graph: Graph): Sequential {
  const row = new Row();
  try {
    for (const node of inARow(graph)) row.take(node, graph.shapes);
    return { chain: denseChain({ layers: row.layers(), inputRange: graph.inputRange ?? null }), folded: row.folded };
  } catch (error) {
    if (error instanceof NotInARow) return { reason: error.message };
    if (error instanceof InvalidInputError) throw new FormatError(`${graph.who}: ${error.message}`, { cause: error });
    throw error;
  }
}

class NotInARow extends Error {}

/** The nodes, each of which takes what the one before makes, from the only input to the only output. */
function inARow({ inputs, outputs, nodes }: Graph): readonly GraphNode[] {
  if (inputs.length !== 1 || outputs.length !== 1) {
    throw new NotInARow(`it has ${inputs.length} inputs and ${outputs.length} outputs`);
  }
  let last = inputs[0]!.name;
  for (const node of nodes) {
    if (node.inputs.length !== 1 || node.inputs[0] !== last) {
      throw new NotInARow(`${node.name} takes inputs other than the output of the node before it`);
    }
    last = node.output;
  }
  if (last !== outputs[0]) throw new NotInARow(`its output ${outputs[0]} is not the output of its last node`);
  return nodes;
}

interface Draft {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  weights: Float64Array;
  bias: Float64Array | undefined;
  activation: DenseLayer["activation"] | undefined;
}

/** The layers of a row of nodes, as they come. */
class Row {
  folded = false;
  readonly #layers: Draft[] = [];
  /** Scale and shift of the next layer's inputs. */
  #before: { readonly scale: Float64Array; readonly shift: Float64Array } | undefined;

  take(node: GraphNode, shapes: ReadonlyMap<string, Shape>): void {
    const { name, operation } = node;
    const input = shapes.get(node.inputs[0]!);
    if (input === undefined) throw new NotInARow(`${name} takes values of unknown shape`);
    const layer = this.#layers.at(-1);
    switch (operation.kind) {
      case "reshape":
        return;
      case "transpose": {
        const kept = operation.permutation.filter((axis) => input[axis] !== 1);
        if (kept.some((axis, at) => at > 0 && axis < kept[at - 1]!)) throw new NotInARow(`${name} reorders values`);
        return;
      }
      case "dense":
        requireRow(name, input);
        this.#layers.push(this.#afterScale(draftOf(node, operation)));
        return;
      case "affine":
        requireRow(name, input);
        this.#fold(name, numbersOf(name, operation, input.at(-1)!));
        return;
      case "softmax":
        requireRow(name, input);
        if (operation.axis !== input.length - 1) throw new NotInARow(`${name} is along an axis other than the units`);
        this.#activate(name, layer, "softmax");
        return;
      case "activation":
        if (operation.activation !== "identity") this.#activate(name, layer, operation.activation);
        return;
    }
    throw new NotInARow(`${name} is of the kind ${operation.kind}`);
  }

  layers(): LayerSpec[] {
    if (this.#before !== undefined) throw new NotInARow("a scale or shift comes after its last activation");
    return this.#layers.map(({ name, inputs, outputs, weights, bias, activation }) => ({
      name,
      weights: { data: weights, shape: [outputs, inputs] as const },
      bias: bias ?? null,
      activation: activation ?? "identity",
    }));
  }

  #activate(name: string, layer: Draft | undefined, activation: string): void {
    if (layer === undefined || layer.activation !== undefined || this.#before !== undefined) {
      throw new NotInARow(`${name} does not follow a dense layer`);
    }
    if (!isLayerActivation(activation)) throw new NotInARow(`${name} has an activation of another kind`);
    layer.activation = activation;
  }

  #fold(name: string, { scale, shift }: { scale: Float64Array; shift: Float64Array }): void {
    this.folded = true;
    const layer = this.#layers.at(-1);
    if (layer === undefined || layer.activation !== undefined) {
      const { scale: first, shift: added } = this.#before ?? { scale: undefined, shift: undefined };
      this.#before = {
        scale: scale.map((value, i) => value * (first?.[i] ?? 1)),
        shift: shift.map((value, i) => value + scale[i]! * (added?.[i] ?? 0)),
      };
      return;
    }
    if (layer.outputs !== scale.length) throw new NotInARow(`${name} is not over the units of ${layer.name}`);
    layer.weights = layer.weights.map((weight, at) => weight * scale[Math.floor(at / layer.inputs)]!);
    layer.bias = shift.map((value, j) => value + scale[j]! * (layer.bias?.[j] ?? 0));
  }

  #afterScale(layer: Draft): Draft {
    const before = this.#before;
    if (before === undefined) return layer;
    if (before.scale.length !== layer.inputs)
      throw new NotInARow(`${layer.name} takes units other than the scaled ones`);
    this.#before = undefined;
    const bias = layer.bias === undefined ? new Float64Array(layer.outputs) : layer.bias.slice();
    for (let j = 0, w = 0; j < layer.outputs; j++) {
      for (let i = 0; i < layer.inputs; i++) bias[j]! += layer.weights[w++]! * before.shift[i]!;
    }
    const weights = layer.weights.map((weight, at) => weight * before.scale[at % layer.inputs]!);
    return { ...layer, weights, bias };
  }
}

function draftOf({ name }: GraphNode, operation: Extract<GraphNode["operation"], { kind: "dense" }>): Draft {
  const { weights, transposed, bias } = operation;
  const [rows, columns] = weights.shape as readonly [number, number];
  const values = weights.values();
  const [outputs, inputs] = transposed ? [columns, rows] : [rows, columns];
  const data = transposed
    ? Float64Array.from(
        { length: values.length },
        (_, at) => values[(at % inputs) * outputs + Math.floor(at / inputs)]!,
      )
    : Float64Array.from(values);
  return {
    name,
    inputs,
    outputs,
    weights: data,
    bias: bias && Float64Array.from(bias.values()),
    activation: undefined,
  };
}

/** Scale and shift of each unit. */
function numbersOf(name: string, affine: { scale?: Constant; shift?: Constant }, units: number) {
  const spread = (constant: Constant | undefined, otherwise: number) => {
    const { shape, values } = constant ?? { shape: [], values: Float64Array.of(otherwise) };
    if (elements(shape) !== 1 && elements(shape) !== shape.at(-1)) throw new NotInARow(`${name} mixes the axes`);
    return Float64Array.from({ length: units }, (_, at) => values[values.length === 1 ? 0 : at]!);
  };
  return { scale: spread(affine.scale, 1), shift: spread(affine.shift, 0) };
}

function requireRow(name: string, shape: Shape): void {
  if (elements(shape) !== shape.at(-1)) throw new NotInARow(`${name} takes more than one row of values`);
}
