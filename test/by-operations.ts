import type { Graph } from "../packages/core/src/model/graph.ts";
import { findingsIn } from "../packages/core/src/model/graph-model.ts";
import { Model } from "../packages/core/src/model/model.ts";

class Operations extends Model {
  override get chain(): undefined {
    return undefined;
  }
}

/** A model that is read and measured by its operations, also where it is dense layers in a row. */
export function byOperations(graph: Graph): Model {
  return new Operations(graph, findingsIn(graph));
}
