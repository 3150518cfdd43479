/**
 * What dense layers and convolutions give when few of their inputs have changed: they are linear, so that the change of their sums is what
 * the same weights make of the change of these inputs alone.
 */
import type { GraphNode, Operation, Shape } from "../model/graph.ts";
import { operate } from "../model/graph-operations.ts";
import type { GraphStage, GraphUnits } from "../model/model-units.ts";
import { elements, tensor } from "../model/tensor.ts";

/** A linear operation on values that are kept. */
export interface KeptLinear {
  readonly node: GraphNode;
  readonly operation: Extract<Operation, { kind: "dense" | "convolution" }>;
  /** The tensor that is kept: its input, in the same order. */
  readonly source: string;
  /** Of its input and output, for one example or as many as the graph has; axis 0 is the batch. */
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Axis of the inputs that share weights: columns, channels. */
  readonly axis: number;
}

/** The linear operations at the beginning of a layer whose sums can be kept: those that no units are written into. */
export function linearsOf({ graph, output }: GraphUnits, { nodes, sources, tensor: units }: GraphStage): KeptLinear[] {
  const by = new Map(nodes.map((node) => [node.output, node]));
  return nodes.flatMap((node): KeptLinear[] => {
    const { operation } = node;
    if (operation.kind !== "dense" && !(operation.kind === "convolution" && operation.groups === 1)) return [];
    if (node.output === units && units !== output) return [];
    let source = node.inputs[0]!;
    while (!sources.includes(source) && by.get(source)?.operation.kind === "reshape")
      source = by.get(source)!.inputs[0]!;
    if (!sources.includes(source)) return [];
    const [inputShape, outputShape] = [graph.shapes.get(node.inputs[0]!)!, graph.shapes.get(node.output)!];
    const axis = operation.kind === "dense" || operation.channelsLast ? inputShape.length - 1 : 1;
    return [{ node, operation, source, inputShape, outputShape, axis }];
  });
}

/**
 * The sums after a change of the inputs; undefined where half of the inputs or more have changed, and all is better computed anew.
 *
 * @param sums `[rows, …]`, those before it. @param before, now the inputs, `[rows, …]`.
 */
export function updatedSums(
  { node, operation, inputShape, outputShape, axis }: KeptLinear,
  rows: number,
  sums: Float64Array,
  before: Float64Array,
  now: Float64Array,
): Float64Array | undefined {
  const size = inputShape[axis]!;
  const inner = elements(inputShape.slice(axis + 1));
  const changed = changedInputs(before, now, size, inner);
  if (2 * changed.length >= size) return undefined;
  const updated = sums.slice();
  if (changed.length === 0) return updated;
  const change = new Float64Array((now.length / size) * changed.length);
  for (let from = 0, to = 0; from < now.length; from += size * inner) {
    for (const index of changed) {
      for (let at = from + index * inner, end = at + inner; at < end; at++) change[to++] = now[at]! - before[at]!;
    }
  }
  const shape = inputShape.map((all, k) => (k === 0 ? rows : k === axis ? changed.length : all));
  const part = operate(
    restricted(operation, changed),
    [{ shape, values: change }],
    [rows, ...outputShape.slice(1)],
    node.name,
  );
  for (let at = 0; at < updated.length; at++) updated[at]! += part[at]!;
  return updated;
}

/** Positions along the axis at which any value differs. */
function changedInputs(before: Float64Array, now: Float64Array, size: number, inner: number): number[] {
  const differs = new Uint8Array(size);
  for (let from = 0, index = 0; from < now.length; from += inner, index = index + 1 === size ? 0 : index + 1) {
    if (differs[index] === 1) continue;
    for (let at = from; at < from + inner; at++) {
      if (now[at] === before[at]) continue;
      differs[index] = 1;
      break;
    }
  }
  return [...differs.keys()].filter((index) => differs[index] === 1);
}

/** The same weights on some of the inputs, without bias. */
function restricted(operation: KeptLinear["operation"], inputs: readonly number[]): KeptLinear["operation"] {
  const { name, shape } = operation.weights;
  const all = operation.weights.values();
  if (operation.kind === "dense" && operation.transposed) {
    const outputs = shape[1]!;
    const rows = Float64Array.from(
      { length: inputs.length * outputs },
      (_, at) => all[inputs[Math.floor(at / outputs)]! * outputs + (at % outputs)]!,
    );
    return { ...operation, weights: tensor(name, [inputs.length, outputs], rows), bias: undefined };
  }
  // [outputs, inputs, …kernel]; a dense layer has no kernel.
  const [outputs, within, ...kernel] = shape as [number, number, ...number[]];
  const taps = elements(kernel);
  const some = new Float64Array(outputs * inputs.length * taps);
  for (let output = 0, to = 0; output < outputs; output++) {
    for (const input of inputs) {
      const from = (output * within + input) * taps;
      for (let tap = 0; tap < taps; tap++) some[to++] = all[from + tap]!;
    }
  }
  return { ...operation, weights: tensor(name, [outputs, inputs.length, ...kernel], some), bias: undefined };
}
