/**
 * Dense layers in a row as a graph, with the layers and ranges that graph-layers.ts and assumed-ranges.ts would find in it. They are known
 * here without looking, so that a page whose networks are dense loads nothing that looks.
 */
import { LIMITS } from "../checks/budget.ts";
import type { Range } from "../information/bins.ts";
import { DEFAULT_INPUT_RANGE, type LayerActivation } from "./activation.ts";
import type { DenseChain } from "./dense-chain.ts";
import type { Graph, GraphNode, Operation, Shape } from "./graph.ts";
import type { Layer } from "./graph-layers.ts";
import { tooManyUnits } from "./layer-numbers.ts";
import { defaultRangeOf } from "./mechanism.ts";
import { tensor } from "./tensor.ts";

/**
 * The graph of a network: for each layer a dense node of its name and, unless the activation is the identity, a node "NAME activation".
 *
 * @param who Names the network in messages: its file's path.
 */
export function graphOfChain(
  { layers, inputRange }: DenseChain,
  who = "network",
  rest: Partial<Pick<Graph, "format" | "notes">> = {},
): Graph {
  const nodes: GraphNode[] = [];
  const shapes = new Map<string, Shape>();
  const reserved = new Set(layers.map(({ name }) => name));
  const unused = (name: string): string => {
    let found = name;
    while (reserved.has(found)) found += " ";
    reserved.add(found);
    return found;
  };
  const input = unused("input");
  let last = input;
  const add = (name: string, operation: Operation, width: number): void => {
    nodes.push({ name, operation, inputs: [last], output: name });
    shapes.set(name, [1, width]);
    last = name;
  };
  shapes.set(input, [1, layers[0]!.inputs]);
  for (const { name, inputs, outputs, weights, bias, activation } of layers) {
    const dense: Operation = {
      kind: "dense",
      weights: tensor(`${name}.weight`, [outputs, inputs], weights),
      transposed: false,
      ...(bias !== undefined && { bias: tensor(`${name}.bias`, [outputs], bias) }),
    };
    add(name, dense, outputs);
    if (activation === "identity") continue;
    const after: Operation =
      activation === "softmax" ? { kind: "softmax", axis: 1 } : { kind: "activation", activation };
    add(unused(`${name} activation`), after, outputs);
  }
  return {
    who,
    inputs: [{ name: input, shape: shapes.get(input)! }],
    nodes,
    shapes,
    ...{ format: "layers", notes: [], ...rest },
    outputs: [last],
    inputRange,
  };
}

/** The layers of that graph. */
export function layersOfChain({ layers }: DenseChain, { nodes, inputs }: Graph): readonly Layer[] {
  const found: Layer[] = [];
  let at = 0;
  for (const { name, outputs, weights, bias, activation } of layers) {
    const before = found.at(-1);
    const own = nodes.slice(at, activation === "identity" ? at + 1 : at + 2);
    at += own.length;
    const isTooMany = outputs > LIMITS.units;
    found.push({
      name,
      index: found.length,
      kind: "dense",
      nodes: own,
      sources: [before?.output ?? inputs[0]!.name],
      output: own.at(-1)!.output,
      inputActivation: before?.activation,
      activation,
      parameters: weights.length + (bias?.length ?? 0),
      units: isTooMany ? [] : Array.from({ length: outputs }, (_, unit) => unit),
      place: undefined,
      obstacle: isTooMany ? tooManyUnits(outputs) : undefined,
    });
  }
  return found;
}

/** The ranges that are assumed for the tensors of that graph. */
export function rangesOfChain({ inputRange }: DenseChain, { nodes, inputs }: Graph): (tensor: string) => Range {
  const activations = new Map<string, LayerActivation>();
  for (const { output, operation } of nodes) {
    if (operation.kind === "activation") activations.set(output, operation.activation as LayerActivation);
    else if (operation.kind === "softmax") activations.set(output, "softmax");
  }
  return (tensor) =>
    tensor === inputs[0]!.name
      ? (inputRange ?? DEFAULT_INPUT_RANGE)
      : defaultRangeOf(activations.get(tensor) ?? "identity");
}
