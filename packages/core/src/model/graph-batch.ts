/** Graphs for another number of examples at a time. */
import type { Graph, GraphNode, Operation, Shape } from "./graph.ts";
import { outputShape } from "./graph-shapes.ts";

/**
 * The same nodes with shapes for `rows` examples, in place of those the file has on axis 0 of `input`. Undefined unless every node treats
 * each example by itself, so that row k of what comes out is that of row k alone.
 *
 * @param nodes Known operations that need nothing but `input`, in order.
 */
export function withBatch(graph: Graph, input: string, nodes: readonly GraphNode[], rows: number): Graph | undefined {
  const before = graph.shapes.get(input)!;
  const batch = before[0];
  if (batch === undefined) return undefined;
  const shapes = new Map<string, Shape>([[input, [rows, ...before.slice(1)]]]);
  const changed: GraphNode[] = [];
  for (const node of nodes) {
    const taken = node.inputs.map((name) => graph.shapes.get(name)!);
    const made = graph.shapes.get(node.output)!;
    if (made[0] !== batch || !staysApart(node.operation, taken, made)) return undefined;
    const operation = rebatched(node.operation, rows);
    changed.push({ ...node, operation });
    const known = node.inputs.map((name) => shapes.get(name));
    shapes.set(node.output, outputShape(operation, known, `${graph.who}: ${node.name}`)!);
  }
  const { who, format, inputs, outputs, inputRange, notes } = graph;
  return { who, format, inputs, outputs, nodes: changed, shapes, inputRange, notes };
}

/** Whether example k of the output, along axis 0, comes from example k of the inputs alone. */
function staysApart(operation: Operation, inputs: readonly Shape[], output: Shape): boolean {
  switch (operation.kind) {
    case "dense":
      return inputs[0]!.length >= 2;
    case "affine":
      return [operation.scale, operation.shift].every(
        (constant) => constant === undefined || constant.shape.length < output.length || constant.shape[0] === 1,
      );
    case "softmax":
    case "concatenate":
      return operation.axis !== 0;
    case "transpose":
      return operation.permutation[0] === 0;
    case "sum":
    case "product":
      // A tensor of fewer axes would have its examples along another axis of the output.
      return inputs.every((shape) => shape.length === output.length && shape[0] === output[0]);
    case "slice":
      return operation.starts[0] === 0 && operation.steps[0] === 1;
    case "pad":
      return operation.before[0] === 0 && operation.after[0] === 0;
    case "unknown":
      return false;
    default:
      return true;
  }
}

function rebatched(operation: Operation, rows: number): Operation {
  if (operation.kind !== "reshape" && operation.kind !== "slice") return operation;
  return { ...operation, shape: [rows, ...operation.shape.slice(1)] };
}
