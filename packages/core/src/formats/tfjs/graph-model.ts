/** TensorFlow graphs as TensorFlow.js keeps them ("graph models"): the nodes that the outputs need. */

import { checkFile } from "../../checks/check.ts";
import { FormatError } from "../../checks/error-classes.ts";
import type { Graph, Operation } from "../../model/graph.ts";
import { GraphBuilder } from "../../model/graph-builder.ts";
import type { Tensor } from "../../model/tensor.ts";
import type { GivenShapes } from "../input-shapes.ts";
import { record, shown } from "../json-values.ts";
import { type Json, property, textAt } from "./checked.ts";
import { OperatorCall, type OperatorReader, type Result, Unsupported, type Value } from "./graph-call.ts";
import { type DefNode, defNodes, type Source, sourceOf } from "./graph-def.ts";
import { linearOperators } from "./graph-linear.ts";
import { plainOperators } from "./graph-plain.ts";
import { inputShape } from "./input-shape.ts";
import { requireFinite, type Weights } from "./weights.ts";

/** Every operator that is read, but for Placeholder and Const. */
export const graphOperators: Readonly<Record<string, OperatorReader>> = { ...linearOperators, ...plainOperators };

/** @throws FormatError for whatever is no GraphDef, or needs what it does not have. */
export function tensorflowGraph(
  topology: Json,
  signature: unknown,
  weights: Weights,
  who: string,
  given: GivenShapes,
): Graph {
  const nodes = defNodes(topology, who);
  const outputs = outputsOf(nodes, signature, who);
  const reading = new Reading(new GraphBuilder(who), weights, given, who);
  for (const node of needed(nodes, outputs, who)) reading.node(node);
  return reading.build(outputs);
}

class Reading {
  readonly #builder: GraphBuilder;
  readonly #weights: Weights;
  readonly #given: GivenShapes;
  readonly #who: string;
  readonly #values = new Map<string, Value>();
  readonly #finite = new Set<Tensor>();

  constructor(builder: GraphBuilder, weights: Weights, given: GivenShapes, who: string) {
    this.#builder = builder;
    this.#weights = weights;
    this.#given = given;
    this.#who = who;
  }

  node(node: DefNode): void {
    const { name, op } = node;
    if (op === "Placeholder") {
      this.#builder.input(name, inputShape(name, node.attributes.shape("shape"), this.#given, this.#who));
      this.#values.set(name, this.#computed(name));
    } else if (op === "Const") {
      this.#values.set(name, this.#constant(name));
    } else {
      this.#operator(node);
    }
  }

  /** @throws FormatError for outputs all of which are constants; beside others they are passed over. */
  build(outputs: readonly Source[]): Graph {
    const names = outputs.flatMap((source) => {
      const value = this.#valueOf(source, this.#who);
      return "name" in value ? [value.name] : [];
    });
    checkFile(names.length > 0 || outputs.length <= 0, () => ({
      who: this.#who,
      expected: "outputs that are computed",
      got: `"${outputs[0]!.node}", a constant`,
    }));
    const { notes } = this.#weights;
    return this.#builder.build({ format: "TensorFlow.js graph model", outputs: [...new Set(names)], notes });
  }

  #operator(node: DefNode): void {
    const values = node.inputs.map((source) => this.#valueOf(source, `${this.#who}: node "${node.name}"`));
    const call = new OperatorCall(node, values, (tensor) => this.#checked(tensor));
    const result = this.#read(call);
    if ("constant" in result) {
      this.#values.set(node.name, result);
      return;
    }
    const { from, operations } = result;
    let previous = from.flatMap((value) => ("name" in value ? [value.name] : []));
    for (const [at, operation] of operations.entries()) {
      const labelled = `${node.name}:${operation.kind}`;
      const output = at === operations.length - 1 ? node.name : labelled;
      this.#builder.node({ name: at === 0 ? node.name : labelled, operation, inputs: previous, output });
      previous = [output];
    }
    this.#values.set(node.name, this.#computed(previous[0]!));
  }

  #read(call: OperatorCall): Result {
    const reader = Object.hasOwn(graphOperators, call.op) ? graphOperators[call.op] : undefined;
    try {
      if (reader === undefined) throw new Unsupported("this operator is not supported");
      const [first, second] = call.values;
      // What passes its input on passes a constant on, too.
      if (call.op === "Identity" && first !== undefined && second === undefined && "constant" in first) return first;
      return reader.read(call);
    } catch (thrown) {
      if (!(thrown instanceof Unsupported)) throw thrown;
      const operation: Operation = { kind: "unknown", operator: call.op, reason: thrown.reason };
      return { from: call.values, operations: [operation] };
    }
  }

  #valueOf({ node, output }: Source, who: string): Value {
    const value = this.#values.get(node);
    checkFile(value !== undefined, () => ({ who, expected: "inputs that are nodes", got: shown(node) }));
    if (output === 0) return value;
    // Another output of an operator that gives several: nothing is known of it.
    const name = `${node}:${output}`;
    if (!this.#builder.has(name)) {
      const reason = "only the first output of an operator is supported";
      const inputs = "name" in value ? [value.name] : [];
      this.#builder.node({ name, operation: { kind: "unknown", operator: "output", reason }, inputs, output: name });
    }
    return this.#computed(name);
  }

  #computed(name: string): Value {
    return { name, shape: this.#builder.shapeOf(name) };
  }

  /** Numbers; what is none, such as the names of classes, is something unknown. */
  #constant(name: string): Value {
    const tensor = this.#weights.tensors.get(name);
    if (tensor !== undefined) return { constant: tensor };
    const kind = this.#weights.passedOver.get(name);
    if (kind !== undefined) {
      const reason = `constants of ${kind === "text" ? "text" : "complex numbers"} are not supported`;
      this.#builder.node({ name, operation: { kind: "unknown", operator: "Const", reason }, inputs: [], output: name });
      return this.#computed(name);
    }
    throw new FormatError({
      who: `${this.#who}: node "${name}"`,
      expected: "numbers of its name in the weights manifest",
      got: "none",
    });
  }

  #checked(tensor: Tensor): Tensor {
    if (!this.#finite.has(tensor)) requireFinite(tensor, this.#who);
    this.#finite.add(tensor);
    return tensor;
  }
}

/** What the signature names, or else what nothing takes. */
function outputsOf(nodes: ReadonlyMap<string, DefNode>, signature: unknown, who: string): Source[] {
  const at = `${who}: signature`;
  const stated = signature === undefined ? undefined : property(record(signature, at, "an object"), "outputs");
  const entries = stated === undefined ? [] : Object.entries(record(stated, `${at}: outputs`, "an object"));
  const named = entries.map(([key, value]) => {
    const where = `${at}: outputs: ${key}`;
    return sourceOf(textAt(record(value, where, "an object"), "name", where));
  });
  if (named.length > 0) return named;
  const taken = new Set([...nodes.values()].flatMap(({ inputs }) => inputs.map(({ node }) => node)));
  return [...nodes.values()]
    .filter(({ name, op }) => !taken.has(name) && op !== "Const" && op !== "Placeholder" && op !== "NoOp")
    .map(({ name }) => ({ node: name, output: 0 }));
}

/** The nodes that the outputs need, each after what it needs. Keeps its own stack: a file may be one long chain. */
function needed(nodes: ReadonlyMap<string, DefNode>, outputs: readonly Source[], who: string): DefNode[] {
  const found: DefNode[] = [];
  const state = new Map<string, "open" | "done">();
  for (const { node: last } of outputs) {
    const stack: { readonly name: string; readonly by: string; at: number }[] = [
      { name: last, by: "signature", at: 0 },
    ];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const node = nodes.get(top.name);
      checkFile(node !== undefined, () => ({
        who: `${who}: ${top.by}`,
        expected: "names of nodes",
        got: `${shown(top.name)}, which is not a node`,
      }));
      if (top.at === 0 && state.get(top.name) === "done") {
        stack.pop();
        continue;
      }
      checkFile(top.at !== 0 || state.get(top.name) !== "open", () => ({
        who,
        expected: "nodes without cycles",
        got: `a cycle through "${top.name}"`,
      }));
      state.set(top.name, "open");
      const next = node.inputs[top.at++];
      if (next !== undefined) {
        stack.push({ name: next.node, by: `node "${top.name}"`, at: 0 });
        continue;
      }
      state.set(top.name, "done");
      found.push(node);
      stack.pop();
    }
  }
  return found;
}
