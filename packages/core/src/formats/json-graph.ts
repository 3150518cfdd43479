/**
 * Causalscope's own network format, version 2: a graph of operations, each with its weights. Version 1, layers in a row, is json.ts.
 * docs/network-json.md documents both, schema/network.json describes them to other programs.
 */

import { checkFile } from "../checks/check.ts";
import { FormatError } from "../checks/error-classes.ts";
import { parse } from "../checks/schema/parse.ts";
import { graphOfChain } from "../model/chain-graph.ts";
import type { Graph } from "../model/graph.ts";
import { GraphBuilder } from "../model/graph-builder.ts";
import { chainOf } from "../model/graph-sequential.ts";
import { requireGraph } from "../model/model.ts";
import type { Tensor } from "../model/tensor.ts";
import { chainFromParsed, chainToJson } from "./json.ts";
import { operationFromJson, operationToJson, type ParsedNode } from "./json-operations.ts";
import { inlineTensor, type TensorWriter } from "./json-tensors.ts";
import { characterCounter, isGraphFile, list, parseJson } from "./json-values.ts";
import {
  GRAPH_FORMAT_VERSION,
  graphFile,
  NETWORK_FORMAT,
  NETWORK_FORMAT_VERSION,
  placesIn,
  storedGraphFile,
} from "./network-schema.ts";

/**
 * Reads a network of either version. Layers in a row become a graph as `graphOfChain` makes it.
 *
 * @param text The whole file; a byte order mark at its start is allowed.
 * @param who Names the text in errors: the file's path.
 * @throws FormatError, naming the place, for text that is no JSON (line and column), unknown or missing keys, values of another type, nodes
 *   that take what no node before them makes, shapes that do not fit, and numbers that are not finite.
 */
export function graphFromJson(text: string, who: string): Graph {
  return graphFromParsed(parseJson(text, who), who);
}

/**
 * @param stored The tensors of a file beside the text, which `{ "tensor": NAME }` means.
 */
export function graphFromParsed(value: unknown, who: string, stored?: ReadonlyMap<string, Tensor>): Graph {
  if (!isGraphFile(value)) {
    const format = `JSON, version ${NETWORK_FORMAT_VERSION}`;
    return graphOfChain(chainFromParsed(value, who), who, { format });
  }
  const places = placesIn(value, who);
  const { graph, inputRange } = parse(stored === undefined ? graphFile : storedGraphFile, value, places, FormatError);
  const builder = new GraphBuilder(who);
  for (const { name, shape } of graph.inputs) {
    builder.input(
      name,
      shape.map((size) => size ?? undefined),
    );
  }
  const made = new Set(graph.nodes.map(({ name, output = name }) => output));
  const names = new Set<string>();
  for (const [at, node] of graph.nodes.entries()) {
    readNode(node, places.at(["graph", "nodes", at]), { builder, made, names, stored });
  }
  return builder.build({
    format: stored === undefined ? `JSON, version ${GRAPH_FORMAT_VERSION}` : "safetensors",
    outputs: graph.outputs,
    notes: graph.notes ?? [],
    inputRange: inputRange ?? undefined,
  });
}

/**
 * The model as Causalscope's JSON: dense layers in a row as version 1, anything else as version 2, a graph.
 * `readModel()` reads it back to the same operations and bits.
 *
 * @example
 * ```ts
 * const xor = network({ layers: [{ weights: [[5, 5], [-5, -5]], activation: "sigmoid" }], inputRange: [0, 1] });
 * const same = await readModel(modelToJson(xor), { name: "xor.json" });
 * console.log(same.format, same.layers.length); // JSON, version 1 1
 * ```
 * @throws FormatError for weights that are not finite, nodes of the same name, and more weights than a text can hold.
 */
export function modelToJson(model: Graph): string {
  requireGraph(model, "modelToJson()");
  const found = chainOf(model);
  // Folding a batch normalisation into its neighbour would round.
  return "reason" in found || found.folded ? graphToJson(model) : chainToJson(found.chain);
}

/**
 * The graph as text that `graphFromJson` reads back to the same operations and bits. Weights are called NODE.weight and NODE.bias there.
 *
 * @throws FormatError for weights that are not finite, nodes of the same name, and more weights than a text can hold.
 */
export function graphToJson(graph: Graph): string {
  const count = characterCounter(graph.who);
  return graphText(graph, (tensor) => inlineTensor(tensor, `${graph.who}: ${tensor.name}`, count));
}

/** As `graphToJson`, with `put` to say how each tensor is written. */
export function graphText(graph: Graph, put: TensorWriter): string {
  const names = graph.nodes.map(({ name }) => name);
  const twice = new Set(names).size === names.length ? undefined : names.find((name, at) => names.indexOf(name) < at);
  checkFile(twice === undefined, () => ({
    who: graph.who,
    expected: "nodes with unique names",
    got: `"${twice}" twice`,
  }));
  const inputs = graph.inputs.map(({ name, shape }) => {
    const sizes = shape.map((size) => (size === undefined ? "null" : `${size}`)).join(", ");
    return `{ "name": ${JSON.stringify(name)}, "shape": [${sizes}] }`;
  });
  const nodes = graph.nodes.map(({ name, operation, inputs, output }) => {
    const lines = [
      `"name": ${JSON.stringify(name)}`,
      `"kind": "${operation.kind}"`,
      `"inputs": ${textList(inputs)}`,
      ...(output === name ? [] : [`"output": ${JSON.stringify(output)}`]),
      ...operationToJson(operation, name, put),
    ];
    return `{\n        ${lines.join(",\n        ")}\n      }`;
  });
  const { inputRange, outputs, notes } = graph;
  const range = inputRange === undefined ? "" : `  "inputRange": ${list(inputRange)},\n`;
  const remarks = notes.length === 0 ? "" : `,\n    "notes": ${textList(notes)}`;
  return `{
  "format": "${NETWORK_FORMAT}",
  "version": ${GRAPH_FORMAT_VERSION},
${range}  "graph": {
    "inputs": [${inputs.join(", ")}],
    "outputs": ${textList(outputs)},
    "nodes": [
      ${nodes.join(",\n      ")}
    ]${remarks}
  }
}
`;
}

interface Reading {
  readonly builder: GraphBuilder;
  /** What any node makes. */
  readonly made: ReadonlySet<string>;
  readonly names: Set<string>;
  readonly stored: ReadonlyMap<string, Tensor> | undefined;
}

function readNode(node: ParsedNode, who: string, { builder, made, names, stored }: Reading): void {
  const { name, inputs, output = name } = node;
  checkFile(!names.has(name), () => ({ who, expected: "unique names", got: `"${name}" twice` }));
  names.add(name);
  const operation = operationFromJson(node, who, stored);
  const later = inputs.find((input) => !builder.has(input) && made.has(input));
  checkFile(later === undefined, () => ({
    who: `${who}: inputs`,
    expected: "each node after the nodes whose outputs it uses, without cycles",
    got: `"${later}", an output of this node or of a later one`,
  }));
  builder.node({ name, operation, inputs, output });
}

function textList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
}
