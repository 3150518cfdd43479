/** How strongly the units of each hidden layer are read: the weights that leave them. */
import { InvalidInputError } from "../checks/error-classes.ts";
import type { DenseChain } from "../model/dense-chain.ts";
import type { GraphNode, Operation, Shape } from "../model/graph.ts";
import { withBatch } from "../model/graph-batch.ts";
import { operate } from "../model/graph-operations.ts";
import type { Model } from "../model/model.ts";
import { type GraphUnitLayer, type GraphUnits, isGraphUnits, unitsOf } from "../model/model-units.ts";
import { elements } from "../model/tensor.ts";

/**
 * For each hidden layer the squares of the outgoing weights, summed for each unit: `[units]`. In a graph the weights are those of all dense
 * layers and convolutions that read the unit through activations, scales (which count), pooling, sums and what only arranges values; of a
 * channel, all slices of kernels and all columns that read it.
 *
 * @throws InvalidInputError where units are read by a product or a softmax, are mixed before they are read, or are not read at all.
 */
export function outgoingSquares(model: Model): Float64Array[] {
  const units = unitsOf(model);
  return isGraphUnits(units) ? ofGraph(units) : ofRow(units);
}

function ofRow({ layers }: DenseChain): Float64Array[] {
  return layers.slice(1).map(({ inputs, outputs, weights }) => {
    const squares = new Float64Array(inputs);
    for (let j = 0, w = 0; j < outputs; j++)
      for (let i = 0; i < inputs; i++, w++) squares[i]! += weights[w]! * weights[w]!;
    return squares;
  });
}

function ofGraph(model: GraphUnits): Float64Array[] {
  const graph = withBatch(model.graph, model.input, model.nodes, 1) ?? model.graph;
  const nodes = graph === model.graph ? model.nodes : graph.nodes;
  return model.layers.slice(0, -1).map((layer) => new Readers(layer, graph.shapes).through(nodes));
}

/** Whose a tensor's values are: for each the unit, counted from 1, or 0 for none, and what it is multiplied by. */
interface Owned {
  readonly owners: Float64Array;
  readonly factors: Float64Array;
}

/** Follows the values of one layer's units to the weights that read them. */
class Readers {
  readonly #layer: GraphUnitLayer;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #owned = new Map<string, Owned>();
  readonly #squares: Float64Array;

  constructor(layer: GraphUnitLayer, shapes: ReadonlyMap<string, Shape>) {
    this.#layer = layer;
    this.#shapes = shapes;
    this.#squares = new Float64Array(layer.outputs);
    const { outputs: units, positions, channelsLast } = layer;
    const owners = Float64Array.from(
      { length: units * positions },
      (_, at) => 1 + (channelsLast ? at % units : Math.floor(at / positions)),
    );
    this.#owned.set(layer.tensor, { owners, factors: new Float64Array(owners.length).fill(1) });
  }

  through(nodes: readonly GraphNode[]): Float64Array {
    let isRead = false;
    for (const node of nodes) {
      if (!node.inputs.some((name) => this.#owned.has(name))) continue;
      const { operation } = node;
      if (operation.kind === "dense" || operation.kind === "convolution") {
        this.#read(node, operation);
        isRead = true;
      } else if (!this.#owned.has(node.output)) this.#owned.set(node.output, this.#passed(node));
    }
    if (!isRead) throw this.#undefined("no dense layer or convolution reads them");
    return this.#squares;
  }

  #read({ name, inputs }: GraphNode, operation: Extract<Operation, { kind: "dense" | "convolution" }>): void {
    const shape = this.#shapes.get(inputs[0]!)!;
    const axis = operation.kind === "dense" || operation.channelsLast ? shape.length - 1 : 1;
    const squares = squaresOfInputs(operation, shape[axis]!);
    const { owners, factors } = this.#owned.get(inputs[0]!)!;
    const inner = elements(shape.slice(axis + 1));
    const seen = new Float64Array(squares.length);
    for (const [at, owner] of owners.entries()) {
      const index = Math.floor(at / inner) % squares.length;
      if (owner === 0 || seen[index] === owner) continue;
      if (seen[index] !== 0) throw this.#undefined(`${name} reads several of them with the same weights`);
      seen[index] = owner;
      this.#squares[owner - 1]! += factors[at]! * factors[at]! * squares[index]!;
    }
  }

  #passed({ name, operation, inputs, output }: GraphNode): Owned {
    const shape = this.#shapes.get(output)!;
    const taken = inputs.map((input) => this.#owned.get(input));
    const run = (as: Exclude<Operation, { kind: "unknown" }>, part: keyof Owned): Float64Array => {
      const values = inputs.map((input, k) => {
        const own = this.#shapes.get(input)!;
        return { shape: own, values: taken[k]?.[part] ?? new Float64Array(elements(own)) };
      });
      return operate(as, values, shape, name);
    };
    const both = (as: Exclude<Operation, { kind: "unknown" }>): Owned => ({
      owners: run(as, "owners"),
      factors: run(as, "factors"),
    });
    switch (operation.kind) {
      case "activation":
        return taken[0]!;
      case "affine":
        return { owners: taken[0]!.owners, factors: run({ ...operation, shift: undefined }, "factors") };
      case "reshape":
      case "transpose":
      case "slice":
      case "pad":
      case "concatenate":
      case "max-pool":
      case "global-max-pool":
        return both(operation);
      // All places of a window belong to one channel, whose mean weighs as its values do.
      case "average-pool":
        return both({ ...operation, kind: "max-pool" });
      case "global-average-pool":
        return both({ ...operation, kind: "global-max-pool" });
      case "sum":
        return this.#sum(name, operation.coefficients, both);
      default:
        throw this.#undefined(`they go into ${name}, a ${operation.kind}`);
    }
  }

  /** Each value is of one unit at most, whose factors add up. */
  #sum(name: string, coefficients: readonly number[], both: (as: Extract<Operation, { kind: "sum" }>) => Owned): Owned {
    const alone = coefficients.map((coefficient, k) => ({
      coefficient,
      ...both({ kind: "sum", coefficients: coefficients.map((_, other) => Number(other === k)) }),
    }));
    const owners = new Float64Array(alone[0]!.owners.length);
    const factors = new Float64Array(owners.length);
    for (const part of alone) {
      for (const [at, owner] of part.owners.entries()) {
        if (owner === 0) continue;
        if (owners[at] !== 0 && owners[at] !== owner) throw this.#undefined(`${name} adds several of them`);
        owners[at] = owner;
        factors[at]! += part.coefficient * part.factors[at]!;
      }
    }
    return { owners, factors };
  }

  #undefined(why: string): InvalidInputError {
    return new InvalidInputError({
      who: `weight-spread of ${this.#layer.name}`,
      expected: "units that only dense layers and convolutions read",
      got: why,
      remedy: "Choose other `scores`, such as information or information8.",
    });
  }
}

/** For each input (column, channel) the squares of its weights, summed. */
function squaresOfInputs(
  operation: Extract<Operation, { kind: "dense" | "convolution" }>,
  inputs: number,
): Float64Array {
  const weights = operation.weights.values();
  const squares = new Float64Array(inputs);
  if (operation.kind === "dense") {
    const outputs = weights.length / inputs;
    for (const [at, weight] of weights.entries()) {
      squares[operation.transposed ? Math.floor(at / outputs) : at % inputs]! += weight * weight;
    }
    return squares;
  }
  const [outputs, within, ...kernel] = operation.weights.shape as [number, number, ...number[]];
  const taps = elements(kernel);
  const perGroup = outputs / operation.groups;
  for (const [at, weight] of weights.entries()) {
    const channel = Math.floor(at / taps) % within;
    const group = Math.floor(Math.floor(at / (taps * within)) / perGroup);
    squares[group * within + channel]! += weight * weight;
  }
  return squares;
}
