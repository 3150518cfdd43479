/** The model of a graph that a file holds: what it is made of has to be found. Apart from the models of dense layers, which need none of it. */
import { CausalscopeError } from "../checks/error-classes.ts";
import { assumedRanges } from "./assumed-ranges.ts";
import type { DenseChain } from "./dense-chain.ts";
import type { Graph } from "./graph.ts";
import { layersOf } from "./graph-layers.ts";
import { chainOf } from "./graph-sequential.ts";
import { type Findings, Model } from "./model.ts";

/** The model that a graph is; a model stays as it is. */
export function modelOf(graph: Graph): Model {
  return graph instanceof Model ? graph : new Model(graph, findingsIn(graph));
}

export function findingsIn(graph: Graph): Findings {
  return {
    layers: () => layersOf(graph),
    chain: () => asChain(graph),
    assumed: () => assumedRanges(graph),
  };
}

function asChain(graph: Graph): DenseChain | { readonly reason: string } {
  try {
    const found = chainOf(graph);
    return "chain" in found ? found.chain : found;
  } catch (error) {
    if (!(error instanceof CausalscopeError)) throw error;
    return { reason: error.message };
  }
}
