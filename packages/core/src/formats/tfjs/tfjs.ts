/**
 * Models of TensorFlow.js: `model.json` and the binary shards beside it. Text in, graph out; shards come through a callback.
 * https://www.tensorflow.org/js/guide/save_load
 */

import { checkFile } from "../../checks/check.ts";
import { requireOptions } from "../../checks/options-check.ts";
import type { Graph } from "../../model/graph.ts";
import type { GivenShapes } from "../input-shapes.ts";
import { requireShapesOfInputs } from "../input-shapes.ts";
import { parseJson, record, shown } from "../json-values.ts";
import { type Json, listAt, property, recordAt } from "./checked.ts";
import { graphOperators, tensorflowGraph } from "./graph-model.ts";
import { kerasGraph, kerasLayers } from "./keras.ts";
import { type FileOf, weightsOf } from "./weights.ts";

export { tfjsWeights } from "./weights.ts";

export interface TfjsOptions {
  /** Gives the bytes of a shard by its path relative to the folder of model.json; undefined where there is none. */
  readonly file: FileOf;
  /** Whole shapes, batch included, of inputs whose sizes the file leaves open, by their names; "" stands for the only input. */
  readonly inputShapes?: GivenShapes;
}

/**
 * Reads a layers model or a graph model.
 *
 * @param text The whole of model.json.
 * @param who Names the file in errors: its path.
 * @throws FormatError, naming file and layer or tensor, for text that is no such model, shards that are missing, too short or outside
 *   the folder, weights that are missing, not finite or of another shape than their layer's, and layers that refer to nothing or to each
 *   other in a circle.
 * @throws InvalidInputError for input shapes of inputs that are not there, or that do not fit the file's.
 */
export function graphFromTfjs(text: string, who: string, options: TfjsOptions): Graph {
  requireOptions(options, { file: true, inputShapes: true }, "graphFromTfjs()");
  const root = record(parseJson(text, who), who, "an object with modelTopology and weightsManifest");
  const topology = recordAt(root, "modelTopology", who);
  const given = options.inputShapes ?? {};
  const weights = weightsOf(listAt(root, "weightsManifest", who), who, options.file);
  const graph = isGraphModel(root, topology, who)
    ? tensorflowGraph(topology, signatureOf(root), weights, who, given)
    : kerasGraph(topology, weights.tensors, who, given, weights.notes);
  requireShapesOfInputs(given, graph.inputs, who);
  return graph;
}

/** Whether a text looks like a model.json of TensorFlow.js, by its keys. Nothing is parsed. */
export function isTfjs(text: string): boolean {
  return /^\uFEFF?\s*\{/.test(text) && /"modelTopology"\s*:/.test(text);
}

export interface TfjsOperator {
  /** The class of a Keras layer, or a TensorFlow operator. */
  readonly name: string;
  readonly model: "layers" | "graph";
  /** The kind of operation in the graph. */
  readonly becomes: string;
  readonly remark: string;
}

/** All that is read; anything else becomes an unknown node. */
export const tfjsOperators: readonly TfjsOperator[] = [
  { name: "InputLayer", model: "layers", becomes: "an input", remark: "" },
  ...listed("layers", kerasLayers),
  { name: "Placeholder", model: "graph", becomes: "an input", remark: "" },
  { name: "Const", model: "graph", becomes: "a constant", remark: "" },
  ...listed("graph", graphOperators),
];

function listed(
  model: TfjsOperator["model"],
  readers: Readonly<Record<string, { readonly becomes: string; readonly remark?: string }>>,
): TfjsOperator[] {
  return Object.entries(readers).map(([name, { becomes, remark = "" }]) => ({ name, model, becomes, remark }));
}

/** Older files do not say what they are. */
function isGraphModel(root: Json, topology: Json, who: string): boolean {
  const format = property(root, "format");
  if (format === undefined) return property(topology, "node") !== undefined;
  checkFile(format === "graph-model" || format === "layers-model", () => ({
    who: `${who}: format`,
    expected: '"layers-model" or "graph-model"',
    got: shown(format),
  }));
  return format === "graph-model";
}

/** Older converters put it among the metadata. */
function signatureOf(root: Json): unknown {
  const metadata = property(root, "userDefinedMetadata");
  const older = typeof metadata === "object" && metadata !== null ? property(metadata as Json, "signature") : undefined;
  return property(root, "signature") ?? older;
}
