/** The part of an ONNX model between two tensors, as a model of its own, for a runtime to evaluate. */

import { create, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { check, checkFile } from "../../checks/check.ts";
import { FormatError, InvalidInputError } from "../../checks/error-classes.ts";
import type { OpenShape } from "../../model/graph.ts";

export interface SubModel {
  /** The part as an ONNX file, written anew for each call: it has its weights once more. */
  readonly bytes: () => Uint8Array;
  readonly inputs: readonly SubModelInput[];
  readonly output: string;
}

export interface SubModelInput {
  /** Of the part's input. */
  readonly name: string;
  /** The model's tensor that it stands for. */
  readonly source: string;
  readonly type: "float32" | "float64";
}

export interface SubModelOptions {
  /** Types of tensors that the file does not tell. */
  readonly types?: ReadonlyMap<string, DataType>;
  /** Whether the part's output is turned into float32, as it must be where a program cannot read its type. Default: it keeps its type. */
  readonly castOutput?: boolean;
  /** Files beside the model, by the place that it names. */
  readonly external?: ReadonlyMap<string, Uint8Array>;
}

/**
 * The part of the model that makes `to` out of `from`. It takes float32, or float64 where the file has that; half precision is rounded
 * inside. Its shapes are open, so that any batch may go through.
 *
 * @param who Names the model in errors: the file's path.
 * @throws InvalidInputError for tensors that the model does not have (with those of similar names), a `from` that is no floating-point
 *   tensor, a `to` that does not depend on `from` or that depends on further inputs of the network; FormatError for weights in files that are
 *   not given.
 */
export function subModel(
  model: ModelProto,
  from: string,
  to: string,
  who: string,
  options: SubModelOptions = {},
): SubModel {
  const graph = graphOf(model, who);
  requireTensor(graph, from, who);
  requireTensor(graph, to, who);
  const type = options.types?.get(from) ?? tensorType(graph, from)?.type ?? DataType.FLOAT;
  check(FLOATING.has(type), () => ({
    who: `${who}: ${from}`,
    expected: "a tensor of floating-point numbers, which noise can go into",
    got: DataType[type] ?? `type ${type}`,
  }));
  const part = partBetween(graph, new Set([from]), to, who);
  check(from !== to && part.reached.has(from), () => ({
    who,
    expected: `a tensor that depends on ${from}`,
    got: from === to ? "the same tensor" : to,
    remedy: `It depends on: ${some([...part.reached, ...part.further], 5) || "nothing"}.`,
  }));
  check(part.further.size <= 0, () => ({
    who,
    expected: `a tensor that depends on ${from} alone`,
    got: `${to}, which also depends on ${[...part.further].join(", ")}`,
    remedy: `Start from a tensor that every path to ${to} goes through.`,
  }));
  return written(model, part, new Map([[from, type]]), to, who, options);
}

/**
 * The part of the model that makes `to`, in its own type, out of the network's inputs that it needs, which are taken as subModel() does.
 *
 * @throws InvalidInputError for a tensor that the model does not have; FormatError as subModel() does.
 */
export function modelUpTo(model: ModelProto, to: string, who: string, options: SubModelOptions = {}): SubModel {
  const graph = graphOf(model, who);
  requireTensor(graph, to, who);
  const part = partBetween(graph, new Set(), to, who);
  const types = [...part.further].map((name) => [name, tensorType(graph, name)?.type ?? DataType.FLOAT] as const);
  return written(model, part, new Map(types), to, who, { ...options, castOutput: false });
}

/** What the file says of a tensor: its type, and its shape where it has one. */
export function tensorInfo(model: ModelProto, name: string): { type: DataType; shape?: OpenShape } | undefined {
  return model.graph && tensorType(model.graph, name);
}

const FLOATING: ReadonlySet<DataType> = new Set([DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16, DataType.DOUBLE]);

function graphOf(model: ModelProto, who: string): GraphProto {
  checkFile(model.graph !== undefined, () => ({ who, expected: "a model with a graph", got: "none" }));
  return model.graph;
}

function tensorType({ input, output, valueInfo }: GraphProto, name: string) {
  const type = [...valueInfo, ...input, ...output].find((value) => value.name === name && value.type)?.type?.value;
  if (type?.case !== "tensorType") return undefined;
  const shape = type.value.shape?.dim.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : undefined));
  return { type: type.value.elemType as DataType, shape };
}

interface Part {
  /** In the graph's order. */
  readonly nodes: readonly NodeProto[];
  readonly weights: ReadonlySet<string>;
  /** Which of the tensors that it may begin at it does begin at. */
  readonly reached: ReadonlySet<string>;
  /** Inputs of the network that it needs besides. */
  readonly further: ReadonlySet<string>;
}

function partBetween(graph: GraphProto, from: ReadonlySet<string>, to: string, who: string): Part {
  const makers = new Map<string, NodeProto>();
  for (const node of graph.node) for (const name of node.output) if (name !== "") makers.set(name, node);
  const stored = new Set(initializerNames(graph));
  const own = new Set(graph.input.map(({ name }) => name));
  const nodes = new Set<NodeProto>();
  const seen = new Set<string>();
  const [weights, reached, further] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const open = [to];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === "" || seen.has(name)) continue;
    seen.add(name);
    const node = makers.get(name);
    if (from.has(name)) reached.add(name);
    else if (node !== undefined) {
      if (!nodes.has(node)) {
        for (const input of node.input) open.push(input);
        for (const each of node.attribute) for (const outer of outerNames(each, who)) open.push(outer);
      }
      nodes.add(node);
    } else if (stored.has(name)) weights.add(name);
    else if (own.has(name)) further.add(name);
    else
      throw new FormatError({ who, expected: "tensors that nodes produce", got: `"${name}", which no node produces` });
  }
  return { nodes: graph.node.filter((node) => nodes.has(node)), weights, reached, further };
}

/** No model nests branches and loops deeper; a damaged file must not exhaust the stack. */
const MOST_NESTED = 100;

/** Tensors of the graph around that branches and loops inside an attribute use. */
function outerNames({ g, graphs }: AttributeProto, who: string, depth = 1): string[] {
  checkFile(depth <= MOST_NESTED, () => ({ who, expected: `graphs nested up to ${MOST_NESTED} deep`, got: "more" }));
  return [...(g === undefined ? [] : [g]), ...graphs].flatMap((inner) => {
    const own = new Set([
      ...inner.input.map(({ name }) => name),
      ...initializerNames(inner),
      ...inner.node.flatMap(({ output }) => output),
    ]);
    const used = inner.node.flatMap(({ input, attribute }) => [
      ...input,
      ...attribute.flatMap((each) => outerNames(each, who, depth + 1)),
    ]);
    return [...used, ...inner.output.map(({ name }) => name)].filter((name) => !own.has(name));
  });
}

function initializerNames({ initializer, sparseInitializer }: GraphProto): string[] {
  return [...initializer.map(({ name }) => name), ...sparseInitializer.map(({ values }) => values?.name ?? "")];
}

function written(
  model: ModelProto,
  part: Part,
  inputs: ReadonlyMap<string, DataType>,
  to: string,
  who: string,
  options: SubModelOptions,
): SubModel {
  const graph = model.graph!;
  const taken = new Set([...allNames(graph), ...inputs.keys()]);
  const unused = (name: string): string => {
    let free = name;
    while (taken.has(free)) free += "'";
    taken.add(free);
    return free;
  };
  const entries = [...inputs].map(([source, type]) => {
    // A Cast where none is needed would keep the runtime from fusing what follows.
    const isNative = type === DataType.FLOAT || type === DataType.DOUBLE;
    return { source, type, isNative, name: isNative ? source : unused(`${source} (float32)`) };
  });
  // A node with several outputs may make one that is given from outside here: its own goes nowhere.
  const nodes = part.nodes.map((node) =>
    node.output.some((name) => inputs.has(name))
      ? { ...node, output: node.output.map((name) => (inputs.has(name) ? unused(name) : name)) }
      : node,
  );
  const output = options.castOutput ? unused(`${to} (float32)`) : to;
  const cut = create(ModelProtoSchema, {
    irVersion: model.irVersion,
    opsetImport: model.opsetImport,
    functions: model.functions,
    graph: create(GraphProtoSchema, {
      name: graph.name || "part",
      node: [
        ...entries.filter(({ isNative }) => !isNative).map(({ name, source, type }) => cast(name, source, type)),
        ...nodes,
        ...(options.castOutput ? [cast(to, output, DataType.FLOAT)] : []),
      ],
      input: entries.map(({ name, type, isNative }) => openValue(name, isNative ? type : DataType.FLOAT)),
      // Its type is found by the runtime.
      output: [create(ValueInfoProtoSchema, { name: output })],
      initializer: graph.initializer
        .filter(({ name }) => part.weights.has(name))
        .map((weights) => inFile(weights, who, options.external)),
      sparseInitializer: graph.sparseInitializer.filter(({ values }) => part.weights.has(values?.name ?? "")),
    }),
  });
  return {
    bytes: () => toBinary(ModelProtoSchema, cut),
    inputs: entries.map(({ name, source, type }) => ({
      name,
      source,
      type: type === DataType.DOUBLE ? "float64" : "float32",
    })),
    output,
  };
}

function cast(from: string, to: string, type: DataType): NodeProto {
  return create(NodeProtoSchema, {
    name: `cast to ${to}`,
    opType: "Cast",
    input: [from],
    output: [to],
    attribute: [create(AttributeProtoSchema, { name: "to", type: AttributeType.INT, i: BigInt(type) })],
  });
}

function openValue(name: string, type: DataType): ValueInfoProto {
  const value = create(TypeProto_TensorSchema, { elemType: type });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value } }),
  });
}

function inFile(weights: TensorProto, who: string, external?: ReadonlyMap<string, Uint8Array>): TensorProto {
  if (weights.dataLocation !== DataLocation.EXTERNAL) return weights;
  const said = new Map(weights.externalData.map(({ key, value }) => [key, value]));
  const location = said.get("location") ?? "";
  const bytes = external?.get(location);
  const at = `${who}: ${weights.name}`;
  checkFile(bytes !== undefined, () => ({
    who: at,
    expected: "its values, in this file or in another that is given",
    got: `the file ${location}`,
  }));
  const offset = Number(said.get("offset") ?? 0);
  const length = Number(said.get("length") ?? bytes.length - offset);
  checkFile(offset >= 0 && length >= 0 && offset + length <= bytes.length, () => ({
    who: at,
    expected: `a part of the ${bytes.length} bytes of ${location}`,
    got: `${length} bytes from ${offset}`,
  }));
  const { name, dims, dataType } = weights;
  // A view as generated code types it, which asks for memory that is not shared.
  const rawData = bytes.subarray(offset, offset + length) as Uint8Array<ArrayBuffer>;
  return create(TensorProtoSchema, { name, dims, dataType, rawData });
}

function allNames(graph: GraphProto): string[] {
  return [
    ...graph.input.map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output),
    ...initializerNames(graph),
  ];
}

function requireTensor(graph: GraphProto, name: string, who: string): void {
  const stored = new Set(initializerNames(graph));
  const names = new Set(allNames(graph).filter((each) => each !== "" && !stored.has(each)));
  if (names.has(name)) return;
  const pairs = (text: string) => new Set(Array.from({ length: text.length }, (_, at) => text.slice(at, at + 2)));
  const own = pairs(name);
  const likeness = (other: string): number => {
    const theirs = pairs(other);
    return (2 * [...theirs].filter((pair) => own.has(pair)).length) / (own.size + theirs.size);
  };
  const near = [...names].map((each) => ({ each, like: likeness(each) })).sort((a, b) => b.like - a.like);
  throw new InvalidInputError({
    who,
    expected: "a tensor of the model",
    got: JSON.stringify(name),
    remedy: `There are ${names.size}, with names such as ${some(
      near.map(({ each }) => each),
      5,
    )}.`,
  });
}

function some(names: readonly string[], most: number): string {
  return names.slice(0, most).join(", ");
}
