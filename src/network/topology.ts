/** What a network looks like from outside: its layers as a directed graph, with what comes before and after each. */
import type { Range } from "../information/bins.ts";
import { commonInputRange, isDense, mechanisms } from "./mechanism.ts";
import type { Network } from "./network.ts";

export interface LayerNode {
  readonly name: string;
  /** Position in the network, from 0. */
  readonly index: number;
  readonly kind: "dense";
  readonly inputs: number;
  readonly outputs: number;
  /** Weights and biases. */
  readonly parameters: number;
  /** The activation that made this layer's inputs; undefined for the network's own inputs. */
  readonly inputActivation: string | undefined;
  readonly activation: string;
  /** Ranges that measures assume unless others are given. */
  readonly inputRange: Range;
  readonly outputRange: Range;
  /** Who answers for pairwise measures: the exact engine, or sampling. */
  readonly engine: "exact" | "sampling";
}

export interface Topology {
  readonly nodes: readonly LayerNode[];
  /** Positions of nodes: what the first makes, the second takes. */
  readonly edges: readonly (readonly [from: number, to: number])[];
}

/** The layers of a network, in order, and how they follow each other. */
export function topologyOf(
  network: Network,
  options: { readonly inputRange?: readonly [number, number] } = {},
): Topology {
  const measured = mechanisms(network, options);
  const nodes = network.layers.map((layer, index): LayerNode => {
    const mechanism = measured[index]!;
    return {
      name: layer.name,
      index,
      kind: "dense",
      inputs: layer.inputs,
      outputs: layer.outputs,
      parameters: layer.weights.length + (layer.bias?.length ?? 0),
      inputActivation: network.layers[index - 1]?.activation,
      activation: layer.activation,
      inputRange: commonInputRange(mechanism),
      outputRange: mechanism.outputRange,
      engine: isDense(mechanism) ? "exact" : "sampling",
    };
  });
  return { nodes, edges: nodes.slice(1).map(({ index }) => [index - 1, index] as const) };
}
