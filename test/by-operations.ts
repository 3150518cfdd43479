import type { Graph } from "../src/network/graph.ts";
import { Model } from "../src/network/model.ts";

class Operations extends Model {
  override get chain(): undefined {
    return undefined;
  }
}

/** A model that is read and measured by its operations, also where it is dense layers in a row. */
export function byOperations(graph: Graph): Model {
  return new Operations(graph);
}
