/** Graphs in safetensors files: those that Causalscope wrote say all, others by names, options and a sidecar. */

import { check, checkFile } from "../checks/check.ts";
import { type OptionNames, requireOptions } from "../checks/options-check.ts";
import type { Graph } from "../model/graph.ts";
import { requireGraph } from "../model/model.ts";
import type { Tensor } from "../model/tensor.ts";
import { requireFinite } from "./finite.ts";
import { graphFromParsed, graphText } from "./json-graph.ts";
import { parseJson } from "./json-values.ts";
import { graphFromPlans } from "./layer-plan.ts";
import { type NamingOptions, plansByName } from "./pytorch-naming.ts";
import { readSafetensors, type TensorFile } from "./safetensors.ts";
import { safetensorsFrom } from "./safetensors-writer.ts";
import { sidecarFrom } from "./sidecar.ts";

/** Under which key of a file's metadata its graph stands, as JSON of version 2 whose weights are names of tensors. */
const GRAPH_KEY = "causalscope-graph";
/** Of a training checkpoint, which names its layers' activations. */
const CHECKPOINT = "causalscope-checkpoint";

export interface SafetensorsOptions extends NamingOptions {
  /** JSON text that says what the file does not: layers, or a graph whose weights are `{ "tensor": NAME }`. */
  readonly sidecar?: string;
  /** Names the sidecar in errors: its path. */
  readonly sidecarWho?: string;
}

const SAFETENSORS: OptionNames<SafetensorsOptions> = {
  sidecar: true,
  sidecarWho: true,
  activation: true,
  layout: true,
};

/**
 * The network in a safetensors file. Where no option says otherwise, a file that `modelToSafetensors` wrote, or a checkpoint of training,
 * tells by itself; else layers are those of the sidecar, or of the tensors' names (see pytorch-naming.ts).
 *
 * Weights are views of `bytes` where they are stored as float32 or float64. All of those in use are looked at: they must be finite.
 *
 * @param who Names the bytes in errors: the file's path.
 * @throws FormatError for a malformed file or sidecar, weights that are missing, not finite, or of a type or shape that does not fit;
 *   InvalidInputError where activations are missing, are no activations, or are given beside a sidecar.
 */
export function graphFromSafetensors(bytes: Uint8Array, who: string, options: SafetensorsOptions = {}): Graph {
  requireOptions(options, SAFETENSORS, "graphFromSafetensors()");
  const file = readSafetensors(bytes, who);
  const { sidecar, sidecarWho = "sidecar", activation, layout } = options;
  if (sidecar !== undefined) {
    check(activation === undefined, () => ({
      who: sidecarWho,
      expected: "activations either in the sidecar or as an option",
      got: "both",
      remedy: "Remove one of them.",
    }));
    return graphFromSidecar(parseJson(sidecar, sidecarWho), file, who, sidecarWho, layout);
  }
  if (activation === undefined && layout === undefined) {
    const own = file.metadata[GRAPH_KEY];
    if (own !== undefined) return graphFromParsed(parseJson(own, `${who}: ${GRAPH_KEY}`), who, file.tensors);
    if (file.metadata.format === CHECKPOINT) return graphFromCheckpoint(file, who);
  }
  const { plans, notes } = plansByName(file, who, options);
  const remedy = "A sidecar can say which layers there are, and in which order.";
  return graphFromPlans(file, plans, {}, who, { notes, remedy });
}

/**
 * The bytes of a safetensors file that reads back to an equal graph: weights under `NODE.weight` and `NODE.bias`, and in the metadata
 * which node takes them. Other programs find the weights by those names.
 *
 * @example
 * ```ts
 * const xor = network({ layers: [{ weights: [[5, 5], [-5, -5]], activation: "sigmoid" }], inputRange: [0, 1] });
 * const same = await readModel(modelToSafetensors(xor), { name: "xor.safetensors" });
 * console.log(same.format, same.layers.length); // safetensors 1
 * ```
 * @throws FormatError for weights that are not finite, or nodes of the same name.
 */
export function modelToSafetensors(model: Graph): Uint8Array {
  requireGraph(model, "modelToSafetensors()");
  const tensors: Tensor[] = [];
  const text = graphText(model, (each) => {
    requireFinite(each, `${model.who}: ${each.name}`);
    tensors.push(each);
    return `{ "tensor": ${JSON.stringify(each.name)} }`;
  });
  return safetensorsFrom(tensors, { [GRAPH_KEY]: text });
}

function graphFromSidecar(
  parsed: unknown,
  file: TensorFile,
  who: string,
  sidecarWho: string,
  layout: string | undefined,
): Graph {
  if (typeof parsed === "object" && parsed !== null && "graph" in parsed) {
    return { ...graphFromParsed(parsed, sidecarWho, file.tensors), who };
  }
  const { plans, input } = sidecarFrom(parsed, file, sidecarWho, layout);
  return graphFromPlans(file, plans, input, who, { notes: [] });
}

/** A checkpoint of training: its metadata name the layers and say their activations. */
function graphFromCheckpoint(file: TensorFile, who: string): Graph {
  const layers = parseJson(file.metadata.layers ?? "null", `${who}: layers`);
  const range = parseJson(file.metadata.inputRange ?? "null", `${who}: inputRange`);
  checkFile(Array.isArray(layers), () => ({ who: `${who}: layers`, expected: "an array", got: typeof layers }));
  const described = layers.map((layer: object, l) => ({
    ...layer,
    weight: `layers.${l}.weight`,
    bias: file.tensors.has(`layers.${l}.bias`) ? `layers.${l}.bias` : null,
  }));
  const tensors = new Map([...file.tensors].filter(([name]) => !name.startsWith("optimizer.")));
  const input = Array.isArray(range) && range.every((each) => typeof each === "number") ? { range } : undefined;
  return graphFromSidecar({ layers: described, input }, { ...file, tensors }, who, who, undefined);
}
