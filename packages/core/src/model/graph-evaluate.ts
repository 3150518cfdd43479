/** A graph run forwards, in double precision: what its layers do with given inputs. */

import { check, requireList } from "../checks/check.ts";
import { InvalidInputError } from "../checks/error-classes.ts";
import { kindOfValue } from "../checks/options-check.ts";
import { isOptionsObject, parse } from "../checks/schema/parse.ts";
import { anyRecord } from "../checks/schema/records.ts";
import { type Graph, type GraphNode, producers, type Shape } from "./graph.ts";
import { withBatch } from "./graph-batch.ts";
import { operate, type TensorValues } from "./graph-operations.ts";
import { elements } from "./tensor.ts";

/** A tensor of more values than this is not computed: 2 GB. */
const MOST_VALUES = 2 ** 28;
/** Rows go through together in batches whose greatest tensor has about as many values: 8 MB. */
export const BATCH_VALUES = 2 ** 20;

/**
 * Runs a network on one batch and returns the wanted tensors, row-major. The batch has the size that the graph's
 * shapes have. Only what the wanted tensors need is computed.
 *
 * @param inputs Values by tensor: the network's inputs, or tensors within it, which then need nothing before them.
 * @example
 * ```ts
 * const xor = network({
 *   layers: [
 *     { weights: [[5, 5], [-5, -5]], bias: [-2.5, 7.5], activation: "sigmoid" },
 *     { weights: [[6, 6]], bias: [-9], activation: "sigmoid" },
 *   ],
 * });
 * const values = evaluateGraph(xor, { [xor.inputs[0]!.name]: [0, 1] }, xor.outputs);
 * console.log(values.get(xor.outputs[0]!)![0]!.toFixed(3)); // 0.890
 * ```
 * @returns Values that may be those of `inputs` where no operation changes them; not to be changed.
 * @throws InvalidInputError for a tensor that the graph does not have, an input that is needed and missing, one of
 *   another length, an operation that is not known, a shape that is not known, and tensors of more than 2^28 values.
 */
export function evaluateGraph(
  graph: Graph,
  inputs: Readonly<Record<string, ArrayLike<number>>>,
  wanted: readonly string[],
): Map<string, Float64Array> {
  requireGraph(graph, "evaluateGraph()");
  parse(anyRecord, inputs, "evaluateGraph(): inputs");
  requireList(wanted, "evaluateGraph(): wanted", "names of tensors");
  const given = new Map(Object.entries(inputs));
  const { nodes, sources } = neededFor(graph, wanted, given);
  requireKnown(graph, nodes);
  const held = new Map<string, TensorValues>();
  for (const name of sources) held.set(name, { shape: shapeOf(graph, name), values: inputValues(graph, name, given) });

  const last = new Map<string, GraphNode>();
  for (const node of nodes) for (const name of node.inputs) last.set(name, node);
  const kept = new Set(wanted);
  for (const node of nodes) {
    const { operation } = node;
    if (operation.kind === "unknown") continue;
    const shape = shapeOf(graph, node.output);
    const taken = node.inputs.map((name) => held.get(name)!);
    held.set(node.output, { shape, values: operate(operation, taken, shape, `${graph.who}: ${node.name}`) });
    for (const name of node.inputs) if (last.get(name) === node && !kept.has(name)) held.delete(name);
  }
  return new Map(wanted.map((name) => [name, held.get(name)!.values]));
}

/** @throws InvalidInputError for what is no network, such as a path. */
export function requireGraph(value: unknown, who: string): asserts value is Graph {
  const isOne = isOptionsObject(value) && "nodes" in value && "shapes" in value;
  check(isOne, () => ({ who, expected: "a model", got: kindOfValue(value) }));
}

/** What some rows gave: `values` has, for each wanted tensor, `[rows, units]`. */
export interface RowsEvaluated {
  /** The first of them, counted from 0. */
  readonly first: number;
  readonly rows: number;
  readonly values: ReadonlyMap<string, Float64Array>;
}

/**
 * The wanted tensors for many rows of the one input that they need, some rows at a time: together where the network treats the examples of
 * a batch each by itself, which gives the same bits, one by one elsewhere.
 *
 * @param input `[rows, units of the input]`; a row is one example, without the batch axis.
 * @throws InvalidInputError as evaluateGraph() does, and for tensors that need none or several of the network's inputs.
 */
export function* evaluateInBatches(
  graph: Graph,
  input: Float64Array,
  rows: number,
  wanted: readonly string[],
): Generator<RowsEvaluated> {
  const who = `${graph.who}: rows of inputs`;
  check(Number.isSafeInteger(rows) && rows >= 1, () => ({
    who,
    expected: "a number of rows of at least 1",
    got: `${rows}`,
  }));
  const { nodes, sources } = neededFor(graph, wanted, undefined);
  requireKnown(graph, nodes);
  if (sources.length !== 1) {
    const needed = sources.length === 0 ? "none" : `${sources.length}: ${sources.join(", ")}`;
    throw new InvalidInputError({ who, expected: "tensors that need one of the network's inputs", got: needed });
  }
  const name = sources[0]!;
  const shape = shapeOf(graph, name);
  const all = elements(shape);
  // A file may fix another batch than 1; a row is then a part of the input, and only batches of another size can hold it.
  const units = input.length / rows === all / (shape[0] ?? 1) ? input.length / rows : all;
  check(input.length === rows * units, () => ({
    who,
    expected: `${rows} rows of ${all / (shape[0] ?? 1)} values, as ${name} [${shape.join(", ")}] has`,
    got: `${input.length} values`,
  }));
  const greatest = nodes.reduce(
    (most, { output }) => Math.max(most, elements(shapeOf(graph, output)) / (all / units)),
    units,
  );
  const batch = Math.min(rows, Math.max(1, Math.floor(BATCH_VALUES / greatest)));
  const isExample = units * (shape[0] ?? 0) === all;
  const together = isExample ? withBatch(graph, name, nodes, batch) : undefined;
  check(together !== undefined || units === all, () => ({
    who,
    expected: `a network that treats the ${shape[0]} examples of its batch independently`,
    got: "one that mixes them",
  }));
  const size = together === undefined ? 1 : batch;
  for (let first = 0; first < rows; first += size) {
    const count = Math.min(size, rows - first);
    const part = input.subarray(first * units, (first + count) * units);
    const fitting = count === batch ? together : together && withBatch(graph, name, nodes, count);
    yield { first, rows: count, values: evaluateGraph(fitting ?? graph, { [name]: part }, wanted) };
  }
}

/**
 * All rows at once: each wanted tensor as `[rows, units]`.
 *
 * @param input `[rows, units of the input]`.
 * @throws InvalidInputError as evaluateInBatches() does.
 */
export function evaluateRows(
  graph: Graph,
  input: Float64Array,
  rows: number,
  wanted: readonly string[],
): Map<string, Float64Array> {
  const found = new Map<string, Float64Array>();
  for (const part of evaluateInBatches(graph, input, rows, wanted)) {
    for (const [name, values] of part.values) {
      const units = values.length / part.rows;
      if (!found.has(name)) found.set(name, new Float64Array(checkedSize(rows * units, `${graph.who}: ${name}`)));
      found.get(name)!.set(values, part.first * units);
    }
  }
  return found;
}

/**
 * Why a tensor cannot be computed from the network's inputs, as a clause: the first operation before it that is not known, or a shape that
 * is not. Undefined where it can.
 *
 * @throws InvalidInputError for a tensor that the graph does not have.
 */
export function obstacleTo(graph: Graph, wanted: string): string | undefined {
  const { nodes, sources } = neededFor(graph, [wanted], undefined);
  for (const { operation } of nodes) {
    if (operation.kind === "unknown") return `it depends on ${operation.operator}: ${operation.reason}`;
  }
  const open = [...sources, ...nodes.map(({ output }) => output)].find((name) => !graph.shapes.has(name));
  return open === undefined ? undefined : `the shape of ${open} is unknown`;
}

interface Needed {
  /** In the graph's order. */
  readonly nodes: readonly GraphNode[];
  /** Tensors that come from the caller. */
  readonly sources: readonly string[];
}

/** @param given Tensors that the caller has; undefined for the network's inputs. */
function neededFor(graph: Graph, wanted: readonly string[], given: ReadonlyMap<string, unknown> | undefined): Needed {
  const from = producers(graph);
  const own = new Set(graph.inputs.map(({ name }) => name));
  const sources = new Set<string>();
  const nodes = new Set<GraphNode>();
  const open = [...wanted];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (given?.has(name) && (own.has(name) || from.has(name))) {
      sources.add(name);
      continue;
    }
    const node = from.get(name);
    if (node === undefined) {
      if (!own.has(name)) throw unknownTensor(graph, name);
      sources.add(name);
      continue;
    }
    if (nodes.has(node)) continue;
    nodes.add(node);
    for (const input of node.inputs) open.push(input);
  }
  return { nodes: graph.nodes.filter((node) => nodes.has(node)), sources: [...sources] };
}

function requireKnown(graph: Graph, nodes: readonly GraphNode[]): void {
  for (const { name, operation } of nodes) {
    if (operation.kind !== "unknown") continue;
    const { operator, reason } = operation;
    const who = `${graph.who}: ${name}`;
    throw new InvalidInputError({ who, expected: "an operation that can be computed", got: `${operator}: ${reason}` });
  }
}

function inputValues(graph: Graph, name: string, given: ReadonlyMap<string, ArrayLike<number>>): Float64Array {
  const shape = shapeOf(graph, name);
  const values = given.get(name);
  check(values !== undefined && values.length === elements(shape), () => ({
    who: `${graph.who}: ${name}`,
    expected: `${elements(shape)} values, of shape [${shape.join(", ")}]`,
    got: values === undefined ? "none" : `${values.length}`,
  }));
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

function shapeOf(graph: Graph, name: string): Shape {
  const shape = graph.shapes.get(name);
  const who = `${graph.who}: ${name}`;
  check(shape !== undefined, () => ({
    who,
    expected: "a tensor whose shape is known",
    got: "one whose is not",
    remedy: "Set the sizes that the file does not specify (`inputShapes`).",
  }));
  checkedSize(elements(shape), who);
  return shape;
}

function checkedSize(size: number, who: string): number {
  check(size <= MOST_VALUES, () => ({ who, expected: `at most ${MOST_VALUES} values`, got: `${size}` }));
  return size;
}

function unknownTensor(graph: Graph, name: string): InvalidInputError {
  const names = [...graph.inputs.map((input) => input.name), ...graph.nodes.map(({ output }) => output)];
  const listed = names.slice(0, 10).join(", ") + (names.length > 10 ? `, … (${names.length} in all)` : "");
  return new InvalidInputError({ who: graph.who, expected: `one of the tensors ${listed}`, got: JSON.stringify(name) });
}
