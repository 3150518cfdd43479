/** Reads ONNX files: a graph of the operators that are known, and of unknown ones between them. */

import { create } from "@bufbuild/protobuf";
import { type GraphProto, type NodeProto, NodeProtoSchema, type ValueInfoProto } from "onnx-buf";
import { Budget } from "../../checks/budget.ts";
import { checkFile, checkLimit } from "../../checks/check.ts";
import { FormatError } from "../../checks/error-classes.ts";
import { requireOptions } from "../../checks/options-check.ts";
import type { Graph, OpenShape, Operation, Shape } from "../../model/graph.ts";
import { GraphBuilder } from "../../model/graph-builder.ts";
import { elements } from "../../model/tensor.ts";
import { uniqueNames } from "../../model/unique-names.ts";
import { type GivenShapes, givenShape, requireShapesOfInputs } from "../input-shapes.ts";
import { Call, type Reading } from "./call.ts";
import { decodeOnnx } from "./decode-model.ts";
import { folded } from "./fold.ts";
import { onnxOperators } from "./operators.ts";
import { type FileBeside, type Stored, shapeOf, storedTensor } from "./stored.ts";

export interface OnnxOptions {
  /** Other files of the model, by their paths relative to its folder: weights that are too large for one file. */
  readonly file?: FileBeside;
  /** Shapes of inputs where the file leaves them open, by name; "" stands for the only input. */
  readonly inputShapes?: GivenShapes | undefined;
}

/** Steps of the budget for a value of a constant that is made of others. */
const FOLD_STEPS = 10;

/** Domains whose operators are those of the default one where names agree. */
const DEFAULT_DOMAINS = ["", "ai.onnx"];
const MICROSOFT = "com.microsoft";

/**
 * The network in an ONNX file (opset 7 and later). Weights stay views of the bytes where they are float32. Operators that are not known become
 * unknown operations with a reason.
 *
 * @param who Names the bytes in errors: the file's path.
 * @throws FormatError for bytes that are no such model, weights that are missing, not finite, or of another size than their shapes, shapes
 *   that do not fit their operators, and nodes that depend on each other in a circle.
 */
export function graphFromOnnx(bytes: Uint8Array, who: string, options: OnnxOptions = {}): Graph {
  requireOptions(options, { file: true, inputShapes: true }, "graphFromOnnx()");
  const { graph, opset } = decodeOnnx(bytes, who);
  return new OnnxReader(graph, opset, who, options, new Budget(bytes.length)).read();
}

class OnnxReader {
  readonly #graph: GraphProto;
  readonly #opset: number;
  readonly #who: string;
  readonly #options: OnnxOptions;
  readonly #builder: GraphBuilder;
  readonly #constants = new Map<string, Stored>();
  /** Tensors that have another one's values. */
  readonly #same = new Map<string, string>();
  readonly #unused = uniqueNames();
  #named = 0;
  readonly #budget: Budget;
  /** What the file says of tensors. */
  readonly #types = new Map<string, ValueInfoProto["type"]>();
  /** Of the node that makes each tensor. */
  readonly #opTypes: ReadonlyMap<string, string>;

  constructor(graph: GraphProto, opset: number, who: string, options: OnnxOptions, budget: Budget) {
    this.#graph = graph;
    this.#opset = opset;
    this.#who = who;
    const { file } = options;
    this.#options = { ...options, ...(file && { file: readOnce(file) }) };
    this.#builder = new GraphBuilder(who);
    this.#budget = budget;
    this.#opTypes = new Map(graph.node.flatMap(({ opType, output }) => output.map((name) => [name, opType] as const)));
    for (const { name, type } of [...graph.valueInfo, ...graph.output]) this.#types.set(name, type);
  }

  read(): Graph {
    this.#readConstants();
    const inputs = this.#graph.input.filter(({ name }) => !this.#constants.has(name));
    requireShapesOfInputs(this.#options.inputShapes ?? {}, inputs, this.#who);
    for (const input of inputs) this.#readInput(input);
    const preferred = this.#layerNames();
    for (const node of inOrder(this.#graph.node, this.#who)) this.#readNode(node, preferred);
    const outputs = this.#graph.output.map(({ name }) => this.#resolved(name));
    const made = outputs.filter((name) => !this.#constants.has(name));
    return this.#builder.build({ format: `ONNX, opset ${this.#opset}`, outputs: [...new Set(made)], notes: [] });
  }

  #readConstants(): void {
    for (const proto of this.#graph.initializer) {
      checkFile(!this.#constants.has(proto.name), () => ({
        who: this.#who,
        expected: "weights with unique names",
        got: `"${proto.name}" twice`,
      }));
      const stored = storedTensor(proto, this.#who, this.#options.file);
      if (stored !== undefined) this.#constants.set(proto.name, stored);
      else
        this.#unknown(
          `weights ${proto.name}`,
          "Constant",
          `values of the type ${proto.dataType} are not supported`,
          [],
          [proto.name],
        );
    }
  }

  #readInput({ name, type }: ValueInfoProto): void {
    const given = givenShape(this.#options.inputShapes ?? {}, name);
    const dims = type?.value.case === "tensorType" ? type.value.value.shape?.dim : undefined;
    const said: OpenShape | undefined = dims?.map(({ value }) => {
      if (value.case !== "dimValue" || value.value <= 0n) return undefined;
      return shapeOf([value.value], `${this.#who}: ${name}`)[0];
    });
    const conflict =
      given &&
      said &&
      (given.length !== said.length || said.some((size, axis) => size !== undefined && size !== given[axis]));
    checkFile(!conflict, () => ({
      who: `${this.#who}: ${name}`,
      expected: `a shape like [${said!.map((size) => size ?? "?").join(", ")}]`,
      got: `[${given!.join(", ")}]`,
    }));
    this.#builder.input(name, given ?? said ?? [undefined, undefined]);
  }

  /** Nodes with weights are called as their weights are: "fc1" for "fc1.weight". */
  #layerNames(): ReadonlyMap<NodeProto, string> {
    const wanted = new Map<NodeProto, string>();
    const taken = new Map<string, number>();
    for (const node of this.#graph.node) {
      if (!["Gemm", "MatMul", "Conv"].includes(node.opType)) continue;
      const name = /^(.+)\.(?:weight|kernel)$/.exec(node.input[1] ?? "")?.[1];
      if (name === undefined) continue;
      wanted.set(node, name);
      taken.set(name, (taken.get(name) ?? 0) + 1);
    }
    for (const [node, name] of wanted) if (taken.get(name)! > 1) wanted.delete(node);
    return wanted;
  }

  #resolved(name: string): string {
    return this.#same.get(name) ?? name;
  }

  #readNode(proto: NodeProto, preferred: ReadonlyMap<NodeProto, string>): void {
    const outputs = proto.output.filter((name) => name !== "");
    const again = outputs.find((name) => this.#constants.has(name) || this.#same.has(name));
    checkFile(again === undefined, () => ({
      who: this.#who,
      expected: "tensors with unique names",
      got: `"${again}" twice`,
    }));
    const name = this.#unique(preferred.get(proto) ?? (proto.name || `${proto.opType} ${this.#named + 1}`));
    const input = proto.input.map((each) => this.#resolved(each));
    if (proto.opType === "Constant" && DEFAULT_DOMAINS.includes(proto.domain)) {
      this.#constantNode(proto, name);
      return;
    }
    const missing = input.find((each) => each !== "" && !this.#constants.has(each) && !this.#builder.has(each));
    checkFile(missing === undefined, () => ({
      who: `${this.#who}: ${name}`,
      expected: "inputs that other nodes produce",
      got: `"${missing}", which no node produces`,
    }));
    const node = create(NodeProtoSchema, { ...proto, input });
    const call = new Call(node, name, this.#who, {
      opset: this.#opset,
      constants: this.#constants,
      shapeOf: (tensor) => this.#builder.shapeOf(tensor),
    });
    const constant = DEFAULT_DOMAINS.includes(proto.domain) && outputs.length === 1 ? folded(call) : undefined;
    if (constant !== undefined) {
      checkLimit(this.#budget.spend(FOLD_STEPS * (1 + elements(constant.shape))), () => ({
        who: `${this.#who}: ${name}`,
        expected: "constants that can be computed in few steps",
        got: `more than ${this.#budget.most.toLocaleString("en")} steps`,
      }));
      this.#constants.set(outputs[0]!, { ...constant, name: constant.name || outputs[0]! });
      return;
    }
    const reading = this.#readingOf(call, proto);
    this.#put(reading, name, call, outputs);
  }

  #readingOf(call: Call, { opType, domain }: NodeProto): Reading {
    const isKnownDomain = DEFAULT_DOMAINS.includes(domain) || (domain === MICROSOFT && opType === "Gelu");
    const operator = isKnownDomain && Object.hasOwn(onnxOperators, opType) ? onnxOperators[opType] : undefined;
    if (operator === undefined) {
      return {
        unknown: isKnownDomain
          ? "the operator is not supported"
          : `operators of the domain ${domain} are not supported`,
      };
    }
    if (call.variables.length === 0) return { unknown: "arithmetic on constants of this kind is not supported" };
    return operator.read(call);
  }

  #put(reading: Reading, name: string, call: Call, outputs: readonly string[]): void {
    const [output = name] = outputs;
    if ("same" in reading) {
      const source = this.#constants.get(reading.same);
      if (source === undefined) this.#same.set(output, reading.same);
      else this.#constants.set(output, source);
      // What a dropout kept is asked for by nothing that is measured.
      this.#unknownOutputs(name, call, outputs.slice(1), "only its first output is supported");
    } else if ("operation" in reading) {
      this.#node(name, reading.operation, reading.inputs ?? call.variables, output);
      this.#unknownOutputs(name, call, outputs.slice(1), "only its first output is supported");
    } else if ("chain" in reading) {
      let inputs = call.variables;
      for (const [at, operation] of reading.chain.entries()) {
        const isLast = at === reading.chain.length - 1;
        const between = isLast ? output : `${output} (${at + 1})`;
        this.#node(at === 0 ? name : this.#unique(`${name} (${at + 1})`), operation, inputs, between);
        inputs = [between];
      }
    } else if ("each" in reading) {
      for (const [at, operation] of reading.each.entries()) {
        const made = call.node.output[at];
        if (made) this.#node(at === 0 ? name : this.#unique(`${name} (${at + 1})`), operation, call.variables, made);
      }
    } else this.#unknownOutputs(name, call, outputs, reading.unknown);
  }

  #unknownOutputs(name: string, call: Call, outputs: readonly string[], reason: string): void {
    this.#unknown(name, call.node.opType, reason, call.variables, outputs);
  }

  #unknown(
    name: string,
    operator: string,
    reason: string,
    inputs: readonly string[],
    outputs: readonly string[],
  ): void {
    for (const [at, output] of outputs.entries()) {
      const shape = this.#saidShape(output);
      const operation: Operation = { kind: "unknown", operator, reason, ...(shape && { shape }) };
      this.#node(at === 0 ? name : this.#unique(`${name} (${at + 1})`), operation, inputs, output);
    }
  }

  /** What the file says of a tensor's shape. */
  #saidShape(tensor: string): Shape | undefined {
    const type = this.#types.get(tensor);
    const dims = type?.value.case === "tensorType" ? type.value.value.shape?.dim : undefined;
    const sizes = dims?.map(({ value }, axis) =>
      value.case === "dimValue" ? Number(value.value) : axis === 0 ? 1 : 0,
    );
    const known =
      sizes !== undefined && sizes.length > 0 && sizes.every((size) => Number.isSafeInteger(size) && size > 0);
    return known ? sizes : undefined;
  }

  #node(name: string, operation: Operation, inputs: readonly string[], output: string): void {
    // A Gemm takes matrices, a row per example, whatever stands before it.
    const isGemm = operation.kind === "dense" && this.#opTypes.get(output) === "Gemm";
    const rows = isGemm ? [1, operation.weights.shape[operation.transposed ? 1 : 0]!] : undefined;
    this.#builder.node({ name, operation, inputs, output }, this.#saidShape(output) ?? rows);
  }

  #constantNode(node: NodeProto, name: string): void {
    const [output = ""] = node.output;
    const [attribute] = node.attribute;
    const numbers = (values: readonly number[], shape: readonly number[], isInteger: boolean): Stored => {
      const array = Float64Array.from(values);
      return { name: output, shape, dtype: isInteger ? "int64" : "float32", isInteger, values: () => array };
    };
    const stored = ((): Stored | undefined => {
      switch (attribute?.name) {
        case "value":
          return attribute.t && storedTensor(attribute.t, this.#who, this.#options.file);
        case "value_float":
          return numbers([attribute.f], [], false);
        case "value_floats":
          return numbers(attribute.floats, [attribute.floats.length], false);
        case "value_int":
          return numbers([Number(attribute.i)], [], true);
        case "value_ints":
          return numbers(attribute.ints.map(Number), [attribute.ints.length], true);
        default:
          return undefined;
      }
    })();
    if (stored === undefined) this.#unknown(name, "Constant", "a constant of this type is not supported", [], [output]);
    else this.#constants.set(output, { ...stored, name: stored.name || output });
  }

  #unique(name: string): string {
    this.#named++;
    return this.#unused(name);
  }
}

/** Tensors lie side by side in a file of weights: it is read for the first of them. */
function readOnce(file: FileBeside): FileBeside {
  const known = new Map<string, Uint8Array | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, file(path));
    return known.get(path);
  };
}

/** Each node after those whose outputs it takes. */
function inOrder(nodes: readonly NodeProto[], who: string): readonly NodeProto[] {
  const makers = new Map<string, number>();
  for (const [at, { output }] of nodes.entries()) for (const name of output) if (name !== "") makers.set(name, at);
  const waiting = nodes.map(({ input }, at) =>
    new Set(
      input.flatMap((name) => {
        const maker = makers.get(name);
        return maker === undefined ? [] : [maker];
      }),
    ).add(at),
  );
  const takers = nodes.map((): number[] => []);
  for (const [at, makersOf] of waiting.entries()) {
    if (nodes[at]!.input.some((name) => makers.get(name) === at)) throw circle(nodes[at]!, at, who);
    makersOf.delete(at);
    for (const maker of makersOf) takers[maker]!.push(at);
  }
  const counts = waiting.map(({ size }) => size);
  // As the file has them, as far as that goes.
  const ready = new MinimumQueue();
  for (const [at, count] of counts.entries()) if (count === 0) ready.push(at);
  const found: NodeProto[] = [];
  for (let at = ready.pop(); at !== undefined; at = ready.pop()) {
    found.push(nodes[at]!);
    for (const taker of takers[at]!) if (--counts[taker]! === 0) ready.push(taker);
  }
  if (found.length === nodes.length) return found;
  const stuck = counts.findIndex((count) => count > 0);
  throw circle(nodes[stuck]!, stuck, who);
}

function circle({ name, opType }: NodeProto, at: number, who: string): FormatError {
  const called = name || `${opType} ${at + 1}`;
  return new FormatError({ who, expected: "nodes that depend on earlier ones", got: `a cycle through "${called}"` });
}

/** The least number first. */
class MinimumQueue {
  readonly #heap: number[] = [];

  push(value: number): void {
    const heap = this.#heap;
    let at = heap.push(value) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above]! <= heap[at]!) return;
      [heap[above], heap[at]] = [heap[at]!, heap[above]!];
      at = above;
    }
  }

  pop(): number | undefined {
    const heap = this.#heap;
    const least = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return least;
    heap[0] = last;
    let at = 0;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let smallest = at;
      if (left < heap.length && heap[left]! < heap[smallest]!) smallest = left;
      if (right < heap.length && heap[right]! < heap[smallest]!) smallest = right;
      if (smallest === at) return least;
      [heap[smallest], heap[at]] = [heap[at]!, heap[smallest]!];
      at = smallest;
    }
  }
}
