/**
 * Causalscope's own network format, version 2: a graph of operations, each with its weights. Version 1, layers in a row, is json.ts.
 * docs/network-json.md documents both, schema/network.json describes them to other programs.
 */
import { FormatError, InvalidInputError } from "../checks/errors.ts";
import { validRange } from "../information/bins.ts";
import type { Graph, OpenShape } from "../model/graph.ts";
import { GraphBuilder } from "../model/graph-builder.ts";
import { chainOf, graphOfChain } from "../model/graph-sequential.ts";
import { requireGraph } from "../model/model.ts";
import type { Tensor } from "../model/tensor.ts";
import { chainFromParsed, chainToJson, NETWORK_FORMAT, NETWORK_FORMAT_VERSION, requireHead } from "./json.ts";
import { operationFromJson, operationToJson } from "./json-operations.ts";
import { inlineTensor, type TensorWriter } from "./json-tensors.ts";
import {
  characterCounter,
  knownKeys,
  list,
  parseJson,
  record,
  requireRange,
  requireText,
  shown,
} from "./json-values.ts";

export const GRAPH_FORMAT_VERSION = 2;

const FILE_KEYS = ["format", "version", "name", "description", "inputRange", "graph"];
const GRAPH_KEYS = ["inputs", "outputs", "nodes", "notes"];
const INPUT_KEYS = ["name", "shape"];
const NODE_KEYS = ["name", "inputs", "output"];

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
  const root = record(value, who, "an object with a graph, or with layers");
  if (!("graph" in root)) {
    const format = `JSON, version ${NETWORK_FORMAT_VERSION}`;
    return graphOfChain(chainFromParsed(root, who), who, { format });
  }
  knownKeys(root, FILE_KEYS, who);
  requireHead(root, GRAPH_FORMAT_VERSION, who);
  const graph = record(root.graph, `${who}: graph`, "an object with inputs, outputs and nodes");
  knownKeys(graph, GRAPH_KEYS, `${who}: graph`);
  const builder = new GraphBuilder(who);
  for (const [at, input] of objects(graph.inputs, `${who}: inputs`, "at least one input").entries()) {
    readInput(input, `${who}: input ${at + 1}`, builder);
  }
  const nodes = objects(graph.nodes, `${who}: nodes`, "at least one node");
  const made = new Set(nodes.map(({ name, output = name }) => output));
  const names = new Set<string>();
  for (const [at, node] of nodes.entries()) readNode(node, `node ${at + 1}`, { builder, made, names, stored });
  const range = root.inputRange ?? null;
  requireRange(range, `${who}: inputRange`);
  return builder.build({
    format: stored === undefined ? `JSON, version ${GRAPH_FORMAT_VERSION}` : "safetensors",
    outputs: texts(graph.outputs, `${who}: outputs`),
    notes: graph.notes === undefined ? [] : texts(graph.notes, `${who}: notes`),
    inputRange: range === null ? undefined : checkedRange(range, `${who}: inputRange`),
  });
}

/**
 * The model as Causalscope's JSON: layers in a row as version 1, anything else as version 2, a graph. `readModel()` reads it back to the
 * same operations and bits.
 *
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
  if (twice !== undefined) {
    throw new FormatError({ who: graph.who, expected: "nodes whose names are used once", got: `"${twice}" twice` });
  }
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

function readInput(input: Record<string, unknown>, position: string, builder: GraphBuilder): void {
  const { name, shape } = input;
  requireText(name, `${position}: name`);
  const who = `${position} ("${name}")`;
  knownKeys(input, INPUT_KEYS, who);
  const isSize = (size: unknown) => size === null || (Number.isSafeInteger(size) && (size as number) >= 1);
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw new FormatError({
      who: `${who}: shape`,
      expected: "an array of whole numbers of at least 1, or null for a size that is open",
      got: shown(shape),
    });
  }
  builder.input(name, shape.map((size) => size ?? undefined) as OpenShape);
}

interface Reading {
  readonly builder: GraphBuilder;
  /** What any node makes. */
  readonly made: ReadonlySet<unknown>;
  readonly names: Set<string>;
  readonly stored: ReadonlyMap<string, Tensor> | undefined;
}

function readNode(node: Record<string, unknown>, position: string, { builder, made, names, stored }: Reading): void {
  const { name, output = name } = node;
  requireText(name, `${builder.who}: ${position}: name`);
  const who = `${builder.who}: ${position} ("${name}")`;
  if (names.has(name)) throw new FormatError({ who, expected: "names used once", got: `"${name}" twice` });
  names.add(name);
  const operation = operationFromJson(node, name, NODE_KEYS, { who, stored });
  const inputs = texts(node.inputs, `${who}: inputs`);
  requireText(output, `${who}: output`);
  const later = inputs.find((input) => !builder.has(input) && made.has(input));
  if (later !== undefined) {
    throw new FormatError({
      who: `${who}: inputs`,
      expected: "nodes in an order in which each comes after what it takes, without a cycle",
      got: `"${later}", which this node or a later one makes`,
    });
  }
  builder.node({ name, operation, inputs, output });
}

function objects(value: unknown, who: string, expected: string): Record<string, unknown>[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new FormatError({ who, expected: `an array of ${expected}`, got: shown(value) });
  }
  return value.map((each, at) => record(each, `${who} [${at}]`, "an object"));
}

function texts(value: unknown, who: string): string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  throw new FormatError({ who, expected: "an array of texts", got: shown(value) });
}

function textList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
}

function checkedRange(range: readonly [number, number], who: string) {
  try {
    return validRange(range, who);
  } catch (error) {
    if (error instanceof InvalidInputError) throw new FormatError(error.message, { cause: error });
    throw error;
  }
}
